"""Cross-entropies from logits: against the formulas in 64 bits, from one end of the sensible range to the other."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet import activations, losses
from glassnet.foundation import context
from glassnet.foundation.errors import ConfigError, DataError

Z = np.array([-1e30, -200, -88.5, -30, -17, -1e-3, 0, 1e-3, 17, 30, 88.5, 200, 1e30], "float32")


def sigmoid(z):
    return np.exp(-np.logaddexp(0, -z))


def value_and_slope(fn, z):
    values, pull = jax.vjp(jax.jit(fn), jnp.asarray(z))
    return np.asarray(values), np.asarray(pull(jnp.ones_like(values))[0])


@pytest.mark.parametrize("y", [0.0, 1.0, 0.3])
def test_binary_crossentropy_from_logits_is_exact(y):
    def loss(z):
        return losses.binary_crossentropy(jnp.full((len(Z), 1), y), z[:, None], from_logits=True)

    z = Z.astype("float64")
    values, slope = value_and_slope(loss, Z)
    exact = y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)
    np.testing.assert_allclose(values, exact, rtol=2e-6, atol=1e-37)
    np.testing.assert_allclose(slope, (1 - y) * sigmoid(z) - y * sigmoid(-z), rtol=2e-6, atol=1e-37)


def test_binary_focal_crossentropy_from_logits_is_exact():
    def loss(z):
        return losses.binary_focal_crossentropy(jnp.ones((len(Z), 1)), z[:, None], gamma=2.0, from_logits=True)

    z = Z.astype("float64")
    missed, entropy = sigmoid(-z), np.logaddexp(0, -z)
    values, slope = value_and_slope(loss, Z)
    np.testing.assert_allclose(values, missed**2 * entropy, rtol=3e-6, atol=1e-30)
    exact = -2 * missed**2 * sigmoid(z) * entropy - missed**3
    np.testing.assert_allclose(slope, exact, rtol=3e-6, atol=1e-30)


def test_focal_losses_have_a_slope_where_the_answer_is_certain():
    certain = jnp.array([[1.0], [0.0]])

    @jax.jit
    def slopes(outputs):
        def loss(p, gamma, from_logits):
            return jnp.sum(losses.binary_focal_crossentropy(certain, p, gamma=gamma, from_logits=from_logits))

        return [
            jax.grad(loss)(p, gamma, from_logits)
            for gamma in (0.0, 0.5, 2.0)
            for p, from_logits in ((outputs, False), ((outputs - 0.5) * 400, True))
        ]

    assert np.isfinite(slopes(certain)).all()


GAPS = np.array([0, 1e-3, 5, 20, 90, 1e4, 1e30], "float32")


@pytest.mark.parametrize("offset", [0.0, -1e6, 3e3])
def test_categorical_crossentropy_from_logits_is_exact(offset):
    z = np.stack([np.zeros_like(GAPS), GAPS, GAPS / 3], -1) + np.float32(offset)
    labels = np.zeros(len(z), "int32")
    exact_z = z.astype("float64")
    log_p = exact_z - np.logaddexp.reduce(exact_z, -1, keepdims=True)
    onehot = np.eye(3)[labels]
    for loss in (
        lambda z: losses.categorical_crossentropy(onehot, z, from_logits=True),
        lambda z: losses.sparse_categorical_crossentropy(labels, z, from_logits=True),
    ):
        values, slope = value_and_slope(loss, z)
        np.testing.assert_allclose(values, -log_p[:, 0], rtol=2e-6)
        np.testing.assert_allclose(slope, np.exp(log_p) - onehot, rtol=2e-6, atol=1e-7)


def test_gradients_are_right_where_the_loss_itself_is_cut_at_the_largest_number():
    z = np.array([[3e38, -3e38]], "float32")
    values, slope = value_and_slope(
        lambda z: losses.sparse_categorical_crossentropy(np.array([1]), z, from_logits=True), z
    )
    assert values[0] == np.finfo("float32").max
    np.testing.assert_array_equal(slope, [[1.0, -1.0]])


# The logits under a final activation.

PAIRS = [
    ("BinaryCrossentropy", activations.sigmoid, "bits"),
    ("BinaryFocalCrossentropy", activations.sigmoid, "bits"),
    ("CategoricalCrossentropy", activations.softmax, "onehot"),
    ("CategoricalFocalCrossentropy", activations.softmax, "onehot"),
    ("SparseCategoricalCrossentropy", activations.softmax, "ids"),
]


@pytest.mark.parametrize(("name", "link", "target"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_a_loss_after_its_activation_is_computed_from_the_logits(name, link, target, arrays):
    z, y_true = arrays["logits"] * 40, arrays[target]
    kind = getattr(losses, name)

    def through(z):
        with context.entered(context.Call()):
            return kind()(y_true, link(z))

    @jax.jit
    def answers(z):
        wanted = jax.value_and_grad(lambda z: kind(from_logits=True)(y_true, z))(z)
        return jax.value_and_grad(through)(z), wanted, kind()(y_true, link(z))

    (value, slope), wanted, clipped = answers(z)
    np.testing.assert_allclose(value, wanted[0], rtol=1e-6)
    np.testing.assert_allclose(slope, wanted[1], rtol=1e-6)
    assert abs(clipped - value) > 1e-3, "without a call there are only clipped probabilities"


def test_the_logits_of_another_activation_are_left_alone(arrays):
    z = jnp.asarray(arrays["logits"]) * 40
    with context.entered(context.Call()):
        told = losses.categorical_crossentropy(arrays["onehot"], activations.sigmoid(z))
    np.testing.assert_allclose(
        told, losses.categorical_crossentropy(arrays["onehot"], activations.sigmoid(z)), rtol=1e-6
    )


def test_the_logits_are_found_through_a_cast_and_a_column(arrays):
    z = jnp.asarray(arrays["logits"][:, 0]) * 40
    y_true = arrays["bits"][:, 0]
    exact = losses.BinaryCrossentropy(from_logits=True)(y_true[:, None], z[:, None])

    @jax.jit
    def through(z):
        with context.entered(context.Call()):
            kinds = losses.BinaryCrossentropy(), losses.BinaryCrossentropy(dtype="bfloat16")
            return [loss(y_true, activations.sigmoid(z)) for loss in kinds]

    flat, half = through(z)
    np.testing.assert_allclose(flat, exact, rtol=1e-6)
    assert half.dtype == jnp.bfloat16
    np.testing.assert_allclose(np.float32(half), exact, rtol=2e-2)


def test_generalized_cross_entropy_learns_from_the_logits_where_the_label_has_no_chance():
    z = jnp.array([[-300.0, 300.0]])

    def through(z):
        with context.entered(context.Call()):
            return losses.CategoricalGeneralizedCrossEntropy(q=0.5)(jnp.array([0]), activations.softmax(z))

    value, slope = jax.jit(jax.value_and_grad(through))(z)
    assert value == 2.0 and np.isfinite(slope).all()


# Labels and arguments.


@pytest.mark.parametrize(("labels", "received"), [([0, 3], "3"), ([-1, 0], "-1"), ([0.5, 1.0], "0.5")])
def test_a_label_that_is_no_class_is_told(labels, received):
    with pytest.raises(DataError, match=f"from 0 to 2, since there are 3 outputs. Received {received}"):
        losses.sparse_categorical_crossentropy(np.array(labels), jnp.full((2, 3), 1 / 3))


def test_a_label_to_ignore_is_no_error():
    values = losses.sparse_categorical_crossentropy([-1, 0], jnp.full((2, 3), 1 / 3), ignore_class=-1)
    np.testing.assert_allclose(values, [0.0, np.log(3)], rtol=1e-6)


def test_inside_jit_a_label_that_is_no_class_costs_nothing():
    outputs = jnp.full((2, 3), 1 / 3)
    values = jax.jit(losses.sparse_categorical_crossentropy)(jnp.array([3, 0]), outputs)
    np.testing.assert_allclose(values, [0.0, np.log(3)], rtol=1e-6)


def test_ignored_rows_do_not_count_in_the_mean():
    loss, y_pred = (
        losses.SparseCategoricalCrossentropy(ignore_class=-1),
        jnp.array([[0.5, 0.5], [0.9, 0.1], [0.2, 0.8]]),
    )
    mean = jax.jit(lambda y_true, weights, count: losses.reduced(loss, y_true, y_pred, weights, count))
    one, none = np.array([1, -1, -1]), np.array([-1, -1, -1])
    np.testing.assert_allclose(mean(one, np.float32([1, 1, 1]), 3), np.log(2), rtol=1e-6)
    np.testing.assert_allclose(mean(one, np.float32([1, 1, 0]), 2), np.log(2), rtol=1e-6)
    assert mean(none, np.float32([1, 1, 1]), 3) == 0


def test_classes_may_stand_on_another_axis(arrays):
    onehot, p = arrays["onehot"], arrays["softmax"]
    for loss, target in (
        (losses.categorical_crossentropy, onehot),
        (losses.sparse_categorical_crossentropy, arrays["ids"]),
    ):
        turned = target.T if target.ndim == 2 else target
        np.testing.assert_allclose(loss(turned, p.T, axis=0), loss(target, p), rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("BinaryCrossentropy", {"axis": True}, "`axis` as a whole number. Received True"),
        ("BinaryCrossentropy", {"label_smoothing": 1.5}, "`label_smoothing` from 0 and at most 1. Received 1.5"),
        ("BinaryFocalCrossentropy", {"gamma": -1}, "`gamma` from 0 up. Received -1"),
        ("CategoricalGeneralizedCrossEntropy", {"q": 1.0}, "`q` between 0 and 1. Received 1.0"),
        ("Huber", {"delta": 0.0}, "`delta` above 0. Received 0.0"),
        ("MeanSquaredError", {"reduction": "average"}, "Received 'average'"),
    ],
)
def test_an_argument_out_of_range_is_told(name, settings, message):
    with pytest.raises(ConfigError, match=message):
        getattr(losses, name)(**settings)
