"""From what a user gave `compile` to an objective, now that the shapes of outputs and targets are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet import losses, metrics
from glassnet.foundation.errors import ConfigError, DataError
from glassnet.foundation.registry import did_you_mean
from glassnet.foundation.types import Shape
from glassnet.training.head import Head, Key
from glassnet.training.objective import Objective


@dataclass(frozen=True)
class Wanted:
    """What is wanted of a model's outputs, as the user gave it: for all of them, or by list or dict.

    Args:
        loss: a loss, or losses by output.
        loss_weights: factors of the losses, by output.
        metrics: metrics that ignore sample weights, by output where there are several.
        weighted_metrics: metrics that use them.
    """

    loss: Any = None
    loss_weights: Any = None
    metrics: Any = None
    weighted_metrics: Any = None


@dataclass(frozen=True)
class Place:
    """One output of a model: its name, where it is, and its shape.

    Args:
        name: its name.
        key: where it is among the outputs.
        shape: a batch's shape, None for the batch.
    """

    name: str
    key: Key
    shape: Shape


def resolve(wanted: Wanted, y: Any, places: Sequence[Place]) -> Objective:
    """The objective for outputs at these places and targets like `y`.

    Raises:
        ConfigError: losses, factors or metrics that do not belong to the outputs.
        DataError: an output with a loss has no targets.
    """
    several = len(places) > 1
    found = _by_output("loss", wanted.loss, places)
    if several and wanted.loss is not None and not isinstance(wanted.loss, dict | list | tuple):
        found = [wanted.loss] * len(places)
    shares = _by_output("loss_weights", wanted.loss_weights, places)
    plain = [_members(m, several) for m in _by_output("metrics", wanted.metrics, places, members=True)]
    weighted = [
        _members(m, several) for m in _by_output("weighted_metrics", wanted.weighted_metrics, places, members=True)
    ]
    asked = [loss is not None or m or w for loss, m, w in zip(found, plain, weighted, strict=True)]
    targets = _targets(y, places, asked)
    taken = {"loss", *(f"{place.name}_loss" for place in places if several)}
    heads = []
    for index, place in enumerate(places):
        if not asked[index]:
            continue
        loss = None if found[index] is None else losses.get(found[index])
        shape = _shape_of(y, targets[index])
        prefix = f"{place.name}_" if several else ""
        named = _named_metrics(plain[index], weighted[index], loss, place.shape, shape, prefix, taken)
        share = _share(shares[index], place.name)
        heads.append(Head(place.name, place.key, targets[index], loss, share, *named, shape, place.shape))
    return Objective(tuple(heads))


def _by_output(what: str, given: Any, places: Sequence[Place], *, members: bool = False) -> list[Any]:
    """What was given for each output; `members` says that a list of one output's belongs to it as a whole."""
    if isinstance(given, dict) and not {"class_name", "config"} <= set(given):
        return _by_name(what, given, places)
    if len(places) == 1:
        nested = (
            isinstance(given, list | tuple) and len(given) == 1 and (not members or isinstance(given[0], list | tuple))
        )
        return [given[0] if nested else given]
    if isinstance(given, list | tuple):
        if len(given) != len(places):
            raise ConfigError(
                f"compile expected `{what}` with an entry for each of the {len(places)} outputs: {_names(places)}. Received "
                f"{len(given)}. Use None for an output without one, or a dict by name."
            )
        return list(given)
    if given is not None and what != "loss":
        raise ConfigError(
            f"compile expected `{what}` by output, for {_names(places)}. Received {given!r}. Pass a list, or a dict by name."
        )
    return [given] * len(places)


def _by_name(what: str, given: dict[Any, Any], places: Sequence[Place]) -> list[Any]:
    known = {place.name: place for place in places} | {
        place.key: place for place in places if isinstance(place.key, str)
    }
    for name in given:
        if name not in known:
            raise ConfigError(
                f"compile expected `{what}` for the outputs {_names(places)}. Received one for {name!r}"
                f"{did_you_mean(str(name), list(map(str, known))) or '.'} Name the outputs' layers: Dense(1, name='price')."
            )
    return [given.get(place.name, given.get(place.key)) for place in places]


def _targets(y: Any, places: Sequence[Place], asked: Sequence[Any]) -> list[Key]:
    """Where each output's targets are in `y`."""
    if y is None or not isinstance(y, dict | list):
        if y is not None and len(places) > 1 and sum(map(bool, asked)) > 1:
            raise DataError(
                f"Expected targets for {sum(map(bool, asked))} outputs: {_names(places)}. Received one array. Pass a list with "
                f"one for each, or a dict by name."
            )
        return [None] * len(places)
    if isinstance(y, list):
        wanting = [index for index, asks in enumerate(asked) if asks]
        if len(y) == len(places):
            return list(range(len(places)))
        if len(y) != len(wanting):
            raise DataError(
                f"Expected targets for {len(places)} outputs: {_names(places)}. Received a list of {len(y)}. Pass one array for "
                f"each, in this order."
            )
        return [wanting.index(index) if index in wanting else None for index in range(len(places))]
    keys: list[Key] = []
    for place, asks in zip(places, asked, strict=True):
        key = place.name if place.name in y else place.key if place.key in y else None
        if key is None and asks:
            raise DataError(
                f"Expected targets for output {place.name!r}. Received targets for {', '.join(map(repr, y))}. Add them, or give "
                f"that output no loss and no metrics."
            )
        keys.append(key)
    return keys


def _share(given: Any, output: str) -> float:
    try:
        return 1.0 if given is None else float(given)
    except (TypeError, ValueError):
        raise ConfigError(
            f"compile expected `loss_weights` as numbers. Received {given!r} for output {output!r}. Pass 1.0 for a loss that "
            f"counts once."
        ) from None


def _shape_of(y: Any, key: Key) -> Shape:
    if y is None:
        return (None,)
    return (None, *np.shape(y if key is None else y[key])[1:])


def _members(given: Any, several: bool) -> list[Any]:
    if given is None:
        return []
    if isinstance(given, list | tuple):
        return list(given)
    if not several:
        raise ConfigError(
            f"compile expected `metrics` as a list, such as ['accuracy']. Received {given!r}. Put it in brackets."
        )
    return [given]


def _named_metrics(
    plain: list[Any], weighted: list[Any], loss: Any, output: Shape, target: Shape, prefix: str, taken: set[str]
) -> tuple[tuple[tuple[str, Any], ...], tuple[tuple[str, Any], ...]]:
    named: list[tuple[str, Any]] = []
    for index, identifier in enumerate([*plain, *weighted]):
        metric = metrics.resolve(identifier, loss, output, target)
        weighs = index >= len(plain) and prefix + metric.name in taken
        name = _free_name(prefix + (f"weighted_{metric.name}" if weighs else metric.name), taken)
        taken.add(name)
        named.append((name, metric))
    return tuple(named[: len(plain)]), tuple(named[len(plain) :])


def _free_name(name: str, taken: set[str]) -> str:
    free, number = name, 0
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _names(places: Sequence[Place]) -> str:
    return ", ".join(place.name for place in places)
