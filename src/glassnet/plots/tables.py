"""Tables and images of numbers: weights, filters, activations, attention."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassnet.foundation.errors import ShapeError
from glassnet.foundation.readable import short
from glassnet.plots.attributions import shown_image
from glassnet.plots.marks import Axis, Bars, Heat, Panel, Rule, cells
from glassnet.plots.picture import Picture, picture
from glassnet.plots.ramps import bounds

MOST_TILES = 36
MOST_NAMES = 40


def weights(
    values: Any, *, title: str = "Weights", note: str = "", down: str = "input", across: str = "unit"
) -> Picture:
    """A weight as a table of shades, rows from inputs and columns to units; small ones with their numbers, and the spread.

    Args:
        values: (inputs, units), or any shape: all axes but the last are then put under one another.
        title: a few words above, such as the weight's path.
        note: a quiet line under it.
        down: what the rows are.
        across: what the columns are.

    Returns:
        A picture with the number ``values``.

    Example:
        >>> "0.5" in weights([[0.5, -1.0]]).svg
        True

    Reference:
        Hinton & Shallice (1991), Lesioning an attractor network (diagrams of weights).
    """
    whole = np.asarray(values, np.float64)
    table = whole.reshape(-1, whole.shape[-1]) if whole.ndim > 1 else whole.reshape(1, -1)
    rows, columns = table.shape
    small = rows <= 14 and columns <= 8
    ramp = "signed" if (table < 0).any() else "amount"
    heat = Heat(table, (0, columns), (0, rows), ramp, written=small)
    top = Panel([heat], x=cells(across, columns), y=cells(down, rows, flip=True), bar=heat, height=1.9)
    counts, edges = np.histogram(table[np.isfinite(table)], bins=min(40, max(5, int(np.sqrt(table.size)))))
    middles, wide = (edges[1:] + edges[:-1]) / 2, float(edges[1] - edges[0])
    spread = Panel([Bars(middles, counts, 0.94 * wide), Rule(0.0, dash=None)], x=Axis("value"), y=Axis("count", low=0))
    told = f"{table.size:,} numbers from {_range(table)}, mean {short(float(table.mean()))}."
    panels = [top] if small else [top, spread]
    height = 110 + 34 * rows if small else 460
    return picture(title, panels, {"values": whole}, description=told, note=note or told, height=height)


def filters(values: Any, *, title: str = "Filters", note: str = "") -> Picture:
    """Each filter of a convolution as a tile: in colour where it has three input channels, else the mean over channels.

    All tiles have the same shades, so that strong and weak filters are told apart.

    Args:
        values: a kernel (height, width, channels, filters), or (steps, channels, filters); up to 36 filters are drawn.
        title: a few words above, such as the layer's path.
        note: a quiet line under it.

    Returns:
        A picture with the number ``values``.

    Raises:
        ShapeError: another number of axes.

    Example:
        >>> import numpy as np
        >>> len(filters(np.zeros((3, 3, 1, 4))).panels)
        4

    Reference:
        Krizhevsky, Sutskever & Hinton (2012), ImageNet classification with deep convolutional neural networks, figure 3.
    """
    kernel = np.asarray(values, np.float64)
    if kernel.ndim not in (3, 4):
        raise ShapeError(
            f"Expected a kernel (height, width, channels, filters) or (steps, channels, filters). Received shape "
            f"{kernel.shape}. Pass a convolution's kernel."
        )
    tiles = np.moveaxis(kernel, -1, 0)
    if kernel.ndim == 3:
        tiles = np.swapaxes(tiles, 1, 2)  # channels down, steps across
        words = "steps across, input channels down"
    elif kernel.shape[2] == 3:
        far = float(np.abs(tiles).max()) or 1.0
        tiles, words = 0.5 + tiles / (2 * far), "the three input channels as red, green and blue; grey is 0"
    else:
        single = kernel.shape[2] == 1
        tiles, words = tiles.mean(axis=3), "" if single else f"the mean over {kernel.shape[2]} input channels"
    return _tiles(tiles, kernel, title, note or words, "filter", "signed", len(tiles))


def activations(values: Any, *, title: str = "Activations", note: str = "") -> Picture:
    """One row's activations: a bar for each unit, a tile for each channel, or shades over steps and units.

    Args:
        values: (units,), (steps, units) or (height, width, channels); up to 36 channels are drawn.
        title: a few words above, such as the layer's path.
        note: a quiet line under it.

    Returns:
        A picture with the number ``values``.

    Raises:
        ShapeError: another number of axes.

    Example:
        >>> activations([0.0, 2.0]).numbers["values"].tolist()
        [0.0, 2.0]

    Reference:
        Zeiler & Fergus (2014), Visualizing and understanding convolutional networks.
    """
    table = np.asarray(values, np.float64)
    ramp = "signed" if (table < 0).any() else "amount"
    told = f"{table.size:,} values, {np.mean(table == 0):.0%} of them 0, from {_range(table)}."
    if table.ndim == 1:
        units = np.arange(len(table))
        panel = Panel(
            [Bars(units, table, 0.8), Rule(0.0, upright=False, dash=None, colour="axis")],
            x=_units(len(table)),
            y=Axis("activation"),
        )
        return picture(title, [panel], {"values": table}, description=told, note=note or told, height=280)
    if table.ndim == 2:
        heat = Heat(table.T, (0, len(table)), (0, table.shape[1]), ramp)
        x, y = cells("step", len(table)), cells("unit", table.shape[1], flip=True)
        return picture(
            title, [Panel([heat], x=x, y=y, bar=heat)], {"values": table}, description=told, note=note or told
        )
    if table.ndim != 3:
        raise ShapeError(
            f"Expected one row's activations of one to three axes. Received shape {table.shape}. Pass values[row]."
        )
    return _tiles(np.moveaxis(table, -1, 0), table, title, note or told, "channel", ramp, table.shape[-1])


def attention(
    weights: Any,
    *,
    queries: Sequence[Any] | None = None,
    keys: Sequence[Any] | None = None,
    title: str = "Attention",
    note: str = "each row adds up to 1",
) -> Picture:
    """How each position shares its attention: queries down, keys across, a panel a head.

    Args:
        weights: (queries, keys), or (heads, queries, keys); up to 12 heads are drawn.
        queries: the query positions' names, such as tokens.
        keys: the key positions' names; those of the queries where there are as many.
        title: a few words above.
        note: a quiet line under it.

    Returns:
        A picture with the number ``weights``.

    Raises:
        ShapeError: another number of axes, or of names.

    Example:
        >>> "cat" in attention([[0.5, 0.5], [0.1, 0.9]], queries=["the", "cat"]).svg
        True

    Reference:
        Vaswani et al. (2017), Attention is all you need; Bahdanau, Cho & Bengio (2015).
    """
    table = np.asarray(weights, np.float64)
    table = table[None] if table.ndim == 2 else table
    if table.ndim != 3:
        raise ShapeError(
            f"Expected weights (queries, keys) or (heads, queries, keys). Received shape {table.shape}. Pass those of one row."
        )
    heads, down, across = table.shape
    queries = list(map(str, queries)) if queries is not None else None
    keys = list(map(str, keys)) if keys is not None else queries if down == across else None
    for given, count in ((queries, down), (keys, across)):
        if given is not None and len(given) != count:
            raise ShapeError(f"Expected {count} names, one a position. Received {len(given)}. Pass one row's tokens.")
    shown = table[:12]
    columns = 1 if len(shown) == 1 else 2 if len(shown) <= 4 else 3
    panels, most = [], max(float(np.nanmax(shown)), min(1.0, 2 / across))
    for number, head in enumerate(shown):
        few = len(shown) == 1 and max(down, across) <= 8
        heat = Heat(head, (0, across), (0, down), "amount", 0.0, most, written=few)
        x, y = _named(keys, across, "key"), _named(queries, down, "query", flip=True)
        panels.append(
            Panel([heat], "" if len(shown) == 1 else f"head {number}", x=x, y=y, bar=heat if columns == 1 else None)
        )
    sharp = ", ".join(f"{value:.2f}" for value in shown.max(axis=-1).mean(axis=-1))
    told = f"The largest share of a query is on average {sharp} by head." + (
        "" if len(shown) == heads else f" Of {heads} heads."
    )
    each = 300 if columns == 1 else 210 if columns == 2 else 170
    height = 50 + (each + (50 if keys else 0)) * -(-len(shown) // columns)
    said = note + ("" if columns == 1 else f"; white is 0, the darkest {short(most)}")
    return picture(title, panels, {"weights": table}, description=told, columns=columns, note=said, height=height)


def _tiles(tiles: np.ndarray, whole: np.ndarray, title: str, note: str, what: str, ramp: str, total: int) -> Picture:
    shown = tiles[:MOST_TILES]
    columns = min(len(shown), 4 if len(shown) <= 8 else 6)
    low, high = bounds(tiles, ramp) if tiles.ndim == 3 else (0.0, 1.0)
    panels = []
    for number, tile in enumerate(shown):
        rows, wide = tile.shape[:2]
        heat = Heat(shown_image(tile) if tile.ndim == 3 else tile, (0, wide), (0, rows), ramp, low, high)
        x, y = (
            Axis(shown=False, exact=True, low=0, high=wide),
            Axis(shown=False, exact=True, low=0, high=rows, flip=True),
        )
        panels.append(Panel([heat], str(number), x=x, y=y, square=True))
    each = 460 / columns * min(1.6, tiles.shape[1] / tiles.shape[2]) + 26
    height = 52 + each * -(-len(shown) // columns)
    under = [f"shades from {short(low)} to {short(high)}" if tiles.ndim == 3 else ""]
    under += [f"{len(shown)} of {total} {what}s"] if len(shown) < total else []
    told = f"{total} {what}s, values from {_range(whole)}."
    return picture(
        title,
        panels,
        {"values": whole},
        description=told,
        columns=columns,
        note=note,
        under=[", ".join(filter(None, under))] if any(under) else [],
        height=height,
    )


def _range(table: np.ndarray) -> str:
    return f"{short(float(table.min()))} to {short(float(table.max()))}"


def _units(size: int) -> Axis:
    step = max(1, int(np.ceil(size / 8)))
    marked = list(range(0, size, step))
    return Axis("unit", -0.6, size - 0.4, marked, [str(at) for at in marked], exact=True)


def _named(names: Sequence[str] | None, size: int, label: str, *, flip: bool = False) -> Axis:
    if names is None:
        return cells(label, size, flip=flip)
    step = max(1, int(np.ceil(size / MOST_NAMES)))
    marked = list(range(0, size, step))
    return Axis("", 0, size, [at + 0.5 for at in marked], [names[at] for at in marked], flip=flip, exact=True)
