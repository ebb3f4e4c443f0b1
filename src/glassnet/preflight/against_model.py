"""Data against a model: shapes, the last activation against the loss, and targets that the loss cannot mean."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from glassnet.foundation.errors import GlassnetError, ShapeError
from glassnet.models import readiness
from glassnet.preflight.finding import Finding, from_error
from glassnet.training import checks


def wrong_with_model(model: Any, x: Any, y: Any, validation: tuple[Any, Any] | None = None) -> Iterator[Finding]:
    """What `fit` would refuse, all of it and not the first alone.

    Raises:
        ConfigError: the model is not compiled.
    """
    try:
        seen, resolved = readiness.settled(model, x, y)
    except ShapeError as error:
        yield from_error(error, "input_shape")
        return
    except GlassnetError as error:
        if model._compiled is None:
            raise
        yield from_error(error, "target_shape")
        return
    found = list(readiness.wrong_with(model, seen, resolved, y))
    yield from map(_told, found)
    wrongs = [wrong for wrong in found if wrong.grave]
    if not wrongs:
        yield from _wrong_shapes(resolved)
    if validation is not None and not wrongs:
        yield from _wrong_validation(model, resolved, *validation)


def doubtful_with_model(model: Any, objective: Any, y: Any) -> Iterator[Finding]:
    """What `fit` lets pass, though it may mislead: targets that the last layer can give in part only."""
    yield from map(_told, readiness.doubtful(model, objective, y))


def _told(wrong: checks.Wrong) -> Finding:
    rows = () if wrong.row is None else (wrong.row,)
    found = from_error(
        wrong.error, wrong.kind, rows=rows, evidence={} if wrong.cells is None else {"cells": wrong.cells}
    )
    return found if wrong.grave else replace(found, severity="warning")


def _wrong_shapes(resolved: Any) -> Iterator[Finding]:
    for head in resolved.heads:
        try:
            _ = head.mixes_rows  # traces the loss on targets and outputs of these shapes
        except GlassnetError as error:
            kind = "logits_or_probabilities" if head.output_shape[-1] == 1 and head.loss.target_kind == "label" else ""
            yield from_error(error, kind or "target_shape")


def _wrong_validation(model: Any, resolved: Any, x: Any, y: Any) -> Iterator[Finding]:
    found: list[GlassnetError] = []
    try:
        model.check_inputs(x)
        readiness.check_targets(resolved, y, found.append)
    except ShapeError as error:
        yield from_error(error, "input_shape")
    for error in found:
        yield from_error(error, "labels_out_of_range" if "class number" in str(error) else "target_scale")
