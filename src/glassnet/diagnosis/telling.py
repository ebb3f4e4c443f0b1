"""A verdict as people see it: lines for a terminal, a small page for a notebook."""

import textwrap
from html import escape
from typing import TYPE_CHECKING

from glassnet.foundation.readable import percent

if TYPE_CHECKING:
    from glassnet.diagnosis.verdict import Verdict

_WIDTH = 100
_GOOD, _WARN = "#2f7d4f", "#9a5b00"
_COMMON = frozenset({"train_loss", "val_loss", "best_val_loss", "gap", "val_noise", "baseline_loss"})


def lines(verdict: "Verdict") -> str:
    """For a terminal; the evidence that decided is marked with ▸, what every verdict tells with ·."""
    since = f", since epoch {verdict.since_epoch}" if verdict.since_epoch else ""
    found = [f"{verdict.title}  ({percent(verdict.confidence, 0)} sure{since})"]
    found += textwrap.wrap(verdict.sentence, _WIDTH, initial_indent="  ", subsequent_indent="  ")
    for item in verdict.evidence:
        mark = "·" if item.name in _COMMON else "▸"
        found += textwrap.wrap(item.text, _WIDTH, initial_indent=f"    {mark} ", subsequent_indent="      ")
    for number, action in enumerate(verdict.actions, 1):
        found += textwrap.wrap(action, _WIDTH, initial_indent=f"  {number}. ", subsequent_indent="     ")
    return "\n".join(found)


def page(verdict: "Verdict") -> str:
    """For a notebook."""
    colour = _GOOD if verdict.kind == "good_fit" else _WARN
    since = f", since epoch {verdict.since_epoch}" if verdict.since_epoch else ""
    evidence = "".join(
        f"<li>{escape(item.text)}</li>" if item.name in _COMMON else f"<li><b>{escape(item.text)}</b></li>"
        for item in verdict.evidence
    )
    actions = "".join(f"<li>{escape(action)}</li>" for action in verdict.actions)
    return (
        f'<div style="border-left:3px solid {colour};padding:0.2em 0.9em;max-width:46em">'
        f'<div><b style="color:{colour}">{escape(verdict.title)}</b> '
        f'<span style="opacity:0.65">{percent(verdict.confidence, 0)} sure{since}</span></div>'
        f'<div>{escape(verdict.sentence)}</div><ol style="margin:0.4em 0">{actions}</ol>'
        f'<details><summary style="opacity:0.65">evidence</summary><ul style="margin:0.2em 0">{evidence}</ul></details></div>'
    )
