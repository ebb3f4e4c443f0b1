"""Losses for numbers: how far outputs are from targets, each distance weighed in its own way."""

from typing import Any

import jax.numpy as jnp

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import Array, ArrayLike
from glassnet.losses.base import FormulaLoss, loss_registry
from glassnet.losses.pairing import EPSILON, pair
from glassnet.losses.reduction import DEFAULT_REDUCTION


def mean_squared_error(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``ℓ = meanₖ (yₖ - ŷₖ)²``: large errors count most.

    Args:
        y_true: targets, (B, ..., K).
        y_pred: outputs, the same shape.

    Returns:
        (B, ...), at least 0, in the square of the targets' unit.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> mean_squared_error([[0.0, 0.0]], [[1.0, 3.0]]).tolist()
        [5.0]

    Reference:
        Gauss (1809), Theoria motus corporum coelestium.
    """
    y_true, y_pred = pair(y_true, y_pred, "Loss mean_squared_error")
    return jnp.mean(jnp.square(y_true - y_pred), axis=-1)


def mean_absolute_error(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``ℓ = meanₖ |yₖ - ŷₖ|``: all errors count by their size, so single outliers pull less than under squares.

    Args:
        y_true: targets, (B, ..., K).
        y_pred: outputs, the same shape.

    Returns:
        (B, ...), at least 0, in the targets' unit.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> mean_absolute_error([[0.0, 0.0]], [[1.0, -3.0]]).tolist()
        [2.0]

    Reference:
        Boscovich (1757), De litteraria expeditione per pontificiam ditionem.
    """
    y_true, y_pred = pair(y_true, y_pred, "Loss mean_absolute_error")
    return jnp.mean(jnp.abs(y_true - y_pred), axis=-1)


def mean_absolute_percentage_error(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``ℓ = 100 meanₖ |yₖ - ŷₖ| / max(|yₖ|, 1e-7)``: errors as a percentage of the target.

    A target near 0 makes the percentage huge; use another loss where targets cross 0.

    Args:
        y_true: targets, (B, ..., K).
        y_pred: outputs, the same shape.

    Returns:
        (B, ...), at least 0, in percent.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> mean_absolute_percentage_error([[10.0, 20.0]], [[11.0, 20.0]]).tolist()
        [5.0]

    Reference:
        Hyndman & Koehler (2006), Another look at measures of forecast accuracy.
    """
    y_true, y_pred = pair(y_true, y_pred, "Loss mean_absolute_percentage_error")
    return 100.0 * jnp.mean(jnp.abs((y_true - y_pred) / jnp.maximum(jnp.abs(y_true), EPSILON)), axis=-1)


def mean_squared_logarithmic_error(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``ℓ = meanₖ (log(1 + yₖ) - log(1 + ŷₖ))²``: errors as ratios, for targets that span orders of magnitude.

    Numbers below 1e-7 are taken as 1e-7, so an output below 0 has no gradient.

    Args:
        y_true: targets from 0 up, (B, ..., K).
        y_pred: outputs from 0 up, the same shape.

    Returns:
        (B, ...), at least 0.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> mean_squared_logarithmic_error([[99.0]], [[99.0]]).tolist()
        [0.0]

    Reference:
        Hyndman & Koehler (2006), Another look at measures of forecast accuracy.
    """
    y_true, y_pred = pair(y_true, y_pred, "Loss mean_squared_logarithmic_error")
    ratio = jnp.log1p(jnp.maximum(y_pred, EPSILON)) - jnp.log1p(jnp.maximum(y_true, EPSILON))
    return jnp.mean(jnp.square(ratio), axis=-1)


def huber(y_true: ArrayLike, y_pred: ArrayLike, delta: float = 1.0) -> Array:
    """``ℓ = meanₖ (e²/2 where |e| ≤ δ, else δ|e| - δ²/2)``, e = y - ŷ: a square near 0, straight beyond δ.

    Args:
        y_true: targets, (B, ..., K).
        y_pred: outputs, the same shape.
        delta: δ, above 0: the error from which on errors count by their size only, in the targets' unit.

    Returns:
        (B, ...), at least 0.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> huber([[0.0], [0.0]], [[0.5], [3.0]]).tolist()
        [0.125, 2.5]

    Reference:
        Huber (1964), Robust estimation of a location parameter.
    """
    y_true, y_pred = pair(y_true, y_pred, "Loss huber")
    size = jnp.abs(y_true - y_pred)
    # With no choice between the two branches, neither can overflow into the other's gradient.
    near = jnp.minimum(size, delta)
    return jnp.mean(0.5 * jnp.square(near) + delta * (size - near), axis=-1)


def log_cosh(y_true: ArrayLike, y_pred: ArrayLike) -> Array:
    """``ℓ = meanₖ log cosh(ŷₖ - yₖ)``: about e²/2 for small errors and |e| - log 2 for large ones.

    Args:
        y_true: targets, (B, ..., K).
        y_pred: outputs, the same shape.

    Returns:
        (B, ...), at least 0.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> round(float(log_cosh([[0.0]], [[2.0]])[0]), 4)
        1.325

    Reference:
        Green (1990), Bayesian reconstructions from emission tomography data using a modified EM algorithm.
    """
    y_true, y_pred = pair(y_true, y_pred, "Loss log_cosh")
    size = jnp.abs(y_pred - y_true)
    # Each form where it does not cancel: log cosh e = log(1 + 2 sinh²(e/2)) = e + log(1 + exp(-2e)) - log 2.
    near = jnp.log1p(2.0 * jnp.square(jnp.sinh(0.5 * jnp.minimum(size, 1.0))))
    far = size + jnp.log1p(jnp.exp(-2.0 * size)) - jnp.log(2.0).astype(size.dtype)
    return jnp.mean(jnp.where(size < 1.0, near, far), axis=-1)


@loss_registry.register("mse", "MSE")
class MeanSquaredError(FormulaLoss):
    """``ℓ = meanₖ (yₖ - ŷₖ)²``: the usual loss for predicting numbers; see `mean_squared_error`.

    Args:
        reduction: how rows become one number, see `Loss`.
        name: its name.
        dtype: the type it computes in.

    Example:
        >>> float(MeanSquaredError()([[1.0], [2.0]], [[1.0], [4.0]]))
        2.0

    Reference:
        Gauss (1809), Theoria motus corporum coelestium.
    """

    formula = staticmethod(mean_squared_error)

    def __init__(
        self, reduction: str | None = DEFAULT_REDUCTION, name: str = "mean_squared_error", dtype: Any = "float32"
    ) -> None:
        super().__init__(name, reduction, dtype)


@loss_registry.register("mae", "MAE")
class MeanAbsoluteError(FormulaLoss):
    """``ℓ = meanₖ |yₖ - ŷₖ|``; see `mean_absolute_error`.

    Args:
        reduction: how rows become one number, see `Loss`.
        name: its name.
        dtype: the type it computes in.

    Example:
        >>> float(MeanAbsoluteError()([[1.0], [2.0]], [[1.0], [4.0]]))
        1.0

    Reference:
        Boscovich (1757), De litteraria expeditione per pontificiam ditionem.
    """

    formula = staticmethod(mean_absolute_error)

    def __init__(
        self, reduction: str | None = DEFAULT_REDUCTION, name: str = "mean_absolute_error", dtype: Any = "float32"
    ) -> None:
        super().__init__(name, reduction, dtype)


@loss_registry.register("mape", "MAPE")
class MeanAbsolutePercentageError(FormulaLoss):
    """``ℓ = 100 meanₖ |yₖ - ŷₖ| / |yₖ|``; see `mean_absolute_percentage_error`.

    Args:
        reduction: how rows become one number, see `Loss`.
        name: its name.
        dtype: the type it computes in.

    Example:
        >>> float(MeanAbsolutePercentageError()([[10.0]], [[11.0]]))
        10.0

    Reference:
        Hyndman & Koehler (2006), Another look at measures of forecast accuracy.
    """

    formula = staticmethod(mean_absolute_percentage_error)

    def __init__(
        self,
        reduction: str | None = DEFAULT_REDUCTION,
        name: str = "mean_absolute_percentage_error",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(name, reduction, dtype)


@loss_registry.register("msle", "MSLE")
class MeanSquaredLogarithmicError(FormulaLoss):
    """``ℓ = meanₖ (log(1 + yₖ) - log(1 + ŷₖ))²``; see `mean_squared_logarithmic_error`.

    Args:
        reduction: how rows become one number, see `Loss`.
        name: its name.
        dtype: the type it computes in.

    Example:
        >>> float(MeanSquaredLogarithmicError()([[3.0]], [[3.0]]))
        0.0

    Reference:
        Hyndman & Koehler (2006), Another look at measures of forecast accuracy.
    """

    formula = staticmethod(mean_squared_logarithmic_error)

    def __init__(
        self,
        reduction: str | None = DEFAULT_REDUCTION,
        name: str = "mean_squared_logarithmic_error",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(name, reduction, dtype)


@loss_registry.register("huber_loss")
class Huber(FormulaLoss):
    """``ℓ = meanₖ (e²/2 where |e| ≤ δ, else δ|e| - δ²/2)``: a square that outliers cannot rule; see `huber`.

    Args:
        delta: δ, above 0, in the targets' unit.
        reduction: how rows become one number, see `Loss`.
        name: its name.
        dtype: the type it computes in.

    Raises:
        ConfigError: a delta that is not above 0.

    Example:
        >>> float(Huber(delta=1.0)([[0.0]], [[3.0]]))
        2.5

    Reference:
        Huber (1964), Robust estimation of a location parameter.
    """

    formula = staticmethod(huber)

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = DEFAULT_REDUCTION,
        name: str = "huber_loss",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(name, reduction, dtype)
        if not delta > 0:
            raise ConfigError(
                f"Loss Huber expected `delta` above 0. Received {delta!r}. Pass 1.0, or the size of usual errors."
            )
        self.delta = delta


@loss_registry.register("logcosh")
class LogCosh(FormulaLoss):
    """``ℓ = meanₖ log cosh(ŷₖ - yₖ)``: like `Huber` with δ = 1, and smooth everywhere; see `log_cosh`.

    Args:
        reduction: how rows become one number, see `Loss`.
        name: its name.
        dtype: the type it computes in.

    Example:
        >>> round(float(LogCosh()([[0.0]], [[2.0]])), 4)
        1.325

    Reference:
        Green (1990), Bayesian reconstructions from emission tomography data using a modified EM algorithm.
    """

    formula = staticmethod(log_cosh)

    def __init__(
        self, reduction: str | None = DEFAULT_REDUCTION, name: str = "log_cosh", dtype: Any = "float32"
    ) -> None:
        super().__init__(name, reduction, dtype)
