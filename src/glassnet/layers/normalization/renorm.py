"""Batch renormalization: the correction that makes a training step agree with the running averages."""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import Array

Clipping = dict[str, float]
LIMITS = ("rmax", "rmin", "dmax")


def checked_clipping(given: Any) -> Clipping | None:
    """`given` as limits by name, or a `ConfigError` that says what does not fit."""
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise _wrong(given, "Pass a dict, such as {'rmax': 3.0, 'rmin': 0.3, 'dmax': 5.0}")
    for name, limit in given.items():
        if name not in LIMITS:
            raise _wrong(given, f"Correct the name {name!r}")
        if isinstance(limit, bool) or not isinstance(limit, int | float | None):
            raise _wrong(given, f"Pass a number for {name!r}, or leave it out")
    limits = {name: float(limit) for name, limit in given.items() if limit is not None}
    if limits.get("rmin", 0.0) > limits.get("rmax", float("inf")):
        raise _wrong(given, "Make 'rmin' no larger than 'rmax'")
    if limits.get("dmax", 0.0) < 0:
        raise _wrong(given, "Make 'dmax' 0 or more")
    return limits


def corrections(
    mean: Array, stddev: Array, running_mean: Array, running_stddev: Array, least: float, limits: Clipping
) -> tuple[Array, Array]:
    """r = sigma_B / sigma and d = (mu_B - mu) / sigma, clipped; slopes do not pass through them.

    Args:
        mean: mu_B, the batch's mean.
        stddev: sigma_B, the batch's standard deviation.
        running_mean: mu.
        running_stddev: sigma.
        least: sigma is taken as this much at least.
        limits: ``rmin``, ``rmax``, ``dmax``, those that are wanted.
    """
    sigma = jnp.maximum(running_stddev, least)
    r = jnp.clip(stddev / sigma, limits.get("rmin"), limits.get("rmax"))
    d = (mean - running_mean) / sigma
    if "dmax" in limits:
        d = jnp.clip(d, -limits["dmax"], limits["dmax"])
    return jax.lax.stop_gradient((r, d))


def _wrong(given: Any, advice: str) -> ConfigError:
    return ConfigError(
        f"BatchNormalization expected `renorm_clipping` as a dict of 'rmax', 'rmin' and 'dmax', or some of them. Received "
        f"{given!r}. {advice}."
    )
