"""Making a verdict: how sure it is by how clearly its rule holds, the numbers that every verdict carries, and what to do."""

import math
from collections.abc import Sequence

from glassnet.diagnosis import words
from glassnet.diagnosis.case import Case
from glassnet.diagnosis.remedies import actions
from glassnet.diagnosis.verdict import Evidence, Kind, Verdict

FEWEST_EPOCHS = 5
"""With fewer epochs no noise can be told from a trend."""

_FROM_ROWS = ("suspiciously_good", "distribution_shift", "too_little_validation")


def verdict_of(
    kind: Kind,
    margin: float,
    case: Case,
    sentence: str,
    since: int | None = None,
    more: Sequence[Evidence] = (),
) -> Verdict:
    """The verdict of a rule that holds.

    Args:
        kind: what it is.
        margin: how many times over the rule's threshold was passed; 1 is just so.
        case: what was looked at.
        sentence: it in words.
        since: the epoch from which it holds.
        more: the numbers the rule looked at.
    """
    facts = case.facts
    if kind == "overfitting" and facts.never_better:
        sentence = f"{sentence} {words.never_better(facts)}"
    if facts.val is None and kind != "diverged":
        sentence = f"{sentence} {words.NO_VALIDATION}"
    chosen = actions(kind, case, since)
    return Verdict(kind, confidence(kind, margin, case), sentence, since, (*more, *facts.evidence()), chosen)


def confidence(kind: Kind, margin: float, case: Case) -> float:
    """From 0.55, for a threshold just passed, towards 0.99; less after few epochs, without validation or without the rows."""
    facts = case.facts
    sure = 0.55 + 0.45 * (1 - math.exp(-0.8 * max(margin - 1, 0.0)))
    if kind in _FROM_ROWS:
        return round(min(sure, 0.99), 2)
    sure *= facts.epochs / (facts.epochs + 2)
    if facts.epochs < FEWEST_EPOCHS and kind == "not_converged" and case.race is None:
        sure = 0.1 + 0.05 * facts.epochs
    if facts.val is None and kind != "diverged":
        sure *= 0.6
    if kind == "good_fit":
        sure *= 0.6 + 0.4 * min(max(facts.learned, 0.0) / 0.5, 1.0)
    if (
        facts.baseline is None
        and case.sight is None
        and kind in ("good_fit", "underfitting", "no_better_than_baseline")
    ):
        sure *= 0.8
    return round(min(sure, 0.99), 2)
