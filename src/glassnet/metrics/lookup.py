"""Metrics by name, function or configuration, and the choice that ``"accuracy"`` leaves open."""

from typing import Any

from glassnet import losses
from glassnet.foundation import registry
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import Config, Shape
from glassnet.losses.base import Loss
from glassnet.metrics.base import Metric, metric_registry
from glassnet.metrics.mean import FormulaMetric, MeanMetricWrapper

_OPEN = {"accuracy": "accuracy", "acc": "accuracy", "crossentropy": "crossentropy", "ce": "crossentropy"}


def get(identifier: Any) -> Metric | None:
    """A metric from what a user may give.

    Args:
        identifier: a name (``"auc"``, ``"mse"``), a class, a metric, a configuration, a loss, or a function
            ``fn(y_true, y_pred)`` -> values by row. None stays None.

    Raises:
        UnknownNameError: no metric has that name; the message suggests the nearest.
        ConfigError: it is something else.

    Example:
        >>> get("auc")
        AUC()
        >>> get(lambda y_true, y_pred: abs(y_true - y_pred)[:, 0]).name
        '<lambda>'

    Reference:
        Chollet et al. (2015), Keras.
    """
    if identifier is None or isinstance(identifier, Metric):
        return identifier
    made = metric_registry.make(identifier)
    if isinstance(made, Metric):
        return made
    if not callable(made):
        raise ConfigError(
            f"Expected the metric as a name, a function or a metric object. Received {identifier!r}, which cannot be "
            f"called. Pass a function of y_true and y_pred, or a name such as 'accuracy'."
        )
    kind = None if isinstance(made, Loss) else _by_formula().get(made)
    return MeanMetricWrapper(made) if kind is None else kind()


def resolve(
    identifier: Any, loss: Any = None, output_shape: Shape | None = None, target_shape: Shape | None = None
) -> Metric:
    """Like `get`; ``"accuracy"``, ``"acc"``, ``"crossentropy"`` and ``"ce"`` become the kind that fits, by Keras's rule.

    One output is judged as yes or no, several as classes: sparse where targets are class numbers, else one-hot. After a loss
    with ``from_logits=True`` the outputs are read as logits. A metric given by its name is called by that name.

    Args:
        identifier: see `get`.
        loss: the loss trained with, which tells what targets are where their shape is not known.
        output_shape: a batch of outputs' shape, None for the batch.
        target_shape: a batch of targets' shape.

    Raises:
        UnknownNameError: no metric has that name.
        ConfigError: the name leaves a choice and the outputs' shape is not known.

    Example:
        >>> resolve("accuracy", output_shape=(None, 1))
        BinaryAccuracy(name='accuracy')
        >>> resolve("acc", "sparse_categorical_crossentropy", (None, 3))
        SparseCategoricalAccuracy(name='acc')

    Reference:
        Chollet et al. (2015), Keras.
    """
    choice = _OPEN.get(identifier.lower()) if isinstance(identifier, str) else None
    metric = get(identifier) if choice is None else _fitting(choice, loss, output_shape, target_shape)
    if metric is None:
        raise ConfigError("Expected a metric. Received None. Pass a name such as 'accuracy', or leave it out.")
    if isinstance(identifier, str):
        metric.name = identifier
    return metric


def _fitting(choice: str, loss: Any, output_shape: Shape | None, target_shape: Shape | None) -> Metric:
    if output_shape is None:
        raise ConfigError(
            f"Expected the outputs' shape to choose the kind of {choice} that fits. Received none. Pass output_shape, or name "
            f"the kind, such as 'binary_{choice}' or 'sparse_categorical_{choice}'."
        )
    loss = losses.get(loss)
    one = len(output_shape) < 2 or output_shape[-1] == 1
    kind = "binary" if one else "sparse_categorical" if _are_labels(loss, output_shape, target_shape) else "categorical"
    settings: dict[str, Any] = {}
    if getattr(loss, "from_logits", False):
        settings = {"from_logits": True} if choice == "crossentropy" else {"threshold": 0.0} if one else {}
    return metric_registry.find(f"{kind}_{choice}")(**settings)


def _are_labels(loss: Loss | None, output_shape: Shape, target_shape: Shape | None) -> bool:
    if target_shape is None:
        return loss is not None and loss.target_kind == "label"
    return len(target_shape) < len(output_shape) or (target_shape[-1] == 1 and output_shape[-1] != 1)


def _by_formula() -> dict[Any, type[FormulaMetric]]:
    kinds = (metric_registry.find(name) for name in metric_registry.names())
    return {kind.formula: kind for kind in kinds if isinstance(kind, type) and issubclass(kind, FormulaMetric)}


def serialize(metric: Metric) -> Config:
    """Plain data for a metric, from which `deserialize` makes an equal one.

    Example:
        >>> deserialize(serialize(get("recall"))) == get("recall")
        True
    """
    return registry.serialize(metric)


def deserialize(config: Any) -> Metric | None:
    """The metric that `serialize` described, or that a name stands for.

    Raises:
        UnknownNameError: the name or the class is not known.

    Example:
        >>> deserialize("mae")
        MeanAbsoluteError()
    """
    return get(config)
