"""A case in, a verdict out. Each rule looks for one cause; the first that holds decides."""

from collections.abc import Mapping, Sequence
from typing import Any

from glassnet.diagnosis import rules_broken, rules_curves, rules_rate, rules_rows, words
from glassnet.diagnosis.case import Case, Told, accuracy_in, case_of
from glassnet.diagnosis.making import verdict_of
from glassnet.diagnosis.verdict import Verdict
from glassnet.foundation.readable import numbers

_RULES = (
    rules_broken.exploded,
    rules_rows.too_little,
    rules_rows.leaking,
    rules_rows.shifted,
    rules_curves.wild,
    rules_rate.thrown_far,
    rules_curves.idle,
    rules_curves.too_short,
    rules_curves.overfitting,
    rules_curves.memorised,
    rules_curves.still_falling,
    rules_curves.stands_high,
    rules_curves.no_better,
    rules_curves.underfitting,
    rules_rows.too_little_to_praise,
)


def judge(case: Case) -> Verdict:
    """What is to be said of a training: the verdict of the first rule that holds, or a good fit."""
    broken = rules_broken.not_finite(case)
    if broken is not None:
        return broken
    if not len(numbers(case.history.get("loss"))):
        return Verdict("not_converged", 0.1, words.NOTHING, actions=("Train: fit(x, y, epochs=20).",))
    for rule in _RULES:
        verdict = rule(case)
        if verdict is not None:
            return verdict
    facts = case.facts
    gap = max(facts.gap or 0.0, 0.0) / max(0.4 * abs(facts.val_level or facts.train_level), 3 * facts.gap_error, 1e-12)
    return verdict_of("good_fit", 2 + max(1 - gap, 0.0), case, words.good_fit(facts))


def verdict(history: Any, *, tries: bool = True, columns: Sequence[str] = ()) -> Verdict:
    """What a training says of its network: one of fourteen kinds, with its evidence and what to do first.

    Curves are smoothed and their noise is measured. Where `fit` had arrays, the rows are looked at too: simple models show
    what there is to learn in them, a classifier tells whether validation rows come from elsewhere, and columns or copied rows
    that give the target away are found. Where the curves leave open whether the learning rate was to blame, the same
    network is trained again with other rates, as one population and for no more than a few seconds.

    Args:
        history: what `fit` returned.
        tries: whether it may train again to find out; False answers from curves and rows alone.
        columns: names of the input columns, to speak of; their numbers from 0 otherwise.

    Returns:
        The verdict. A history of fewer than five epochs mostly gives a cautious ``not_converged``.

    Example:
        >>> from glassnet.callbacks import History
        >>> history = History()
        >>> for epoch, (loss, val) in enumerate(zip([5, 4, 3, 2, 1, 0.5], [5, 4, 3, 3.5, 4, 4.5])):
        ...     history.on_epoch_end(epoch, {"loss": loss, "val_loss": val})
        >>> verdict(history).kind
        'overfitting'

    Reference:
        I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, 2016, chapter 11: Practical Methodology.
    """
    return judge(case_of(history, tries=tries, columns=columns))


def judge_curves(
    history: Mapping[str, Sequence[float]],
    *,
    validation_rows: int | None = None,
    baseline_loss: float | None = None,
    metric: str | None = None,
    baseline_metric: float | None = None,
    restored_epoch: int | None = None,
) -> Verdict:
    """What a training's curves alone say, with the noise in them taken into account.

    Levels are smoothed, noise is measured from epoch to epoch, and a gap between training and validation counts only
    beyond that noise and, when `validation_rows` is given, beyond the luck of drawing those rows.

    Args:
        history: numbers by name, one an epoch: ``loss``, and where there was validation ``val_loss``.
        validation_rows: rows of the validation set.
        baseline_loss: validation loss of a constant answer: the class frequencies, or the mean.
        metric: the name in `history` of a metric to weigh too; an accuracy where there is one.
        baseline_metric: that metric's value for a constant answer.
        restored_epoch: the epoch, counted from 1, whose weights were put back; None when the last ones stayed.

    Returns:
        The verdict. A history of fewer than five epochs gives a cautious ``not_converged``.

    Example:
        >>> rising = [0.5, 0.4, 0.35, 0.34, 0.36, 0.41, 0.47, 0.54]
        >>> falling = [0.5, 0.4, 0.31, 0.24, 0.18, 0.13, 0.09, 0.06]
        >>> verdict = judge_curves({"loss": falling, "val_loss": rising})
        >>> verdict.kind, verdict.since_epoch
        ('overfitting', 4)

    Reference:
        L. Prechelt, Early Stopping - But When?, 1998.
    """
    told = Told(
        restored_epoch=restored_epoch,
        validation_rows=validation_rows,
        baseline_loss=baseline_loss,
        metric=metric or accuracy_in(history),
        baseline_metric=baseline_metric,
    )
    return judge(Case(history, told, tries=False))
