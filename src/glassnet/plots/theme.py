"""Colours and type of every drawing, and the frame that makes one readable by people, screen readers and printers.

The colours are Okabe and Ito's, darkened or lightened so that text in them has a contrast of at least 4.5 to 1.
Meaning never rests on colour alone: dashes, markers and words say it too.
"""

import zlib

from glassnet.plots.markup import escape, tag

LIGHT = {
    "paper": "#ffffff",
    "ink": "#1b1e24",
    "muted": "#5b616e",
    "line": "#e4e6eb",
    "axis": "#b9bec8",
    "blue": "#0a67a8",
    "orange": "#b54a00",
    "green": "#007a5a",
    "purple": "#9a4779",
    "brown": "#7a6000",
    "on": "#ffffff",
    "mid": "#14161b",
}
DARK = {
    "paper": "#17191e",
    "ink": "#eceef2",
    "muted": "#a2a9b6",
    "line": "#2b2f37",
    "axis": "#5a616e",
    "blue": "#62b5f0",
    "orange": "#f2a154",
    "green": "#3fc39c",
    "purple": "#e09cc4",
    "brown": "#dcc35a",
    "on": "#101216",
    "mid": "#101216",
}
SERIES_COLOURS = ("blue", "green", "purple", "brown", "ink", "muted")
"""Colours of lines that are not validation, in order; validation lines start from orange."""

FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"


def variables(palette: dict[str, str]) -> str:
    """A palette as CSS custom properties, named ``--gn-ink`` and so on.

    Example:
        >>> variables({"ink": "#000000"})
        '--gn-ink:#000000;'
    """
    return "".join(f"--gn-{name}:{value};" for name, value in palette.items())


STYLE = (
    f":where(.gn-plot){{{variables(LIGHT)}}}"
    f"@media (prefers-color-scheme:dark){{:where(.gn-plot){{{variables(DARK)}}}}}"
    f"@media print{{:where(.gn-plot){{{variables(LIGHT)}}}}}"
    f".gn-plot{{max-width:100%;height:auto;font-family:{FONT};font-variant-numeric:tabular-nums}}"
    ".gn-plot text{fill:var(--gn-ink);font-size:13px}"
    ".gn-plot .gn-title{font-size:14px;font-weight:600}"
    ".gn-plot .gn-muted{fill:var(--gn-muted);font-size:12px}"
    ".gn-plot .gn-grid{stroke:var(--gn-line);stroke-width:1}"
    ".gn-plot .gn-axis{stroke:var(--gn-axis);stroke-width:1}"
)


def paint(colour: str) -> str:
    """The CSS that names a colour of the palette.

    Example:
        >>> paint("blue")
        'var(--gn-blue)'
    """
    return f"var(--gn-{colour})"


def frame(body: str, *, width: float, height: float, title: str, description: str) -> str:
    """A whole SVG document around `body`: viewBox, accessible title and description, style, paper.

    The ids are drawn from the content, so that several drawings may share one page.

    Args:
        body: markup made with `tag`.
        width: in CSS pixels at full size; a page may shrink it.
        height: in CSS pixels.
        title: a few words.
        description: what the drawing shows, in a sentence or two, for those who cannot see it.

    Example:
        >>> frame("", width=10, height=10, title="Loss", description="Falls.").startswith("<svg xmlns=")
        True
    """
    name = f"gn{zlib.crc32((title + description + body).encode('utf-8', 'replace')):08x}"
    return tag(
        "svg",
        tag("title", escape(title), id=f"{name}t"),
        tag("desc", escape(description), id=f"{name}d"),
        tag("style", STYLE),
        tag("rect", width=width, height=height, style=f"fill:{paint('paper')}"),
        body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        width=width,
        height=height,
        role="img",
        aria_labelledby=f"{name}t {name}d",
        class_="gn-plot",
    )
