"""Precision: the type a layer computes in, beside the type it keeps its weights in.

Under the policy ``mixed_bfloat16`` weights, their gradients and the optimizer's state are float32; a layer is called with
copies of its weights and inputs in bfloat16. Where that cannot be faster, it stays with float32, and says so once.
"""

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp

from glassnet.foundation import context
from glassnet.foundation.errors import ConfigError, GlassnetWarning
from glassnet.foundation.observing import stands_for
from glassnet.foundation.types import Config

_MIXED = {"mixed_bfloat16": "bfloat16"}
_SHORT = (jnp.dtype("bfloat16"), jnp.dtype("float16"))
_LEAST_CUDA = 8.0  # the first NVIDIA generation that multiplies matrices of bfloat16 faster


class DTypePolicy:
    """The type a layer computes in, and the type of its weights: ``mixed_bfloat16``, or one type for both.

    bfloat16 has float32's range and 8 bits of precision, so that no gradient vanishes and no loss scale is needed. Sums of
    losses, softmax, normalization, recurrent layers and all of the optimizer stay with float32.

    Args:
        name: ``"float32"``, ``"mixed_bfloat16"``, or the name of another type; the global policy by default.
        force: whether a mixed policy computes in the short type on devices that are no faster with it, such as a CPU, to see
            what it does to the numbers.

    Raises:
        ConfigError: no such policy.

    Example:
        >>> policy = DTypePolicy("mixed_bfloat16")
        >>> policy.compute_dtype, policy.variable_dtype
        ('bfloat16', 'float32')

    Reference:
        Kalamkar et al., "A study of BFLOAT16 for deep learning training", arXiv:1905.12322, 2019.
    """

    def __init__(self, name: str | None = None, force: bool = False) -> None:
        self.name = dtype_policy().name if name is None else _checked(name)
        self.force = bool(force)

    @property
    def compute_dtype(self) -> str:
        """The type of numbers on their way through the layer."""
        return _MIXED.get(self.name, self.name)

    @property
    def variable_dtype(self) -> str:
        """The type of the weights."""
        return "float32" if self.name in _MIXED else self.name

    def get_config(self) -> Config:
        """The arguments as plain data."""
        return {"name": self.name, **({"force": True} if self.force else {})}

    @classmethod
    def from_config(cls, config: Config) -> "DTypePolicy":
        """The policy that `get_config` described."""
        return cls(**config)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DTypePolicy) and (self.name, self.force) == (other.name, other.force)

    def __hash__(self) -> int:
        return hash((self.name, self.force))

    def __repr__(self) -> str:
        return f"DTypePolicy({self.name!r}{', force=True' if self.force else ''})"


_global: list[DTypePolicy | None] = [None]


def dtype_policy() -> DTypePolicy:
    """The policy of layers that are made without one.

    Example:
        >>> dtype_policy()
        DTypePolicy('float32')
    """
    return _global[0] or DTypePolicy("float32")


def set_dtype_policy(policy: Any) -> None:
    """Choose the policy of layers that are made from now on without one; those that exist keep theirs.

    Args:
        policy: a `DTypePolicy`, or its name: ``"mixed_bfloat16"``, or ``"float32"`` as at the start.

    Raises:
        ConfigError: no such policy.

    Example:
        >>> set_dtype_policy("mixed_bfloat16")
        >>> dtype_policy().compute_dtype
        'bfloat16'
        >>> set_dtype_policy("float32")

    Reference:
        Micikevicius et al., "Mixed precision training", ICLR 2018.
    """
    chosen = policy_from(policy)
    _global[0] = None if chosen is None or chosen == DTypePolicy("float32") else chosen


def policy_from(given: Any) -> DTypePolicy | None:
    """The policy for what a layer's `dtype` was given; the global one for None, and None where nobody chose any."""
    match given:
        case None:
            return _global[0]
        case DTypePolicy():
            return given
        case {"config": {**described}}:  # as in a description of Keras's
            return DTypePolicy(described.get("name"), described.get("force", False))
        case _:
            return DTypePolicy(given)


def short_type(policy: DTypePolicy | None) -> str | None:
    """The short type that layers under `policy` compute in on this device; None where they compute as their weights are."""
    if policy is None or policy.name not in _MIXED:
        return None
    if not policy.force and (reason := _no_gain()):
        _say_once(policy.name, reason)
        return None
    return policy.compute_dtype


def computed_short(layer: Any, short: str, compute: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """What `compute` gives for inputs and weights in the type `short`; a layer of full precision gets float32 for both.

    Args:
        layer: the layer; its float32 weights are short while it computes, and what it assigns to them is kept in float32.
        short: the type.
        compute: called with the inputs.
        args: the inputs.
        kwargs: further inputs by name.
    """
    if layer.full_precision:
        args, kwargs = _recast((args, kwargs), jnp.float32)
        return _recast(compute(*args, **kwargs), short)
    args, kwargs = _recast((args, kwargs), short)
    own = layer.__dict__
    held = {name: own[name] for name in layer._specs if own[name].dtype == jnp.float32}
    shortened = {name: weight.astype(short) for name, weight in held.items()}
    own.update(shortened)
    try:
        return compute(*args, **kwargs)
    finally:
        for name, weight in held.items():
            own[name] = weight if own[name] is shortened[name] else own[name].astype(weight.dtype)


def at_least_float32(nest: Any) -> Any:
    """A layer's inputs where another one before it computes in a shorter type."""
    short = any(isinstance(leaf, jax.Array) and leaf.dtype in _SHORT for leaf in jax.tree.leaves(nest))
    return _recast(nest, jnp.float32) if short else nest


def widened(outputs: Any) -> Any:
    """A model's outputs for its loss, its metrics and its user: float32 where they are of a shorter type."""
    return jax.tree.map(_widened, outputs)


def _widened(array: Any) -> Any:
    if not isinstance(array, jax.Array) or array.dtype not in _SHORT:
        return array
    logits = context.noted(array, "logits")
    wide = stands_for(array.astype(jnp.float32), array)
    return wide if logits is None else context.note(wide, logits=logits.astype(jnp.float32))


def _recast(nest: Any, dtype: Any) -> Any:
    """The floating-point arrays of a nest in another type, with what is noted about each; all else as it is."""
    return jax.tree.map(lambda leaf: _recast_one(leaf, dtype), nest)


def _recast_one(leaf: Any, dtype: Any) -> Any:
    if not isinstance(leaf, jax.Array) or leaf.dtype == dtype or not jnp.issubdtype(leaf.dtype, jnp.floating):
        return leaf
    return stands_for(leaf.astype(dtype), leaf)


@cache
def _no_gain() -> str:
    """Why bfloat16 is no faster on this device; empty where it is."""
    device: Any = jax.devices()[0]
    if device.platform == "cpu":
        return "products of bfloat16 matrices take no less time than float32's on this CPU"
    capability = getattr(device, "compute_capability", None)
    if device.platform in ("gpu", "cuda") and capability and float(capability) < _LEAST_CUDA:
        return f"{device.device_kind} has no units for bfloat16"
    return ""


@cache
def _say_once(name: str, reason: str) -> None:
    warnings.warn(
        f"Expected a device that is faster with {name}. Received one where {reason}: computing in float32. Pass "
        f"DTypePolicy({name!r}, force=True) to see its numbers all the same.",
        GlassnetWarning,
        stacklevel=2,
    )


def _checked(name: Any) -> str:
    if name in _MIXED:
        return name
    if name == "mixed_float16":
        raise ConfigError(
            "Expected a policy such as 'mixed_bfloat16'. Received 'mixed_float16', whose gradients vanish without a loss scale. "
            "Pass 'mixed_bfloat16', which is as fast and needs none."
        )
    try:
        return jnp.dtype(name).name
    except TypeError:
        raise ConfigError(
            f"Expected the type of a layer's weights, such as 'float32' or 'bfloat16', or the policy 'mixed_bfloat16'. Received "
            f"{name!r}. Leave it out for float32."
        ) from None
