"""layout: the weights of a small network in one vector train exactly as they do each by itself."""

import jax
import numpy as np
import pytest

from glassnet import optimizers
from glassnet.layers import Dense, Input, Layer
from glassnet.models import Sequential
from glassnet.training.layout import Layout, layout_for

random = np.random.default_rng(0)
WEIGHTS = {"a/kernel": random.normal(size=(3, 2)), "a/bias": random.normal(size=2), "b/scale": random.normal(size=())}
WEIGHTS = {path: w.astype("float32") for path, w in WEIGHTS.items()}
GRADIENTS = [{path: random.normal(size=w.shape).astype("float32") for path, w in WEIGHTS.items()} for _ in range(3)]
ONE = Layout(tuple((path, w.shape) for path, w in WEIGHTS.items()))


def equal(one, two):
    for a, b in zip(jax.tree.leaves(one), jax.tree.leaves(two), strict=True):
        np.testing.assert_array_equal(a, b)
    assert jax.tree.structure(one) == jax.tree.structure(two)


def test_packing_and_unpacking_are_each_others_inverse():
    packed = ONE.pack(WEIGHTS)
    assert [leaf.shape for leaf in packed.values()] == [(9,)]
    equal(ONE.unpack(packed), WEIGHTS)
    plain = Layout()
    equal(plain.unpack(plain.pack(WEIGHTS)), WEIGHTS)
    equal(jax.jit(lambda arrays: ONE.unpack(ONE.pack(arrays)))(WEIGHTS), WEIGHTS)


def optimizer_of(name, **more):
    return getattr(optimizers, name)(0.05, **({"momentum": 0.9, "nesterov": True} if name == "SGD" else {}), **more)


MEMBERS = ["SGD", "Adagrad", "RMSprop", "Adadelta", "Adam", "AdamW", "Adamax", "Nadam", "Lion", "Ftrl", "RAdam"]


AROUND = {"use_ema": True, "gradient_accumulation_steps": 2}


@pytest.mark.parametrize("name", MEMBERS)
def test_steps_in_one_vector_are_steps_array_by_array(name):
    more = AROUND if name == "SGD" else {}
    optimizer = optimizers.LossScaleOptimizer(optimizer_of(name, **more)) if name == "SGD" else optimizer_of(name)
    step = jax.jit(optimizer.step)
    params, state = WEIGHTS, optimizer.init(WEIGHTS)
    vector, memory = ONE.pack(params), ONE.pack_optimizer(state)
    equal(ONE.unpack_optimizer(memory), state)
    for grads in GRADIENTS:
        params, state = step(params, grads, state)
        vector, memory = step(vector, ONE.pack(grads), memory)
    close(ONE.unpack(vector), params)
    close(ONE.unpack_optimizer(memory), state)


def close(one, two):
    assert jax.tree.structure(one) == jax.tree.structure(two)
    for a, b in zip(jax.tree.leaves(one), jax.tree.leaves(two), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-8)


def network(**settings):
    model = Sequential([Input((3,)), Dense(2, **settings), Dense(1)])
    return model.arrays()[0], model.blueprint()


def test_only_what_works_number_by_number_lies_in_one_vector():
    params, blueprint = network()
    assert [path for path, _ in layout_for(params, optimizers.Adam(), blueprint).places] == list(params)
    assert layout_for(params, optimizers.Adam(global_clipnorm=1.0, weight_decay=0.1), blueprint).places
    held = optimizers.Adam(weight_decay=0.1)
    held.exclude_from_weight_decay(var_names=["bias"])
    for optimizer in (optimizers.Adam(clipnorm=1.0), held, type("Mine", (optimizers.Adam,), {})()):
        assert layout_for(params, optimizer, blueprint) == Layout()
    bound, its_blueprint = network(kernel_constraint="non_neg")
    assert layout_for(bound, optimizers.SGD(), its_blueprint) == Layout()
    assert layout_for({"one": params["dense/bias"]}, optimizers.SGD(), blueprint) == Layout()
    large = {**params, "large": np.zeros(1_000_000, "float32")}
    assert layout_for(large, optimizers.SGD(), blueprint) == Layout()


class Scale(Layer):
    """y = a x with one number a, made before any other weight of its network."""

    def build(self, input_shape):
        self.factor = self.add_weight("factor", (), lambda shape, dtype: np.full(shape, 1.5, dtype))

    def call(self, x):
        return x * self.factor


@pytest.mark.parametrize("name", ["Adam", "Nadam"])
def test_a_first_weight_of_a_single_number_is_trained_like_any_other(name):
    """Nadam also remembers one number for each array, which is not to be taken for such a weight's."""
    x, y = random.normal(size=(8, 3)).astype("float32"), random.normal(size=(8, 1)).astype("float32")
    model = Sequential([Input((3,)), Scale(), Dense(1)], seed=0)
    model.compile(optimizer_of(name), "mse")
    start = model.get_weights()
    model.fit(x, y, epochs=2, batch_size=8, shuffle=False, verbose=0)
    expected = by_hand(optimizer_of(name), x, y, start)
    for now, then in zip(model.get_weights(), expected, strict=True):
        np.testing.assert_allclose(now, then, rtol=1e-5, atol=1e-6)


def by_hand(optimizer, x, y, weights):
    state = optimizer.init(weights)
    for _ in range(2):
        a, w, b = weights
        error = 2 * (a * x @ w + b - y) / len(x)
        grads = [np.float32(np.sum(error * (x @ w))), a * x.T @ error, error.sum(0)]
        weights, state = optimizer.step(weights, grads, state)
    return weights
