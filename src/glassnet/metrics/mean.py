"""Sums and means over all rows, and metrics that are the mean of a formula's values."""

from collections.abc import Callable
from typing import Any, ClassVar

import jax.numpy as jnp

from glassnet.foundation.registry import freeze, parameters, serialize
from glassnet.foundation.types import Array, ArrayLike, Config, Shape
from glassnet.losses.base import Loss
from glassnet.losses.pairing import as_columns
from glassnet.losses.reduction import aligned, weigh
from glassnet.metrics.base import Metric, State, metric_registry


def ratio(part: ArrayLike, whole: ArrayLike) -> Array:
    """``part / whole``, and 0 where the whole is 0."""
    part, whole = jnp.asarray(part), jnp.asarray(whole)
    return jnp.where(whole == 0, 0.0, part / jnp.where(whole == 0, 1, whole))


def row_sums(values: ArrayLike, weights: ArrayLike | None) -> tuple[Array, Array]:
    """``Σᵢ meanₜ(wᵢₜ vᵢₜ)`` and ``Σᵢ meanₜ(wᵢₜ)``: the total of weighted rows, and how many rows they amount to."""
    values, factors = aligned(values, weights)
    width = values.size // max(values.shape[0], 1) if values.ndim else 1
    return jnp.sum(weigh(values, factors)) / width, jnp.sum(factors) / width


@metric_registry.register()
class Sum(Metric):
    """``Σᵢ wᵢ vᵢ``: the sum of all values given.

    Args:
        name: its name in logs.
        dtype: the type of the state.

    Example:
        >>> float(Sum()([1.0, 2.0, 3.0]))
        6.0

    Reference:
        Chollet et al. (2015), Keras.
    """

    def __init__(self, name: str = "sum", dtype: Any = "float32") -> None:
        super().__init__(dtype, name)

    def init(self, target_shape: Shape | None = None, output_shape: Shape | None = None) -> State:
        """A sum of 0."""
        return {"total": self.zeros()}

    def update(self, state: State, values: ArrayLike, sample_weight: ArrayLike | None = None) -> State:
        """Add the values, (B, ...), each times its weight."""
        values, factors = aligned(jnp.asarray(values).astype(self.dtype), sample_weight)
        return {"total": state["total"] + jnp.sum(weigh(values, factors))}

    def compute(self, state: State) -> Array:
        """The sum."""
        return state["total"]


class Average(Metric):
    """``Σᵢ wᵢ vᵢ / Σᵢ wᵢ``: what metrics that average something over rows have in common."""

    def init(self, target_shape: Shape | None = None, output_shape: Shape | None = None) -> State:
        """Nothing averaged yet."""
        return {"total": self.zeros(), "count": self.zeros()}

    def add(self, state: State, values: ArrayLike, weights: ArrayLike | None) -> State:
        """The state with more values, (B, ...); a row's value is the mean over its other axes."""
        total, count = row_sums(jnp.asarray(values).astype(self.dtype), weights)
        return {
            "total": state["total"] + total.astype(self.dtype),
            "count": state["count"] + count.astype(self.dtype),
        }

    def compute(self, state: State) -> Array:
        """The mean; 0 where nothing was seen."""
        return ratio(state["total"], state["count"])


@metric_registry.register()
class Mean(Average):
    """``Σᵢ wᵢ vᵢ / Σᵢ wᵢ``: the mean of all values given.

    Args:
        name: its name in logs.
        dtype: the type of the state.

    Example:
        >>> metric = Mean()
        >>> metric.update_state([1.0, 3.0]); metric.update_state([8.0])
        >>> float(metric.result())
        4.0

    Reference:
        Chollet et al. (2015), Keras.
    """

    def __init__(self, name: str = "mean", dtype: Any = "float32") -> None:
        super().__init__(dtype, name)

    def update(self, state: State, values: ArrayLike, sample_weight: ArrayLike | None = None) -> State:
        """Add values, (B, ...)."""
        return self.add(state, values, sample_weight)


class FormulaMetric(Average):
    """``Σᵢ wᵢ formula(yᵢ, ŷᵢ) / Σᵢ wᵢ``: the mean over rows of a function of this library.

    The function's settings are the constructor's arguments besides `name` and `dtype`, under the function's names.

    Example:
        >>> from glassnet.losses import huber
        >>> class HuberError(FormulaMetric):
        ...     formula = staticmethod(huber)
        ...     def __init__(self, delta=10.0): super().__init__(); self.delta = delta
        >>> float(HuberError()([[0.0]], [[4.0]]))
        8.0
    """

    #: The function that gives the values.
    formula: ClassVar[Callable[..., Array]]
    #: Whether each number of a target is judged by itself, so that targets (B,) and outputs (B,) are B rows of one number.
    by_element: ClassVar[bool] = True

    def update(
        self, state: State, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> State:
        """Add the formula's values for a batch."""
        settings = {name: getattr(self, name) for name, _ in parameters(type(self)) if name not in ("name", "dtype")}
        if self.by_element:
            y_true, y_pred = as_columns(y_true, y_pred)
        values = type(self).formula(y_true, y_pred, **settings)
        return self.add(state, values, self.counted(y_true, values, sample_weight))

    def counted(self, y_true: ArrayLike, values: Array, sample_weight: ArrayLike | None) -> ArrayLike | None:
        """The weights, less the rows that do not count by the formula's own rules."""
        return sample_weight


@metric_registry.register()
class MeanMetricWrapper(Average):
    """``Σᵢ wᵢ fn(yᵢ, ŷᵢ) / Σᵢ wᵢ``: any function of targets and outputs as a metric.

    Args:
        fn: ``fn(y_true, y_pred, **kwargs)`` -> values by row, (B,) or (B, ...), written with ``jax.numpy``; or a loss, whose
            values are taken; or the name it was registered under. A scalar for the whole batch counts once for each row.
        name: its name in logs; the function's by default.
        dtype: the type of the state.
        **kwargs: passed to `fn`.

    Example:
        >>> import jax.numpy as jnp
        >>> def within(y_true, y_pred, distance): return jnp.abs(y_true - y_pred)[:, 0] < distance
        >>> float(MeanMetricWrapper(within, distance=1.0)([[1.0], [2.0]], [[1.5], [4.0]]))
        0.5

    Reference:
        Chollet et al. (2015), Keras.
    """

    def __init__(
        self, fn: Callable[..., Any] | str, name: str | None = None, dtype: Any = "float32", **kwargs: Any
    ) -> None:
        self.fn: Callable[..., Any] = metric_registry.find(fn) if isinstance(fn, str) else fn
        super().__init__(dtype, name or getattr(self.fn, "__name__", None) or getattr(self.fn, "name", None))
        self._settings = kwargs

    def update(
        self, state: State, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> State:
        """Add the function's values for a batch."""
        fn = self.fn.values if isinstance(self.fn, Loss) else self.fn
        return self.add(state, fn(jnp.asarray(y_true), jnp.asarray(y_pred), **self._settings), sample_weight)

    def get_config(self) -> Config:
        """The arguments, those for the function included."""
        return {**super().get_config(), **{name: serialize(value) for name, value in self._settings.items()}}

    def _identity(self) -> tuple[Any, ...]:
        return (*super()._identity(), freeze(self._settings))
