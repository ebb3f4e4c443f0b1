"""One pass through a model with all its numbers: every layer's inputs and outputs, what is named inside, and gradients."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation import context, engine
from glassnet.foundation.blueprint import Blueprint
from glassnet.foundation.observing import observed_by
from glassnet.foundation.types import HostArray, Weights
from glassnet.inspection.recording import Recorded, Recorder, inside_key, output_key, placed
from glassnet.models import Model, readiness
from glassnet.training.compiling import options_for
from glassnet.training.objective import Objective
from glassnet.training.rows import collect


@dataclass(frozen=True)
class Number:
    """A named number of a call, such as its ``pre_activation``.

    Args:
        name: its name.
        value: an array.
        gradient: dL/dvalue, of the same shape; None where it was not asked for or the value is not a float.

    Example:
        >>> Number("pre_activation", np.zeros((1, 2))).gradient is None
        True
    """

    name: str
    value: HostArray
    gradient: HostArray | None = None


@dataclass(frozen=True)
class LayerCall:
    """One call of one layer.

    Args:
        path: the layer's path; the model's name for the model itself.
        layer: the layer, as it stands in the model.
        depth: how many calls it is inside of: 0 for the model, 1 for the layers it calls itself.
        inputs: its arguments, arrays or nests of them.
        outputs: what it put out, likewise.
        gradients: dL/doutput for each array put out, in order; None where there is none.
        inside: named numbers met inside, in order; in a recurrent layer each name once a step.
        options: what else its `call` was given, `training` and masks included.
        masks: the mask that travelled with each array among the inputs, or None.
        draws: how often each layer had drawn random numbers before.

    Example:
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> call = look(Sequential([Input((2,)), Dense(3, activation="relu")]), np.ones((4, 2))).of("dense")[0]
        >>> call.depth, call.outputs.shape, [number.name for number in call.inside]
        (1, (4, 3), ['pre_activation'])
    """

    path: str
    layer: Any
    depth: int
    inputs: tuple[Any, ...]
    outputs: Any
    gradients: tuple[HostArray | None, ...]
    inside: tuple[Number, ...]
    options: dict[str, Any] = field(default_factory=dict)
    masks: tuple[Any, ...] = ()
    draws: dict[str, int] = field(default_factory=dict)

    def named(self, name: str) -> list[Number]:
        """The numbers of this name, in order."""
        return [number for number in self.inside if number.name == name]


@dataclass(frozen=True)
class Look:
    """What was seen of one pass.

    Args:
        calls: every call in the order they began, the model's own first.
        outputs: the model's outputs.
        loss: L, penalties included; None without targets.
        parts: each output's own loss, by the output's name.
        gradients: dL/dw of each weight that trains, by path; empty without targets.
        weights: all weights and running states, by path.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((2,)), Dense(3, activation="relu"), Dense(1)], seed=0)
        >>> [call.path for call in look(model, np.ones((4, 2))).calls]
        ['sequential', 'dense', 'dense_1']
    """

    calls: tuple[LayerCall, ...]
    outputs: Any
    loss: float | None
    parts: dict[str, float]
    gradients: dict[str, HostArray]
    weights: dict[str, HostArray]

    def __iter__(self) -> Iterator[LayerCall]:
        return iter(self.calls)

    def of(self, path: str) -> list[LayerCall]:
        """The calls of the layer at `path`, in order: a layer may be called more than once."""
        return [call for call in self.calls if call.path == path]


def look(model: Model, x: Any, y: Any = None, *, sample_weight: Any = None, training: bool = False) -> Look:
    """One pass through `model` with all its numbers; the model stays as it is.

    Args:
        model: a model; compiled where `y` is given, since the loss is needed then.
        x: its inputs, (B, ...), as in `fit`.
        y: the targets, for the loss and the gradients dL/da of every number a.
        sample_weight: a weight for each row.
        training: whether this is a training pass: exactly the model's next step, dropout included.

    Returns:
        What was seen. The gradient of an output under a sigmoid or softmax is that of the loss as written; the numbers
        before it have theirs from the logits, as in training.

    Raises:
        DataError, ShapeError, ConfigError: as `fit` raises them.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((1,)), Dense(1, kernel_initializer="ones")])
        >>> model.compile("sgd", "mse")
        >>> seen = look(model, np.array([[3.0]]), np.array([[1.0]]))
        >>> seen.loss, seen.calls[1].named("pre_activation")[0].gradient.tolist(), seen.gradients["dense/kernel"].tolist()
        (4.0, [[4.0]], [[12.0]])

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep learning, section 6.5.
    """
    engine.start()
    rows = collect(x, y, sample_weight)
    objective = readiness.ready(model, rows.x, rows.y).objective if y is not None else None
    readiness.build_for(model, rows.x)
    model.check_inputs(rows.x)
    params, rest = model.arrays()
    step = np.int32(model.train_state().step if y is not None else 0)
    batch = (rows.x, rows.y, rows.as_batch().weights) if y is not None else (rows.x, None, None)
    program = _program(model.blueprint(), objective, training, _signature(params, rest, batch))
    found = jax.device_get(program.run(params, rest, np.uint32(model.seed), step, batch))
    layers = placed(model)
    return Look(
        calls=tuple(_call(n, r, found["moves"], layers) for n, r in enumerate(program.calls(found["calls"]))),
        outputs=found["outputs"],
        loss=None if objective is None else float(found["loss"]),
        parts={name: float(part) for name, part in found["parts"].items()},
        gradients=found["gradients"],
        weights={path: np.asarray(w) for path, w in {**params, **rest}.items()},
    )


def _signature(*trees: Any) -> Any:
    leaves, tree = jax.tree.flatten(trees)
    return tree, tuple((tuple(leaf.shape), str(leaf.dtype)) for leaf in leaves)


@lru_cache(maxsize=32)
def _program(blueprint: Blueprint, objective: Objective | None, training: bool, signature: Any) -> "_Program":
    return _Program(blueprint, objective, training)


class _Program:
    """A pass compiled with all its numbers as results, and what is known of the calls besides them."""

    def __init__(self, blueprint: Blueprint, objective: Objective | None, training: bool) -> None:
        self._blueprint, self._objective, self._training = blueprint, objective, training
        self._met: list[Recorded] = []
        self.run = jax.jit(self._run, compiler_options=options_for(blueprint, small=True))

    def calls(self, arrays: list[Any]) -> list[Recorded]:
        """The calls as they were met, with these numbers."""
        return [_with_numbers(met, numbers) for met, numbers in zip(self._met, arrays, strict=True)]

    def _run(self, params: Weights, rest: Weights, seed: Any, step: Any, batch: Any) -> dict[str, Any]:
        key = jax.random.fold_in(jax.random.key(seed), step) if self._training else None

        def forward(params: Weights, moves: Any) -> Any:
            model = self._blueprint.assemble(params, rest)
            recorder = Recorder(moves, model)
            with context.entered(context.Call(self._training, key)):
                with observed_by(recorder):
                    outputs = model(batch[0])
                loss, parts = self._loss(model, batch, outputs)
                linked = [recorder.linked(leaf) for leaf in jax.tree.leaves(outputs)]
            self._met = recorder.calls
            numbers = _arrays_only([_numbers_of(call) for call in recorder.calls])
            return loss, {"calls": numbers, "outputs": outputs, "parts": parts}, recorder.shapes, linked

        if self._objective is None:
            _, found, _, _ = forward(params, None)
            return {**found, "loss": jnp.float32(0), "gradients": {}, "moves": {}}
        shapes: dict[str, Any] = {}
        jax.eval_shape(lambda p: shapes.update(forward(p, None)[2]), params)
        moves = {name: jnp.zeros(like.shape, like.dtype) for name, like in shapes.items()}
        links: list[list[str]] = []

        def lossy(params: Weights, moves: Any) -> Any:
            loss, found, _, linked = forward(params, moves)
            links[:] = linked
            return loss, found

        (loss, found), (gradients, slopes) = jax.value_and_grad(lossy, (0, 1), has_aux=True)(params, moves)
        written = jax.grad(lambda outputs: self._loss(None, batch, outputs)[0])(found["outputs"])
        for keys, slope in zip(links, jax.tree.leaves(written), strict=True):
            slopes = {**slopes, **dict.fromkeys(keys, slope)}
        return {**found, "loss": loss, "gradients": gradients, "moves": slopes}

    def _loss(self, model: Any, batch: Any, outputs: Any) -> Any:
        if self._objective is None:
            return jnp.float32(0), {}
        _, y, weights = batch
        masks = self._objective.masks(outputs)
        count = jnp.float32(jax.tree.leaves(outputs)[0].shape[0])
        loss, parts = self._objective.batch_losses(y, outputs, weights, count, masks)
        return loss + sum(model.losses if model is not None else [], jnp.float32(0)), parts


def _numbers_of(met: Recorded) -> tuple[Any, ...]:
    return met.inputs, met.outputs, [value for _, value in met.inside], met.options, met.masks


def _with_numbers(met: Recorded, numbers: tuple[Any, ...]) -> Recorded:
    """The call as it was met while the program was traced, with the numbers that the program gave."""
    inputs, outputs, values, options, masks = numbers
    inside = [(name, value) for (name, _), value in zip(met.inside, values, strict=True)]
    options = {name: value if options[name] is None else options[name] for name, value in met.options.items()}
    return replace(met, inputs=inputs, outputs=outputs, inside=inside, options=options, masks=masks)


def _arrays_only(numbers: list[Any]) -> list[Any]:
    """Each call's numbers, what is no array left out: a program gives arrays only."""
    return jax.tree.map(lambda value: value if isinstance(value, jax.Array) else None, numbers)


def _call(number: int, recorded: Recorded, gradients: dict[str, HostArray], layers: dict[str, Any]) -> LayerCall:
    leaves = jax.tree.leaves(recorded.outputs)
    return LayerCall(
        recorded.path,
        layers.get(recorded.path),
        recorded.depth,
        recorded.inputs,
        recorded.outputs,
        tuple(gradients.get(output_key(number, place)) for place in range(len(leaves))),
        tuple(
            Number(name, value, gradients.get(inside_key(number, place)))
            for place, (name, value) in enumerate(recorded.inside)
        ),
        recorded.options,
        tuple(recorded.masks),
        recorded.draws,
    )
