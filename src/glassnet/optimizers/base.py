"""The optimizer: two pure functions for one array, mapped over any tree of weights.

What composes around the rule is in files of its own: clipping and decay in `transforms`, layers' own rates in
`multipliers`, `accumulation` of gradients and `averaging` of weights.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation.registry import Registry
from glassnet.foundation.shapes import fraction
from glassnet.optimizers import averaging, checks, multipliers, transforms, trees
from glassnet.optimizers.accumulation import accumulate
from glassnet.optimizers.options import LearningRate, OptimizerState
from glassnet.optimizers.rule import Rule, zeros


class Optimizer(Rule):
    """state ← init(w);  (w, state) ← step(w, ∂L/∂w, state).

    Base of all optimizers. One of your own says in `init_one` what it remembers about one array and in `update_one`
    how one array changes; nested weights and all the arguments below are the base's work::

        class SignDescent(Optimizer):
            def update_one(self, w, g, slots, learning_rate, step):
                return w - learning_rate * jnp.sign(g), slots

    `init` and `step` are pure functions: use them inside your own ``jit``, ``vmap`` or ``scan``. A program you compile
    yourself keeps the learning rate it was compiled with; give the rate as an argument of yours to change it later.

    Args:
        learning_rate: α, of at least 0, or a schedule: a callable that turns the number of steps done (0 for the first)
            into a rate. ``"auto"`` lets `fit` find one by a range test and short trainings before it begins; what it took
            is then the attribute `learning_rate`, which may be assigned at any time.
        name: a name for your own use; the class's in lower case by default.
        weight_decay: λ, of at least 0: each step takes α λ w from a weight w before the rule. None for no decay.
        clipnorm: above 0: each array's gradient is shortened to at most this norm.
        clipvalue: above 0: each number of a gradient is cut off at this size.
        global_clipnorm: above 0: all gradients together are shortened to at most this norm.
        use_ema: whether to keep a moving average of the weights, which `fit` leaves in the model at its end; see
            `averaged`.
        ema_momentum: from 0 to 1: the average remembers about 1 / (1-momentum) steps.
        ema_overwrite_frequency: a number of steps after which the weights are set to their average, again and again; None
            for never.
        loss_scale_factor: above 0: the loss is multiplied by it before its gradient is taken, and the gradient divided
            by it, so that small gradients are not lost in short floating-point numbers.
        gradient_accumulation_steps: k, at least 2: the weights move at every k-th step only, by the average of the last
            k gradients. Schedules still count every step.
        learning_rate_multipliers: factors on the learning rate by patterns of paths, ``{"encoder": 0.1, "*/bias": 2.0}``:
            a pattern stands for a weight or for all in a layer, and ``*`` for any text; factors of several patterns
            multiply.
        exclude_from_decay: parts of paths, such as ``["bias", "gamma"]``: weights that do not decay; regular expressions
            as in `exclude_from_weight_decay`.

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
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        learning_rate_multipliers: Mapping[str, float] | None = None,
        exclude_from_decay: Sequence[str] | None = None,
        **unknown: Any,
    ) -> None:
        owner = type(self).__name__
        if unknown:
            raise checks.unknown_argument(type(self), next(iter(unknown)))
        super().__init__(learning_rate, name)
        self.weight_decay = checks.number_or_none("weight_decay", weight_decay, owner=owner)
        self.clipnorm, self.clipvalue, self.global_clipnorm = checks.one_clipping(
            owner, clipnorm=clipnorm, clipvalue=clipvalue, global_clipnorm=global_clipnorm
        )
        self.use_ema = bool(use_ema)
        self.ema_momentum = fraction("ema_momentum", ema_momentum, owner=owner, below_one=False)
        self.ema_overwrite_frequency = checks.count_or_none(
            "ema_overwrite_frequency", ema_overwrite_frequency or None, owner=owner, least=1
        )
        self.loss_scale_factor = checks.number_or_none(
            "loss_scale_factor", loss_scale_factor, owner=owner, above_zero=True
        )
        self.gradient_accumulation_steps = checks.count_or_none(
            "gradient_accumulation_steps", gradient_accumulation_steps or None, owner=owner, least=2
        )
        self.learning_rate_multipliers = multipliers.checked(learning_rate_multipliers, owner)
        self._undecayed = trees.Selection.of(exclude_from_decay or ())

    def decay_of(self, path: str, w: Any) -> float | None:
        """λ of the weight at `path`, None where it does not decay."""
        return None if path in self._undecayed else self.weight_decay

    # What a caller uses.

    def init(self, params: Any) -> OptimizerState:
        """The state before the first step: no steps done, and slots of zeros for each array.

        Args:
            params: the weights: any tree of float arrays, such as ``{"dense/kernel": ..., "dense/bias": ...}``.

        Raises:
            ConfigError: a weight is no float array, or a pattern of the learning rate's multipliers stands for none.
        """
        trees.check_weights(params)
        multipliers.check_used(self.learning_rate_multipliers, params, type(self).__name__)
        around = {}
        if self.gradient_accumulation_steps:
            around["gradients"] = jax.tree.map(zeros, params)
        if self.use_ema:
            around["average"] = averaging.copied(params)
        return OptimizerState(np.zeros((), np.int32), self.init_slots(params), around or None)

    def step(
        self, params: Any, grads: Any, state: OptimizerState, learning_rate: Any = None
    ) -> tuple[Any, OptimizerState]:
        """One step: average and clip the gradients, decay the weights, apply the rule, average the weights.

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
        params, state = jax.tree.map(jnp.asarray, (params, state))
        grads = transforms.unscale(trees.matched(params, grads), self.loss_scale_factor)
        done, around = state.step, dict(state.around or {})
        rate = checks.scalar(self.rate_at(done) if learning_rate is None else learning_rate)
        rule, steps = self.scheduled_at(done), self.gradient_accumulation_steps
        if steps is None:
            updates = done
            params, slots = rule._moved(params, grads, state.slots, rate, done + 1)
        else:
            updates = done // steps
            grads, around["gradients"], due = accumulate(grads, around["gradients"], done, steps)
            moved = rule._moved(params, grads, state.slots, rate, updates + 1)
            params, slots = averaging.choose(due, moved, (params, state.slots))
        if self.use_ema:
            average = averaging.follow(around["average"], params, self.ema_momentum, updates == 0)
            params = averaging.overwrite(params, average, updates, self.ema_overwrite_frequency)
            around["average"] = average
        return params, OptimizerState(done + 1, slots, None if state.around is None else around)

    def averaged(self, params: Any, state: OptimizerState) -> Any:
        """The weights to judge and to keep: their moving average under `use_ema`, else the weights themselves.

        Args:
            params: the weights after a step.
            state: the state after that step.

        Example:
            >>> import numpy as np
            >>> from glassnet.optimizers import SGD
            >>> optimizer, w = SGD(1.0, use_ema=True, ema_momentum=0.5), np.float32([4.0])
            >>> state = optimizer.init(w)
            >>> for _ in range(2):
            ...     w, state = optimizer.step(w, np.float32([1.0]), state)
            >>> print(w, optimizer.averaged(w, state))
            [2.] [2.5]
        """
        return state.around["average"] if self.use_ema and state.around else params

    @property
    def ends_averaged(self) -> bool:
        """Whether `fit` ends with the weights that `averaged` gives, as Keras's does under `use_ema`."""
        return self.use_ema

    def scale_loss(self, loss: Any, state: OptimizerState | None = None) -> Any:
        """The loss to take the gradient of: multiplied by what `step` divides gradients by.

        Args:
            loss: the loss, a scalar.
            state: the state before the step; the start where it is left out.
        """
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def exclude_from_weight_decay(
        self, var_list: Sequence[str] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Let some weights not decay, biases and normalization's scales as a rule. A second call replaces the first.

        Args:
            var_list: whole paths, such as ``"dense/bias"``.
            var_names: parts of paths: ``["bias"]`` excludes every weight with ``bias`` anywhere in its path. As in Keras,
                they are regular expressions: ``"^encoder/"`` is everything in the encoder.

        Raises:
            ConfigError: something other than such strings was given.

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
        whole = [f"^{re.escape(path)}$" for path in trees.checked_strings(var_list or ())]
        self._undecayed = trees.Selection.of([*whole, *trees.checked_strings(var_names or ())])

    @property
    def exclude_from_decay(self) -> list[str] | None:
        """The expressions for the paths of weights that do not decay."""
        return list(self._undecayed.patterns) or None

    @property
    def works_by_number(self) -> bool:
        """Whether it does not matter to which array a number belongs, so that all weights may lie in one array."""
        by_number = vars(type(self)).get("rule_by_number", False)
        return by_number and self.clipnorm is None and not self._undecayed and not self.learning_rate_multipliers

    # How it works inside.

    def _moved(self, params: Any, grads: Any, slots: Any, rate: Any, step: Any) -> tuple[Any, Any]:
        """The weights and slots after clipping, decay and the rule."""
        rates = multipliers.rates(self.learning_rate_multipliers, params, rate)
        structure = jax.tree.structure(params)
        pairs = zip(trees.named_leaves(params), structure.flatten_up_to(grads), strict=True)
        decays = [None if g is None else self.decay_of(path, w) for (path, w), g in pairs]
        if any(decay is not None for decay in decays):
            params = transforms.decay_weights(params, rates, structure.unflatten(decays))
        grads = transforms.clip(grads, self.clipnorm, self.clipvalue, self.global_clipnorm)
        return self.update(params, grads, slots, rates, step)


optimizer_registry: Registry[type[Optimizer]] = Registry("optimizer")
