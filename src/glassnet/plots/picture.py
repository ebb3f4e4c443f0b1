"""A picture made of panels of marks: written as SVG at once, drawn by Matplotlib for those who want a figure."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from glassnet.plots.axes import text, text_width
from glassnet.plots.drawing import Drawing
from glassnet.plots.fitting import fit_panel
from glassnet.plots.marks import Line, Panel, Pieces, legend
from glassnet.plots.markup import shorten, tag
from glassnet.plots.theme import frame, paint
from glassnet.plots.writing import dot, write_panel


@dataclass(frozen=True, repr=False)
class Picture(Drawing):
    """A drawing that carries its numbers.

    Args:
        svg: the document.
        numbers: the arrays that are drawn, by name.
        panels: what it is made of.
        columns: how many panels stand side by side.
        title: a few words above it.
        note: a quiet line under the title.
        under: quiet lines under the panels.
        width: in pixels at full size.
        height: in pixels at full size.

    Example:
        >>> from glassnet import plots
        >>> picture = plots.activation_functions(["relu"])
        >>> sorted(picture.numbers), picture.svg[:4]
        (['relu', 'relu_derivative', 'z'], '<svg')
    """

    numbers: Mapping[str, Any]
    panels: tuple[Panel, ...]
    columns: int
    title: str
    note: str
    under: tuple[str, ...]
    width: float
    height: float

    def figure(self) -> Any:
        """The same as a Matplotlib ``Figure``, for papers and for changes of one's own.

        Raises:
            ConfigError: Matplotlib is not installed.
        """
        from glassnet.plots.figure import figure_of

        return figure_of(self)

    def __repr__(self) -> str:
        return f'{self.title}: a picture; show it in a notebook, or save it with .save("name.svg")'


def picture(
    title: str,
    panels: Sequence[Panel],
    numbers: Mapping[str, Any],
    *,
    description: str,
    columns: int = 1,
    note: str = "",
    under: Sequence[str] = (),
    width: float = 480,
    height: float = 320,
) -> Picture:
    """A `Picture` of panels, row by row from the top left.

    Args:
        title: a few words above it.
        panels: at least one.
        numbers: the arrays that are drawn, by name.
        description: what is to be seen, in a sentence or two, for those who cannot see it.
        columns: how many panels stand side by side.
        note: a quiet line under the title.
        under: quiet lines under the panels, which make the picture taller.
        width: in pixels at full size.
        height: in pixels at full size, title and legend included.
    """
    quiet = _wrapped([note], width)
    top = 28.0 + 18 * len(quiet)
    body = text(shorten(title, int(width / 8)), 16, 22, look="gn-title")
    body += "".join(text(line, 16, 40 + 18 * n, look="gn-muted") for n, line in enumerate(quiet))
    named, top = _legend(panels, top, width)
    body += named
    rows = [panels[start : start + columns] for start in range(0, len(panels), columns)]
    shares = sum(max(panel.height for panel in row) for row in rows)
    for row in rows:
        cell = (width - 20) / (len(row) if row[0].stretch else columns)
        tall = (height - top - 4) * max(panel.height for panel in row) / shares
        shares -= max(panel.height for panel in row)
        for index, panel in enumerate(row):
            box = fit_panel(panel, 10 + index * cell, top, cell - (6 if columns > 1 else 0), tall, titled=True)
            body += tag("g", write_panel(panel, box, titled=True))
        top += tall
    below = _wrapped(under, width)
    body += "".join(text(line, 16, height + 14 + 18 * n, look="gn-muted") for n, line in enumerate(below))
    height += 18 * len(below) + (6 if below else 0)
    svg = frame(body, width=width, height=height, title=title, description=description)
    return Picture(svg, dict(numbers), tuple(panels), columns, title, note, tuple(under), width, height)


def _wrapped(lines: Sequence[str], width: float) -> list[str]:
    """Lines of so many characters as fit beside one another at 12 pixels."""
    return [part for line in lines for part in textwrap.wrap(line, int((width - 32) / 6.2))]


def _legend(panels: Sequence[Panel], top: float, width: float) -> tuple[str, float]:
    """The names of lines and points with a sample of each, as many on a line as fit; and where the rest begins."""
    parts, x, y, shown = [], 16.0, top + 12, legend(panels)
    for mark in shown:
        name = shorten(mark.name, 36)
        wide = 40 + text_width(name, 12) + 12
        if x > 16 and x + wide > width - 8:
            x, y = 16.0, y + 18
        parts.append(_sample(mark, x, y) + text(name, x + 36, y + 4, look="gn-muted"))
        x += wide
    return "".join(parts), (y + 12 if shown else top)


def _sample(mark: Any, x: float, y: float) -> str:
    if isinstance(mark, Line | Pieces):
        style = f"stroke:{paint(mark.colour)};stroke-width:{max(mark.wide, 1.5):g};fill:none"
        return tag("path", d=f"M{x:.2f} {y:.2f}h28", style=style, stroke_dasharray=mark.dash)
    return dot(mark.shape, x + 14, y, max(mark.size, 4.0), mark.colour)
