"""Findings as text of a given width, grouped by severity."""

import textwrap
from collections.abc import Sequence

from glassnet.preflight.finding import SEVERITIES, Finding

_INDENT = 12


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
