"""vital_signs: each number against the same one computed elsewhere."""

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.initializers import Ones
from glassnet.inspection import look, vitals
from glassnet.layers import Dense, Dropout, Layer
from glassnet.optimizers import SGD, Adam


@pytest.fixture(scope="module")
def rows():
    drawn = np.random.default_rng(0)
    x = drawn.normal(size=(24, 5)).astype("float32")
    return x, (x[:, 0] > 0).astype("int32")


@pytest.fixture
def model():
    made = Sequential([Input((5,)), Dense(6, "relu"), Dense(4, "tanh"), Dense(1, "sigmoid")], seed=1)
    made.compile(Adam(0.01), "binary_crossentropy")
    return made


def norm(arrays):
    return float(np.sqrt(sum(np.sum(np.square(np.asarray(a, np.float64))) for a in arrays)))


def of_layer(name, arrays):
    return [array for path, array in arrays.items() if path.startswith(f"{name}/")]


def test_gradients_and_weights_are_the_norms_of_what_a_training_pass_shows(model, rows):
    seen, passed = vitals(model, *rows), look(model, *rows, training=True)
    assert [layer.layer for layer in seen.layers] == ["dense", "dense_1", "dense_2"]
    assert seen.loss == pytest.approx(passed.loss, rel=1e-6)
    for layer in seen.layers:
        assert layer.gradient == pytest.approx(norm(of_layer(layer.layer, passed.gradients)), rel=1e-5)
        assert layer.weights == pytest.approx(norm(of_layer(layer.layer, passed.weights)), rel=1e-5)


def test_the_step_is_the_one_that_training_takes(model, rows):
    model.fit(*rows, epochs=2, verbose=0)  # so that the optimizer remembers something
    seen = vitals(model, *rows)
    before = {path: np.array(w) for path, w in model.named_weights().items()}
    model.train_on_batch(*rows)
    after = model.named_weights()
    for layer in seen.layers:
        moved = norm(np.asarray(after[path]) - w for path, w in before.items() if path.startswith(f"{layer.layer}/"))
        assert layer.update == pytest.approx(moved / norm(of_layer(layer.layer, before)), rel=1e-4)


def test_looking_leaves_the_model_as_it_is(model, rows):
    before = [np.array(w) for w in model.get_weights()]
    vitals(model, *rows)
    assert all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True))
    assert int(model.train_state().step) == 0


def test_outputs_are_told_by_their_mean_and_spread(model, rows):
    seen = vitals(model, *rows)
    passed = look(model, *rows)
    for layer in seen.layers:
        put_out = passed.of(layer.layer)[0].outputs
        assert (layer.mean, layer.spread) == pytest.approx((put_out.mean(), put_out.std()), abs=1e-5)
    assert [layer.output for layer in seen.layers] == [False, False, True]
    assert seen.output_spread == pytest.approx(passed.outputs.std(), abs=1e-6)


def test_dead_units_are_those_that_are_off_at_every_row(model, rows):
    kernel, _, *rest = model.get_weights()
    model.set_weights([kernel, np.float32([0, -100, 0, -100, -100, 0]), *rest])
    assert vitals(model, *rows)["dense"].dead == pytest.approx(0.5)


def test_saturated_units_are_those_on_the_flat_ends_of_an_s(model, rows):
    weights = model.get_weights()
    model.set_weights([*weights[:3], np.float32([50, -50, 50, 0]), *weights[4:]])
    seen = vitals(model, *rows)
    assert seen["dense_1"].saturated == pytest.approx(0.75)
    assert seen["dense_1"].dead is None


def test_units_alike_have_both_weights_and_gradients_alike(model, rows):
    ones = [np.full_like(w, 0.1) if w.ndim > 1 else w for w in model.get_weights()]
    model.set_weights(ones)
    assert [layer.alike for layer in vitals(model, *rows).layers] == [True, True, False]
    last = [*ones[:4], np.float32([[1], [2], [3], [4]]), ones[5]]
    model.set_weights(last)  # now the gradients differ
    assert [layer.alike for layer in vitals(model, *rows).layers] == [True, False, False]


class Scaled(Layer):
    """A layer of one's own: max(x w, 0) without a word about it."""

    def build(self, input_shape):
        self.factor = self.add_weight("factor", (input_shape[-1],), Ones())

    def call(self, inputs):
        return (inputs * self.factor).clip(0)


def test_what_does_not_apply_is_none_and_what_is_frozen_says_so(rows):
    still = Dense(4, name="still", trainable=False)
    model = Sequential([Input((5,)), still, Scaled(), Dropout(0.5), Dense(2, "softmax")], seed=0)
    model.compile(SGD(0.1, gradient_accumulation_steps=4), "sparse_categorical_crossentropy")
    model.set_weights([*model.get_weights()[:1], np.float32([0, 0, 0, 0]), *model.get_weights()[2:]])
    model.layers[1].set_weights([np.float32([1, 0, 1, 1])])
    seen = vitals(model, *rows)
    assert [layer.layer for layer in seen.layers] == ["still", "scaled", "dense"]
    assert (seen["still"].trains, seen["still"].gradient, seen["still"].table) == (False, None, False)
    assert seen["scaled"].dead == pytest.approx(0.25)
    assert (seen["scaled"].trains, seen["scaled"].table, seen["dense"].table) == (True, False, True)
    assert seen["dense"].update is None  # the weights move at every fourth step only
    assert seen["dense"].dead is seen["dense"].saturated is None
    assert seen.to_dict()["layers"][2]["update"] is None


def test_a_scaled_loss_gives_the_same_gradients(model, rows):
    plain = vitals(model, *rows)
    model.compile(Adam(0.01, loss_scale_factor=1024.0), "binary_crossentropy")
    scaled = vitals(model, *rows)
    assert scaled["dense"].gradient == pytest.approx(plain["dense"].gradient, rel=1e-4)
    assert scaled["dense"].update == pytest.approx(plain["dense"].update, rel=1e-3)
