"""Cross-validation: how well a network of this kind does on rows it has not seen, and how sure that is."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from glassnet.callbacks import EarlyStopping
from glassnet.data import stratified_validation_rows
from glassnet.foundation.errors import DivergedError
from glassnet.foundation.shapes import positive_int
from glassnet.foundation.types import HostArray
from glassnet.models import fit_together
from glassnet.training.rows import Rows, collect
from glassnet.tuning.folds import fold_numbers
from glassnet.tuning.intervals import Interval, corrected_interval
from glassnet.tuning.members import checked_model, fresh_copy, seed_list
from glassnet.tuning.words import number, table

_STOPPING_SHARE = 0.15


@dataclass(frozen=True, eq=False, repr=False)
class CrossValidation:
    """What `cross_validate` found; as text, a table of its metrics.

    Args:
        metrics: for each metric its mean over folds and seeds with a 95 % interval.
        scores: for each metric the number of each member, (folds, seeds).
        predictions: for each row the mean prediction of the members that did not learn from it, (n, ...).
        folds: the fold in which each row was held out, (n,).
        seeds: the members' seeds.
        epochs: how many epochs each member was trained for, (folds, seeds).
        models: the members, fold by fold, seed by seed.
        seconds: how long it all took.

    Example:
        >>> import numpy as np
        >>> from glassnet.tuning.intervals import corrected_interval
        >>> scores = {"loss": np.array([[0.3, 0.4], [0.4, 0.3]])}
        >>> metrics = {"loss": corrected_interval(scores["loss"].mean(axis=1))}
        >>> result = CrossValidation(metrics, scores, np.zeros(4), np.array([0, 1, 0, 1]), [0, 1], np.ones((2, 2)), [], 0.1)
        >>> result.metrics["loss"].mean
        0.35
    """

    metrics: dict[str, Interval]
    scores: dict[str, HostArray]
    predictions: Any
    folds: HostArray
    seeds: Sequence[int]
    epochs: HostArray
    models: Sequence[Any]
    seconds: float

    @property
    def members(self) -> list[dict[str, Any]]:
        """A row for each member: its fold, seed, epochs and numbers; ready for ``pandas.DataFrame``."""
        folds, seeds = self.epochs.shape
        return [
            {
                "fold": fold,
                "seed": self.seeds[place],
                "epochs": int(self.epochs[fold, place]),
                **{name: float(values[fold, place]) for name, values in self.scores.items()},
            }
            for fold in range(folds)
            for place in range(seeds)
        ]

    def __repr__(self) -> str:
        folds, seeds = self.epochs.shape
        rows = [
            [
                name,
                number(found.mean),
                f"{number(found.low)} to {number(found.high)}",
                number(self.scores[name].mean(axis=1).std(ddof=1)),
                number(self.scores[name].std(axis=1, ddof=1).mean()) if seeds > 1 else "-",
            ]
            for name, found in self.metrics.items()
        ]
        head = ["metric", "mean", "95 % interval", "sd of folds", "sd of seeds"]
        told = f"Cross-validation: {folds} folds × {seeds} seeds, {len(self.folds)} rows, {self.seconds:.1f} s"
        return f"{told}\n{table(head, rows)}"


def cross_validate(
    model: Any,
    x: Any,
    y: Any,
    folds: int = 5,
    seeds: int | Sequence[int] = 3,
    *,
    epochs: int = 20,
    batch_size: int = 32,
    early_stopping: EarlyStopping | None = None,
    sample_weight: Any = None,
    seed: int = 0,
) -> CrossValidation:
    """mean ± t₀.₉₇₅,ₖ₋₁ · s √(1/k + n_test/n_train) over the k folds' means: how well such a network does on unseen rows.

    All folds × seeds networks are trained side by side as one program (`fit_together`). Each fold is held out once, with its
    share of each class. The interval is Nadeau and Bengio's: the folds' training rows overlap, so their numbers vary less
    than independent ones would, and the plain t-interval would be too short. The seeds are averaged within each fold first.

    With `early_stopping`, 15 % of the rows that a member learns from are set aside for it; the fold that is held out never
    decides when to stop, so its numbers stay honest.

    Args:
        model: a compiled network, the template; it is left as it was.
        x: inputs, (n, ...).
        y: targets, (n, ...).
        folds: k, from 2 on.
        seeds: how many networks each fold has (their seeds are 0, 1, ...), or the seeds themselves.
        epochs: how long each is trained.
        batch_size: rows a step.
        early_stopping: when each member stops, such as ``EarlyStopping(patience=5, restore_best_weights=True)``.
        sample_weight: a weight for each row, (n,).
        seed: fixes which row falls into which fold.

    Returns:
        A `CrossValidation`.

    Raises:
        ConfigError: the model is not compiled, or a number is out of range.
        DataError: as `fit`, or fewer rows than folds.
        DivergedError: a member's numbers broke.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> x = np.random.default_rng(0).normal(size=(60, 2)).astype("float32")
        >>> model = Sequential([Input((2,)), Dense(1, activation="sigmoid")])
        >>> model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        >>> result = cross_validate(model, x, x[:, 0] > 0, folds=3, seeds=2, epochs=3)
        >>> list(result.metrics), result.scores["accuracy"].shape, result.predictions.shape
        (['loss', 'accuracy'], (3, 2), (60, 1))

    Reference:
        C. Nadeau and Y. Bengio, "Inference for the Generalization Error", Machine Learning 52, 2003.
    """
    started = time.perf_counter()
    checked_model(model, "cross_validate")
    positive_int("epochs", epochs, owner="cross_validate")
    everything = collect(x, y, sample_weight)
    chosen = seed_list(seeds, "cross_validate")
    parts = fold_numbers(everything.y, everything.count, folds, seed)
    count = int(parts.max()) + 1
    members = [fresh_copy(model, one, x=everything.x) for _ in range(count) for one in chosen]
    kept, stopping = _rows_of(members, parts, len(chosen), everything, early_stopping is not None)
    histories = fit_together(
        members,
        everything.x,
        everything.y,
        epochs=epochs,
        batch_size=batch_size,
        sample_weight=None if sample_weight is None else everything.weights,
        rows=kept,
        validation_rows=stopping,
        early_stopping=early_stopping,
    )
    for history in histories:
        if any(note.startswith("ended:") for note in history.notes):
            raise DivergedError(
                f"cross_validate expected finite numbers from every member. Received some that are not: {history.notes[-1]}. "
                f"Try a smaller learning rate, or scale inputs and targets to about one.",
                finding=history.finding,
            )
    scores, predictions = _judged(members, parts, everything, len(chosen))
    metrics = {name: corrected_interval(values.mean(axis=1)) for name, values in scores.items()}
    lengths = np.array([len(history.epoch) for history in histories]).reshape(count, -1)
    seconds = time.perf_counter() - started
    return CrossValidation(metrics, scores, predictions, parts, chosen, lengths, members, seconds)


def _rows_of(
    members: list[Any], parts: HostArray, seeds: int, everything: Rows, stops: bool
) -> tuple[list[HostArray], list[HostArray] | None]:
    """The rows that each member learns from, and those on which it is stopped."""
    kept = [np.flatnonzero(parts != index // seeds) for index in range(len(members))]
    if not stops:
        return kept, None
    labels = everything.y if isinstance(everything.y, np.ndarray) else np.arange(everything.count) + 0.5
    halves = [
        stratified_validation_rows(labels[rows], _STOPPING_SHARE, member.seed)
        for rows, member in zip(kept, members, strict=True)
    ]
    pairs = list(zip(kept, halves, strict=True))
    return [rows[split.train] for rows, split in pairs], [rows[split.validation] for rows, split in pairs]


def _judged(members: list[Any], parts: HostArray, everything: Rows, seeds: int) -> tuple[dict[str, HostArray], Any]:
    """Each member's numbers on the rows it has not seen, and the mean prediction for every row."""
    count = len(members) // seeds
    found: list[dict[str, float]] = []
    means, places = [], []
    for fold in range(count):
        rows = np.flatnonzero(parts == fold)
        held = everything.take(rows)
        mine = members[fold * seeds : (fold + 1) * seeds]
        found += [m.evaluate(held.x, held.y, sample_weight=held.weights, return_dict=True) for m in mine]
        means.append(jax.tree.map(lambda *p: np.mean(p, axis=0), *(m.predict(held.x) for m in mine)))
        places.append(rows)
    back = np.argsort(np.concatenate(places))
    predictions = jax.tree.map(lambda *p: np.concatenate(p)[back], *means)
    return {name: np.array([row[name] for row in found]).reshape(count, seeds) for name in found[0]}, predictions
