"""An ensemble: networks that answer together."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import jax
import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.registry import deserialize, serialize
from glassnet.foundation.types import Config
from glassnet.models import Model
from glassnet.tuning.words import listed


@layer_registry.register()
class Ensemble(Model):
    """y = (1/M) Σ_m f_m(x): the mean of its members' outputs, probabilities or values.

    Members that err differently err less together: the ensemble's squared error is the members' mean one minus their
    variance around it. It is a model like any other: compile it to `evaluate` it, and `save` keeps all members in one file.

    Args:
        models: M built models with the same inputs and outputs, such as those that `fit_together` trained. They are held as
            they are: training the ensemble trains them.
        name: its name.
        **kwargs: `seed`, `trainable`, as in `Model`.

    Raises:
        ConfigError: fewer than one model, something else, or models whose shapes differ.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> members = [Sequential([Input((2,)), Dense(1)], seed=seed) for seed in range(3)]
        >>> ensemble = Ensemble(members)
        >>> x = np.ones((4, 2), "float32")
        >>> bool(np.allclose(ensemble.predict(x), np.mean([m.predict(x) for m in members], axis=0)))
        True
        >>> ensemble.predict_spread(x).shape
        (4, 1)
        >>> ensemble
        Ensemble of 3: Sequential, 9 numbers in their weights

    Reference:
        Lakshminarayanan, Pritzel and Blundell, "Simple and Scalable Predictive Uncertainty Estimation using Deep Ensembles",
        NeurIPS 2017.
    """

    def __init__(self, models: Sequence[Any], *, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.members: list[Any] = list(models)
        _check(self.members)
        self.built = True

    def call(self, inputs: Any) -> Any:
        """The mean of the members' outputs."""
        outputs = [member(inputs) for member in self.members]
        return jax.tree.map(lambda *parts: reduce(lambda a, b: a + b, parts) / len(parts), *outputs)

    def predict_members(self, x: Any) -> Any:
        """Each member's outputs, with an axis for the members first: (M, n, ...)."""
        return jax.tree.map(lambda *parts: np.stack(parts), *(member.predict(x) for member in self.members))

    def predict_spread(self, x: Any) -> Any:
        """s = √(Σ_m (f_m(x) - y)² / (M - 1)): the standard deviation over the members, (n, ...); 0 for a single one.

        Args:
            x: inputs, (n, ...).
        """
        freedom = min(1, len(self.members) - 1)
        return jax.tree.map(lambda outputs: outputs.std(axis=0, ddof=freedom), self.predict_members(x))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The members' output shape."""
        return self.members[0].compute_output_shape(input_shape)

    def get_config(self) -> Config:
        """Name and members as plain data."""
        return {"name": self.name, "trainable": self.trainable, "models": [serialize(one) for one in self.members]}

    def __repr__(self) -> str:
        kinds = sorted({type(member).__name__ for member in self.members})
        return f"Ensemble of {len(self.members)}: {listed(kinds)}, {self.count_params():,} numbers in their weights"

    @classmethod
    def from_config(cls, config: Config) -> "Ensemble":
        """The ensemble that `get_config` described, its members with new weights."""
        made = cls([deserialize(one) for one in config["models"]], name=config.get("name"))
        made.trainable = config.get("trainable", True)
        return made


def _check(members: list[Any]) -> None:
    if not members or not all(isinstance(member, Model) for member in members):
        raise ConfigError(
            f"Ensemble expected models. Received {', '.join(type(m).__name__ for m in members) or 'none'}. Pass a list such as "
            f"those that fit_together trained."
        )
    if len({id(member) for member in members}) < len(members) or not all(member.built for member in members):
        raise ConfigError(
            "Ensemble expected built models, each once. Received one twice, or one without weights. Fit them first, or start "
            "them with Input((columns,))."
        )
    shapes = {repr([np.shape(weight) for weight in member.weights[:1] + member.weights[-1:]]) for member in members}
    ends = {repr((m.input_shape, m.output_shape)) for m in members if m._ends is not None}
    if len(ends) > 1 or (not ends and len(shapes) > 1):
        raise ConfigError(
            f"Ensemble expected models with the same inputs and outputs. Received {len(ends) or len(shapes)} different kinds. "
            f"Put those of one kind together."
        )
