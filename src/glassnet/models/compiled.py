"""What `compile` was given, kept until the shapes are known."""

from dataclasses import dataclass
from typing import Any

from glassnet import losses, optimizers
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.registry import deserialize, serialize
from glassnet.foundation.types import Config


@dataclass(frozen=True)
class Compiled:
    """The loss and the metrics as the user gave them."""

    loss: Any
    metrics: Any
    weighted_metrics: Any

    def to_config(self, optimizer: Any) -> Config:
        """Plain data, with the optimizer."""
        return {
            "optimizer": serialize(optimizer),
            "loss": _plain(self.loss),
            "metrics": [_plain(m) for m in self.metrics or []],
            "weighted_metrics": [_plain(m) for m in self.weighted_metrics or []],
        }


def checked(loss: Any, metrics: Any, weighted_metrics: Any) -> Compiled:
    """A `Compiled` whose names are known to exist, so that a typo is reported by `compile` and not by `fit`."""
    if loss is not None:
        losses.get(loss)
    return Compiled(loss, metrics, weighted_metrics)


def optimizer_from(given: Any) -> Any:
    """The optimizer for a name, a configuration, an object or an Optax transformation."""
    if given is None:
        raise ConfigError("compile expected an optimizer; received None. Pass one, such as optimizer='adam'.")
    return optimizers.get(given)


def from_config(config: Config) -> dict[str, Any]:
    """The arguments of `compile` that `to_config` described."""
    return {name: deserialize(value) for name, value in config.items()}


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) or value is None else serialize(value)
