"""From what a user gave to the case that the rules look at."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from glassnet import data
from glassnet.data.frames import column_names_of
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import HostArray
from glassnet.preflight import network
from glassnet.preflight.case import CELLS, Case, Matrix
from glassnet.preflight.classes import classes_of, codes_of

_MOST_COLUMNS = 20_000


def named_arrays(value: Any, what: str) -> dict[str, HostArray]:
    """The arrays of a nest by what they are called: ``"x"``, ``"x[0]"``, ``"x['age']"``."""
    if isinstance(value, dict):
        return {f"{what}[{key!r}]": data.as_array(item, f"{what}[{key!r}]") for key, item in value.items()}
    if isinstance(value, list | tuple) and value and all(hasattr(item, "shape") and item.ndim > 0 for item in value):
        return {f"{what}[{i}]": data.as_array(item, f"{what}[{i}]") for i, item in enumerate(value)}
    return {what: data.as_array(value, what)}


def renested(value: Any, arrays: Mapping[str, HostArray] | None) -> Any:
    """The arrays as the value was nested."""
    if arrays is None:
        return None
    found = list(arrays.values())
    if isinstance(value, dict):
        return dict(zip(value, found, strict=True))
    return found if len(found) > 1 or (isinstance(value, list | tuple) and "[0]" in next(iter(arrays))) else found[0]


def column_names(x: Any, given: Sequence[str] | None) -> tuple[str, ...] | None:
    """The names of the columns of `x`: given, or a data frame's own.

    Raises:
        ConfigError: another number of names than columns.
    """
    names = given if given is not None else column_names_of(x)
    if names is None:
        return None
    width = np.shape(x)[1] if np.ndim(x) == 2 else None
    if width is not None and len(names) != width:
        raise ConfigError(
            f"check expected a name for each of the {width} columns of x. Received {len(names)}. Pass as many names as columns."
        )
    return tuple(map(str, names))


def case_of(
    inputs: Mapping[str, HostArray],
    goal: Mapping[str, HostArray] | None,
    model: Any = None,
    held: tuple[Mapping[str, HostArray], Mapping[str, HostArray]] | None = None,
    names: tuple[str, ...] | None = None,
    cells: int = CELLS,
    **more: Any,
) -> Case:
    """The case for these rows; `more` are the fields of `Case` that say how training goes."""
    y = next(iter(goal.values())) if goal is not None and len(goal) == 1 else None
    asked, outputs = (None, None) if model is None else _asked(model)
    found = None if y is None else classes_of(y, asked)
    labels, classes = found if found is not None else (None, ())
    held_y = next(iter(held[1].values())) if held is not None and len(held[1]) == 1 else None
    held_labels = None
    if labels is not None and held_y is not None:
        held_labels, classes = codes_of(held_y, classes)
    layers = () if model is None else tuple(model.walk())
    reads = network.reads_columns(layers)
    return Case(
        inputs=inputs,
        y=y,
        labels=labels,
        classes=classes,
        model=model,
        names=names,
        validation=None if held is None else (held[0], held_y),
        held_labels=held_labels,
        reads_columns=reads,
        scales=model is not None and network.scales_itself(layers),
        layers=layers,
        outputs=outputs,
        matrices=_matrices(inputs, names, cells) if reads else (),
        **more,
    )


def _matrices(inputs: Mapping[str, HostArray], names: tuple[str, ...] | None, cells: int) -> tuple[Matrix, ...]:
    tables = [
        array
        for array in inputs.values()
        if array.ndim == 2 and 0 < array.shape[1] <= _MOST_COLUMNS and array.dtype.kind in "iuf"
    ]
    return tuple(Matrix(array, names if len(inputs) == 1 else None, cells=cells) for array in tables)


def _asked(model: Any) -> tuple[bool | None, int | None]:
    """Whether the model's loss asks for classes (None: not to be told), and the width of its outputs where they are."""
    from glassnet import losses

    wanted = model._compiled
    if wanted is None or wanted.loss is None or isinstance(wanted.loss, dict | list | tuple):
        return None, None
    loss: Any = losses.get(wanted.loss)
    name = type(loss).__name__
    if loss.target_kind == "label":
        return True, _width(model)
    if name.startswith(("Binary", "Categorical")) or "Hinge" in name:
        return True, None
    return (None if name == "FunctionLoss" else False), None


def _width(model: Any) -> int | None:
    layers = list(model.output_layers().values())
    units = getattr(layers[0], "units", None) if len(layers) == 1 else None
    return units if isinstance(units, int) else None
