"""What predictions hang on: bars for columns and tokens, shades beside an image, and how a prediction goes with a column."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from glassnet.foundation.errors import ShapeError
from glassnet.foundation.readable import short
from glassnet.plots.marks import DASHES, Axis, Bars, Heat, Line, Panel, Points, Rule, cells
from glassnet.plots.picture import Picture, picture
from glassnet.plots.theme import SERIES_COLOURS

MOST_BARS = 20
MOST_CURVES = 60


def attribution_picture(
    values: Any,
    *,
    title: str = "Attribution",
    note: str = "",
    names: Sequence[str] | None = None,
    image: Any = None,
    ordered: bool = False,
    label: str = "part of the prediction",
) -> Picture:
    """Signed parts of one prediction: what pushed it up and what pushed it down.

    Args:
        values: (columns,) or (tokens,) for bars, (time, columns) for shades, (height, width) or (height, width, channels)
            beside `image`, channels summed.
        title: a few words above.
        note: a quiet line under it.
        names: the columns' names or the tokens.
        image: the picture that the values are about, (height, width, 1 or 3).
        ordered: whether bars keep their order, as tokens do, rather than being sorted by size.
        label: what the values are.

    Returns:
        A picture with the number ``values``.

    Raises:
        ShapeError: as many names as there are values are needed, or an image does not fit.

    Example:
        >>> picture = attribution_picture([0.2, -1.0], names=["age", "dose"])
        >>> "dose" in picture.svg
        True

    Reference:
        Simonyan, Vedaldi & Zisserman (2014), Deep inside convolutional networks.
    """
    table = np.asarray(values, np.float64)
    if image is not None:
        return _beside(table, np.asarray(image, np.float64), title, note, label)
    if table.ndim == 2:
        heat = Heat(table.T, (0, len(table)), (0, table.shape[1]), "signed")
        y = cells("", table.shape[1], flip=True, names=_labels(table.shape[1], names))
        panel = Panel([heat], x=cells("step", len(table)), y=y, bar=heat)
        return picture(title, [panel], {"values": table}, description=_told(table), note=note)
    if table.ndim != 1:
        raise ShapeError(
            f"Expected values of one or two axes, or an image with them. Received shape {table.shape}. Pass one row's values."
        )
    labels = _labels(len(table), names)
    if ordered:
        chosen = np.arange(len(table))[: 2 * MOST_BARS]
    else:
        chosen = np.argsort(-np.abs(np.nan_to_num(table)), kind="stable")[:MOST_BARS]
    more = f" The other {len(table) - len(chosen)} are not drawn." if len(chosen) < len(table) else ""
    return _lying(
        [labels[i] for i in chosen],
        table[chosen],
        title=title,
        note=note,
        label=label,
        numbers={"values": table},
        description=_told(table, labels) + more,
    )


def importance(
    names: Sequence[str],
    values: Any,
    *,
    title: str = "Permutation importance",
    note: str = "",
    label: str = "loss added by shuffling",
    ordered: bool = False,
) -> Picture:
    """Bars of the mean over repeats, largest first, with whiskers of one standard deviation over them.

    Args:
        names: one a row of `values`.
        values: (features, repeats).
        title: a few words above.
        note: a quiet line under it.
        label: what the bars measure.
        ordered: whether bars keep their order.

    Returns:
        A picture with the numbers ``values``, ``mean`` and ``deviation``.

    Raises:
        ShapeError: names and values do not fit each other.

    Example:
        >>> importance(["a", "b"], [[0.1, 0.3], [0.0, 0.0]]).numbers["mean"].tolist()
        [0.2, 0.0]

    Reference:
        Breiman (2001), Random forests, section 10.
    """
    table = np.asarray(values, np.float64)
    if table.ndim != 2:
        raise ShapeError(f"Expected values of shape (features, repeats). Received {table.shape}. Pass a row a feature.")
    labels = _labels(len(table), names)
    mean, deviation = table.mean(axis=1), table.std(axis=1, ddof=1) if table.shape[1] > 1 else np.zeros(len(table))
    chosen = (np.arange(len(mean)) if ordered else np.argsort(-mean, kind="stable"))[:MOST_BARS]
    more = f" The other {len(table) - len(chosen)} are not drawn." if len(chosen) < len(table) else ""
    return _lying(
        [labels[i] for i in chosen],
        mean[chosen],
        title=title,
        note=note,
        label=label,
        numbers={"values": table, "mean": mean, "deviation": deviation},
        description=_told(mean, labels) + more,
        low=(mean - deviation)[chosen],
        high=(mean + deviation)[chosen],
    )


def dependence(
    grid: Any,
    mean: Any,
    single: Any = None,
    *,
    name: str = "value",
    outputs: Sequence[str] = (),
    data: Any = None,
    title: str = "",
    y_label: str = "prediction",
) -> Picture:
    """The mean prediction over the values of one column, the lines of single rows behind it, the data's values under it.

    Args:
        grid: the column's values, (g,).
        mean: the mean predictions, (g,), or (g, k) for k outputs.
        single: predictions row by row, (n, g); up to 60 of them are drawn. None for none.
        name: the column's name.
        outputs: the outputs' names, where there are several.
        data: the column's values in the data, marked along the bottom.
        title: a few words above.
        y_label: what is predicted.

    Returns:
        A picture with the numbers ``grid``, ``mean`` and ``single``.

    Example:
        >>> dependence([0, 1], [0.2, 0.8], name="dose").numbers["mean"].tolist()
        [0.2, 0.8]

    Reference:
        Friedman (2001), Greedy function approximation; Goldstein et al. (2015), Peeking inside the black box.
    """
    at = np.asarray(grid, np.float64)
    lines = np.asarray(mean, np.float64).reshape(len(at), -1)
    marks: list[Any] = []
    rows = np.zeros((0, len(at))) if single is None else np.asarray(single, np.float64)
    for row in rows[np.linspace(0, len(rows) - 1, min(len(rows), MOST_CURVES)).astype(int)] if len(rows) else rows:
        marks.append(Line(at, row, "single rows" if len(marks) == 0 else "", "axis", wide=0.8))
    for k in range(min(lines.shape[1], len(DASHES))):
        said = outputs[k] if k < len(outputs) else ("mean" if lines.shape[1] == 1 else f"output {k}")
        marks.append(Line(at, lines[:, k], said, SERIES_COLOURS[k], DASHES[k], 2.5))
    y = Axis(y_label)
    if data is not None:
        seen = np.asarray(data, np.float64).ravel()
        y = Axis(y_label, low=_floor(marks, 0.07), exact=True)
        marks.append(Points(seen, np.full(len(seen), _floor(marks)), "rows", "muted", "disc", 2.0))
    ends = f"from {short(float(lines[0, 0]))} at {short(float(at[0]))} to {short(float(lines[-1, 0]))} at {short(float(at[-1]))}"
    return picture(
        title or f"Prediction over {name}",
        [Panel(marks, x=Axis(name, exact=True), y=y)],
        {"grid": at, "mean": np.asarray(mean, np.float64), "single": rows},
        description=f"The mean prediction goes {ends}.",
    )


def _floor(marks: Sequence[Any], under: float = 0.04) -> float:
    """A little under the lowest value."""
    values = np.concatenate([np.ravel(mark.y) for mark in marks])
    fine = values[np.isfinite(values)]
    return float(fine.min() - under * np.ptp(fine)) if len(fine) else 0.0


def _labels(count: int, names: Sequence[str] | None) -> list[str]:
    if names is None:
        return [f"column {index}" for index in range(count)]
    if len(names) != count:
        raise ShapeError(
            f"Expected {count} names, one for each value. Received {len(names)}. Pass all of them, in order."
        )
    return [str(name) for name in names]


def _lying(
    names: Sequence[str],
    values: np.ndarray,
    *,
    title: str,
    note: str,
    label: str,
    numbers: Mapping[str, Any],
    description: str,
    low: Any = None,
    high: Any = None,
) -> Picture:
    at = np.arange(len(names), dtype=np.float64)
    marks = [Bars(at, np.nan_to_num(values), 0.72, low, high, lying=True), Rule(0.0, dash=None, colour="axis")]
    y = Axis(low=-0.6, high=len(names) - 0.4, ticks=list(at), labels=list(names), flip=True)
    height = 76 + (18 if note else 0) + 21 * max(len(names), 2)
    return picture(
        title, [Panel(marks, x=Axis(label), y=y)], numbers, description=description, note=note, height=height
    )


def _beside(values: np.ndarray, image: np.ndarray, title: str, note: str, label: str) -> Picture:
    flat = values.sum(axis=-1) if values.ndim == 3 else values
    if flat.shape != image.shape[:2]:
        raise ShapeError(
            f"Expected values as large as the image, {image.shape[:2]}. Received {flat.shape}. Pass both of one row."
        )
    rows, columns = flat.shape
    edges: dict[str, Any] = {"x": Axis(shown=False, exact=True, low=0, high=columns)}
    edges["y"] = Axis(shown=False, exact=True, low=0, high=rows, flip=True)
    heat = Heat(flat, (0, columns), (0, rows), "signed" if (flat < 0).any() else "amount")
    panels = [
        Panel([Heat(shown_image(image), (0, columns), (0, rows), "grey")], "the image", square=True, **edges),
        Panel([heat], label, square=True, bar=heat, **edges),
    ]
    height = 60 + (18 if note else 0) + min(480, 160 * rows / columns)
    return picture(
        title, panels, {"values": values, "image": image}, description=_told(flat), columns=2, note=note, height=height
    )


def shown_image(image: Any) -> np.ndarray:
    """An image as it is drawn: (height, width) of any numbers, or (height, width, 3) brought to 0 to 1.

    Example:
        >>> shown_image(np.full((1, 1, 3), 255.0)).tolist()
        [[[1.0, 1.0, 1.0]]]
    """
    table = np.asarray(image, np.float64)
    if table.ndim == 3 and table.shape[-1] != 3:
        return table[..., 0] if table.shape[-1] == 1 else table.mean(axis=-1)
    if table.ndim == 3:
        low, high = float(np.nanmin(table)), float(np.nanmax(table))
        if low < 0 or high > 255:
            return (table - low) / ((high - low) or 1.0)
        return table / 255.0 if high > 1 else table
    return table


def _told(values: np.ndarray, names: Sequence[str] | None = None) -> str:
    flat = np.nan_to_num(values).ravel()
    if not len(flat):
        return "There are no values to draw."
    top = np.argsort(-np.abs(flat), kind="stable")[:3]
    if names is None:
        return f"Values from {short(float(flat.min()))} to {short(float(flat.max()))}."
    return "Largest: " + ", ".join(f"{names[i]} {short(float(flat[i]))}" for i in top) + "."
