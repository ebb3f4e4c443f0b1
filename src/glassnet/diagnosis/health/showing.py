"""A training's health as text for a terminal and as HTML: the last look layer by layer, the flags, the price."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import zip_longest
from typing import Any

from glassnet.diagnosis.health.flag import Flag
from glassnet.diagnosis.health.looks import HealthLook, Price
from glassnet.foundation.readable import percent, short
from glassnet.plots.markup import escape, shorten, tag
from glassnet.plots.theme import LIGHT

_INDENT, _COLUMNS = 12, 100
_MOST_LAYERS, _NAME = 40, 32
COLUMN_NAMES = ("layer", "units", "gradient", "weights", "step", "dead", "saturated", "mean", "spread")
_CELL = "padding:.2em .9em .2em 0;text-align:right"


def as_text(looks: Sequence[HealthLook], flags: Sequence[Flag], price: Price) -> str:
    """Three blocks: the layers at the last look, the flags, the price.

    Example:
        >>> print(as_text([], [], Price()))
        Health      nothing was looked at yet: pass this to fit(callbacks=[health])
    """
    if not looks:
        return _set("Health", "nothing was looked at yet: pass this to fit(callbacks=[health])")[0]
    lines = _set("Health", summary(looks))
    rows = [COLUMN_NAMES, *(cells(asdict(layer)) for layer in looks[-1].layers[:_MOST_LAYERS])]
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    for row in rows:
        set_out = [
            row[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
        ]
        lines.append((" " * _INDENT + "  ".join(set_out)).rstrip())
    if (left := len(looks[-1].layers) - _MOST_LAYERS) > 0:
        lines.append(f"{'':<{_INDENT}}and {left} more layers in table()")
    lines.append("")
    for number, flag in enumerate(flags):
        word = {"warning": "Flag", "note": "Note"}[flag.severity]
        lines += [*(() if number == 0 else ("",)), *_set(word, f"{flag.heading}, {flag.since}")]
        lines += [*_set("", flag.sentence), *_set("", f"→ {flag.remedy}")]
    lines += [*([] if flags else _set("Flags", "none")), "", *_set("Price", price.sentence())]
    return "\n".join(lines)


def summary(looks: Sequence[HealthLook]) -> str:
    """When the last look was, and at how many rows.

    Example:
        >>> from glassnet.inspection import Vitals
        >>> summary([HealthLook(50, 750, 0.02, None, Vitals((), 0.05, 128, 0.4, 0.6))])
        'after epoch 50 (750 steps), at 128 rows; loss 0.05'
    """
    last = looks[-1]
    before = "" if len(looks) < 2 else f", {short(looks[0].vitals.loss)} at the first look"
    return f"after epoch {last.epoch:,} ({last.step:,} steps), at {last.vitals.rows} rows; loss {short(last.vitals.loss)}{before}"


def as_html(looks: Sequence[HealthLook], flags: Sequence[Flag], price: Price) -> str:
    """The same as a table and a list.

    Example:
        >>> as_html([], [], Price()).startswith("<div>")
        True
    """
    if not looks:
        return tag("div", tag("p", "Nothing was looked at yet: pass this to fit(callbacks=[health])."))
    first = f"{_CELL};text-align:left"
    rows = [
        tag(
            "tr",
            *(
                tag("td", escape(cell), style=_CELL if place else first)
                for place, cell in enumerate(cells(asdict(layer)))
            ),
        )
        for layer in looks[-1].layers
    ]
    head = tag("tr", *(tag("th", name, style=_CELL if place else first) for place, name in enumerate(COLUMN_NAMES)))
    raised = "".join(
        tag(
            "li",
            tag(
                "b",
                escape(f"{flag.heading}, {flag.since}."),
                style=f"color:{LIGHT['orange' if flag.severity == 'warning' else 'muted']}",
            ),
            f" {escape(flag.sentence)} → {escape(flag.remedy)}",
        )
        for flag in flags
    )
    return tag(
        "div",
        tag("p", escape(f"Health {summary(looks)}")),
        tag("table", head, *rows, style="border-collapse:collapse"),
        tag("ul", raised) if raised else tag("p", "No flags."),
        tag("p", escape(f"Price: {price.sentence()}."), style=f"color:{LIGHT['muted']}"),
    )


def cells(layer: Mapping[str, Any]) -> tuple[str, ...]:
    """One layer's numbers in words, for the columns of `COLUMN_NAMES`.

    Args:
        layer: what `Health.table` gives for it.

    Example:
        >>> cells({"layer": "dense", "units": 16, "trains": False, "dead": 0.25})
        ('dense', '16', 'frozen', '–', '–', '25 %', '–', '–', '–')
    """
    return (
        shorten(layer.get("layer"), _NAME),
        "" if layer.get("units") is None else str(layer["units"]),
        "frozen" if layer.get("trains") is False else _number(layer.get("gradient")),
        *(_number(layer.get(name)) for name in ("weights", "update")),
        *(_share(layer.get(name)) for name in ("dead", "saturated")),
        *(_number(layer.get(name)) for name in ("mean", "spread")),
    )


def _number(value: float | None) -> str:
    return "–" if value is None else short(value, 2)


def _share(value: float | None) -> str:
    return "–" if value is None else percent(value, 0)


def _set(name: str, text: str) -> list[str]:
    first, *more = textwrap.wrap(text, _COLUMNS - _INDENT, break_long_words=False, break_on_hyphens=False) or [""]
    return [f"{name:<{_INDENT}}{first}", *(" " * _INDENT + line for line in more)]
