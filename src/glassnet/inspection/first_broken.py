"""Where a training step broke: which layer, which operation, on the way forwards, backwards or in the update."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation import context
from glassnet.foundation.observing import observed_by, unobserved
from glassnet.foundation.types import Weights
from glassnet.inspection.equations import Broken, first_broken
from glassnet.training.replay import BadStep
from glassnet.training.step import Batch

LOSS, PENALTY = "the loss", "the penalty"


@dataclass(frozen=True)
class Place:
    """Where a step broke.

    Args:
        layer: the layer's path, ``"the loss"``, ``"the penalty"``, or the weight's path in the update.
        direction: ``"forward"``, ``"backward"`` or ``"update"``.
        broken: the operation with its numbers.
        sizes: the root mean square of each layer's output before the step, in the order of the calls, by path.
    """

    layer: str
    direction: str
    broken: Broken
    sizes: dict[str, float]


class _Scopes:
    """Names each call in what is traced, so that an operation tells which layer it belongs to."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.outputs: list[Any] = []

    def around(self, layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any], compute: Callable[[], Any]) -> Any:
        number = len(self.paths)
        self.paths.append(layer.path)
        with jax.named_scope(f"call{number}"):
            if hasattr(layer, "return_sequences"):  # as a loop, which is gone through step by step only where it breaks
                with unobserved():
                    outputs = compute()
            else:
                outputs = compute()
        self.outputs.append((layer.path, outputs))
        return outputs

    def see(self, name: str, value: Any) -> Any:
        return value


def place_of(step: BadStep) -> Place | None:
    """The first operation of a step that broke; None where equation by equation all of it stays finite."""
    scopes = _Scopes()
    loss_of = _loss_function(step, scopes)
    params = step.recipe.layout.unpack(step.recipe.layout.pack(step.state.params))
    broken = first_broken(loss_of, params)
    sizes = _sizes(step)
    if broken is not None:
        return Place(_owner(broken, scopes), broken.direction, broken, sizes)
    grads = jax.jit(jax.grad(loss_of))(params)
    optimizer, state = step.recipe.optimizer, step.state
    if optimizer is None:
        return None
    for path in params:

        def moved(params: Weights, grads: Weights, slots: Any, path: str = path) -> Any:
            return optimizer.step(params, grads, slots, learning_rate=step.rate)[0][path]

        broken = first_broken(moved, params, grads, state.optimizer, backward=False)
        if broken is not None:
            return Place(path, "update", broken, sizes)
    return None


def _loss_function(step: BadStep, scopes: _Scopes) -> Callable[[Weights], Any]:
    recipe, state, batch = step.recipe, step.state, step.batch
    objective = recipe.objective

    def loss_of(params: Weights) -> Any:
        key = jax.random.fold_in(jax.random.key(np.uint32(step.seed)), state.step)
        model = recipe.blueprint.assemble(params, jax.tree.map(jnp.asarray, state.rest))
        with context.entered(context.Call(training=True, key=key)):
            with observed_by(scopes):
                y_pred = model(jax.tree.map(jnp.asarray, batch.x))
            with jax.named_scope("loss"):
                masks = objective.masks(y_pred)
                loss, _ = objective.batch_losses(batch.y, y_pred, _weights(batch), jnp.sum(batch.real), masks)
        with jax.named_scope("penalty"):
            loss = loss + sum(model.losses, jnp.float32(0))
        return recipe.optimizer.scale_loss(loss, state.optimizer) if recipe.optimizer is not None else loss

    return loss_of


def _weights(batch: Batch) -> Any:
    return jax.tree.map(lambda w: w * batch.real.reshape(batch.real.shape + (1,) * (w.ndim - 1)), batch.weights)


def _owner(broken: Broken, scopes: _Scopes) -> str:
    for part in reversed(broken.scope):
        if part.startswith("call") and part[4:].isdigit():
            return scopes.paths[int(part[4:])]
        if part in ("loss", "penalty"):
            return LOSS if part == "loss" else PENALTY
    return LOSS


def _sizes(step: BadStep) -> dict[str, float]:
    """How large each layer's outputs are with the weights of the epoch's start."""
    order: list[str] = []

    def run(params: Weights) -> dict[str, Any]:
        scopes = _Scopes()
        model = step.recipe.blueprint.assemble(params, jax.tree.map(jnp.asarray, step.start.rest))
        key = jax.random.key(np.uint32(step.seed))
        with context.entered(context.Call(training=True, key=key)), observed_by(scopes):
            model(jax.tree.map(jnp.asarray, step.batch.x))
        first = {path: jax.tree.leaves(outputs)[0] for path, outputs in scopes.outputs}
        floats = {path: leaf for path, leaf in first.items() if jnp.issubdtype(leaf.dtype, jnp.floating)}
        order.extend(floats)
        return {path: jnp.sqrt(jnp.mean(jnp.square(leaf.astype(jnp.float32)))) for path, leaf in floats.items()}

    sizes = jax.jit(run)(step.start.params)
    return {path: float(sizes[path]) for path in order}
