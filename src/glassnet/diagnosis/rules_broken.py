"""Rules for trainings that broke down: numbers that are not finite, and losses that grew."""

import numpy as np

from glassnet.diagnosis import words
from glassnet.diagnosis.case import Case
from glassnet.diagnosis.making import FEWEST_EPOCHS, verdict_of
from glassnet.diagnosis.remedies import actions
from glassnet.diagnosis.rules_rate import FAR_ABOVE, too_high, unusual
from glassnet.diagnosis.verdict import Evidence, Verdict
from glassnet.foundation.readable import numbers, short


def not_finite(case: Case) -> Verdict | None:
    """A loss, or a weight, stopped being a finite number."""
    for key, name in (("loss", "training"), ("val_loss", "validation")):
        values = numbers(case.history.get(key))
        broken = np.flatnonzero(~np.isfinite(values))
        if len(broken):
            epoch = int(broken[0]) + 1
            return _broken(case, name, epoch, float(values[epoch - 2]) if epoch > 1 else None)
    epoch = case.told.diverged_epoch
    if epoch is None:
        return None
    losses = numbers(case.history.get("loss"))
    return _broken(case, "training", epoch, float(losses[-1]) if len(losses) else None)


def _broken(case: Case, name: str, epoch: int, before: float | None) -> Verdict:
    proof = Evidence("not_finite_epoch", epoch, f"{name} loss is not a finite number from epoch {epoch} on")
    sentence = words.not_finite(name, epoch, before)
    stripped = Case({"loss": [1.0]}, case.told, tries=False)
    return Verdict("diverged", 0.99, sentence, epoch, (proof,), actions("diverged", stripped, epoch))


def exploded(case: Case) -> Verdict | None:
    """Training loss ends at twice what a constant answer costs, or gives back over half of what it had won.

    Where a lower rate would have kept such a loss down, and it stayed within ten times a constant answer's, the rate is named.
    """
    facts, train = case.facts, case.facts.train
    few = facts.epochs < FEWEST_EPOCHS
    last = float(train.values[-1]) if few else float(np.median(train.values[-3:]))
    if facts.baseline is None:
        ground = train.start
    else:  # after a few epochs only, what training began with may be the explosion itself
        ground = facts.baseline if few else max(train.start, facts.baseline)
    low = float(train.values.min())
    since = int(train.epochs[int(np.argmin(train.values))])
    climb = Evidence("train_loss_climb", last - low, f"training loss rose by {short(last - low)} from its lowest")
    over = (last - ground) / max((9 if few else 1) * abs(ground), 1e-12)
    stays = float(train.values[-2 if len(train.values) < 8 else -3 :].min()) - low
    came_back = not few and stays > max(0.5 * (train.start - low), 0.25 * facts.scale)
    lost = facts.baseline is not None and facts.baseline > 0 and last > 10 * facts.baseline and not few
    if lost:
        over = max(over, 1.5)
    if over <= 1 and not came_back:
        return None
    if came_back and not lost and unusual(case) >= FAR_ABOVE and case.race is not None and case.race.best < 1:
        return too_high(case, 2 * last / max(min(case.race.levels), 1e-12) / 4)
    if came_back and not lost and case.race is not None and case.race.level(1.0) < 0.5 * last:
        return thrown_about(
            case, 2 * last / max(case.race.level(1.0), 1e-12) / 4
        )  # the same rate, kept, does no such thing
    held_back = case.race is not None and min(case.race.level(0.1), case.race.level(0.01)) < 0.7 * last
    if held_back and not lost and last < 10 * max(ground, 1e-12) and not _climbing(train.values):
        return None
    if over > 1:
        return verdict_of("diverged", 1 + over, case, words.exploded(facts), since, (climb,))
    return verdict_of("diverged", 1 + stays / facts.scale, case, words.lost(train, since), since, (climb,))


def _climbing(values: np.ndarray) -> bool:
    """Whether the loss grows on and on: most of its steps in the last half go up."""
    steps = np.diff(values[len(values) // 2 :])
    return len(steps) >= 3 and float(np.mean(steps > 0)) > 0.8 and values[-1] > 2 * values[len(values) // 2]


def thrown_about(case: Case, margin: float) -> Verdict:
    """Training loss jumps instead of settling."""
    train = case.facts.train
    text = f"training loss moves by {short(train.noise)} from one epoch to the next"
    return verdict_of(
        "unstable", margin, case, words.unstable(case.facts), None, (Evidence("train_noise", train.noise, text),)
    )
