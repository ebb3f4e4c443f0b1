"""What curves of a known making are taken for."""

import numpy as np
import pytest

from glassnet.diagnosis.case import Case, Told
from glassnet.diagnosis.judge import judge_curves
from glassnet.diagnosis.rules_curves import jumps, leaps

FALL = 0.1 + 0.6 * np.exp(-np.arange(60) / 6)


def facts(loss):
    return Case({"loss": loss}, Told(baseline_loss=0.69)).facts


def test_rare_leaps_are_counted_where_the_loss_is_calm_between_them():
    wild = FALL.copy()
    wild[[25, 40, 55]] += 0.3
    assert leaps(facts(wild)) == 3 and jumps(facts(wild)) < 1
    assert judge_curves({"loss": wild, "val_loss": wild}, baseline_loss=0.69).kind == "unstable"
    assert leaps(facts(FALL)) == 0 and judge_curves({"loss": FALL, "val_loss": FALL}).kind == "good_fit"


def over_confident_or_not(accuracy):
    val = 0.35 + 0.35 * np.exp(-np.arange(60) / 4) + 0.008 * np.maximum(0, np.arange(60) - 20)
    curves = {"loss": FALL - 0.09, "val_loss": val, "accuracy": np.linspace(0.7, 1, 60), "val_accuracy": accuracy}
    return judge_curves(curves, baseline_loss=0.69, validation_rows=400, baseline_metric=0.5)


def test_accuracy_tells_an_over_confident_network_from_one_that_overfits():
    held, fell = (
        np.r_[np.linspace(0.6, 0.85, 20), np.full(40, 0.84)],
        np.r_[np.linspace(0.6, 0.85, 20), np.full(40, 0.75)],
    )
    assert over_confident_or_not(held).kind == "over_confident"
    assert over_confident_or_not(fell).kind == "overfitting"


@pytest.mark.parametrize(("rows", "kind"), [(None, "good_fit"), (100_000, "overfitting")])
def test_a_small_rise_counts_where_enough_rows_bear_it_out(rows, kind):
    val = 0.3 + 0.4 * np.exp(-np.arange(60) / 4) + 0.0007 * np.maximum(0, np.arange(60) - 20)
    train = 0.2 + 0.5 * np.exp(-np.arange(60) / 9)
    assert judge_curves({"loss": train, "val_loss": val}, validation_rows=rows, baseline_loss=0.69).kind == kind
