"""What to do about each kind, the most useful first, at most three; each names what `advise` can try where it can be tried."""

from glassnet.diagnosis.case import Case
from glassnet.diagnosis.verdict import MOST_ACTIONS, Kind
from glassnet.foundation.readable import short

SPLIT = "Set rows aside for validation: validation_split=0.2."


def actions(kind: Kind, case: Case, since: int | None = None) -> tuple[str, ...]:
    """The actions for a verdict of this kind."""
    chosen = list(_TABLE[kind](case, since))
    if kind == "good_fit" and case.facts.learned < 0.5:
        chosen.insert(0, "Try a network twice as wide once, to see whether more can be learned.")
    if case.facts.val is None and kind != "diverged":
        chosen.insert(0, SPLIT)
    return tuple(chosen[:MOST_ACTIONS])


def _rate(case: Case, factor: float) -> str:
    """A learning rate so many times as large, in numbers where the rate is known."""
    times = f"{short(factor if factor >= 1 else 1 / factor)} times as {'large' if factor >= 1 else 'small'}"
    rate = case.told.rate
    return times if rate is None else f"{times}: {short(rate * factor, 2)}"


def _best_factor(case: Case, fallback: float) -> float:
    race = case.race
    if race is None or race.best == 1:
        return fallback
    return race.best


def _overfitting(case: Case, since: int | None) -> list[str]:
    first = f"Keep the weights of the best epoch ({since}): EarlyStopping(restore_best_weights=True)."
    more = "Add Dropout(0.3) or an L2 penalty of 0.001, or use half the units."
    if case.told.dropout:
        more = "Use half the units, or an L2 penalty of 0.001 beside the dropout there is."
    return [first, more, "Get more training rows, or augment those there are."]


def _over_confident(case: Case, since: int | None) -> list[str]:
    return [
        f"Keep the weights of the epoch with the lowest validation loss ({since}): EarlyStopping(restore_best_weights=True).",
        "Add an L2 penalty of 0.001, label smoothing of 0.1, or Dropout(0.3).",
        "The answers are as right as before; only their probabilities are too sure. Calibrate them on held-out rows.",
    ]


def _underfitting(case: Case, since: int | None) -> list[str]:
    less = "Take the dropout or the penalty away, or make it much smaller."
    chosen = [less] if case.told.dropout or case.told.penalty else []
    return [
        *chosen,
        "Give the network more units, and one more hidden layer with relu.",
        "Train for more epochs, and try a learning rate 3 times as large.",
        "Make features that carry more: ratios, dates in parts, interactions.",
    ]


def _not_converged(case: Case, since: int | None) -> list[str]:
    return [
        f"Train longer: about {max(20, 3 * case.facts.epochs)} epochs, with EarlyStopping.",
        f"Try a learning rate {_rate(case, 3)}.",
    ]


def _too_high(case: Case, since: int | None) -> list[str]:
    return [
        f"Use a learning rate {_rate(case, min(_best_factor(case, 0.1), 0.1))}.",
        "Let the rate fall while training: ReduceLROnPlateau, or a schedule with warm-up and decay.",
        "Find a rate: tuning.find_learning_rate(model, x, y).",
    ]


def _too_low(case: Case, since: int | None) -> list[str]:
    return [
        f"Use a learning rate {_rate(case, max(_best_factor(case, 10.0), 10.0))}.",
        "Find a rate: tuning.find_learning_rate(model, x, y).",
        f"Only then train longer than {case.facts.epochs} epochs.",
    ]


def _plateau(case: Case, since: int | None) -> list[str]:
    alike = case.sight is not None and case.sight.alike
    first = "Start from weights that differ: kernel_initializer='glorot_uniform' or 'he_normal'."
    better = "Use relu instead of sigmoid in hidden layers, and fewer of them or BatchNormalization between."
    return [
        *([first] if alike else []),
        "Use Adam with a learning rate of 0.003, and no schedule that ends too soon.",
        better,
        "Start again from another seed.",
    ]


_TABLE = {
    "good_fit": lambda case, since: ["Keep this network; judge it by its test result."],
    "overfitting": _overfitting,
    "underfitting": _underfitting,
    "over_confident": _over_confident,
    "not_converged": _not_converged,
    "plateau": _plateau,
    "learning_rate_too_high": _too_high,
    "learning_rate_too_low": _too_low,
    "diverged": lambda case, since: [
        f"Use a learning rate {_rate(case, 0.1)}.",
        "Scale inputs and targets to about one, and check that no cell is huge, missing or infinite.",
        "Clip the gradients: an optimizer with clipnorm=1.0.",
    ],
    "unstable": lambda case, since: [
        "Use larger batches: 32 or 64 rows.",
        f"Use a learning rate {_rate(case, 1 / 3)}, and no schedule that swings up.",
        "Clip the gradients (clipnorm=1.0), and look at rows with extreme targets.",
    ],
    "no_better_than_baseline": lambda case, since: [
        "Check the data first: the right target, the right columns, and both in step row by row.",
        "Look for columns that carry more: a simple model finds nothing in these either.",
        "Get more rows if the effect looked for is small.",
    ],
    "too_little_validation": lambda case, since: [
        "Set more rows aside: validation_split=0.2 to 0.3, of at least 30 rows.",
        "Use every row in turn: tuning.cross_validate(model, x, y, folds=5).",
        "Get more rows.",
    ],
    "suspiciously_good": lambda case, since: [
        "Find where the answer comes in: drop the column named here if it would not be known when predicting.",
        "Split before copying, augmenting or scaling, and keep rows that belong together on one side.",
        "Judge again on rows that were collected apart from these.",
    ],
    "distribution_shift": lambda case, since: [
        "Prepare validation rows exactly as the training rows: same scaler, same units, same columns.",
        "Draw the split at random, stratified on the target; split by time only when the future is what is predicted.",
        "If the world did change, get training rows from where the network will be used.",
    ],
}
