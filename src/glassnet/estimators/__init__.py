"""Estimators: scikit-learn's contract over networks."""

from glassnet.estimators.perceptron import NotConvergedWarning, NotSeparableWarning, Perceptron

__all__ = ["NotConvergedWarning", "NotSeparableWarning", "Perceptron"]
