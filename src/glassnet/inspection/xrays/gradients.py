"""dL/dw by the very function that training differentiates, with nobody looking on: what ``jax.grad`` gives, to the bit.

A layer that is looked at may take another way to the same numbers (a recurrent one goes step by step), whose rounding
differs.
"""

from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation import context
from glassnet.foundation.blueprint import Blueprint
from glassnet.foundation.types import HostArray
from glassnet.training.objective import Objective


def loss_of(blueprint: Blueprint, objective: Objective, params: Any, rest: Any, moment: Any, batch: Any) -> Any:
    """L of a training step, penalties included.

    Args:
        blueprint: the model's structure.
        objective: its losses.
        params: the weights that train, by path.
        rest: the other arrays, by path.
        moment: the model's seed and the number of steps done, from which the random key follows.
        batch: inputs, targets and weights.
    """
    model = blueprint.assemble(params, rest)
    key = jax.random.fold_in(jax.random.key(moment[0]), moment[1])
    with context.entered(context.Call(True, key)):
        outputs = model(batch[0])
        masks = objective.masks(outputs)
        count = jnp.asarray(jax.tree.leaves(outputs)[0].shape[0], jnp.result_type(float))
        loss, _ = objective.batch_losses(batch[1], outputs, batch[2], count, masks)
    return loss + sum(model.losses, jnp.zeros((), loss.dtype))


def gradients(
    blueprint: Blueprint, objective: Objective, arrays: tuple[Any, Any], moment: tuple[int, int], batch: Any
) -> dict[str, HostArray]:
    """dL/dw of each weight that trains, by path.

    Args:
        blueprint: the model's structure.
        objective: its losses.
        arrays: the weights that train, and the rest, by path.
        moment: as in `loss_of`.
        batch: as in `loss_of`.
    """
    seed, step = np.uint32(moment[0]), np.int32(moment[1])
    return jax.device_get(_gradients(blueprint, objective)(*arrays, (seed, step), batch))


@lru_cache(maxsize=32)
def _gradients(blueprint: Blueprint, objective: Objective) -> Any:
    return jax.jit(
        jax.grad(lambda params, rest, moment, batch: loss_of(blueprint, objective, params, rest, moment, batch))
    )
