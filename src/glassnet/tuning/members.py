"""Members of a population: networks like a given one, each with a seed of its own, that leave the given one as it was."""

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.shapes import int_or_none
from glassnet.models import Model, readiness
from glassnet.training.loosening import loose_numbers, loosened


def fresh_copy(model: Any, seed: int, *, x: Any = None, optimizer: Any = None, keep_weights: bool = False) -> Any:
    """A network like `model` with the weights that `seed` draws, compiled as `model` is; `model` is left as it was.

    Layers that do not train (frozen ones, and ``Normalization``, which was adapted) keep the numbers they have in `model`.

    Args:
        model: any model; when it is compiled, the copy is too.
        seed: fixes initial weights, order of rows and dropout, from 0 to 2**32 - 1.
        x: rows, as arrays, for a model that finds the shapes of its weights by its first rows.
        optimizer: another optimizer for the copy, of its own from then on.
        keep_weights: whether all weights are those of `model`, so that the seed decides on the order of rows alone.

    Returns:
        The copy; an optimizer's state is not taken along.

    Raises:
        ConfigError: not a model, or one that cannot describe itself as plain data.

    Example:
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((2,)), Dense(3), Dense(1)], seed=0)
        >>> same, other = fresh_copy(model, 0), fresh_copy(model, 1)
        >>> bool((same.weights[0] == model.weights[0]).all()), bool((other.weights[0] == model.weights[0]).all())
        (True, False)
    """
    if not isinstance(model, Model):
        raise ConfigError(
            f"Expected a model to make others like it. Received a {type(model).__name__}. Pass a Sequential or a Model."
        )
    made = type(model).from_config(model.get_config())
    made.seed = made._seed = seed
    made._seed_is_given = True
    for segment, layer in made.sublayers():
        if layer.built:
            layer._settle(segment, seed, draw=True)
    if x is not None:
        readiness.build_for(made, x)
    if model.built and made.built:
        _take_over(made, model, everything=keep_weights)
    if model._compiled is not None:
        wanted = model._compiled
        chosen = copy.copy(model.optimizer if optimizer is None else optimizer)
        made.compile(chosen, wanted.loss, wanted.loss_weights, wanted.metrics, wanted.weighted_metrics)
    return made


def _take_over(made: Any, model: Any, *, everything: bool) -> None:
    """Give `made` the weights that are not drawn anew: those of layers none of whose weights train, or all."""
    frozen = _frozen(model)
    for (_, owner, name, _), (_, mine, called, _) in zip(model.locate_weights(), made.locate_weights(), strict=True):
        if everything or id(owner) in frozen:
            setattr(mine, called, getattr(owner, name))


def _frozen(model: Any) -> set[int]:
    trains: dict[int, bool] = {}
    for _, owner, _, does in model.locate_weights():
        trains[id(owner)] = trains.get(id(owner), False) or does
    return {owner for owner, does in trains.items() if not does}


def structure(model: Any) -> tuple[Any, Any]:
    """What networks must have in common to be one program: their layers, but for loose numbers, and the kind of optimizer.

    Example:
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense, Dropout
        >>> def made(rate, units=1):
        ...     model = Sequential([Input((2,)), Dropout(rate), Dense(units)])
        ...     model.compile("sgd", "mse")
        ...     return model
        >>> structure(made(0.1)) == structure(made(0.5)), structure(made(0.1)) == structure(made(0.1, units=2))
        (True, False)
    """
    loosest = loosened(model, loose_numbers(model))
    return model.blueprint() if loosest is None else loosest[0], model.optimizer.without_rate()


def checked_model(model: Any, owner: str) -> Any:
    """`model` when it is compiled with a loss, else a `ConfigError` that says what is missing."""
    if not isinstance(model, Model) or model._compiled is None or model._compiled.loss is None:
        raise ConfigError(
            f"{owner} expected a model that is compiled with a loss. Received "
            f"{'one that is not' if isinstance(model, Model) else f'a {type(model).__name__}'}. Call model.compile('adam', "
            f"loss=...) first."
        )
    return model


def seed_list(seeds: int | Sequence[int], owner: str) -> list[int]:
    """The seeds 0, 1, ... for a number of them, or the list as given, each once.

    Example:
        >>> seed_list(3, "compare"), seed_list([7, 9], "compare")
        ([0, 1, 2], [7, 9])
    """
    number = int_or_none(seeds)
    given: list[Any] = (
        list(range(number)) if number is not None else list(np.atleast_1d(np.asarray(seeds, dtype=object)))
    )
    whole = [value for item in given if (value := int_or_none(item)) is not None and not isinstance(item, bool)]
    if isinstance(seeds, bool) or not given or len(set(whole)) < len(given) or min(whole) < 0 or max(whole) >= 2**32:
        raise ConfigError(
            f"{owner} expected `seeds` as how many (3), or as different whole numbers from 0 on. Received {seeds!r}. Pass 3 for "
            f"the seeds 0, 1 and 2."
        )
    return whole
