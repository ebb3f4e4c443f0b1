"""What every loss is: values for each row, and one reduction for all of them."""

from collections.abc import Callable
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.registry import Configurable, Registry, parameters, snake_case
from glassnet.foundation.types import Array, ArrayLike
from glassnet.losses.pairing import as_columns, with_logits
from glassnet.losses.reduction import DEFAULT_REDUCTION, REDUCTIONS, reduce_values


class Loss(Configurable):
    """``L = Σᵢ wᵢ ℓ(yᵢ, ŷᵢ) / n``: how wrong the outputs are, as one number.

    A loss of your own says in ``call`` what each row costs; casting, weights and the mean are done for it::

        class Cubed(Loss):
            def call(self, y_true, y_pred):
                return jnp.mean(jnp.abs(y_true - y_pred) ** 3, axis=-1)

    Args:
        name: its name in messages; its class in snake_case by default.
        reduction: ``"sum_over_batch_size"`` or ``"mean"`` (the mean over all values), ``"sum"``,
            ``"mean_with_sample_weight"`` (divided by the sum of the weights), ``"none"`` or None (no reduction).
        dtype: the type it computes in; ``"float32"`` by default.

    Raises:
        ConfigError: an unknown reduction.

    Example:
        >>> from glassnet.losses import MeanSquaredError
        >>> loss = MeanSquaredError()
        >>> float(loss([[1.0], [2.0]], [[1.0], [4.0]]))
        2.0
        >>> float(loss([[1.0], [2.0]], [[1.0], [4.0]], sample_weight=[1.0, 0.5]))
        1.0

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep Learning, section 8.1.
    """

    #: What a target is: ``"value"`` (numbers or one-hot rows, shaped as the outputs) or ``"label"`` (class numbers).
    target_kind: ClassVar[str] = "value"

    def __init__(
        self, name: str | None = None, reduction: str | None = DEFAULT_REDUCTION, dtype: Any = "float32"
    ) -> None:
        if reduction is not None and reduction not in REDUCTIONS:
            raise ConfigError(
                f"Loss {name or type(self).__name__} expected `reduction` to be one of {', '.join(REDUCTIONS)}, or "
                f"None. Received {reduction!r}. Pass {DEFAULT_REDUCTION!r} for the mean."
            )
        self.name = name or snake_case(type(self).__name__)
        self.reduction = reduction
        self.dtype = np.dtype(dtype or "float32").name

    @property
    def mixes_rows(self) -> bool:
        """Whether a row's value depends on the other rows of its batch: such a loss must not be given padded rows."""
        return False

    def call(self, y_true: Any, y_pred: Any) -> Array:
        """The values of each row, (B,) or (B, ...): what a loss of your own writes."""
        raise ConfigError(
            f"Expected {type(self).__name__} to define `call(self, y_true, y_pred)`. Received a class without it. "
            f"Write the method that returns one value for each row."
        )

    def values(self, y_true: Any, y_pred: Any) -> Array:
        """The values of each row before weights and reduction, (B,) or (B, ...); pure, for use inside ``jit``."""
        return self.call(jnp.asarray(y_true), y_pred)

    def kept(self, y_true: Any, values: Array) -> Array | None:
        """Which values count, as True and False in their shape, or None for all of them."""
        return None

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: ArrayLike | None = None) -> Array:
        """The loss of a batch.

        Args:
            y_true: the targets, (B, ...).
            y_pred: the outputs, (B, ...).
            sample_weight: how much each row or value counts: a number, (B,), (B, 1), or the shape of the values.

        Returns:
            A scalar; the values where `reduction` is None.

        Raises:
            ShapeError: targets, outputs or weights whose shapes do not go together.
        """
        y_pred = _cast(y_pred, self.dtype)
        values = self.values(y_true, y_pred)
        return reduce_values(values, sample_weight, self.reduction, kept=self.kept(y_true, values))


loss_registry: Registry[type[Loss]] = Registry("loss")


def reduced(
    loss: Loss, y_true: Any, y_pred: Any, weights: ArrayLike | None = None, count: Any = None, mask: Any = None
) -> Array:
    """The scalar loss of a batch in which only `count` rows are real and the others, which stand last, weigh 0.

    Args:
        loss: the loss.
        y_true: the targets, (B, ...).
        y_pred: the outputs, (B, ...).
        weights: (B,), or the shape of the values; 0 for padded rows.
        count: the number of real rows; all by default.
        mask: (B, T), which positions of the outputs count; all by default.

    Raises:
        ConfigError: a loss whose reduction is None gives no scalar.

    Example:
        >>> from glassnet.losses import MeanSquaredError
        >>> float(reduced(MeanSquaredError(), [[0.0], [0.0]], [[2.0], [9.0]], [1.0, 0.0], count=1))
        4.0

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep Learning, section 8.1.
    """
    if loss.reduction in (None, "none"):
        raise ConfigError(
            f"Expected loss {loss.name} to give one number to minimise. Received reduction={loss.reduction!r}, which "
            f"gives one for each row. Leave `reduction` at {DEFAULT_REDUCTION!r}."
        )
    y_pred = _cast(y_pred, loss.dtype)
    values = loss.values(y_true, y_pred)
    kept = _both(loss.kept(y_true, values), _spread(mask, values))
    return reduce_values(values, weights, loss.reduction, kept=kept, count=count)


def _spread(mask: Any, values: Array) -> Any:
    """A mask in the shape of the values; None where it is about positions that the values no longer have."""
    if mask is None or mask.ndim > values.ndim or mask.shape != values.shape[: mask.ndim]:
        return None
    mask = mask.reshape(mask.shape + (1,) * (values.ndim - mask.ndim))
    return jnp.broadcast_to(mask.astype(bool), values.shape)


def _both(one: Any, other: Any) -> Any:
    return other if one is None else one if other is None else one & other


class FormulaLoss(Loss):
    """``ℓ(y, ŷ) = formula(y, ŷ, **settings)``: a loss whose values are a function of this room.

    The settings are the constructor's arguments besides `name`, `reduction` and `dtype`, under the function's names.

    Example:
        >>> from glassnet.losses import huber
        >>> class WideHuber(FormulaLoss):
        ...     formula = staticmethod(huber)
        ...     def __init__(self, delta=10.0): super().__init__(); self.delta = delta
        >>> float(WideHuber()([[0.0]], [[4.0]]))
        8.0
    """

    #: The function that gives the values.
    formula: ClassVar[Callable[..., Array]]
    #: Whether each number of a target costs by itself, so that targets (B,) and outputs (B,) are B rows of one number.
    by_element: ClassVar[bool] = True

    @property
    def settings(self) -> dict[str, Any]:
        """What the formula is called with besides targets and outputs."""
        return {name: getattr(self, name) for name, _ in parameters(type(self)) if name not in _OF_EVERY_LOSS}

    def values(self, y_true: Any, y_pred: Any) -> Array:
        """The formula's values."""
        if self.by_element:
            y_true, y_pred = as_columns(y_true, y_pred)
        return type(self).formula(y_true, y_pred, **self.settings)


class FunctionLoss(Loss):
    """``ℓ(y, ŷ) = fn(y, ŷ)``: a plain function as a loss, such as one a user wrote.

    Args:
        fn: ``fn(y_true, y_pred)`` -> values by row, (B,) or (B, ...), written with ``jax.numpy``. A scalar is taken for
            the whole batch; weights and padded rows cannot be told apart in it then. Or the name it was registered under.
        reduction: see `Loss`.
        name: its name; the function's by default.
        dtype: the type it computes in.

    Example:
        >>> import jax.numpy as jnp
        >>> loss = FunctionLoss(lambda y_true, y_pred: jnp.abs(y_true - y_pred)[:, 0], name="mine")
        >>> float(loss(jnp.zeros((2, 1)), jnp.array([[1.0], [3.0]])))
        2.0

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep Learning, section 8.1.
    """

    def __init__(
        self,
        fn: Callable[..., Any] | str,
        reduction: str | None = DEFAULT_REDUCTION,
        name: str | None = None,
        dtype: Any = "float32",
    ) -> None:
        self.fn: Callable[..., Any] = loss_registry.find(fn) if isinstance(fn, str) else fn
        super().__init__(name or getattr(self.fn, "__name__", None), reduction, dtype)

    def values(self, y_true: Any, y_pred: Any) -> Array:
        """The function's values."""
        return jnp.asarray(self.fn(jnp.asarray(y_true), y_pred))


loss_registry.register()(FunctionLoss)

_OF_EVERY_LOSS = frozenset({"name", "reduction", "dtype"})


def _cast(array: Any, dtype: str) -> Array:
    if isinstance(array, jax.Array) and array.dtype == dtype:
        return array
    return with_logits(array, lambda a: jnp.asarray(a).astype(dtype))
