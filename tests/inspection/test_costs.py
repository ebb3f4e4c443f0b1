"""costs: multiply-adds by hand, memory and parameters by counting."""

import jax
import numpy as np
import pytest

from glassnet import Input, Layer, Model, Sequential
from glassnet.foundation.errors import ConfigError
from glassnet.inspection import costs
from glassnet.layers import (
    LSTM,
    Activation,
    BatchNormalization,
    Conv1D,
    Conv2D,
    Conv2DTranspose,
    Dense,
    DepthwiseConv2D,
    Embedding,
    Flatten,
    Lambda,
    MaxPooling2D,
    MultiHeadAttention,
    SeparableConv2D,
    SimpleRNN,
)

BY_HAND = {
    "dense": ((7,), Dense(5), 7 * 5, 7 * 5 + 5),
    "dense on steps": ((4, 7), Dense(5), 4 * 7 * 5, 7 * 5 + 5),
    "conv2d, same": ((8, 6, 3), Conv2D(5, 3, padding="same"), 8 * 6 * 27 * 5, 27 * 5 + 5),
    "conv2d, strides": ((9, 9, 2), Conv2D(4, 3, strides=2), 4 * 4 * 18 * 4, 18 * 4 + 4),
    "conv2d, groups": ((8, 8, 4), Conv2D(6, 3, groups=2, use_bias=False), 6 * 6 * 18 * 6, 18 * 6),
    "conv1d, dilated": ((12, 3), Conv1D(4, 3, dilation_rate=2), 8 * 9 * 4, 9 * 4 + 4),
    "depthwise": ((8, 8, 3), DepthwiseConv2D(3), 6 * 6 * 9 * 3, 9 * 3 + 3),
    "separable": ((8, 8, 3), SeparableConv2D(5, 3), 6 * 6 * (27 + 15), 27 + 15 + 5),
    "transpose": ((4, 4, 3), Conv2DTranspose(2, 2, strides=2), 16 * 4 * 3 * 2, 4 * 3 * 2 + 2),
    "recurrence": ((7, 6), LSTM(5), 7 * (6 + 5) * 20, (6 + 5) * 20 + 20),
    "pooling": ((8, 8, 3), MaxPooling2D(2), 0, 0),
    "normalization": ((5,), BatchNormalization(), 0, 20),
    "activation": ((5,), Activation("tanh"), 0, 0),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_multiply_adds_and_parameters_by_hand(name):
    shape, layer, products, parameters = BY_HAND[name]
    found = costs(Sequential([Input(shape), layer], seed=0))
    (cost,) = found
    assert (cost.multiply_adds, cost.flops, cost.parameters) == (products, 2 * products, parameters)
    assert cost.weight_bytes == 4 * parameters and cost.output_bytes == 4 * np.prod(cost.output_shape)


def test_what_is_done_number_by_number_is_counted_apart():
    found = costs(Sequential([Input((3,)), Dense(4), Activation("tanh")], seed=0))
    assert [cost.elementwise for cost in found] == [4, 4]


def test_attention_and_recurrence_by_hand():
    x = Input((6, 8))
    model = Model(x, SimpleRNN(4, use_bias=False)(MultiHeadAttention(2, 3)(x, x)), seed=0)
    found = costs(model)
    projections = sum(cost.multiply_adds for cost in found if cost.path.startswith("multi_head_attention/"))
    assert projections == 4 * 6 * 8 * 6
    assert found["multi_head_attention"].multiply_adds == 2 * 2 * 6 * 6 * 3
    assert found["simple_rnn"].multiply_adds == 6 * (8 * 4 + 4 * 4)
    assert found.parameters == sum(np.prod(w.shape) for w in model.weights)
    assert found["simple_rnn"].receptive_field == "all" and found["multi_head_attention"].receptive_field == "all"


def test_layers_of_ones_own_and_shared_ones_count():
    class Twice(Layer):
        def __init__(self):
            super().__init__()
            self.inner = Dense(3, use_bias=False)

        def call(self, x):
            return self.inner(self.inner(x)) @ self.inner.kernel

    found = costs(Sequential([Input((3,)), Twice()], seed=0))
    assert found["twice/inner"].multiply_adds == 18 and found["twice/inner"].calls == 2
    assert found["twice"].multiply_adds == 9 and found["twice"].parameters == 0


def test_loops_count_each_time():
    def powers(x):
        return jax.lax.scan(lambda carry, _: (jax.numpy.tanh(carry @ carry.T @ x), None), x, None, length=4)[0]

    found = costs(Sequential([Input((3, 5)), Lambda(lambda x: jax.vmap(powers)(x), name="loop")], seed=0))
    assert found["loop"].multiply_adds == 4 * (3 * 5 * 3 + 3 * 3 * 5) and found["loop"].elementwise == 4 * 15


def test_whole_numbers_cost_no_multiplication():
    found = costs(Sequential([Input((6,), dtype="int32"), Embedding(9, 4), Flatten(), Dense(1)], seed=0))
    assert found["embedding"].flops == 0 and found["embedding"].parameters == 36
    assert found.multiply_adds == 24 and "61 parameters" in repr(found)


def test_unknown_lengths_need_a_row():
    model = Sequential([Input((None, 3)), Conv1D(2, 2)], seed=0)
    with pytest.raises(ConfigError, match="costs"):
        costs(model)
    assert costs(model, np.ones((5, 7, 3)))["conv1d"].multiply_adds == 6 * 6 * 2
    with pytest.raises(ConfigError, match="conv1d"):
        costs(model, np.ones((5, 7, 3)))["conv2d"]
