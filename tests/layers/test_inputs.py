"""Input and InputLayer: what a model starts from."""

import numpy as np

from glassnet.layers import Dense, Input, InputLayer, SymbolicArray
from glassnet.models import Sequential


def test_an_input_is_a_shape_a_type_and_a_name():
    plain = Input((30,))
    assert isinstance(plain, SymbolicArray) and (plain.shape, plain.dtype, plain.name) == ((None, 30), "float32", None)
    assert Input([28, None, 1], batch_size=8).shape == (8, 28, None, 1)
    tokens = Input(batch_shape=(None, 5), dtype="int32", name="tokens")
    assert (tokens.shape, tokens.dtype, tokens.name) == ((None, 5), "int32", "tokens")
    assert Input(()).shape == (None,)


def test_sizes_may_be_whole_numbers_of_any_type():
    shape = Input((np.int64(3),), batch_size=np.int32(2)).shape
    assert shape == (2, 3) and all(type(size) is int for size in shape)


def test_a_model_that_starts_with_an_input_has_its_weights_at_once():
    by_input = Sequential([Input((4,)), Dense(3)])
    by_layer = Sequential([InputLayer((4,)), Dense(3)])
    by_shape = Sequential([Dense(3, input_shape=(4,))])
    for model in (by_input, by_layer, by_shape):
        assert model.built and model.count_params() == 15
        assert model.input_shape == (None, 4)
        assert [layer.name for layer in model.layers] == ["dense"]


def test_an_input_layer_passes_its_input_on():
    x = np.ones((2, 4), "float32")
    np.testing.assert_array_equal(InputLayer((4,))(x), x)
    layer = InputLayer((4,), batch_size=8, dtype="float32", name="columns")
    assert layer.get_config() == {"batch_shape": [8, 4], "dtype": "float32", "name": "columns"}
    assert layer(x).shape == (2, 4)  # a batch size is a habit and no condition


def test_called_it_gives_what_it_is_given():
    layer = InputLayer((4,))
    assert layer.call() is None and layer(np.ones((2, 4))).shape == (2, 4)
