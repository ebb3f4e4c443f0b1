"""The sentences and actions of verdicts: plain words around the numbers."""

from glassnet.diagnosis.case import Case
from glassnet.diagnosis.course import Course
from glassnet.diagnosis.facts import Facts
from glassnet.diagnosis.sight.flow import Flow
from glassnet.diagnosis.sight.seen import Sight
from glassnet.foundation.readable import percent, short

NOTHING = "There is no training loss to judge yet: not one epoch is finished."
NO_VALIDATION = "There was no validation, so overfitting could not be seen."


def not_finite(name: str, epoch: int, before: float | None) -> str:
    """For a loss that became NaN or infinite."""
    came = f"; the epoch before it was {short(before)}" if before is not None else ""
    return f"Training broke down: the {name} loss stopped being a finite number in epoch {epoch}{came}."


def exploded(facts: Facts) -> str:
    """For a training loss that grew, or stayed far above a guess's from the first epoch on."""
    start, end = facts.train.start, float(facts.train.values[-1])
    if end <= start and facts.baseline is not None:
        return f"Training broke down: the training loss ended at {short(end)}; a constant answer costs {short(facts.baseline)}."
    return f"Training broke down: the training loss grew from {short(start)} to {short(end)} instead of falling."


def lost(train: Course, epoch: int) -> str:
    """For a training loss that fell and then came back."""
    low, end = short(train.measured(epoch)), short(float(train.values[-1]))
    return f"Training broke down: the training loss fell to {low} by epoch {epoch} and then rose again to {end}."


def too_short(facts: Facts) -> str:
    """For histories of one to four epochs."""
    epochs = "one epoch" if facts.epochs == 1 else f"{facts.epochs} epochs"
    return f"After {epochs} it is too early to judge; the training loss is {_seen(facts)[0]} so far."


def overfitting(epoch: int, val: Course, train: Course) -> str:
    """For a validation loss that turned."""
    pairs = [(short(course.measured(epoch)), short(float(course.values[-1]))) for course in (val, train)]
    return (
        f"After epoch {epoch} the network began to learn its training rows by heart: validation loss rose from "
        f"{pairs[0][0]} to {pairs[0][1]}, while training loss fell on from {pairs[1][0]} to {pairs[1][1]}."
    )


def never_better(facts: Facts) -> str:
    """For an overfitting that no early stop would cure."""
    return f"Even at its best, validation loss was no better than the {short(facts.baseline)} of a constant answer."


def memorised(epoch: int, facts: Facts) -> str:
    """For a validation loss left standing."""
    train, val = _seen(facts)
    return (
        f"From epoch {epoch} on the network fits its training rows much better than others: training loss {train}, "
        f"validation loss {val}, and the gap is beyond noise."
    )


def _seen(facts: Facts) -> tuple[str, str]:
    """Training and validation loss of the weights in hand, as the user saw them."""
    return short(facts.train.measured(facts.hand)), short(facts.val.measured(facts.hand) if facts.val else None)


def not_converged(facts: Facts) -> str:
    """For losses that were on their way down."""
    fall, _ = facts.train.tail()
    count = min(facts.epochs, max(3, facts.epochs // 5))
    both = "Training and validation loss were" if facts.val else "Training loss was"
    last = short(float(facts.train.values[-1]))
    level = f" (validation {short(float(facts.val.values[-1]))})" if facts.val else ""
    return (
        f"{both} still falling when training stopped after epoch {facts.epochs}: by {short(fall)} over the last "
        f"{count} epochs, to {last}{level}."
    )


def no_better(facts: Facts, lead: float) -> str:
    """For a network that a constant answer equals."""
    name, course = ("validation", facts.val) if facts.val else ("training", facts.train)
    level = course.measured(facts.hand)
    how = "no better than" if lead <= course.error else "within chance of"
    return (
        f"The curves do not show that the network has learned anything that helps: its {name} loss of "
        f"{short(level)} is {how} the {short(facts.baseline)} of always giving the same answer."
    )


def underfitting(facts: Facts, learned: float) -> str:
    """For a training loss stuck high."""
    against = "of always giving the same answer" if facts.baseline is not None else "it began with"
    if learned <= 0:
        return f"The network cannot fit even its training rows: training loss stays at {_seen(facts)[0]}."
    return (
        f"The network hardly fits even its training rows: training loss levelled off at {_seen(facts)[0]}, "
        f"only {100 * learned:.0f} % under the {short(facts.scale)} {against}."
    )


def good_fit(facts: Facts) -> str:
    """For curves that nothing speaks against."""
    if facts.val is None or facts.gap is None:
        return f"Training loss has levelled off at {_seen(facts)[0]}."
    train, val = _seen(facts)
    if facts.restored and facts.val.end - facts.val.at(facts.hand) > 3 * facts.val.error:
        began = (
            f"The weights of epoch {facts.hand} were put back, before more training could harm: validation loss "
            f"{val}, training loss {train}"
        )
    else:
        began = f"Both losses have levelled off, training at {train} and validation at {val}"
    if facts.gap <= 3 * facts.gap_error:
        return f"{began}; the difference is within noise."
    return f"{began}; the gap of {short(facts.gap)} is small beside what was learned."


def too_little(rows: int) -> str:
    """For validation rows that cannot carry a judgement."""
    return (
        f"With {rows} validation rows nothing can be said for sure: a single row more or less right would change the "
        f"picture, whatever the curves show."
    )


def shared(share: float) -> str:
    """For validation rows that were trained on."""
    return (
        f"The validation numbers cannot be trusted: {percent(share)} of the validation rows stand among the training rows "
        f"too, so they measure memory."
    )


def telling(column: str, alone: float, rest: float) -> str:
    """For a column that is the answer in disguise."""
    return (
        f"This looks too good: column {column} alone all but gives the target away, with {percent(alone)} of a "
        f"constant answer's error, where all others together leave {percent(rest)}. Would it be known when predicting?"
    )


def shifted(what: str, sight: Sight) -> str:
    """For validation rows from elsewhere."""
    area = short(sight.inputs[0])
    said = {
        "inputs": f"their inputs can be told apart (AUC {area}, where 0.5 would be the same distribution)",
        "answers": f"their answers are distributed otherwise ({percent(sight.answers[0])} apart)",
        "meaning": "the inputs look alike, but what predicts the training rows does not hold for them",
    }[what]
    return f"The validation rows do not come from where the training rows come from: {said}."


def too_high(case: Case) -> str:
    """For a rate that a lower one beats."""
    race = case.race
    end = short(float(case.facts.train.values[-1]))
    if race is None:
        return f"The learning rate is too high: training loss ends at {end}."
    factor = min((0.01, 0.1), key=race.level)
    return (
        f"The learning rate of {short(race.rate, 2)} is too high: training loss ends at {end}, and the same network reached "
        f"{short(race.level(factor))} with a rate of {short(race.rate * factor, 2)}."
    )


def too_low(case: Case) -> str:
    """For a rate that a higher one beats by far."""
    race, epochs = case.race, case.facts.epochs
    end = short(float(case.facts.train.values[-1]))
    if race is None:
        return f"The learning rate is too low: after {epochs} epochs training loss is still falling, at {end}."
    factor = min((10.0, 100.0), key=race.level)
    return (
        f"The learning rate of {short(race.rate, 2)} is too low: after {epochs} epochs training loss is {end}, and the same "
        f"network reached {short(race.level(factor))} in {race.epochs} with a rate of {short(race.rate * factor, 2)}."
    )


def plateau(case: Case) -> str:
    """For a network that stands still though it can do better."""
    race = case.race
    levels = [] if race is None else [*race.levels, *([race.rescue] if race.rescue is not None else [])]
    could = f", though the same network reached {short(min(levels))} when started anew otherwise" if levels else ""
    return f"Training stands still at a loss of {short(float(case.facts.train.values[-1]))}{could}."


def alike() -> str:
    """For units that cannot be told apart."""
    return (
        "Training stands still: all units of a hidden layer have the same weights, get the same gradient, and so can never "
        "learn different things."
    )


def blocked(facts: Facts, flow: Flow) -> str:
    """For a layer whose units are dead or saturated, or gradients that vanish."""
    level = f"Training stands still at a loss of {_seen(facts)[0]}"
    if flow.passes < flow.fades:
        return f"{level}: the units of {flow.layer} are dead or saturated, and let {percent(flow.passes)} of the error through."
    return f"{level}: the gradient vanishes, and the first hidden layer gets {short(flow.fades)} of what the last one gets."


def unstable(facts: Facts) -> str:
    """For a loss that jumps."""
    train = facts.train
    part = train.values[len(train.values) // 3 :]
    return (
        f"Training is unstable: its loss jumps between {short(float(part.min()))} and {short(float(part.max()))} from epoch to "
        f"epoch instead of settling."
    )


def over_confident(epoch: int, val: Course) -> str:
    """For a validation loss that rises at steady accuracy."""
    low, end = short(val.measured(epoch)), short(float(val.values[-1]))
    return (
        f"After epoch {epoch} the network grew too sure of itself: validation loss rose from {low} to {end} while validation "
        f"accuracy held. Its answers are as good, its probabilities are not."
    )
