"""The layer as DESIGN promises it: a plain object that JAX can look into, weights by name, state in private copies."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.foundation.blueprint import Blueprint
from glassnet.foundation.errors import ConfigError, NotBuiltError, RandomKeyError, ShapeError
from glassnet.foundation.layer import Layer
from glassnet.layers import Dense, Dropout

X = np.linspace(-1, 1, 6, dtype="float32").reshape(2, 3)


class Counting(Layer):
    """x W, and how often it was called in training."""

    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight("w", (input_shape[-1], self.units), initializer=lambda s, dtype: np.ones(s, dtype))
        self.calls = self.add_weight("calls", (), trainable=False)

    def call(self, x, training=False):
        if training:
            self.calls = self.calls + 1
        return x @ self.w


class Residual(Layer):
    """A user's own layer, as short as the docs promise."""

    def __init__(self, units):
        super().__init__()
        self.inner = Dense(units, activation="relu")

    def call(self, x):
        return x + self.inner(x)


class Nested(Layer):
    def __init__(self):
        super().__init__()
        self.blocks = [Counting(3), Counting(3)]
        self.named = {"tail": Counting(2)}

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return self.named["tail"](x)


def test_weights_are_named_by_their_place():
    layer = Nested()
    layer(X)
    assert list(layer.named_weights()) == [
        "blocks/0/w",
        "blocks/0/calls",
        "blocks/1/w",
        "blocks/1/calls",
        "named/tail/w",
        "named/tail/calls",
    ]
    assert [inner.path for inner in layer.walk()][1:] == ["blocks/0", "blocks/1", "named/tail"]


def test_a_layer_is_a_pytree_that_grad_looks_into():
    layer = Residual(3)
    layer(X)
    slope = jax.grad(lambda model: jnp.sum(model(X)))(layer)
    assert type(slope) is Residual
    step = 1e-3
    changed = jax.tree.map(lambda a: a, layer)
    changed.inner.bias = changed.inner.bias + jnp.array([step, 0, 0])
    difference = (jnp.sum(changed(X)) - jnp.sum(layer(X))) / step
    np.testing.assert_allclose(slope.inner.bias[0], difference, rtol=1e-2)


def test_two_layers_alike_have_one_structure_and_different_ones_do_not():
    a, b, c = Dense(2), Dense(2), Dense(2, activation="relu")
    for layer in (a, b, c):
        layer(X)
    assert jax.tree.structure(a) == jax.tree.structure(b)
    assert hash(jax.tree.structure(a)) == hash(jax.tree.structure(b))
    assert jax.tree.structure(a) != jax.tree.structure(c)
    assert Blueprint(a) == Blueprint(b) != Blueprint(c)


def test_state_is_assigned_in_a_private_copy_and_returned():
    layer = Counting(2)
    layer(X)

    @jax.jit
    def train(copy, x):
        y = copy(x, training=True)
        return y, copy

    _, after = train(layer, X)
    assert float(layer.calls) == 0 and float(after.calls) == 1


def test_a_state_made_inside_grad_does_not_leak_into_the_layer():
    class Mean(Layer):
        def build(self, input_shape):
            self.mean = self.add_weight("mean", (), trainable=False)

        def call(self, x, training=False):
            if training:
                self.mean = jnp.mean(x)
            return x * 1.0

    layer = Mean()
    layer(X)
    jax.grad(lambda x: jnp.sum(layer(x, training=True)))(X)
    assert float(layer.mean) == 0.0


def test_training_is_inherited_from_the_outermost_call():
    layer = Nested()
    layer(X, training=True)
    assert float(layer.named["tail"].calls) == 1
    layer(X)
    assert float(layer.named["tail"].calls) == 1


def test_a_weight_kept_under_another_name_is_that_name():
    class Odd(Layer):
        def build(self, input_shape):
            self.matrix = self.add_weight("kernel", (3, 1))

        def call(self, x):
            return x @ self.matrix

    layer = Odd()
    layer(X)
    assert list(layer.named_weights()) == ["matrix"]
    layer.set_weights([np.ones((3, 1))])
    assert float(layer(np.ones((1, 3)))[0, 0]) == 3.0


def test_initial_weights_follow_from_seed_and_path_and_not_from_the_neighbours():
    class Pair(Layer):
        def __init__(self, with_more):
            super().__init__()
            self._seed = 5
            if with_more:
                self.more = Dense(3)
            self.last = Dense(3)

        def call(self, x):
            return self.last(self.more(x) if hasattr(self, "more") else x)

    alone, beside = Pair(False), Pair(True)
    alone(X)
    beside(X)
    np.testing.assert_array_equal(alone.last.kernel, beside.last.kernel)
    assert not np.array_equal(beside.last.kernel, beside.more.kernel)


def test_set_weights_changes_nothing_when_a_shape_does_not_fit():
    layer = Dense(2)
    layer(X)
    before = layer.get_weights()
    with pytest.raises(ShapeError, match=r"bias.*expected shape \(2,\); received \(3,\)"):
        layer.set_weights([np.ones((3, 2)), np.ones(3)])
    np.testing.assert_array_equal(layer.kernel, before[0])
    with pytest.raises(ConfigError, match="expected 2 weight arrays; received 1"):
        layer.set_weights([np.ones((3, 2))])


def test_wrong_width_names_layer_axis_expected_and_received():
    layer = Dense(2, name="head")
    layer(X)
    with pytest.raises(
        ShapeError, match=r"'head' expected size 3 at axis -1; received size 4, in an input of shape \(2, 4\)"
    ):
        layer(np.ones((2, 4)))
    with pytest.raises(ShapeError, match=r"x\[None, :\]"):
        layer(np.ones(3))


def test_random_layers_ask_for_a_key_inside_jit():
    layer = Dropout(0.5)
    with pytest.raises(RandomKeyError, match=r"key=jax\.random\.key"):
        jax.jit(lambda x: layer(x, training=True))(X)
    drawn = jax.jit(lambda x, key: layer(x, training=True, key=key))(np.ones((4, 50)), jax.random.key(0))
    assert 0.2 < float(jnp.mean(drawn == 0)) < 0.8


def test_what_is_used_too_early_or_written_wrongly_says_so():
    class Forgetful(Layer):
        def __init__(self):
            self.units = 3

    with pytest.raises(ConfigError, match=r"super\(\).__init__\(\)"):
        Forgetful().built
    with pytest.raises(NotBuiltError, match="no weights yet"):
        Dense(2).count_params()
    with pytest.raises(ConfigError, match="define `call"):
        Layer()(X)
    with pytest.raises(ConfigError, match="Dense has no argument 'unit'; did you mean 'units'"):
        Dense(3, unit=4)
    with pytest.raises(ConfigError, match="without '/'"):
        Dense(2, name="a/b")


def test_penalties_are_found_in_all_layers():
    layer = Residual(3)
    layer.inner = Dense(3, kernel_regularizer="l2", activity_regularizer="l1")
    layer(X)
    assert len(layer.losses) == 2
    np.testing.assert_allclose(layer.losses[0], 0.01 * np.sum(np.square(layer.inner.kernel)), rtol=1e-6)


def test_output_shape_is_traced_where_it_is_not_declared():
    assert Residual(3).compute_output_shape((None, 3)) == (None, 3)


def test_a_mask_travels_with_its_array_through_layers_that_support_it():
    class Marks(Layer):
        def call(self, x):
            return x * 1.0

        def compute_mask(self, inputs, mask=None):
            return inputs[:, :, 0] > 0

    class Sees(Layer):
        def call(self, x, mask=None):
            self.seen = mask is not None
            return x

    class Chain(Layer):
        def __init__(self, *layers):
            super().__init__()
            self.layers = list(layers)

        def call(self, x):
            for layer in self.layers:
                x = layer(x)
            return x

    class Opaque(Layer):
        def call(self, x):
            return x * 2.0

    sees, through = Sees(), np.ones((2, 3, 1), "float32")
    Chain(Marks(), Dropout(0.5), sees)(through)
    assert sees.seen
    Chain(Marks(), Opaque(), sees)(through)
    assert not sees.seen


class Named(Layer):
    """A layer as scripts for Keras write it: by names, and with what may be left out left out."""

    def build(self, input_shape):
        self.scale = self.add_weight(shape=(input_shape[-1],), initializer="ones", regularizer="l2", name="scale")
        self.shift = self.add_weight(shape=(input_shape[-1],), initializer="zeros", constraint="non_neg")
        self.mix = self.add_weight(shape=(input_shape[-1], 2))
        self.steps = self.add_weight(shape=(), dtype="int32", trainable=False)

    def call(self, x):
        return (x * self.scale + self.shift) @ self.mix


def test_weights_take_names_of_initializers_penalties_and_rules():
    layer = Named()
    layer(X)
    assert [path.rpartition("/")[2] for path in layer.named_weights()] == ["scale", "shift", "mix", "steps"]
    assert layer.scale.tolist() == [1, 1, 1] and layer.shift.tolist() == [0, 0, 0] and layer.steps == 0
    assert 0 < np.abs(layer.mix).max() <= np.sqrt(6 / 5) and len(np.unique(layer.mix)) == 6
    assert float(sum(layer.losses)) == pytest.approx(0.03)
    negative = jnp.full(3, -1.0)
    kept = Blueprint(layer).constrain(dict.fromkeys(layer.named_weights(trainable=True), negative))
    assert {path.rpartition("/")[2]: w.tolist() for path, w in kept.items()}["shift"] == [0, 0, 0]


def test_a_weight_asked_for_wrongly_says_how():
    with pytest.raises(ConfigError, match="did you mean"):
        Dense(1).add_weight("w", (2,), "onse")
    with pytest.raises(ConfigError, match="a weight's name first"):
        Dense(1).add_weight((2, 3), "ones")


def test_weights_without_a_name_are_numbered():
    layer = Layer()
    for _ in range(3):
        layer.add_weight(shape=(1,))
    assert list(layer._specs) == ["weight", "weight_1", "weight_2"]
