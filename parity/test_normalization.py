"""Normalizations whose training step does more than their formula: losses, weights and answers after some steps of fit."""

import keras
import numpy as np
import pytest

import glassnet

# A habit of Keras 3 with NumPy 2, not of ours.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

LAYERS = {
    "spectral": lambda of: of.SpectralNormalization(of.Dense(5, "tanh"), 2),
    "spectral, penalty": lambda of: of.SpectralNormalization(of.Dense(5, kernel_regularizer="l2")),
    "renorm": lambda of: of.BatchNormalization(renorm=True, renorm_momentum=0.8, momentum=0.7),
    "renorm, limits": lambda of: of.BatchNormalization(
        renorm=True, renorm_clipping={"rmax": 1.2, "rmin": 0.9, "dmax": 0.1}
    ),
    "scaled only": lambda of: of.LayerNormalization(rms_scaling=True),
}


def by_name(model):
    """The middle layer's weights by their last names, of either library."""
    if isinstance(model, keras.Model):
        return {weight.name: weight for weight in model.layers[1].weights}
    return {path.rsplit("/", 1)[-1]: weight for path, weight in model.layers[1].named_weights().items()}


def network(library, make):
    if library is glassnet:
        library.utils.set_random_seed(0)
    of = library.layers
    model = library.Sequential([of.Input((4,)), of.Dense(6, "tanh"), make(of), of.Dense(1)])
    model.compile(library.optimizers.SGD(0.1), "mse")
    return model


@pytest.mark.filterwarnings("ignore:You passed `rms_scaling=True`")
@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
def test_some_steps_of_fit(make, x, targets):
    ours, theirs = (network(library, make) for library in (glassnet, keras))
    for outer in (0, 2):
        theirs.layers[outer].set_weights(ours.layers[outer].get_weights())
    for name, weight in by_name(theirs).items():
        weight.assign(by_name(ours)[name])
    settings = {"epochs": 3, "batch_size": 32, "shuffle": False, "verbose": 0}
    histories = [model.fit(x, targets["number"], **settings).history["loss"] for model in (ours, theirs)]
    np.testing.assert_allclose(*histories, rtol=1e-4)
    for name, weight in by_name(theirs).items():
        np.testing.assert_allclose(by_name(ours)[name], np.array(weight), rtol=1e-4, atol=1e-5, err_msg=name)
    np.testing.assert_allclose(ours.predict(x), theirs.predict(x, verbose=0), rtol=1e-4, atol=1e-5)
