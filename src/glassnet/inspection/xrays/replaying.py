"""One call of one layer made again by itself, with its slopes: how each number it put out hangs on what went in.

No layer is known here. Whatever a layer computes, JAX gives the rows and columns of its Jacobian, and with them the chain
rule can be written down factor by factor.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation import context
from glassnet.foundation.blueprint import Blueprint
from glassnet.foundation.layer import Layer
from glassnet.foundation.observing import observed_by
from glassnet.foundation.registry import freeze
from glassnet.foundation.types import HostArray
from glassnet.inspection.looking import LayerCall
from glassnet.inspection.recording import placed
from glassnet.training.compiling import options_for


@dataclass(frozen=True)
class Source:
    """Something that the output hangs on: an input, or a weight.

    Args:
        name: ``x``, or x1, x2 ... of several inputs, or the weight's path.
        value: its numbers.
        row: ∂t/∂value of one chosen number t of the output.
        leaving: dL/dvalue through this call alone.
        index: the number of it whose share of the chain rule is written out: where `leaving` is largest.
        column: ∂t/∂value[index] of all numbers t of the output.
    """

    name: str
    value: HostArray
    row: HostArray
    leaving: HostArray
    index: tuple[int, ...]
    column: HostArray


@dataclass(frozen=True)
class Slopes:
    """What a call's output hangs on.

    Args:
        name: ``z`` where it is what goes into the activation, ``y`` where it is the output itself.
        index: the chosen number t, the row of the batch first.
        value: its value.
        at_zero: what it is where all inputs are 0; t is a sum of products if t - Σ x ∂t/∂x is the same.
        arriving: dL/dt of all numbers, in the shape of the output.
        inputs: the inputs with slopes.
        weights: the weights with slopes.
    """

    name: str
    index: tuple[int, ...]
    value: float
    at_zero: float
    arriving: HostArray
    inputs: tuple[Source, ...]
    weights: tuple[Source, ...]

    @property
    def constant(self) -> float:
        """t - Σ x ∂t/∂x."""
        return self.value - sum(float(np.sum(s.value * s.row)) for s in self.inputs)

    @property
    def is_sum(self) -> bool:
        """Whether t = Σ x ∂t/∂x + constant: the layer weighs its inputs with numbers that do not depend on them."""
        size = abs(self.value) + sum(float(np.sum(np.abs(s.value * s.row))) for s in self.inputs)
        return abs(self.constant - self.at_zero) <= 1e-5 * max(size, 1e-6)


class Replay:
    """Makes calls again that were seen, with the weights and the draws of that moment.

    Args:
        blueprint: the model's structure.
        weights: all its arrays by path.
        moment: the model's seed and the number of steps done, from which the random key follows.
        training: whether it was a training pass.
    """

    def __init__(
        self, blueprint: Blueprint, weights: dict[str, HostArray], moment: tuple[int, int], *, training: bool = True
    ) -> None:
        given: Any = weights
        copy = blueprint.assemble(given, given)
        self._run = _program(tuple((options_for(blueprint, small=True) or {}).items()))
        self._layers = placed(copy)
        self._moment, self._training = moment, training

    def slopes(self, call: LayerCall, index: tuple[int, ...], inner: frozenset[str] = frozenset()) -> Slopes | None:
        """The slopes of a call, those of one number of its output among them; None where it has no float output.

        Args:
            call: what was seen.
            index: where the number is, the row of the batch first.
            inner: the layers that were called inside, whose weights have their place there.
        """
        named = before_activation(call)
        outputs = [leaf for leaf in jax.tree.leaves(call.outputs) if _is_float(leaf)]
        layer = self._layers.get(call.path)
        if layer is None or not outputs:
            return None
        arriving = _arriving(call) if named is None else [_or_zeros(named.gradient, named.value)]
        held = [path for path, _, _, trains in layer.locate_weights() if trains]
        own = tuple(sorted(path for path in held if f"{call.path}/{path}".rpartition("/")[0] not in inner))
        fixed, given = _parted(call, named is not None, own, self._training)
        chosen = np.int32(np.ravel_multi_index(index, np.shape(outputs[0])))
        seed, step = np.uint32(self._moment[0]), np.int32(self._moment[1])
        found = jax.device_get(self._run(layer, call.inputs, given, (seed, step), arriving, chosen, fixed=fixed))
        return Slopes(
            "y" if named is None else "z",
            index,
            float(np.asarray(outputs[0] if named is None else named.value)[index]),
            float(found["at_zero"]),
            arriving[0],
            _sources(found, "inputs", _input_names(len(found["inputs"]["value"])), arriving[0].shape),
            _sources(found, "weights", [f"{call.path}/{name}" for name in sorted(own)], arriving[0].shape),
        )


def before_activation(call: LayerCall) -> Any:
    """What goes into the layer's activation, where the layer names it and it has a number for each of the output's."""
    named = call.named("pre_activation")
    return named[0] if len(named) == 1 and np.shape(named[0].value) == np.shape(call.outputs) else None


def _arriving(call: LayerCall) -> list[HostArray]:
    """dL/dy of each float output, 0 where the loss does not hang on it."""
    pairs = zip(jax.tree.leaves(call.outputs), call.gradients, strict=True)
    return [_or_zeros(slope, output) for output, slope in pairs if _is_float(output)]


def _or_zeros(slope: HostArray | None, like: HostArray) -> HostArray:
    return np.zeros_like(like) if slope is None else slope


class _Fixed:
    """What of a call is no array: compared by value, so that equal calls share a program."""

    def __init__(self, named: bool, own: tuple[str, ...], draws: dict[str, int], options: dict[str, Any]) -> None:
        self.named, self.own, self.draws, self.options = named, own, draws, options
        self._frozen = freeze((named, own, draws, options))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Fixed) and self._frozen == other._frozen

    def __hash__(self) -> int:
        return hash(self._frozen)


def _parted(call: LayerCall, named: bool, own: tuple[str, ...], training: bool) -> tuple[_Fixed, Any]:
    """What of a call's options is no array, and its arrays: those among the options, and the masks of its inputs."""
    arrays = {name for name, value in call.options.items() if any(_is_array(leaf) for leaf in jax.tree.leaves(value))}
    plain = {"training": training} | {name: value for name, value in call.options.items() if name not in arrays}
    masks = list(call.masks) or [None] * len(jax.tree.leaves(call.inputs))
    return _Fixed(named, own, call.draws, plain), ({name: call.options[name] for name in arrays}, masks)


@cache
def _program(options: tuple[tuple[str, Any], ...]) -> Any:
    return jax.jit(_slopes, static_argnames="fixed", compiler_options=dict(options) or None)


def _slopes(layer: Any, inputs: Any, given: Any, moment: Any, arriving: Any, chosen: Any, *, fixed: _Fixed) -> Any:
    leaves, tree = jax.tree.flatten(layer)
    floats, whole = _floats(inputs)
    held = {path: w for path, w in layer.named_weights().items() if path in fixed.own and _is_float(w)}
    again = _Again(tree, leaves, whole, given, moment, fixed)
    targets, pull = jax.vjp(again.run, floats, held)
    zeros = [jnp.zeros_like(t) for t in targets]
    first = zeros[0].reshape(-1).at[chosen].set(1).reshape(zeros[0].shape)
    rows = pull([first, *zeros[1:]])
    leaving = pull([jnp.asarray(a, t.dtype) for a, t in zip(arriving, targets, strict=True)])
    places = jax.tree.map(lambda slope: jnp.argmax(jnp.abs(slope)), leaving)
    at_zero = again.run(jax.tree.map(jnp.zeros_like, floats), held)[0]
    return {
        "at_zero": at_zero.reshape(-1)[chosen],
        "inputs": {
            "value": floats,
            "row": rows[0],
            "leaving": leaving[0],
            "place": places[0],
            "column": _columns(pull, zeros, (floats, held), places, 0),
        },
        "weights": {
            "value": held,
            "row": rows[1],
            "leaving": leaving[1],
            "place": places[1],
            "column": _columns(pull, zeros, (floats, held), places, 1),
        },
    }


def _columns(pull: Callable[[Any], Any], zeros: Any, sources: Any, places: Any, part: int) -> Any:
    """∂t/∂v of the first output, for one number v of each source: the slope of the slopes, so that any layer will do."""
    _, back = jax.vjp(lambda first: pull([first, *zeros[1:]]), zeros[0])
    leaves, tree = jax.tree.flatten(sources[part])
    found = []
    for number, place in enumerate(jax.tree.leaves(places[part])):
        moves = [jnp.zeros_like(leaf) for leaf in leaves]
        moves[number] = moves[number].reshape(-1).at[place].set(1).reshape(moves[number].shape)
        still = [jax.tree.map(jnp.zeros_like, source) for source in sources]
        still[part] = jax.tree.unflatten(tree, moves)
        found.append(back(tuple(still))[0])
    return jax.tree.unflatten(tree, found)


class _Again:
    """The call as a function of its float inputs and its weights."""

    def __init__(self, tree: Any, leaves: Any, whole: Any, given: Any, moment: Any, fixed: _Fixed) -> None:
        self._tree, self._leaves, self._whole = tree, leaves, whole
        self._given, self._moment, self._fixed = given, moment, fixed

    def run(self, floats: list[Any], held: dict[str, Any]) -> list[Any]:
        """What was put out, or with `named` what went into the activation."""
        layer = jax.tree.unflatten(self._tree, self._leaves)
        for path, owner, name, _ in layer.locate_weights():
            if path in held:
                owner.__dict__[name] = held[path]
        arrays, masks = self._given
        inputs = self._whole(floats)
        catcher = _Catcher()
        key = jax.random.fold_in(jax.random.key(self._moment[0]), self._moment[1])
        options = {**self._fixed.options, **arrays}
        with context.entered(context.Call(bool(options.pop("training")), key, dict(self._fixed.draws))):
            for leaf, mask in zip(jax.tree.leaves(inputs), masks, strict=True):
                if mask is not None:
                    context.note(leaf, mask=mask)
            if not self._fixed.named:
                return [leaf for leaf in jax.tree.leaves(Layer.__call__(layer, *inputs, **options)) if _is_float(leaf)]
            with observed_by(catcher):
                Layer.__call__(layer, *inputs, **options)
        return catcher.met[:1]


class _Catcher:
    """Keeps what goes into the activation of the outermost layer."""

    def __init__(self) -> None:
        self.met: list[Any] = []
        self._depth = 0

    def around(self, layer: Any, args: Any, kwargs: Any, compute: Callable[[], Any]) -> Any:
        self._depth += 1
        try:
            return compute()
        finally:
            self._depth -= 1

    def see(self, name: str, value: Any) -> Any:
        if name == "pre_activation" and self._depth == 1:
            self.met.append(value)
        return value


def _floats(inputs: Any) -> tuple[list[Any], Callable[[list[Any]], Any]]:
    """The float arrays among the inputs, and what puts others in their place."""
    leaves, tree = jax.tree.flatten(inputs)
    chosen = [place for place, leaf in enumerate(leaves) if _is_float(leaf)]

    def whole(floats: list[Any]) -> Any:
        placed = dict(zip(chosen, floats, strict=True))
        return jax.tree.unflatten(tree, [placed.get(place, leaf) for place, leaf in enumerate(leaves)])

    return [jnp.asarray(leaves[place]) for place in chosen], whole


def _sources(found: Any, part: str, names: list[str], shape: tuple[int, ...]) -> tuple[Source, ...]:
    group = found[part]
    made = []
    for name, *arrays in zip(
        names, *(jax.tree.leaves(group[key]) for key in ("value", "row", "leaving", "place", "column")), strict=True
    ):
        value, row, leaving, place, column = arrays
        index = tuple(int(i) for i in np.unravel_index(int(place), np.shape(value)))
        made.append(Source(name, value, row, leaving, index, np.reshape(column, shape)))
    return tuple(made)


def _input_names(count: int) -> list[str]:
    return ["x"] if count == 1 else [f"x{i + 1}" for i in range(count)]


def _is_array(value: Any) -> bool:
    return isinstance(value, jax.Array | np.ndarray | np.generic)


def _is_float(value: Any) -> bool:
    return _is_array(value) and jnp.issubdtype(value.dtype, jnp.floating)
