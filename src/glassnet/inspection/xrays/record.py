"""What an x-ray holds: every layer's numbers, every weight's way from before to after. Text, HTML and JSON show it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import jax
import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.registry import did_you_mean
from glassnet.foundation.types import HostArray
from glassnet.inspection.looking import LayerCall, Look
from glassnet.inspection.xrays.differences import Checker, Difference
from glassnet.inspection.xrays.lines import Line, Table
from glassnet.inspection.xrays.stepping import RealStep
from glassnet.inspection.xrays.working import Working

#: Of how many calls at most every one is worked out in text.
_FEW = 16


@dataclass(frozen=True)
class LayerXRay:
    """One call of one layer, worked for one number of its output.

    Args:
        call: inputs, outputs, named numbers, and the loss's slopes in them.
        formula: what the layer computes, in symbols.
        working: makes the lines, when they are asked for.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((1,)), Dense(1, kernel_initializer="ones")])
        >>> model.compile("sgd", "mse")
        >>> dense = model.xray(np.array([3.0]), 1.0).layer("dense")
        >>> dense.forward[0].value, dense.unit(0).index
        (3.0, (0,))
    """

    call: LayerCall
    formula: str
    working: Working

    @property
    def index(self) -> tuple[int, ...]:
        """Which number of the output is worked, without the batch: the one the loss hangs on most, unless `unit` chose."""
        return self.working.index[1:]

    @property
    def forward(self) -> tuple[Line, ...]:
        """Worked lines of the pass forwards."""
        return self.working.forward

    @property
    def backward(self) -> tuple[Line, ...]:
        """Worked lines of the chain rule: what arrives, and dL/d of each input and weight."""
        return self.working.backward

    @property
    def tables(self) -> tuple[Table, ...]:
        """Numbers that belong side by side: patch and kernel, the gates of each step, the weights of each head."""
        return self.working.tables

    def unit(self, *index: int, row: int = 0) -> "LayerXRay":
        """The same call, worked for another number of its output: ``xray.layer("conv").unit(4, 7, 0)``.

        Args:
            *index: its place in the output, without the batch.
            row: which row of the batch.

        Raises:
            ConfigError: there is no such number.
        """
        return replace(self, working=self.working.at(index, row))

    def to_dict(self, *, worked: bool = True) -> dict[str, Any]:
        """All its numbers as plain data; the worked lines too, unless told not to."""
        inside = [{"name": n.name, "value": plain(n.value), "gradient": plain(n.gradient)} for n in self.call.inside]
        found = {
            "path": self.call.path,
            "layer": type(self.call.layer).__name__,
            "formula": self.formula,
            "inputs": plain(list(self.call.inputs)),
            "outputs": plain(self.call.outputs),
            "output_gradients": plain(list(self.call.gradients)),
            "inside": inside,
        }
        if not worked:
            return {**found, "forward": [], "backward": [], "tables": []}
        return {
            **found,
            "index": list(self.index),
            "forward": [vars(line) for line in self.forward],
            "backward": [vars(line) for line in self.backward],
            "tables": [table.to_dict() for table in self.tables],
        }

    def __str__(self) -> str:
        from glassnet.inspection.xrays.text import shown_layer

        return shown_layer(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from glassnet.inspection.xrays.page import layer_page

        return layer_page(self)


@dataclass(frozen=True)
class WeightXRay:
    """One number of one weight: its gradient, the check on it, and the step.

    Args:
        path: the weight's path.
        index: where the number is in it.
        before: the number before the step.
        gradient: dL/dw.
        difference: the central difference.
        update: the optimizer's own lines.
        after: the number after the step, to the bit what training stores.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((1,)), Dense(1, kernel_initializer="ones")])
        >>> model.compile("sgd", "mse")
        >>> weight = model.xray(np.array([3.0]), 1.0).weight("dense/kernel", 0, 0)
        >>> weight.before, weight.gradient, round(weight.after, 2)
        (1.0, 12.0, 0.88)
    """

    path: str
    index: tuple[int, ...]
    before: float
    gradient: float
    difference: Difference
    update: tuple[Line, ...]
    after: float

    def __str__(self) -> str:
        from glassnet.inspection.xrays.text import shown_weight

        return shown_weight(self)

    __repr__ = __str__


@dataclass(frozen=True)
class XRay:
    """One training step, or one pass forwards, with its real numbers; `model.xray` makes it.

    Args:
        name: the model's name.
        optimizer: its optimizer; None without a target.
        seen: every number of the pass and the gradients.
        step: what the step changed; None without a target.
        layers: the layers' calls in order.
        differences: by path, central differences of some numbers of each weight.
        losses: by output, the loss's formula and what goes into it.
        checker: gives the central difference of any other number; None without a target.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((1,)), Dense(1, kernel_initializer="ones")])
        >>> model.compile("sgd", "mse")
        >>> model.xray(np.array([3.0]), 1.0).loss
        4.0
    """

    name: str
    optimizer: Any
    seen: Look
    step: RealStep | None
    layers: tuple[LayerXRay, ...]
    differences: dict[str, tuple[Difference, ...]]
    losses: tuple[dict[str, Any], ...]
    checker: Checker | None

    @property
    def worked(self) -> bool:
        """Whether text, page and data work out every layer: so few of them that it can be read."""
        return len(self.layers) <= _FEW

    @property
    def loss(self) -> float | None:
        """L, penalties included; None without a target."""
        return self.seen.loss

    @property
    def gradients(self) -> dict[str, HostArray]:
        """dL/dw by path, as training has them: those of ``jax.grad``."""
        return self.seen.gradients

    @property
    def penalty(self) -> float:
        """What regularizers add to the loss."""
        return (self.loss or 0.0) - sum(entry["share"] * entry["value"] for entry in self.losses)

    def layer(self, path: str, call: int = 0) -> LayerXRay:
        """The layer at `path`, ``xray["conv"]`` for short.

        Args:
            path: its path.
            call: which of its calls, where it is called more than once; the first by default.

        Raises:
            ConfigError: there is none; the message names the nearest.
        """
        _check_name("layer", path, [layer.call.path for layer in self.layers])
        calls = [layer for layer in self.layers if layer.call.path == path]
        if not 0 <= call < len(calls):
            raise ConfigError(
                f"Expected `call` as one of the {len(calls)} calls of {path!r}, 0 to {len(calls) - 1}. Received {call}. Leave "
                f"it out for the first."
            )
        return calls[call]

    def __getitem__(self, path: str) -> LayerXRay:
        return self.layer(path)

    def weight(self, path: str, *index: int) -> WeightXRay:
        """One number of the weight at `path`, by its place: ``xray.weight("dense/kernel", 0, 3)``.

        Raises:
            ConfigError: there is no such weight or no such place in it, or no step, since there was no target.
        """
        from glassnet.inspection.xrays.updating import lines

        if self.step is None or self.checker is None:
            raise ConfigError(
                "Expected the x-ray of a training step, which changes weights. Received one of a pass forwards alone, made "
                "without a target. Pass the target too: model.xray(x, y)."
            )
        _check_name("weight", path, list(self.gradients))
        gradient = self.gradients[path]
        if len(index) != gradient.ndim or any(not 0 <= i < n for i, n in zip(index, gradient.shape, strict=False)):
            raise ConfigError(
                f"Expected a place in {path!r}, whose shape is {gradient.shape}. Received {index}. Pass {gradient.ndim} whole "
                f"numbers from 0 up to {tuple(n - 1 for n in gradient.shape)}."
            )
        checked = next((d for d in self.differences[path] if d.index == index), None)
        checked = checked or self.checker.one(path, int(np.ravel_multi_index(index, gradient.shape)))
        before, after = float(self.step.before[path][index]), float(self.step.after[path][index])
        update = lines(self.optimizer, self.step, self.gradients, path, index)
        return WeightXRay(path, index, before, float(gradient[index]), checked, update, after)

    def disagreements(self) -> Iterator[tuple[str, Difference]]:
        """The gradients that central differences do not confirm to one in a thousand, kinks included."""
        for path, found in self.differences.items():
            yield from ((path, difference) for difference in found if difference.error > 1e-3)

    def to_dict(self) -> dict[str, Any]:
        """All numbers as plain data, for JSON; those of the loss and the step only where there was a target."""
        found = {
            "model": self.name,
            "layers": [layer.to_dict(worked=self.worked) for layer in self.layers],
            "outputs": plain(self.seen.outputs),
        }
        return found if self.step is None else {**found, **self._stepped(self.step)}

    def _stepped(self, step: RealStep) -> dict[str, Any]:
        weights = {
            path: {
                "before": plain(step.before[path]),
                "gradient": plain(gradient),
                "differences": [vars(found) for found in self.differences[path]],
                "slots_before": plain(step.slots_before.get(path, {})),
                "slots_after": plain(step.slots_after.get(path, {})),
                "after": plain(step.after[path]),
            }
            for path, gradient in self.gradients.items()
        }
        return {
            "loss": self.loss,
            "losses": [plain(entry) for entry in self.losses],
            "penalty": self.penalty,
            "optimizer": repr(self.optimizer),
            "step": step.number,
            "learning_rate": step.rate,
            "weights": weights,
        }

    def __str__(self) -> str:
        from glassnet.inspection.xrays.text import shown

        return shown(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from glassnet.inspection.xrays.page import page

        return page(self)


def plain(value: Any) -> Any:
    """Arrays as lists and nests of them as they are nested; what is no number is left out."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray | np.generic | jax.Array):
        return np.asarray(value).tolist()
    return value if value is None or isinstance(value, str | int | float | bool) else None


def _check_name(what: str, name: str, known: list[str]) -> None:
    if name not in known:
        raise ConfigError(
            f"No {what} of this model is at {name!r}{did_you_mean(name, known) or '.'} It has: {', '.join(known)}."
        )
