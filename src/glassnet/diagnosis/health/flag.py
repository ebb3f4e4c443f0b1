"""What is raised when a network is not well: a kind, the layers, since when, on what numbers, and what to do."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from glassnet.foundation.errors import ConfigError

FLAG_TITLES = {
    "units_alike": "Units all alike",
    "exploding_gradient": "Exploding gradient",
    "vanishing_gradient": "Vanishing gradient",
    "dead_units": "Dead units",
    "saturated_units": "Saturated units",
    "constant_output": "Constant output",
    "updates_too_large": "Updates too large",
    "updates_too_small": "Updates too small",
    "frozen_layer": "Frozen layer",
}
"""Every kind of flag, with its title."""


@dataclass(frozen=True)
class Flag:
    """One thing that is wrong with a network in training, or that one should know.

    Args:
        kind: one of `FLAG_TITLES`.
        layers: the paths of the layers it is about, the worst first; ``("the output",)`` for the output as a whole.
        since_epoch: after how many epochs it was first seen, unbroken up to the last look; 0 is before the first epoch.
        since_step: the same in steps.
        sentence: what it is, with its numbers.
        remedy: what to do about it.
        evidence: the numbers it rests on, by name.
        severity: ``"warning"``, or ``"note"`` for what may well be meant so.

    Raises:
        ConfigError: an unknown kind.

    Example:
        >>> flag = Flag("dead_units", ("dense",), 2, 30, "All 16 units of 'dense' are dead.", "Lower the learning rate.")
        >>> flag.title, flag.layer, flag.since
        ('Dead units', 'dense', 'since epoch 2 (step 30)')

    Reference:
        Glorot & Bengio (2010), Understanding the difficulty of training deep feedforward neural networks.
    """

    kind: str
    layers: tuple[str, ...]
    since_epoch: int
    since_step: int
    sentence: str
    remedy: str
    evidence: Mapping[str, float] = field(default_factory=dict)
    severity: Literal["warning", "note"] = "warning"

    def __post_init__(self) -> None:
        if self.kind not in FLAG_TITLES:
            raise ConfigError(
                f"Expected a kind of flag: one of {', '.join(FLAG_TITLES)}. Received {self.kind!r}. Correct the word."
            )

    @property
    def title(self) -> str:
        """The kind in words."""
        return FLAG_TITLES[self.kind]

    @property
    def layer(self) -> str:
        """The layer it is about, the worst where there are several."""
        return self.layers[0]

    @property
    def heading(self) -> str:
        """The title and where: ``"Dead units: dense"``."""
        shown = ", ".join(self.layers[:3])
        return f"{self.title}: {shown}{f' and {len(self.layers) - 3} more' if len(self.layers) > 3 else ''}"

    @property
    def since(self) -> str:
        """Since when, in words."""
        return f"since epoch {self.since_epoch} (step {self.since_step:,})" if self.since_step else "from the start"

    def to_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold."""
        return {
            "kind": self.kind,
            "title": self.title,
            "severity": self.severity,
            "layer": self.layer,
            "layers": list(self.layers),
            "since_epoch": self.since_epoch,
            "since_step": self.since_step,
            "sentence": self.sentence,
            "remedy": self.remedy,
            "evidence": {name: value if math.isfinite(value) else None for name, value in self.evidence.items()},
        }
