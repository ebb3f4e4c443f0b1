"""Lookahead: fast weights explore, slow weights follow."""

from typing import Any

import jax

from glassnet.foundation.shapes import fraction, positive_int
from glassnet.optimizers.averaging import choose, copied
from glassnet.optimizers.base import optimizer_registry
from glassnet.optimizers.options import OptimizerState
from glassnet.optimizers.wrapper import Wrapper


@optimizer_registry.register()
class Lookahead(Wrapper):
    """Every k steps of the inner optimizer: φ ← φ + α (θ - φ), θ ← φ.

    The inner optimizer's weights θ run k steps ahead of the slow weights φ, which then move towards them, and from
    there it starts again. What the fast weights gain by chance along a flat valley is averaged out, so that the inner
    learning rate may be larger. `fit` ends with the slow weights.

    Args:
        inner_optimizer: the optimizer that moves θ, or its name. The learning rate, weight decay and all else are its.
        sync_period: k, above 0: how many steps to look ahead.
        slow_step: α, from 0 to 1: the share of the way that is kept.
        name: a name for your own use.

    Raises:
        ConfigError: an argument is out of range.

    Example:
        >>> import numpy as np
        >>> from glassnet.optimizers import SGD
        >>> optimizer = Lookahead(SGD(1.0), sync_period=2, slow_step=0.5)
        >>> w, state = np.float32([4.0]), optimizer.init(np.float32([4.0]))
        >>> for _ in range(2):
        ...     w, state = optimizer.step(w, np.float32([1.0]), state)
        ...     print(w)
        [3.]
        [3.]

    Reference:
        Zhang, Lucas, Hinton and Ba, "Lookahead optimizer: k steps forward, 1 step back", NeurIPS 2019.
    """

    def __init__(
        self, inner_optimizer: Any, sync_period: int = 6, slow_step: float = 0.5, name: str | None = None
    ) -> None:
        super().__init__(inner_optimizer, name)
        self.sync_period = positive_int("sync_period", sync_period, owner="Lookahead")
        self.slow_step = fraction("slow_step", slow_step, owner="Lookahead", below_one=False)

    def init_around(self, params: Any) -> dict[str, Any]:
        """The slow weights, which start where the fast ones do."""
        return {"slow": copied(params)}

    def step(
        self, params: Any, grads: Any, state: OptimizerState, learning_rate: Any = None
    ) -> tuple[Any, OptimizerState]:
        """A step of the inner optimizer, and every so many steps one of the slow weights; see `Optimizer.step`."""
        slow = (state.around or {})["slow"]
        fast, state = self.inner_optimizer.step(params, grads, state, learning_rate)
        met = jax.tree.map(lambda phi, theta: (phi + self.slow_step * (theta - phi)).astype(theta.dtype), slow, fast)
        params, slow = choose(state.step % self.sync_period == 0, (met, met), (fast, slow))
        return params, state._replace(around={**(state.around or {}), "slow": slow})

    def averaged(self, params: Any, state: OptimizerState) -> Any:
        """The inner optimizer's average where it ends with one, else the slow weights φ."""
        if self.inner_optimizer.ends_averaged:
            return self.inner_optimizer.averaged(params, state)
        return (state.around or {})["slow"]

    @property
    def ends_averaged(self) -> bool:
        """True: the slow weights are the result."""
        return True
