"""How predictions go with one column, all others left as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.readable import short
from glassnet.foundation.types import HostArray
from glassnet.inspection.occluding import one_input
from glassnet.inspection.tapping import prepared
from glassnet.plots.attributions import dependence
from glassnet.plots.picture import Picture


@dataclass(frozen=True, eq=False, repr=False)
class Dependence:
    """Predictions with one part of every row set to each of a few values.

    Args:
        feature: the part's name.
        grid: the values it was set to, (g,).
        single: the prediction of each row at each of them, (n, g) for one output, (n, g, k) for k: the ICE curves.
        data: the values it has in the rows.

    Example:
        >>> Dependence("dose", np.array([0, 1]), np.array([[0.0, 2.0], [2.0, 6.0]]), np.array([0])).mean.tolist()
        [1.0, 4.0]
    """

    feature: str
    grid: HostArray
    single: HostArray
    data: HostArray

    @property
    def mean(self) -> HostArray:
        """The mean over the rows, (g,) or (g, k): the partial dependence."""
        return self.single.mean(axis=0, dtype=np.float64).astype(np.float32)

    def plot(self) -> Picture:
        """The mean as a line; with one output, single rows behind it."""
        single = self.single if self.single.ndim == 2 else None
        return dependence(self.grid, self.mean, single, name=self.feature, data=self.data)

    def _repr_svg_(self) -> str:
        return self.plot().svg

    def __repr__(self) -> str:
        ends = [short(float(end)) for end in (self.grid[0], self.grid[-1])]
        return f"Partial dependence on {self.feature}, {len(self.grid)} values from {ends[0]} to {ends[1]}"


def partial_dependence(
    model: Any,
    x: Any,
    feature: Any,
    *,
    grid: Any = None,
    target: int | None = None,
    points: int = 20,
    names: Sequence[Any] | None = None,
) -> Dependence:
    """PD(v) = mean over the rows of f(row with the feature set to v); each row's own line is its ICE curve.

    Where columns go together, some of the rows made up so are like none in the data.

    Args:
        model: a trained model with one input.
        x: rows, (n, ...).
        feature: a column's number, or its name among `names`; a place in a row of more axes as a tuple, whole numbers and
            slices: ``(3,)`` is word 3 of a text, ``(slice(0, 4), slice(0, 4))`` a corner of a picture.
        grid: the values to try; by default each value of the data where there are few, else `points` values from the 1 %
            to the 99 % quantile.
        target: which of several outputs; all by default.
        points: how many values, 2 or more.
        names: the columns' names.

    Returns:
        A `Dependence`.

    Raises:
        ConfigError: several inputs, or no such feature or output.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((2,)), Dense(1)])
        >>> model.set_weights([np.array([[2.0], [-3.0]]), np.zeros(1)])
        >>> partial_dependence(model, np.array([[0.0, 1.0], [9.0, 3.0]]), 0, grid=[0, 1]).mean.tolist()
        [-6.0, -4.0]

    Reference:
        Friedman (2001), Greedy function approximation; Goldstein, Kapelner, Bleich & Pitkin (2015), Peeking inside the
        black box.
    """
    rows = one_input(prepared(model, x))
    place, name = _place(rows.shape[1:], feature, names)
    data = np.asarray(rows[(slice(None), *place)])
    values = _grid(data, points) if grid is None else np.asarray(grid, rows.dtype).ravel()
    found = []
    for value in values:
        changed = rows.copy()
        changed[(slice(None), *place)] = value
        found.append(_output(model.predict(changed), target))
    return Dependence(name, values, np.stack(found, axis=1), data)


def _place(shape: tuple[int, ...], feature: Any, names: Sequence[Any] | None) -> tuple[tuple[Any, ...], str]:
    if isinstance(feature, tuple):
        if len(feature) <= len(shape) and all(
            isinstance(at, slice) or -n <= at < n for at, n in zip(feature, shape, strict=False)
        ):
            return feature, "place " + ", ".join(_said(at) for at in feature)
        raise ConfigError(f"Expected a place in a row of shape {shape}. Received {feature!r}. Count each axis from 0.")
    column = column_number(feature, shape[0] if len(shape) == 1 else 0, names)
    return (column,), str(names[column]) if names is not None else f"column {column}"


def _said(at: Any) -> str:
    return f"{at.start or 0}:{'' if at.stop is None else at.stop}" if isinstance(at, slice) else str(at)


def column_number(feature: Any, count: int, names: Sequence[Any] | None) -> int:
    """The number of the column that is meant by its number or its name.

    Raises:
        ConfigError: there is none.

    Example:
        >>> column_number("dose", 2, ["age", "dose"])
        1
    """
    if names is not None and len(names) != count:
        raise ConfigError(f"Expected {count} names, one a column. Received {len(names)}. Pass all of them, in order.")
    known = [str(name) for name in names] if names is not None else []
    if isinstance(feature, str) and feature in known:
        return known.index(feature)
    if isinstance(feature, int | np.integer) and not isinstance(feature, bool) and 0 <= feature < count:
        return int(feature)
    hint = f"among {', '.join(known[:12])}" if known else f"from 0 to {count - 1}"
    raise ConfigError(
        f"Expected a column {hint}. Received {feature!r}. For rows of several axes pass a tuple, such as (3,) for position 3."
    )


def _grid(data: HostArray, points: int) -> HostArray:
    known = np.unique(data)
    if len(known) <= points:
        return known
    low, high = np.quantile(data.astype(np.float64), [0.01, 0.99])
    found = np.linspace(low, high, max(points, 2))
    return np.unique(np.round(found)).astype(data.dtype) if data.dtype.kind in "iu" else found.astype(data.dtype)


def _output(predicted: Any, target: int | None) -> HostArray:
    if not isinstance(predicted, np.ndarray):
        raise ConfigError(
            "Expected a model with one output. Received several. Make a model that ends at one: Model(model.input, output)."
        )
    flat = predicted.reshape(len(predicted), -1)
    if target is not None and not 0 <= target < flat.shape[1]:
        raise ConfigError(f"Expected a target from 0 to {flat.shape[1] - 1}. Received {target}. Count outputs from 0.")
    if target is not None:
        return flat[:, target]
    return flat[:, 0] if flat.shape[1] == 1 else flat
