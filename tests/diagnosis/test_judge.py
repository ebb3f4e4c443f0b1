import json
from collections import Counter

import numpy as np
import pytest

from glassnet.diagnosis import judge_curves

LENGTHS = (5, 8, 15, 30, 60, 150, 500)
SCALES = (1e-3, 0.69, 5e4)


def decay(epochs, rate, start, floor):
    """From start + floor towards floor; `rate` time constants over the whole training."""
    return floor + start * np.exp(-np.arange(1, epochs + 1) / epochs * rate)


def good_fit(n, r):
    floor = r.uniform(0.03, 0.45)
    train = decay(n, r.uniform(7, 14), 1 - floor, floor)
    return train, train * r.uniform(1.0, 1.12)


def overfitting(n, r):
    turn, floor = max(1, int(n * r.uniform(0.2, 0.55))), r.uniform(0.2, 0.5)
    rise = np.maximum(0, np.arange(1, n + 1) - turn) / (n - turn) * r.uniform(0.3, 1.2) * floor
    return decay(n, r.uniform(3, 6), 0.97, 0.02), decay(n, 3.5 * n / turn, 1 - floor, floor) + rise


def memorised(n, r):
    floor = r.uniform(0.35, 0.8)
    return decay(n, r.uniform(6, 12), 1, 0.02), decay(n, 14, 1 - floor, floor)


def hopeless_overfitting(n, r):
    return decay(n, r.uniform(2, 6), 1, 0.02), 1 + r.uniform(0.3, 2) * np.arange(1, n + 1) / n


def too_short(n, r):
    train = decay(n, r.uniform(0.4, 1.7), 1, 0.02)
    return train, train * r.uniform(1.0, 1.1)


def slow(n, r):
    train = 1 - np.arange(1, n + 1) / n * r.uniform(0.15, 0.4)
    return train, train * 1.01


def underfitting(n, r):
    floor = r.uniform(0.78, 0.85)
    train = decay(n, r.uniform(7, 14), 1.02 - floor, floor)
    return train, train * r.uniform(1.0, 1.01)


def no_better_than_baseline(n, r):
    train = decay(n, r.uniform(7, 14), r.uniform(0, 0.1), r.uniform(0.985, 1.0))
    return train, np.full(n, r.uniform(1.0, 1.06))


def diverged_nan(n, r):
    train = decay(n, 3, 1, 0.1)
    train[r.integers(1, n) :] = r.choice([np.nan, np.inf, -np.inf])
    return train, decay(n, 3, 1, 0.1)


def diverged_upwards(n, r):
    train = np.exp(np.arange(1, n + 1) / n * r.uniform(1.5, 20))
    return train, 1.1 * train


def diverged_back(n, r):
    train = decay(n, 6, 0.9, 0.1)
    train[int(n * r.uniform(0.4, 0.6)) :] = r.uniform(0.95, 1.05)
    return train, 1.02 * train


FAMILIES = {
    good_fit: "good_fit",
    overfitting: "overfitting",
    memorised: "overfitting",
    hopeless_overfitting: "overfitting",
    too_short: "not_converged",
    slow: "learning_rate_too_low",
    underfitting: "underfitting",
    no_better_than_baseline: "no_better_than_baseline",
    diverged_nan: "diverged",
    diverged_upwards: "diverged",
    diverged_back: "diverged",
}


def curve_sets(family):
    """Noisy curve sets of a known kind: up to seven lengths at three scales, in loss units from a thousandth to 50,000."""
    for n in LENGTHS[4:] if family is slow else LENGTHS:
        for scale in SCALES:
            r = np.random.default_rng([n, int(1000 * scale), len(family.__name__)])
            sigma = r.choice([0.001, 0.004, 0.008])
            train, val = family(n, r)
            noisy = train + r.normal(0, sigma / 2, n), val + r.normal(0, sigma, n)
            yield {"loss": scale * noisy[0], "val_loss": scale * noisy[1]}, scale


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_curves_of_a_known_kind_are_judged_right(family):
    verdicts = [judge_curves(h, baseline_loss=scale, validation_rows=2000) for h, scale in curve_sets(family)]
    found = Counter(verdict.kind for verdict in verdicts)
    assert found[FAMILIES[family]] >= 0.95 * len(verdicts), found
    if FAMILIES[family] in ("overfitting", "diverged"):
        assert found["good_fit"] == 0


@pytest.mark.parametrize(
    "family", [overfitting, memorised, hopeless_overfitting, diverged_nan, diverged_upwards, diverged_back]
)
def test_harm_is_never_called_a_good_fit_without_a_baseline_either(family):
    kinds = [judge_curves(history).kind for history, _ in curve_sets(family)]
    assert "good_fit" not in kinds and Counter(kinds)[FAMILIES[family]] >= 0.95 * len(kinds)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_every_verdict_is_complete_and_can_be_stored(family):
    for history, scale in list(curve_sets(family))[:6]:
        verdict = judge_curves(history, baseline_loss=scale)
        assert 0 < verdict.confidence <= 0.99 and 1 <= len(verdict.actions) <= 3
        assert verdict.sentence.count(". ") <= 1 and any(sign.isdigit() for sign in verdict.sentence)
        assert "nan" not in verdict.sentence and "None" not in verdict.sentence
        json.dumps(verdict.to_dict(), allow_nan=False)


def test_overfitting_begins_at_the_lowest_smoothed_validation_loss():
    for turn in (20, 40, 70):
        epochs = np.arange(1, 101)
        noise = np.random.default_rng(turn).normal(0, 0.003, 100)
        val = 0.3 + 0.4 * np.exp(-3 * epochs / turn) + 0.004 * np.maximum(0, epochs - turn) + noise
        verdict = judge_curves({"loss": decay(100, 4, 0.7, 0.02), "val_loss": val}, baseline_loss=0.69)
        assert verdict.kind == "overfitting" and abs(verdict.since_epoch - turn) <= 8


def test_confidence_grows_with_the_rise():
    epochs = np.arange(1, 61)
    sure = []
    for rise in (0.002, 0.005, 0.02):
        val = 0.3 + 0.4 * np.exp(-epochs / 5) + rise * np.maximum(0, epochs - 25)
        noisy = val + np.random.default_rng(0).normal(0, 0.004, 60)
        sure.append(judge_curves({"loss": decay(60, 4, 0.7, 0.02), "val_loss": noisy}))
    assert [verdict.kind for verdict in sure] == ["overfitting"] * 3
    assert sure[0].confidence < sure[1].confidence <= sure[2].confidence


def test_a_gap_within_the_luck_of_few_rows_is_no_gap():
    train, val = decay(60, 9, 0.66, 0.05), decay(60, 9, 0.5, 0.2)
    few = judge_curves({"loss": train, "val_loss": val}, validation_rows=40, baseline_loss=0.69)
    many = judge_curves({"loss": train, "val_loss": val}, validation_rows=100_000, baseline_loss=0.69)
    assert (few.kind, many.kind) == ("good_fit", "overfitting")
    assert "within noise" in few.sentence


def test_restored_weights_from_before_the_rise_are_not_overfitted():
    epochs = np.arange(1, 61)
    val = 0.3 + 0.4 * np.exp(-epochs / 5) + 0.01 * np.maximum(0, epochs - 30)
    train = 0.22 + 0.48 * np.exp(-epochs / 12)
    history = {"loss": train, "val_loss": val}
    assert judge_curves(history, baseline_loss=0.69).kind == "overfitting"
    kept = judge_curves(history, baseline_loss=0.69, restored_epoch=30)
    assert kept.kind == "good_fit" and "epoch 30 were put back" in kept.sentence
    assert judge_curves(history, baseline_loss=0.69, restored_epoch=55).kind == "overfitting"


def test_overfitting_that_was_never_better_than_a_constant_answer_says_so():
    history, scale = list(curve_sets(hopeless_overfitting))[10]
    assert "no better than" in judge_curves(history, baseline_loss=scale).sentence


@pytest.mark.parametrize("history", [{}, {"loss": []}, {"loss": [], "val_loss": []}, {"accuracy": [0.5]}])
def test_nothing_to_judge_is_said(history):
    verdict = judge_curves(history)
    assert verdict.kind == "not_converged" and verdict.confidence <= 0.1 and "not one epoch" in verdict.sentence


@pytest.mark.parametrize("epochs", [1, 2, 3, 4])
@pytest.mark.parametrize("val", [[0.5, 0.4, 0.3, 0.2], [0.5, 0.6, 0.7, 0.8], None])
def test_short_histories_are_judged_with_caution(epochs, val):
    history = {"loss": [0.6, 0.4, 0.3, 0.2][:epochs]} | ({"val_loss": val[:epochs]} if val else {})
    verdict = judge_curves(history, baseline_loss=0.69)
    assert verdict.kind == "not_converged" and verdict.confidence <= 0.3
    assert "too early" in verdict.sentence


def test_even_a_short_history_can_diverge():
    assert judge_curves({"loss": [float("nan")]}).kind == "diverged"
    wild = judge_curves({"loss": [0.7, 4e9]})
    assert wild.kind == "diverged" and wild.confidence >= 0.45
    assert judge_curves({"loss": [0.7, 0.9]}).kind == "not_converged"


def test_a_validation_loss_that_is_not_finite_is_divergence_too():
    verdict = judge_curves({"loss": [3, 2, 1, 1, 1, 1], "val_loss": [3, 2, np.inf, 1, 1, 1]})
    assert verdict.kind == "diverged" and verdict.since_epoch == 3 and "validation loss" in verdict.sentence


def test_without_validation_the_verdict_says_so_and_is_less_sure():
    for family, kind in ((good_fit, "good_fit"), (too_short, "not_converged"), (underfitting, "underfitting")):
        history, scale = list(curve_sets(family))[13]
        with_it = judge_curves(history, baseline_loss=scale)
        without = judge_curves({"loss": history["loss"]}, baseline_loss=scale)
        assert without.kind == with_it.kind == kind
        assert without.confidence < with_it.confidence and "no validation" in without.sentence
        assert "validation_split" in without.actions[0]


def test_validation_may_be_rarer_than_training():
    history, scale = list(curve_sets(overfitting))[16]
    rare = {"loss": history["loss"], "val_loss": history["val_loss"][4::5]}
    verdict, full = (judge_curves(h, baseline_loss=scale) for h in (rare, history))
    assert verdict.kind == "overfitting" and abs(verdict.since_epoch - full.since_epoch) <= 15


def test_a_metric_clearly_over_its_baseline_overrules_a_loss_that_is_not():
    n, r = 60, np.random.default_rng(0)
    loss = 0.68 + r.normal(0, 0.0005, n)
    accuracy = 0.8 + r.normal(0, 0.005, n)
    history = {"loss": loss, "val_loss": loss, "accuracy": accuracy, "val_accuracy": accuracy}
    known = {"baseline_loss": 0.68, "validation_rows": 1000}
    assert judge_curves(history, **known).kind == "no_better_than_baseline"
    assert judge_curves(history, **known, metric="accuracy", baseline_metric=0.5).kind == "underfitting"
    assert judge_curves(history, **known, metric="accuracy", baseline_metric=0.8).kind == "no_better_than_baseline"


def test_a_lower_metric_beats_its_baseline_downwards():
    n = 60
    history = {
        "loss": np.full(n, 0.68),
        "val_loss": np.full(n, 0.68),
        "mae": np.full(n, 0.2),
        "val_mae": np.full(n, 0.2),
    }
    known = {"baseline_loss": 0.68, "validation_rows": 1000, "metric": "mae"}
    assert judge_curves(history, **known, baseline_metric=0.9).kind == "underfitting"
    assert judge_curves(history, **known, baseline_metric=0.1).kind == "no_better_than_baseline"


def test_losses_below_zero_are_judged_by_their_course():
    falling = -decay(60, 9, -0.9, 0.95)
    assert judge_curves({"loss": falling, "val_loss": falling}).kind == "good_fit"
    steady = -np.arange(1, 61.0)
    assert judge_curves({"loss": steady, "val_loss": steady}).kind == "not_converged"


def test_lists_tuples_and_arrays_of_any_number_are_taken():
    history = {"loss": [1, 1, 1, 1, 1, 1], "val_loss": (np.float32(1),) * 6}
    assert judge_curves(history, baseline_loss=1).kind == "no_better_than_baseline"


def test_a_loss_far_above_a_guess_has_exploded_after_one_epoch_already():
    assert judge_curves({"loss": [8e8], "val_loss": [9e8]}, baseline_loss=1.0).kind == "diverged"
    assert judge_curves({"loss": [2.0], "val_loss": [2.0]}, baseline_loss=1.0).kind == "not_converged"


def test_a_loss_that_begins_as_an_explosion_is_not_said_to_have_grown():
    falling = [1.6e13, 4e9, 1e8, 7e6, 9e5, 5e5, 3e5, 2.1e5]
    verdict = judge_curves({"loss": falling}, baseline_loss=1.0)
    assert verdict.kind == "diverged"
    assert "ended at 210,000; a constant answer costs 1" in verdict.sentence and "grew" not in verdict.sentence
