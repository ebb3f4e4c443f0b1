"""Rules on gradients and steps: exploding, vanishing, none at all, too large, too small."""

from collections.abc import Iterator, Sequence

from glassnet.diagnosis.health import remedies
from glassnet.diagnosis.health.course import Course, explained, has_table, raised
from glassnet.diagnosis.health.flag import Flag
from glassnet.diagnosis.health.looks import HealthLook
from glassnet.foundation.readable import short
from glassnet.inspection import LayerVitals

VANISHED, FADED = 0.01, 0.1
"""A layer's gradient has vanished below this share of the largest one nearer to the output, at the first look and now (the
geometric mean of both: on a plateau the gradient nearer to the output is small too), if it is below a tenth of it now."""

EXPLODED = 300.0
"""A gradient has exploded beyond this norm, for inputs and targets of size one."""

LARGE, RECKLESS = 0.2, 1.0
"""A step is too large beyond this share of the weights for good, or beyond their whole size even once."""

SMALL = 1e-5
"""Steps are too small when none, in any layer at any time, reaches this share of the weights."""


def exploding(course: Course, found: Sequence[Flag]) -> Iterator[Flag]:
    """‖∂L/∂w‖ beyond what inputs and targets of this size give."""
    limit = EXPLODED * max(1.0, course.probe.input_size) * max(1.0, course.probe.target_size)
    ill = []
    for layer in course.layers:
        since = course.since_in(layer, lambda item: item.gradient is not None and item.gradient > limit)
        ill += [] if since is None else [(max(item.gradient or 0.0 for item in course.of(layer)), layer.layer, since)]
    if ill:
        size, worst, since = max(ill, key=lambda item: item[0])
        yield raised(
            "exploding_gradient",
            _worst_first(worst, [name for _, name, _ in ill]),
            since,
            f"The gradient of {worst!r} has a norm of {short(size)}; beyond {short(limit)} a step goes anywhere.",
            remedies.EXPLODING,
            gradient=size,
            limit=limit,
            count=len(ill),
        )


def vanishing(course: Course, found: Sequence[Flag]) -> Iterator[Flag]:
    """‖∂L/∂w‖ fading on its way back, in a network that has not learned."""
    if explained(found) or course.learned:
        return
    ill = []
    for layer in course.layers:
        start = _share_of_later(course.first, layer)
        since = course.since(lambda look, layer=layer, start=start: _faded(start, look, layer))
        ill += [] if since is None else [(start, layer, since)]
    if ill:
        _, worst, since = min(ill, key=lambda item: item[0])
        seen = min(course.looks, key=lambda look: _share_of_later(look, worst))
        share, size = _share_of_later(seen, worst), seen.vitals[worst.layer].gradient or 0.0
        yield raised(
            "vanishing_gradient",
            _worst_first(worst.layer, [layer.layer for _, layer, _ in ill]),
            since,
            f"The gradient of {worst.layer!r} had a norm of {short(size)} after epoch {seen.epoch}, {short(share)} times that "
            f"nearer to the output: the layer hardly learns.",
            remedies.vanishing(course.layers),
            gradient=size,
            ratio=share,
            count=len(ill),
        )


def _faded(start: float, look: HealthLook, layer: LayerVitals) -> bool:
    now = _share_of_later(look, layer)
    return 0 < (start * now) ** 0.5 < VANISHED and now < FADED


def _share_of_later(look: HealthLook, layer: LayerVitals) -> float:
    """A layer's gradient as a share of the largest one of a later layer; 1 where there is none to compare with."""
    place = next(place for place, item in enumerate(look.layers) if item.layer == layer.layer)
    own, later = look.layers[place], [item.gradient for item in look.layers[place + 1 :] if item.gradient]
    if not has_table(own) or not later or own.gradient is None:
        return 1.0
    return own.gradient / max(later)


def frozen(course: Course, found: Sequence[Flag]) -> Iterator[Flag]:
    """Layers that do not move: by trainable=False, which is noted, or for another reason."""
    meant = [layer.layer for layer in course.layers if layer.trains is False]
    if meant:
        named = ", ".join(map(repr, meant[:3])) + (f" and {len(meant) - 3} more" if len(meant) > 3 else "")
        sentence = f"{named} {'does' if len(meant) == 1 else 'do'} not train: trainable=False."
        when, numbers = (course.first.epoch, course.first.step), {"count": float(len(meant))}
        yield Flag("frozen_layer", tuple(meant), *when, sentence, remedies.MEANT, numbers, "note")
    if explained(found):
        return
    still = {layer.layer for layer in course.layers if layer.trains and all(map(_is_still, course.of(layer)))}
    if still == {layer.layer for layer in course.layers if layer.trains}:
        return
    for layer in course.layers:
        if layer.layer in still:
            size = max(item.gradient or 0.0 for item in course.of(layer))
            why = f", though its gradient has a norm of {short(size)}." if size else ": its gradient is 0."
            yield raised(
                "frozen_layer",
                [layer.layer],
                course.first,
                f"{layer.layer!r} is to train but does not move{why}",
                remedies.HELD if size else remedies.UNREACHED,
                gradient=size,
                update=0.0,
            )


def _is_still(layer: LayerVitals) -> bool:
    return layer.gradient == 0 or layer.update == 0


def too_large(course: Course, found: Sequence[Flag]) -> Iterator[Flag]:
    """Steps beyond what the weights can bear."""
    ill = []
    for layer in course.layers:
        largest, when = max(
            ((look.vitals[layer.layer].update or 0.0, look) for look in course.looks), key=lambda at: at[0]
        )
        since = when if largest >= RECKLESS else course.since_in(layer, lambda item: (item.update or 0.0) > LARGE)
        ill += [] if since is None else [(largest, layer.layer, since)]
    if ill:
        largest, worst, since = max(ill, key=lambda item: item[0])
        yield raised(
            "updates_too_large",
            _worst_first(worst, [name for _, name, _ in ill]),
            since,
            f"One step changes the weights of {worst!r} by {short(largest)} times their own size; 0.001 is usual.",
            remedies.too_large(course.last.rate),
            update=largest,
            rate=course.last.rate or 0.0,
            count=len(ill),
        )


def too_small(course: Course, found: Sequence[Flag]) -> Iterator[Flag]:
    """Steps that lead nowhere, in all layers and from the start."""
    largest = {
        layer.layer: max(steps)
        for layer in course.layers
        if (steps := [item.update for item in course.of(layer) if item.gradient and item.update is not None])
    }
    if not largest or len(course.looks) < 2 or max(largest.values()) >= SMALL:
        return
    step = max(largest.values())
    needed = f"; at this pace {short(1 / step, 2)} steps renew them" if step else ""
    yield raised(
        "updates_too_small",
        sorted(largest, key=lambda name: largest[name]),
        course.first,
        f"No step changes the weights of any layer by more than {short(step)} times their size{needed}. 0.001 is usual.",
        remedies.too_small(course.last.rate),
        update=step,
        rate=course.last.rate or 0.0,
    )


def _worst_first(worst: str, names: Sequence[str]) -> list[str]:
    return [worst, *(name for name in names if name != worst)]
