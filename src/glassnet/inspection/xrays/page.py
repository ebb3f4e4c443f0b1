"""An x-ray as a quiet page for notebooks: each part opens on a click, nothing is loaded from elsewhere."""

from glassnet.inspection.xrays.record import XRay
from glassnet.inspection.xrays.text import shown
from glassnet.plots.markup import escape, tag

_STYLE = "font-size:13px;line-height:1.45;overflow-x:auto;margin:4px 0 10px 16px"


def page(xray: XRay) -> str:
    """The parts of the text, each to be opened."""
    parts = shown(xray).split("\n\n")
    title, rest = parts[0], parts[1:]
    loss = "" if xray.loss is None else f", L = {xray.loss:.6g}"
    made = [tag("p", tag("strong", escape(title)), escape(loss))]
    for part in rest:
        head, _, body = part.partition("\n")
        if not body:
            made.append(tag("p", tag("strong", escape(head.capitalize()))))
            continue
        made.append(tag("details", tag("summary", escape(head)), tag("pre", escape(body), style=_STYLE), open="open"))
    return tag("div", *made, style="font-family:system-ui,sans-serif;max-width:60em")
