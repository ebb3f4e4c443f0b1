"""Bars with intervals: a measured value, and how far the luck of the sample could have moved it."""

from collections.abc import Sequence

import numpy as np

from glassnet.foundation.errors import ShapeError
from glassnet.foundation.readable import numbers, percent, short, tick_labels
from glassnet.plots.axes import Scale, empty, feet, line, linear, text, text_width
from glassnet.plots.markup import escape, shorten, tag
from glassnet.plots.theme import frame, paint

MOST_BARS = 40
HEIGHT = 29.0


def bars(
    names: Sequence[str],
    values: Sequence[float | None],
    low: Sequence[float | None],
    high: Sequence[float | None],
    *,
    title: str = "",
    note: str = "",
    shares: bool = False,
    spell: bool = True,
    emphasis: int | None = 0,
    width: int = 480,
) -> str:
    """An SVG of horizontal bars from 0, each with its value in words and a whisker from `low` to `high`.

    Args:
        names: one a bar, the first at the top; at most forty are drawn.
        values: the length of each bar; a value that is not finite is written, not drawn.
        low: lower ends of the intervals; None or NaN for none.
        high: upper ends of the intervals; None or NaN for none.
        title: a few words above the chart.
        note: a quiet line under the title, such as which way is better.
        shares: whether values are shares between 0 and 1, to be written in percent on an axis that ends at 100 %.
        spell: whether to write each interval beside its value, or leave it to the whisker.
        emphasis: the bar to paint; the others stay grey. None paints them all.
        width: in pixels at full size.

    Returns:
        One SVG document, safe to place in a page.

    Raises:
        ShapeError: the four lists are not equally long.

    Example:
        >>> svg = bars(["network", "baseline"], [0.97, 0.63], [0.94, 0.55], [0.99, 0.71], shares=True)
        >>> "97.0 % (94.0 to 99.0)" in svg
        True

    Reference:
        B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap, 1993 (where such intervals come from).
    """
    if not len(names) == len(values) == len(low) == len(high):
        raise ShapeError(
            f"Expected names, values, low and high of one length. Received {len(names)}, {len(values)}, {len(low)} and "
            f"{len(high)}. Pass one of each for every bar, None where an interval is not known."
        )
    count = min(len(names), MOST_BARS)
    table = np.stack([numbers(list(part)[:count]) for part in (values, low, high)])
    written = [_written(value, a, b, shares) for value, a, b in table.T.tolist()]
    top = 16.0 + (22 if title else 0) + (18 if note else 0)
    height = top + HEIGHT * max(count, 1) + 34
    beside = written if spell else [words.partition(" (")[0] for words in written]
    body = (text(title, 16, 22, look="gn-title") if title else "") + (
        text(note, 16, 40 if title else 20, look="gn-muted") if note else ""
    )
    described = (
        "; ".join(f"{name}: {words}" for name, words in zip(names, written, strict=False)) or "There are no bars."
    )
    left_out = f" {len(names) - count} more are not drawn." if len(names) > count else ""
    if not np.isfinite(table[0]).any():
        body += empty(width, height, "no finite values")
    else:
        body += _bars([str(name) for name in names[:count]], table, beside, shares, emphasis, top, width)
    return frame(body, width=width, height=height, title=title or "Bars", description=described + "." + left_out)


def _written(value: float, low: float, high: float, shares: bool) -> str:
    if not np.isfinite(value):
        return short(value)
    main = percent(value) if shares else short(value)
    if not (np.isfinite(low) and np.isfinite(high)):
        return main
    ends = [percent(end).removesuffix(" %") if shares else short(end) for end in (low, high)]
    return f"{main} ({ends[0]} to {ends[1]})"


def _bars(
    names: list[str], table: np.ndarray, written: list[str], shares: bool, emphasis: int | None, top: float, width: int
) -> str:
    shown = [shorten(name, 24) for name in names]
    left = 28 + max(text_width(name) for name in shown)
    right = width - 18 - max(text_width(words) for words in written)
    right = max(right, left + 60)
    finite = table[np.isfinite(table)]
    across = linear(min(0.0, float(finite.min())), max(0.0, float(finite.max())), left, right, count=3)
    if shares and finite.min() >= 0 and finite.max() <= 1:
        across = Scale((0.0, 0.5, 1.0), left, right)
    bottom = top + HEIGHT * len(names)
    ticks = [percent(tick, 0) for tick in across.ticks] if shares else tick_labels(across.ticks)
    parts = [line(across(tick), top, across(tick), bottom, "gn-grid") for tick in across.ticks]
    parts.append(feet(across, across.ticks, ticks, bottom))
    for index, (name, words) in enumerate(zip(shown, written, strict=True)):
        middle = top + HEIGHT * (index + 0.5)
        strong = emphasis is None or index == emphasis
        parts.append(text(name, left - 12, middle + 4.5, anchor="end"))
        parts.append(_bar(across, table[:, index], middle, strong))
        weight = f"font-weight:{600 if strong and emphasis is not None else 400}"
        parts.append(tag("text", escape(words), x=right + 12, y=middle + 4.5, style=weight))
    return "".join(parts)


def _bar(across: Scale, column: np.ndarray, middle: float, strong: bool) -> str:
    value, low, high = (float(part) for part in column)
    if not np.isfinite(value):
        return ""
    start, end = sorted((across(0.0), across(value)))
    style = f"fill:{paint('blue' if strong else 'axis')}"
    drawn = tag("rect", x=start, y=middle - 8, width=max(end - start, 1.0), height=16, rx=2, style=style)
    if not (np.isfinite(low) and np.isfinite(high)):
        return drawn
    # The whisker has a halo of paper, so that it is seen on the bar as well as beyond it.
    a, b = across(low), across(high)
    cap = f"{middle - 5:.2f}V{middle + 5:.2f}"
    path = f"M{a:.2f} {cap}M{a:.2f} {middle:.2f}H{b:.2f}M{b:.2f} {cap}"
    halo = tag("path", d=path, style=f"stroke:{paint('paper')};stroke-width:4.5;fill:none")
    return drawn + halo + tag("path", d=path, style=f"stroke:{paint('ink')};stroke-width:1.6;fill:none")
