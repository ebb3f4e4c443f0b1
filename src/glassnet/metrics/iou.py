"""Intersection over union, for segmentation: how much of a region and of what was marked for it they share."""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.shapes import positive_int
from glassnet.foundation.types import Array, ArrayLike, Shape
from glassnet.losses.pairing import EPSILON, mismatch
from glassnet.losses.reduction import aligned
from glassnet.metrics.answers import table
from glassnet.metrics.base import Metric, State, metric_registry
from glassnet.metrics.mean import ratio


class _Overlap(Metric):
    """The mean over some classes c of ``TP_c / (TP_c + FP_c + FN_c)``, counted in a confusion matrix."""

    direction = "up"

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int] | None,
        name: str | None,
        dtype: Any,
        *,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(dtype or "int32", name)
        self.num_classes = positive_int("num_classes", num_classes, owner=f"Metric {self.name}")
        ids = range(self.num_classes) if target_class_ids is None else target_class_ids
        self.target_class_ids = _class_ids(self.name, ids, self.num_classes)
        self.ignore_class = ignore_class
        self.sparse_y_true = bool(sparse_y_true)
        self.sparse_y_pred = bool(sparse_y_pred)
        self.axis = axis

    def init(self, target_shape: Shape | None = None, output_shape: Shape | None = None) -> State:
        """An empty confusion matrix."""
        return {"total_confusion_matrix": self.zeros(self.num_classes, self.num_classes)}

    def update(
        self, state: State, y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> State:
        """Count a batch."""
        truth, named = self.classes(jnp.asarray(y_true), jnp.asarray(y_pred))
        if truth.size != named.size:
            raise mismatch(f"Metric {self.name}", truth.shape, named.shape)
        named = named.reshape(truth.shape)
        _, weights = aligned(jnp.ones(truth.shape, jnp.float32), sample_weight)
        if self.ignore_class is not None:
            weights = jnp.where(truth == self.ignore_class, 0.0, weights)
        # As in Keras, weights become whole numbers where the state holds whole numbers.
        counted = table(truth.reshape(-1), named.reshape(-1), weights.reshape(-1).astype(self.dtype), self.num_classes)
        return {"total_confusion_matrix": state["total_confusion_matrix"] + counted}

    def classes(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        """True and named class numbers."""
        truth = y_true if self.sparse_y_true else jnp.argmax(y_true, self.axis)
        named = y_pred if self.sparse_y_pred else jnp.argmax(y_pred, self.axis)
        return truth.astype(jnp.int32), named.astype(jnp.int32)

    def compute(self, state: State) -> Array:
        """The mean over the chosen classes that occur; 0 where none does."""
        confusion = state["total_confusion_matrix"].astype(jnp.float32)
        both = jnp.diagonal(confusion)
        union = jnp.sum(confusion, 0) + jnp.sum(confusion, 1) - both
        chosen = jnp.asarray(self.target_class_ids)
        both, union = both[chosen], union[chosen]
        occurs = jnp.sum(union > 1e-9)
        return ratio(jnp.sum(jnp.where(union > 1e-9, both / (union + EPSILON), 0.0)), occurs + EPSILON)


def _class_ids(owner: str, ids: Sequence[int], classes: int) -> list[int]:
    if not ids or any(not 0 <= number < classes for number in ids):
        raise ConfigError(
            f"Metric {owner} expected `target_class_ids` from 0 to {classes - 1}. Received {list(ids)!r}. Pass class numbers "
            f"below num_classes."
        )
    return [int(number) for number in ids]


@metric_registry.register()
class IoU(_Overlap):
    """``mean over chosen classes c of TP / (TP + FP + FN)``: the overlap of true and named regions.

    Args:
        num_classes: the number of classes, 1 or more.
        target_class_ids: the classes whose overlap is averaged.
        name: its name in logs.
        dtype: the type of the confusion matrix; with whole numbers, the default, weights are cut to whole numbers.
        ignore_class: a class number whose rows do not count, such as -1.
        sparse_y_true: whether targets are class numbers; else one-hot.
        sparse_y_pred: whether outputs are class numbers; else scores by class.
        axis: the axis of the classes, where they have one.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> round(float(IoU(num_classes=2, target_class_ids=[1])([0, 0, 1, 1], [0, 1, 1, 1])), 4)
        0.6667

    Reference:
        Everingham et al. (2010), The Pascal visual object classes challenge.
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str = "io_u",
        dtype: Any = "int32",
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes,
            target_class_ids,
            name,
            dtype,
            ignore_class=ignore_class,
            sparse_y_true=sparse_y_true,
            sparse_y_pred=sparse_y_pred,
            axis=axis,
        )


@metric_registry.register()
class BinaryIoU(_Overlap):
    """``mean over chosen classes c of TP / (TP + FP + FN)``: the overlap for masks, from probabilities.

    Args:
        target_class_ids: the classes whose overlap is averaged: 0, 1 or both.
        threshold: the probability from which on class 1 is named.
        name: its name in logs.
        dtype: the type of the confusion matrix; with whole numbers, the default, weights are cut to whole numbers.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> round(float(BinaryIoU(target_class_ids=[1])([0, 0, 1, 1], [0.1, 0.6, 0.7, 0.8])), 4)
        0.6667

    Reference:
        Everingham et al. (2010), The Pascal visual object classes challenge.
    """

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str = "binary_io_u",
        dtype: Any = "int32",
    ) -> None:
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def classes(self, y_true: Array, y_pred: Array) -> tuple[Array, Array]:
        """True class numbers, and those that the threshold names."""
        return y_true.astype(jnp.int32), (y_pred >= self.threshold).astype(jnp.int32)


@metric_registry.register()
class MeanIoU(_Overlap):
    """``mean over all classes c of TP / (TP + FP + FN)``: the usual score of a segmentation.

    Args:
        num_classes: the number of classes, 1 or more.
        name: its name in logs.
        dtype: the type of the confusion matrix; with whole numbers, the default, weights are cut to whole numbers.
        ignore_class: a class number whose rows do not count, such as -1.
        sparse_y_true: whether targets are class numbers; else one-hot.
        sparse_y_pred: whether outputs are class numbers; else scores by class.
        axis: the axis of the classes, where they have one.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> round(float(MeanIoU(num_classes=2)([0, 0, 1, 1], [0, 1, 1, 1])), 4)
        0.5833

    Reference:
        Everingham et al. (2010), The Pascal visual object classes challenge.
    """

    def __init__(
        self,
        num_classes: int,
        name: str = "mean_io_u",
        dtype: Any = "int32",
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes,
            None,
            name,
            dtype,
            ignore_class=ignore_class,
            sparse_y_true=sparse_y_true,
            sparse_y_pred=sparse_y_pred,
            axis=axis,
        )


@metric_registry.register()
class OneHotIoU(_Overlap):
    """``mean over chosen classes c of TP / (TP + FP + FN)``: `IoU` for one-hot targets.

    Args:
        num_classes: the number of classes, 1 or more.
        target_class_ids: the classes whose overlap is averaged.
        name: its name in logs.
        dtype: the type of the confusion matrix; with whole numbers, the default, weights are cut to whole numbers.
        ignore_class: a class number whose rows do not count, such as -1.
        sparse_y_pred: whether outputs are class numbers; else scores by class.
        axis: the axis of the classes, where they have one.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> metric = OneHotIoU(num_classes=2, target_class_ids=[0])
        >>> round(float(metric([[1, 0], [0, 1]], [[0.9, 0.1], [0.7, 0.3]])), 4)
        0.5

    Reference:
        Everingham et al. (2010), The Pascal visual object classes challenge.
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str = "one_hot_io_u",
        dtype: Any = "int32",
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes,
            target_class_ids,
            name,
            dtype,
            ignore_class=ignore_class,
            sparse_y_true=False,
            sparse_y_pred=sparse_y_pred,
            axis=axis,
        )


@metric_registry.register()
class OneHotMeanIoU(_Overlap):
    """``mean over all classes c of TP / (TP + FP + FN)``: `MeanIoU` for one-hot targets.

    Args:
        num_classes: the number of classes, 1 or more.
        name: its name in logs.
        dtype: the type of the confusion matrix; with whole numbers, the default, weights are cut to whole numbers.
        ignore_class: a class number whose rows do not count, such as -1.
        sparse_y_pred: whether outputs are class numbers; else scores by class.
        axis: the axis of the classes, where they have one.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> metric = OneHotMeanIoU(num_classes=2)
        >>> round(float(metric([[1, 0], [0, 1]], [[0.9, 0.1], [0.7, 0.3]])), 4)
        0.25

    Reference:
        Everingham et al. (2010), The Pascal visual object classes challenge.
    """

    def __init__(
        self,
        num_classes: int,
        name: str = "one_hot_mean_io_u",
        dtype: Any = "int32",
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes,
            None,
            name,
            dtype,
            ignore_class=ignore_class,
            sparse_y_true=False,
            sparse_y_pred=sparse_y_pred,
            axis=axis,
        )
