import numpy as np
import pytest

from glassnet.foundation.errors import ConfigError, ShapeError
from glassnet.initializers import Constant, Identity, Ones, Zeros

GENERATOR = np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(), (0,), (2, 3, 4)])
@pytest.mark.parametrize(("initializer", "value"), [(Zeros(), 0), (Ones(), 1), (Constant(-2.5), -2.5)])
def test_one_number_everywhere(initializer, value, shape):
    np.testing.assert_array_equal(initializer.draw(shape, GENERATOR), np.full(shape, value, np.float32))


def test_what_is_drawn_may_be_written_to():
    held = Constant(np.ones(2))
    held.draw((2,), GENERATOR)[:] = 5
    assert held.draw((2,), GENERATOR).tolist() == [1.0, 1.0]


def test_an_array_needs_the_weights_shape():
    with pytest.raises(ShapeError, match=r"weight of shape \(3,\), the shape of its value\. Received \(2, 3\)"):
        Constant([1, 2, 3]).draw((2, 3), GENERATOR)


@pytest.mark.parametrize("value", ["a", None, object()])
def test_a_constant_is_made_of_numbers(value):
    with pytest.raises(ConfigError, match="Constant expected `value` as a number"):
        Constant(value)


def test_identity():
    np.testing.assert_array_equal(Identity(3).draw((2, 4), GENERATOR), 3 * np.eye(2, 4))


@pytest.mark.parametrize("shape", [(3,), (2, 2, 2)])
def test_identity_is_a_matrix(shape):
    with pytest.raises(ShapeError, match="Identity expected a weight with 2 axes"):
        Identity().draw(shape, GENERATOR)
