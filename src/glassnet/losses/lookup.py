"""Losses by name, function or configuration."""

from typing import Any

from glassnet.foundation import registry
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import Config, Shape
from glassnet.losses.base import FormulaLoss, FunctionLoss, Loss, loss_registry


def get(identifier: Any) -> Loss | None:
    """A loss from what a user may give.

    Args:
        identifier: a name (``"mse"``, ``"binary_crossentropy"``), a class, a loss, a configuration, or a function
            ``fn(y_true, y_pred)`` -> values by row. None stays None.

    Raises:
        UnknownNameError: no loss has that name; the message suggests the nearest.
        ConfigError: it is something else.

    Example:
        >>> get("mse")
        MeanSquaredError()
        >>> get(lambda y_true, y_pred: (y_true - y_pred)[:, 0] ** 4).name
        '<lambda>'

    Reference:
        Chollet et al. (2015), Keras.
    """
    if identifier is None:
        return None
    made = loss_registry.make(identifier)
    if isinstance(made, Loss):
        return made
    if not callable(made):
        raise ConfigError(
            f"Expected the loss as a name, a function or a loss object. Received {identifier!r}, which cannot be "
            f"called. Pass a function of y_true and y_pred, or a name such as 'mse'."
        )
    kind = _BY_FORMULA.get(made)
    return FunctionLoss(made) if kind is None else kind()


def resolve(identifier: Any, output_shape: Shape, target_shape: Shape | None = None) -> Loss | None:
    """Like `get`; ``"crossentropy"`` and ``"ce"`` become the kind that fits outputs and targets, as in Keras.

    Args:
        identifier: see `get`.
        output_shape: a batch of outputs' shape, None for the batch.
        target_shape: a batch of targets' shape; class numbers are taken to be meant when it is not known.

    Example:
        >>> resolve("crossentropy", (None, 1))
        BinaryCrossentropy()
        >>> resolve("crossentropy", (None, 3), (None, 3))
        CategoricalCrossentropy()

    Reference:
        Chollet et al. (2015), Keras.
    """
    if not isinstance(identifier, str) or identifier.lower() not in ("crossentropy", "ce"):
        return get(identifier)
    if output_shape[-1] == 1:
        return get("binary_crossentropy")
    labels = target_shape is None or len(target_shape) < len(output_shape) or target_shape[-1] == 1
    return get("sparse_categorical_crossentropy" if labels else "categorical_crossentropy")


def serialize(loss: Loss) -> Config:
    """Plain data for a loss, from which `deserialize` makes an equal one.

    Example:
        >>> deserialize(serialize(get("huber"))) == get("huber")
        True
    """
    return registry.serialize(loss)


def deserialize(config: Any) -> Loss | None:
    """The loss that `serialize` described, or that a name stands for.

    Raises:
        UnknownNameError: the name or the class is not known.

    Example:
        >>> deserialize("mae")
        MeanAbsoluteError()
    """
    return get(config)


_BY_FORMULA: dict[Any, type[FormulaLoss]] = {
    kind.formula: kind
    for kind in (loss_registry.find(name) for name in loss_registry.names())
    if issubclass(kind, FormulaLoss) and kind.__name__ != "CategoricalGeneralizedCrossEntropy"
}
