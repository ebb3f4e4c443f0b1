"""Learning curves as a picture, with the epochs marked that a judgement rests on; and in characters for a terminal."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.readable import numbers, short
from glassnet.plots.marks import Axis, Line, Panel, Points, Rule, extent
from glassnet.plots.picture import Picture, picture
from glassnet.plots.text import text_curves

Evidence = tuple[Any, str]
"""An epoch, or the first and last epoch of a stretch, counted from 1; and what is seen there."""

MOST_PANELS = 4


def learning_curves(
    history: Any, *, evidence: Sequence[Evidence] = (), verdict: Any = None, title: str = "", log: bool = False
) -> Picture:
    """One panel a number: training as a whole line, validation dashed with diamonds, and numbered marks for the evidence.

    Args:
        history: a `History`, or lists by name: ``{"loss": [...], "val_loss": [...]}``.
        evidence: (epoch, words) pairs, epochs counted from 1; a stretch as ((first, last), words). They are numbered in the
            picture and explained under it.
        verdict: a verdict, ``history.verdict()``: the epochs since when it holds are marked, and its numbers stand under
            the curves.
        title: a few words above; the verdict's title by default.
        log: whether losses are drawn over powers of ten.

    Returns:
        A picture whose numbers are the lists as arrays, and ``epoch``.

    Raises:
        ConfigError: there is nothing to draw.

    Example:
        >>> picture = learning_curves({"loss": [3, 2, 1], "val_loss": [3, 2.5, 2.7]}, evidence=[(2, "lowest")])
        >>> "epoch 2: lowest" in picture.svg
        True

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep learning, section 7.8.
    """
    series = {str(name): numbers(values) for name, values in _series(history).items()}
    evidence, told = _marked(series, evidence, verdict)
    names = [name for name in series if not name.startswith("val_")]
    names += [name[4:] for name in series if name.startswith("val_") and name[4:] not in names]
    names = [name for name in names if name != "learning_rate"] or names
    if not names:
        raise ConfigError(
            "Expected numbers by epoch to draw. Received none. Train the model first, with model.fit(...)."
        )
    shown = names[:MOST_PANELS]
    panels = [_panel(name, series, evidence, log and "loss" in name) for name in shown]
    under = [*_explained(evidence), *told]
    columns = 1 if len(panels) == 1 else 2
    last = max(map(len, series.values()))
    return picture(
        title or getattr(verdict, "title", "Learning curves"),
        panels,
        {**series, "epoch": np.arange(1, last + 1)},
        description=" ".join([*(_told(name, values) for name, values in series.items()), *under]),
        columns=columns,
        under=under,
        height=40 + 230 * -(-len(panels) // columns),
    )


def show_history(history: Any, **kwargs: Any) -> Picture:
    """`learning_curves`, which a notebook shows; elsewhere they are also written in characters to standard output.

    Args:
        history: see `learning_curves`.
        **kwargs: likewise.

    Example:
        >>> picture = show_history({"loss": [2, 1]})  # doctest: +ELLIPSIS
           2 ...
    """
    made = learning_curves(history, **kwargs)
    if not _in_notebook():
        given = {name: kwargs[name] for name in ("evidence", "verdict") if name in kwargs}
        sys.stdout.write(in_characters(history, **given) + "\n")
    return made


def in_characters(
    history: Any,
    *,
    evidence: Sequence[Evidence] = (),
    verdict: Any = None,
    width: int | None = None,
    ascii_only: bool | None = None,
) -> str:
    """The losses in characters; the evidence has its numbers in the bottom line, and its words under it.

    Args:
        history: see `learning_curves`.
        evidence: likewise.
        verdict: likewise.
        width: columns; the terminal's, up to 100, by default.
        ascii_only: for terminals that cannot show other characters; found out by default.

    Example:
        >>> print(in_characters({"loss": [4, 3, 2, 1]}, width=24, ascii_only=True).splitlines()[-1])
        * loss 1
    """
    series = _series(history)
    losses = {name: values for name, values in series.items() if name in ("loss", "val_loss")} or dict(series)
    if ascii_only is None:
        ascii_only = "utf" not in (getattr(sys.stdout, "encoding", None) or "").lower()
    columns = min(shutil.get_terminal_size((80, 24)).columns, 100) if width is None else width
    evidence, told = _marked(series, evidence, verdict)
    starts = [where[0] if isinstance(where, tuple | list) else where for where, _ in evidence]
    drawn = text_curves(losses, columns, ascii_only=ascii_only, marks=[(e, str(n)) for n, e in enumerate(starts, 1)])
    said = [wrap(line, columns, subsequent_indent="   ") for line in (*_explained(evidence), *told)]
    return "\n".join([drawn, *(line for lines in said for line in lines)])


def _marked(
    series: Mapping[str, Any], evidence: Sequence[Evidence], verdict: Any
) -> tuple[Sequence[Evidence], list[str]]:
    """The evidence with the epochs of a verdict before it, and the verdict's numbers in words."""
    if verdict is None:
        return evidence, []
    last, since = max(map(len, series.values()), default=0), verdict.since_epoch
    words = verdict.title[:1].lower() + verdict.title[1:]
    marks = [] if since is None or not last else [((since, last) if since < last else since, words)]
    return [*marks, *evidence], [piece.text for piece in verdict.evidence]


def _explained(evidence: Sequence[Evidence]) -> list[str]:
    return [f"{number}) {_when(where)}: {words}" for number, (where, words) in enumerate(evidence, 1)]


def _series(history: Any) -> Mapping[str, Any]:
    found = getattr(history, "history", history)
    if not isinstance(found, Mapping):
        raise ConfigError(
            f"Expected a History, or a dict of lists by name. Received {type(history).__name__}. Pass what fit returned."
        )
    return found


def _panel(name: str, series: Mapping[str, Any], evidence: Sequence[Evidence], log: bool) -> Panel:
    marks: list[Any] = []
    both = [series[key] for key in (name, f"val_{name}") if key in series]
    low, high = extent([Line(values, values) for values in both], "y")
    for number, (where, _) in enumerate(evidence, 1):
        first, last = where if isinstance(where, tuple | list) else (where, None)
        marks.append(Rule(float(first), str(number), None if last is None else float(last), colour="muted"))
    looks = (name, "training", "blue", None), (f"val_{name}", "validation", "orange", "7 4")
    for key, words, colour, dash in looks:
        if key in series:
            epochs = np.arange(1, len(series[key]) + 1)
            marks.append(Line(epochs, series[key], words, colour, dash))
            if key != name:
                every = max(1, len(epochs) // 8)
                marks.append(Points(epochs[::-1][::every], series[key][::-1][::every], colour=colour, shape="diamond"))
    last = max(len(values) for values in both)
    y = Axis(name, low=0.0 if not log and 0 <= low < 0.5 * high else None, log=log)
    x = Axis("epoch", low=1, high=max(last, 2), exact=True, ticks=_epochs(last))
    return Panel(marks, x=x, y=y)


def _epochs(last: int) -> list[float]:
    """Whole epochs to mark: the first, and round numbers up to the last."""
    if last <= 6:
        return [float(epoch) for epoch in range(1, max(last, 2) + 1)]
    rough = last / 4
    power = 10 ** int(np.floor(np.log10(rough)))
    step = next(power * factor for factor in (1, 2, 5, 10) if rough <= power * factor)
    return [1.0, *(float(epoch) for epoch in range(step, last + 1, step) if epoch > 1)]


def _when(where: Any) -> str:
    return f"epochs {where[0]} to {where[1]}" if isinstance(where, tuple | list) else f"epoch {where}"


def _told(name: str, values: np.ndarray) -> str:
    fine = np.flatnonzero(np.isfinite(values))
    if not len(fine):
        return f"{name}: no finite values."
    first, last = int(fine[0]), int(fine[-1])
    return (
        f"{name}: {short(float(values[first]))} at epoch {first + 1}, {short(float(values[last]))} at epoch {last + 1}; lowest "
        f"{short(float(np.nanmin(values[fine])))}, highest {short(float(np.nanmax(values[fine])))}."
    )


def _in_notebook() -> bool:
    """Whether a notebook will show what the last line of a cell gives."""
    shell = sys.modules.get("IPython")
    running = shell.get_ipython() if shell is not None and hasattr(shell, "get_ipython") else None
    return type(running).__name__ == "ZMQInteractiveShell"
