"""Rules that look at the rows: too few of them, given-away targets, and validation rows from elsewhere."""

import math

from glassnet.diagnosis import words
from glassnet.diagnosis.case import Case
from glassnet.diagnosis.making import verdict_of
from glassnet.diagnosis.sight.seen import Sight
from glassnet.diagnosis.verdict import Evidence, Verdict
from glassnet.foundation.readable import percent, short

FEWEST_ROWS = 12
"""With fewer validation rows nothing can be said of any difference."""

ENOUGH_ROWS = 20
"""With fewer, harm that is plain can be named, but nobody can say that there is none."""

_NEVER_JUDGED = 25


def too_little(case: Case) -> Verdict | None:
    """So few validation rows that their luck is larger than anything they could show."""
    rows = case.told.validation_rows
    if rows is None or case.facts.val is None or rows >= _NEVER_JUDGED:
        return None
    sight = case.sight
    doubt = _doubt(sight) if sight is not None else 0.0
    if rows >= FEWEST_ROWS and doubt <= 1:
        return None
    proof = [Evidence("validation_rows", rows, f"{rows} validation rows")]
    if sight is not None and sight.val is not None:
        error = sight.val.error
        proof.append(Evidence("val_uncertainty", error, f"their loss is uncertain by {short(error)} by luck alone"))
    margin = max(FEWEST_ROWS / rows, doubt) if rows < FEWEST_ROWS else doubt
    return verdict_of("too_little_validation", margin, case, words.too_little(rows), None, proof)


def too_little_to_praise(case: Case) -> Verdict | None:
    """Nothing speaks against the training, but there are too few validation rows to speak for it."""
    rows = case.told.validation_rows
    if rows is None or case.facts.val is None or rows >= ENOUGH_ROWS:
        return None
    proof = (Evidence("validation_rows", rows, f"{rows} validation rows"),)
    return verdict_of("too_little_validation", ENOUGH_ROWS / rows, case, words.too_little(rows), None, proof)


def _doubt(sight: Sight) -> float:
    """How far the rows are from telling the network from a guess, while the training rows say it learned; 1 is the border."""
    if sight.lead is None or sight.train_lead is None or sight.train_lead.mean < 0.3 * sight.base:
        return 0.0
    return 2 * sight.lead.error / max(sight.lead.mean, 1e-12) if sight.lead.mean > 0 else 0.0


def leaking(case: Case) -> Verdict | None:
    """Validation rows are training rows, or one column says what all others together cannot."""
    sight = case.sight
    if sight is None:
        return None
    share, chance = sight.shared
    if share - chance > 0.1 and share * sight.val_rows >= 3 and (chance < 0.1 or share > 0.9 + 0.1 * chance):
        proof = Evidence("shared_rows", share, f"{percent(share)} of the validation rows are among the training rows")
        return verdict_of("suspiciously_good", 1 + (share - chance) / 0.1, case, words.shared(share), None, (proof,))
    if sight.telling is None:
        return None
    number, alone, rest, other = sight.telling
    names = case.told.columns
    column = repr(names[number]) if number < len(names) else f"{number} (counted from 0)"
    better = rest >= 3 * alone and (rest >= 0.25 or (alone <= 0.02 and rest >= 0.06))
    if not better and not (alone <= 0.02 and other >= 0.3):
        return None
    proof = (
        Evidence(
            "telling_column", number, f"column {column} alone leaves {percent(alone)} of a constant answer's error"
        ),
        Evidence("error_without", rest, f"all other columns leave {percent(rest)} in a simple model"),
    )
    margin = min(max(rest / max(3 * alone, 0.01), other / 0.3), 4.0)
    return verdict_of("suspiciously_good", margin, case, words.telling(column, alone, rest), None, proof)


def shifted(case: Case) -> Verdict | None:
    """Validation rows can be told from training rows, or what holds for the one does not hold for the other."""
    sight = case.sight
    if sight is None:
        return None
    margins = {"inputs": _input_margin(sight), "answers": _answer_margin(sight), "meaning": _meaning_margin(sight)}
    what = max(margins, key=lambda name: margins[name])
    if margins[what] <= 1:
        return None
    area, apart = sight.inputs[0], sight.answers[0]
    proof = [
        Evidence("input_auc", area, f"a classifier tells validation from training inputs with AUC {short(area)}"),
        Evidence("answers_apart", apart, f"the answers' distributions are {percent(apart)} apart"),
    ]
    if sight.rival_change is not None:
        change = sight.rival_change
        text = f"a simple model's loss is {short(change.mean)} ± {short(change.error)} above that on held-out training rows"
        proof.append(Evidence("simple_model_change", change.mean, text))
    return verdict_of("distribution_shift", margins[what], case, words.shifted(what, sight), None, proof)


def _input_margin(sight: Sight) -> float:
    area, sigmas = sight.inputs
    if area > 0.72:
        return min((area - 0.5) / 0.22, sigmas / 3.5)
    harmed = sight.rival_change is not None and sight.rival_change.mean > 3 * sight.rival_change.error
    return min((area - 0.5) / 0.12, sigmas / 3) if harmed else 0.0


def _answer_margin(sight: Sight) -> float:
    apart, sigmas = sight.answers
    return min(apart / 0.25, sigmas / 5)


def _meaning_margin(sight: Sight) -> float:
    """The same inputs, other answers: a simple model that held on training rows it had not seen fails on these."""
    change, lead = sight.rival_change, sight.rival_inner
    if change is None or lead is None or lead.mean < 3 * lead.error or lead.mean < 0.15 * sight.base:
        return 0.0
    failed = change.mean / max(0.6 * lead.mean, 1e-12)
    network = sight.train_lead is not None and sight.lead is not None and sight.lead.mean < 0.4 * sight.train_lead.mean
    return min(failed, change.mean / max(5 * change.error, 1e-12), math.inf if network else 1.0)
