"""How a layer's units stand: how steep their activation is where the rows put them, seen while a model is called."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from glassnet import activations
from glassnet.foundation.observing import unobserved
from glassnet.foundation.types import Array
from glassnet.layers import ELU, LeakyReLU, PReLU, ReLU

DEAD_SLOPE = 1e-3
"""A unit is dead where its activation's slope is no more than this at every row and place: next to nothing passes back."""

FLAT = 0.05
"""An S-shaped activation is flat where its slope is under this share of its steepest."""

OFTEN = 0.95
"""A unit is saturated when it is flat at this share of rows and places or more."""

_STEEPEST: dict[Any, float] = {
    activations.sigmoid: 0.25,
    activations.hard_sigmoid: 1 / 6,
    activations.sparse_sigmoid: 0.5,
    activations.tanh: 1.0,
    activations.hard_tanh: 1.0,
    activations.softsign: 1.0,
}
_RISING = frozenset(
    getattr(activations, name)
    for name in (
        *(
            "relu",
            "leaky_relu",
            "relu6",
            "threshold",
            "elu",
            "selu",
            "celu",
            "exponential",
            "gelu",
            "silu",
            "hard_silu",
        ),
        *("mish", "softplus", "squareplus", "sparse_plus", "soft_shrink", "hard_shrink", "tanh_shrink"),
    )
)
_LAYERS = (ReLU, LeakyReLU, PReLU, ELU)


@dataclass
class Stood:
    """What one call of a layer showed.

    Args:
        path: the layer's path.
        kind: its class.
        activation: the name of its activation, where it has one that is known.
        units: the size of the axis its units lie along.
        out: the output, to be told from others.
        numbers: share dead, share saturated (each NaN where the word does not fit), mean, spread.
    """

    path: str
    kind: str
    activation: str
    units: int
    out: Any
    numbers: Array


class Watcher:
    """An observer that keeps a few numbers of each call of a layer that has weights or an activation."""

    def __init__(self) -> None:
        self.calls: list[Stood] = []
        self._before: list[Any] = []

    def around(self, layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any], compute: Callable[[], Any]) -> Any:
        """Keep what the call shows; see `Observer`."""
        if hasattr(layer, "return_sequences"):  # run as the loop it is: step by step it would be compiled step by step
            with unobserved():
                outputs = compute()
            z = None
        else:
            self._before.append(None)
            try:
                outputs = compute()
            finally:
                z = self._before.pop()
        if isinstance(layer, _LAYERS):
            z = args[0]
        leaves = jax.tree.leaves(outputs)
        owns = bool(layer._specs) or z is not None or hasattr(layer, "return_sequences")
        if owns and leaves and jnp.issubdtype(leaves[0].dtype, jnp.floating) and leaves[0].ndim > 1:
            self.calls.append(_stood(layer, z, leaves[0]))
        return outputs

    def see(self, name: str, value: Any) -> Any:
        """Keep the number under the activation; see `Observer`."""
        if name == "pre_activation" and self._before:
            self._before[-1] = value
        return value


def _stood(layer: Any, z: Any, out: Array) -> Stood:
    function = layer if isinstance(layer, _LAYERS) else getattr(layer, "activation", None)
    axis = 1 if getattr(layer, "data_format", "") == "channels_first" else out.ndim - 1
    elsewhere = tuple(place for place in range(out.ndim) if place != axis)
    a = jax.lax.stop_gradient(out)  # what is seen here is no part of the loss
    dead, flat = jnp.float32(jnp.nan), jnp.float32(jnp.nan)
    if z is None and not hasattr(layer, "return_sequences"):
        if not type(layer).__module__.startswith("glassnet."):  # somebody's own: a unit that never puts out anything
            silent = jnp.all(a == 0, elsewhere)
            dead = jnp.where(jnp.any(silent), jnp.mean(silent), jnp.nan)
    elif _known(function, _STEEPEST):
        slope = _slope(function, z, a)  # (B, ..., units)
        flat = jnp.mean(jnp.mean(slope < FLAT * _STEEPEST[function], elsewhere) >= OFTEN)
    elif isinstance(function, _LAYERS) or _known(function, _RISING):
        dead = jnp.mean(jnp.all(_slope(function, z, a) <= DEAD_SLOPE, elsewhere))
    wide = a.astype(jnp.float32)
    numbers = jnp.stack([dead, flat, jnp.mean(wide), jnp.std(wide)]).astype(jnp.float32)
    return Stood(layer.path, type(layer).__name__, _named(layer, function), out.shape[axis], out, numbers)


def _slope(function: Any, z: Any, a: Array) -> Array:
    """|f'(z)|; without z, as in a recurrent layer, what the output a = f(z) says of it."""
    if z is not None:
        f, z = function.call if isinstance(function, _LAYERS) else function, jax.lax.stop_gradient(z)
        return jnp.abs(jax.jvp(f, (z,), (jnp.ones_like(z),))[1].astype(jnp.float32))
    a = a.astype(jnp.float32)
    if function is activations.sigmoid:
        return a * (1 - a)
    if function is activations.softsign:
        return (1 - jnp.abs(a)) ** 2
    return 1 - a**2 if function in _STEEPEST else (a != 0).astype(jnp.float32)


def _known(function: Any, among: Any) -> bool:
    try:
        return function in among
    except TypeError:  # an activation that cannot be hashed is nobody's known one
        return False


def _named(layer: Any, function: Any) -> str:
    if isinstance(function, _LAYERS):
        return type(function).__name__ if function is not layer else ""
    return (activations.activation_registry.name_of(function) or "") if function is not None else ""
