"""Learning rates of single layers: factors on the common rate, by patterns of the weights' paths."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

import jax

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.registry import did_you_mean
from glassnet.optimizers.checks import number
from glassnet.optimizers.trees import named_leaves


def checked(multipliers: Mapping[str, float] | None, owner: str) -> dict[str, float] | None:
    """`multipliers` with each factor checked, None where there are none, or a `ConfigError`."""
    if not multipliers:
        return None
    if not isinstance(multipliers, Mapping) or not all(isinstance(pattern, str) and pattern for pattern in multipliers):
        raise ConfigError(
            f"{owner} expected `learning_rate_multipliers` as factors by patterns of paths. Received {multipliers!r}. Pass "
            f'for example {{"encoder": 0.1, "*/bias": 2.0}}.'
        )
    return {
        pattern: number(f"learning_rate_multipliers[{pattern!r}]", factor, owner=owner)
        for pattern, factor in multipliers.items()
    }


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern stands for a weight: for its path, or for that of a layer it is in; ``*`` is any text.

    Example:
        >>> matches("encoder", "encoder/dense/kernel"), matches("encoder", "encoder_1/kernel"), matches("*/bias", "a/b/bias")
        (True, False, True)
    """
    parts = path.split("/")
    return any(fnmatchcase("/".join(parts[:count]), pattern) for count in range(1, len(parts) + 1))


def factor_for(multipliers: Mapping[str, float], path: str) -> float:
    """The product of the factors of all patterns that stand for a weight.

    Example:
        >>> factor_for({"encoder": 0.5, "*/bias": 3.0}, "encoder/dense/bias")
        1.5
    """
    product = 1.0
    for pattern, factor in multipliers.items():
        product *= factor if matches(pattern, path) else 1.0
    return product


def rates(multipliers: Mapping[str, float] | None, params: Any, rate: Any) -> Any:
    """The rate of each weight as a tree like `params`; the one rate itself where there are no multipliers."""
    if not multipliers:
        return rate
    factors = [factor_for(multipliers, path) for path, _ in named_leaves(params)]
    return jax.tree.structure(params).unflatten([rate * factor for factor in factors])


def check_used(multipliers: Mapping[str, float] | None, params: Any, owner: str) -> None:
    """Raise a `ConfigError` for a pattern that stands for no weight: it is a slip, and would do nothing."""
    paths = [path for path, _ in named_leaves(params)]
    for pattern in multipliers or ():
        if not any(matches(pattern, path) for path in paths):
            layers = sorted({path.rsplit("/", 1)[0] for path in paths if "/" in path})
            hint = did_you_mean(pattern, [*paths, *layers]) or "."
            raise ConfigError(
                f"{owner} expected each pattern of `learning_rate_multipliers` to stand for some weight. Received {pattern!r}, "
                f"which stands for none{hint} The weights are {', '.join(paths[:8])}{' ...' if len(paths) > 8 else ''}."
            )
