"""The hinge losses of `glassnet.losses`, averaged over rows."""

from typing import Any

from glassnet import losses
from glassnet.metrics.base import metric_registry
from glassnet.metrics.mean import FormulaMetric


@metric_registry.register()
class Hinge(FormulaMetric):
    """``mean max(1 - y ŷ, 0)``; see `losses.hinge`.

    Args:
        name: its name in logs.
        dtype: the type of the state.

    Example:
        >>> float(Hinge()([[1.0], [-1.0]], [[2.0], [0.5]]))
        0.75

    Reference:
        Cortes & Vapnik (1995), Support-vector networks.
    """

    direction = "down"
    formula = staticmethod(losses.hinge)

    def __init__(self, name: str = "hinge", dtype: Any = "float32") -> None:
        super().__init__(dtype, name)


@metric_registry.register()
class SquaredHinge(FormulaMetric):
    """``mean max(1 - y ŷ, 0)²``; see `losses.squared_hinge`.

    Args:
        name: its name in logs.
        dtype: the type of the state.

    Example:
        >>> float(SquaredHinge()([[1.0], [-1.0]], [[2.0], [0.5]]))
        1.125

    Reference:
        Tang (2013), Deep learning using linear support vector machines.
    """

    direction = "down"
    formula = staticmethod(losses.squared_hinge)

    def __init__(self, name: str = "squared_hinge", dtype: Any = "float32") -> None:
        super().__init__(dtype, name)


@metric_registry.register()
class CategoricalHinge(FormulaMetric):
    """``mean max(maxₖ (1 - yₖ) ŷₖ - Σₖ yₖ ŷₖ + 1, 0)``; see `losses.categorical_hinge`.

    Args:
        name: its name in logs.
        dtype: the type of the state.

    Example:
        >>> float(CategoricalHinge()([[0.0, 1.0]], [[0.5, 1.0]]))
        0.5

    Reference:
        Crammer & Singer (2001), On the algorithmic implementation of multiclass kernel-based vector machines.
    """

    direction = "down"
    formula = staticmethod(losses.categorical_hinge)
    by_element = False

    def __init__(self, name: str = "categorical_hinge", dtype: Any = "float32") -> None:
        super().__init__(dtype, name)
