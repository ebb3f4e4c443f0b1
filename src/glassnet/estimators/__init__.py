"""Estimators: scikit-learn's contract over networks."""

from glassnet.estimators.corrections import Correction, PerceptronXRay
from glassnet.estimators.perceptron import NotConvergedWarning, NotSeparableWarning, Perceptron

__all__ = ["Correction", "NotConvergedWarning", "NotSeparableWarning", "Perceptron", "PerceptronXRay"]
