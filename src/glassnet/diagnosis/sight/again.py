"""The same network made anew, to be trained otherwise."""

import copy
from dataclasses import replace
from typing import Any


def anew(model: Any, seed: int, config: dict[str, Any] | None = None, optimizer: Any = None) -> Any:
    """A network like `model` with the weights that `seed` draws, compiled without metrics; `model` stays as it was.

    Args:
        model: a compiled model that can describe itself.
        seed: fixes initial weights, order of rows and dropout.
        config: another description of the network.
        optimizer: another optimizer, or its name.

    Returns:
        The network; layers that do not train keep the numbers they have in `model` where its description is the same.
    """
    made = type(model).from_config(copy.deepcopy(model.get_config()) if config is None else config)
    made.seed = made._seed = seed
    made._seed_is_given = True
    for segment, layer in made.sublayers():
        if layer.built:
            layer._settle(segment, seed, draw=True)
    if config is None and model.built and made.built:
        _keep_frozen(made, model)
    wanted = replace(model._compiled, metrics=None, weighted_metrics=None)
    made.compile(optimizer or copy.copy(model.optimizer), wanted.loss, wanted.loss_weights)
    return made


def _keep_frozen(made: Any, model: Any) -> None:
    trains: dict[int, bool] = {}
    for _, owner, _, does in model.locate_weights():
        trains[id(owner)] = trains.get(id(owner), False) or does
    for (_, owner, name, _), (_, mine, called, _) in zip(model.locate_weights(), made.locate_weights(), strict=True):
        if not trains[id(owner)]:
            setattr(mine, called, getattr(owner, name))
