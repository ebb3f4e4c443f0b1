"""What is settled before a model runs on rows: it is built, the rows fit it, and its outputs and targets fit the loss."""

from typing import Any

import jax
import numpy as np

from glassnet.activations import activation_registry
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import Layer
from glassnet.training import checks, objective
from glassnet.training.layout import layout_for
from glassnet.training.outline import outline
from glassnet.training.step import Recipe


def ready(model: Any, x: Any, y: Any) -> Recipe:
    """Build the model for rows like these, check targets and outputs against the loss, and give the recipe to compile.

    Raises:
        ConfigError: the model is not compiled, or the loss and the last layer do not fit each other.
        DataError: targets that the loss cannot work with.
    """
    given = model._compiled
    if given is None:
        raise ConfigError(
            "Expected a compiled model; received one without optimizer and loss. Call model.compile('adam', loss=...) first."
        )
    build_for(model, x)
    check_input(model, x)
    blueprint = model.blueprint()
    params, rest = model.arrays()
    seen = outline(blueprint, params, rest, x)
    if given.loss is not None and y is None:
        raise ConfigError(
            "Expected targets, since the model has a loss; received y=None. Pass y, or x itself to reconstruct."
        )
    target_shape = (None, *np.shape(y)[1:]) if y is not None else (None,)
    resolved = objective.resolve(given.loss, given.metrics, given.weighted_metrics, target_shape, seen.output_shape)
    if resolved.loss is not None:
        checks.check_link(resolved.loss, seen.link, seen.output_shape, final_activation=final_activation(model))
        check_targets(resolved, y)
    layout = layout_for(params, model.optimizer, blueprint)
    whole = not resolved.adds_up or seen.adds_losses or always_mixes_rows(model)
    return Recipe(blueprint, resolved, model.optimizer.without_rate(), layout, whole)


def check_targets(resolved: objective.Objective, y: Any) -> None:
    """Raise when targets cannot be what the loss expects for the model's outputs."""
    if resolved.loss is not None and isinstance(y, np.ndarray):
        checks.check_targets(resolved.loss, y, resolved.output_shape)


def build_for(model: Layer, x: Any) -> None:
    """Give the model its weights for inputs like `x`, if it has none yet."""
    if not model.built:
        model.build_all(jax.tree.map(lambda a: (None, *a.shape[1:]), x))


def check_input(model: Any, x: Any) -> None:
    """Raise a `ShapeError` in words of the model when `x` is not of the shape it was built for."""
    if model.input_spec is not None and hasattr(x, "shape"):
        model.input_spec.check(model.path, x.shape)


def final_activation(model: Any) -> str | None:
    """The name of the last layer's activation, where the model is a chain whose last layer has one."""
    while (layers := getattr(model, "chain", None)) is not None:
        if not layers:
            return None
        model = layers[-1]
    activation = getattr(model, "activation", None)
    return activation_registry.name_of(activation) if activation is not None else None


def whole_batches(model: Layer, recipe: Recipe) -> bool:
    """Whether rows must not be padded in training: a layer mixes the rows of a batch, or the loss belongs to all of it."""
    return recipe.whole or any(layer.mixes_rows for layer in model.walk())


def always_mixes_rows(model: Layer) -> bool:
    """Whether a row's output depends on the other rows outside of training too, so that nothing may be filled up."""
    return any(layer.always_mixes_rows for layer in model.walk())


def prefers_steps(model: Layer) -> bool:
    """Whether a layer is slow inside a compiled loop on this device."""
    return jax.default_backend() == "cpu" and any(layer.prefers_steps for layer in model.walk())
