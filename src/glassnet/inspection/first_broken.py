"""Where a training step broke: which layer, which operation, on the way forwards, backwards or in the update."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation import context
from glassnet.foundation.observing import observed_by, unobserved
from glassnet.foundation.types import Weights
from glassnet.inspection import jaxprs
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
        broken: the operation with its numbers; its name is empty where only the layer could be found.
        sizes: the root mean square of each layer's output before the step, in the order of the calls, by path.
        recurrence: the layer whose state grew over its time steps, where one did.
    """

    layer: str
    direction: str
    broken: Broken
    sizes: dict[str, float] = field(default_factory=dict)
    recurrence: str = ""


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

    def owner(self, scope: tuple[str, ...]) -> str:
        """The layer, or the loss or the penalty, that an operation of this scope belongs to."""
        for part in reversed(scope):
            if part.startswith("call") and part[4:].isdigit():
                return self.paths[int(part[4:])]
            if part in ("loss", "penalty"):
                return LOSS if part == "loss" else PENALTY
        return LOSS


def place_of(step: BadStep) -> Place | None:
    """The first operation of a step that broke; None where equation by equation all of it stays finite."""
    if not jaxprs.AVAILABLE:
        return rough_place_of(step)
    scopes = _Scopes()
    params = _separate(step)
    broken = first_broken(_loss_function(step, scopes), params, backward=not step.held_out)
    if broken is None and not step.held_out:
        scopes.paths.clear()
        broken = first_broken(_state_function(step, scopes), params, backward=False)
    if broken is not None:
        recurrence = scopes.owner(broken.recurrence) if broken.carried else ""
        return Place(scopes.owner(broken.scope), broken.direction, broken, _sizes(step), recurrence)
    return None if step.held_out else _in_update(step, params)


def rough_place_of(step: BadStep) -> Place | None:
    """The layer and the direction alone, from what comes out of each layer: for a JAX whose equations cannot be read."""
    scopes, params = _Scopes(), _separate(step)
    loss_of = _loss_function(step, scopes)
    loss, outputs = loss_of(params), list(scopes.outputs)
    if not np.isfinite(float(loss)):
        bad = next((path for path, out in outputs if not all(map(_is_finite, jax.tree.leaves(out)))), LOSS)
        return _rough(bad, "forward", loss)
    if step.held_out:
        return None
    for path, gradient in jax.grad(loss_of)(params).items():
        if not _is_finite(gradient):
            return _rough(path.rsplit("/", 1)[0], "backward", gradient)
    after, names = _moved(step, params)
    for path, value in zip(names, jax.tree.leaves(after(params)), strict=True):
        if not _is_finite(value):
            return _rough(path, "update", value)
    return None


def _rough(layer: str, direction: str, result: Any) -> Place:
    return Place(layer, direction, Broken("", direction, (), (), np.asarray(result)))


def _separate(step: BadStep) -> Weights:
    """The weights as the step sees them: on the way through its layout."""
    layout = step.recipe.layout
    return layout.unpack(layout.pack(step.state.params))


def _in_update(step: BadStep, params: Weights) -> Place | None:
    if step.recipe.optimizer is None:
        return None
    after, names = _moved(step, params)
    broken = first_broken(after, params, backward=False)
    return None if broken is None else Place(names[broken.output], "update", broken, _sizes(step))


def _moved(step: BadStep, params: Weights) -> tuple[Callable[[Weights], Any], list[str]]:
    """The weights after the step's update as a function of those before, and the path of each of its results."""
    optimizer, state = step.recipe.optimizer, step.state
    grads = jax.jit(jax.grad(_loss_function(step, _Scopes())))(params)

    def after(params: Weights) -> Any:
        moved = optimizer.step(params, grads, state.optimizer, learning_rate=step.rate)[0]  # pyright: ignore
        return step.recipe.blueprint.constrain(moved)

    return after, jax.tree.leaves({path: path for path in params})


def _called(step: BadStep, params: Weights, scopes: _Scopes) -> tuple[Any, Any, Any]:
    """The model with these weights after its call on the step's rows, its loss and its penalty."""
    recipe, state, batch = step.recipe, step.state, step.batch
    key = None if step.held_out else jax.random.fold_in(jax.random.key(np.uint32(step.seed)), state.step)
    model = recipe.blueprint.assemble(params, jax.tree.map(jnp.asarray, state.rest))
    with context.entered(context.Call(training=not step.held_out, key=key)):
        with observed_by(scopes):
            y_pred = model(jax.tree.map(jnp.asarray, batch.x))
        with jax.named_scope("loss"):
            masks = recipe.objective.masks(y_pred)
            loss, _ = recipe.objective.batch_losses(batch.y, y_pred, _weights(batch), jnp.sum(batch.real), masks)
    with jax.named_scope("penalty"):
        penalty = sum(model.losses, jnp.float32(0))
    return model, loss, penalty


def _loss_function(step: BadStep, scopes: _Scopes) -> Callable[[Weights], Any]:
    optimizer = None if step.held_out else step.recipe.optimizer

    def loss_of(params: Weights) -> Any:
        _, loss, penalty = _called(step, params, scopes)
        return loss + penalty if optimizer is None else optimizer.scale_loss(loss + penalty, step.state.optimizer)

    return loss_of


def _state_function(step: BadStep, scopes: _Scopes) -> Callable[[Weights], Any]:
    """The running state that was finite before the step, after it."""
    rest = {path: w for path, w in step.state.rest.items() if _is_finite(w)}

    def state_of(params: Weights) -> Any:
        after = step.recipe.blueprint.state_of(_called(step, params, scopes)[0])
        return {path: after[path] for path in rest}

    return state_of


def _is_finite(value: Any) -> bool:
    floats = jnp.issubdtype(value.dtype, jnp.floating)
    return not floats or bool(np.isfinite(np.asarray(value).astype(np.float64)).all())


def _weights(batch: Batch) -> Any:
    return jax.tree.map(lambda w: w * batch.real.reshape(batch.real.shape + (1,) * (w.ndim - 1)), batch.weights)


def _sizes(step: BadStep) -> dict[str, float]:
    """How large each layer's outputs are with the weights of the epoch's start."""
    order: list[str] = []

    def run(params: Weights) -> dict[str, Any]:
        scopes = _Scopes()
        model = step.recipe.blueprint.assemble(params, jax.tree.map(jnp.asarray, step.start.rest))
        key = jax.random.key(np.uint32(step.seed))
        with context.entered(context.Call(training=not step.held_out, key=key)), observed_by(scopes):
            model(jax.tree.map(jnp.asarray, step.batch.x))
        first = {path: jax.tree.leaves(outputs)[0] for path, outputs in scopes.outputs}
        floats = {path: leaf for path, leaf in first.items() if jnp.issubdtype(leaf.dtype, jnp.floating)}
        order.extend(floats)
        return {path: _size(leaf.astype(jnp.float32)) for path, leaf in floats.items()}

    sizes = jax.jit(run)(step.start.params)
    return {path: float(sizes[path]) for path in order}


def _size(array: Any) -> Any:
    """The root mean square, without squaring what would overflow."""
    largest = jnp.maximum(jnp.max(jnp.abs(array)), 1e-30)
    return largest * jnp.sqrt(jnp.mean(jnp.square(array / largest)))
