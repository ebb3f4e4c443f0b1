"""A network's vital signs on some rows: gradient, weights and step of each layer, and how its units stand."""

from dataclasses import asdict, dataclass
from typing import Any

import jax
import numpy as np

from glassnet.foundation import engine
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.registry import did_you_mean
from glassnet.inspection.vital_program import Sheet, sheet_program
from glassnet.models import Model, readiness
from glassnet.training.loop import current_rate
from glassnet.training.rows import collect
from glassnet.training.step import Batch, Recipe, TrainState, packed


@dataclass(frozen=True)
class LayerVitals:
    """One layer's vital signs; None where a number does not apply to it.

    Args:
        layer: its path.
        kind: its class.
        activation: the name of its activation, empty where it has none that is known.
        units: how many units (channels, for a convolution) it puts out.
        trains: whether it has weights that train; None where it has no weights at all.
        gradient: ‖∂L/∂w‖₂ over all its weights that train.
        weights: ‖w‖₂ over the same.
        update: ‖Δw‖₂ / ‖w‖₂ of the step that the optimizer would take on these rows.
        dead: the share of units whose activation has a slope of at most 0.001 at every row: nothing passes back.
        saturated: for sigmoid, tanh and the like, the share of units that lie where it is flat (under 5 % of its steepest
            slope) at 95 % of the rows or more.
        mean: the mean of its outputs.
        spread: their standard deviation.
        alike: whether its units have the same weights and the same gradients, so that they can never become different.
        table: whether some of the weights that train have two axes or more, as a kernel has.
        output: whether it gives an output of the network.

    Example:
        >>> LayerVitals("dense", gradient=0.1, weights=4.0).update is None
        True
    """

    layer: str
    kind: str = ""
    activation: str = ""
    units: int | None = None
    trains: bool | None = None
    gradient: float | None = None
    weights: float | None = None
    update: float | None = None
    dead: float | None = None
    saturated: float | None = None
    mean: float | None = None
    spread: float | None = None
    alike: bool = False
    table: bool = False
    output: bool = False


@dataclass(frozen=True)
class Vitals:
    """The vital signs of a whole network at one moment.

    Args:
        layers: each layer's, in the order of their calls.
        loss: L on the rows, penalties included.
        rows: how many rows were looked at.
        output_spread: the largest standard deviation of an output over the rows; 0 where the outputs are constant.
        output_size: √mean(ŷ²), to judge the spread by.

    Example:
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((1,)), Dense(1, kernel_initializer="ones", use_bias=False)])
        >>> model.compile("sgd", "mse")
        >>> seen = vitals(model, [[3.0]], [[1.0]])
        >>> seen["dense"].gradient, seen["dense"].weights, round(seen["dense"].update, 3)
        (12.0, 1.0, 0.12)
    """

    layers: tuple[LayerVitals, ...]
    loss: float
    rows: int
    output_spread: float
    output_size: float

    def __getitem__(self, layer: str) -> LayerVitals:
        found = next((item for item in self.layers if item.layer == layer), None)
        if found is None:
            names = [item.layer for item in self.layers]
            raise ConfigError(
                f"No layer looked at is called {layer!r}{did_you_mean(layer, names) or '.'} Known: {', '.join(names)}."
            )
        return found

    def to_dict(self) -> dict[str, Any]:
        """Plain data that JSON can hold."""
        return {
            "loss": _plain(self.loss),
            "rows": self.rows,
            "output_spread": _plain(self.output_spread),
            "output_size": _plain(self.output_size),
            "layers": [{name: _plain(value) for name, value in asdict(item).items()} for item in self.layers],
        }


def vitals(model: Model, x: Any, y: Any, *, sample_weight: Any = None) -> Vitals:
    """Each layer's gradient ‖∂L/∂w‖₂, weights ‖w‖₂, step ‖Δw‖₂/‖w‖₂, dead and saturated units, at the model's next step.

    Args:
        model: a compiled model; it stays as it is.
        x: rows, (B, ...), as in `fit`.
        y: their targets.
        sample_weight: a weight for each row.

    Returns:
        The vital signs. The pass is a training pass with the random key of the model's next step; the optimizer's memory is
        where `fit` left it.

    Raises:
        DataError, ShapeError, ConfigError: as `fit` raises them.

    Example:
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((2,)), Dense(4, "relu", bias_initializer="ones"), Dense(1)], seed=0)
        >>> model.compile("adam", "mse")
        >>> seen = vitals(model, np.ones((3, 2)), np.ones((3, 1)))
        >>> [layer.layer for layer in seen.layers], seen["dense"].dead
        (['dense', 'dense_1'], 0.25)

    Reference:
        Glorot & Bengio (2010), Understanding the difficulty of training deep feedforward neural networks.
    """
    engine.start()
    rows = collect(x, y, sample_weight)
    recipe = readiness.ready(model, rows.x, rows.y)
    return vitals_of(recipe, model.train_state(), model.seed, current_rate(model.optimizer), rows.as_batch())[0]


def vitals_of(
    recipe: Recipe, state: TrainState, seed: int, rate: np.float32 | None, batch: Batch
) -> tuple[Vitals, float]:
    """The vital signs at a state, and the seconds spent compiling.

    Args:
        recipe: what is compiled.
        state: weights, running states and the optimizer's memory, each weight by its path.
        seed: the model's seed.
        rate: the learning rate, or None where the optimizer has a schedule.
        batch: the rows.
    """
    program, sheet = sheet_program(recipe)
    args = (packed(recipe, jax.tree.map(np.asarray, state)), np.uint32(seed), rate, batch)
    executable, seconds = program.compiled_for(*args)
    found = jax.device_get(executable(*args))
    return _read(sheet, found, len(batch.real)), seconds


def _read(sheet: Sheet, found: dict[str, Any], rows: int) -> Vitals:
    stood = {path: [number(value) for value in values] for path, values in found["stood"].items()}
    held = {path: [number(value) for value in values] for path, values in found["held"].items()}
    none: list[float | None] = [None] * 4
    layers = []
    for path in sheet.order:
        entry = sheet.entries[path]
        gradient, weights, update, alike = held.get(path, none)
        dead, saturated, mean, spread = stood.get(path, none)
        layers.append(
            LayerVitals(
                path,
                *(entry.kind, entry.activation, entry.units, entry.trains),
                *(gradient, weights, update, dead, saturated, mean, spread),
                alike=bool(alike),
                table=entry.table,
                output=entry.output,
            )
        )
    return Vitals(tuple(layers), float(found["loss"]), rows, float(found["spread"]), float(found["size"]))


def number(value: Any) -> float | None:
    """A float; None for NaN, which stands for what does not apply. What overflowed stays infinite."""
    return None if np.isnan(value) else float(value)


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not np.isfinite(value) else value
