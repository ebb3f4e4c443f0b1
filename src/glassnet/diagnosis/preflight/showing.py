"""Findings as text of a given width and as HTML, grouped by severity."""

import textwrap
from collections.abc import Sequence

from glassnet.diagnosis.preflight.finding import SEVERITIES, Finding
from glassnet.plots.markup import escape, tag
from glassnet.plots.theme import LIGHT

_INDENT = 12
_COLOURS = {"error": LIGHT["orange"], "warning": LIGHT["brown"], "note": LIGHT["muted"]}
_CELL = "padding:.35em .9em .35em 0;vertical-align:top;text-align:left"


def as_text(findings: Sequence[Finding], summary: str, columns: int) -> str:
    """Findings by severity, each with what to do, in lines of at most `columns`.

    Example:
        >>> found = Finding("constant_column", "warning", "Every row holds 3.", "Leave it out.", columns=("ward",))
        >>> print(as_text([found], "1 warning in 9 rows", 60))
        Warning     Constant column: column 'ward'
                    Every row holds 3.
                    → Leave it out.
        <BLANKLINE>
        Found       1 warning in 9 rows
    """
    lines: list[str] = []
    for severity in SEVERITIES:
        group = [finding for finding in findings if finding.severity == severity]
        name = severity.capitalize() + ("s" if len(group) > 1 else "")
        for number, finding in enumerate(group):
            lines += _set(name if not number else "", finding.heading, columns)
            lines += [*_set("", finding.sentence, columns), *_set("", f"→ {finding.fix}", columns), ""]
    return "\n".join([*lines, *_set("Found", summary, columns)])


def _set(name: str, text: str, columns: int) -> list[str]:
    first, *more = textwrap.wrap(text, columns - _INDENT, break_long_words=False, break_on_hyphens=False) or [""]
    return [f"{name:<{_INDENT}}{first}", *(" " * _INDENT + line for line in more)]


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
