"""The rule of an optimizer: how one array moves, given its gradient and a learning rate."""

import copy
from typing import Any, ClassVar, Self

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.registry import Configurable
from glassnet.foundation.types import Array, Config, HostArray
from glassnet.optimizers import trees
from glassnet.optimizers.checks import rate_or_schedule, unsettled
from glassnet.optimizers.options import LearningRate, Slots


class Rule(Configurable):
    """w ← update(w, ∂L/∂w, slots, α): how one array moves, mapped over any tree of them. `Optimizer` adds the rest.

    Args:
        learning_rate: α, of at least 0, or a schedule.
        name: a name for the user's own use; the class's in lower case by default.

    Raises:
        ConfigError: `learning_rate` is out of range.
    """

    #: Arguments besides the learning rate that may be schedules too; a rule finds this step's number in their place.
    may_be_scheduled: ClassVar[tuple[str, ...]] = ()
    #: Whether the rule treats each number by itself. Not inherited: a subclass may change the rule.
    rule_by_number: ClassVar[bool] = False

    def __init__(self, learning_rate: LearningRate = 0.001, name: str | None = None) -> None:
        self._learning_rate = rate_or_schedule(learning_rate, owner=type(self).__name__)
        self.name = name or type(self).__name__.lower()

    # The rule for one array, which a subclass writes.

    def init_one(self, w: Any) -> Slots:
        """What to remember about one array before the first step; nothing by default. Nothing is compiled.

        Args:
            w: the array; its shape and dtype count, not its numbers.
        """
        return {}

    def update_one(self, w: Array, g: Array, slots: Slots, learning_rate: Any, step: Array) -> tuple[Array, Slots]:
        """One step of the rule for one array, as its paper writes it.

        Args:
            w: the array.
            g: its gradient, of the same shape and dtype.
            slots: what `init_one` or the step before returned.
            learning_rate: α of this step, a scalar.
            step: the number of this step, an int32 scalar, 1 for the first.

        Returns:
            The new array and the new slots.
        """
        raise ConfigError(
            f"Expected {type(self).__name__} to define `update_one(self, w, g, slots, learning_rate, step)`. Received "
            f"a class without it. Write the method that returns the new array and the new slots."
        )

    # The rule for a tree of arrays.

    def init_slots(self, params: Any) -> Any:
        """`init_one` for each array of a tree."""
        return jax.tree.map(self.init_one, params)

    def update(self, params: Any, grads: Any, slots: Any, learning_rate: Any, step: Array) -> tuple[Any, Any]:
        """`update_one` for each array of a tree that has a gradient; the others stay as they are.

        `learning_rate` is one number, or a tree of them like `params`.
        """

        def updated(w: Array, g: Array, remembered: Slots, alpha: Any) -> tuple[Array, Slots]:
            after = self.update_one(w, g, remembered, alpha, step)
            # Scalars such as α and βᵗ may be float32 whatever the weights are: their types must not drift.
            return jax.tree.map(lambda new, old: new.astype(old.dtype), after, (w, remembered))

        weights, structure = jax.tree.flatten(params)
        columns = (structure.flatten_up_to(t) for t in (grads, slots, trees.spread(learning_rate, params)))
        rows = zip(weights, *columns, strict=True)
        done = [(w, s) if g is None else updated(w, g, s, alpha) for w, g, s, alpha in rows]
        return structure.unflatten([w for w, _ in done]), structure.unflatten([remembered for _, remembered in done])

    # The learning rate.

    @property
    def learning_rate(self) -> Any:
        """α: the number, the schedule, or ``"auto"`` until `fit` has found one; it may be assigned at any time."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self._learning_rate = value

    def rate_at(self, step: Any) -> Any:
        """The learning rate after `step` steps: the optimizer's own number, or its schedule's value.

        Raises:
            ConfigError: this is what `without_rate` returned, or the rate is ``"auto"`` and not yet found.

        Example:
            >>> from glassnet.optimizers import SGD
            >>> SGD(lambda step: 0.1 / (1 + step)).rate_at(1)
            0.05
        """
        if self.learning_rate is None:
            raise ConfigError(
                f"Expected a learning rate. Received none: this {type(self).__name__} was made by without_rate(). Pass "
                f"one: step(params, grads, state, learning_rate=0.001)."
            )
        if isinstance(self.learning_rate, str):
            raise unsettled(type(self).__name__)
        return self.learning_rate(step) if callable(self.learning_rate) else self.learning_rate

    def without_rate(self) -> Self:
        """A copy that says what a compiled program depends on: no learning rate (unless it is a schedule), no own name.

        Optimizers that differ in nothing else have equal copies, so a program compiled for the copy serves them all;
        its `step` then expects `learning_rate`.

        Example:
            >>> from glassnet.optimizers import Adam
            >>> Adam(0.1).without_rate() == Adam(0.2, name="mine").without_rate()
            True
        """
        bare = copy.copy(self)
        bare.name = type(self).__name__.lower()
        if not callable(self.learning_rate):
            bare.learning_rate = None
        return bare

    # How it works inside.

    def scheduled_at(self, done: Any) -> Self:
        """This optimizer with numbers in the place of schedules other than the learning rate's."""
        scheduled = {name: getattr(self, name) for name in self.may_be_scheduled if callable(getattr(self, name))}
        if not scheduled:
            return self
        rule = copy.copy(self)
        vars(rule).update({name: schedule(done) for name, schedule in scheduled.items()})
        return rule

    def get_config(self) -> Config:
        """The constructor's arguments as plain data."""
        config = super().get_config()
        if hasattr(self.learning_rate, "item"):  # an array of one number was assigned
            config["learning_rate"] = self.learning_rate.item()
        return config

    def __repr__(self) -> str:
        shown = copy.copy(self)
        vars(shown)["name"] = None if self.name == type(self).__name__.lower() else self.name
        return super(Rule, shown).__repr__()


def zeros(w: Any, fill: float = 0.0) -> HostArray:
    """An array like `w`, which may be a tracer, filled with one number on the host: nothing is compiled."""
    return np.full(np.shape(w), fill, jnp.result_type(w))
