"""Spaces to search in: what may be drawn for one argument."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.shapes import int_or_none


class Space:
    """What may be drawn for one argument; a space of your own has a `draw`.

    Example:
        >>> class Even(Space):
        ...     def draw(self, rng):
        ...         return 2 * int(rng.integers(1, 5))
        >>> Even().draw(np.random.default_rng(0)) in (2, 4, 6, 8)
        True
    """

    def draw(self, rng: np.random.Generator) -> Any:
        """One value.

        Args:
            rng: where chance comes from.
        """
        raise ConfigError(
            f"Expected {type(self).__name__} to define `draw(self, rng)`. Received a class without it. Write the method that "
            f"returns one value."
        )


@dataclass(frozen=True)
class Uniform(Space):
    """x = low + u (high - low), u uniform on [0, 1): every value as likely as every other.

    Args:
        low: the least value.
        high: the greatest, above `low`.

    Raises:
        ConfigError: not two finite numbers in this order.

    Example:
        >>> 0.1 <= Uniform(0.1, 0.5).draw(np.random.default_rng(0)) < 0.5
        True

    Reference:
        J. Bergstra and Y. Bengio, "Random Search for Hyper-Parameter Optimization", JMLR 13, 2012.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        _check_range(self, self.low, self.high)

    def draw(self, rng: np.random.Generator) -> float:
        return float(rng.uniform(self.low, self.high))


@dataclass(frozen=True)
class LogUniform(Space):
    """log x uniform between log low and log high: every order of magnitude as likely as every other, as for learning rates.

    Args:
        low: the least value, above 0.
        high: the greatest, above `low`.

    Raises:
        ConfigError: not two finite numbers above 0 in this order.

    Example:
        >>> 1e-4 <= LogUniform(1e-4, 1e-1).draw(np.random.default_rng(0)) <= 1e-1
        True

    Reference:
        J. Bergstra and Y. Bengio, "Random Search for Hyper-Parameter Optimization", JMLR 13, 2012.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        _check_range(self, self.low, self.high, above_zero=True)

    def draw(self, rng: np.random.Generator) -> float:
        return float(min(self.high, math.exp(rng.uniform(math.log(self.low), math.log(self.high)))))


@dataclass(frozen=True)
class Integer(Space):
    """A whole number from low to high, both included.

    Args:
        low: the least.
        high: the greatest, above `low`.
        log: whether orders of magnitude are equally likely, as for numbers of units; `low` is then above 0.

    Raises:
        ConfigError: not two whole numbers in this order.

    Example:
        >>> Integer(8, 64, log=True).draw(np.random.default_rng(0)) in range(8, 65)
        True

    Reference:
        J. Bergstra and Y. Bengio, "Random Search for Hyper-Parameter Optimization", JMLR 13, 2012.
    """

    low: int
    high: int
    log: bool = False

    def __post_init__(self) -> None:
        if int_or_none(self.low) is None or int_or_none(self.high) is None:
            raise ConfigError(
                f"Integer expected whole numbers. Received {self.low!r} and {self.high!r}. Use Uniform for others."
            )
        _check_range(self, self.low, self.high, above_zero=self.log)

    def draw(self, rng: np.random.Generator) -> int:
        if not self.log:
            return int(rng.integers(self.low, self.high + 1))
        return min(self.high, int(math.exp(rng.uniform(math.log(self.low), math.log(self.high + 1)))))


@dataclass(frozen=True, init=False)
class Choice(Space):
    """One of several values, each as likely as the others.

    Args:
        options: the values, at least one.

    Raises:
        ConfigError: there are none.

    Example:
        >>> Choice(["relu", "tanh"]).draw(np.random.default_rng(0)) in ("relu", "tanh")
        True

    Reference:
        J. Bergstra and Y. Bengio, "Random Search for Hyper-Parameter Optimization", JMLR 13, 2012.
    """

    options: tuple[Any, ...]

    def __init__(self, options: Sequence[Any]) -> None:
        if isinstance(options, str) or not len(options):
            raise ConfigError(
                f"Choice expected a list of values. Received {options!r}. Write Choice(['relu', 'tanh'])."
            )
        object.__setattr__(self, "options", tuple(options))

    def draw(self, rng: np.random.Generator) -> Any:
        return self.options[int(rng.integers(len(self.options)))]


def draw_settings(space: Mapping[str, Any], count: int, seed: int) -> list[dict[str, Any]]:
    """`count` different settings, each a value for every argument; fewer where the space holds no more.

    The first ones are the same however many are drawn. What is no space is passed on as it is.

    Args:
        space: spaces, or plain values, by argument.
        count: how many.
        seed: fixes them.

    Example:
        >>> draw_settings({"units": Choice([4, 8]), "layers": 2}, 10, seed=0) in (
        ...     [{"units": 4, "layers": 2}, {"units": 8, "layers": 2}], [{"units": 8, "layers": 2}, {"units": 4, "layers": 2}]
        ... )
        True
    """
    rng = np.random.default_rng(seed)
    found: dict[str, dict[str, Any]] = {}
    for _ in range(20 * count):
        drawn = {name: one.draw(rng) if isinstance(one, Space) else one for name, one in space.items()}
        found.setdefault(repr(drawn), drawn)
        if len(found) == count:
            break
    return list(found.values())


def _check_range(owner: Any, low: Any, high: Any, *, above_zero: bool = False) -> None:
    numbers = all(
        isinstance(v, int | float | np.number) and not isinstance(v, bool) and math.isfinite(v) for v in (low, high)
    )
    if not numbers or not low < high or (above_zero and low <= 0):
        raise ConfigError(
            f"{type(owner).__name__} expected low < high, finite{' and above 0' if above_zero else ''}. Received {low!r} and "
            f"{high!r}. Pass the least value first."
        )
