"""Layers in a row."""

from collections.abc import Iterator, Sequence
from typing import Any, Self

from glassnet.foundation.errors import ConfigError, NotBuiltError, ShapeError
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.registry import serialize
from glassnet.foundation.shapes import InputSpec, show
from glassnet.foundation.symbolic import Step, SymbolicArray, symbolic_in
from glassnet.foundation.types import Config
from glassnet.layers import InputLayer
from glassnet.models.graph import revived
from glassnet.models.model import Model


@layer_registry.register()
class Sequential(Model):
    """y = layer_n(... layer_2(layer_1(x))): layers in a row, each with one input and one output.

    It is built at once when it starts with an ``Input`` (or its first layer has an ``input_shape``), else when it first
    sees data.

    Args:
        layers: the layers; more can be added with `add`.
        trainable: whether training changes its weights.
        name: its name.
        seed: fixes initial weights, order of rows and dropout.
        dtype: ``"mixed_bfloat16"`` lets all layers that say nothing else compute in bfloat16.

    Example:
        >>> from glassnet import Input
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((30,)), Dense(16, activation="relu"), Dense(1, activation="sigmoid")])
        >>> model.output_shape, model.count_params()
        ((None, 1), 513)

    Reference:
        Chollet, *Deep Learning with Python* (2021), section 7.2.
    """

    host_only = Model.host_only | {"_input", "_wired"}
    fresh = Model.fresh | {"_input": None, "_wired": ()}

    def __init__(
        self,
        layers: Sequence[Any] | None = None,
        trainable: bool = True,
        name: str | None = None,
        seed: int | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(trainable=trainable, name=name, seed=seed, dtype=dtype)
        self._chain: list[Layer] = []
        self._input: SymbolicArray | None = None
        self._wired: list[tuple[Layer, SymbolicArray]] = []  # what each layer makes of the input
        if layers is not None and not isinstance(layers, list | tuple):
            layers = [layers]
        for layer in layers or []:
            self._append(layer)
        self._build_if_known()

    def add(self, layer: Any, rebuild: bool = True) -> None:
        """Add a layer at the end; with a known input shape its weights are made at once.

        Raises:
            ConfigError: not a layer, or an explicit name that is taken.
        """
        self._append(layer)
        if rebuild:
            self._build_if_known()

    def pop(self, rebuild: bool = True) -> Layer:
        """Remove the last layer and return it."""
        if not self._chain:
            raise ConfigError("pop expected at least one layer; received an empty Sequential. Add layers first.")
        layer = self._chain[-1]
        self._chain = self._chain[:-1]
        if self._ends is not None:
            self._wire(self._ends[0])
        return layer

    @property
    def chain(self) -> list[Layer]:
        """The layers in the order they are called."""
        return list(self._chain)

    @property
    def layers(self) -> list[Layer]:
        """The layers in order, without the input."""
        return [layer for layer in self._chain if not isinstance(layer, InputLayer)]

    def steps(self) -> list[Step]:
        """The layers' calls, in order; none before the input's shape is known."""
        return [step for _, array in self._wired if (step := symbolic_in(array)[0].origin) is not None]

    def output_layers(self) -> dict[str, Layer | None]:
        """The last layer, by its name."""
        return {layer.name: layer for layer in self._chain[-1:]}

    def build(self, input_shape: Any = None) -> None:
        """Make the weights of every layer for inputs of `input_shape`, batch first."""
        shape = self._input.shape if input_shape is None and self._input is not None else input_shape
        if shape is None:
            raise NotBuiltError(_not_built(self.name, "input shape"))
        if self._input is None:
            self._input = SymbolicArray((None, *shape[1:]))
        self.input_spec = InputSpec(len(shape), axes={i: s for i, s in enumerate(shape) if i and s is not None})
        self.adopt()
        self._wire(self._input)
        self.built = True

    def _wire(self, array: SymbolicArray) -> None:
        """Call each layer with what the one before gives, from the first that is not wired yet."""
        for index, layer in enumerate(self._chain):
            if self._wired[index : index + 1] and self._wired[index][0] is layer:
                array = self._wired[index][1]
                continue
            array = layer(array)
            self._wired = [*self._wired[:index], (layer, array)]
            if _impossible(array):
                raise ShapeError(
                    f"Layer {layer.path!r} expected an input large enough to leave at least one number; its output would have "
                    f"shape {show(array.shape)}. Use a smaller kernel, stride or pool, or larger inputs."
                )
        self._wired = self._wired[: len(self._chain)]
        self._ends = (self._input, array)

    def call(self, inputs: Any) -> Any:
        """Each layer in turn."""
        if not self._chain:
            raise ConfigError(
                f"Sequential {self.name!r} expected at least one layer before it is called; received none. Give it layers: "
                f"Sequential([Dense(1)])."
            )
        for layer in self._chain:
            inputs = layer(inputs)
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The last layer's output shape."""
        for layer in self._chain:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    def sublayers(self) -> Iterator[tuple[str, Layer]]:
        """The layers by name."""
        return ((layer.name, layer) for layer in self._chain)

    def get_config(self) -> Config:
        """Name, layers and the input's shape as plain data."""
        config: Config = {
            "name": self.name,
            "trainable": self.trainable,
            **self._policy_config(),
            "layers": [serialize(la) for la in self._chain],
        }
        if self._input is not None:
            config["build_input_shape"] = list(self._input.shape)
            config["build_input_dtype"] = self._input.dtype
        return config

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """The model that `get_config` described, with new weights."""
        model = cls(name=config.get("name"), trainable=config.get("trainable", True), dtype=config.get("dtype"))
        for layer in config["layers"]:
            model._append(revived(layer, layer["config"].get("name", "")))
        if config.get("build_input_shape") is not None:
            model._input = SymbolicArray(tuple(config["build_input_shape"]), config.get("build_input_dtype", "float32"))
        model._build_if_known()
        return model

    def _append(self, layer: Any) -> None:
        if isinstance(layer, SymbolicArray):
            if self._chain or self._input is not None:
                raise ConfigError(
                    f"Sequential expected Input as the first entry; received it after {len(self._chain)} layers. "
                    f"Move it to the front."
                )
            self._input = layer
            return
        if not isinstance(layer, Layer):
            raise ConfigError(
                f"Sequential expected layers; received {layer!r} of type {type(layer).__name__}. Pass objects such as Dense(16)."
            )
        if self.built and self._input is not None and layer in self._chain:
            raise ConfigError(
                f"Sequential expected a layer that it does not hold yet. Received {layer.name!r} a second time. Make a second "
                f"layer for a second place."
            )
        self._name(layer)
        self._chain = [*self._chain, layer]
        if isinstance(layer, InputLayer):
            self._input = SymbolicArray(layer.batch_shape, layer.dtype, layer.name)
        elif self._input is None and len(self._chain) == 1:
            self._input = _declared(layer)

    def _name(self, layer: Layer) -> None:
        taken = {other.name for other in self._chain if other is not layer}
        if layer.name not in taken:
            return
        if layer._named:
            raise ConfigError(
                f"Sequential expected layers of different names; received a second {layer.name!r}. Give one of them another name."
            )
        base, number = layer.name.rstrip("0123456789").rstrip("_") or layer.name, 1
        while f"{base}_{number}" in taken:
            number += 1
        layer.name = f"{base}_{number}"

    def _build_if_known(self) -> None:
        if self._input is not None and self._chain:
            self.build(self._input.shape)


def _declared(layer: Layer) -> SymbolicArray | None:
    if isinstance(layer, Sequential) and layer._input is not None:
        return layer._input
    if layer.declared_shape is not None:
        return SymbolicArray((None, *layer.declared_shape))
    return None


def _impossible(output: Any) -> bool:
    return any(size is not None and size < 1 for array in symbolic_in(output) for size in array.shape)


def _not_built(name: str, what: str) -> str:
    return (
        f"Model {name!r} expected an {what} and has received none yet. Start it with Input((columns,)), call "
        f"model.build((None, columns)), or fit it."
    )
