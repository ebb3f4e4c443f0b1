"""Findings as a table for notebooks."""

from collections.abc import Sequence

from glassnet.plots.markup import escape, tag
from glassnet.plots.theme import LIGHT
from glassnet.preflight.finding import Finding

_COLOURS = {"error": LIGHT["orange"], "warning": LIGHT["brown"], "note": LIGHT["muted"]}
_CELL = "padding:.35em .9em .35em 0;vertical-align:top;text-align:left"


def as_html(findings: Sequence[Finding], summary: str) -> str:
    """A table of the findings: severity in words and colour, where, what, what to do.

    Example:
        >>> as_html([], "nothing found in 9 rows")
        '<div><p>nothing found in 9 rows</p></div>'
    """
    rows = [
        tag(
            "tr",
            tag("td", escape(finding.severity), style=f"{_CELL};color:{_COLOURS[finding.severity]};font-weight:600"),
            tag("td", tag("b", escape(finding.heading)), "<br/>", escape(finding.sentence), style=_CELL),
            tag("td", escape(finding.fix), style=_CELL),
        )
        for finding in findings
    ]
    head = tag("tr", *(tag("th", word, style=_CELL) for word in ("severity", "what was found", "what to do")))
    table = tag("table", head, *rows, style="border-collapse:collapse") if rows else ""
    return tag("div", tag("p", escape(summary)), table)
