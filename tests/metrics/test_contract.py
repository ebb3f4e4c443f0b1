"""What every metric keeps: Keras's numbers, weights, pure functions, configuration; one row of the table a metric."""

import json
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import metrics
from glassnet.foundation.registry import deserialize, serialize, snake_case

STORED = json.loads((Path(__file__).parents[1] / "oracles/metrics.json").read_text())
BATCHES = [{name: np.array(value, "float32") for name, value in batch.items()} for batch in STORED["batches"]]
WEIGHTS = np.array(STORED["weights"], "float32")
OURS = [
    {"class": name, "settings": settings, "target": target, "output": output}
    for name, settings in (
        ("Specificity", {}),
        ("BalancedAccuracy", {"adjusted": True}),
        ("CohenKappa", {"weights": "linear"}),
        ("MatthewsCorrelation", {}),
    )
    for target, output in (("one_bit", "one_probability"),)
]
CASES = STORED["cases"] + OURS
KINDS = {case["class"]: case for case in CASES}  # one case a class


def name_of(case):
    return "-".join([case["class"], *(f"{key}={value}" for key, value in case["settings"].items())])


def made(case, **more):
    return getattr(metrics, case["class"])(**{**case["settings"], **more})


def given(case, index):
    arrays = BATCHES[index]
    return [arrays[part] for part in (case["target"], case["output"]) if part is not None]


def started(metric, case):
    return metric.init(*(array.shape for array in given(case, 0)[:2]))


@pytest.fixture(params=KINDS.values(), ids=KINDS)
def case(request):
    return request.param


@pytest.mark.parametrize("case", STORED["cases"], ids=name_of)
def test_results_are_those_of_keras(case):
    metric = made(case)
    assert metric.name == case["name"]
    state = metric.update(started(metric, case), *given(case, 0))
    first = metric.compute(state)
    second = metric.compute(metric.update(state, *given(case, 1), sample_weight=WEIGHTS))
    for result, wanted in zip((first, second), case["results"], strict=True):
        np.testing.assert_allclose(result, wanted, rtol=3e-5, atol=2e-6)
        assert np.shape(result) == np.shape(wanted)


def test_every_metric_has_a_row():
    known = {name for name in metrics.metric_registry.names() if isinstance(metrics.metric_registry.find(name), type)}
    assert known - {"MeanMetricWrapper"} == set(KINDS)


def test_it_runs_inside_a_scan(case):
    metric = made(case)
    start = started(metric, case)

    def epoch(batches, weights):
        def step(state, batch):
            arrays, weights = batch
            return metric.update(state, *arrays, sample_weight=weights), None

        state, _ = jax.lax.scan(step, start, (batches, weights))
        return state, metric.compute(state)

    batches = [np.stack(pair) for pair in zip(given(case, 0), given(case, 1), strict=True)]
    state, result = jax.eval_shape(epoch, batches, np.stack([WEIGHTS, WEIGHTS]))
    assert all(isinstance(array, np.ndarray) for array in start.values()), "an empty state compiles nothing"
    assert {name: (a.shape, a.dtype) for name, a in state.items()} == {
        name: (a.shape, a.dtype) for name, a in start.items()
    }
    assert result.shape == np.shape(case["results"][0] if "results" in case else 0.0)


def test_rows_of_weight_0_count_nothing(case):
    metric = made(case)
    start, arrays = started(metric, case), given(case, 1)
    garbage = [array.copy() for array in arrays]
    garbage[-1][WEIGHTS == 0] = np.nan
    for array in garbage[:-1]:
        array[WEIGHTS == 0] = array[0]
    clean, spoilt = (metric.update(start, *each, sample_weight=WEIGHTS) for each in (arrays, garbage))
    for name, array in clean.items():
        np.testing.assert_array_equal(array, spoilt[name], err_msg=name)


def test_weights_of_one_are_no_weights(case):
    metric = made(case)
    start, arrays = started(metric, case), given(case, 1)
    without, ones = metric.update(start, *arrays), metric.update(start, *arrays, sample_weight=np.ones_like(WEIGHTS))
    for name, array in without.items():
        np.testing.assert_allclose(array, ones[name], rtol=1e-6, err_msg=name)


def test_batches_may_be_cut_anywhere(case):
    metric = made(case)
    start, arrays = started(metric, case), given(case, 1)
    first = np.where(np.arange(len(WEIGHTS)) < 2, WEIGHTS, 0)
    whole = metric.update(start, *arrays, sample_weight=WEIGHTS)
    parts = metric.update(metric.update(start, *arrays, sample_weight=first), *arrays, sample_weight=WEIGHTS - first)
    for name, array in whole.items():
        np.testing.assert_allclose(array, parts[name], rtol=1e-5, atol=1e-6, err_msg=name)


def test_nothing_seen_is_a_number(case):
    metric = made(case)
    assert np.isfinite(metric.compute(started(metric, case))).all()


def test_a_configuration_gives_back_an_equal_metric(case):
    metric = made(case, name="mine")
    again = type(metric).from_config(metric.get_config())
    assert again == metric and hash(again) == hash(metric)
    assert json.loads(json.dumps(serialize(metric))) == serialize(metric)
    assert deserialize(serialize(metric)) == metric == metrics.deserialize(metrics.serialize(metric))
    assert made(case) != metric
    assert made(case) == made(case)
    assert type(metric).direction in ("up", "down", None)


def test_a_metric_is_found_by_its_names(case):
    kind = getattr(metrics, case["class"])
    assert metrics.get(made(case)) == made(case)
    if (
        not case["settings"]
        or (case["class"] not in ("IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU")
        and "At" not in case["class"])
    ):
        assert metrics.get(case["class"]) == metrics.get(snake_case(case["class"])) == metrics.get(kind) == kind()
    assert metrics.metric_registry.find(snake_case(case["class"])) is kind


def test_whole_numbers_and_flat_columns_are_taken_too():
    flat = metrics.MeanAbsoluteError(), metrics.BinaryAccuracy(), metrics.R2Score(), metrics.RootMeanSquaredError()
    y_true, y_pred = BATCHES[0]["one_bit"], BATCHES[0]["one_probability"]
    for metric in flat:
        start = metric.init((6, 1), (6, 1))
        wanted = metric.compute(metric.update(start, y_true[:, None], y_pred[:, None], WEIGHTS))
        for targets, outputs in ((y_true.astype("int64"), y_pred[:, None]), (y_true, y_pred)):
            told = metric.compute(metric.update(start, jnp.asarray(targets), outputs, WEIGHTS))
            np.testing.assert_allclose(told, wanted, rtol=1e-6)
