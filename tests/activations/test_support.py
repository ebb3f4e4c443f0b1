import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.activations import support
from glassnet.foundation.errors import ConfigError, ShapeError


@pytest.mark.parametrize(
    "given",
    [[1, 2], 3.5, True, np.float64([0.1, 0.2]), np.int8([1]), np.array([True]), np.zeros((0, 2)), jnp.arange(3)],
    ids=repr,
)
def test_what_is_not_a_float_becomes_float32(given):
    taken = support.floats(given)
    assert taken.dtype == jnp.float32
    np.testing.assert_array_equal(np.asarray(taken), np.asarray(given, np.float32))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_short_floats_stay_as_they_are(dtype):
    held = jnp.ones(2, dtype)
    assert support.floats(held) is held
    assert support.floats(np.asarray(held)).dtype == held.dtype


def test_a_float64_of_jax_stays_and_one_of_numpy_does_not():
    with jax.enable_x64(True):
        assert support.floats(jnp.ones(2, "float64")).dtype == jnp.float64
        assert support.floats(np.ones(2)).dtype == jnp.float32


def test_axes_are_counted_from_zero():
    x = jnp.ones((2, 3, 4))
    assert support.check_axes("f", x, -1) == (2,)
    assert support.check_axes("f", x, [0, -2]) == (0, 1)


@pytest.mark.parametrize("axis", [3, -4, (0, 3)])
def test_an_axis_that_is_not_there_is_named(axis):
    with pytest.raises(
        ShapeError, match=r"f expected an input that has axis (3|-4)\. Received one of shape \(2, 3, 4\)"
    ):
        support.check_axes("f", jnp.ones((2, 3, 4)), axis)


def test_a_single_number_has_no_axis():
    with pytest.raises(ShapeError, match="Pass a list or array"):
        support.check_axes("f", jnp.float32(1), -1)


@pytest.mark.parametrize("value", [0, -1.0, float("nan")])
def test_a_divisor_must_be_above_zero(value):
    with pytest.raises(ConfigError, match="f expected `alpha` above 0"):
        support.check_positive("f", "alpha", value)
