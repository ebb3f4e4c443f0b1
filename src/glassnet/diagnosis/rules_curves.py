"""Rules that look at the curves first: rising validation loss, losses still falling, jumps, and gaps."""

import math

import numpy as np

from glassnet.diagnosis import words
from glassnet.diagnosis.case import Case
from glassnet.diagnosis.course import Course, course_of
from glassnet.diagnosis.facts import Facts
from glassnet.diagnosis.making import FEWEST_EPOCHS, verdict_of
from glassnet.diagnosis.rules_broken import thrown_about
from glassnet.diagnosis.rules_rate import FAR_ABOVE, gains, rescued, small_rate, stuck, too_high, too_low, unusual
from glassnet.diagnosis.verdict import Evidence, Verdict
from glassnet.foundation.readable import numbers, percent, short

_ENOUGH_TO_FIND = 150
"""Training rows from which a simple model that finds nothing means that there is nothing to find."""

_ENOUGH_TO_BEND = 15
"""Epochs in which a curve at a fair rate bends."""

_FEW_LEAPS = 3

_SUPPOSED_ROWS = 300
"""Validation rows where their number is not known."""

_HEAVY = 0.7
"""A dropout beyond which a network cannot be expected to fit."""


def idle(case: Case) -> Verdict | None:
    """The network is no better than a constant answer: because of its rate, because it is stuck or small, or for good."""
    sight = case.sight
    if sight is None or sight.lead is None or sight.train_lead is None:
        return None
    lead = sight.lead
    if lead.mean > max(2.5 * lead.error, 0.03 * sight.base) and lead.mean > 0.03 * sight.base:
        return None
    something = _something_to_learn(case)
    if sight.train_lead.mean > 0.12 * sight.base:
        by_heart = sight.train_lead.mean > 0.5 * sight.base and sight.rows < _ENOUGH_TO_FIND
        if something or not case.facts.never_better or by_heart:
            return None
        return _no_better(case, lead.mean, lead.error)
    if not something and not sight.alike:
        return _no_better(case, lead.mean, lead.error)
    if case.told.penalty or case.told.dropout >= _HEAVY:
        return _too_simple(case, 2.0)
    return stuck(case) or _too_simple(case, 2.0)


def _something_to_learn(case: Case) -> bool:
    """Whether a simple model finds something in rows it was not fitted on."""
    sight = case.sight
    if sight is None or sight.rival_inner is None or sight.rival_share is None:
        return False
    return sight.rival_inner.mean > 3 * sight.rival_inner.error and sight.rival_share > 0.08


def _no_better(case: Case, lead: float, error: float) -> Verdict:
    scale = case.sight.base if case.sight is not None else case.facts.scale
    margin = max(2.5 * error, 0.03 * scale)
    proof = Evidence("lead_over_baseline", lead, f"better than a constant answer by {short(lead)} ± {short(error)}")
    return verdict_of(
        "no_better_than_baseline", 2 - lead / margin, case, words.no_better(case.facts, lead), None, (proof,)
    )


def wild(case: Case) -> Verdict | None:
    """Training loss jumps from epoch to epoch by much of what there was to win, or leaps back up three times or more."""
    jump = max(jumps(case.facts), leaps(case.facts) / (_FEW_LEAPS - 0.5))
    if case.facts.epochs < 8 or jump <= 1:
        return None
    low = gains(case, (0.01, 0.1))
    if low > 1 and not _gets_down(case):
        return too_high(case, low)
    if unusual(case) >= FAR_ABOVE and case.race is not None and case.race.best < 1:
        return too_high(case, 2.0)
    return thrown_about(case, jump)


def _gets_down(case: Case) -> bool:
    """Whether the loss comes near what a lower rate reaches, again and again, only not to stay."""
    race, train = case.race, case.facts.train
    if race is None:
        return True
    low = float(np.quantile(train.values[len(train.values) // 3 :], 0.2))
    theirs = min(race.level(0.01), race.level(0.1))
    return low <= theirs + max(0.5 * abs(theirs), 0.08 * case.facts.scale)


def jumps(facts: Facts) -> float:
    """How rough the last two thirds are beside the level there and what there was to win; 1 is the border.

    A loss that only falls, however fast, does not jump: a fifth of the steps must lead up.
    """
    part = facts.train.values[len(facts.train.values) // 3 :]
    steps = np.diff(part)
    if not len(steps) or float(np.mean(steps > 0)) < 0.2:
        return 0.0
    rough = float(np.quantile(np.abs(steps), 0.8))
    return rough / max(0.15 * abs(float(np.median(part))), 0.04 * facts.scale, 1e-12)


def leaps(facts: Facts) -> int:
    """How often, in the last two thirds, the loss leaps up by a quarter of its level there and of what there was to win.

    A leap as high as a constant answer's loss, once the first three epochs are over, counts for three.
    """
    values = facts.train.values
    part = values[len(values) // 3 :]
    often = np.sum(np.diff(part) > max(0.25 * abs(float(np.median(part))), 0.06 * facts.scale))
    return int(often + 3 * np.sum(np.diff(values[3:]) > max(facts.scale, facts.train.start)))


def overfitting(case: Case) -> Verdict | None:
    """Validation loss ends clearly above its lowest level while training loss went on falling."""
    facts = case.facts
    val, train = facts.val, facts.train
    if val is None:
        return None
    best = float(val.level[val.best])
    rise = val.end - best
    # The luck of these rows: a rise sits in few of them, each by about the scale, so r has an error of about √(2 r scale / n).
    luck = 3 * math.sqrt(2 * max(rise, 0.0) * facts.scale / (facts.rows or _SUPPOSED_ROWS))
    threshold = max(3 * val.error, 0.02 * val.fall, 0.05 * abs(best), luck, 1e-12)
    fell_on = train.at(val.best_epoch) - train.end
    if rise <= threshold or fell_on < -2 * train.error:
        return None
    if facts.restored and val.at(facts.hand) - best <= threshold:
        return None
    proof = Evidence("val_loss_rise", rise, f"validation loss rose by {short(rise)} after epoch {val.best_epoch}")
    steady = _accuracy_holds(case)
    if steady is not None:
        text = (
            f"validation accuracy changed by {percent(steady)} since, less than its uncertainty" if steady >= 0 else ""
        )
        text = text or f"validation accuracy changed by −{percent(-steady)} since, less than its uncertainty"
        more = (proof, Evidence("val_accuracy_change", steady, text))
        sentence = words.over_confident(val.best_epoch, val)
        return verdict_of("over_confident", rise / threshold, case, sentence, val.best_epoch, more)
    sentence = words.overfitting(val.best_epoch, val, train)
    return verdict_of("overfitting", rise / threshold, case, sentence, val.best_epoch, (proof,))


def _accuracy_holds(case: Case) -> float | None:
    """By how much validation accuracy changed since the lowest validation loss, if it did not fall beyond its uncertainty."""
    val, name = case.facts.val, case.told.metric
    values = numbers(case.history.get(f"val_{name}")) if name and "acc" in name else np.zeros(0)
    if val is None or len(values) != len(val.level) or not len(values) or not np.isfinite(values).all():
        return None
    course = course_of(values)
    near = np.abs(course.epochs - val.best_epoch) <= 1
    then = float(course.values[near].mean())
    change = float(np.median(course.level[-max(3, len(values) // 10) :])) - then
    luck = math.sqrt(max(then * (1 - then), 0.01) / max(case.told.validation_rows or 100, 1))
    over_chance = then - (case.told.baseline_metric if case.told.baseline_metric is not None else 0.5)
    return change if change > -max(0.03, 2 * luck, 0.12 * over_chance) and not _by_heart(case) else None


def _by_heart(case: Case) -> bool:
    """Whether training rows are answered much better than others, and taking sureness away does not mend it."""
    sight, val = case.sight, case.facts.val
    if sight is None or sight.hits is None or sight.cooled is None or val is None:
        return False
    return sight.hits[0] - sight.hits[1] > 0.2 and sight.cooled > 0.5 * sight.base


def memorised(case: Case) -> Verdict | None:
    """Validation loss stands still far above a training loss that went on falling."""
    facts = case.facts
    gap, level = facts.gap, facts.val_level
    if facts.val is None or gap is None or level is None or level <= 0:
        return None
    if _falling(facts.val, 2) and facts.val.tail()[0] > 0.1 * gap:
        return None
    threshold = max((2 if _could_hold_all(case) else 3) * facts.gap_error, 0.5 * level, 0.15 * facts.scale)
    if gap <= threshold:
        return None
    since = _since(facts, threshold)
    proof = Evidence("gap_threshold", threshold, f"a gap counts beyond {short(threshold)}")
    best = float(facts.val.level[facts.val.best])
    if facts.val.end - best > max(3 * facts.val.error, 0.1 * abs(best)) and _accuracy_holds(case) is not None:
        sentence = words.over_confident(facts.val.best_epoch, facts.val)
        return verdict_of("over_confident", gap / threshold, case, sentence, facts.val.best_epoch, (proof,))
    return verdict_of("overfitting", gap / threshold, case, words.memorised(since, facts), since, (proof,))


def _could_hold_all(case: Case) -> bool:
    """Whether there are so many more weights than rows that learning these by heart is to be expected."""
    return case.sight is not None and case.sight.parameters > 10 * case.sight.rows


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
    found = fall / max(clearly * error, 0.075 * whole)
    if fall > 0.3 * half:
        found = max(found, half / max(clearly * half_error, 0.25 * whole))
    return found if found > 1 else 0.0


def too_short(case: Case) -> Verdict | None:
    """With one to four epochs no trend can be told from noise."""
    if case.facts.epochs >= FEWEST_EPOCHS:
        return None
    if small_rate(case):
        return too_low(case, small_rate(case))
    return verdict_of("not_converged", 1 + gains(case, (10.0, 100.0)), case, words.too_short(case.facts))


def still_falling(case: Case) -> Verdict | None:
    """Both losses were on their way down when training stopped: too few epochs, or too low a rate."""
    facts = case.facts
    train = _falling(facts.train)
    val = _falling(facts.val, 1, 0.3 * facts.train.fall) if facts.val else math.inf
    if not train or not val:
        return None
    if small_rate(case) or (unusual(case) < 0.1 and case.race is None):
        return too_low(case, max(small_rate(case), min(0.3 / unusual(case), 3)))
    if case.told.rate is None and _creeping(facts):
        return too_low(case, 1.2)
    fall, _ = facts.train.tail()
    proof = Evidence("train_loss_last_fall", fall, f"training loss fell by {short(fall)} over its last stretch")
    return verdict_of("not_converged", min(train, val), case, words.not_converged(facts), None, (proof,))


def _creeping(facts: Facts) -> bool:
    """Whether training loss went down a straight line, and not far: what a fair rate, stopped early, does not show."""
    level = facts.train.level
    first, second = level[0] - level[len(level) // 2], level[len(level) // 2] - level[-1]
    return facts.epochs >= _ENOUGH_TO_BEND and second > 0.85 * first > 0 and level[0] - level[-1] < 0.4 * abs(level[0])


def stands_high(case: Case) -> Verdict | None:
    """The network has stopped well above what the rows allow, on its training rows too."""
    sight, facts = case.sight, case.facts
    if sight is None or sight.rival_excess is None or sight.val is None or sight.train is None:
        return None
    excess = sight.rival_excess
    simple = sight.val.mean - excess.mean
    room = min(excess.mean / max(3 * excess.error, 1e-12), excess.mean / (0.1 * sight.base))
    too = (sight.train.mean - simple) / (0.05 * sight.base)
    if min(room, too) > 1:
        return stuck(case) or _too_simple(case, min(room, too))
    if 1 / 3 < unusual(case) < 8 and facts.learned > 0.6:
        return None
    if unusual(case) >= 8 and (low := gains(case, (0.01, 0.1))) > 1.3:
        return too_high(case, low)
    return None if rescued(case) <= 3 or facts.learned > 0.6 else stuck(case)


def _too_simple(case: Case, margin: float) -> Verdict:
    learned = case.facts.learned
    proof = [Evidence("learned_share", learned, f"training loss is {short(100 * learned)} % under a constant answer's")]
    sight = case.sight
    if sight is not None and sight.rival_excess is not None:
        excess = sight.rival_excess
        text = f"validation loss is {short(excess.mean)} ± {short(excess.error)} above that of a simple model"
        proof.append(Evidence("above_simple_model", excess.mean, text))
    return verdict_of("underfitting", margin, case, words.underfitting(case.facts, learned), None, proof)


def no_better(case: Case) -> Verdict | None:
    """The loss is within its own error of what a constant answer costs, and the metric does not disagree."""
    facts = case.facts
    if case.sight is not None or facts.baseline is None or (facts.beaten is not None and facts.beaten > 3):
        return None
    course, level = (facts.val, facts.val_level) if facts.val else (facts.train, facts.train_level)
    lead = facts.baseline - (level if level is not None else facts.train_level)
    margin = max(2 * math.hypot(course.error, _luck(lead, facts)), 0.02 * abs(facts.baseline))
    if lead > margin:
        return None
    proof = Evidence("lead_over_baseline", lead, f"better than a constant answer by {short(lead)}")
    return verdict_of("no_better_than_baseline", 2 - lead / margin, case, words.no_better(facts, lead), None, (proof,))


def _luck(lead: float, facts: Facts) -> float:
    """The standard error of the lead over the baseline, both losses being of the same validation rows.

    A small mean lead d comes from row-wise differences with a variance of 2 d · scale (cross-entropy) to 4 d · scale
    (squared error).
    """
    if facts.rows is None or facts.val is None:
        return 0.0
    return math.sqrt(3 * max(lead, 0.0) * facts.scale / max(facts.rows, 1))


def underfitting(case: Case) -> Verdict | None:
    """Training loss has stopped falling before it was much better than a constant answer."""
    facts = case.facts
    fits = facts.train_metric is not None and 0.9 <= facts.train_metric <= 1
    if fits or facts.train_level <= 0 or facts.learned > 0.25:
        return None
    if (
        case.sight is not None
        and case.sight.rival_excess is not None
        and case.sight.rival_excess.mean < 0.05 * case.sight.base
    ):
        return None  # a simple model finds no more in these rows
    return _too_simple(case, 2 - facts.learned / 0.25)
