"""Rules on units and outputs: all alike, dead, saturated, constant."""

from collections.abc import Iterator, Sequence

from glassnet.diagnosis.health import remedies
from glassnet.diagnosis.health.course import Course, raised
from glassnet.diagnosis.health.flag import Flag
from glassnet.diagnosis.health.looks import HealthLook
from glassnet.foundation.readable import percent, short
from glassnet.inspection import LayerVitals

DEAD = 0.4
"""From this share of dead units on a layer is flagged."""

SATURATED = 0.5
"""From this share of saturated units on; outputs are left out: a sure classifier's output is meant to be flat."""

CONSTANT = 1e-3
"""Outputs are constant when they vary by less than this share of what the targets do."""


def alike(course: Course, found: Sequence[Flag]) -> Iterator[Flag]:
    """Units that start alike and get the same gradient stay copies of one another."""
    for layer in course.layers:
        since = course.since_in(layer, lambda item: item.alike)
        if since is None and course.of(layer)[0].alike:
            since = course.first  # rounding sets them apart in time, by next to nothing
        if since is not None:
            units = f"All {layer.units} units" if layer.units else "All units"
            yield raised(
                "units_alike",
                [layer.layer],
                since,
                f"{units} of {layer.layer!r} have the same weights and the same gradient, so they stay copies of one unit.",
                remedies.ALIKE,
                units=layer.units or 0,
                gradient=layer.gradient or 0.0,
            )


def dead(course: Course, found: Sequence[Flag]) -> Iterator[Flag]:
    """Units that are off at every row."""
    for layer in course.layers:
        since = course.since_in(layer, _is_dead)
        if since is None:
            continue
        share = layer.dead if _is_dead(layer) else max(item.dead or 0.0 for item in course.of(layer))
        units, share = layer.units or 0, share or 0.0
        yield raised(
            "dead_units",
            [layer.layer],
            since,
            f"{round(share * units)} of {units} units of {layer.layer!r} ({percent(share, 0)}) are off at every one of "
            f"{course.last.vitals.rows} rows: nothing passes back through them.",
            remedies.dead(since, course.last.rate),
            dead=share,
            units=units,
        )


def _is_dead(layer: LayerVitals) -> bool:
    return layer.dead is not None and layer.dead >= DEAD and (layer.dead == 1 or layer.dead * (layer.units or 0) > 1.5)


def saturated(course: Course, found: Sequence[Flag]) -> Iterator[Flag]:
    """Units on the flat ends of a sigmoid or tanh, where that keeps the network from learning."""
    if course.learned:
        return
    head = max((place for place, layer in enumerate(course.layers) if layer.trains is not None), default=-1)
    for layer in course.layers[:head]:
        since = None if layer.output else course.since_in(layer, lambda item: (item.saturated or 0.0) >= SATURATED)
        if since is None:
            continue
        share = max(item.saturated or 0.0 for item in course.of(layer))
        yield raised(
            "saturated_units",
            [layer.layer],
            since,
            f"{percent(share, 0)} of the {layer.units} units of {layer.layer!r} lie where {layer.activation or 'the activation'} "
            f"is flat at nearly every row, so that next to nothing passes back through them.",
            remedies.saturated(since, course.probe.input_size, course.last.rate),
            saturated=share,
            units=layer.units or 0,
            input_size=course.probe.input_size,
        )


def constant(course: Course, found: Sequence[Flag]) -> Iterator[Flag]:
    """One answer for all rows, after some training."""
    wanted = course.probe.target_spread
    since = course.since(lambda look: _is_constant(look, wanted))
    if since is None or course.last.step == course.first.step or not _is_constant(course.last, wanted):
        return
    seen = course.last.vitals
    yield raised(
        "constant_output",
        ["the output"],
        since,
        f"The network gives all {seen.rows} rows the same answer: its outputs vary by {short(seen.output_spread)}, the targets "
        f"by {short(wanted)}.",
        remedies.constant(found),
        output_spread=seen.output_spread,
        target_spread=wanted,
    )


def _is_constant(look: HealthLook, wanted: float) -> bool:
    spread, size = look.vitals.output_spread, look.vitals.output_size
    return wanted > 0 and spread <= CONSTANT * wanted and spread <= 10 * CONSTANT * size
