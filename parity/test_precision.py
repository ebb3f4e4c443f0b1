"""Mixed precision: the numbers of Keras's mixed_bfloat16, as far as 8 bits of precision can tell."""

import keras
import numpy as np
import pytest

import glassnet

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

X = np.random.default_rng(0).normal(size=(64, 8, 8, 3)).astype("float32")
Y = (np.arange(64) % 3).astype("int32")


def policies():
    return glassnet.DTypePolicy("mixed_bfloat16", force=True), keras.DTypePolicy("mixed_bfloat16")


def network(library, policy):
    layers, short = library.layers, {"dtype": policy}
    model = library.Sequential(
        [
            layers.Input((8, 8, 3)),
            layers.Conv2D(8, 3, activation="relu", **short),
            layers.BatchNormalization(**short),
            layers.MaxPooling2D(**short),
            layers.Flatten(**short),
            layers.Dense(16, activation="gelu", **short),
            layers.LayerNormalization(**short),
            layers.Dense(3, activation="softmax", **short),
        ]
    )
    model.compile(optimizer=library.optimizers.SGD(0.05), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def test_a_network_trains_alike():
    ours, theirs = (network(library, policy) for library, policy in zip((glassnet, keras), policies(), strict=True))
    theirs.set_weights(ours.get_weights())
    np.testing.assert_allclose(ours.predict(X), np.asarray(theirs.predict(X, verbose=0), "float32"), atol=0.02)
    arguments = {"epochs": 5, "batch_size": 16, "shuffle": False, "verbose": 0}
    histories = [model.fit(X, Y, **arguments).history for model in (ours, theirs)]
    np.testing.assert_allclose(histories[0]["loss"], histories[1]["loss"], rtol=0.02)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=0.05, atol=0.01)


@pytest.mark.parametrize(
    "make",
    [
        lambda library, **short: library.layers.Dense(5, activation="tanh", **short),
        lambda library, **short: library.layers.Conv2D(4, 3, strides=2, padding="same", **short),
        lambda library, **short: library.layers.BatchNormalization(**short),
        lambda library, **short: library.layers.Softmax(**short),
    ],
    ids=["dense", "convolution", "normalization", "softmax"],
)
def test_a_layer_gives_the_same_type_and_numbers(make):
    layers = [make(library, dtype=policy) for library, policy in zip((glassnet, keras), policies(), strict=True)]
    outputs = [layer(X) for layer in layers]
    if layers[0].weights:
        layers[1].set_weights(layers[0].get_weights())
        outputs[1] = layers[1](X)
    assert {str(output.dtype) for output in outputs} == {"bfloat16"}
    np.testing.assert_allclose(*(np.asarray(output, "float32") for output in outputs), rtol=0.01, atol=0.01)
    assert layers[0].compute_dtype == layers[1].compute_dtype and layers[0].dtype == layers[1].variable_dtype
