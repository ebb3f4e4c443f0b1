"""The one training step. Whole epochs in a scan and batches one by one both run this function and no other."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from glassnet.foundation import context
from glassnet.foundation.blueprint import Blueprint
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.precision import widened
from glassnet.foundation.types import Array, Weights
from glassnet.optimizers import Optimizer, OptimizerState
from glassnet.training.layout import Layout
from glassnet.training.objective import Objective, Sums


class TrainState(NamedTuple):
    """Everything a step changes; weights and optimizer state lie as the recipe's layout says."""

    params: Weights
    rest: Weights
    optimizer: OptimizerState
    step: Array


class Batch(NamedTuple):
    """Rows for one step.

    `x` and `y` may be nested (several inputs or outputs); `weights` is each row's weight, (B,) or (B, T), or a nest of them
    by output, and `real` is 1 for a real row and 0 for one that only fills the batch up, (B,).
    """

    x: Any
    y: Any
    weights: Any
    real: Any


class Recipe(NamedTuple):
    """The static parts of a program, each compared by value: equal recipes share what was compiled.

    `whole` says that the loss belongs to a batch as a whole, or that the model adds losses of its own: a batch then holds
    real rows only, since padded ones could not be told apart.
    """

    blueprint: Blueprint
    objective: Objective
    optimizer: Optimizer | None = None
    layout: Layout = Layout()
    whole: bool = False


def train_step(
    recipe: Recipe, state: TrainState, sums: Sums, seed: Array, rate: Array | None, batch: Batch
) -> tuple[TrainState, Sums]:
    """Forward, loss, backward, update: w <- optimizer(w, dL/dw).

    Args:
        recipe: what is compiled in.
        state: the state before the step.
        sums: the epoch's sums so far.
        seed: the model's seed; this step's random key is it with the step's number folded in.
        rate: the learning rate, or None where the optimizer has a schedule.
        batch: the rows.
    """
    blueprint, objective, optimizer, layout, _ = recipe
    if optimizer is None:
        raise ConfigError(
            "Expected an optimizer to train with; received a recipe without one. Compile the model with one."
        )
    key = jax.random.fold_in(jax.random.key(seed), state.step)
    count = jnp.sum(batch.real)
    weights = _weights(batch)

    def loss_of(params: Weights) -> tuple[Array, tuple[Array, Any, Any, Any, Weights]]:
        model = blueprint.assemble(params, state.rest)
        with context.entered(context.Call(training=True, key=key)):
            y_pred = widened(model(batch.x))
            masks = objective.masks(y_pred)
            loss, parts = objective.batch_losses(batch.y, y_pred, weights, count, masks)
        loss = loss + sum(model.losses, jnp.float32(0))
        scaled = optimizer.scale_loss(loss, state.optimizer)
        return scaled, (loss, y_pred, parts, masks, blueprint.state_of(model))

    run = jax.value_and_grad(loss_of, has_aux=True)
    (_, (loss, y_pred, parts, masks, rest)), grads = run(layout.unpack(state.params))
    params, slots = optimizer.step(state.params, layout.pack(grads), state.optimizer, learning_rate=rate)
    params = blueprint.constrain(params)
    sums = objective.update(sums, batch.y, y_pred, batch.real, weights, loss, parts, masks)
    return TrainState(params, rest, slots, state.step + 1), sums


def left_behind(optimizer: Optimizer, state: TrainState) -> TrainState:
    """A state, with each weight by its path, as training leaves it: the weights' average where the optimizer ends with it."""
    if not optimizer.ends_averaged:
        return state
    return state._replace(params=optimizer.averaged(state.params, state.optimizer))


def eval_step(recipe: Recipe, params: Weights, rest: Weights, sums: Sums, batch: Batch) -> Sums:
    """Forward and loss without learning: what validation and `evaluate` run."""
    blueprint, objective = recipe.blueprint, recipe.objective
    count = jnp.sum(batch.real)
    weights = _weights(batch)
    model = blueprint.assemble(params, rest)
    with context.entered(context.Call(training=False)):
        y_pred = widened(model(batch.x))
        masks = objective.masks(y_pred)
        loss, parts = objective.batch_losses(batch.y, y_pred, weights, count, masks)
    loss = loss + sum(model.losses, jnp.float32(0))
    return objective.update(sums, batch.y, y_pred, batch.real, weights, loss, parts, masks)


def _weights(batch: Batch) -> Any:
    """The rows' weights, 0 for padded rows."""
    return jax.tree.map(lambda w: w * batch.real.reshape(batch.real.shape + (1,) * (w.ndim - 1)), batch.weights)


def packed(recipe: Recipe, state: TrainState) -> TrainState:
    """A state with each weight by its path, laid out for the recipe."""
    layout = recipe.layout
    return state._replace(params=layout.pack(state.params), optimizer=layout.pack_optimizer(state.optimizer))


def unpacked(recipe: Recipe, state: TrainState) -> TrainState:
    """A state laid out for the recipe, with each weight by its path again."""
    layout = recipe.layout
    return state._replace(params=layout.unpack(state.params), optimizer=layout.unpack_optimizer(state.optimizer))
