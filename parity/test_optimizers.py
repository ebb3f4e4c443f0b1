"""Optimizers and schedules: the same fit in both libraries, whatever composes around the rule."""

import keras
import numpy as np
import pytest

import glassnet

# A habit of Keras 3 with NumPy 2, not of ours.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

SCHEDULES = {
    "ExponentialDecay": (0.05, 3, 0.5, True),
    "InverseTimeDecay": (0.05, 2, 0.5),
    "PolynomialDecay": (0.05, 4, 0.01, 2.0, True),
    "PiecewiseConstantDecay": ([1, 3], [0.05, 0.01, 0.1]),
    "CosineDecay": (0.01, 4, 0.1, "mine", 0.05, 3),
    "CosineDecayRestarts": (0.05, 2, 1.5, 0.9),
}
OPTIMIZERS = {
    "Adafactor": {"learning_rate": 0.1},
    "Lamb": {"learning_rate": 0.05, "weight_decay": 0.1},
    "Muon": {"learning_rate": 0.01, "adam_weight_decay": 0.1},
    "ScheduleFreeAdamW": {"learning_rate": 0.05, "warmup_steps": 4},
    "SGD": {"learning_rate": 0.1, "momentum": 0.5, "use_ema": True, "ema_momentum": 0.7, "ema_overwrite_frequency": 4},
    "Adam": {"learning_rate": 0.05, "gradient_accumulation_steps": 2, "clipnorm": 0.1, "use_ema": True},
    "AdamW": {"learning_rate": 0.05, "weight_decay": 0.1, "loss_scale_factor": 128.0, "global_clipnorm": 0.5},
}


def agree(both, x, y):
    ours, theirs = (model.fit(x, y, epochs=3, batch_size=32, shuffle=False, verbose=0) for model in both)
    np.testing.assert_allclose(ours.history["loss"], theirs.history["loss"], rtol=1e-4)
    for a, b in zip(*(model.get_weights() for model in both), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_three_epochs_of_fit(pair, x, targets, name):
    agree(pair(optimizer=(name, OPTIMIZERS[name])), x, targets["number"])


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_in_fit_and_alone(pair, x, targets, name):
    both = pair(optimizer="SGD")
    for library, model in zip((glassnet, keras), both, strict=True):
        schedule = getattr(library.optimizers.schedules, name)(*SCHEDULES[name])
        model.compile(library.optimizers.Adam(schedule), "mse")
    agree(both, x, targets["number"])
    ours, theirs = (getattr(library.optimizers.schedules, name)(*SCHEDULES[name]) for library in (glassnet, keras))
    np.testing.assert_allclose(ours(np.arange(30)), [float(theirs(step)) for step in range(30)], rtol=2e-5, atol=1e-7)


def test_a_scaled_loss(pair, x, targets):
    both = pair(optimizer="SGD")
    for library, model in zip((glassnet, keras), both, strict=True):
        inner = library.optimizers.SGD(0.1, momentum=0.5)
        model.compile(library.optimizers.LossScaleOptimizer(inner, 2.0**12, dynamic_growth_steps=2), "mse")
    agree(both, x, targets["number"])


def test_configurations_have_keras_names():
    for name in (*OPTIMIZERS, "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam", "Lion", "Ftrl"):
        theirs = getattr(keras.optimizers, name)(learning_rate=0.1).get_config()
        ours = getattr(glassnet.optimizers, name)(learning_rate=0.1).get_config()
        assert set(theirs) <= set(ours), name
        again = getattr(glassnet.optimizers, name).from_config({**theirs, "learning_rate": 0.1})
        assert again == getattr(glassnet.optimizers, name)(learning_rate=0.1, name=theirs["name"]), name
    for name, arguments in SCHEDULES.items():
        theirs = getattr(keras.optimizers.schedules, name)(*arguments)
        ours = getattr(glassnet.optimizers.schedules, name)(*arguments)
        assert set(theirs.get_config()) == set(ours.get_config())
        assert glassnet.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(theirs)) == ours
        config = {**keras.optimizers.Adam(theirs).get_config(), "name": "adam"}
        assert glassnet.optimizers.Adam.from_config(config) == glassnet.optimizers.Adam(ours)
