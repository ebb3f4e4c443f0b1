"""What holds weights: arrays by name, each with what is known about it, in layers inside layers."""

import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from glassnet.foundation import rng
from glassnet.foundation.drawing import first_value
from glassnet.foundation.errors import ConfigError, NotBuiltError, ShapeError
from glassnet.foundation.shapes import show
from glassnet.foundation.tree import Node, count_change
from glassnet.foundation.types import Array, ArrayLike, HostArray, Weights
from glassnet.foundation.upward import upward


@dataclass(frozen=True)
class WeightSpec:
    """What is known about one weight besides its numbers."""

    trainable: bool = True
    regularizer: Callable[[Array], Array] | None = None
    constraint: Callable[[Array], Array] | None = None


class WeightHolder(Node):
    """A node with weights of its own, and perhaps others inside it.

    A weight is an attribute; its initializer, whether it trains, its regularizer and its constraint are kept beside it.
    """

    host_only: ClassVar[frozenset[str]] = Node.host_only | {"_seed", "_starts"}
    fresh: ClassVar[dict[str, Any]] = {"_seed": None, "_starts": {}}

    def __init__(self, name: str, trainable: bool, dtype: str) -> None:
        self.name = name
        self._trainable = trainable
        self.dtype = dtype
        self._built = False
        self._path = ""  # where it stands in a model; empty while it stands alone
        self._specs: dict[str, WeightSpec] = {}
        self._starts: dict[str, tuple[Any, Any]] = {}  # each weight's initializer, and what it gave
        self._seed: int | None = None

    def add_weight(
        self,
        name: str | None = None,
        shape: Sequence[int] = (),
        initializer: Any = None,
        *,
        dtype: Any = None,
        trainable: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
    ) -> Array:
        """Make a weight, keep it as attribute `name`, and return it.

        The numbers are drawn with NumPy from the model's seed and this weight's path: nothing is compiled.

        Args:
            name: the attribute's and the path's name, such as ``"kernel"``; ``"weight"``, with a number, by default.
            shape: its shape.
            initializer: a name such as ``"zeros"``, an initializer, or any ``callable(shape, dtype) -> array``; by default
                ``"glorot_uniform"``, and zeros for what does not train or is no float.
            dtype: its type; the layer's by default.
            trainable: False for running state, which the layer itself assigns.
            regularizer: ``callable(array) -> scalar`` added to the loss, or a name such as ``"l2"``.
            constraint: ``callable(array) -> array`` applied after each update, or a name such as ``"non_neg"``.

        Raises:
            ConfigError: a name that is taken, or that nothing is registered under.
        """
        name = self._free_name() if name is None else name
        if not isinstance(name, str):
            raise ConfigError(
                f"Layer {self.path!r} expected a weight's name first. Received {name!r}. Write "
                f"self.add_weight(name='kernel', shape={name!r}), or leave the name out and give `shape=`."
            )
        if name in self._specs:
            raise ConfigError(
                f"Layer {self.path!r} expected a new weight's name. Received {name!r}, which it has already. Choose another."
            )
        if self._seed is None:
            self._seed = rng.fresh_seed()
        dtype = dtype or self.dtype
        if initializer is None and trainable and jnp.issubdtype(jnp.dtype(dtype), jnp.floating):
            initializer = "glorot_uniform"
        initializer = _by_name("initializer", initializer)
        regularizer, constraint = _by_name("regularizer", regularizer), _by_name("constraint", constraint)
        value = first_value(initializer, tuple(shape), dtype, self._seed, f"{self._path}/{name}")
        self._specs[name] = WeightSpec(trainable, regularizer, constraint)
        self._starts[name] = (initializer, weakref.ref(value))
        setattr(self, name, value)
        return value

    def _free_name(self) -> str:
        names = ("weight" if not number else f"weight_{number}" for number in count())
        return next(name for name in names if name not in self._specs)

    # Weights by name and in Keras's order.

    def named_weights(self, *, trainable: bool | None = None) -> Weights:
        """The weights by path, in Keras's order; only those that train, or only the others, when told.

        Example:
            >>> from glassnet import Input, Sequential
            >>> from glassnet.layers import Dense
            >>> list(Sequential([Input((3,)), Dense(2), Dense(1)]).named_weights())
            ['dense/kernel', 'dense/bias', 'dense_1/kernel', 'dense_1/bias']
        """
        return {
            path: getattr(owner, name)
            for path, owner, name, trains in self.locate_weights()
            if trainable is None or trains == trainable
        }

    def locate_weights(self) -> Iterator[tuple[str, "WeightHolder", str, bool]]:
        """Each weight as (path, layer that holds it, attribute, does it train)."""
        return self._locate("", True, set())

    def _locate(self, prefix: str, trains: bool, seen: set[int]) -> Iterator[tuple[str, "WeightHolder", str, bool]]:
        if id(self) in seen:
            return
        seen.add(id(self))
        trains = trains and self.trainable
        for wanted in (True, False):
            names = [name for name, spec in self._specs.items() if spec.trainable is wanted]
            yield from ((prefix + name, self, name, trains and wanted) for name in names)
        for segment, inner in self.sublayers():
            yield from inner._locate(f"{prefix}{segment}/", trains, seen)

    @property
    def weights(self) -> list[Array]:
        """All weights, those that train first within each layer."""
        return list(self.named_weights().values())

    @property
    def trainable_weights(self) -> list[Array]:
        """The weights that the optimizer changes."""
        return list(self.named_weights(trainable=True).values())

    @property
    def non_trainable_weights(self) -> list[Array]:
        """The weights that it leaves alone: running state and frozen layers."""
        return list(self.named_weights(trainable=False).values())

    def get_weights(self) -> list[HostArray]:
        """Copies of all weights as NumPy arrays, in the order of `weights`."""
        return [np.array(weight) for weight in self.weights]

    def set_weights(self, weights: Sequence[ArrayLike]) -> None:
        """Replace all weights, in the order of `weights`; nothing is changed if any shape does not fit."""
        places = list(self.locate_weights())
        if len(places) != len(weights):
            advice = (
                "Pass what get_weights() of the same architecture returned."
                if self.built
                else "Build the layer first: call it once or give it an input shape."
            )
            raise ConfigError(
                f"Layer {self.path!r} expected {len(places)} weight arrays; received {len(weights)}. {advice}"
            )
        arrays = []
        for (path, owner, name, _), value in zip(places, weights, strict=True):
            held = getattr(owner, name)
            if held.shape != np.shape(value):
                raise ShapeError(
                    f"Weight {path!r} expected shape {show(held.shape)}; received {show(np.shape(value))}. Pass arrays "
                    f"in the order of get_weights()."
                )
            arrays.append(jnp.asarray(value, held.dtype))
        for (_, owner, name, _), array in zip(places, arrays, strict=True):
            setattr(owner, name, array)

    def count_params(self) -> int:
        """The number of numbers in all weights."""
        if not self.built:
            raise NotBuiltError(
                f"Layer {self.path!r} has no weights yet: it expected an input shape and has received none. Call it once, "
                f"or give it one with build(input_shape) or Input."
            )
        return sum(int(np.prod(weight.shape)) for weight in self.weights)

    @property
    def path(self) -> str:
        """Where the layer stands in its model: ``"encoder/dense_1"``; its name when it stands alone."""
        return self._path or self.name

    @property
    def trainable(self) -> bool:
        """Whether training changes the weights; setting it sets it for all layers inside too."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        for _, inner in self.sublayers():
            inner.trainable = value

    @property
    def built(self) -> bool:
        """Whether the weights are there; `build` may also be called by hand."""
        return self._built or bool(self._specs)

    @built.setter
    def built(self, value: bool) -> None:
        self._built = value

    # Its place in a model.

    def adopt(self) -> None:
        """Tell the layers inside their path and seed."""
        if self._seed is None:
            self._seed = rng.fresh_seed()
        for segment, inner in self.sublayers():
            if not inner.built:
                inner._seed = self._seed
                inner._path = f"{self._path}/{segment}".lstrip("/")
                inner.adopt()

    def claim(self, path: str, seed: int) -> None:
        """Take a place in a model; weights that are still as this layer alone drew them are drawn from the model's seed.

        A layer that has a place in a model already keeps it, and its weights: models may share layers.
        """
        if not self._path:
            self._settle(path, seed, draw=self._may_be_drawn())

    def _may_be_drawn(self) -> bool:
        return all(layer._is_as_drawn() for layer in self.walk())

    def _settle(self, path: str, seed: int, *, draw: bool) -> None:
        self._path = path
        if draw:
            self._seed = seed
            for name, (initializer, first) in list(self._starts.items()):
                shape, dtype = first().shape, first().dtype
                value = first_value(initializer, shape, dtype, seed, f"{path}/{name}")
                self._starts[name] = (initializer, weakref.ref(value))
                setattr(self, name, value)
        for segment, inner in self.sublayers():
            inner._settle(f"{path}/{segment}", seed, draw=draw)

    def _is_as_drawn(self) -> bool:
        return all(getattr(self, name) is first() for name, (_, first) in self._starts.items())

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.host_only and not isinstance(value, jax.Array | np.ndarray) and not self.is_private():
            count_change()
        specs = self.__dict__.get("_specs")
        if specs and isinstance(value, jax.Array):
            if name in specs and not specs[name].trainable and isinstance(value, Tracer) and not self.is_private():
                return  # a new running state inside grad or jit, of a layer that is not the transformation's own copy
            for known in specs:
                if known != name and self.__dict__.get(known) is value:  # self.w = self.add_weight("kernel", ...)
                    specs[name] = specs.pop(known)
                    self._starts[name] = self._starts.pop(known)
                    del self.__dict__[known]
                    break
        object.__setattr__(self, name, value)


def _by_name(kind: str, given: Any) -> Any:
    """The initializer, regularizer or constraint of this name, or as it was given."""
    return upward(kind)(given) if isinstance(given, str | dict) else given
