import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import initializers
from glassnet.foundation import rng
from glassnet.foundation.errors import ConfigError, UnknownNameError
from glassnet.initializers import (
    STFT,
    Constant,
    GlorotUniform,
    HeNormal,
    Identity,
    Initializer,
    LecunUniform,
    Ones,
    Orthogonal,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    VarianceScaling,
    Zeros,
)

FAMILY = [
    Zeros(),
    Ones(),
    Constant(0.3),
    Constant(np.arange(12.0).reshape(4, 3)),
    Identity(2.0),
    RandomUniform(-1.0, 2.0, seed=3),
    RandomNormal(1.0, 0.5, seed=3),
    TruncatedNormal(1.0, 0.5, seed=3),
    Orthogonal(1.5, seed=3),
    VarianceScaling(2.0, "fan_out", "uniform", seed=3),
    GlorotUniform(seed=3),
    HeNormal(3, [0], [1]),
    LecunUniform(seed=3),
]
ids = {"ids": repr}


@pytest.mark.parametrize("initializer", FAMILY, **ids)
def test_contract(initializer):
    drawn = initializer.draw((4, 3), np.random.default_rng(0))
    assert isinstance(drawn, np.ndarray) and drawn.shape == (4, 3) and drawn.dtype == np.float32
    called = initializer((4, 3))
    assert isinstance(called, jax.Array) and called.shape == (4, 3) and called.dtype == jnp.float32
    np.testing.assert_array_equal(called, initializer([4, 3], dtype=None), "the same numbers at each call")
    assert initializer((4, 3), dtype="bfloat16").dtype == jnp.bfloat16


@pytest.mark.parametrize("initializer", FAMILY, **ids)
def test_configuration_goes_through_json_and_back(initializer):
    written = json.loads(json.dumps(initializers.serialize(initializer)))
    again = initializers.deserialize(written)
    assert again == initializer and hash(again) == hash(initializer) and again is not initializer
    assert initializer.clone() == initializer
    np.testing.assert_array_equal(again((4, 3)), initializer((4, 3)))


def test_the_generator_decides_and_not_the_object():
    one, two = RandomNormal(), RandomNormal()
    np.testing.assert_array_equal(one.draw((5,), np.random.default_rng(1)), two.draw((5,), np.random.default_rng(1)))
    assert not np.array_equal(one.draw((5,), np.random.default_rng(1)), one.draw((5,), np.random.default_rng(2)))


def test_without_a_seed_every_call_is_new_and_follows_the_global_seed():
    initializer = RandomNormal()
    assert not np.array_equal(initializer((5,)), initializer((5,)))
    rng.set_random_seed(11)
    first = initializer((5,))
    rng.set_random_seed(11)
    np.testing.assert_array_equal(initializer((5,)), first)


def test_another_seed_gives_other_numbers():
    assert not np.array_equal(RandomNormal(seed=1)((5,)), RandomNormal(seed=2)((5,)))


def test_it_may_be_called_inside_jit():
    numbers = jax.jit(lambda x: x + np.asarray(HeNormal(seed=1)((2, 3))))(jnp.zeros((2, 3)))
    np.testing.assert_array_equal(numbers, HeNormal(seed=1)((2, 3)))


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("he_normal", HeNormal()),
        ("HeNormal", HeNormal()),
        ("zero", Zeros()),
        ("zeros", Zeros()),
        ("one", Ones()),
        ("uniform", RandomUniform()),
        ("random_uniform", RandomUniform()),
        ("normal", RandomNormal()),
        ("random_normal", RandomNormal()),
        ("truncated_normal", TruncatedNormal()),
        ("identity", Identity()),
        ("IdentityInitializer", Identity()),
        ("OrthogonalInitializer", Orthogonal()),
        ("variance_scaling", VarianceScaling()),
        ("stft", STFT()),
        (GlorotUniform, GlorotUniform()),
        (Constant(2.0), Constant(2.0)),
        ({"class_name": "Constant", "config": {"value": 2.0}}, Constant(2.0)),
        ({"class_name": "zeros"}, Zeros()),
        (
            {"module": "keras.initializers", "class_name": "HeNormal", "config": {"seed": 4}, "registered_name": None},
            HeNormal(seed=4),
        ),
        (np.eye(2), Constant(np.eye(2))),
        (None, None),
    ],
    ids=str,
)
def test_get(identifier, expected):
    assert initializers.get(identifier) == expected


def test_an_array_of_the_device_is_taken_as_constant():
    np.testing.assert_array_equal(initializers.get(jnp.ones(3))((3,)), np.ones(3))


def test_every_lower_case_name_is_a_class_and_an_identifier():
    lower = [name for name in initializers.__all__ if name.islower() and "_registry" not in name]
    functions = {"compute_fans", "deserialize", "get", "serialize"}
    assert functions < set(lower)
    for name in set(lower) - functions:
        assert type(initializers.get(name)) is getattr(initializers, name)


def test_a_function_is_itself():
    def own(shape, dtype=None):
        return np.ones(shape, dtype)

    assert initializers.get(own) is own


def test_wrong_identifiers():
    with pytest.raises(UnknownNameError, match="No initializer is called 'he_norml'; did you mean 'he_normal'"):
        initializers.get("he_norml")
    for wrong in (3.5, {"a": 1}):
        with pytest.raises(ConfigError, match="Expected"):
            initializers.get(wrong)


class Calling(Initializer):
    """Written as for Keras, with ``__call__``."""

    def __call__(self, shape, dtype=None):
        return jnp.full(shape, 7.0, dtype)


def test_one_that_overrides_call_can_be_drawn_from():
    assert Calling().draw((2,), np.random.default_rng(0)).tolist() == [7.0, 7.0]


def test_one_that_overrides_nothing_says_what_is_missing():
    with pytest.raises(ConfigError, match="Expected Initializer to define `draw"):
        Initializer()((2,))


@pytest.mark.parametrize("seed", [-1, 1.5, "a", True, [1]])
def test_a_seed_is_a_whole_number_from_zero_up(seed):
    with pytest.raises(ConfigError, match="GlorotUniform expected `seed` as a whole number from 0 up, or None"):
        GlorotUniform(seed=seed)
    assert GlorotUniform(seed=np.int64(3)).seed == 3


def test_the_numbers_of_keras(stored):
    """Random numbers differ; their mean, spread and reach do not."""
    for name, arguments, shape, expected in stored["initializers"]:
        drawn = getattr(initializers, name)(**arguments).draw(tuple(shape), np.random.default_rng(0))
        said = f"{name} {arguments} {shape}"
        spread = expected["std"]
        assert abs(drawn.mean() - expected["mean"]) <= 0.03 * spread + 1e-6, said
        assert abs(drawn.std() - spread) <= 0.02 * spread + 1e-6, said
        heavy = "normal" in str(arguments.get("distribution", "")) or name in ("RandomNormal", "Orthogonal")
        reach = np.abs(drawn - drawn.mean()).max()
        assert abs(reach - expected["reach"]) <= (0.3 if heavy else 0.02) * expected["reach"] + 1e-6, said
