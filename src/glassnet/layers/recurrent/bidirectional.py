"""A recurrent layer in both directions."""

from typing import Any, ClassVar

import jax
import jax.numpy as jnp

from glassnet.foundation import context
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import Layer, is_shape, layer_registry
from glassnet.foundation.registry import freeze
from glassnet.foundation.types import Array

_MERGES = ("concat", "sum", "ave", "mul", None)


@layer_registry.register()
class Bidirectional(Layer):
    """y = merge(forward(x), backward(x)): one layer reads the sequence from its start, another one from its end.

    Each step then sees what comes after it too; so it is for whole sequences, not for telling what comes next.

    Args:
        layer: a recurrent layer; two new ones are made like it, with weights of their own.
        merge_mode: how the two outputs become one: ``"concat"`` (side by side), ``"sum"``, ``"ave"`` (their mean), ``"mul"``
            (their product), or None for both, as a tuple.
        backward_layer: the layer from the end, with ``go_backwards=True``; by default one like `layer`.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, T, D), mask (B, T), output (B, 2U) or (B, T, 2U) with ``"concat"``, else (B, U) or (B, T, U). With the
        layer's `return_state`, the states of both after it. Where `return_sequences` is set, steps that do not count put out
        zeros.

    Raises:
        ConfigError: no recurrent layer, another `merge_mode`, or two layers that do not belong together.
        ShapeError: as the layers.

    Example:
        >>> import numpy as np
        >>> from glassnet.layers import LSTM
        >>> Bidirectional(LSTM(4, return_sequences=True))(np.ones((2, 5, 3))).shape
        (2, 5, 8)

    Reference:
        Schuster & Paliwal (1997), Bidirectional recurrent neural networks.
    """

    supports_masking: ClassVar[bool] = True

    def __init__(
        self, layer: Any, merge_mode: str | None = "concat", *, backward_layer: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if merge_mode not in _MERGES:
            raise ConfigError(
                f"Bidirectional expected `merge_mode` as one of {', '.join(map(repr, _MERGES))}. Received {merge_mode!r}. Pass "
                f"'concat' to have both outputs side by side."
            )
        self.merge_mode = merge_mode
        self.forward_layer = _like(_recurrent(layer), "forward", go_backwards=layer.go_backwards)
        self.backward_layer: Any = (
            _like(layer, "backward", go_backwards=not layer.go_backwards)
            if backward_layer is None
            else _recurrent(backward_layer)
        )
        self._check_pair()
        for part in (self.forward_layer, self.backward_layer):
            part.zero_output_for_mask = part.return_sequences
        if self.declared_shape is None:
            self.declared_shape = layer.declared_shape

    @property
    def layer(self) -> Any:
        """The layer from the start."""
        return self.forward_layer

    @property
    def return_sequences(self) -> bool:
        """Whether there is an output for each step."""
        return self.forward_layer.return_sequences

    @property
    def return_state(self) -> bool:
        """Whether the states are returned too."""
        return self.forward_layer.return_state

    @property
    def stateful(self) -> bool:
        """Whether each batch starts from the states the last one ended with."""
        return self.forward_layer.stateful

    def build(self, input_shape: Any) -> None:
        """Make the weights of both layers."""
        self.forward_layer.ensure_built(input_shape)
        self.backward_layer.ensure_built(input_shape)

    def call(self, inputs: Array, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:
        """Both outputs merged, and with `return_state` the states of both after them.

        Args:
            inputs: the sequences, (B, T, D).
            initial_state: a list: the first half for the layer from the start, the second for the other one.
            mask: True where a step counts, (B, T).
            training: whether anything is dropped.
        """
        halves: list[dict[str, Any]] = [{}, {}]
        if initial_state is not None:
            half = len(initial_state) // 2
            halves = [{"initial_state": initial_state[:half]}, {"initial_state": initial_state[half:]}]
        y, *states = _parts(self.forward_layer(inputs, mask=mask, training=training, **halves[0]))
        z, *others = _parts(self.backward_layer(inputs, mask=mask, training=training, **halves[1]))
        if self.return_sequences:
            z = z[:, ::-1]
        output = self._merged(y, z)
        if self.return_sequences and mask is not None:
            for array in jax.tree.leaves(output):
                context.note(array, mask=mask)
        if not self.return_state:
            return output
        return (*_parts(output), *states, *others)

    def compute_output_shape(self, input_shape: Any, initial_state_shape: Any = None) -> Any:
        """The layer's output shape, twice as wide with ``"concat"``; two of them where the outputs are not merged."""
        shape, *states = _shapes(self.forward_layer.compute_output_shape(input_shape))
        other, *others = _shapes(self.backward_layer.compute_output_shape(input_shape))
        if self.merge_mode is None:
            return (shape, other, *states, *others)
        if self.merge_mode == "concat":
            shape = (*shape[:-1], shape[-1] + other[-1])
        return (shape, *states, *others) if self.return_state else shape

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The input's mask, where there is an output for each step."""
        return mask if self.return_sequences else None

    def reset_state(self) -> None:
        """Start from zeros at the next batch, where the layers are stateful."""
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    def reset_states(self) -> None:
        """The same as `reset_state`."""
        self.reset_state()

    def _merged(self, y: Array, z: Array) -> Any:
        if self.merge_mode == "concat":
            return jnp.concatenate([y, z], -1)
        if self.merge_mode == "sum":
            return y + z
        if self.merge_mode == "ave":
            return (y + z) / 2
        return y * z if self.merge_mode == "mul" else (y, z)

    def _check_pair(self) -> None:
        one, other = self.forward_layer, self.backward_layer
        if one.go_backwards == other.go_backwards:
            raise ConfigError(
                f"Bidirectional expected layers of different directions. Received go_backwards={one.go_backwards} for both. "
                f"Make the backward layer with go_backwards=True."
            )
        for name in ("return_sequences", "return_state", "stateful"):
            if getattr(one, name) != getattr(other, name):
                raise ConfigError(
                    f"Bidirectional expected two layers with the same `{name}`. Received {getattr(one, name)} and "
                    f"{getattr(other, name)}. Set it to the same in both."
                )

    def _identity(self) -> tuple[Any, ...]:
        return (type(self), freeze(self.get_config()))  # layers compare as objects, their configurations by value


def _recurrent(layer: Any) -> Any:
    wanted = ("go_backwards", "return_sequences", "return_state", "stateful")
    if isinstance(layer, Layer) and all(hasattr(layer, name) for name in wanted) and hasattr(type(layer), "call"):
        return layer
    raise ConfigError(
        f"Bidirectional expected a recurrent layer. Received {layer!r} of type {type(layer).__name__}. Pass LSTM(32), for "
        f"example, or a layer with the attributes {', '.join(wanted)}."
    )


def _like(layer: Any, side: str, *, go_backwards: bool) -> Any:
    """A new layer of the same settings, with weights of its own."""
    config = {**layer.get_config(), "go_backwards": go_backwards}
    config["name"] = f"{side}_{layer.name.removeprefix('forward_').removeprefix('backward_')}"
    return type(layer).from_config(config)


def _parts(outputs: Any) -> list[Any]:
    return list(outputs) if isinstance(outputs, list | tuple) else [outputs]


def _shapes(shapes: Any) -> list[Any]:
    return [shapes] if is_shape(shapes) else list(shapes)
