"""Changes to a training that can be tried: each makes the same network anew with one thing other than before."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from glassnet.diagnosis.sight.again import anew
from glassnet.diagnosis.sight.race import first_rate
from glassnet.models import Sequential

Edit = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]
"""From the layers of a Sequential, as plain data, to other ones."""


@dataclass(frozen=True)
class Change:
    """One thing done otherwise.

    Args:
        name: in a few words, such as ``"dropout 0.3"``.
        layers: what becomes of the layers; None to leave them.
        rate: times the learning rate.
        optimizer: another optimizer's name and rate.
        epochs: times the epochs.
        batch: times the batch size.
        stop: whether to stop by rows set aside from the training rows, with the best weights back.
    """

    name: str
    layers: Edit | None = None
    rate: float = 1.0
    optimizer: tuple[str, float] | None = None
    epochs: float = 1.0
    batch: float = 1.0
    stop: bool = False

    def fits(self, model: Any) -> bool:
        """Whether it can be made to this model, and makes a difference."""
        if self.layers is None:
            return self.rate == 1 or first_rate(getattr(model.optimizer, "learning_rate", None)) is not None
        if not isinstance(model, Sequential):
            return False
        layers = model.get_config()["layers"]
        return self.layers(copy.deepcopy(layers)) != layers

    def model(self, given: Any, seed: int) -> Any:
        """A network like `given` with this change, with the weights that `seed` draws, compiled and without metrics."""
        config = None
        if self.layers is not None:
            config = copy.deepcopy(given.get_config())
            config["layers"] = self.layers(config["layers"])
        made = anew(given, seed, config, self.optimizer[0] if self.optimizer else None)
        if self.optimizer:
            made.optimizer.learning_rate = self.optimizer[1]
        elif self.rate != 1:
            made.optimizer.learning_rate = (first_rate(given.optimizer.learning_rate) or 0.0) * self.rate
        return made


AS_IT_IS = Change("as it is")


def dropout(share: float) -> Change:
    """Dropout after every hidden dense or convolutional layer."""

    def edit(layers: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if any(layer["class_name"] == "Dropout" and layer["config"]["rate"] >= share for layer in layers):
            return layers
        layers, hidden = [layer for layer in layers if layer["class_name"] != "Dropout"], _hidden(layers)
        found = []
        for layer in layers:
            found.append(layer)
            if layer["config"].get("name") in hidden:
                name = f"dropout_after_{layer['config']['name']}"
                found.append({"kind": "layer", "class_name": "Dropout", "config": {"rate": share, "name": name}})
        return found

    return Change(f"dropout {share:g}", edit)


def penalty(strength: float) -> Change:
    """An L2 penalty on every kernel."""

    def edit(layers: list[dict[str, Any]]) -> list[dict[str, Any]]:
        wanted = {"kind": "regularizer", "class_name": "L2", "config": {"l2": strength}} if strength else None
        for layer in layers:
            if "kernel_regularizer" in layer["config"]:
                layer["config"]["kernel_regularizer"] = wanted
        return layers

    return Change(f"L2 penalty {strength:g}" if strength else "no penalty", edit)


def width(factor: float) -> Change:
    """So many times the units of every hidden layer."""

    def edit(layers: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for layer in layers:
            if layer["config"].get("name") in _hidden(layers):
                key = "units" if "units" in layer["config"] else "filters"
                layer["config"][key] = max(1, round(layer["config"][key] * factor))
        return layers

    return Change(f"{factor:g} times the units", edit)


def deeper(units: int) -> Change:
    """One more hidden dense layer with relu, before the last."""

    def edit(layers: list[dict[str, Any]]) -> list[dict[str, Any]]:
        dense = [number for number, layer in enumerate(layers) if layer["class_name"] == "Dense"]
        if not dense:
            return layers
        config = {"units": units, "activation": "relu", "name": "one_more"}
        return [*layers[: dense[-1]], {"kind": "layer", "class_name": "Dense", "config": config}, *layers[dense[-1] :]]

    return Change(f"one more layer of {units} units", edit)


def free() -> Change:
    """Neither dropout nor penalty."""

    def edit(layers: list[dict[str, Any]]) -> list[dict[str, Any]]:
        kept = [layer for layer in layers if layer["class_name"] != "Dropout"]
        for layer in kept:
            if "kernel_regularizer" in layer["config"]:
                layer["config"]["kernel_regularizer"] = None
        return kept

    return Change("no dropout and no penalty", edit)


def fresh_start() -> Change:
    """Kernels drawn by Glorot's rule, and relu instead of sigmoid in hidden layers."""

    def edit(layers: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for layer in layers:
            if layer["config"].get("name") in _hidden(layers):
                layer["config"]["kernel_initializer"] = "glorot_uniform"
                if layer["config"].get("activation") == "sigmoid":
                    layer["config"]["activation"] = "relu"
        return layers

    return Change("Glorot's initial weights and relu", edit)


def _hidden(layers: list[dict[str, Any]]) -> set[str]:
    """The names of the layers with units or filters, but for the last."""
    sized = [layer["config"]["name"] for layer in layers if {"units", "filters"} & set(layer["config"])]
    return set(sized[:-1])


EARLY = Change("early stopping", stop=True)
LONGER = Change("3 times the epochs", epochs=3)
ADAM = Change("Adam with a rate of 0.003", optimizer=("adam", 0.003))
LARGER_BATCHES = Change("4 times the batch size", batch=4)


def rate(factor: float) -> Change:
    """So many times the learning rate."""
    return Change(f"{factor:g} times the learning rate", rate=factor)


TO_TRY: Mapping[str, tuple[Change, ...]] = {
    "good_fit": (width(2), dropout(0.2), rate(0.3)),
    "overfitting": (EARLY, dropout(0.3), penalty(0.001)),
    "underfitting": (free(), deeper(32), width(4), LONGER),
    "over_confident": (EARLY, penalty(0.001), dropout(0.3)),
    "not_converged": (LONGER, rate(3)),
    "plateau": (ADAM, fresh_start(), LARGER_BATCHES),
    "learning_rate_too_high": (rate(0.1), rate(0.01)),
    "learning_rate_too_low": (rate(10), rate(100), LONGER),
    "diverged": (rate(0.1), rate(0.01)),
    "unstable": (LARGER_BATCHES, rate(0.3)),
    "no_better_than_baseline": (rate(0.1), width(4), ADAM),
    "too_little_validation": (),
    "suspiciously_good": (),
    "distribution_shift": (),
}
"""What can be tried by training again, by the verdict's kind; data that are wrong cannot be mended by that."""
