"""Schedules: the learning rate as a function of the number of steps done. The unit is an update step, not an epoch.

``Adam(learning_rate=CosineDecay(0.01, decay_steps=1000))``. Known to Keras users as ``optimizers.schedules``.
"""

from glassnet.schedules.base import LearningRateSchedule, deserialize, get, schedule_registry, serialize
from glassnet.schedules.cosine import CosineDecay, CosineDecayRestarts
from glassnet.schedules.cycles import CyclicalLearningRate, OneCycle, OneCycleMomentum
from glassnet.schedules.decay import (
    Constant,
    ExponentialDecay,
    InverseTimeDecay,
    NaturalExponentialDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
    StepDecay,
)
from glassnet.schedules.warmup import PerEpoch, WarmUp, steps_per_epoch

__all__ = [
    "Constant",
    "CosineDecay",
    "CosineDecayRestarts",
    "CyclicalLearningRate",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "NaturalExponentialDecay",
    "OneCycle",
    "OneCycleMomentum",
    "PerEpoch",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "StepDecay",
    "WarmUp",
    "deserialize",
    "get",
    "schedule_registry",
    "serialize",
    "steps_per_epoch",
]
