"""The running averages of batch normalization: when they move, and when they are used."""

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.initializers import RandomUniform
from glassnet.layers import Dense, Flatten, Input
from glassnet.layers.normalization import BatchNormalization
from glassnet.models import Sequential

X = np.random.default_rng(0).normal(size=(6, 3)).astype("float32")


def test_the_averages_move_in_training_only() -> None:
    layer = BatchNormalization(momentum=0.5)
    layer(X)
    assert layer.moving_mean.tolist() == [0, 0, 0] and layer.moving_variance.tolist() == [1, 1, 1]
    y = layer(X, training=True)
    np.testing.assert_allclose(np.mean(y, 0), 0, atol=1e-6)
    np.testing.assert_allclose(layer.moving_mean, 0.5 * X.mean(0), rtol=1e-5)
    np.testing.assert_allclose(layer.moving_variance, 0.5 + 0.5 * X.var(0), rtol=1e-5)
    assert list(layer.named_weights(trainable=False)) == ["moving_mean", "moving_variance"]


def test_a_frozen_layer_uses_its_averages_and_leaves_them() -> None:
    layer = BatchNormalization(trainable=False)
    y = layer(X, training=True)
    np.testing.assert_allclose(y, X / np.sqrt(1.001), rtol=1e-5)
    assert layer.moving_mean.tolist() == [0, 0, 0]
    frozen = BatchNormalization(trainable=False, renorm=True)
    np.testing.assert_array_equal(frozen(X, training=True), y)
    assert frozen.renorm_mean.tolist() == [0, 0, 0]


def test_inside_jit_the_copy_moves_and_inside_grad_nothing_leaks() -> None:
    layer = BatchNormalization(momentum=0.5)
    layer(X)

    @jax.jit
    def trained(copy, x):
        return jax.grad(lambda copy: jnp.sum(copy(x, training=True) ** 3))(copy), (copy(x, training=True), copy)[1]

    slope, after = trained(layer, X)
    assert layer.moving_mean.tolist() == [0, 0, 0]
    np.testing.assert_allclose(after.moving_mean, 0.5 * X.mean(0), rtol=1e-5)
    assert slope.moving_mean.tolist() == [0, 0, 0]


def test_masked_positions_do_not_count() -> None:
    x = np.stack([X[:3], X[3:]])
    wrong = x.copy()
    wrong[1, 2] = 1e4
    mask = np.array([[True, True, True], [True, True, False]])
    layer = BatchNormalization()
    np.testing.assert_allclose(
        np.asarray(layer(wrong, training=True, mask=mask))[mask],
        BatchNormalization()(X[:5], training=True),
        rtol=1e-4,
        atol=1e-5,
    )
    assert np.isfinite(layer(x, training=True, mask=np.zeros((2, 3), bool))).all()


def test_in_a_model_training_brings_the_averages_along() -> None:
    model = Sequential([Input((3,)), BatchNormalization(momentum=0.5), Flatten(), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    model.fit(X, X[:, :1], batch_size=6, epochs=1, verbose=0)
    np.testing.assert_allclose(model.named_weights()["batch_normalization/moving_mean"], 0.5 * X.mean(0), rtol=1e-4)
    assert BatchNormalization.mixes_rows


def test_renorm_without_limits_normalizes_by_its_running_averages() -> None:
    layer = BatchNormalization(renorm=True, epsilon=1e-5)
    layer.build((None, 3))
    assert list(layer.named_weights())[4:] == ["moving_stddev", "renorm_mean", "renorm_stddev"]
    layer.set_weights([w + i for i, w in enumerate(np.abs(layer.get_weights()))])
    mean, deviation = layer.renorm_mean, layer.renorm_stddev
    expected = (X - mean) / deviation * layer.gamma + layer.beta
    np.testing.assert_allclose(layer(X, training=True), expected, rtol=1e-4, atol=1e-5)


def test_renorm_starts_from_the_variance_and_keeps_it_above_zero() -> None:
    layer = BatchNormalization(renorm=True, moving_variance_initializer="ones", moving_mean_initializer="random_normal")
    layer(X)
    np.testing.assert_array_equal(layer.renorm_mean, layer.moving_mean)
    np.testing.assert_array_equal(layer.moving_stddev, np.sqrt(layer.moving_variance))
    np.testing.assert_array_equal(layer.renorm_stddev, layer.moving_stddev)
    still = BatchNormalization(renorm=True, moving_variance_initializer="zeros", momentum=0.0)
    still(np.zeros((2, 1), "float32"), training=True)
    assert still.moving_variance >= 0 and np.isfinite(still(np.ones((2, 1), "float32"), training=True)).all()


def test_in_a_seeded_model_the_renorm_averages_start_from_each_other() -> None:
    settings = {"renorm": True, "moving_variance_initializer": RandomUniform(1.0, 2.0)}
    weights = Sequential([Input((3,)), BatchNormalization(**settings)], seed=0).named_weights()
    first = {path.rsplit("/", 1)[-1]: weight for path, weight in weights.items()}
    np.testing.assert_allclose(first["moving_stddev"] ** 2, first["moving_variance"], rtol=1e-6)
    np.testing.assert_allclose(first["renorm_stddev"] ** 2, first["moving_variance"], rtol=1e-6)


def test_slopes_do_not_pass_through_the_corrections_of_renorm() -> None:
    """So they are those of plain batch normalization, times r."""
    renorm, plain = BatchNormalization(renorm=True, scale=False), BatchNormalization(scale=False)
    mixture = np.random.default_rng(1).normal(size=X.shape).astype("float32")

    def slope(layer):
        layer(X)
        return jax.grad(lambda x: jnp.sum(mixture * layer(x, training=True)))(X)

    r = np.sqrt(X.var(0) + 1e-3)  # the running deviation is still 1
    np.testing.assert_allclose(slope(renorm), r * slope(plain), rtol=1e-4, atol=1e-6)
