"""The base of the layers that go through a sequence with a cell."""

from dataclasses import dataclass
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
from jax.core import Tracer

from glassnet.foundation import context
from glassnet.foundation.errors import ShapeError
from glassnet.foundation.layer import Layer
from glassnet.foundation.shapes import InputSpec, show
from glassnet.foundation.types import Array, Shape
from glassnet.layers.recurrent.states import given_states, step_shapes, zero_states
from glassnet.layers.recurrent.sweep import keep, over_time


@dataclass(frozen=True)
class SequenceSpec(InputSpec):
    """An `InputSpec` for (B, T, D) that knows the usual mistakes: no feature axis, pictures, swapped axes."""

    def _error(self, layer: str, shape: Shape, expected: str, received: str) -> ShapeError:
        features = self.axes.get(2)
        if len(shape) == 2:
            hint = (
                "A missing feature axis? Pass x[..., None], (batch, steps, 1), for one number a step; or x[None], if it is "
                "one sequence without the batch."
            )
        elif len(shape) > 3:
            hint = "For a picture at each step, put TimeDistributed(Flatten()) before it, or use ConvLSTM2D."
        elif len(shape) == 3 and shape[1] == features:
            hint = "Features before steps? Pass np.moveaxis(x, 1, 2): the features come last."
        else:
            hint = "Pass sequences with the features it was built for, or build a new model."
        return ShapeError(
            f"Layer {layer!r} expected {expected}, (batch, steps, features{'' if features is None else f'={features}'}); "
            f"received {received}, in an input of shape {show(shape)}. {hint}"
        )


class Recurrence(Layer):
    """y_t, s_t = cell(x_t, s_{t-1}), t = 1 ... T: the base of `RNN`, and of the layers that are a cell themselves.

    Args:
        return_sequences: whether the output is y_1 ... y_T rather than y_T.
        return_state: whether s_T is returned too: (output, state, ...).
        go_backwards: whether it starts at the end; the outputs then come in that order, y_T first.
        stateful: whether each batch starts from the states the last one ended with, row by row, until `reset_state`. The
            number of rows is then fixed: by ``Input(batch_shape=...)``, or by the first batch the layer is called with.
        unroll: whether the steps are compiled one by one: slower to compile, at times faster to run for a few steps.
        zero_output_for_mask: whether a step that does not count puts out zeros rather than the output before it.
        **kwargs: as in every `Layer`.
    """

    full_precision = True

    supports_masking: ClassVar[bool] = True
    #: The number of axes of an input, batch and steps included; at least 3 where None.
    axes: ClassVar[int | None] = 3

    def __init__(
        self,
        *args: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.return_sequences = bool(return_sequences)
        self.return_state = bool(return_state)
        self.go_backwards = bool(go_backwards)
        self.stateful = bool(stateful)
        self.unroll = bool(unroll)
        self.zero_output_for_mask = bool(zero_output_for_mask)
        self.input_spec = self.spec()
        #: The states the last batch ended with, where the layer is stateful: no weights, and not saved.
        self.states: list[Any] | None = None
        if self.stateful:
            vars(self)["always_mixes_rows"] = True  # a row filled up would leave a state behind

    def spec(self, built_for: Shape = ()) -> InputSpec:
        """What is expected of an input, its last size included once that is known."""
        sizes = {len(built_for) - 1: built_for[-1]} if built_for and built_for[-1] is not None else {}
        return SequenceSpec(ndim=3, axes=sizes) if self.axes == 3 else InputSpec(min_ndim=3, axes=sizes)

    def build(self, input_shape: Shape) -> None:
        """Make the cell's weights, for inputs (B, T, ...)."""
        self.spec().check(self.path, tuple(input_shape))
        self.build_cell((input_shape[0], *input_shape[2:]))
        self.input_spec = self.spec(tuple(input_shape))
        if self.stateful and input_shape[0] is not None and context.current() is None:
            self.states = zero_states(self.cell, input_shape[0])

    def build_cell(self, step_shape: Shape) -> None:
        """Make the cell's weights, for steps (B, ...)."""
        self.cell.ensure_built(step_shape)

    def call(self, inputs: Array, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:
        """The outputs, and with `return_state` the states after the last step.

        Args:
            inputs: the sequences, (B, T, ...).
            initial_state: s_0, an array or a list of them; zeros by default, or the last states where stateful.
            mask: True where a step counts, (B, T): the others leave the states as they are.
            training: whether anything is dropped.
        """
        states = self._first_states(inputs, initial_state)
        mask = self._checked_mask(mask, inputs)
        x = jnp.swapaxes(inputs, 0, 1)  # (T, B, ...)
        counts = None if mask is None else mask.T
        if self.go_backwards:
            x, counts = x[::-1], None if counts is None else counts[::-1]
        every, last, states = sweep(
            self.cell, x, states, counts, whole=self.return_sequences, unroll=self.unroll, training=training
        )
        self._keep_states(states)
        if self.zero_output_for_mask and counts is not None:
            every = None if every is None else jax.vmap(_or_zero)(counts, every)
            last = _or_zero(counts[-1], last)
        output = last if every is None else jnp.swapaxes(every, 0, 1)  # (B, T, ...)
        if not self.return_state:
            return output
        context.note(output, mask=self.compute_mask(inputs, mask))
        return (output, *states)

    def compute_output_shape(self, input_shape: Any, initial_state_shape: Any = None) -> Any:
        """(B, U), or (B, T, U) with `return_sequences`; with `return_state` those of the states after it."""
        self.spec().check(self.path, tuple(input_shape))
        batch, steps = input_shape[:2]
        output, states = step_shapes(self.cell, (batch, *input_shape[2:]))
        shape = (batch, steps, *output[1:]) if self.return_sequences else output
        return (shape, *states) if self.return_state else shape

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The input's mask, in the order of the outputs, where there is an output for each step."""
        if mask is None or not self.return_sequences:
            return None
        return mask[:, ::-1] if self.go_backwards else mask

    @property
    def state_rows(self) -> int | None:
        """The number of rows that states are kept for, which every batch must have; None where none are kept."""
        return None if self.states is None else jax.tree.leaves(self.states)[0].shape[0]

    def reset_state(self) -> None:
        """Start from zeros at the next batch; the number of rows stays fixed."""
        if self.states is not None:
            self.states = jax.tree.map(jnp.zeros_like, self.states)

    def reset_states(self) -> None:
        """The same as `reset_state`."""
        self.reset_state()

    def _first_states(self, inputs: Array, given: Any) -> list[Any]:
        zeros = zero_states(self.cell, inputs.shape[0])
        if self.stateful:
            self._fix_rows(inputs, zeros)
        if given is not None:
            return given_states(given, zeros, layer=self.path)
        return zeros if self.states is None else self.states

    def _fix_rows(self, inputs: Array, zeros: list[Any]) -> None:
        """Keep states for as many rows as this batch has, or check that it has as many as states are kept for."""
        if self.states is None:
            if isinstance(inputs, Tracer):
                raise ShapeError(
                    f"Layer {self.path!r} expected a fixed number of rows, since it keeps a state for each (stateful=True). "
                    f"Received a batch of unknown size. Start the model with Input(batch_shape=(32, steps, features)), or call "
                    f"the layer once on a batch of the size meant."
                )
            self.states = zeros
        if self.state_rows != inputs.shape[0]:
            raise ShapeError(
                f"Layer {self.path!r} expected batches of {self.state_rows} rows, since it keeps a state for each "
                f"(stateful=True). Received {inputs.shape[0]}, in an input of shape {show(inputs.shape)}. Pass batches of "
                f"{self.state_rows} rows, or build a new layer and set its weights; reset_state() forgets the states, but not "
                f"their number."
            )

    def _keep_states(self, states: list[Any]) -> None:
        if not self.stateful or (not self.is_private() and any(isinstance(s, Tracer) for s in jax.tree.leaves(states))):
            return  # a transformation's private copy keeps traced states; the layer itself must not
        self.states = jax.tree.map(jax.lax.stop_gradient, states)

    def _checked_mask(self, mask: Any, inputs: Array) -> Array | None:
        if mask is None:
            return None
        mask = jnp.asarray(mask).astype(bool)
        mask = jnp.any(mask, -1) if mask.ndim == 3 else mask
        if mask.shape != inputs.shape[:2]:
            raise ShapeError(
                f"Layer {self.path!r} expected a mask of shape {show(inputs.shape[:2])}, one True or False for each step. "
                f"Received shape {show(mask.shape)}. Pass mask=(x != filler).any(-1), for example."
            )
        return mask


def sweep(
    cell: Any, x: Array, states: Any, counts: Array | None, *, whole: bool, unroll: bool, training: bool
) -> tuple[Array | None, Array, Any]:
    """All steps with a cell, time first; see `over_time`. A cell that knows a faster way through a sequence goes it."""
    faster = getattr(cell, "sweep", None)
    if faster is not None:
        return faster(x, states, counts, whole=whole, unroll=unroll, training=training)

    def step(x: Array, states: Any) -> tuple[Array, Any]:
        y, new = cell(x, states, training=training)
        return y, list(new) if isinstance(new, list | tuple) else [new]

    return over_time(step, x, list(states), counts, whole=whole, unroll=unroll)


def _or_zero(counts: Array, y: Array) -> Array:
    return keep(counts, y, jnp.zeros_like(y))


class CellOverTime(Recurrence):
    """A layer that is a cell itself, but takes whole sequences: its weights and arguments are a cell's.

    A subclass names what it shares with its cell after this class: ``class LSTM(CellOverTime, LSTMCore)``.
    """

    @property
    def cell(self) -> Any:
        """The layer itself."""
        return self

    def build_cell(self, step_shape: Shape) -> None:
        """Make the weights, as the cell does."""
        self.cell.build_step(step_shape)
