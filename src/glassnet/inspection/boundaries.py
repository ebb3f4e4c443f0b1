"""The decision boundary in a plane through the inputs, and points brought to the plane of most variance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.foundation.errors import ConfigError, DataError
from glassnet.foundation.readable import percent
from glassnet.foundation.shapes import positive_int
from glassnet.foundation.types import HostArray
from glassnet.inspection.dependence import column_number
from glassnet.inspection.occluding import one_input
from glassnet.inspection.projecting import project
from glassnet.inspection.tapping import prepared
from glassnet.plots.picture import Picture
from glassnet.plots.planes import boundary as boundary_picture


@dataclass(frozen=True, eq=False, repr=False)
class Boundary:
    """Outputs over a plane through the inputs.

    Args:
        across: the plane's first coordinate, (a,).
        up: its second, (b,).
        outputs: the model's outputs, (b, a, k).
        points: the rows in the plane, (n, 2).
        labels: their classes or targets, (n,); None where none were given.
        axes: what the coordinates are called.
        kept: the share of the rows' variance that lies in the plane; None where two columns were chosen.

    Example:
        >>> at, outputs = np.array([0.0, 1.0]), np.array([[[0.2], [0.9]], [[0.1], [0.6]]])
        >>> Boundary(at, at, outputs, np.zeros((0, 2)), None, ("a", "b")).classes.tolist()
        [[0, 1], [0, 1]]
    """

    across: HostArray
    up: HostArray
    outputs: HostArray
    points: HostArray
    labels: HostArray | None
    axes: tuple[str, str]
    kept: float | None = None

    @property
    def classes(self) -> HostArray:
        """The class that is called at each place, (b, a): the largest output, or whether a single one is above 0.5."""
        return self.outputs.argmax(axis=-1) if self.outputs.shape[-1] > 1 else (self.outputs[..., 0] > 0.5).astype(int)

    def plot(self, class_names: Sequence[Any] | None = None) -> Picture:
        """The regions, the line between them, and the rows with a shape for each class."""
        note = "" if self.kept is None else f"the plane holds {percent(self.kept)} of the variance of the rows"
        return boundary_picture(
            self.across,
            self.up,
            self.outputs,
            self.points,
            self.labels,
            x_label=self.axes[0],
            y_label=self.axes[1],
            note=note,
            class_names=class_names,
        )

    def _repr_svg_(self) -> str:
        return self.plot().svg

    def __repr__(self) -> str:
        return f"Decision boundary over {self.axes[0]} and {self.axes[1]}, {len(self.up)} × {len(self.across)} places"


def decision_boundary(
    model: Any,
    x: Any,
    y: Any = None,
    *,
    features: Any = (0, 1),
    pinned: Any = None,
    points: int = 100,
    names: Sequence[Any] | None = None,
) -> Boundary:
    """f over a plane through the inputs: two columns with the others pinned, or the plane of most variance.

    Args:
        model: a trained model on a table, (n, columns).
        x: rows, which set the plane's extent and are drawn in it.
        y: their classes or targets, one number a row or one-hot.
        features: two columns by number or name; or ``"pca"`` for the first two principal components of x, on which each
            place stands for mean + a·v₁ + b·v₂.
        pinned: what the other columns are: a row, or some by number or name as a dict; the median of x by default.
        points: places along each side, 2 or more.
        names: the columns' names.

    Returns:
        A `Boundary`.

    Raises:
        ConfigError: the model takes no table of two columns or more, or there is no such column.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((3,)), Dense(1, activation="sigmoid")])
        >>> model.set_weights([np.array([[1.0], [0.0], [0.0]]), np.zeros(1)])
        >>> found = decision_boundary(model, np.array([[-1.0, -1, 0], [1, 1, 0]]), points=3)
        >>> found.classes.tolist()
        [[0, 0, 1], [0, 0, 1], [0, 0, 1]]

    Reference:
        Hastie, Tibshirani & Friedman (2009), The elements of statistical learning, section 2.3.
    """
    positive_int("points", points - 1, owner="decision_boundary")
    rows = one_input(prepared(model, x))
    if rows.ndim != 2 or rows.shape[1] < 2:
        raise ConfigError(
            f"decision_boundary expected a table with two columns or more. Received rows of shape {rows.shape[1:]}. For images "
            f"and text, look at a layer's outputs with project(activations(model, x, layer).values)."
        )
    if isinstance(features, str) and features == "pca":
        plane = project(rows)
        at = _axes(plane.points, points)
        labels, kept = ("principal component 1", "principal component 2"), float(plane.explained[:2].sum())
        table = plane.mean + _grid(*at) @ plane.components
        drawn = plane.points
    else:
        first, second = _two(features, rows.shape[1], names)
        drawn, kept = rows[:, [first, second]], None
        at = _axes(drawn, points)
        table = np.tile(_pinned(rows, pinned, names), (points * points, 1))
        table[:, [first, second]] = _grid(*at)
        labels = tuple(str(names[c]) if names is not None else f"column {c}" for c in (first, second))
    predicted = model.predict(table.astype(rows.dtype if rows.dtype.kind == "f" else np.float32))
    if not isinstance(predicted, np.ndarray):
        raise ConfigError("decision_boundary expected a model with one output. Received several. Pass a model of one.")
    outputs = predicted.reshape(points, points, -1)
    return Boundary(*at, outputs, np.asarray(drawn), _labels(y, len(rows)), (labels[0], labels[1]), kept)


def _axes(points: HostArray, count: int) -> tuple[HostArray, HostArray]:
    found = []
    for column in points.T.astype(np.float64):
        room = 0.08 * np.ptp(column) or 0.5
        found.append(np.linspace(column.min() - room, column.max() + room, count))
    return found[0], found[1]


def _grid(across: HostArray, up: HostArray) -> HostArray:
    """(b · a, 2): the first coordinate runs fastest."""
    a, b = np.meshgrid(across, up)
    return np.stack([a.ravel(), b.ravel()], axis=1)


def _two(features: Any, count: int, names: Sequence[Any] | None) -> tuple[int, int]:
    if isinstance(features, str) or not hasattr(features, "__len__") or len(features) != 2:
        raise ConfigError(f"Expected two columns, or 'pca'. Received {features!r}. Pass features=(0, 1).")
    first, second = (column_number(feature, count, names) for feature in features)
    if first == second:
        raise ConfigError(f"Expected two different columns. Received {features!r}. Pass features=(0, 1).")
    return first, second


def _pinned(rows: HostArray, pinned: Any, names: Sequence[Any] | None) -> HostArray:
    row = np.median(rows, axis=0).astype(np.float64)
    if isinstance(pinned, dict):
        for feature, value in pinned.items():
            row[column_number(feature, rows.shape[1], names)] = value
    elif pinned is not None:
        given = np.asarray(pinned, np.float64)
        if given.shape != row.shape:
            raise ConfigError(
                f"Expected pinned values as a row of {len(row)}, or a dict by column. Received shape {given.shape}. Pass x[0]."
            )
        row = given
    return row


def _labels(y: Any, count: int) -> HostArray | None:
    if y is None:
        return None
    given = np.asarray(y)
    if len(given) != count:
        raise DataError(f"Expected one target for each of {count} rows. Received {len(given)}. Pass those of x.")
    given = given.reshape(count, -1)
    return given.argmax(axis=1) if given.shape[1] > 1 else given[:, 0]
