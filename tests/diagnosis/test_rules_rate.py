"""What the rate and a second try say, on cases made so that the answer is known."""

import numpy as np
import pytest

from glassnet.diagnosis.case import Case, Told
from glassnet.diagnosis.judge import judge, judge_curves
from glassnet.diagnosis.sight.flow import Flow
from glassnet.diagnosis.sight.race import Race
from glassnet.diagnosis.sight.seen import Measured, Sight

SIGHT = {
    "classes": 2,
    "rows": 400,
    "val_rows": 200,
    "columns": 4,
    "base": 0.69,
    "train": Measured(0.6, 0.01),
    "val": Measured(0.6, 0.02),
    "lead": Measured(0.09, 0.01),
    "train_lead": Measured(0.09, 0.01),
    "hits": (0.6, 0.6),
    "base_hits": 0.5,
    "rival_inner": Measured(0.4, 0.02),
    "rival_excess": Measured(0.3, 0.02),
    "rival_change": Measured(0.0, 0.02),
    "rival_share": 0.6,
    "telling": None,
    "shared": (0.0, 0.0),
    "inputs": (0.5, 0.0),
    "answers": (0.01, 0.0),
    "cooled": 0.6,
    "alike": False,
    "parameters": 50,
}


def case(loss, levels=None, rescue=None, flow=None, rate=0.001, seen=None):
    told = Told(optimizer="adam", rate=rate, baseline_loss=0.69, validation_rows=200)
    made = Case({"loss": loss, "val_loss": loss}, told)
    made.__dict__["sight"] = Sight(**{**SIGHT, **(seen or {})})
    made.__dict__["race"] = levels and Race((0.01, 0.1, 1.0, 10.0, 100.0), levels, len(loss), rate, rescue)
    made.__dict__["flow"] = flow
    return made


STILL = [0.68, 0.65, 0.62] + [0.6] * 37


def test_a_network_that_stands_where_others_get_on_is_stuck_and_one_where_none_does_is_too_simple():
    assert judge(case(STILL, (0.69, 0.65, 0.6, 0.2, 0.6), 0.2)).kind == "plateau"
    assert judge(case(STILL, (0.69, 0.65, 0.6, 0.6, 0.6), 0.6)).kind == "underfitting"


@pytest.mark.parametrize(
    ("flow", "said"), [(Flow("dense_1", 0.0, 1.0), "dead or saturated"), (Flow("dense", 0.2, 1e-5), "vanishes")]
)
def test_an_error_that_does_not_come_down_is_a_plateau(flow, said):
    verdict = judge(case(STILL, (0.69, 0.65, 0.6, 0.6, 0.6), 0.6, flow))
    assert verdict.kind == "plateau" and said in verdict.sentence
    assert {"passes", "fades"} <= {item.name for item in verdict.evidence}


def test_a_rate_that_a_lower_one_beats_is_too_high():
    verdict = judge(case(STILL, (0.1, 0.1, 0.6, 0.7, 0.7), 0.1, rate=1.0))
    assert verdict.kind == "learning_rate_too_high" and "reached 0.1" in verdict.sentence


def test_a_small_rate_that_a_higher_one_beats_is_too_low():
    loss = list(np.linspace(0.69, 0.6, 40))
    assert judge(case(loss, (0.69, 0.69, 0.6, 0.3, 0.1), 0.1, rate=1e-5)).kind == "learning_rate_too_low"


def test_a_very_large_rate_that_threw_the_weights_far_is_too_high_though_they_came_back():
    good = {"lead": Measured(0.6, 0.01), "train_lead": Measured(0.6, 0.01), "rival_excess": Measured(0.0, 0.02)}
    loss = [30.0, 9.0, 2.0, 0.5, 0.1] + [0.02] * 20
    levels, calm = (0.01, 0.005, 0.02, 0.9, 2.0), [0.5, 0.3, 0.2, 0.15, 0.12] + [0.1] * 20
    assert judge(case(loss, levels, 0.01, rate=1.0, seen=good)).kind == "learning_rate_too_high"
    assert judge(case(loss, levels, 0.01, rate=0.002, seen=good)).kind == "good_fit"
    assert judge(case(calm, (0.2, 0.1, 0.1, 0.9, 2.0), 0.1, rate=1.0, seen=good)).kind == "good_fit"


def test_a_straight_slow_fall_tells_of_a_low_rate_and_a_bent_one_of_too_few_epochs():
    straight, bent = np.linspace(0.69, 0.55, 30), 0.45 + 0.25 * np.exp(-np.arange(30) / 25)
    assert judge_curves({"loss": straight, "val_loss": straight}).kind == "learning_rate_too_low"
    assert judge_curves({"loss": bent, "val_loss": bent}).kind == "not_converged"
