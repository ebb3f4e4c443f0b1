"""An x-ray as a quiet page for notebooks: each layer opens on a click, nothing is loaded from elsewhere."""

from collections.abc import Sequence

import numpy as np

from glassnet.inspection.xrays.lines import Line, Table
from glassnet.inspection.xrays.record import LayerXRay, XRay
from glassnet.inspection.xrays.text import loss_lines, more_units, shown, title, update_lines
from glassnet.plots.markup import escape, tag

_PAGE = "font-family:system-ui,sans-serif;max-width:62em;font-size:14px"
_PRE = "font-size:13px;line-height:1.45;overflow-x:auto;margin:4px 0 10px 16px"
_CELL = "text-align:right;padding:2px 10px;font-variant-numeric:tabular-nums;border:0"
_HEAD = "text-align:right;padding:2px 10px;font-weight:500;color:#667;border:0"
_LINE = "margin:2px 0 2px 16px;font-family:ui-monospace,monospace;font-size:13px"


def page(xray: XRay) -> str:
    """The step: layers forwards, the loss, layers backwards, the update."""
    parts = shown(xray).split("\n\n")
    head = tag("p", tag("strong", escape(parts[0])), escape("" if xray.loss is None else f", L = {xray.loss:.6g}"))
    return tag("div", head, *(_sections(xray) if xray.worked else _parts(parts[1:])), style=_PAGE)


def layer_page(layer: LayerXRay) -> str:
    """One layer, forwards and backwards."""
    return tag("div", _block(layer, back=False), _block(layer, back=True), style=_PAGE)


def _sections(xray: XRay) -> list[str]:
    forwards = [_heading("Forwards"), *(_block(layer, back=False) for layer in xray.layers)]
    if xray.step is None:
        return forwards
    return [
        *forwards,
        _heading("Loss"),
        _lines(loss_lines(xray)),
        _heading("Backwards"),
        *(_block(layer, back=True) for layer in reversed(xray.layers)),
        _heading("Update"),
        _lines(update_lines(xray, xray.step)),
    ]


def _parts(parts: list[str]) -> list[str]:
    found = []
    for part in parts:
        head, _, body = part.partition("\n")
        if body:
            found.append(
                tag("details", tag("summary", escape(head)), tag("pre", escape(body), style=_PRE), open="open")
            )
        else:
            found.append(_heading(head.strip().capitalize()))
    return found


def _heading(text: str) -> str:
    return tag("p", tag("strong", escape(text)), style="margin:14px 0 2px")


def _lines(lines: Sequence[str]) -> str:
    return tag("pre", escape("\n".join(lines)), style=_PRE)


def _block(layer: LayerXRay, *, back: bool) -> str:
    lines = layer.backward if back else layer.forward
    inside = [_line(line) for line in lines]
    if not back:
        inside = [tag("p", tag("em", escape(layer.formula)), style="margin:4px 0 4px 16px"), *inside]
        inside += [tag("p", escape(more), style=_LINE)] if (more := more_units(layer)) else []
        inside += [_table(table) for table in layer.tables]
    if not inside:
        inside = [tag("p", escape("nothing to work out here"), style=_LINE)]
    return tag("details", tag("summary", escape(title(layer))), *inside, open="open")


def _line(line: Line) -> str:
    middle = f" = {line.numbers}" if line.numbers else ""
    return tag(
        "p",
        tag("strong", escape(line.name)),
        escape(middle),
        escape(" = "),
        tag("strong", escape(f"{line.value:.6g}")),
        style=_LINE,
    )


def _table(table: Table) -> str:
    values = np.asarray(table.values, "float64")
    largest = float(np.max(np.abs(values), initial=0.0, where=np.isfinite(values))) or 1.0
    head = tag("tr", tag("th", "", style=_HEAD), *(tag("th", escape(name), style=_HEAD) for name in table.columns))
    body = [
        tag("tr", tag("th", escape(name), style=_HEAD), *(_cell(value, largest) for value in row))
        for name, row in zip(table.rows, values, strict=False)
    ]
    caption = tag("caption", escape(table.title), style="text-align:left;color:#667;padding:4px 0")
    return tag("table", caption, head, *body, style="border-collapse:collapse;margin:4px 0 8px 16px;font-size:13px")


def _cell(value: float, largest: float) -> str:
    """A number on a ground that is the darker the larger it is: blue above 0, orange below."""
    share = min(abs(value) / largest, 1.0) if np.isfinite(value) else 0.0
    colour = "31,119,180" if value >= 0 else "230,120,30"
    return tag("td", escape(f"{value:.4g}"), style=f"{_CELL};background:rgba({colour},{0.32 * share:.2f})")
