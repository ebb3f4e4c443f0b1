"""Keras's module path, and a generator's batches in `fit`, `evaluate` and `predict`."""

import numpy as np

import glassnet
from glassnet import Input, Sequential
from glassnet.data import images
from glassnet.layers import Dense, Flatten
from glassnet.preprocessing.image import ImageDataGenerator

X = np.random.default_rng(0).random((20, 4, 4, 1)).astype("float32")
Y = (X.mean((1, 2, 3)) > 0.5).astype("int32")


def network():
    model = Sequential([Input((4, 4, 1)), Flatten(), Dense(2, activation="softmax")], seed=0)
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def test_the_names_are_those_of_the_room_below():
    for name in glassnet.preprocessing.image.__all__:
        assert getattr(glassnet.preprocessing.image, name) is getattr(images, name)


def test_fit_takes_the_batches_as_they_are_and_repeats_them_with_the_seed():
    generator = ImageDataGenerator(rotation_range=20, horizontal_flip=True)
    losses = [
        network().fit(generator.flow(X, Y, batch_size=8, seed=1), epochs=3, verbose=0).history["loss"] for _ in range(2)
    ]
    assert losses[0] == losses[1] and len(set(losses[0])) == 3
    model = network()
    assert np.isfinite(model.evaluate(generator.flow(X, Y, batch_size=8, seed=1), verbose=0))
    assert model.predict(generator.flow(X, batch_size=8, shuffle=False)).shape == (20, 2)


def test_without_changes_fit_learns_the_same_as_from_the_arrays():
    given = {"epochs": 2, "verbose": 0}
    from_batches, from_arrays = network(), network()
    from_batches.fit(ImageDataGenerator().flow(X, Y, batch_size=8, shuffle=False), **given)
    from_arrays.fit(X, Y, batch_size=8, shuffle=False, **given)
    for a, b in zip(from_batches.get_weights(), from_arrays.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_batches_with_other_targets_reach_fit_through_map():
    model = network()
    model.compile("sgd", "categorical_crossentropy")
    batches = ImageDataGenerator().flow(X, Y, batch_size=8).map(lambda x, y: (x, np.eye(2, dtype="float32")[y]))
    assert len(model.fit(batches, epochs=2, verbose=0).history["loss"]) == 2
