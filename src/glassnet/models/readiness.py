"""What is settled before a model runs on rows: it is built, the rows fit it, and its outputs and targets fit the loss."""

from collections.abc import Iterator
from typing import Any

import jax
import numpy as np

from glassnet.activations import activation_registry
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import Layer
from glassnet.training import checks
from glassnet.training.head import picked
from glassnet.training.layout import layout_for
from glassnet.training.objective import Objective
from glassnet.training.outline import Outline, outline
from glassnet.training.resolving import Place, resolve
from glassnet.training.step import Recipe


def ready(model: Any, x: Any, y: Any, complain: checks.Complain = checks.refuse) -> Recipe:
    """Build the model for rows like these, check targets and outputs against the loss, and give the recipe to compile.

    Args:
        model: a compiled model.
        x: inputs.
        y: targets.
        complain: what is done about a mistake: raised, or said.

    Raises:
        ConfigError: the model is not compiled, or the loss and the last layer do not fit each other.
        DataError: targets that the loss cannot work with.
    """
    seen, resolved = settled(model, x, y)
    for wrong in wrong_with(model, seen, resolved, y):
        if wrong.grave:
            complain(wrong.error)
    blueprint = model.blueprint()
    layout = layout_for(model.arrays()[0], model.optimizer, blueprint)
    whole = not resolved.adds_up or seen.adds_losses or always_mixes_rows(model)
    return Recipe(blueprint, resolved, model.optimizer.without_rate(), layout, whole)


def settled(model: Any, x: Any, y: Any) -> tuple[Outline, Objective]:
    """What the outputs look like for rows like these, and what is wanted of them; the model is built if it was not.

    Raises:
        ConfigError: the model is not compiled, or there are no targets.
        ShapeError: rows that do not fit the model.
    """
    given = model._compiled
    if given is None:
        raise ConfigError(
            "Expected a compiled model; received one without optimizer and loss. Call model.compile('adam', loss=...) first."
        )
    build_for(model, x)
    model.check_inputs(x)
    kept = [rows for layer in model.walk() if (rows := getattr(layer, "state_rows", None)) is not None]
    params, rest = model.arrays()
    seen = outline(model.blueprint(), params, rest, x, *kept[:1])  # states are kept for a fixed number of rows
    if given.loss is not None and y is None:
        raise ConfigError(
            "Expected targets, since the model has a loss; received y=None. Pass y, or x itself to reconstruct."
        )
    return seen, resolve(given, y, places_of(model, seen))


def wrong_with(model: Any, seen: Outline, resolved: Objective, y: Any) -> Iterator[checks.Wrong]:
    """What would train wrongly: the last activation against the loss, and targets that are not what the loss needs."""
    activations = final_activations(model)
    links = {output.key: output.link for output in seen.outputs}
    for head in resolved.heads:
        if head.loss is not None:
            final, link = activations.get(head.name), links[head.output]
            yield from checks.wrong_link(head.loss, link, head.output_shape, final)
            target = None if y is None else picked(y, head.target)
            if isinstance(target, np.ndarray):
                yield from checks.wrong_targets(head.loss, target, head.output_shape, link or final)


def places_of(model: Any, seen: Outline) -> list[Place]:
    """The model's outputs, each with its name: a key of a dict, its layer's, or its number."""
    names = list(model.output_layers())
    if len(names) != len(seen.outputs):
        names = [o.key if isinstance(o.key, str) else f"output_{i + 1}" for i, o in enumerate(seen.outputs)]
    return [Place(name, output.key, output.shape) for name, output in zip(names, seen.outputs, strict=True)]


def check_targets(resolved: Objective, y: Any, complain: checks.Complain = checks.refuse) -> None:
    """Complain when targets cannot be what the losses expect for the model's outputs."""
    for head in resolved.heads:
        target = None if y is None else picked(y, head.target)
        if head.loss is not None and isinstance(target, np.ndarray):
            for wrong in checks.wrong_targets(head.loss, target, head.output_shape):
                complain(wrong.error)


def doubtful(model: Any, resolved: Objective, y: Any) -> Iterator[checks.Wrong]:
    """Targets that the last layers can give in part only: what `ready` lets pass."""
    finals = final_activations(model)
    for head in resolved.heads:
        target = None if y is None else picked(y, head.target)
        if head.loss is not None and isinstance(target, np.ndarray):
            found = checks.out_of_reach(head.loss, target, finals.get(head.name))
            yield from (wrong for wrong in found if not wrong.grave)


def build_for(model: Layer, x: Any) -> None:
    """Give the model its weights for inputs like `x`, if it has none yet."""
    if not model.built:
        model.build_all(jax.tree.map(lambda a: (None, *a.shape[1:]), x))


def final_activations(model: Any) -> dict[str, str | None]:
    """The name of the activation of the layer that gives each output, by output, where that is known."""
    return {name: _final_activation(layer) for name, layer in model.output_layers().items()}


def _final_activation(layer: Any) -> str | None:
    while (inner := getattr(layer, "output_layers", dict)()) and len(inner) == 1:
        layer = next(iter(inner.values()))
    activation = getattr(layer, "activation", None)
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
