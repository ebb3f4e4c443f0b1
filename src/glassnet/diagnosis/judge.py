"""Learning curves in, a verdict out. Each rule looks for one kind; the first that holds decides."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from glassnet.diagnosis import words
from glassnet.diagnosis.course import Course
from glassnet.diagnosis.facts import Facts, gather
from glassnet.diagnosis.verdict import Evidence, Kind, Verdict
from glassnet.plots.readable import numbers, short

FEWEST_EPOCHS = 5
"""With fewer epochs no noise can be told from a trend."""


def judge_curves(
    history: Mapping[str, Sequence[float]],
    *,
    validation_rows: int | None = None,
    baseline_loss: float | None = None,
    metric: str | None = None,
    baseline_metric: float | None = None,
    restored_epoch: int | None = None,
) -> Verdict:
    """What a training's curves say, with the noise in them taken into account.

    Levels are smoothed, noise is measured from epoch to epoch, and a gap between training and validation counts only
    beyond that noise and, when `validation_rows` is given, beyond the luck of drawing those rows.

    Args:
        history: numbers by name, one an epoch: ``loss``, and where there was validation ``val_loss``.
        validation_rows: rows of the validation set.
        baseline_loss: validation loss of a constant answer: the class frequencies, or the mean.
        metric: the name in `history` of a metric to weigh too, such as ``"accuracy"``.
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
    diverged = _not_finite(history)
    if diverged is not None:
        return diverged
    if not len(numbers(history.get("loss"))):
        return Verdict("not_converged", 0.1, words.NOTHING, actions=words.actions("not_converged", 0))
    facts = gather(history, validation_rows, baseline_loss, metric, baseline_metric, restored_epoch)
    exploded = _exploded(facts)
    if exploded is not None:
        return exploded
    if facts.epochs < FEWEST_EPOCHS:
        return _verdict("not_converged", 0.0, facts, words.too_short(facts))
    for rule in (_overfitting, _memorised, _not_converged, _no_better, _underfitting):
        verdict = rule(facts)
        if verdict is not None:
            return verdict
    return _good_fit(facts)


def _verdict(
    kind: Kind, margin: float, facts: Facts, sentence: str, since: int | None = None, more: Sequence[Evidence] = ()
) -> Verdict:
    """`margin` is how many times over the rule's threshold was passed; 1 is just so."""
    sure = 0.55 + 0.45 * (1 - math.exp(-0.8 * max(margin - 1, 0.0)))
    sure *= facts.epochs / (facts.epochs + 2)
    if facts.epochs < FEWEST_EPOCHS and kind != "diverged":
        sure = 0.1 + 0.05 * facts.epochs
    if facts.val is None and kind != "diverged":
        sure, sentence = 0.6 * sure, f"{sentence} {words.NO_VALIDATION}"
    if kind == "overfitting" and facts.never_better:
        sentence = f"{sentence} {words.never_better(facts)}"
    if kind == "good_fit":
        sure *= 0.6 + 0.4 * min(max(facts.learned, 0.0) / 0.5, 1.0)
    if facts.baseline is None and kind in ("good_fit", "underfitting", "no_better_than_baseline"):
        sure *= 0.8
    actions = words.actions(kind, facts.epochs, since, validated=facts.val is not None, learned=facts.learned)
    return Verdict(kind, round(min(sure, 0.99), 2), sentence, since, (*more, *facts.evidence()), actions)


def _not_finite(history: Mapping[str, Sequence[float]]) -> Verdict | None:
    for key, name in (("loss", "training"), ("val_loss", "validation")):
        values = numbers(history.get(key))
        broken = np.flatnonzero(~np.isfinite(values))
        if len(broken):
            epoch = int(broken[0]) + 1
            before = float(values[epoch - 2]) if epoch > 1 else None
            proof = Evidence("not_finite_epoch", epoch, f"{name} loss is not a finite number from epoch {epoch} on")
            sentence = words.not_finite(name, epoch, before)
            return Verdict("diverged", 0.99, sentence, epoch, (proof,), words.actions("diverged", len(values), epoch))
    return None


def _exploded(facts: Facts) -> Verdict | None:
    """Training loss ends at twice what a constant answer costs, or gives back over half of what it had won."""
    train = facts.train
    last = float(np.median(train.values[-3:])) if facts.epochs >= FEWEST_EPOCHS else float(train.values[-1])
    few = facts.epochs < FEWEST_EPOCHS
    if facts.baseline is None:
        ground = train.start
    else:  # after a few epochs only, what training began with may be the explosion itself
        ground = facts.baseline if few else max(train.start, facts.baseline)
    wild = 9 if few else 1
    low = float(train.values.min())
    since = int(train.epochs[int(np.argmin(train.values))])
    climb = Evidence("train_loss_climb", last - low, f"training loss rose by {short(last - low)} from its lowest")
    over = (last - ground) / max(wild * abs(ground), 1e-12)
    if over > 1:
        return _verdict("diverged", 1 + over, facts, words.exploded(train), since, (climb,))
    stays = float(train.values[-2 if len(train.values) < 8 else -3 :].min()) - low
    if facts.epochs >= FEWEST_EPOCHS and stays > max(0.5 * (train.start - low), 0.25 * facts.scale):
        return _verdict("diverged", 1 + stays / facts.scale, facts, words.lost(train, since), since, (climb,))
    return None


def _overfitting(facts: Facts) -> Verdict | None:
    """Validation loss ends clearly above its lowest level while training loss went on falling."""
    val, train = facts.val, facts.train
    if val is None:
        return None
    best = float(val.level[val.best])
    rise = val.end - best
    threshold = max(3 * val.error, 0.02 * val.fall, 0.05 * abs(best), 1e-12)
    fell_on = train.at(val.best_epoch) - train.end
    if rise <= threshold or fell_on < -2 * train.error:
        return None
    if facts.restored and val.at(facts.hand) - best <= threshold:
        return None
    proof = Evidence("val_loss_rise", rise, f"validation loss rose by {short(rise)} after epoch {val.best_epoch}")
    sentence = words.overfitting(val.best_epoch, val, train)
    return _verdict("overfitting", rise / threshold, facts, sentence, val.best_epoch, (proof,))


def _memorised(facts: Facts) -> Verdict | None:
    """Validation loss stands still far above a training loss that went on falling."""
    gap, level = facts.gap, facts.val_level
    if facts.val is None or gap is None or level is None or level <= 0:
        return None
    if _falling(facts.val, 2) and facts.val.tail()[0] > 0.1 * gap:
        return None
    threshold = max(3 * facts.gap_error, 0.4 * level, 0.1 * facts.scale)
    if gap <= threshold:
        return None
    since = _since(facts, threshold)
    proof = Evidence("gap_threshold", threshold, f"a gap counts beyond {short(threshold)}")
    sentence = words.memorised(since, facts)
    return _verdict("overfitting", gap / threshold, facts, sentence, since, (proof,))


def _since(facts: Facts, threshold: float) -> int:
    """The first epoch after which the gap never shrinks below the threshold again."""
    val = facts.val
    if val is None:
        return 1
    apart = np.array([level - facts.train.at(int(epoch)) for level, epoch in zip(val.level, val.epochs, strict=True)])
    small = np.flatnonzero(apart[: int(np.searchsorted(val.epochs, facts.hand)) + 1] <= threshold)
    return int(val.epochs[min(small[-1] + 1, len(apart) - 1)]) if len(small) else 1


def _falling(course: Course, clearly: float = 3, whole: float = 0.0) -> float:
    """How many times over its threshold the curve is falling at its end; 0 when it is not clearly.

    Its last fifth is looked at and, for a slow fall under much noise, its last half if the fall has not slowed there.
    A fall counts beside the `whole` fall, or the curve's own where that is larger.
    """
    fall, error = course.tail()
    half, half_error = course.tail(0.5)
    whole = max(course.fall, whole, 1e-12)
    found = fall / max(clearly * error, 0.03 * whole)
    if fall > 0.2 * half:
        found = max(found, half / max(clearly * half_error, 0.15 * whole))
    return found if found > 1 else 0.0


def _not_converged(facts: Facts) -> Verdict | None:
    train = _falling(facts.train)
    val = _falling(facts.val, 1, 0.3 * facts.train.fall) if facts.val else math.inf
    if not train or not val:
        return None
    fall, _ = facts.train.tail()
    proof = Evidence("train_loss_last_fall", fall, f"training loss fell by {short(fall)} over its last stretch")
    return _verdict("not_converged", min(train, val), facts, words.not_converged(facts), None, (proof,))


def _no_better(facts: Facts) -> Verdict | None:
    """The loss is within its own error of what a constant answer costs, and the metric does not disagree."""
    if facts.baseline is None or (facts.beaten is not None and facts.beaten > 3):
        return None
    course, level = (facts.val, facts.val_level) if facts.val else (facts.train, facts.train_level)
    lead = facts.baseline - (level if level is not None else facts.train_level)
    margin = max(2 * math.hypot(course.error, _luck(lead, facts)), 0.02 * abs(facts.baseline))
    if lead > margin:
        return None
    proof = Evidence("lead_over_baseline", lead, f"better than a constant answer by {short(lead)}")
    return _verdict("no_better_than_baseline", 2 - lead / margin, facts, words.no_better(facts, lead), None, (proof,))


def _luck(lead: float, facts: Facts) -> float:
    """The standard error of the lead over the baseline, both losses being of the same validation rows.

    A small mean lead d comes from row-wise differences with a variance of 2 d · scale (cross-entropy) to 4 d · scale
    (squared error).
    """
    if facts.rows is None or facts.val is None:
        return 0.0
    return math.sqrt(3 * max(lead, 0.0) * facts.scale / max(facts.rows, 1))


def _underfitting(facts: Facts) -> Verdict | None:
    """Training loss has stopped falling before it was much better than a constant answer."""
    fits = facts.train_metric is not None and 0.9 <= facts.train_metric <= 1
    if fits or facts.train_level <= 0:
        return None
    learned = facts.learned
    if learned > 0.25:
        return None
    proof = Evidence("learned_share", learned, f"training loss is {short(100 * learned)} % under a constant answer's")
    return _verdict("underfitting", 2 - learned / 0.25, facts, words.underfitting(facts, learned), None, (proof,))


def _good_fit(facts: Facts) -> Verdict:
    """Nothing speaks against it; surer the smaller the gap and the more was learned."""
    gap = max(facts.gap or 0.0, 0.0) / max(0.4 * abs(facts.val_level or facts.train_level), 3 * facts.gap_error, 1e-12)
    return _verdict("good_fit", 2 + max(1 - gap, 0.0), facts, words.good_fit(facts))
