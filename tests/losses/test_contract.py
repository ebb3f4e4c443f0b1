"""What every loss keeps: Keras's numbers, weights, rows on their own, configuration; one row of the table a loss."""

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
#: The tests run each program a few times: what counts is how soon it is compiled.
QUICK = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}


def name_of(case):
    return "-".join([case["class"], *(f"{key}={value}" for key, value in case["settings"].items()), case["output"]])


def made(case, **more):
    return getattr(losses, case["class"])(**case["settings"], **more)


BY_NAME = {name_of(case): case for case in CASES}


@pytest.fixture(params=KINDS.values(), ids=KINDS)
def case(request):
    return request.param


# Everything the tests ask is compiled together: one program of many losses takes a fraction of many programs of one.


@pytest.fixture(scope="module")
def ask():
    """Asks all cases the same: a function of (targets and outputs by case, weights, count) -> answers by case."""

    def answers(case, y_true, y_pred, weights, count):
        loss = made(case)
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

    def all_answers(arrays, weights, count):
        return {name: answers(BY_NAME[name], *each, weights, count) for name, each in arrays.items()}

    program = jax.jit(all_answers, compiler_options=QUICK)
    return lambda arrays, weights, count: jax.tree.map(np.asarray, program(arrays, weights, np.float32(count)))


@pytest.fixture(scope="module")
def given(arrays):
    return {name: (arrays[case["target"]], arrays[case["output"]]) for name, case in BY_NAME.items()}


@pytest.fixture(scope="module")
def plain(ask, given, weights):
    return ask(given, weights, 5)


@pytest.mark.parametrize("name", BY_NAME)
def test_values_means_and_gradients_are_those_of_keras(name, plain):
    case, said = BY_NAME[name], plain[name]
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


def test_which_losses_mix_rows():
    mixing = {name for name, case in BY_NAME.items() if made(case).mixes_rows}
    assert mixing == {name for name in BY_NAME if name.startswith(("Circle", "Dice", "Tversky"))} - {
        "Dice-axis=1-sigmoid"
    }


def test_a_row_is_worth_the_same_in_any_company(ask, given, weights, plain):
    other = np.array([0, 1, 0, 0, 1])
    swapped = ask({name: (y_true[other], y_pred[other]) for name, (y_true, y_pred) in given.items()}, weights, 5)
    for name, said in swapped.items():
        if not made(BY_NAME[name]).mixes_rows:
            np.testing.assert_allclose(said["values"][:2], plain[name]["values"][:2], rtol=1e-6, err_msg=name)


def test_rows_of_weight_0_that_are_not_counted_change_nothing(ask, given):
    weights = np.float32([0.5, 2.0, 1.0, 0.0, 0.0])
    for name, said in ask(given, weights, 3).items():
        loss = made(BY_NAME[name])
        if not loss.mixes_rows:
            kept = loss.kept(given[name][0], said["values"])
            count = 3 if kept is None else kept[:3].sum()
            wanted = said["values"][:3] @ weights[:3] / count
            np.testing.assert_allclose(said["reduced"], wanted, rtol=1e-6, err_msg=name)


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


def test_the_largest_and_smallest_numbers_give_no_nan(ask, given, weights):
    arrays = {name: (ENDS.get(case["target"]), ENDS.get(case["output"])) for name, case in BY_NAME.items()}
    arrays |= {name: each for name, each in given.items() if name.startswith("Circle")}  # its outputs have length 1
    for name, said in ask(arrays, weights, 5).items():
        assert not np.isnan(said["values"]).any(), (name, said["values"])
        assert not np.isnan(said["gradient"]).any(), (name, said["gradient"])
        if BY_NAME[name]["settings"].get("from_logits"):
            assert np.isfinite(said["gradient"]).all(), (name, said["gradient"])


def test_a_cosine_is_right_for_vectors_of_any_length():
    slope = jax.jit(jax.value_and_grad(lambda p, t: jnp.sum(losses.cosine_similarity(t, p))))
    for length in (3e38, 1e16, 1e15, 1e10, 1.0, 1e-5):
        y_true, y_pred = np.float32([[length, length, 0]]), np.float32([[length, 0, 0]])
        cosine, gradient = slope(y_pred, y_true)
        np.testing.assert_allclose(cosine, -np.sqrt(0.5), rtol=1e-5)
        assert np.isfinite(gradient).all()


def test_bfloat16_is_computed_in(arrays):
    loss = losses.MeanSquaredError(dtype="bfloat16")
    value = loss(arrays["signed"], arrays["logits"])
    assert value.dtype == jnp.bfloat16 and loss.dtype == "bfloat16"
