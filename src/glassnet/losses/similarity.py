"""Losses on directions: vectors that should point the same way, and embeddings that should gather by class."""

from typing import Any

import jax
import jax.numpy as jnp

from glassnet.foundation.errors import ShapeError
from glassnet.foundation.shapes import show
from glassnet.foundation.types import Array, ArrayLike
from glassnet.losses.base import FormulaLoss, loss_registry
from glassnet.losses.pairing import EPSILON, floating, pair
from glassnet.losses.reduction import DEFAULT_REDUCTION


def cosine_similarity(y_true: ArrayLike, y_pred: ArrayLike, axis: int = -1) -> Array:
    """``ℓ = -y·ŷ / (|y| |ŷ|)``: minus the cosine of the angle between target and output; their lengths do not count.

    Args:
        y_true: targets, (B, ..., K).
        y_pred: outputs, the same shape.
        axis: the axis of the vectors.

    Returns:
        (B, ...), from -1 (same direction) through 0 (at right angles, or a vector of zeros) to 1.

    Raises:
        ShapeError: the shapes differ.

    Example:
        >>> cosine_similarity([[2.0, 0.0], [1.0, 0.0]], [[5.0, 0.0], [-3.0, 0.0]]).tolist()
        [-1.0, 1.0]

    Reference:
        Salton, Wong & Yang (1975), A vector space model for automatic indexing.
    """
    y_true, y_pred = pair(y_true, y_pred, "Loss cosine_similarity")
    return -jnp.sum(_unit(y_true, axis) * _unit(y_pred, axis), axis)


def _unit(x: Array, axis: int) -> Array:
    # Long vectors are shrunk first, so that no square overflows; the direction stays.
    longest = jnp.max(jnp.abs(x), axis, keepdims=True)
    x = x * jnp.where(longest > 1e15, 2.0**-69, 1.0).astype(x.dtype)
    return x / jnp.sqrt(jnp.maximum(jnp.sum(jnp.square(x), axis, keepdims=True), EPSILON**2))


def circle(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    ref_labels: ArrayLike | None = None,
    ref_embeddings: ArrayLike | None = None,
    remove_diagonal: bool = True,
    gamma: float = 80.0,
    margin: float = 0.4,
) -> Array:
    """``ℓ = log(1 + Σₚ exp(γ αₚ (dₚ - m)) · Σₙ exp(γ αₙ (1 - m - dₙ)))``, dⱼ the cosine distance to embedding j.

    Embeddings p of a row's own class are pulled near, those of other classes n pushed away, each by how far it is from
    where it should be: αₚ = m + dₚ and αₙ = max(1 + m - dₙ, 0). A row that lacks either kind beside it costs 0.

    Args:
        y_true: class numbers, (B,) or (B, 1).
        y_pred: embeddings of length 1, (B, D).
        ref_labels: the classes of the embeddings compared with, (R,); `y_true` by default.
        ref_embeddings: the embeddings compared with, (R, D); `y_pred` by default.
        remove_diagonal: whether a row is left out of its own comparisons.
        gamma: γ, above 0: how steeply the hardest pairs dominate.
        margin: m, from 0 to 1: the distance aimed at within a class.

    Returns:
        (B,), at least 0.

    Raises:
        ShapeError: not one label for each embedding.

    Example:
        >>> near, far = [1.0, 0.0], [0.0, 1.0]
        >>> [round(value) for value in circle([0, 0, 1, 1], [near, near, far, far]).tolist()]
        [0, 0, 0, 0]

    Reference:
        Sun et al. (2020), Circle loss: a unified perspective of pair similarity optimization.
    """
    y_pred = floating(y_pred)
    labels = _labels(y_true, y_pred)
    others = y_pred if ref_embeddings is None else floating(ref_embeddings)
    other_labels = labels if ref_labels is None else _labels(ref_labels, others)
    same = labels[:, None] == other_labels[None, :]
    beside = ~jnp.eye(*same.shape, dtype=bool) if remove_diagonal else jnp.ones_like(same)
    distance = jnp.maximum(1.0 - y_pred @ others.T, 0.0)
    pull = gamma * (margin + distance) * (distance - margin)
    push = gamma * jnp.maximum(1.0 + margin - distance, 0.0) * (1.0 - margin - distance)
    return jax.nn.softplus(_log_sum(pull, same & beside) + _log_sum(push, ~same))


def _log_sum(exponents: Array, chosen: Array) -> Array:
    return jax.nn.logsumexp(jnp.where(chosen, exponents, -jnp.inf), axis=1)


def _labels(labels: ArrayLike, embeddings: Array) -> Array:
    labels = jnp.asarray(labels)
    if embeddings.ndim != 2 or labels.shape not in ((embeddings.shape[0],), (embeddings.shape[0], 1)):
        raise ShapeError(
            f"Loss circle expected embeddings (B, D) and one class number for each. Received embeddings of shape "
            f"{show(embeddings.shape)} and labels of shape {show(labels.shape)}. Pass one vector and one label a row."
        )
    return labels.reshape(-1).astype(jnp.int32)


@loss_registry.register()
class CosineSimilarity(FormulaLoss):
    """``ℓ = -y·ŷ / (|y| |ŷ|)``: least, -1, where output and target point the same way; see `cosine_similarity`.

    Args:
        axis: the axis of the vectors.
        reduction: how rows become one number, see `Loss`.
        name: its name.
        dtype: the type it computes in.

    Example:
        >>> float(CosineSimilarity()([[2.0, 0.0]], [[5.0, 0.0]]))
        -1.0

    Reference:
        Salton, Wong & Yang (1975), A vector space model for automatic indexing.
    """

    formula = staticmethod(cosine_similarity)
    by_element = False

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = DEFAULT_REDUCTION,
        name: str = "cosine_similarity",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.axis = axis


@loss_registry.register()
class Circle(FormulaLoss):
    """``ℓ = log(1 + Σₚ exp(γ αₚ (dₚ - m)) · Σₙ exp(γ αₙ (1 - m - dₙ)))``: gathers by class; see `circle`.

    Rows are compared with each other. As in Keras, the mean is over the rows that cost something.

    Args:
        gamma: γ, above 0: how steeply the hardest pairs dominate.
        margin: m, from 0 to 1: the distance aimed at within a class.
        remove_diagonal: whether a row is left out of its own comparisons.
        reduction: how rows become one number, see `Loss`.
        name: its name.
        dtype: the type it computes in.

    Example:
        >>> near, far = [1.0, 0.0], [0.0, 1.0]
        >>> float(Circle()([0, 1, 0, 1], [near, near, far, far])) > 100
        True

    Reference:
        Sun et al. (2020), Circle loss: a unified perspective of pair similarity optimization.
    """

    formula = staticmethod(circle)
    by_element = False
    target_kind = "label"

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = DEFAULT_REDUCTION,
        name: str = "circle",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.gamma = gamma
        self.margin = margin
        self.remove_diagonal = remove_diagonal

    @property
    def mixes_rows(self) -> bool:
        """True: rows are compared with each other."""
        return True

    def kept(self, y_true: Any, values: Array) -> Array | None:
        """The rows that cost something."""
        return values > 0
