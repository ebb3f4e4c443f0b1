import json
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import constraints
from glassnet.constraints import Constraint, MaxNorm, MinMaxNorm, NonNeg, UnitNorm
from glassnet.foundation.errors import ConfigError, UnknownNameError

STORED = json.loads((Path(__file__).parent / "oracles/weight_rules.json").read_text())
W = np.random.default_rng(2).normal(size=(4, 3)) * [3.0, 1.0, 0.2]


def norm(w, axis):
    return np.sqrt((w * w).sum(axis, keepdims=True))


ROWS = [
    (Constraint(), lambda w: w),
    (NonNeg(), lambda w: np.where(w > 0, w, 0)),
    (MaxNorm(1.5), lambda w: w / np.maximum(norm(w, 0) / 1.5, 1)),
    (MaxNorm(0.5, axis=1), lambda w: w / np.maximum(norm(w, 1) / 0.5, 1)),
    (UnitNorm(), lambda w: w / norm(w, 0)),
    (UnitNorm(axis=[0, 1]), lambda w: w / norm(w, None)),
    (MinMaxNorm(0.5, 2.0), lambda w: w / norm(w, 0) * np.clip(norm(w, 0), 0.5, 2.0)),
    (
        MinMaxNorm(0.5, 2.0, rate=0.25, axis=1),
        lambda w: w / norm(w, 1) * (0.75 * norm(w, 1) + 0.25 * np.clip(norm(w, 1), 0.5, 2.0)),
    ),
]
ONLY = [row[0] for row in ROWS]


@pytest.mark.parametrize(("constraint", "formula"), ROWS, ids=[repr(row[0]) for row in ROWS])
def test_contract(constraint, formula):
    compiled = jax.jit(constraint)
    held = compiled(jnp.asarray(W, jnp.float32))
    assert held.shape == W.shape and held.dtype == jnp.float32
    np.testing.assert_allclose(held, formula(W), rtol=2e-6)
    assert jax.eval_shape(lambda: constraint(W.tolist())).shape == W.shape
    assert not np.asarray(compiled(jnp.zeros(W.shape, jnp.float32))).any(), "zeros stay zeros"


@pytest.mark.parametrize("constraint", [c for c in ONLY if getattr(c, "rate", 1) == 1], ids=repr)
def test_what_satisfies_it_already_stays(constraint):
    once = constraint(W)
    np.testing.assert_allclose(constraint(once), once, rtol=1e-5)


@pytest.mark.parametrize("constraint", ONLY[1:], ids=repr)
def test_configuration_goes_through_json_and_back(constraint):
    again = constraints.deserialize(json.loads(json.dumps(constraints.serialize(constraint))))
    assert again == constraint and hash(again) == hash(constraint) and again is not constraint


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("max_norm", MaxNorm(2, 0)),
        ("MaxNorm", MaxNorm()),
        ("non_neg", NonNeg()),
        ("unit_norm", UnitNorm(0)),
        ("min_max_norm", MinMaxNorm(0.0, 1.0, 1.0, 0)),
        (MaxNorm, MaxNorm()),
        (MaxNorm(3), MaxNorm(3.0)),
        ({"class_name": "MaxNorm", "config": {"max_value": 3}}, MaxNorm(3)),
        ({"module": "keras.constraints", "class_name": "NonNeg", "config": {}, "registered_name": None}, NonNeg()),
        (None, None),
    ],
    ids=str,
)
def test_get(identifier, expected):
    assert constraints.get(identifier) == expected


def test_lower_case_names_are_the_classes():
    assert (constraints.max_norm, constraints.min_max_norm) == (MaxNorm, MinMaxNorm)
    assert (constraints.non_neg, constraints.unit_norm) == (NonNeg, UnitNorm)


def test_a_function_is_itself():
    def own(w):
        return w

    assert constraints.get(own) is own


def test_wrong_identifiers():
    with pytest.raises(UnknownNameError, match="No constraint is called 'maxnorm'; did you mean 'MaxNorm'"):
        constraints.get("maxnorm")
    for wrong in (3, {"max_value": 3}):
        with pytest.raises(ConfigError, match="Expected"):
            constraints.get(wrong)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MaxNorm(-1), "MaxNorm expected `max_value` as a finite number from 0 up. Received -1"),
        (lambda: MaxNorm("a"), "MaxNorm expected `max_value` as a finite number from 0 up. Received 'a'"),
        (lambda: MinMaxNorm(float("nan")), "MinMaxNorm expected `min_value`"),
        (lambda: MinMaxNorm(2.0, 1.0), "expected `max_value` at or above `min_value`"),
        (lambda: MinMaxNorm(rate=1.5), "MinMaxNorm expected `rate` as a finite number from 0 to 1. Received 1.5"),
        (lambda: UnitNorm(axis="0"), "UnitNorm expected `axis` as a whole number or several. Received '0'"),
        (lambda: UnitNorm(axis=[]), "UnitNorm expected `axis`"),
        (lambda: UnitNorm(axis=[0, 1.5]), "UnitNorm expected `axis`"),
    ],
)
def test_arguments_that_cannot_work(make, message):
    with pytest.raises(ConfigError) as caught:
        make()
    assert message in str(caught.value)


def test_the_numbers_of_keras():
    w = np.float32(STORED["w"])
    for name, arguments, expected in STORED["constraints"]:
        held = getattr(constraints, name)(**arguments)(w)
        np.testing.assert_allclose(held, expected, rtol=2e-6, atol=1e-7, err_msg=f"{name} {arguments}")
