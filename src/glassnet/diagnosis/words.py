"""The sentences and actions of verdicts: plain words around the numbers."""

from glassnet.diagnosis.course import Course
from glassnet.diagnosis.facts import Facts
from glassnet.diagnosis.verdict import Kind
from glassnet.plots.readable import short

NOTHING = "There is no training loss to judge yet: not one epoch is finished."
NO_VALIDATION = "There was no validation, so overfitting could not be seen."


def not_finite(name: str, epoch: int, before: float | None) -> str:
    """For a loss that became NaN or infinite."""
    came = f"; the epoch before it was {short(before)}" if before is not None else ""
    return f"Training broke down: the {name} loss stopped being a finite number in epoch {epoch}{came}."


def exploded(train: Course) -> str:
    """For a training loss that grew."""
    start, end = short(train.start), short(float(train.values[-1]))
    return f"Training broke down: the training loss grew from {start} to {end} instead of falling."


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


def actions(
    kind: Kind, epochs: int, since: int | None = None, *, validated: bool = True, learned: float = 1.0
) -> tuple[str, ...]:
    """What to do about it, most useful first, at most three."""
    table: dict[Kind, tuple[str, ...]] = {
        "good_fit": ("Keep this network; judge it by its test result.",),
        "overfitting": (
            f"Keep the weights of the best epoch ({since}): EarlyStopping(restore_best_weights=True).",
            "Add Dropout(0.2 to 0.5) or an L2 penalty, or use fewer units.",
            "Get more training rows, or augment those there are.",
        ),
        "underfitting": (
            "Give the network more units or one more layer, and less dropout or penalty.",
            "Try a learning rate 3 times as large, then one 3 times as small.",
            "Check that the columns can tell the answer at all: look at the linear model beside it.",
        ),
        "not_converged": (
            f"Train longer: about {max(20, 2 * epochs)} epochs.",
            "If the curves fall slowly and smoothly, try a learning rate 3 times as large.",
        ),
        "diverged": (
            "Use a learning rate 10 times as small.",
            "Check that the inputs are scaled and that no cell is huge, missing or infinite.",
            "Clip the gradients: an optimizer with clipnorm=1.0.",
        ),
        "no_better_than_baseline": (
            "Check the data first: the right target, the right columns, and both in step row by row.",
            "Try a learning rate 10 times as small, then one 10 times as large.",
            "If the linear model is no better either, look for columns that carry more.",
        ),
    }
    chosen = table[kind]
    if kind == "good_fit" and learned < 0.5:
        chosen = ("Try a network twice as wide once, to see whether more can be learned.", *chosen)
    if not validated and kind != "diverged":
        chosen = ("Set rows aside for validation: validation_split=0.2.", *chosen)[:3]
    return chosen
