"""Numbers over learning rates and over epochs, with bands over seeds; gradients by layer over time."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from glassnet.foundation.errors import ShapeError
from glassnet.foundation.readable import short
from glassnet.plots.marks import DASHES, Area, Axis, Heat, Line, Panel, Points, Rule
from glassnet.plots.picture import Picture, picture
from glassnet.plots.theme import SERIES_COLOURS

MOST_RACES = 6


def learning_rates(
    rates: Any,
    losses: Any,
    *,
    chosen: float | None = None,
    trial_rates: Any = (),
    trial_losses: Any = (),
    title: str = "Finding the learning rate",
) -> Picture:
    """The range test's loss over the rate, a band over the seeds; beside it the trial trainings; the choice marked in both.

    Args:
        rates: the rates of the range test, rising, (steps,).
        losses: their losses, (steps,) or (seeds, steps).
        chosen: the rate that was chosen.
        trial_rates: rates that were trained with, (trials,).
        trial_losses: their validation losses, (trials,) or (trials, seeds).
        title: a few words above.

    Returns:
        A picture with the numbers ``rates``, ``losses``, ``trial_rates``, ``trial_losses`` and ``chosen``.

    Raises:
        ShapeError: losses that do not fit their rates.

    Example:
        >>> learning_rates([1e-3, 1e-2, 1e-1], [0.7, 0.4, 0.9], chosen=1e-2).numbers["chosen"]
        0.01

    Reference:
        Smith (2017), Cyclical learning rates for training neural networks.
    """
    at, table = np.asarray(rates, np.float64), np.atleast_2d(np.asarray(losses, np.float64))
    tried = np.asarray(trial_rates, np.float64)
    ends = np.asarray(trial_losses, np.float64)
    ends = ends.reshape(len(tried), ends.size // max(len(tried), 1))
    if table.shape[1] != len(at):
        raise ShapeError(f"Expected losses of shape (seeds, {len(at)}). Received {table.shape}. Pass one a rate.")
    mark = [] if chosen is None else [Rule(float(chosen), f"{short(chosen)}", colour="orange")]
    panels = [
        Panel(
            [*_band(at, table, "range test", 0), *mark],
            x=Axis("learning rate", log=True),
            y=_below(table, "training loss"),
        )
    ]
    if len(tried):
        fine = np.where(np.isfinite(ends), ends, np.nan)
        marks = [
            *_band(tried, fine.T, "trial trainings", 1),
            Points(tried, _mean(fine.T), colour="green", size=3.6),
            *mark,
        ]
        panels.append(Panel(marks, x=Axis("learning rate", log=True), y=Axis("validation loss")))
    said = "No rate was chosen." if chosen is None else f"The chosen rate is {short(chosen)}."
    numbers = {"rates": at, "losses": table, "trial_rates": tried, "trial_losses": ends, "chosen": chosen}
    return picture(title, panels, numbers, description=said, columns=len(panels), height=300)


def races(
    runs: Mapping[str, Any],
    *,
    title: str = "Validation loss",
    y_label: str = "loss",
    x: Any = None,
    x_label: str = "epoch",
    log: bool = False,
) -> Picture:
    """The mean over the seeds of each contender as a line, and between its lowest and highest run a band.

    Args:
        runs: numbers by the contender's name, (seeds, epochs) or (epochs,); at most six are drawn.
        title: a few words above.
        y_label: what is measured.
        x: places along the bottom; 1, 2, 3, ... by default.
        x_label: what they are.
        log: whether values are drawn over powers of ten.

    Returns:
        A picture with each contender's array as a number, and ``x``.

    Raises:
        ShapeError: contenders of different lengths than `x`.

    Example:
        >>> sorted(races({"adam": [[0.9, 0.3], [0.7, 0.5]]}).numbers)
        ['adam', 'x']

    Reference:
        Cleveland (1985), The elements of graphing data.
    """
    tables = {
        str(name): np.atleast_2d(np.asarray(values, np.float64)) for name, values in list(runs.items())[:MOST_RACES]
    }
    longest = max((table.shape[1] for table in tables.values()), default=1)
    places = np.arange(1.0, longest + 1) if x is None else np.asarray(x, np.float64)
    marks: list[Any] = []
    for number, (name, table) in enumerate(tables.items()):
        if table.shape[1] > len(places):
            raise ShapeError(
                f"Expected at most {len(places)} values a run. Received {table.shape[1]} of {name!r}. Pass `x`."
            )
        marks += _band(places[: table.shape[1]], table, f"{name} {short(float(_mean(table)[-1]))}", number)
    told = " ".join(f"{name} ends at {short(float(_mean(t)[-1]))} over {len(t)} runs." for name, t in tables.items())
    across = Axis(x_label, low=float(places[0]), high=float(places[-1]), exact=True, ticks=_round_places(places))
    panel = Panel(marks, x=across, y=Axis(y_label, log=log))
    return picture(title, [panel], {**tables, "x": places}, description=told or "There are no runs.", height=330)


def gradients_over_time(
    norms: Mapping[str, Sequence[float]], *, x: Any = None, x_label: str = "epoch", title: str = "Gradients by layer"
) -> Picture:
    """The norm of each layer's gradient over time in shades of its power of ten: layers down, the first on top.

    A gradient that vanishes on its way back shows as a fade towards the top.

    Args:
        norms: by the layer's path, in the order of the network, each (times,).
        x: when they were taken; 1, 2, 3, ... by default.
        x_label: in what these are counted.
        title: a few words above.

    Returns:
        A picture with each layer's array as a number, and ``x``.

    Raises:
        ShapeError: layers with different numbers of values.

    Example:
        >>> gradients_over_time({"dense": [0.1, 0.01], "dense_1": [1.0, 0.1]}).numbers["dense"].tolist()
        [0.1, 0.01]

    Reference:
        Glorot & Bengio (2010), Understanding the difficulty of training deep feedforward neural networks.
    """
    rows = {str(name): np.asarray(values, np.float64) for name, values in norms.items()}
    if len({len(values) for values in rows.values()}) != 1:
        raise ShapeError(
            f"Expected as many values for each layer. Received {[len(values) for values in rows.values()]}. Pass one a time."
        )
    table = np.stack(list(rows.values()))
    times = np.arange(1.0, table.shape[1] + 1) if x is None else np.asarray(x, np.float64)
    powers = np.log10(np.where(table > 0, table, np.nan))
    heat = Heat(powers, (0, table.shape[1]), (0, len(rows)), "amount")
    step = max(1, int(np.ceil(len(times) / 8)))
    marked = list(range(0, len(times), step))
    across = Axis(x_label, 0, len(times), [i + 0.5 for i in marked], [f"{times[i]:g}" for i in marked], exact=True)
    down = Axis("", 0, len(rows), [i + 0.5 for i in range(len(rows))], list(rows), flip=True, exact=True)
    told = " ".join(f"{name}: {short(float(v[0]))} to {short(float(v[-1]))}." for name, v in rows.items())
    lines = [
        Line(times, values, name if number < MOST_RACES else "", SERIES_COLOURS[number % 6], DASHES[number % 6])
        for number, (name, values) in enumerate(rows.items())
    ]
    panels = [Panel([heat], x=across, y=down, bar=heat, bar_label="log10 of the norm")]
    if len(rows) <= MOST_RACES:
        panels.append(Panel(lines, x=Axis(x_label), y=Axis("norm of the gradient", log=True), height=1.4))
    height = 110 + 24 * len(rows) + (210 if len(panels) > 1 else 0)
    return picture(title, panels, {**rows, "x": times}, description=told, height=height)


def _band(x: np.ndarray, table: np.ndarray, name: str, number: int) -> list[Any]:
    fine = np.where(np.isfinite(table), table, np.nan)
    line = Line(x, _mean(fine), name, SERIES_COLOURS[number], DASHES[number])
    if len(table) < 2:
        return [line]
    known = np.isfinite(fine).all(axis=0)
    low, high = np.where(known, fine.min(axis=0), np.nan), np.where(known, fine.max(axis=0), np.nan)
    return [Area(x, low, high, SERIES_COLOURS[number]), line]


def _mean(table: np.ndarray) -> np.ndarray:
    """The mean over the runs; not known where one of them is not finite."""
    return np.where(np.isfinite(table).all(axis=0), table, np.nan).mean(axis=0)


def _below(table: np.ndarray, label: str) -> Axis:
    """An axis that shows where the loss was sound: what explodes leaves it at the top."""
    fine = table[np.isfinite(table)]
    if not len(fine):
        return Axis(label)
    low, start = float(fine.min()), float(np.nanmedian(np.where(np.isfinite(table[:, 0]), table[:, 0], np.nan)))
    high = min(float(fine.max()), start + 1.5 * abs(start - low) + 1e-12)
    return Axis(label, low=low, high=max(high, low + 1e-12))


def _round_places(places: np.ndarray) -> list[float]:
    step = max(1, int(np.ceil(len(places) / 8)))
    return [float(place) for place in places[::step]]
