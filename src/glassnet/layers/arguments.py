"""Arguments that several layers take, checked with one wording."""

import math
from typing import Any

import jax.numpy as jnp
import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.shapes import int_or_none, positive_int
from glassnet.foundation.types import Array


def sizes_for(owner: str, name: str, value: Any, count: int) -> tuple[int, ...]:
    """`value` as one whole number above 0 for each of `count` axes: a single number stands for all of them.

    Raises:
        ConfigError: it is no such number, or there are more or fewer of them.
    """
    given = list(value) if isinstance(value, list | tuple) else [value] * count
    if len(given) != count:
        raise ConfigError(
            f"{owner} expected `{name}` as one whole number, or {count} of them. Received {value!r}. Pass 2, for example."
        )
    return tuple(positive_int(name, item, owner=owner) for item in given)


def pairs_for(owner: str, name: str, value: Any, count: int) -> tuple[tuple[int, int], ...]:
    """`value` as (before, after), whole numbers from 0 up, for each of `count` axes.

    One number stands for both ends of all axes; for several axes, one number each stands for both ends of that axis.

    Raises:
        ConfigError: it is none of these.
    """
    given = value if isinstance(value, list | tuple) else [value] * count
    if count == 1 and isinstance(value, list | tuple) and not any(isinstance(item, list | tuple) for item in value):
        given = [value]
    pairs = tuple(_pair(item) for item in given)
    whole = tuple(pair for pair in pairs if pair is not None)
    if len(whole) < len(pairs) or len(pairs) != count:
        example = "(1, 2)" if count == 1 else "(" + ", ".join(["(1, 2)"] * count) + ")"
        raise ConfigError(
            f"{owner} expected `{name}` as a whole number from 0 up, or for each of its {count} axes the numbers before "
            f"and after it. Received {value!r}. Pass 1, or {example}, for example."
        )
    return whole


def _pair(value: Any) -> tuple[int, int] | None:
    ends = list(value) if isinstance(value, list | tuple) else [value, value]
    whole = [end for end in map(int_or_none, ends) if end is not None and end >= 0]
    return (whole[0], whole[1]) if len(whole) == len(ends) == 2 and not isinstance(value, bool) else None


def not_negative(owner: str, name: str, value: Any) -> float:
    """`value` as a float from 0 up, or a `ConfigError` that says so."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0.0 <= number < math.inf:
        raise ConfigError(f"{owner} expected `{name}` as a number from 0 up. Received {value!r}. Pass one such as 0.1.")
    return number


def seed_for(owner: str, seed: Any) -> int | None:
    """`seed` as a whole number that fits 32 bits, or None, or a `ConfigError` that says so."""
    whole = int_or_none(seed)
    if seed is not None and (whole is None or not 0 <= whole < 2**32):
        raise ConfigError(
            f"{owner} expected `seed` as a whole number from 0 to 2**32 - 1. Received {seed!r}. Pass 0, or leave it out."
        )
    return whole


def plain_numbers(owner: str, name: str, value: Any) -> Any:
    """Numbers as Python holds them: configuration, not an array that an optimizer might change."""
    try:
        return np.asarray(value).astype("float64").tolist()
    except (TypeError, ValueError):
        raise ConfigError(
            f"{owner} expected `{name}` as a number or an array of numbers. Received {value!r}. Pass 0.5, for example."
        ) from None


def floating(x: Array, dtype: str) -> Array:
    """Whole numbers as `dtype`; what is in floating point already as it is."""
    return x if jnp.issubdtype(x.dtype, jnp.inexact) else x.astype(dtype)
