"""The layer: a plain Python object that JAX can look into.

Its weights and running state are arrays held by name; everything else is static configuration, compared by value.
Every subclass is a pytree, so ``jax.grad(lambda layer: loss(layer(x), y))(layer)`` works on any layer or model.
"""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from glassnet.foundation import context, rng
from glassnet.foundation.errors import ConfigError, NotBuiltError, ShapeError
from glassnet.foundation.registry import Configurable, Registry, did_you_mean, parameters, serialize, snake_case
from glassnet.foundation.shapes import InputSpec, show
from glassnet.foundation.tree import Node, count_change
from glassnet.foundation.types import Array, ArrayLike, Config, HostArray, Shape, Weights

layer_registry: Registry[type["Layer"]] = Registry("layer")


@dataclass(frozen=True)
class WeightSpec:
    """What is known about one weight besides its numbers."""

    trainable: bool = True
    regularizer: Callable[[Array], Array] | None = None
    constraint: Callable[[Array], Array] | None = None


class Layer(Node, Configurable):
    """Base of all layers and models.

    A layer of your own says in ``__init__`` what it holds, in ``build`` which weights it has (once the input's shape is
    known), and in ``call`` what it computes::

        class Scale(Layer):
            def build(self, input_shape):
                self.factor = self.add_weight("factor", (input_shape[-1],), initializer="ones")
            def call(self, x):
                return x * self.factor

    ``call`` may take ``training`` and ``mask``; where the caller does not say, `training` is inherited from the outermost
    call.

    Args:
        name: the layer's name in paths and summaries; its class in snake_case by default.
        trainable: whether the optimizer changes its weights.
        dtype: the type of its weights; ``"float32"`` by default.
        input_shape: the shape of one input without the batch, for a first layer (Keras's shorthand for ``Input``).
        input_dim: the same for inputs of one axis: ``input_dim=30`` is ``input_shape=(30,)``.
        activity_regularizer: a penalty on the output, a regularizer or its name.

    Example:
        >>> import numpy as np
        >>> from glassnet.layers import Dense
        >>> layer = Dense(2, kernel_initializer="ones")
        >>> layer(np.ones((1, 3), "float32")).tolist()
        [[3.0, 3.0]]
        >>> sorted(layer.named_weights())
        ['bias', 'kernel']
    """

    supports_masking: ClassVar[bool] = False
    #: True where a row's output depends on the other rows of its batch (batch normalization): such a layer is never
    #: given padded rows.
    mixes_rows: ClassVar[bool] = False
    #: True where it depends on them outside of training too, as a function of one's own may.
    always_mixes_rows: ClassVar[bool] = False
    #: True where a compiled loop around the layer is slow on the CPU (convolutions): training then runs step by step.
    prefers_steps: ClassVar[bool] = False
    host_only: ClassVar[frozenset[str]] = Node.host_only | {"_call_losses", "_draws", "_seed"}
    fresh: ClassVar[dict[str, Any]] = {"_call_losses": (), "_draws": 0, "_seed": None}
    _accepts: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._accepts = frozenset(inspect.signature(cls.call).parameters)

    def __init__(
        self,
        *,
        name: str | None = None,
        trainable: bool = True,
        dtype: Any = None,
        input_shape: Sequence[int | None] | None = None,
        input_dim: int | None = None,
        activity_regularizer: Any = None,
        **unknown: Any,
    ) -> None:
        if unknown:
            raise _unknown_argument(type(self), next(iter(unknown)))
        if name is not None and (not isinstance(name, str) or "/" in name or not name):
            raise ConfigError(
                f"Expected a layer's name as a string without '/'. Received {name!r}. Choose another name."
            )
        if not isinstance(trainable, bool):
            raise ConfigError(f"Expected `trainable` as True or False. Received {trainable!r}. Pass one of the two.")
        self.name = name or snake_case(type(self).__name__)
        self._trainable = trainable
        self.dtype = _type_name(dtype)
        self._built = False
        self.input_spec: InputSpec | None = None
        self.activity_regularizer = activity_regularizer
        if input_dim is not None:
            input_shape = (input_dim,)
        self.declared_shape: Shape | None = tuple(input_shape) if input_shape is not None else None
        self._named = name is not None
        self._path = ""  # where it stands in a model; empty while it stands alone
        self._specs: dict[str, WeightSpec] = {}
        self._call_losses: list[Array] = []
        self._draws = 0
        self._seed: int | None = None

    # What a subclass writes.

    def build(self, input_shape: Any) -> None:
        """Make the weights for inputs of `input_shape` (batch first, `None` where unknown). Nothing by default."""

    def call(self, inputs: Any) -> Any:
        """Compute the output. Every layer has its own."""
        raise ConfigError(
            f"Expected {type(self).__name__} to define `call(self, inputs)`. Received a class without it. Write the "
            f"method that computes the output."
        )

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The output's shape for an input of `input_shape`, found by tracing `call` unless a subclass knows better."""
        return _traced_shape(self, input_shape)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Which positions of the output count, given the input's mask: the same ones where the layer supports masking."""
        return mask if self.supports_masking else None

    def get_config(self) -> Config:
        """The constructor's arguments as plain data, `name` and what differs from the base's defaults included."""
        config = super().get_config()
        for quiet in ("input_shape", "input_dim", "activity_regularizer"):
            config.pop(quiet, None)
        if self.declared_shape is not None:
            config["input_shape"] = list(self.declared_shape)
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = serialize(self.activity_regularizer)
        return config

    # What a caller uses.

    def __call__(self, *args: Any, training: bool | None = None, key: Array | None = None, **kwargs: Any) -> Any:
        """Build on first use, check the input's shape, and compute.

        Args:
            *args: the inputs, arrays with the batch first.
            training: whether this is a training pass; inherited from the outer call by default, else False.
            key: a random key for the layers that draw, such as Dropout; inherited likewise.
            **kwargs: passed on to `call`.

        Raises:
            ShapeError: the input does not fit; the message names layer, axis, expected and received.
        """
        outer = context.current()
        call = context.Call(bool(training), key) if outer is None else outer
        if outer is not None and (
            (training is not None and bool(training) != outer.training) or (key is not None and key is not outer.key)
        ):
            call = context.Call(
                outer.training if training is None else bool(training),
                outer.key if key is None else key,
                outer.draws,
                outer.notes,
            )
        with context.entered(call):
            args = jax.tree.map(_as_array, args)
            self._ready(args)
            self.__dict__["_call_losses"] = []
            if "training" in self._accepts:
                kwargs["training"] = call.training
            mask = kwargs.pop("mask", None)
            if mask is None and args:
                mask = _masks_on(args[0])
            if "mask" in self._accepts:
                kwargs["mask"] = mask
            outputs = self.call(*args, **kwargs)
            if mask is not None or type(self).compute_mask is not Layer.compute_mask:
                self._note_mask(outputs, self.compute_mask(args[0], mask))
            if self.activity_regularizer is not None:
                # Keras's rule: the penalty is the batch's mean, so that it does not grow with the batch.
                self.add_loss(self._activity_penalty(outputs))
            return outputs

    def add_weight(
        self,
        name: str,
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
            name: the attribute's and the path's name, such as ``"kernel"``.
            shape: its shape.
            initializer: ``callable(shape, dtype) -> array``, such as an initializer; zeros by default.
            dtype: its type; the layer's by default.
            trainable: False for running state, which the layer itself assigns.
            regularizer: ``callable(array) -> scalar`` added to the loss.
            constraint: ``callable(array) -> array`` applied after each update.
        """
        if name in self._specs:
            raise ConfigError(
                f"Layer {self.path!r} expected a new weight's name. Received {name!r}, which it has already. Choose another."
            )
        if self._seed is None:
            self._seed = rng.fresh_seed()
        dtype, path = jnp.dtype(dtype or self.dtype), f"{self._path}/{name}"
        stored = context.stored_weight(path.lstrip("/"), tuple(shape))
        value = (
            _initial(initializer, tuple(shape), dtype, rng.generator(self._seed, path)) if stored is None else stored
        )
        if value.shape != tuple(shape):
            raise ShapeError(
                f"Weight {self.path}/{name} expected an initial value of shape {show(tuple(shape))}; its initializer "
                f"returned {show(value.shape)}. Return an array of the shape it is called with."
            )
        self._specs[name] = WeightSpec(trainable, regularizer, constraint)
        with jax.ensure_compile_time_eval():
            setattr(self, name, jnp.asarray(value, dtype))
        return getattr(self, name)

    def add_loss(self, loss: Array) -> None:
        """Add a scalar to the training loss of the call in progress."""
        self._call_losses.append(loss)

    def draw_key(self, probe: Any) -> Array:
        """A fresh random key for this layer and this draw; `probe` is the array being worked on."""
        self.__dict__["_draws"] += 1
        return context.draw_key(self.path, getattr(self, "seed", None), self._draws, probe)

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

    def locate_weights(self) -> Iterator[tuple[str, "Layer", str, bool]]:
        """Each weight as (path, layer that holds it, attribute, does it train)."""
        seen: set[int] = set()

        def visit(layer: Layer, prefix: str, trains: bool) -> Iterator[tuple[str, Layer, str, bool]]:
            if id(layer) in seen:
                return
            seen.add(id(layer))
            trains = trains and layer.trainable
            specs = layer._specs.items()
            for wanted in (True, False):
                yield from ((prefix + n, layer, n, trains and wanted) for n, s in specs if s.trainable is wanted)
            for segment, inner in layer.sublayers():
                yield from visit(inner, f"{prefix}{segment}/", trains)

        return visit(self, "", True)

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
    def losses(self) -> list[Array]:
        """The penalties of regularizers, and those added in the last call, of this layer and all inside it."""
        found: list[Array] = []
        for layer in self.walk():
            found += [s.regularizer(getattr(layer, n)) for n, s in layer._specs.items() if s.regularizer is not None]
            found += layer._call_losses
        return found

    @property
    def call_losses(self) -> list[Array]:
        """The losses that this layer itself added in its last call."""
        return self._call_losses

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

    # How it works inside.

    def _ready(self, args: tuple[Any, ...]) -> None:
        if not self.built and args:
            self.ensure_built(jax.tree.map(lambda a: a.shape, args[0]))
        if self.input_spec is not None and args and hasattr(args[0], "shape"):
            self.input_spec.check(self.path, args[0].shape)

    def ensure_built(self, input_shape: Any) -> None:
        """Build once: name what is inside, make the weights, name what `build` added."""
        if self.built:
            return
        self.adopt()
        self.build(input_shape)
        self.built = True
        self.adopt()

    def build_all(self, input_shape: Any) -> None:
        """Build, and trace one call where layers inside are made by their first input, so that every weight is there."""
        self.ensure_built(input_shape)
        if not all(layer.built for layer in self.walk()):
            _traced_shape(self, input_shape)

    def adopt(self) -> None:
        """Tell the layers inside their path and seed."""
        if self._seed is None:
            self._seed = rng.fresh_seed()
        for segment, inner in self.sublayers():
            if not inner.built:
                inner._seed = self._seed
                inner._path = f"{self._path}/{segment}".lstrip("/")
                inner.adopt()

    def _note_mask(self, outputs: Any, mask: Any) -> None:
        if mask is not None and isinstance(outputs, jax.Array):
            context.note(outputs, mask=mask)

    def _activity_penalty(self, outputs: Any) -> Array:
        leaves = jax.tree.leaves(outputs)
        return jnp.sum(jnp.stack([self.activity_regularizer(leaf) / leaf.shape[0] for leaf in leaves]))

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
                    del self.__dict__[known]
                    break
        object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        if "_specs" not in self.__dict__ and not name.startswith("__"):
            raise ConfigError(
                f"{type(self).__name__} has no attribute {name!r}: Layer.__init__ has not run. Call super().__init__() "
                f"first in {type(self).__name__}.__init__."
            )
        raise AttributeError(f"{type(self).__name__} {self.__dict__.get('name', '')!r} has no attribute {name!r}")

    # A layer is itself and no other, however alike their settings are.
    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


def _masks_on(inputs: Any) -> Any:
    """The mask that travels with an input, or a list of them with a list of inputs; None where there is none."""
    if isinstance(inputs, list | tuple):
        masks = [context.noted(item, "mask") for item in inputs]
        return masks if any(mask is not None for mask in masks) else None
    return context.noted(inputs, "mask")


def _unknown_argument(cls: type, argument: str) -> ConfigError:
    known = [name for name, _ in parameters(cls)]
    return ConfigError(
        f"{cls.__name__} has no argument {argument!r}{did_you_mean(argument, known) or '.'} Pass some of these: "
        f"{', '.join(known)}. Received another one."
    )


def _type_name(dtype: Any) -> str:
    try:
        return jnp.dtype(dtype or "float32").name
    except TypeError:
        raise ConfigError(
            f"Expected the type of a layer's weights, such as 'float32' or 'bfloat16'. Received {dtype!r}. Leave it out for "
            f"float32."
        ) from None


def _initial(initializer: Any, shape: tuple[int, ...], dtype: np.dtype, generator: np.random.Generator) -> HostArray:
    if initializer is None:
        return np.zeros(shape, dtype)
    draw = getattr(initializer, "draw", None)
    if draw is not None and getattr(initializer, "seed", None) is None:
        return np.asarray(draw(shape, generator)).astype(dtype)
    return np.asarray(initializer(shape, dtype=dtype))


def _as_array(value: Any) -> Any:
    if isinstance(value, jax.Array):
        return value
    if isinstance(value, np.ndarray | np.generic | int | float) and np.asarray(value).dtype == np.float64:
        return jnp.asarray(value, jnp.float32)
    return jnp.asarray(value) if isinstance(value, np.ndarray | np.generic | int | float | bool) else value


def _traced_shape(layer: Layer, input_shape: Any) -> Any:
    """Trace `call` for two sizes of what is unknown; an output axis that differs between them is unknown too."""

    def trace(unknown: int) -> Any:
        specs = jax.tree.map(
            lambda shape: jax.ShapeDtypeStruct([unknown if s is None else s for s in shape], jnp.float32),
            input_shape,
            is_leaf=is_shape,
        )
        return jax.eval_shape(lambda x: layer(x), specs)

    first, second = trace(2), trace(3)
    return jax.tree.map(
        lambda a, b: tuple(x if x == y else None for x, y in zip(a.shape, b.shape, strict=True)), first, second
    )


def is_shape(value: Any) -> bool:
    """Whether `value` is one shape, rather than a list or dict of them."""
    return isinstance(value, tuple | list) and all(size is None or isinstance(size, int) for size in value)
