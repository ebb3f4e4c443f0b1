import json
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import activations
from glassnet.constraints import NonNeg
from glassnet.foundation import context
from glassnet.foundation.errors import ConfigError, ShapeError, UnknownNameError
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.registry import deserialize, serialize
from glassnet.layers.activation import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax
from glassnet.regularizers import L1

STORED = json.loads((Path(__file__).parents[1] / "oracles/activations.json").read_text())
X = np.random.default_rng(0).normal(size=(2, 3, 4)).astype(np.float32) * 3

ROWS = [
    (lambda: Activation("tanh"), np.tanh),
    (lambda: Activation(None), lambda x: x),
    (lambda: Activation(jnp.sin), np.sin),
    (lambda: ReLU(), lambda x: np.maximum(x, 0)),
    (lambda: ReLU(2, 0.1, 0.5), lambda x: np.where(x > 0.5, np.minimum(x, 2), 0.1 * (x - 0.5))),
    (lambda: LeakyReLU(), lambda x: np.maximum(x, 0.3 * x)),
    (lambda: LeakyReLU(negative_slope=0.01), lambda x: np.maximum(x, 0.01 * x)),
    (lambda: PReLU(), lambda x: np.maximum(x, 0)),
    (lambda: PReLU("ones", "l1", "non_neg", [1]), lambda x: x),
    (lambda: ELU(), lambda x: np.where(x > 0, x, np.expm1(x))),
    (lambda: ELU(alpha=0.5), lambda x: np.where(x > 0, x, 0.5 * np.expm1(x))),
    (lambda: Softmax(), lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True)),
    (lambda: Softmax(axis=1), lambda x: np.exp(x) / np.exp(x).sum(1, keepdims=True)),
    (lambda: Softmax(axis=[1, 2]), lambda x: np.exp(x) / np.exp(x).sum((1, 2), keepdims=True)),
]


@jax.jit
def both(x, layer):
    """Output and slope."""
    y, pull = jax.vjp(layer, x)
    return y, pull(jnp.ones_like(y))[0]


@pytest.mark.parametrize(("make", "formula"), ROWS, ids=[repr(make()) for make, _ in ROWS])
def test_contract(make, formula):
    layer = make()
    layer.ensure_built(X.shape)
    y, slope = both(jnp.asarray(X), layer)
    np.testing.assert_allclose(y, formula(X), rtol=3e-6, atol=1e-6)
    assert layer.compute_output_shape((None, 3, 4)) == (None, 3, 4)
    assert layer.supports_masking and layer.built
    h = 1e-6
    with np.errstate(all="ignore"):
        moved = (formula(np.float64(X) + h) - formula(np.float64(X) - h)) / (2 * h)
    if not isinstance(layer, Softmax):
        np.testing.assert_allclose(slope, moved, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("make", [make for make, _ in ROWS if "sin" not in repr(make())], ids=lambda make: repr(make()))
def test_configuration_goes_through_json_and_back(make):
    layer = make()
    written = json.loads(json.dumps(serialize(layer)))
    again = deserialize(written)
    assert type(again) is type(layer) and serialize(again) == written
    np.testing.assert_array_equal(again(X), layer(X))


@pytest.mark.parametrize("name", ["Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax"])
def test_registered_with_the_base_layers_arguments(name):
    layer = layer_registry.find(name)(*(["relu"] if name == "Activation" else []), name="own", input_shape=(3, 4))
    assert layer.name == "own" and layer.declared_shape == (3, 4)


def test_activations_without_weights_have_none():
    layer = ReLU()
    layer(X)
    assert layer.weights == [] and layer.count_params() == 0


def test_an_activation_may_be_a_layer():
    np.testing.assert_allclose(Activation(LeakyReLU(0.5))(X), np.maximum(X, 0.5 * X), rtol=1e-6)
    with pytest.raises(UnknownNameError, match="did you mean 'relu'"):
        Activation("rellu")


@pytest.mark.parametrize(
    ("shared", "shape"), [(None, (3, 4)), (1, (1, 4)), ([2], (3, 1)), ((1, 2), (1, 1)), ([-1], (3, 1))]
)
def test_prelu_has_one_slope_a_place_and_one_for_all_of_a_shared_axis(shared, shape):
    layer = PReLU(shared_axes=shared)
    layer.ensure_built((None, 3, 4))
    assert layer.alpha.shape == shape
    slopes = np.random.default_rng(1).uniform(size=shape).astype(np.float32)
    layer.set_weights([slopes])
    np.testing.assert_allclose(layer(X), np.where(X > 0, X, slopes * X), rtol=1e-6)


def test_prelu_learns_its_slope():
    layer = PReLU("ones", alpha_regularizer="l1", alpha_constraint="non_neg")
    layer(X)
    slope = jax.jit(jax.grad(lambda layer: jnp.sum(layer(X))))(layer).alpha
    np.testing.assert_allclose(slope, np.minimum(X, 0).sum(0), rtol=1e-5)
    assert layer.alpha_regularizer == L1() and layer.alpha_constraint == NonNeg()
    np.testing.assert_allclose(layer.losses, [0.01 * 12], rtol=1e-6)
    assert list(layer.named_weights(trainable=True)) == ["alpha"]


def test_prelu_takes_any_size_along_a_shared_axis_and_no_other():
    layer = PReLU(shared_axes=[1])
    layer.ensure_built((None, None, 4))
    assert layer(X[:, :2]).shape == (2, 2, 4)
    with pytest.raises(ShapeError, match="expected size 4 at axis 2; received size 3"):
        layer(X[:, :, :3])
    with pytest.raises(ShapeError, match="expected to know every size"):
        PReLU().ensure_built((None, None, 4))


def test_prelu_shares_axes_that_are_there():
    for axes in ([0], ["a"], 1.5, [1, None]):
        with pytest.raises(ConfigError, match="PReLU expected `shared_axes` as whole numbers other than 0"):
            PReLU(shared_axes=axes)
    for axis in (3, -3):
        with pytest.raises(ShapeError, match=f"has axis {axis}, named in shared_axes"):
            PReLU(shared_axes=[axis])(X)


MASKS = [
    np.array([True, False, True, True]),
    np.array([[[True], [False], [True]], [[True], [True], [False]]]),
    np.array([[1.0, 0.0, 1.0, 1.0]], np.float32),
    np.ones((2, 3, 4), bool),
]


@pytest.mark.parametrize("mask", MASKS, ids=lambda mask: str(mask.shape))
def test_softmax_leaves_masked_places_out(mask):
    y = np.asarray(Softmax()(X, mask=mask))
    counts = np.broadcast_to(mask > 0.5, X.shape)
    assert not y[~counts].any()
    shares = np.where(counts, np.exp(X), 0)
    total = shares.sum(-1, keepdims=True)
    np.testing.assert_allclose(y, shares / np.where(total > 0, total, 1), rtol=1e-5)
    slope = jax.jit(jax.grad(lambda x: jnp.sum(Softmax()(x, mask=mask) ** 2)))(jnp.asarray(X))
    assert np.isfinite(slope).all() and not np.asarray(slope)[~counts].any()


@pytest.mark.parametrize("shape", [(3,), (2, 2, 4), (1, 2, 3, 4)])
def test_softmax_needs_a_mask_that_broadcasts_to_its_input(shape):
    with pytest.raises(ShapeError, match=r"a mask that broadcasts to its input of shape \(2, 3, 4\)\. Received one of"):
        Softmax()(X, mask=np.ones(shape, bool))


def test_softmax_needs_an_axis_that_is_there():
    with pytest.raises(ShapeError, match="has axis 3"):
        Softmax(axis=3)(X)


@pytest.mark.parametrize(
    ("make", "link"),
    [
        (lambda: Activation("sigmoid"), "sigmoid"),
        (lambda: Activation(activations.softmax), "softmax"),
        (lambda: Softmax(), "softmax"),
        (lambda: Softmax(axis=1), None),
        (lambda: ReLU(), None),
    ],
)
def test_logits_are_noted_for_the_loss(make, link):
    with context.entered(context.Call()):
        y = make()(X)
        assert context.noted(y, "link") == link
        if link:
            np.testing.assert_array_equal(context.noted(y, "logits"), X)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ReLU(max_value=-1), "ReLU expected `max_value` as a number from 0 up. Received -1"),
        (lambda: ReLU(negative_slope=-0.1), "ReLU expected `negative_slope` as a number from 0 up"),
        (lambda: ReLU(negative_slope=None), "ReLU expected `negative_slope` as a number from 0 up. Received None"),
        (lambda: ReLU(threshold=-1.0), "ReLU expected `threshold` as a number from 0 up"),
        (lambda: LeakyReLU(-0.3), "LeakyReLU expected `negative_slope` as a number from 0 up"),
        (lambda: ELU("a"), "ELU expected `alpha` as a number from 0 up"),
    ],
)
def test_arguments_that_cannot_work(make, message):
    with pytest.raises(ConfigError) as caught:
        make()
    assert message in str(caught.value)


def test_the_numbers_of_keras():
    rows = STORED["layers"]
    layers = [layer_registry.find(name)(**arguments) for name, arguments, _ in rows]
    computed = jax.jit(lambda x: [layer(x) for layer in layers])(np.float32(STORED["x"]))
    for (name, arguments, expected), y in zip(rows, computed, strict=True):
        np.testing.assert_allclose(y, expected, rtol=2e-6, atol=3e-7, err_msg=f"{name} {arguments}")
