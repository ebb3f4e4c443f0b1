"""Advice that is proved: each action tried beside the training as it was, seed by seed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from glassnet.callbacks import EarlyStopping, History
from glassnet.diagnosis.changes import AS_IT_IS, TO_TRY, Change
from glassnet.diagnosis.judge import verdict as judged
from glassnet.diagnosis.sight.task import task_losses
from glassnet.diagnosis.verdict import MOST_ACTIONS, Verdict
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.readable import short
from glassnet.foundation.shapes import int_or_none
from glassnet.foundation.types import HostArray
from glassnet.models import fit_together

_SET_ASIDE = 0.2
_T95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131)


@dataclass(frozen=True)
class Trial:
    """One change, tried.

    Args:
        name: what was changed.
        difference: the mean change of validation loss over the seeds; below 0 is better. None where a training broke.
        low: the lower end of its 95 % interval, by Student's t over paired seeds.
        high: the upper end.
        before: the mean validation loss without the change.
        seeds: how many pairs.
        otherwise: the outcome where there is no difference to give: ``"broke down"``, or ``"helped"`` beside trainings that
            broke down without the change.

    Example:
        >>> print(Trial("dropout 0.2", -0.031, -0.045, -0.018, 0.412, 8))
        dropout 0.2: validation loss -0.031 [-0.045, -0.018], helped
    """

    name: str
    difference: float | None
    low: float
    high: float
    before: float | None
    seeds: int
    otherwise: str = "broke down"

    @property
    def outcome(self) -> str:
        """``"helped"``, ``"harmed"`` or ``"did not help"``: the first two only where the interval leaves 0 out."""
        if self.difference is None:
            return self.otherwise
        return "helped" if self.high < 0 else "harmed" if self.low > 0 else "did not help"

    def __str__(self) -> str:
        if self.difference is None:
            who = "with it" if self.otherwise == "broke down" else "without it"
            return f"{self.name}: trainings {who} ended in numbers that are not finite, {self.outcome}"
        between = f"[{_signed(self.low)}, {_signed(self.high)}]"
        return f"{self.name}: validation loss {_signed(self.difference)} {between}, {self.outcome}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold."""
        known = self.difference is not None
        return {
            "name": self.name,
            "difference": self.difference,
            "low": self.low if known else None,
            "high": self.high if known else None,
            "before": self.before,
            "seeds": self.seeds,
            "outcome": self.outcome,
        }


@dataclass(frozen=True)
class Advice:
    """A verdict, and what trying its actions showed.

    Args:
        verdict: what the training says.
        trials: what was tried; empty when nothing was.
        note: why nothing could be tried, or what the numbers are of.

    Example:
        >>> trial = Trial("dropout 0.2", -0.031, -0.045, -0.018, 0.412, 8)
        >>> Advice(Verdict("overfitting", 0.9, "Validation loss rose."), (trial,)).best.outcome
        'helped'
    """

    verdict: Verdict
    trials: tuple[Trial, ...] = ()
    note: str = ""

    @property
    def best(self) -> Trial | None:
        """The trial that helped most; None when none did."""
        helped = [trial for trial in self.trials if trial.outcome == "helped"]
        return min(helped, key=lambda trial: trial.difference or 0.0) if helped else None

    def to_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold."""
        return {
            "verdict": self.verdict.to_dict(),
            "trials": [trial.to_dict() for trial in self.trials],
            "note": self.note,
        }

    def __str__(self) -> str:
        tried = [f"  {trial}" for trial in self.trials]
        return "\n".join(
            [str(self.verdict), *(["tried:", *tried] if tried else []), *([self.note] if self.note else [])]
        )

    def _repr_html_(self) -> str:
        rows = "".join(f"<li>{trial}</li>" for trial in self.trials)
        return f"{self.verdict._repr_html_()}{f'<ul>{rows}</ul>' if rows else ''}<p><small>{self.note}</small></p>"


def advise(run: Any, *, try_it: bool = False, seeds: int = 8) -> Advice:
    """What to do about a training, and with `try_it` whether it helps.

    Each action that training can show is tried on networks with other initial weights, with and without the change from the
    same seeds, as one population. All are judged on the validation rows of the run; early stopping gets a fifth of the
    training rows to watch, so that the rows that judge are not those that choose.

    Args:
        run: a `History`, or anything that holds one as `history`: a fitted model, a workbench result.
        try_it: whether to train; it takes about `seeds` times four trainings, many of them at once.
        seeds: pairs of trainings, 3 to 100.

    Returns:
        The verdict with its trials, whose intervals are over seeds; the luck of the validation rows comes on top.

    Raises:
        ConfigError: no training to look at, or too few seeds.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> x = np.linspace(-1, 1, 60, dtype="float32")[:, None]
        >>> model = Sequential([Input((1,)), Dense(4, activation="tanh"), Dense(1)], seed=0)
        >>> model.compile("sgd", "mse")
        >>> history = model.fit(x, x**2, epochs=5, validation_split=0.5, verbose=0)
        >>> advise(history).verdict.kind in ("not_converged", "no_better_than_baseline", "learning_rate_too_low")
        True

    Reference:
        J. Demšar, Statistical Comparisons of Classifiers over Multiple Data Sets, 2006, section 3.1: paired t intervals.
    """
    history = _history(run)
    if int_or_none(seeds) is None or not 3 <= seeds <= 100:
        raise ConfigError(f"advise expected `seeds` as a whole number from 3 to 100. Received {seeds!r}. Pass 8.")
    known = getattr(run, "verdict", None)
    found = known if isinstance(known, Verdict) else judged(history)
    if not try_it:
        return Advice(found)
    trained = history.trained
    if trained is None or trained.validation is None:
        return Advice(found, note="Nothing was tried: that needs fit with arrays and a validation set.")
    kept = history.restored_epoch is not None  # then all trainings keep their best weights, as the run did
    fitting = [change for change in TO_TRY[found.kind] if change.fits(trained.model) and not (kept and change.stop)]
    chosen = fitting[:MOST_ACTIONS]
    if not chosen:
        return Advice(
            found, note="Nothing was tried: what is wrong here is in the data, and no other training mends it."
        )
    epochs = max(len(history.epoch), 1)
    trials = _tried(
        trained, [replace(change, stop=change.stop or kept) for change in (AS_IT_IS, *chosen)], epochs, seeds
    )
    rows = trained.validation.sample().count
    note = f"{seeds} pairs of trainings from the same seeds; validation loss on {rows:,} rows, penalties left out."
    return Advice(found, tuple(trials), note)


def _history(run: Any) -> History:
    held = run if isinstance(run, History) else getattr(run, "history", None)
    if not isinstance(held, History):
        raise ConfigError(
            f"advise expected a History, or what holds one: a fitted model or a workbench result. Received a "
            f"{type(run).__name__}. Pass what fit returned; for the folder of a run, use glassnet advise FOLDER --try."
        )
    return held


def _tried(trained: Any, changes: Sequence[Change], epochs: int, seeds: int) -> list[Trial]:
    losses = [_losses(trained, change, epochs, seeds) for change in changes]
    found = []
    for change, theirs in zip(changes[1:], losses[1:], strict=True):
        whole = np.isfinite(losses[0]).all()
        before = float(np.mean(losses[0])) if whole else None
        if whole and np.isfinite(theirs).all():
            found.append(Trial(change.name, *t_interval(theirs - losses[0]), before, seeds))
        else:
            outcome = "helped" if np.isfinite(theirs).all() else "broke down"
            found.append(Trial(change.name, None, math.nan, math.nan, before, seeds, outcome))
    return found


def t_interval(values: HostArray) -> tuple[float, float, float]:
    """``x̄ ± t s / √n`` with 95 % confidence: mean, low and high.

    Example:
        >>> [round(v, 3) for v in t_interval(np.array([1.0, 2.0, 3.0]))]
        [2.0, -0.484, 4.484]
    """
    count = len(values)
    freedom = count - 1
    t = _T95[freedom - 1] if freedom <= len(_T95) else 1.96 + 2.4 / freedom
    mean, half = float(values.mean()), t * float(values.std(ddof=1)) / math.sqrt(count)
    return mean, mean - half, mean + half


def _losses(trained: Any, change: Change, epochs: int, seeds: int) -> HostArray:
    """The validation loss of each seed with this change; infinite where its numbers broke."""
    rows = trained.train.sample()
    models = [change.model(trained.model, seed) for seed in range(1, seeds + 1)]
    wanted = round(epochs * change.epochs)
    size = max(1, min(round(trained.batch_size * change.batch), rows.count))
    given: dict[str, Any] = {}
    if change.stop:
        order = [np.random.default_rng(seed).permutation(rows.count) for seed in range(seeds)]
        cut = max(1, int(rows.count * _SET_ASIDE))
        stopping = EarlyStopping("val_loss", patience=max(5, wanted // 10), restore_best_weights=True)
        given = {
            "rows": [part[cut:] for part in order],
            "validation_rows": [part[:cut] for part in order],
            "early_stopping": stopping,
        }
    histories = fit_together(
        models, rows.x, rows.y, epochs=wanted, batch_size=size, sample_weight=rows.weights, **given
    )
    whole = [history.diverged_epoch is None for history in histories]
    return np.array([_judged(trained, model) if good else math.inf for model, good in zip(models, whole, strict=True)])


def _judged(trained: Any, model: Any) -> float:
    """The validation loss without penalties; where that cannot be told apart, with them."""
    plain = task_losses(trained, model)
    if plain is not None:
        return plain
    held = trained.validation.sample()
    found = model.evaluate(held.x, held.y, sample_weight=held.weights)
    return float(found[0] if isinstance(found, list) else found)


def _signed(value: float) -> str:
    """With a sign and two digits beyond the first that is not 0, the minus as on a keyboard."""
    if not math.isfinite(value):
        return "-infinite" if value < 0 else "infinite"
    return f"{'+' if value > 0 else '-' if value < 0 else ''}{short(abs(value), 2)}"
