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
#: The tests run each program once: what counts is how soon it is compiled.
QUICK = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}
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


# Everything the tests ask is compiled together: one program of many metrics takes a fraction of many programs of one.


@pytest.fixture(scope="module")
def results():
    """What each case says after one batch and after two, by the case's number."""

    def results_of(case, batches, weights):
        metric = made(case)
        state = metric.update(started(metric, case), *batches[0])
        return metric.compute(state), metric.compute(metric.update(state, *batches[1], sample_weight=weights))

    def program(batches, weights):
        return [results_of(case, each, weights) for case, each in zip(CASES, batches, strict=True)]

    batches = [[given(case, 0), given(case, 1)] for case in CASES]
    return jax.jit(program, compiler_options=QUICK)(batches, WEIGHTS)


@pytest.fixture(scope="module")
def states():
    """The states of each metric after one batch, given in several ways, by the metric's class."""
    first = np.where(np.arange(len(WEIGHTS)) < 2, WEIGHTS, 0)

    def states_of(case, arrays, spoilt, weights, first):
        metric = made(case)
        start = started(metric, case)
        once = metric.update(start, *arrays, sample_weight=first)
        return {
            "without": metric.update(start, *arrays),
            "ones": metric.update(start, *arrays, sample_weight=jnp.ones_like(weights)),
            "whole": metric.update(start, *arrays, sample_weight=weights),
            "parts": metric.update(once, *arrays, sample_weight=weights - first),
            "spoilt": metric.update(start, *spoilt, sample_weight=weights),
        }

    def program(arrays, spoilt, weights, first):
        return {name: states_of(case, arrays[name], spoilt[name], weights, first) for name, case in KINDS.items()}

    arrays = {name: given(case, 1) for name, case in KINDS.items()}
    spoilt = {name: garbled(each) for name, each in arrays.items()}
    return jax.jit(program, compiler_options=QUICK)(arrays, spoilt, WEIGHTS, first)


def garbled(arrays):
    """The same with nonsense in the rows of weight 0."""
    arrays = [array.copy() for array in arrays]
    arrays[-1][WEIGHTS == 0] = np.nan
    for array in arrays[:-1]:
        array[WEIGHTS == 0] = array[0]
    return arrays


def assert_equal_states(got, wanted, **near):
    for name, array in wanted.items():
        np.testing.assert_allclose(got[name], array, err_msg=name, **near)


@pytest.mark.parametrize("number", range(len(STORED["cases"])), ids=lambda number: name_of(CASES[number]))
def test_results_are_those_of_keras(number, results):
    case = CASES[number]
    assert made(case).name == case["name"]
    for result, wanted in zip(results[number], case["results"], strict=True):
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


def test_rows_of_weight_0_count_nothing(case, states):
    assert_equal_states(states[case["class"]]["spoilt"], states[case["class"]]["whole"], rtol=0)


def test_weights_of_one_are_no_weights(case, states):
    assert_equal_states(states[case["class"]]["ones"], states[case["class"]]["without"], rtol=1e-6)


def test_batches_may_be_cut_anywhere(case, states):
    assert_equal_states(states[case["class"]]["parts"], states[case["class"]]["whole"], rtol=1e-5, atol=1e-6)


def test_nothing_seen_is_a_number():
    kinds = {name: made(case) for name, case in KINDS.items()}
    starts = {name: started(kinds[name], case) for name, case in KINDS.items()}
    empty = jax.jit(lambda starts: {name: kinds[name].compute(state) for name, state in starts.items()})(starts)
    assert [name for name, result in empty.items() if not np.isfinite(result).all()] == []


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
    if not case["settings"] or (
        case["class"] not in ("IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU") and "At" not in case["class"]
    ):
        assert metrics.get(case["class"]) == metrics.get(snake_case(case["class"])) == metrics.get(kind) == kind()
    assert metrics.metric_registry.find(snake_case(case["class"])) is kind


def test_whole_numbers_and_flat_columns_are_taken_too():
    kinds = metrics.MeanAbsoluteError(), metrics.BinaryAccuracy(), metrics.R2Score(), metrics.RootMeanSquaredError()
    y_true, y_pred = BATCHES[0]["one_bit"], BATCHES[0]["one_probability"]

    @jax.jit
    def results(y_true, y_pred):
        start = {metric: metric.init((6, 1), (6, 1)) for metric in kinds}
        ways = (y_true[:, None], y_pred[:, None]), (y_true.astype("int32"), y_pred[:, None]), (y_true, y_pred)
        return [[metric.compute(metric.update(start[metric], *way, WEIGHTS)) for way in ways] for metric in kinds]

    for metric, (column, *others) in zip(kinds, results(y_true, y_pred), strict=True):
        np.testing.assert_allclose(others, [column, column], rtol=1e-6, err_msg=metric.name)
