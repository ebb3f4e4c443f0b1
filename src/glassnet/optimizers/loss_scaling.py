"""Loss scaling: gradients that are too small for 16-bit numbers, made larger for the time being."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.registry import parameters
from glassnet.foundation.shapes import positive_int
from glassnet.foundation.types import Array
from glassnet.optimizers import transforms
from glassnet.optimizers.averaging import choose
from glassnet.optimizers.base import Optimizer, optimizer_registry
from glassnet.optimizers.checks import number
from glassnet.optimizers.options import OptimizerState
from glassnet.optimizers.wrapper import Wrapper


@optimizer_registry.register("lossscaleoptimizer")
class LossScaleOptimizer(Wrapper):
    """g = ∂(s L)/∂w / s;  s ← s / 2 and no step where g is not finite;  s ← 2 s after n steps without that.

    In float16 gradients below 6e-8 are 0. Those of a loss that is multiplied by s survive, and are divided by s before
    they are used. The largest s that does not overflow is found as training goes on: too large a one costs a step that
    is left out, so it may start high.

    Whoever takes the gradient scales the loss: ``jax.grad(lambda w: optimizer.scale_loss(loss(w), state))``.

    Args:
        inner_optimizer: the optimizer that takes the steps, or its name. The learning rate and all else are its.
        initial_scale: the first s, above 0.
        dynamic_growth_steps: n, above 0.
        name: a name for your own use.

    Raises:
        ConfigError: an argument is out of range, or one that belongs to the inner optimizer.

    Example:
        >>> import numpy as np
        >>> from glassnet.optimizers import SGD
        >>> optimizer = LossScaleOptimizer(SGD(1.0), initial_scale=8.0)
        >>> w, state = np.float32([4.0]), optimizer.init(np.float32([4.0]))
        >>> w, state = optimizer.step(w, np.float32([16.0]), state)
        >>> print(w, state.around["loss_scale"])
        [2.] 8.0
        >>> w, state = optimizer.step(w, np.float32([np.inf]), state)
        >>> print(w, state.around["loss_scale"])
        [2.] 4.0

    Reference:
        Micikevicius et al., "Mixed precision training", ICLR 2018.
    """

    def __init__(
        self,
        inner_optimizer: Any,
        initial_scale: float = 2.0**15,
        dynamic_growth_steps: int = 2000,
        name: str | None = None,
        **not_here: Any,
    ) -> None:
        super().__init__(inner_optimizer, name)
        defaults = {**dict(parameters(Optimizer)), "dynamic": True}  # older configurations of Keras's name them all
        for argument in (a for a, value in not_here.items() if value != defaults.get(a, not_here)):
            raise ConfigError(
                f"LossScaleOptimizer expected inner_optimizer, initial_scale, dynamic_growth_steps and name. Received "
                f"`{argument}`. Give it to the inner optimizer; for a scale that does not change, its `loss_scale_factor`."
            )
        self.initial_scale = number("initial_scale", initial_scale, owner="LossScaleOptimizer", above_zero=True)
        self.dynamic_growth_steps = positive_int(
            "dynamic_growth_steps", dynamic_growth_steps, owner="LossScaleOptimizer"
        )

    def init_around(self, params: Any) -> dict[str, Any]:
        """The scale s, and how many steps it has served."""
        return {"loss_scale": np.float32(self.initial_scale), "loss_scale_steps": np.int32(0)}

    def scale_loss(self, loss: Any, state: OptimizerState | None = None) -> Any:
        """s · loss, the loss to take the gradient of."""
        return loss * (self.initial_scale if state is None else (state.around or {})["loss_scale"])

    def step(
        self, params: Any, grads: Any, state: OptimizerState, learning_rate: Any = None
    ) -> tuple[Any, OptimizerState]:
        """A step of the inner optimizer with the gradients divided by s, or none; see `Optimizer.step`."""
        params, state = jax.tree.map(jnp.asarray, (params, state))
        around = state.around or {}
        scale, served = around["loss_scale"], around["loss_scale_steps"]
        finite = _all_finite(grads)
        moved = self.inner_optimizer.step(params, transforms.unscale(grads, scale), state, learning_rate)
        params, state = choose(finite, moved, (params, state))
        grows = served == self.dynamic_growth_steps - 1
        scale = scale * jnp.where(finite, jnp.where(grows, 2.0, 1.0), 0.5)
        served = jnp.where(finite & ~grows, served + 1, 0)
        own = {"loss_scale": scale, "loss_scale_steps": served}
        return params, state._replace(around={**(state.around or {}), **own})


def _all_finite(grads: Any) -> Array:
    return jnp.all(jnp.stack([jnp.all(jnp.isfinite(g)) for g in jax.tree.leaves(grads)]))
