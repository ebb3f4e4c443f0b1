"""How well named classes agree with true ones, in numbers that a majority class cannot flatter."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.shapes import positive_int
from glassnet.foundation.types import Array, ArrayLike, HostArray, Shape
from glassnet.metrics.answers import columns, named_classes, table
from glassnet.metrics.base import Metric, State, metric_registry
from glassnet.metrics.mean import ratio


class _Agreement(Metric):
    """A metric of the confusion matrix C, whose entry (t, n) is the weight of rows of class t that were named n."""

    direction = "up"

    def __init__(self, num_classes: int | None, threshold: float, name: str | None, dtype: Any) -> None:
        super().__init__(dtype, name)
        owner = f"Metric {self.name}"
        self.num_classes = None if num_classes is None else positive_int("num_classes", num_classes, owner=owner)
        if isinstance(threshold, bool) or not isinstance(threshold, int | float):
            raise ConfigError(f"{owner} expected `threshold` as a number. Received {threshold!r}. Pass 0.5.")
        self.threshold = threshold

    def init(self, target_shape: Shape | None = None, output_shape: Shape | None = None) -> State:
        """An empty matrix, for as many classes as there are outputs: two for one output."""
        classes = self.num_classes or max(columns(self.name, output_shape), 2)
        return {"confusion": self.zeros(classes, classes)}

    def update(
        self, state: State, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> State:
        """Count a batch: class numbers (B,) or one-hot targets (B, K), outputs (B, K) or (B, 1)."""
        truth, named, weights = named_classes(self.name, y_true, y_pred, sample_weight, self.threshold)
        confusion = state["confusion"]
        return {"confusion": confusion + table(truth, named, weights, confusion.shape[0]).astype(self.dtype)}


@metric_registry.register()
class BalancedAccuracy(_Agreement):
    """``mean over classes t of C_tt / Σₙ C_tn``: accuracy with every class counting the same; the mean recall.

    Guessing gives 1 / K, however rare a class is. Classes that no row belongs to are left out.

    Args:
        adjusted: whether it is rescaled so that guessing gives 0 and perfection 1.
        num_classes: the number of classes; from the outputs' width by default.
        threshold: with one output, the probability above which class 1 is named.
        name: its name in logs.
        dtype: the type of the state.

    Shapes:
        targets (B,) class numbers or (B, K) one-hot, outputs (B, K) or (B, 1); the state is (K, K).

    Example:
        >>> float(BalancedAccuracy()([0, 0, 0, 1], [[0.1], [0.2], [0.3], [0.4]]))
        0.5

    Reference:
        Brodersen, Ong, Stephan & Buhmann (2010), The balanced accuracy and its posterior distribution.
    """

    def __init__(
        self,
        adjusted: bool = False,
        num_classes: int | None = None,
        threshold: float = 0.5,
        name: str = "balanced_accuracy",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(num_classes, threshold, name, dtype)
        self.adjusted = bool(adjusted)

    def compute(self, state: State) -> Array:
        """The mean recall over the classes seen; 0 where nothing was seen."""
        confusion = state["confusion"]
        rows = jnp.sum(confusion, 1)
        classes = jnp.sum(rows > 0)
        score = ratio(jnp.sum(ratio(jnp.diagonal(confusion), rows)), classes)
        if not self.adjusted:
            return score
        chance = ratio(1.0, classes)
        return ratio(score - chance, 1.0 - chance)


@metric_registry.register("kappa")
class CohenKappa(_Agreement):
    """``κ = 1 - Σ W∘C / Σ W∘E``: agreement beyond chance; E is the matrix expected if names were drawn at random.

    1 is perfect, 0 is chance, below 0 is worse than chance. With ``weights`` None every disagreement costs the same.

    Args:
        weights: the price W of naming n for t: None (1 unless n = t), ``"linear"`` (|t - n|) or ``"quadratic"``
            ((t - n)²), for classes in order such as grades.
        num_classes: the number of classes; from the outputs' width by default.
        threshold: with one output, the probability above which class 1 is named.
        name: its name in logs.
        dtype: the type of the state.

    Shapes:
        targets (B,) class numbers or (B, K) one-hot, outputs (B, K) or (B, 1); the state is (K, K).

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> float(CohenKappa()([0, 0, 1, 1], [[0.1], [0.6], [0.7], [0.8]]))
        0.5

    Reference:
        Cohen (1960), A coefficient of agreement for nominal scales; (1968), Weighted kappa.
    """

    def __init__(
        self,
        weights: str | None = None,
        num_classes: int | None = None,
        threshold: float = 0.5,
        name: str = "cohen_kappa",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(num_classes, threshold, name, dtype)
        if weights not in (None, "linear", "quadratic"):
            raise ConfigError(
                f"Metric {name} expected `weights` to be 'linear', 'quadratic' or None. Received {weights!r}. Pass None for "
                f"classes without an order."
            )
        self.weights = weights

    def compute(self, state: State) -> Array:
        """κ; 0 where all rows have one class and one name, so that there is nothing to agree on."""
        confusion = state["confusion"]
        total = jnp.sum(confusion)
        expected = ratio(jnp.outer(jnp.sum(confusion, 1), jnp.sum(confusion, 0)), total)
        price = jnp.asarray(self._prices(confusion.shape[0]), confusion.dtype)
        chance = jnp.sum(price * expected)
        return jnp.where(chance == 0, 0.0, 1.0 - ratio(jnp.sum(price * confusion), chance))

    def _prices(self, classes: int) -> HostArray:
        distance = np.abs(np.subtract.outer(np.arange(classes), np.arange(classes)))
        return {None: distance > 0, "linear": distance, "quadratic": distance**2}[self.weights]


@metric_registry.register("mcc", "matthews")
class MatthewsCorrelation(_Agreement):
    """``r = (c s - t·p) / √((s² - p·p)(s² - t·t))``: the correlation of true and named classes.

    c is the weight of right answers, s of all, t and p the weights by true and by named class. 1 is perfect, 0 is chance, -1
    is always wrong (with two classes).

    Args:
        num_classes: the number of classes; from the outputs' width by default.
        threshold: with one output, the probability above which class 1 is named.
        name: its name in logs.
        dtype: the type of the state.

    Shapes:
        targets (B,) class numbers or (B, K) one-hot, outputs (B, K) or (B, 1); the state is (K, K).

    Example:
        >>> round(float(MatthewsCorrelation()([0, 0, 1, 1], [[0.1], [0.6], [0.7], [0.8]])), 4)
        0.5774

    Reference:
        Matthews (1975), Comparison of the predicted and observed secondary structure of T4 phage lysozyme; Gorodkin (2004),
        Comparing two K-category assignments by a K-category correlation coefficient.
    """

    def __init__(
        self,
        num_classes: int | None = None,
        threshold: float = 0.5,
        name: str = "matthews_correlation",
        dtype: Any = "float32",
    ) -> None:
        super().__init__(num_classes, threshold, name, dtype)

    def compute(self, state: State) -> Array:
        """r; 0 where all rows have one class, or one name."""
        # In shares of the whole, so that no square overflows.
        shares = ratio(state["confusion"], jnp.sum(state["confusion"]))
        t, p = jnp.sum(shares, 1), jnp.sum(shares, 0)
        covariance = jnp.sum(jnp.diagonal(shares) - t * p)
        spread = jnp.sum(t * (jnp.sum(t) - t)) * jnp.sum(p * (jnp.sum(p) - p))
        return ratio(covariance, jnp.sqrt(spread))
