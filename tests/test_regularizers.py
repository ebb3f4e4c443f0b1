import json
from functools import cache
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import regularizers
from glassnet.foundation.errors import ConfigError, ShapeError, UnknownNameError
from glassnet.regularizers import L1, L1L2, L2, OrthogonalRegularizer, Regularizer

STORED = json.loads((Path(__file__).parent / "oracles/weight_rules.json").read_text())
W = np.random.default_rng(2).normal(size=(4, 3))


def mean_cosine(w, factor, mode):
    rows = w if mode == "rows" else w.T
    pairs = [(a, b) for i, a in enumerate(rows) for b in rows[:i]]
    return factor * np.mean([abs(a @ b) / np.sqrt((a @ a) * (b @ b)) for a, b in pairs])


ROWS = [
    (L1(0.3), lambda w: 0.3 * np.abs(w).sum()),
    (L2(0.3), lambda w: 0.3 * (w * w).sum()),
    (L1L2(0.1, 0.2), lambda w: 0.1 * np.abs(w).sum() + 0.2 * (w * w).sum()),
    (OrthogonalRegularizer(0.5, "rows"), lambda w: mean_cosine(w, 0.5, "rows")),
    (OrthogonalRegularizer(0.5, "columns"), lambda w: mean_cosine(w, 0.5, "columns")),
]


@cache
def both(regularizer):
    """Values and slopes for weights of zero and for W, compiled once."""
    two = jnp.stack([jnp.zeros(W.shape), jnp.asarray(W, jnp.float32)])
    return jax.jit(jax.vmap(jax.value_and_grad(regularizer)))(two)


@pytest.mark.parametrize(("regularizer", "formula"), ROWS, ids=[repr(row[0]) for row in ROWS])
def test_contract(regularizer, formula):
    value, slope = (pair[1] for pair in both(regularizer))
    assert value.shape == () and value.dtype == jnp.float32
    np.testing.assert_allclose(value, formula(W), rtol=2e-6)
    h = 1e-6
    moves = h * np.eye(W.size).reshape(-1, *W.shape)
    moved = np.reshape([(formula(W + move) - formula(W - move)) / (2 * h) for move in moves], W.shape)
    np.testing.assert_allclose(slope, moved, rtol=1e-4, atol=2e-6)
    assert jax.eval_shape(lambda: regularizer(W.tolist())).shape == ()


@pytest.mark.parametrize("regularizer", [row[0] for row in ROWS], ids=repr)
def test_configuration_goes_through_json_and_back(regularizer):
    again = regularizers.deserialize(json.loads(json.dumps(regularizers.serialize(regularizer))))
    assert again == regularizer and hash(again) == hash(regularizer) and again is not regularizer


@pytest.mark.parametrize("regularizer", [row[0] for row in ROWS], ids=repr)
def test_weights_of_zero_have_a_penalty_and_a_slope(regularizer):
    value, slope = (pair[0] for pair in both(regularizer))
    assert value == 0 and not np.asarray(slope).any()


def test_a_single_row_has_nothing_to_be_orthogonal_to():
    assert OrthogonalRegularizer()(np.ones((1, 3))) == 0


def test_orthogonality_is_that_of_a_matrix():
    with pytest.raises(ShapeError, match=r"weight with 2 axes\. Received shape \(3, 3, 1\)"):
        OrthogonalRegularizer()(np.ones((3, 3, 1)))


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("l1", L1(0.01)),
        ("L2", L2(0.01)),
        ("l1_l2", L1L2(0.0, 0.0)),
        ("l1l2", L1L2()),
        ("orthogonal_regularizer", OrthogonalRegularizer(0.01, "rows")),
        (L2, L2(0.01)),
        (L2(3), L2(3.0)),
        ({"class_name": "L1", "config": {"l1": 0.5}}, L1(0.5)),
        ({"module": "keras.regularizers", "class_name": "L2", "config": {"l2": 0.5}, "registered_name": None}, L2(0.5)),
        (None, None),
    ],
    ids=str,
)
def test_get(identifier, expected):
    assert regularizers.get(identifier) == expected


def test_lower_case_names_are_the_classes():
    assert (regularizers.l1, regularizers.l2, regularizers.l1_l2) == (L1, L2, L1L2)
    assert regularizers.orthogonal_regularizer is OrthogonalRegularizer
    assert regularizers.l2(0.5) == L2(0.5)
    assert regularizers.l1_l2(l1=0.1, l2=0.2).get_config() == {"l1": 0.1, "l2": 0.2}


def test_a_function_is_itself():
    def own(w):
        return jnp.sum(w)

    assert regularizers.get(own) is own


def test_wrong_identifiers():
    with pytest.raises(UnknownNameError, match="No regularizer is called 'l1l3'; did you mean 'l1l2'"):
        regularizers.get("l1l3")
    for wrong in (0.01, {"l2": 0.01}):
        with pytest.raises(ConfigError, match="Expected"):
            regularizers.get(wrong)


@pytest.mark.parametrize("strength", [-0.1, float("inf"), float("nan"), "a", None])
@pytest.mark.parametrize("make", [L1, L2, lambda s: L1L2(l2=s), OrthogonalRegularizer])
def test_a_strength_is_a_finite_number_from_zero_up(make, strength):
    with pytest.raises(ConfigError, match="as a finite number from 0 up"):
        make(strength)


def test_a_mode_is_rows_or_columns():
    with pytest.raises(ConfigError, match=r"`mode` as 'rows' or 'columns'\. Received 'diagonals'"):
        OrthogonalRegularizer(mode="diagonals")


def test_one_of_your_own_needs_a_call():
    with pytest.raises(ConfigError, match="Expected Regularizer to define `__call__"):
        Regularizer()(W)


def test_the_numbers_of_keras():
    w = np.float32(STORED["w"])
    for name, arguments, expected in STORED["regularizers"]:
        value = getattr(regularizers, name)(**arguments)(w)
        np.testing.assert_allclose(value, expected, rtol=2e-6, atol=1e-7, err_msg=f"{name} {arguments}")
