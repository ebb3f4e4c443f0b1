"""A directed graph of named boxes, such as the layers of a model, as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

from glassnet.plots.axes import text_width
from glassnet.plots.layered import Layout, place
from glassnet.plots.markup import escape, shorten, tag
from glassnet.plots.theme import frame, paint

_MARGIN, _GAP, _LINE, _PAD, _RISE = 20.0, 26.0, 17.0, 12.0, 34.0
_LONGEST = 44


@dataclass(frozen=True)
class Box:
    """One box.

    Args:
        title: its first line.
        lines: quiet lines under it.
        strong: whether it stands out, as inputs and outputs do.

    Example:
        >>> Box("dense", ("Dense", "(None, 16)")).strong
        False
    """

    title: str
    lines: tuple[str, ...] = ()
    strong: bool = False


def graph(boxes: Sequence[Box], edges: Sequence[tuple[int, int]], *, title: str, description: str = "") -> str:
    """An SVG of boxes in levels from top to bottom, with an arrow for each edge.

    Args:
        boxes: what is drawn, each before those it leads to.
        edges: (from, to) pairs of box numbers, from < to.
        title: what it shows, in a few words.
        description: the same in a sentence, for those who cannot see it.

    Returns:
        One SVG document.

    Example:
        >>> graph([Box("input"), Box("dense")], [(0, 1)], title="A model").startswith("<svg")
        True

    Reference:
        Sugiyama, Tagawa & Toda (1981), Methods for visual understanding of hierarchical system structures.
    """
    widths = [_width(box) for box in boxes]
    layout = place(widths, edges, gap=_GAP)
    heights = _heights(boxes, layout)
    tops = [_MARGIN + sum(h + _RISE for h in heights[:level]) for level in range(len(heights) + 1)]
    arrows = "".join(_arrow(edge, route, layout, tops, boxes) for edge, route in zip(edges, layout.routes, strict=True))
    drawn = "".join(
        _box(box, _MARGIN + layout.centres[i], tops[layout.levels[i]], widths[i]) for i, box in enumerate(boxes)
    )
    height = tops[-1] - _RISE + _MARGIN if boxes else 2 * _MARGIN
    said = description or f"{len(boxes)} boxes and {len(edges)} arrows from top to bottom."
    return frame(arrows + drawn, width=layout.width + 2 * _MARGIN, height=height, title=title, description=said)


def _width(box: Box) -> float:
    return 2 * _PAD + max(text_width(shorten(line, _LONGEST)) for line in (box.title, *box.lines))


def _height(box: Box) -> float:
    return 2 * _PAD + _LINE * (1 + len(box.lines)) - 4


def _heights(boxes: Sequence[Box], layout: Layout) -> list[float]:
    count = max(layout.levels, default=-1) + 1
    return [max(_height(box) for i, box in enumerate(boxes) if layout.levels[i] == level) for level in range(count)]


def _box(box: Box, centre: float, top: float, width: float) -> str:
    edge = paint("blue" if box.strong else "axis")
    outline = f"fill:{paint('paper')};stroke:{edge};stroke-width:{2 if box.strong else 1}"
    parts = [tag("rect", x=centre - width / 2, y=top, width=width, height=_height(box), rx=6, style=outline)]
    for row, line in enumerate((box.title, *box.lines)):
        look = {"class_": "gn-muted"} if row else {"class_": "gn-title"}
        y = top + _PAD + 11 + row * _LINE
        parts.append(tag("text", escape(shorten(line, _LONGEST)), x=centre, y=y, text_anchor="middle", **look))
    return "".join(parts)


def _arrow(edge: tuple[int, int], route: list[float], layout: Layout, tops: list[float], boxes: Sequence[Box]) -> str:
    """A curve from the bottom of one box, between those of the levels it passes, to the top of the other."""
    start, stop = edge
    level = layout.levels[start]
    x, y = _MARGIN + layout.centres[start], tops[level] + _height(boxes[start])
    path = [f"M{x:.1f} {y:.1f}"]
    targets = [*route, layout.centres[stop]]
    for step, centre in enumerate(targets, start=1):
        to, top = _MARGIN + centre, tops[level + step]
        last = step == len(targets)
        end = top - (5 if last else 0)
        middle = (y + end) / 2
        path.append(f"C{x:.1f} {middle:.1f} {to:.1f} {middle:.1f} {to:.1f} {end:.1f}")
        x, y = to, end
        if not last:
            y = tops[level + step + 1] - _RISE
            path.append(f"L{x:.1f} {y:.1f}")
    line = tag("path", d="".join(path), style=f"fill:none;stroke:{paint('muted')};stroke-width:1.2")
    head = tag(
        "path",
        d=f"M{x - 4:.1f} {y - 3:.1f}L{x:.1f} {y + 4:.1f}L{x + 4:.1f} {y - 3:.1f}Z",
        style=f"fill:{paint('muted')}",
    )
    return line + head
