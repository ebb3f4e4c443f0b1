"""What every loss keeps: Keras's numbers, weights, rows on their own, configuration; one row of the table a loss."""

import functools
import json
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import losses
from glassnet.foundation.registry import deserialize, serialize, snake_case

STORED = json.loads((Path(__file__).parents[1] / "oracles/losses.json").read_text())
CASES = STORED["cases"]
KINDS = {case["class"]: case for case in CASES}  # one case a class
MIXING = {"Circle", "Dice", "Tversky"}


def name_of(case):
    return "-".join([case["class"], *(f"{key}={value}" for key, value in case["settings"].items())])


def made(case, **more):
    return getattr(losses, case["class"])(**case["settings"], **more)


@pytest.fixture(params=KINDS.values(), ids=KINDS)
def case(request):
    return request.param


@functools.cache
def program(index):
    """All that the tests ask about a case, compiled once."""
    case = CASES[index]
    loss = made(case)

    @jax.jit
    def answers(y_true, y_pred, weights, count):
        values = loss.values(y_true, y_pred)
        kept = loss.kept(y_true, values)
        mean, gradient = jax.value_and_grad(lambda p: loss(y_true, p))(y_pred)
        return {
            "values": values,
            "mean": mean,
            "gradient": gradient,
            "weighted": {kind: losses.reduce_values(values, weights, kind, kept=kept) for kind in case["weighted"]},
            "reduced": losses.reduced(loss, y_true, y_pred, weights, count),
        }

    return answers


def ask(case, y_true, y_pred, weights=(1, 1, 1, 1, 1), count=5):
    answers = program(CASES.index(case))(y_true, y_pred, np.float32(weights), np.float32(count))
    return jax.tree.map(np.asarray, answers)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_values_means_and_gradients_are_those_of_keras(case, arrays, weights):
    said = ask(case, arrays[case["target"]], arrays[case["output"]], weights)
    assert made(case).name == case["name"]
    for part in ("values", "mean", "gradient"):
        np.testing.assert_allclose(said[part], case[part], rtol=2e-5, atol=2e-6, err_msg=part)
    for kind, number in case["weighted"].items():
        np.testing.assert_allclose(said["weighted"][kind], number, rtol=2e-5, atol=2e-6, err_msg=kind)


def test_every_loss_has_a_row():
    known = set(losses.loss_registry.names()) - {"FunctionLoss"}
    assert known == set(KINDS)


def test_a_configuration_gives_back_an_equal_loss(case):
    loss = made(case, name="mine", reduction="sum")
    again = type(loss).from_config(loss.get_config())
    assert again == loss and hash(again) == hash(loss)
    assert json.loads(json.dumps(serialize(loss))) == serialize(loss)
    assert deserialize(serialize(loss)) == loss == losses.deserialize(losses.serialize(loss))
    assert made(case) != loss
    assert made(case) == made(case)


def test_a_loss_is_found_by_its_names(case):
    kind = getattr(losses, case["class"])
    assert losses.get(case["class"]) == losses.get(snake_case(case["class"])) == losses.get(kind) == kind()
    assert losses.get(kind(name="mine")).name == "mine"
    formula = getattr(losses, {"Huber": "huber"}.get(case["class"], snake_case(case["class"])))
    assert kind.formula is formula
    if case["class"] != "CategoricalGeneralizedCrossEntropy":  # its function needs a q
        assert losses.get(formula) == kind()


def test_a_row_is_worth_the_same_in_any_company(case, arrays):
    loss, y_true, y_pred = made(case), arrays[case["target"]], arrays[case["output"]]
    assert loss.mixes_rows == (case["class"] in MIXING and case["settings"].get("axis") is None)
    if not loss.mixes_rows:
        other = np.array([0, 1, 0, 0, 1])
        whole, swapped = ask(case, y_true, y_pred), ask(case, y_true[other], y_pred[other])
        np.testing.assert_allclose(swapped["values"][:2], whole["values"][:2], rtol=1e-6)


def test_rows_of_weight_0_that_are_not_counted_change_nothing(case, arrays):
    loss, y_true = made(case), arrays[case["target"]]
    if loss.mixes_rows:
        return
    said = ask(case, y_true, arrays[case["output"]], [0.5, 2.0, 1.0, 0.0, 0.0], 3)
    kept = loss.kept(y_true, said["values"])
    count = 3 if kept is None else kept[:3].sum()
    np.testing.assert_allclose(said["reduced"], said["values"][:3] @ [0.5, 2.0, 1.0] / count, rtol=1e-6)


def test_a_flat_row_of_targets_fits_one_output_a_row(arrays, weights):
    y_true, y_pred = arrays["bits"][:, 0], arrays["sigmoid"][:, :1]
    loss = losses.MeanAbsoluteError()
    column = np.mean(np.abs(y_true - y_pred[:, 0]) * weights)
    np.testing.assert_allclose(loss(y_true, y_pred, weights), column, rtol=1e-6)
    np.testing.assert_allclose(loss(y_true, y_pred[:, 0], weights), column, rtol=1e-6)


# The ends of float32.

BIG = 3e38
LABELS = np.array([0, 1, 2, 3, 1], "int32")
ENDS = {
    "logits": [[0, 1, BIG, -1], [-BIG, BIG, 1e-38, 0], [BIG, BIG, BIG, BIG], [0, 0, 0, 0], [-BIG, -BIG, BIG, 0]],
    "signed": [[0, 0, 0, 0], [-1, 1, 0, 0], [BIG / 4, 0, 0, 0], [0, 0, 1, BIG / 4], [0, 0, 0, 0]],
    "softmax": [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0], [1e-38, 1, 0, 1e-38]],
    "bits": [[0, 1, 1, 0], [1, 0, 0, 1], [0, 1, 0, 0], [1, 0, 1, 1], [1, 1, 0, 0]],
}
ENDS = {name: np.array(value, "float32") for name, value in ENDS.items()}
ENDS |= {"ids": LABELS, "gappy_ids": LABELS, "onehot": np.eye(4, dtype="float32")[LABELS], "sigmoid": ENDS["softmax"]}
ENDS |= {"positive": np.abs(ENDS["logits"]), "targets": np.abs(ENDS["signed"])}


@pytest.mark.parametrize("case", [case for case in CASES if case["class"] != "Circle"], ids=name_of)
def test_the_largest_and_smallest_numbers_give_no_nan(case):
    said = ask(case, ENDS[case["target"]], ENDS[case["output"]])
    assert not np.isnan(said["values"]).any(), said["values"]
    assert not np.isnan(said["gradient"]).any(), said["gradient"]
    if case["settings"].get("from_logits"):
        assert np.isfinite(said["gradient"]).all()


def test_bfloat16_is_computed_in(arrays):
    loss = losses.MeanSquaredError(dtype="bfloat16")
    value = loss(arrays["signed"], arrays["logits"])
    assert value.dtype == jnp.bfloat16 and loss.dtype == "bfloat16"
