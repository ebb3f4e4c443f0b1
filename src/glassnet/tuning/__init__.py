"""Choosing: cross-validation, optimizers compared, a learning rate found, settings searched, ensembles."""

from glassnet.tuning.comparison import Comparison, compare
from glassnet.tuning.cross_validation import CrossValidation, cross_validate
from glassnet.tuning.ensemble import Ensemble
from glassnet.tuning.intervals import Interval
from glassnet.tuning.learning_rate import LearningRate, find_learning_rate
from glassnet.tuning.members import fresh_copy
from glassnet.tuning.races import Race
from glassnet.tuning.searching import Search, Trial, search
from glassnet.tuning.spaces import Choice, Integer, LogUniform, Space, Uniform
from glassnet.tuning.surfaces import Surface, SurfaceComparison, Walk, compare_on_surface

__all__ = [
    "Choice",
    "Comparison",
    "CrossValidation",
    "Ensemble",
    "Integer",
    "Interval",
    "LearningRate",
    "LogUniform",
    "Race",
    "Search",
    "Space",
    "Surface",
    "SurfaceComparison",
    "Trial",
    "Uniform",
    "Walk",
    "compare",
    "compare_on_surface",
    "cross_validate",
    "find_learning_rate",
    "fresh_copy",
    "search",
]
