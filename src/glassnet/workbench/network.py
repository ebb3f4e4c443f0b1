"""The network for a table: hidden layers, and the output and loss that the task asks for."""

from itertools import pairwise
from typing import Any

from glassnet import activations, optimizers
from glassnet.foundation.errors import ConfigError
from glassnet.layers import Dense, Dropout, Input
from glassnet.models import Sequential
from glassnet.workbench.settings import Settings

MOST_PARAMETERS = 100_000_000


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
        ConfigError: more parameters than a network for a table can need.

    Example:
        >>> network_for("classification", 30, 2, Settings()).count_params()
        641
    """
    _check_size(inputs, classes if classes > 2 else 1, settings)
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
    model.compile(optimizer=optimizer_for(settings), loss=loss, metrics=metrics)
    return model


def _check_size(inputs: int, outputs: int, settings: Settings) -> None:
    """Refuse what would only fill the memory, before a single weight is made."""
    sizes = [inputs, *settings.hidden, outputs]
    parameters = sum((before + 1) * after for before, after in pairwise(sizes))
    if parameters > MOST_PARAMETERS:
        raise ConfigError(
            f"`hidden` expected a network of at most {MOST_PARAMETERS:,} parameters. Received {settings.hidden}, which makes "
            f"{parameters:,} with {inputs:,} inputs. Use fewer units."
        )


def optimizer_for(settings: Settings) -> Any:
    """The optimizer that `settings` name, with their learning rate or its own.

    Raises:
        ConfigError: no optimizer has this name, or it needs more than a name.
    """
    optimizer = optimizers.get(settings.optimizer)
    if settings.learning_rate is not None:
        optimizer.learning_rate = settings.learning_rate
    return optimizer


def check_names(settings: Settings) -> None:
    """Raise an `UnknownNameError` for an activation or optimizer that does not exist, before any data are read."""
    activations.get(settings.activation)
    optimizer_for(settings)
