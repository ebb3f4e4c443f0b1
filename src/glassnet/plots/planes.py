"""Planes seen from above: decision boundaries, projected points, the loss around trained weights."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassnet.foundation.errors import ShapeError
from glassnet.foundation.readable import short
from glassnet.plots.contours import level_pieces
from glassnet.plots.marks import SHAPES, Axis, Heat, Line, Panel, Pieces, Points, Words
from glassnet.plots.picture import Picture, picture

MOST_CLASSES = 6
MOST_POINTS = 500
LEVELS = 12
SHADES = 160
"""The cells along each side of a drawn plane."""
_COLOURS = ("blue", "orange", "green", "purple", "brown", "ink")
_TINTS = ((214, 231, 245), (250, 226, 207), (206, 234, 225), (240, 219, 232), (240, 234, 205), (226, 228, 233))


def boundary(
    across: Any,
    up: Any,
    outputs: Any,
    points: Any = (),
    labels: Any = None,
    *,
    title: str = "Decision boundary",
    x_label: str = "column 0",
    y_label: str = "column 1",
    note: str = "",
    class_names: Sequence[Any] | None = None,
) -> Picture:
    """Regions in tints with the line between them, the number of the class in each, and the rows in a shape a class.

    With one output the thin lines are where it is 0.25 and 0.75, the strong one where it is 0.5. Where targets are not
    classes, the output is drawn in shades.

    Args:
        across: the first coordinate, rising, (a,).
        up: the second, (b,).
        outputs: (b, a) or (b, a, k).
        points: rows in the plane, (n, 2); up to 500 are drawn.
        labels: their classes, (n,).
        title: a few words above.
        x_label: the first coordinate's name.
        y_label: the second one's.
        note: a quiet line under the title.
        class_names: what the classes are called.

    Returns:
        A picture with the numbers ``across``, ``up``, ``outputs``, ``classes``, ``points`` and ``labels``.

    Raises:
        ShapeError: outputs that are not (b, a, k).

    Example:
        >>> picture = boundary([0, 1], [0, 1], [[0.1, 0.9], [0.2, 0.8]])
        >>> picture.numbers["classes"].tolist()
        [[0, 1], [0, 1]]

    Reference:
        Hastie, Tibshirani & Friedman (2009), The elements of statistical learning, section 2.3.
    """
    x, y, table = np.asarray(across, np.float64), np.asarray(up, np.float64), np.asarray(outputs, np.float64)
    table = table.reshape(*table.shape[:2], -1)
    if table.shape[:2] != (len(y), len(x)):
        raise ShapeError(
            f"Expected outputs of shape ({len(y)}, {len(x)}, k), one for each y and x. Received {np.shape(outputs)}. Pass rows "
            f"along y."
        )
    single = table.shape[2] == 1
    classes = _classes(table)
    among = np.zeros(0, int) if labels is None else np.asarray(labels)
    smooth = single and (not _are_classes(among) or bool((table < -0.001).any() or (table > 1.001).any()))
    named = [str(name) for name in class_names] if class_names is not None else []
    edges = (float(x[0]), float(x[-1])), (float(y[0]), float(y[-1]))
    ground = Heat(_resampled(x, y, table[..., 0]), *edges, smooth=True)
    ground = ground if smooth else Heat(_tinted(_classes(_resampled(x, y, table))), *edges)
    marks: list[Any] = [ground]
    if not smooth:
        marks += _lines(x, y, table, single)
    marks += _rows(np.asarray(points, np.float64).reshape(-1, 2), None if smooth else among, named)
    if not smooth:
        marks += _signs(x, y, classes, named)
    panel = Panel(marks, x=_exact(x_label, x), y=_exact(y_label, y), bar=ground if smooth else None)
    share = ", ".join(f"{_called(k, named)} {np.mean(classes == k):.0%}" for k in np.unique(classes)[:MOST_CLASSES])
    told = (
        f"Outputs from {short(float(table.min()))} to {short(float(table.max()))}."
        if smooth
        else f"Of the plane: {share}."
    )
    numbers = {
        "across": x,
        "up": y,
        "outputs": table,
        "classes": classes,
        "points": np.asarray(points),
        "labels": among,
    }
    return picture(title, [panel], numbers, description=told, note=note, height=400)


def scatter(
    points: Any,
    labels: Any = None,
    *,
    title: str = "Points",
    note: str = "",
    x_label: str = "",
    y_label: str = "",
    names: Sequence[str] | None = None,
    class_names: Sequence[Any] | None = None,
) -> Picture:
    """Points in a plane, with a colour and a shape for each class, and names at up to forty of them.

    Args:
        points: (n, 2).
        labels: classes, (n,).
        title: a few words above.
        note: a quiet line under it.
        x_label: the first coordinate's name.
        y_label: the second one's.
        names: the points' names.
        class_names: what the classes are called.

    Returns:
        A picture with the numbers ``points`` and ``labels``.

    Example:
        >>> scatter([[0, 0], [1, 1]], [0, 1]).numbers["points"].shape
        (2, 2)

    Reference:
        Cleveland (1985), The elements of graphing data.
    """
    table = np.asarray(points, np.float64)
    among = None if labels is None else np.asarray(labels).ravel()
    called = [str(name) for name in class_names] if class_names is not None else []
    marks = _rows(table, among if among is not None and _are_classes(among) else None, called)
    if names is not None:
        room = 0.02 * (np.ptp(table[:, 1]) or 1.0)
        chosen = np.linspace(0, len(table) - 1, min(len(table), 40)).astype(int)
        marks += [Words(table[i, 0], table[i, 1] + 1.6 * room, str(names[i]), "muted", paper=True) for i in chosen]
    panel = Panel(marks, x=Axis(x_label), y=Axis(y_label))
    return picture(
        title,
        [panel],
        {"points": table, "labels": among},
        description=f"{len(table)} points.",
        note=note,
        height=380,
    )


def landscape(
    across: Any,
    up: Any,
    losses: Any,
    path: Any = None,
    *,
    title: str = "Loss around the trained weights",
    note: str = "",
    x_label: str = "direction 1",
    y_label: str = "direction 2",
    label: str = "loss",
) -> Picture:
    """The loss in shades with lines of equal loss, the trained weights as a cross, and the path training took to them.

    The lines lie at equal shares of the places, so that a narrow valley shows as well as a steep wall.

    Args:
        across: the first coordinate, rising, (a,).
        up: the second, (b,).
        losses: (b, a).
        path: places passed in training, (steps, 2), the last one the trained weights.
        title: a few words above.
        note: a quiet line under it.
        x_label: the first direction's name.
        y_label: the second one's.
        label: what the shades measure.

    Returns:
        A picture with the numbers ``across``, ``up``, ``losses`` and ``path``.

    Raises:
        ShapeError: losses that are not (b, a).

    Example:
        >>> import numpy as np
        >>> x = np.linspace(-1, 1, 5)
        >>> landscape(x, x, x**2 + x[:, None] ** 2).numbers["losses"].min()
        np.float64(0.0)

    Reference:
        Li, Xu, Taylor, Studer & Goldstein (2018), Visualizing the loss landscape of neural nets.
    """
    x, y, table = np.asarray(across, np.float64), np.asarray(up, np.float64), np.asarray(losses, np.float64)
    if table.shape != (len(y), len(x)):
        raise ShapeError(
            f"Expected losses of shape ({len(y)}, {len(x)}), one for each y and x. Received {table.shape}. Pass rows along y."
        )
    fine = np.isfinite(table)
    known = np.where(fine, table, np.nanmax(np.where(fine, table, np.nan)) if fine.any() else 0.0)
    shade = np.argsort(np.argsort(known, axis=None)).reshape(known.shape) / max(known.size - 1, 1)
    edges = (float(x[0]), float(x[-1])), (float(y[0]), float(y[-1]))
    marks: list[Any] = [Heat(0.85 * (1 - _resampled(x, y, shade)), *edges, low=0.0, high=1.0, smooth=True)]
    for share in (np.arange(LEVELS) + 0.5) / LEVELS:
        level = float(np.quantile(known, share))
        marks.append(Pieces(level_pieces(x, y, known - level), colour="muted", opacity=0.55))
        marks += _level_words(x, y, known, level) if round(share * LEVELS - 0.5) % 3 == 1 else []
    walked = np.zeros((0, 2)) if path is None else np.asarray(path, np.float64).reshape(-1, 2)
    if len(walked):
        marks += [Line(walked[:, 0], walked[:, 1], "the path of training", "orange", wide=2.2)]
        marks += [
            Points(walked[:1, 0], walked[:1, 1], "start", "orange", "ring", 4.5),
            Points(walked[1:-1, 0], walked[1:-1, 1], "", "orange", "disc", 2.4),
        ]
    marks.append(Points([0.0], [0.0], "trained weights", "ink", "cross", 5.5))
    panel = Panel(marks, x=_exact(x_label, x), y=_exact(y_label, y))
    middle = short(float(table[np.abs(y).argmin(), np.abs(x).argmin()]))
    told = f"The {label} is {middle} in the middle and from {short(float(known.min()))} to {short(float(known.max()))} around it."
    numbers = {"across": x, "up": y, "losses": table, "path": walked}
    return picture(title, [panel], numbers, description=told, note=note or told, height=430)


def _level_words(x: np.ndarray, y: np.ndarray, table: np.ndarray, level: float) -> list[Words]:
    """The level's number at its piece that is nearest to the diagonal."""
    ends = np.asarray(level_pieces(x, y, table - level)).reshape(-1, 4)
    if not len(ends):
        return []
    across, up = (ends[:, 0] - x[0]) / (x[-1] - x[0]), (ends[:, 1] - y[0]) / (y[-1] - y[0])
    inside = (np.minimum(across, up) > 0.06) & (np.maximum(across, up) < 0.94)
    if not inside.any():
        return []
    place = np.flatnonzero(inside)[np.abs(across - up)[inside].argmin()]
    return [Words(float(ends[place, 0]), float(ends[place, 1]), short(level), "ink", paper=True)]


def _exact(label: str, values: np.ndarray) -> Axis:
    return Axis(label, low=float(values[0]), high=float(values[-1]), exact=True)


def _are_classes(labels: np.ndarray) -> bool:
    fine = labels.dtype.kind in "iubUSO" or bool(np.all(labels == np.round(labels.astype(np.float64))))
    return fine and len(np.unique(labels)) <= 20


def _classes(table: np.ndarray) -> np.ndarray:
    return (table[..., 0] > 0.5).astype(int) if table.shape[2] == 1 else table.argmax(axis=2)


def _resampled(x: np.ndarray, y: np.ndarray, table: np.ndarray) -> np.ndarray:
    """The table at the middles of an even grid of cells between its edges, linearly in between."""
    found = table
    for axis, at in ((0, y), (1, x)):
        middles = at[0] + (at[-1] - at[0]) * (np.arange(SHADES) + 0.5) / SHADES
        place = np.clip(np.searchsorted(at, middles) - 1, 0, len(at) - 2)
        share = ((middles - at[place]) / (at[place + 1] - at[place])).reshape(-1, *(1,) * (table.ndim - 1))
        low, high = np.moveaxis(found, axis, 0)[place], np.moveaxis(found, axis, 0)[place + 1]
        found = np.moveaxis(low + share * (high - low), 0, axis)
    return found


def _tinted(classes: np.ndarray) -> np.ndarray:
    return np.asarray(_TINTS, np.float64)[classes % len(_TINTS)] / 255.0


def _lines(x: np.ndarray, y: np.ndarray, table: np.ndarray, single: bool) -> list[Pieces]:
    if single:
        value = table[..., 0]
        thin = [Pieces(level_pieces(x, y, value - level), dash="3 3") for level in (0.25, 0.75)]
        return [*thin, Pieces(level_pieces(x, y, value - 0.5), colour="ink", wide=2.0)]
    found = []
    for k in range(table.shape[2]):
        others = np.delete(table, k, axis=2).max(axis=2)
        found.append(Pieces(level_pieces(x, y, table[..., k] - others), colour="ink", wide=1.6))
    return found


def _rows(points: np.ndarray, labels: np.ndarray | None, named: list[str]) -> list[Any]:
    chosen = np.linspace(0, len(points) - 1, min(len(points), MOST_POINTS)).astype(int) if len(points) else []
    if labels is None or not len(labels):
        return [Points(points[chosen, 0], points[chosen, 1], "", "ink", "disc", 2.6)] if len(points) else []
    found = []
    for place, k in enumerate(np.unique(labels)[:MOST_CLASSES]):
        mine = [i for i in chosen if labels[i] == k]
        number = int(k) if isinstance(k, int | np.integer | np.floating) else place
        colour, shape = _COLOURS[number % len(_COLOURS)], SHAPES[number % 4]
        found.append(Points(points[mine, 0], points[mine, 1], _called(k, named, place), colour, shape, 3.2))
    return found


def _called(k: Any, named: list[str], place: int | None = None) -> str:
    at = int(k) if isinstance(k, int | np.integer | np.floating) else place
    return named[at] if at is not None and 0 <= at < len(named) else f"class {k:g}" if not isinstance(k, str) else k


def _signs(x: np.ndarray, y: np.ndarray, classes: np.ndarray, named: list[str]) -> list[Words]:
    """What each region is called, at its place that is farthest from the others."""
    found = []
    for k in np.unique(classes)[:MOST_CLASSES]:
        inside = classes == k
        if inside.mean() > 0.02:
            depth = _depth(inside)
            row, column = np.unravel_index(depth.argmax(), depth.shape)
            found.append(Words(float(x[column]), float(y[row]), _called(int(k), named), "ink", paper=True))
    return found


def _depth(inside: np.ndarray) -> np.ndarray:
    """About how far each cell of a region is from its edge, in cells."""
    left, depth = np.pad(inside, 1), np.zeros(inside.shape)
    while left.any():
        depth += left[1:-1, 1:-1]
        core = left[1:-1, 1:-1] & left[:-2, 1:-1] & left[2:, 1:-1] & left[1:-1, :-2] & left[1:-1, 2:]
        left = np.pad(core, 1)
    return depth
