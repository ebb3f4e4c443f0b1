"""The layer: a plain Python object that JAX can look into.

Its weights and running state are arrays held by name; everything else is static configuration, compared by value.
Every subclass is a pytree, so ``jax.grad(lambda layer: loss(layer(x), y))(layer)`` works on any layer or model.
"""

import inspect
from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar, Self

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation import context, precision
from glassnet.foundation.errors import ConfigError, NotBuiltError
from glassnet.foundation.registry import Configurable, Registry, did_you_mean, parameters, serialize, snake_case
from glassnet.foundation.shapes import InputSpec
from glassnet.foundation.symbolic import Step, SymbolicArray, record, symbolic_in, traced
from glassnet.foundation.types import Array, Config, Shape
from glassnet.foundation.weights import WeightHolder

layer_registry: Registry[type["Layer"]] = Registry("layer")


class Layer(WeightHolder, Configurable):
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
        dtype: the type of its weights, or a policy: ``"mixed_bfloat16"`` computes in bfloat16 with weights in float32, here
            and in the layers inside that say nothing else. ``"float32"`` by default.
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
    #: False for a layer whose inputs and weights a mixed policy leaves alone: models, and what takes whole numbers.
    autocast: ClassVar[bool] = True
    #: True for one that computes in float32 under a mixed policy too, such as normalization.
    full_precision: ClassVar[bool] = False
    host_only: ClassVar[frozenset[str]] = WeightHolder.host_only | {"_call_losses", "_draws", "_named", "_steps"}
    fresh: ClassVar[dict[str, Any]] = WeightHolder.fresh | {
        "_call_losses": (),
        "_draws": 0,
        "_named": True,
        "_steps": (),
    }
    not_configured: ClassVar[frozenset[str]] = frozenset({"input_shape", "input_dim", "activity_regularizer"})
    _accepts: ClassVar[frozenset[str]] = frozenset()
    _first: ClassVar[str] = "inputs"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        names = list(inspect.signature(cls.call).parameters)
        cls._accepts, cls._first = frozenset(names), names[1] if len(names) > 1 else ""

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
        policy = precision.policy_from(dtype)
        super().__init__(
            name or snake_case(type(self).__name__), trainable, "float32" if policy is None else policy.variable_dtype
        )
        self._precision = policy
        self.input_spec: InputSpec | None = None
        self.activity_regularizer = activity_regularizer
        if input_dim is not None:
            input_shape = (input_dim,)
        self.declared_shape: Shape | None = tuple(input_shape) if input_shape is not None else None
        self._named = name is not None
        self._call_losses: list[Array] = []
        self._draws = 0
        self._steps: list[Step] = []  # the calls with symbolic arrays

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
        config |= self._policy_config()
        if self.declared_shape is not None:
            config["input_shape"] = list(self.declared_shape)
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = serialize(self.activity_regularizer)
        return config

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """The layer that `get_config` described; one that said no type keeps to float32 under a global policy too."""
        if config.get("dtype") == "float32" and precision.policy_from(None) is None:
            config = {name: value for name, value in config.items() if name != "dtype"}
        return super().from_config(config)

    def _policy_config(self) -> Config:
        policy = self._precision
        return {} if policy is None else {"dtype": {"class_name": "DTypePolicy", "config": policy.get_config()}}

    # What a caller uses.

    def __call__(self, *args: Any, training: bool | None = None, key: Array | None = None, **kwargs: Any) -> Any:
        """Build on first use, check the input's shape, and compute. With symbolic arrays, note the call in their graph.

        Args:
            *args: the inputs, arrays with the batch first.
            training: whether this is a training pass; inherited from the outer call by default, else False.
            key: a random key for the layers that draw, such as Dropout; inherited likewise.
            **kwargs: passed on to `call`.

        Raises:
            ShapeError: the input does not fit; the message names layer, axis, expected and received.
        """
        if not args and self._first in kwargs:
            args = (kwargs.pop(self._first),)
        if symbolic_in((args, kwargs)):
            return self._noted_call(args, kwargs if training is None else {**kwargs, "training": training})
        outer = context.current() or context.Call()
        call = outer.varied(training, key, self._precision)
        with context.entered(call):
            args = jax.tree.map(_as_array, args)
            short = None if call.precision is None or not self.autocast else precision.short_type(call.precision)
            if short is None and self.autocast and self.dtype == "float32":
                args, kwargs = precision.at_least_float32((args, kwargs))
            self._ready(args)
            self.__dict__["_call_losses"] = []
            if "training" in self._accepts:
                kwargs["training"] = call.training
            mask = kwargs.pop("mask", None)
            if mask is None and args:
                mask = _masks_on(args[0])
            if "mask" in self._accepts:
                kwargs["mask"] = mask
            compute = (
                partial(self.call, *args, **kwargs)
                if short is None
                else partial(precision.computed_short, self, short, self.call, args, kwargs)
            )
            outputs = compute() if call.observer is None else call.observer.around(self, args, kwargs, compute)
            if mask is not None or type(self).compute_mask is not Layer.compute_mask:
                self._note_mask(outputs, self.compute_mask(args[0], mask))
            if self.activity_regularizer is not None:
                # Keras's rule: the penalty is the batch's mean, so that it does not grow with the batch.
                self.add_loss(self._activity_penalty(outputs))
            return outputs

    def add_loss(self, loss: Array) -> None:
        """Add a scalar to the training loss of the call in progress."""
        self._call_losses.append(loss)

    def draw_key(self, probe: Any) -> Array:
        """A fresh random key for this layer and this draw; `probe` is the array being worked on."""
        self.__dict__["_draws"] += 1
        return context.draw_key(self.path, getattr(self, "seed", None), self._draws, probe)

    @property
    def losses(self) -> list[Array]:
        """The penalties of regularizers, and those added in the last call, of this layer and all inside it."""
        found: list[Array] = []
        for layer in self.walk():
            found += layer._penalties()
            found += layer._call_losses
        return found

    @property
    def call_losses(self) -> list[Array]:
        """The losses that this layer itself added in its last call."""
        return self._call_losses

    @property
    def compiler_hints(self) -> frozenset[str]:
        """What the compiler's options depend on: ``"channels"`` for convolutions of many, ``"fusion"`` for chains of gates."""
        return frozenset()

    @property
    def input(self) -> Any:
        """The symbolic arrays that the layer was first called with: one, or a list."""
        return self._first_step().inputs

    @property
    def output(self) -> Any:
        """The symbolic arrays that its first such call gave: ``Model(model.input, layer.output)`` looks into a model."""
        return self._first_step().outputs

    @property
    def dtype_policy(self) -> precision.DTypePolicy:
        """The types of its weights and of its computing, as far as this layer itself says."""
        return self._precision or precision.DTypePolicy(self.dtype)

    @property
    def compute_dtype(self) -> str:
        """The type that it computes in on a device that is faster with it."""
        return self.dtype_policy.compute_dtype

    @property
    def variable_dtype(self) -> str:
        """The type of its weights."""
        return self.dtype

    # For networks of one program that differ in a number.

    def loose_numbers(self) -> dict[str, float]:
        """The settings in which networks of one program may differ: for each the number that `call` works with.

        ``call`` then asks `own` for it first; see `training.loosening`.
        """
        return {}

    def own(self, name: str) -> Any:
        """The number that stands in for the setting `name` in such a network; None in every other."""
        return self.__dict__.get("_own", {}).get(name)

    # How it works inside.

    def _penalties(self) -> list[Array]:
        """What the weights' regularizers add to the loss."""
        found = []
        for name, spec in self._specs.items():
            if spec.regularizer is not None:
                own = self.own(f"{name}_regularizer")
                found.append(spec.regularizer(getattr(self, name), *(() if own is None else (own,))))
        return found

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

    def _noted_call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Build for symbolic arrays, and give those that the call leads to."""
        self._ready(args)
        step = record(self, args, kwargs, self._outline(args, kwargs))
        self._steps.append(step)
        return step.outputs

    def _outline(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The shapes and types of the outputs, from `compute_output_shape` where that is enough, else by tracing."""
        told = type(self).compute_output_shape is not Layer.compute_output_shape
        plain = len(args) == 1 and set(kwargs) <= {"training"}
        if not told or not plain or any(a.dtype != self.dtype for a in symbolic_in(args)):
            outputs = traced(self, args, kwargs)
            self._forget_call()
            return outputs
        shapes = self.compute_output_shape(jax.tree.map(lambda a: a.shape, args[0]))
        if not all(layer.built for layer in self.walk()):
            traced(self, args, kwargs)
            self._forget_call()
        return jax.tree.map(lambda shape: SymbolicArray(shape, self.dtype), shapes, is_leaf=is_shape)

    def _forget_call(self) -> None:
        for layer in self.walk():
            layer.__dict__["_call_losses"] = []

    def _first_step(self) -> Step:
        if not self._steps:
            raise NotBuiltError(
                f"Layer {self.path!r} expected to have been called with an Input. Received no such call yet. Call it: "
                f"{type(self).__name__}(...)(Input((columns,)))."
            )
        return self._steps[0]

    def _note_mask(self, outputs: Any, mask: Any) -> None:
        if mask is not None and isinstance(outputs, jax.Array):
            context.note(outputs, mask=mask)

    def _activity_penalty(self, outputs: Any) -> Array:
        leaves = jax.tree.leaves(outputs)
        return jnp.sum(jnp.stack([self.activity_regularizer(_wide(leaf)) / leaf.shape[0] for leaf in leaves]))

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


def _as_array(value: Any) -> Any:
    if isinstance(value, jax.Array):
        return value
    if isinstance(value, np.ndarray | np.generic | int | float) and np.asarray(value).dtype == np.float64:
        return jnp.asarray(value, jnp.float32)
    return jnp.asarray(value) if isinstance(value, np.ndarray | np.generic | int | float | bool) else value


def _wide(array: Array) -> Array:
    return array.astype(jnp.promote_types(array.dtype, jnp.float32))


def _traced_shape(layer: Layer, input_shape: Any) -> Any:
    inputs = jax.tree.map(lambda shape: SymbolicArray(tuple(shape)), input_shape, is_leaf=is_shape)
    shapes = jax.tree.map(lambda output: output.shape, traced(layer, (inputs,), {}))
    layer._forget_call()
    return shapes


def is_shape(value: Any) -> bool:
    """Whether `value` is one shape, rather than a list or dict of them."""
    return isinstance(value, tuple | list) and all(size is None or isinstance(size, int) for size in value)
