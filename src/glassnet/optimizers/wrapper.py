"""An optimizer around another: its learning rate, its options and its state are the inner one's."""

import copy
from collections.abc import Sequence
from typing import Any, Self

from glassnet.foundation.registry import Configurable
from glassnet.foundation.types import Config
from glassnet.optimizers.base import Optimizer
from glassnet.optimizers.lookup import deserialize, get
from glassnet.optimizers.options import OptimizerState


class Wrapper(Optimizer):
    """Base of optimizers that hold another, `inner_optimizer`.

    What a wrapper remembers itself it keeps under names of its own in the state's `around`, which the inner optimizer
    hands on untouched.

    Args:
        inner_optimizer: the optimizer inside, or its name.
        name: a name for the user's own use; the class's in lower case by default.
    """

    def __init__(self, inner_optimizer: Any, name: str | None = None) -> None:
        Configurable.__init__(self)  # what an optimizer is told otherwise is told to the one inside
        self.inner_optimizer = get(inner_optimizer)
        self.name = name or type(self).__name__.lower()

    def init(self, params: Any) -> OptimizerState:
        """The inner optimizer's state, with what this one remembers beside it."""
        state = self.inner_optimizer.init(params)
        return state._replace(around={**(state.around or {}), **self.init_around(params)})

    def init_around(self, params: Any) -> dict[str, Any]:
        """What this wrapper remembers, by names of its own."""
        return {}

    def averaged(self, params: Any, state: OptimizerState) -> Any:
        """The weights to judge and to keep, as the inner optimizer says."""
        return self.inner_optimizer.averaged(params, state)

    @property
    def ends_averaged(self) -> bool:
        """Whether `fit` ends with the weights that `averaged` gives."""
        return self.inner_optimizer.ends_averaged

    def scale_loss(self, loss: Any, state: OptimizerState | None = None) -> Any:
        """The loss to take the gradient of, as the inner optimizer says."""
        return self.inner_optimizer.scale_loss(loss, state)

    @property
    def learning_rate(self) -> Any:
        """The inner optimizer's."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self.inner_optimizer.learning_rate = value

    def without_rate(self) -> Self:
        """A copy around the inner optimizer's `without_rate`."""
        bare = copy.copy(self)
        bare.inner_optimizer = self.inner_optimizer.without_rate()
        bare.name = type(self).__name__.lower()
        return bare

    def exclude_from_weight_decay(
        self, var_list: Sequence[str] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Let some weights not decay; the inner optimizer's."""
        self.inner_optimizer.exclude_from_weight_decay(var_list, var_names)

    @property
    def works_by_number(self) -> bool:
        """As the inner optimizer does."""
        return self.inner_optimizer.works_by_number

    def get_config(self) -> Config:
        """The constructor's arguments as plain data."""
        return Configurable.get_config(self)

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """The optimizer that `get_config`, ours or Keras's, described."""
        return cls(**{**config, "inner_optimizer": deserialize(config["inner_optimizer"])})
