"""The network for a table: hidden layers, and the output and loss that the task asks for."""

from typing import Any

from glassnet import optimizers
from glassnet.layers import Dense, Dropout, Input
from glassnet.models import Sequential
from glassnet.workbench.settings import Settings


def network_for(task: str, inputs: int, classes: int, settings: Settings) -> Sequential:
    """A compiled network.

    One sigmoid output for two classes, a softmax over the classes beyond two, one linear output for a regression.

    Args:
        task: ``"classification"`` or ``"regression"``.
        inputs: the number of prepared columns.
        classes: the number of classes; unused for a regression.
        settings: hidden layers, activation, dropout, optimizer, learning rate and seed.

    Raises:
        UnknownNameError: an activation or optimizer that does not exist, with the nearest names.

    Example:
        >>> network_for("classification", 30, 2, Settings()).count_params()
        641
    """
    layers: list[Any] = [Input((inputs,))]
    for units in settings.hidden:
        layers.append(Dense(units, activation=settings.activation))
        if settings.dropout:
            layers.append(Dropout(settings.dropout))
    if task == "regression":
        output, loss, metrics = Dense(1), "mse", ["mae"]
    elif classes == 2:
        output, loss, metrics = Dense(1, activation="sigmoid"), "binary_crossentropy", ["accuracy"]
    else:
        output, loss, metrics = Dense(classes, activation="softmax"), "sparse_categorical_crossentropy", ["accuracy"]
    model = Sequential([*layers, output], seed=settings.seed)
    model.compile(optimizer=_optimizer(settings), loss=loss, metrics=metrics)
    return model


def _optimizer(settings: Settings) -> Any:
    optimizer = optimizers.get(settings.optimizer)
    optimizer.learning_rate = settings.learning_rate
    return optimizer
