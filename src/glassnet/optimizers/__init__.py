"""Optimizers: how weights move, given the gradient of the loss.

Keras's names, arguments, defaults and numbers. Each is two pure functions for one array; see `Optimizer`.
"""

from glassnet.optimizers import schedules
from glassnet.optimizers.adafactor import Adafactor
from glassnet.optimizers.adam import Adam, Adamax, AdamW, Nadam
from glassnet.optimizers.adaptive import Adadelta, Adagrad, RMSprop
from glassnet.optimizers.base import Optimizer, optimizer_registry
from glassnet.optimizers.ftrl import Ftrl
from glassnet.optimizers.lamb import Lamb
from glassnet.optimizers.lion import Lion
from glassnet.optimizers.lookahead import Lookahead
from glassnet.optimizers.lookup import deserialize, get, serialize
from glassnet.optimizers.loss_scaling import LossScaleOptimizer
from glassnet.optimizers.muon import Muon
from glassnet.optimizers.options import OptimizerState
from glassnet.optimizers.radam import RAdam
from glassnet.optimizers.schedule_free import ScheduleFreeAdamW
from glassnet.optimizers.sgd import SGD
from glassnet.optimizers.wrapped import OptaxOptimizer

__all__ = [
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lamb",
    "Lion",
    "Lookahead",
    "LossScaleOptimizer",
    "Muon",
    "Nadam",
    "OptaxOptimizer",
    "Optimizer",
    "OptimizerState",
    "RAdam",
    "RMSprop",
    "ScheduleFreeAdamW",
    "deserialize",
    "get",
    "optimizer_registry",
    "schedules",
    "serialize",
]
