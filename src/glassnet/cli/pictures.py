"""Pictures made of characters for a terminal, and where a drawing is saved."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from glassnet.cli.terminal import Out, is_utf8
from glassnet.foundation.readable import short
from glassnet.plots import text_curves
from glassnet.tuning import Race

_INDENT, _WIDEST, _HEIGHT = 12, 76, 9
_BAR = 22


def saved(picture: Any, path: str) -> str:
    """Save a drawing, and return where it is."""
    picture.save(path)
    return str(Path(path))


def range_test(out: Out, rates: Any, losses: Any) -> None:
    """The loss over the learning rate, whose axis is logarithmic because the rates are."""
    values = np.asarray(losses, np.float64)
    start, low = float(values[0]), float(np.nanmin(values))
    shown = np.minimum(values, start + (start - low) / 2)  # the explosion would leave nothing of the fall to be seen
    _curves(out, {"loss": shown.tolist()}, ends=(short(float(rates[0])), short(float(rates[-1]))), legend=False)


def courses(out: Out, races: Sequence[Race]) -> None:
    """The mean validation loss of some races, epoch by epoch."""
    series = {race.name: race.losses.mean(axis=0) for race in races if not race.broken}
    if not series:
        return
    starts = max(float(values[0]) for values in series.values())
    _curves(out, {name: np.minimum(values, starts).tolist() for name, values in series.items()})


def _curves(
    out: Out, series: dict[str, list[float]], ends: tuple[str, str] | None = None, *, legend: bool = True
) -> None:
    wide = min(out.columns - _INDENT, _WIDEST)
    drawn = text_curves(series, width=wide, height=_HEIGHT, ascii_only=not is_utf8(out.stream), ends=ends)
    lines = drawn.splitlines()
    for line in lines if legend else lines[: _HEIGHT + 2]:
        out.raw(f"{' ' * _INDENT}{line}\n")


def bars(out: Out, rates: Any, losses: Any, chosen: float | None) -> None:
    """Each rate with its mean validation loss as a bar, and how far single seeds were from it."""
    plain = not is_utf8(out.stream)
    mean = np.asarray(losses, np.float64).mean(axis=1)
    finite = mean[np.isfinite(mean)]
    most = float(finite.max()) if len(finite) else 1.0
    rows = [["rate", "validation loss", "", "lowest to highest", ""]]
    for rate, value, ends in zip(rates, mean, losses, strict=True):
        if not np.isfinite(value):
            rows.append([short(float(rate)), "broke", "", "", ""])
            continue
        bar = ("#" if plain else "━") * max(1, round(_BAR * value / most))
        is_chosen = chosen is not None and abs(rate / chosen - 1) < 0.01
        band = f"{short(float(np.min(ends)))} to {short(float(np.max(ends)))}"
        rows.append([short(float(rate)), short(float(value)), bar, band, "chosen" if is_chosen else ""])
    out.table(rows, right=[0, 1, 3])
