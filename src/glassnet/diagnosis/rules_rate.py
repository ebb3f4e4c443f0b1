"""Rules about the learning rate and being stuck: what a second try with other rates tells of a loss that stays high."""

import numpy as np

from glassnet.diagnosis import words
from glassnet.diagnosis.case import Case
from glassnet.diagnosis.making import FEWEST_EPOCHS, verdict_of
from glassnet.diagnosis.sight.flow import Flow
from glassnet.diagnosis.sight.race import Race
from glassnet.diagnosis.verdict import Evidence, Verdict
from glassnet.foundation.readable import percent, short

_USUAL = {
    "adam": 1e-3,
    "adamw": 1e-3,
    "nadam": 1e-3,
    "adamax": 1e-3,
    "rmsprop": 1e-3,
    "lion": 1e-4,
    "sgd": 1e-2,
    "adagrad": 1e-2,
    "adadelta": 0.3,
    "adafactor": 1e-3,
    "ftrl": 1e-2,
}
"""Rates that suit many networks; what is far below one is small whatever the network."""

_CLEARLY = 0.75

FAR_ABOVE = 20
"""Times the usual rate of its optimizer from where on a rate is suspect by itself."""

_ABSURD = 100

_THROWN = 5
"""Times a constant answer's loss in the first epoch that tell of weights thrown far off."""


def unusual(case: Case) -> float:
    """How many times the usual rate of its optimizer this training's was; 1 where that is not known."""
    usual, rate = _USUAL.get(case.told.optimizer), case.told.rate
    return 1.0 if usual is None or rate is None or rate <= 0 else rate / usual


def reached(case: Case) -> float:
    """The training loss at the end: the mean over the last tenth."""
    values = case.facts.train.values
    return float(np.mean(values[-max(1, len(values) // 10) :]))


def gains(case: Case, factors: tuple[float, ...]) -> float:
    """How clearly one of these rates ends lower: 1 where it leaves three quarters of the loss, and 5 % of a constant answer's."""
    race = case.race
    if race is None:
        return 0.0
    whole = race.epochs >= 0.9 * case.facts.epochs
    mine = min(race.level(1.0), reached(case)) if whole else race.level(1.0)
    mine = reached(case) if not np.isfinite(mine) else mine
    theirs = min(race.level(factor) for factor in factors)
    return _gain(mine, theirs, case.facts.scale)


def rescued(case: Case) -> float:
    """How clearly the same network ends lower with Adam and a usual rate."""
    race = case.race
    if race is None or race.rescue is None:
        return 0.0
    return _gain(reached(case), race.rescue, case.facts.scale)


def _gain(mine: float, theirs: float, scale: float) -> float:
    if not np.isfinite(theirs) or theirs >= mine:
        return 0.0
    saved = mine - theirs
    return min(saved / max((1 - _CLEARLY) * abs(mine), 1e-12), saved / (0.05 * scale))


def proof(race: Race | None) -> list[Evidence]:
    """What other rates reached."""
    if race is None:
        return []
    found = []
    for factor, level in zip(race.factors, race.levels, strict=True):
        text = f"rate {short(race.rate * factor, 2)}: training loss {short(level)} after {race.epochs} epochs"
        found.append(Evidence(f"loss_at_rate_times_{factor:g}", level, text))
    if race.rescue is not None:
        found.append(Evidence("loss_with_adam", race.rescue, f"Adam at 0.001 to 0.01: {short(race.rescue)}"))
    return found


def too_high(case: Case, margin: float) -> Verdict:
    """A lower rate gets further."""
    return verdict_of("learning_rate_too_high", margin, case, words.too_high(case), None, proof(case.race))


def too_low(case: Case, margin: float) -> Verdict:
    """A higher rate gets much further in as many epochs."""
    return verdict_of("learning_rate_too_low", margin, case, words.too_low(case), None, proof(case.race))


def thrown_far(case: Case) -> Verdict | None:
    """The first steps of a very large rate threw the weights far off, and a lower rate gets as far at least."""
    facts, race = case.facts, case.race if unusual(case) >= FAR_ABOVE else None
    start = facts.train.start / facts.scale if facts.baseline is not None else 0.0
    if race is None or facts.epochs < FEWEST_EPOCHS:
        return None
    far = start > _THROWN and min(race.level(0.01), race.level(0.1)) <= 0.75 * reached(case)
    low = gains(case, (0.01, 0.1))
    enough = 1.0 if unusual(case) < _ABSURD else 0.5  # the further above the usual, the less proof is asked for
    return too_high(case, max(low / enough, start / _THROWN)) if far or low > enough else None


def stuck(case: Case) -> Verdict | None:
    """Why a training that could do better stands where it stands; None where nothing says that it could."""
    low, high, adam = gains(case, (0.01, 0.1)), gains(case, (10.0, 100.0)), rescued(case)
    alike = case.sight is not None and case.sight.alike
    if alike and low <= 1:
        return verdict_of("plateau", 3, case, words.alike(), None, proof(case.race))
    if low > 1 and (high <= 1 or unusual(case) > 3):
        return too_high(case, low)
    if small_rate(case):
        return too_low(case, max(high, adam))
    if case.flow is not None and case.flow.blocked:
        return _blocked(case, case.flow)
    if (adam > 1 or high > 1) and not standing(case):
        proofs = [
            Evidence("train_loss_last_fall", case.facts.train.tail(0.3)[0], "its fall over the last third"),
            *proof(case.race),
        ]
        return verdict_of("not_converged", max(adam, high), case, words.not_converged(case.facts), None, proofs)
    if adam > 1 or high > 1:
        return verdict_of("plateau", max(adam, high), case, words.plateau(case), standing_since(case), proof(case.race))
    return None


def _blocked(case: Case, flow: Flow) -> Verdict:
    """The error does not come down to the first layers."""
    proofs = [
        Evidence("passes", flow.passes, f"{flow.layer} lets {percent(flow.passes)} of the error through"),
        Evidence(
            "fades", flow.fades, f"the error at the first hidden layer is {short(flow.fades)} of that at the last"
        ),
    ]
    return verdict_of("plateau", 3, case, words.blocked(case.facts, flow), None, [*proofs, *proof(case.race)])


def small_rate(case: Case) -> float:
    """How clearly a rate below the usual one was to blame: a higher one gets further, or any usual rate from far below it."""
    how_low, high = unusual(case), gains(case, (10.0, 100.0))
    if how_low >= 0.4:
        return 0.0
    found = max(high, rescued(case)) if how_low < 0.1 else high
    return found if found > 1 else 0.0


def standing(case: Case) -> bool:
    """Whether training loss has come to rest: hardly a fall over its last third, beside its whole fall or what is possible."""
    train, race = case.facts.train, case.race
    fall, error = train.tail(1 / 3)
    levels = [] if race is None else [*race.levels, *([race.rescue] if race.rescue is not None else [])]
    possible = max(reached(case) - min(levels, default=reached(case)), 0.0)
    return case.facts.epochs >= 10 and fall < max(0.04 * train.fall, 0.05 * possible, 1.5 * error)


def standing_since(case: Case) -> int:
    """The epoch from which training loss stayed within a tenth of its whole fall of where it ended."""
    train = case.facts.train
    near = np.abs(train.level - train.end) <= max(0.1 * train.fall, 2 * train.noise)
    away = np.flatnonzero(~near)
    return int(train.epochs[min(away[-1] + 1, len(near) - 1)]) if len(away) else 1
