import numpy as np
import pytest

from glassnet.diagnosis.facts import gather


def facts(history, rows=None, baseline=None, metric=None, baseline_metric=None, restored=None):
    return gather(history, rows, baseline, metric, baseline_metric, restored)


def test_the_sampling_error_shrinks_with_the_root_of_the_rows():
    history = {"loss": [0.3] * 9, "val_loss": [0.3] * 9}
    few, many = (facts(history, rows=rows, baseline=0.7).sampling_error for rows in (100, 10_000))
    assert few == pytest.approx(10 * many) and few > 0
    assert facts(history).sampling_error == 0


@pytest.mark.parametrize("wrong", [0.02, 0.1, 0.3])
def test_the_sampling_error_is_about_that_of_a_classifier_that_is_sometimes_sure_and_wrong(wrong):
    """Each row's cross-entropy is near 0, but near 2 in a share `wrong` of the rows; many validation sets of 200 such rows."""
    rows = np.where(np.random.default_rng(0).random((2000, 200)) < wrong, 2.0, 0.02)
    mean = float(rows.mean())
    assumed = facts({"loss": [mean] * 9, "val_loss": [mean] * 9}, rows=200, baseline=0.69).sampling_error
    assert 0.5 < assumed / rows.mean(axis=1).std() < 2


def test_levels_are_those_of_the_weights_in_hand():
    history = {"loss": [5.0, 4, 3, 2, 1], "val_loss": [5.0, 4, 3, 2, 1]}
    assert facts(history).train_level == pytest.approx(1)
    kept = facts(history, restored=2)
    assert kept.restored and kept.train_level == pytest.approx(4) and kept.val_level == pytest.approx(4)
    assert not facts(history, restored=5).restored


def test_evidence_carries_the_numbers():
    found = {e.name: e.value for e in facts({"loss": [1.0] * 6, "val_loss": [1.5] * 6}, baseline=2.0).evidence()}
    assert found == {
        "train_loss": 1.0, "val_loss": 1.5, "best_val_loss": 1.5, "gap": 0.5, "val_noise": 0.0, "baseline_loss": 2.0,
    }  # fmt: skip


def test_a_baseline_that_is_not_finite_is_none():
    assert facts({"loss": [1.0]}, baseline=float("nan")).baseline is None


def test_an_error_measured_on_the_rows_is_taken_for_values():
    history = {"loss": [1.0, 0.5, 0.2, 0.1], "val_loss": [1.0, 0.6, 0.5, 0.5]}
    assert gather(history, 30, 1.0, None, None, None, 0.04).sampling_error == 0.04
    assert gather(history, 30, 1.0, None, None, None).sampling_error > 0.1
