"""Checks of an optimizer's arguments, with one wording."""

import math
from typing import Any

import jax.numpy as jnp

from glassnet import schedules
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.registry import did_you_mean, parameters
from glassnet.foundation.shapes import fraction, int_or_none, show
from glassnet.foundation.types import Array

AUTO = "auto"
"""The learning rate of an optimizer whose rate `fit` is to find."""


def number(name: str, value: Any, *, owner: str, above_zero: bool = False) -> float:
    """`value` as a finite float of at least 0 (above 0 when told), or a `ConfigError` that says so.

    Example:
        >>> number("epsilon", 1e-7, owner="Adam")
        1e-07
    """
    try:
        result = math.nan if isinstance(value, bool | str) else float(value)
    except (TypeError, ValueError):
        result = math.nan
    if not math.isfinite(result) or result < 0 or (above_zero and result == 0):
        wanted = "above 0" if above_zero else "of at least 0"
        raise ConfigError(
            f"{owner} expected `{name}` as a finite number {wanted}. Received {value!r}. Leave it out for the default."
        )
    return result


def number_or_none(name: str, value: Any, *, owner: str, above_zero: bool = False) -> float | None:
    """`number`, or None where that is given."""
    return None if value is None else number(name, value, owner=owner, above_zero=above_zero)


def count_or_none(name: str, value: Any, *, owner: str, least: int) -> int | None:
    """`value` as a whole number of at least `least`, None where that is given, or a `ConfigError`."""
    if value is None:
        return None
    count = None if isinstance(value, bool) else int_or_none(value)
    if count is None or count < least:
        raise ConfigError(
            f"{owner} expected `{name}` as a whole number of at least {least}, or None. Received {value!r}. Leave it out for "
            f"none."
        )
    return count


def fraction_or_schedule(name: str, value: Any, *, owner: str, below_one: bool = True) -> Any:
    """A number from 0 up to 1 (below 1 unless told), or a callable of the number of steps done as it is."""
    return value if callable(value) else fraction(name, value, owner=owner, below_one=below_one)


def rate_or_schedule(value: Any, *, owner: str) -> Any:
    """A learning rate: a schedule or its configuration, ``"auto"``, or a finite float of at least 0; else a `ConfigError`."""
    if callable(value) or (isinstance(value, str) and value == AUTO):
        return value
    if isinstance(value, dict):
        return schedules.deserialize(value)
    try:
        return number("learning_rate", value, owner=owner)
    except ConfigError:
        raise ConfigError(
            f"{owner} expected `learning_rate` as a finite number of at least 0, as a schedule (a callable that turns the "
            f"number of steps done into a rate), or as 'auto'. Received {value!r}. Pass a number such as 0.001."
        ) from None


def one_clipping(owner: str, **limits: float | None) -> list[float | None]:
    """The limits of the three kinds of clipping, of which at most one may be given; else a `ConfigError`."""
    asked = [f"{kind}={limit!r}" for kind, limit in limits.items() if limit is not None]
    if len(asked) > 1:
        raise ConfigError(
            f"{owner} expected at most one of clipnorm, clipvalue and global_clipnorm. Received {', '.join(asked)}. Keep "
            f"one of them; global_clipnorm keeps the direction of the whole step."
        )
    return [number_or_none(kind, limit, owner=owner, above_zero=True) for kind, limit in limits.items()]


def unknown_argument(cls: type, argument: str) -> ConfigError:
    """The error for an argument that an optimizer does not have."""
    known = [name for name, _ in parameters(cls)]
    hint = "; did you mean 'learning_rate'?" if argument == "lr" else did_you_mean(argument, known) or "."
    return ConfigError(
        f"{cls.__name__} has no argument {argument!r}{hint} Pass some of these: {', '.join(known)}. Received another one."
    )


def unsettled(owner: str) -> ConfigError:
    """The error for a learning rate that is still to be found where a number is needed."""
    return ConfigError(
        f"Expected a learning rate. Received 'auto' for {owner}, which only fit turns into a number, before it trains. Call "
        f"fit, or set optimizer.learning_rate = tuning.find_learning_rate(model, x, y).rate first."
    )


def scalar(rate: Any) -> Array:
    """A step's learning rate as an array of one number, or a `ConfigError`."""
    rate = jnp.asarray(rate)
    if rate.ndim:
        raise ConfigError(
            f"Expected a step's learning rate as one number. Received an array of shape {show(rate.shape)}. Pass a scalar; "
            f"to try many rates at once, map the whole step with jax.vmap."
        )
    return rate
