"""The optimizer: two pure functions for one array, mapped over any tree of weights.

What composes around the rule (clipping before it, weight decay beside it) is in `transforms`.
"""

import copy
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Self, TypeAlias, TypedDict

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.registry import Configurable, Registry, did_you_mean, parameters
from glassnet.foundation.shapes import show
from glassnet.foundation.types import Array, Config, HostArray
from glassnet.optimizers import trees
from glassnet.optimizers.checks import number, rate_or_schedule
from glassnet.optimizers.transforms import clip_by_global_norm, clip_by_norm, clip_by_value, decay_weights

LearningRate: TypeAlias = float | Callable[[Any], Any]
"""A number, or a schedule: a callable that turns the number of steps done into a rate."""

Slots: TypeAlias = dict[str, Any]
"""What an optimizer remembers about one array, by name."""


class OptimizerState(NamedTuple):
    """What an optimizer remembers between steps.

    Args:
        step: the number of steps done, an int32 scalar.
        slots: like the weights' tree, with the `Slots` of an array in the array's place.

    Example:
        >>> import numpy as np
        >>> from glassnet.optimizers import SGD
        >>> SGD(momentum=0.9).init({"w": np.zeros(2, "float32")}).slots
        {'w': {'momentum': array([0., 0.], dtype=float32)}}
    """

    step: Any
    slots: Any


class ClippingOptions(TypedDict, total=False):
    """The keyword arguments of every optimizer except `weight_decay`; see `Optimizer`."""

    name: str | None
    clipnorm: float | None
    clipvalue: float | None
    global_clipnorm: float | None


class Options(ClippingOptions, total=False):
    """The keyword arguments of every optimizer; see `Optimizer`."""

    weight_decay: float | None


class Optimizer(Configurable):
    """state ← init(w);  (w, state) ← step(w, ∂L/∂w, state).

    Base of all optimizers. One of your own says in `init_one` what it remembers about one array and in `update_one`
    how one array changes; nested weights, clipping, weight decay and schedules are the base's work::

        class SignDescent(Optimizer):
            def update_one(self, w, g, slots, learning_rate, step):
                return w - learning_rate * jnp.sign(g), slots

    `init` and `step` are pure functions: use them inside your own ``jit``, ``vmap`` or ``scan``. A program you compile
    yourself keeps the learning rate it was compiled with; give the rate as an argument of yours to change it later.

    Args:
        learning_rate: α, of at least 0, or a schedule: a callable that turns the number of steps done (0 for the first)
            into a rate. The attribute `learning_rate` may be assigned at any time.
        name: a name for your own use; the class's in lower case by default.
        weight_decay: λ, of at least 0: each step takes α λ w from a weight w before the rule. None for no decay.
        clipnorm: above 0: each array's gradient is shortened to at most this norm.
        clipvalue: above 0: each number of a gradient is cut off at this size.
        global_clipnorm: above 0: all gradients together are shortened to at most this norm.

    Raises:
        ConfigError: an argument is unknown or out of range, or more than one kind of clipping was asked for.

    Example:
        >>> import numpy as np
        >>> from glassnet.optimizers import SGD
        >>> optimizer = SGD(learning_rate=0.5)
        >>> params = {"w": np.float32([1.0, 2.0])}
        >>> state = optimizer.init(params)
        >>> params, state = optimizer.step(params, {"w": np.float32([1.0, -1.0])}, state)
        >>> print(params["w"], state.step)
        [0.5 2.5] 1

    Reference:
        Goodfellow, Bengio and Courville, "Deep Learning", MIT Press 2016, chapter 8.
    """

    def __init__(
        self,
        learning_rate: LearningRate = 0.001,
        *,
        name: str | None = None,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        **unknown: Any,
    ) -> None:
        owner = type(self).__name__
        if unknown:
            raise _unknown_argument(type(self), next(iter(unknown)))
        clips = {"clipnorm": clipnorm, "clipvalue": clipvalue, "global_clipnorm": global_clipnorm}
        asked = [f"{kind}={value!r}" for kind, value in clips.items() if value is not None]
        if len(asked) > 1:
            raise ConfigError(
                f"{owner} expected at most one of clipnorm, clipvalue and global_clipnorm. Received "
                f"{', '.join(asked)}. Keep one of them; global_clipnorm keeps the direction of the whole step."
            )
        self.learning_rate: Any = rate_or_schedule(learning_rate, owner=owner)
        self.name = name or owner.lower()
        self.weight_decay = None if weight_decay is None else number("weight_decay", weight_decay, owner=owner)
        self.clipnorm, self.clipvalue, self.global_clipnorm = (
            None if value is None else number(kind, value, owner=owner, above_zero=True)
            for kind, value in clips.items()
        )
        self._undecayed = trees.Selection()

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
        """`update_one` for each array of a tree that has a gradient; the others stay as they are."""

        def updated(w: Array, g: Array, remembered: Slots) -> tuple[Array, Slots]:
            after = self.update_one(w, g, remembered, learning_rate, step)
            # Scalars such as α and βᵗ may be float32 whatever the weights are: their types must not drift.
            return jax.tree.map(lambda new, old: new.astype(old.dtype), after, (w, remembered))

        weights, structure = jax.tree.flatten(params)
        rows = zip(weights, structure.flatten_up_to(grads), structure.flatten_up_to(slots), strict=True)
        done = [(w, remembered) if g is None else updated(w, g, remembered) for w, g, remembered in rows]
        return structure.unflatten([w for w, _ in done]), structure.unflatten([remembered for _, remembered in done])

    # What a caller uses.

    def init(self, params: Any) -> OptimizerState:
        """The state before the first step: no steps done, and slots of zeros for each array.

        Args:
            params: the weights: any tree of float arrays, such as ``{"dense/kernel": ..., "dense/bias": ...}``.

        Raises:
            ConfigError: a weight is no float array.
        """
        trees.check_weights(params)
        return OptimizerState(np.zeros((), np.int32), self.init_slots(params))

    def step(
        self, params: Any, grads: Any, state: OptimizerState, learning_rate: Any = None
    ) -> tuple[Any, OptimizerState]:
        """One step: clip the gradients, decay the weights, apply the rule.

        Args:
            params: the weights, as given to `init`.
            grads: their gradients, of the same structure and shapes. A weight whose gradient is None, or left out of a
                dict, stays as it is.
            state: what `init` or the step before returned.
            learning_rate: α of this step, a scalar; the optimizer's own by default.

        Returns:
            The new weights and the new state.

        Raises:
            ConfigError: the gradients' structure is another one, or there is none at all, or the rate is no scalar.
            ShapeError: a gradient has another shape than its weight.
        """
        params, slots = jax.tree.map(jnp.asarray, (params, state.slots))
        grads = self._clipped(trees.matched(params, grads))
        done = jnp.asarray(state.step)
        rate = _scalar(self.rate_at(done) if learning_rate is None else learning_rate)
        if self.weight_decay is not None:
            params = decay_weights(params, rate, self.weight_decay, self._undecayed.others(params, grads))
        params, slots = self.update(params, grads, slots, rate, done + 1)
        return params, OptimizerState(done + 1, slots)

    def rate_at(self, step: Any) -> Any:
        """The learning rate after `step` steps: the optimizer's own number, or its schedule's value.

        Raises:
            ConfigError: this is what `without_rate` returned.

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

    def exclude_from_weight_decay(
        self, var_list: Sequence[str] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Let some weights not decay, biases and normalization's scales as a rule. A second call replaces the first.

        Args:
            var_list: whole paths, such as ``"dense/bias"``.
            var_names: parts of paths: ``["bias"]`` excludes every weight with ``bias`` anywhere in its path.

        Raises:
            ConfigError: something other than strings was given.

        Example:
            >>> import numpy as np
            >>> from glassnet.optimizers import SGD
            >>> optimizer = SGD(0.1, weight_decay=0.5)
            >>> optimizer.exclude_from_weight_decay(var_names=["bias"])
            >>> params = {"dense/bias": np.float32([1.0]), "dense/kernel": np.float32([1.0])}
            >>> grads = {"dense/bias": np.float32([0.0]), "dense/kernel": np.float32([0.0])}
            >>> params, _ = optimizer.step(params, grads, optimizer.init(params))
            >>> print(params["dense/bias"], params["dense/kernel"])
            [1.] [0.95]
        """
        self._undecayed = trees.Selection.of(var_list or (), var_names or ())

    @property
    def excludes_weights(self) -> bool:
        """Whether some weights are excluded from weight decay, so that it matters which array a number belongs to."""
        return bool(self._undecayed)

    def get_config(self) -> Config:
        """The constructor's arguments as plain data, and the exclusions from weight decay if there are any."""
        config = super().get_config()
        if hasattr(self.learning_rate, "item"):  # an array of one number was assigned
            config["learning_rate"] = self.learning_rate.item()
        if self._undecayed:
            config["exclude_from_weight_decay"] = self._undecayed.get_config()
        return config

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """The optimizer that `get_config` described."""
        config = dict(config)
        excluded = config.pop("exclude_from_weight_decay", None)
        optimizer = super().from_config(config)
        if excluded:
            optimizer.exclude_from_weight_decay(**excluded)
        return optimizer

    # How it works inside.

    def _clipped(self, grads: Any) -> Any:
        if self.clipnorm is not None:
            return clip_by_norm(grads, self.clipnorm)
        if self.global_clipnorm is not None:
            return clip_by_global_norm(grads, self.global_clipnorm)
        return grads if self.clipvalue is None else clip_by_value(grads, self.clipvalue)

    def _identity(self) -> tuple[Any, ...]:
        return (*super()._identity(), self._undecayed)

    def __repr__(self) -> str:
        shown = copy.copy(self)
        vars(shown)["name"] = None if self.name == type(self).__name__.lower() else self.name
        return super(Optimizer, shown).__repr__()


optimizer_registry: Registry[type[Optimizer]] = Registry("optimizer")


def zeros(w: Any, fill: float = 0.0) -> HostArray:
    """An array like `w`, which may be a tracer, filled with one number on the host: nothing is compiled."""
    return np.full(np.shape(w), fill, jnp.result_type(w))


def _scalar(rate: Any) -> Array:
    rate = jnp.asarray(rate)
    if rate.ndim:
        raise ConfigError(
            f"Expected a step's learning rate as one number. Received an array of shape {show(rate.shape)}. Pass a scalar; "
            f"to try many rates at once, map the whole step with jax.vmap."
        )
    return rate


def _unknown_argument(cls: type, argument: str) -> ConfigError:
    known = [name for name, _ in parameters(cls)]
    hint = "; did you mean 'learning_rate'?" if argument == "lr" else did_you_mean(argument, known) or "."
    return ConfigError(
        f"{cls.__name__} has no argument {argument!r}{hint} Pass some of these: {', '.join(known)}. Received another one."
    )
