"""Finding a learning rate: a range test says where to look, short trainings say which rate it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from glassnet.data import stratified_validation_rows
from glassnet.foundation import engine
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.shapes import int_or_none, positive_int
from glassnet.foundation.types import HostArray
from glassnet.models import fit_together
from glassnet.plots import Picture, learning_rates
from glassnet.training.rows import Rows, collect
from glassnet.tuning import range_test
from glassnet.tuning.members import checked_model, fresh_copy, seed_list
from glassnet.tuning.sweep import sweep
from glassnet.tuning.words import number, table

LEAST_ROWS = 20
_PROBE, _HELD_OUT, _JUDGED, _STILL_FALLS = 256, 0.2, 2000, 0.01


@dataclass(frozen=True, eq=False, repr=False)
class LearningRate:
    """What `find_learning_rate` found: one rate, or none, and why.

    Args:
        rate: the learning rate; None where the data does not tell.
        low: the lower quartile of the rates that single seeds would have chosen.
        high: the upper one.
        reason: why this rate, or why none, in words.
        rates: the rates of the range test, (steps,).
        losses: the smoothed losses of the range test, (seeds, steps).
        trial_rates: the rates that were tried for whole trainings, (trials,).
        trial_losses: their validation losses, (trials, seeds); infinite where a training broke.

    Example:
        >>> import numpy as np
        >>> LearningRate(None, None, None, "There are too few rows.", np.zeros(0), np.zeros((1, 0)))
        Learning rate: none. There are too few rows.
    """

    rate: float | None
    low: float | None
    high: float | None
    reason: str
    rates: HostArray
    losses: HostArray
    trial_rates: HostArray = field(default_factory=lambda: np.zeros(0))
    trial_losses: HostArray = field(default_factory=lambda: np.zeros(0))

    def picture(self) -> Picture:
        """The range test's losses over its rates with a band over the seeds, the trainings, and the rate that was chosen."""
        return learning_rates(
            self.rates,
            self.losses,
            chosen=self.rate,
            trial_rates=self.trial_rates,
            trial_losses=self.trial_losses,
        )

    def __repr__(self) -> str:
        if self.rate is None or self.low is None or self.high is None:
            return f"Learning rate: none. {self.reason}"
        band = f"{number(self.low)} to {number(self.high)} for the middle half of the seeds"
        told = f"Learning rate: {number(self.rate)} ({band}). {self.reason}"
        if not len(self.trial_rates):
            return told
        rows = [
            [number(rate), number(losses.mean()), number(losses.min()), number(losses.max())]
            for rate, losses in zip(self.trial_rates, self.trial_losses, strict=True)
        ]
        return f"{told}\n{table(['rate', 'validation loss', 'lowest', 'highest'], rows)}"


def find_learning_rate(
    model: Any,
    x: Any,
    y: Any,
    *,
    epochs: int = 20,
    batch_size: int = 32,
    seeds: int | Sequence[int] | None = None,
    trials: int = 9,
    steps: int = 100,
    lowest: float = 1e-6,
    highest: float = 10.0,
    keep_weights: bool = False,
    sample_weight: Any = None,
) -> LearningRate:
    """argmin over η of the mean validation loss after `epochs`, among rates that a range test proposes; with a band.

    The range test is one short training in which η grows from `lowest` to `highest`, the same factor each step. Where the
    loss is lowest before it explodes, η* is already too large to train with. `trials` rates from η*/100 to η*/1.5 are then
    tried for real: each is trained for `epochs` on 80 % of the rows, a draw of its own for each seed, and judged on the rest.
    The rate with the lowest mean over the seeds is chosen; where that is the lowest or highest tried, and the loss still falls
    towards it, as many again beyond it are tried too. All seeds run as one program, and all
    trials as another; `model` is left as it was, to the bit.

    Where there is nothing to find (no loss that falls, numbers that break, too few rows) `rate` is None and `reason` says so.

    Args:
        model: a compiled network; its optimizer's kind counts, its learning rate does not.
        x: inputs, (n, ...).
        y: targets, (n, ...).
        epochs: how long the training will be that the rate is for: the best rate depends on it.
        batch_size: rows a step.
        seeds: how many seeds (0, 1, ...), or the seeds themselves; by default as many, from 8 to 25, as make 2,000 rows to
            judge on: few rows need many draws.
        trials: how many rates are tried, from 3 on; 0 for the range test alone, whose rate is η*/8.
        steps: steps of the range test, from 20 on.
        lowest: its first rate, above 0.
        highest: its last rate.
        keep_weights: whether to start from the model's weights, for fine-tuning, instead of from fresh ones.
        sample_weight: a weight for each row, (n,).

    Returns:
        A `LearningRate`.

    Raises:
        ConfigError: the model is not compiled, or a number is out of range.
        DataError: as `fit`.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> x = np.random.default_rng(0).normal(size=(64, 2)).astype("float32")
        >>> model = Sequential([Input((2,)), Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> found = find_learning_rate(model, x, x[:, :1], trials=0, seeds=2)
        >>> 0.001 < found.low <= found.rate <= found.high < 1
        True

    Reference:
        L. N. Smith, "Cyclical Learning Rates for Training Neural Networks", WACV 2017, section 3.3.
    """
    engine.start()
    checked_model(model, "find_learning_rate")
    _check(epochs, batch_size, trials, steps, lowest, highest)
    rows = collect(x, y, sample_weight)
    chosen = seed_list(_enough(rows.count) if seeds is None else seeds, "find_learning_rate")
    rates = np.geomspace(lowest, highest, steps).astype(np.float32)
    if rows.count < LEAST_ROWS:
        words = f"There are {rows.count} rows, and from fewer than {LEAST_ROWS} a rate cannot be told from luck."
        return LearningRate(None, None, None, words, rates, np.full((len(chosen), steps), np.nan))
    # Sixteen bits for what differs: the sweep's members are other networks than the trials'.
    members = [fresh_copy(model, seed + (1 << 16), x=rows.x, keep_weights=keep_weights) for seed in chosen]
    probe = np.random.default_rng(0).permutation(rows.count)[:_PROBE]
    raw = sweep(members, rows, rates, min(batch_size, rows.count), probe)
    found = range_test.read(rates, raw)
    if found.highest is None or not trials:
        return LearningRate(found.rate, found.low, found.high, found.reason, rates, found.losses)
    tried = np.geomspace(found.highest / 100, found.highest / 1.5, trials)
    losses = _tried(model, rows, tried, chosen, epochs, batch_size, keep_weights)
    beyond = _beyond(tried, losses)
    if beyond is not None:
        further = _tried(model, rows, beyond, chosen, epochs, batch_size, keep_weights)
        tried, losses = np.concatenate([tried, beyond]), np.concatenate([losses, further])
        tried, losses = np.sort(tried), losses[np.argsort(tried)]
    result = LearningRate(None, None, None, "", rates, found.losses, tried, losses)
    return _decided(result, found.reason, epochs)


def _enough(rows: int) -> int:
    """How many seeds make enough rows to judge on: the fewer rows a draw holds out, the more draws.

    On seven sets of 124 to 1,257 rows the loss at the rate that 5 draws chose was, in the worst tenth of tries, 1 to 17 %
    above that at the best rate; with 20 draws, up to 3 %.
    """
    return int(np.clip(np.ceil(_JUDGED / (_HELD_OUT * rows)), 8, 25))


def _check(epochs: int, batch_size: int, trials: int, steps: int, lowest: float, highest: float) -> None:
    positive_int("epochs", epochs, owner="find_learning_rate")
    positive_int("batch_size", batch_size, owner="find_learning_rate")
    if int_or_none(trials) is None or isinstance(trials, bool) or trials in (1, 2) or trials < 0:
        raise ConfigError(
            f"find_learning_rate expected `trials` as a whole number from 3 on, or 0 for none. Received {trials!r}. Pass 9."
        )
    if int_or_none(steps) is None or steps < 20:
        raise ConfigError(
            f"find_learning_rate expected `steps` as a whole number from 20 on. Received {steps!r}. Pass 100."
        )
    if not 0 < lowest < highest < np.inf:
        raise ConfigError(
            f"find_learning_rate expected 0 < lowest < highest. Received {lowest!r} and {highest!r}. Pass 1e-6 and 10."
        )


def _beyond(rates: HostArray, losses: HostArray) -> HostArray | None:
    """As many rates again, in the same steps, where the loss still falls by over 1 % to the lowest or highest; None else."""
    mean, step = losses.mean(axis=1), rates[1] / rates[0]
    further = step ** np.arange(1, len(rates) + 1)
    if _falls(mean[1], mean[0]):
        return rates[0] / further[::-1]
    return rates[-1] * further if _falls(mean[-2], mean[-1]) else None


def _falls(before: float, after: float) -> bool:
    return bool(np.isfinite(after) and (np.isinf(before) or before - after > _STILL_FALLS * abs(before)))


def _tried(
    model: Any, rows: Rows, rates: HostArray, seeds: list[int], epochs: int, batch_size: int, keep_weights: bool
) -> HostArray:
    """The validation loss after `epochs` of each rate and seed, (trials, seeds); infinite where a training broke."""
    labels = rows.y if isinstance(rows.y, np.ndarray) else np.arange(rows.count) + 0.5
    splits = [stratified_validation_rows(labels, _HELD_OUT, seed) for seed in seeds]
    members = []
    for rate in rates:
        for seed in seeds:
            member = fresh_copy(model, seed, x=rows.x, keep_weights=keep_weights)
            member.optimizer.learning_rate = float(rate)
            member._compiled = replace(member._compiled, metrics=None, weighted_metrics=None)
            members.append(member)
    histories = fit_together(
        members,
        rows.x,
        rows.y,
        epochs=epochs,
        batch_size=batch_size,
        sample_weight=rows.weights,
        rows=[split.train for split in splits] * len(rates),
        validation_rows=[split.validation for split in splits] * len(rates),
    )
    ends = [h.history["val_loss"][-1] if len(h.epoch) == epochs else np.inf for h in histories]
    losses = np.array(ends, np.float64).reshape(len(rates), len(seeds))
    return np.where(np.isfinite(losses), losses, np.inf)


def _decided(result: LearningRate, why: str, epochs: int) -> LearningRate:
    rates, losses = result.trial_rates, result.trial_losses
    mean = losses.mean(axis=1)
    if not np.isfinite(mean).any():
        words = f"{why} But of {len(rates)} rates tried, none kept finite numbers for {epochs} epochs on every seed."
        return replace(result, reason=words)
    place = int(np.argmin(mean))
    ends = range_test.band(rates[place], rates[np.argmin(losses, axis=0)])
    rate, low, high = (float(f"{value:.3g}") for value in (rates[place], *ends))
    reason = (
        f"{why} Of {len(rates)} rates from {number(rates[0])} to {number(rates[-1])}, this one ended lowest over "
        f"{losses.shape[1]} seeds after {epochs} epochs, with a mean validation loss of {number(mean[place])}."
    )
    if place in (0, len(rates) - 1):
        which, beyond = ("lowest", "lower") if place == 0 else ("highest", "higher")
        reason += f" It is the {which} that was tried: a {beyond} one may do better."
    return replace(result, rate=rate, low=low, high=high, reason=reason)
