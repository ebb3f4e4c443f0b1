"""A recurrent layer around any cell, and cells on top of each other."""

from typing import Any, ClassVar

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.registry import freeze
from glassnet.foundation.types import Array, Shape
from glassnet.layers.recurrent.recurrence import Recurrence, sweep
from glassnet.layers.recurrent.states import checked_cell, output_size, step_shapes, zero_states


@layer_registry.register()
class StackedRNNCells(Layer):
    """y_t = cell_n(... cell_2(cell_1(x_t))): cells on top of each other as one cell.

    Args:
        cells: a list of cells.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, ...), states one list for each cell, output as the last cell's and the states after it.

    Raises:
        ConfigError: no cells, or something that is none.

    Example:
        >>> import numpy as np
        >>> from glassnet.layers import GRUCell, LSTMCell
        >>> layer = RNN(StackedRNNCells([LSTMCell(4), GRUCell(2)]), return_state=True)
        >>> y, of_lstm, of_gru = layer(np.ones((3, 5, 6)))
        >>> y.shape, len(of_lstm), len(of_gru)
        ((3, 2), 2, 1)

    Reference:
        Graves, Mohamed & Hinton (2013), Speech recognition with deep recurrent neural networks.
    """

    full_precision = True

    def __init__(self, cells: list[Any] | tuple[Any, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(cells, list | tuple) or not cells:
            raise ConfigError(
                f"StackedRNNCells expected a list of cells. Received {cells!r}. Pass [LSTMCell(32), LSTMCell(16)], for example."
            )
        self.cells = [checked_cell(cell, owner="StackedRNNCells") for cell in cells]

    @property
    def state_size(self) -> list[Any]:
        """The state sizes of the cells."""
        return [getattr(cell, "state_size") for cell in self.cells]  # noqa: B009  (a cell's own attribute)

    @property
    def output_size(self) -> int:
        """The width of the last cell's output."""
        return output_size(self.cells[-1])

    def build(self, input_shape: Shape) -> None:
        """Make the weights of each cell for the output of the one before it."""
        for cell in self.cells:
            cell.ensure_built(input_shape)
            input_shape, _ = step_shapes(cell, input_shape)

    def call(self, inputs: Array, states: Any = (), training: bool = False) -> tuple[Array, list[Any]]:
        """One step through all cells: the output, and each cell's states."""
        new_states = []
        for cell, state in zip(self.cells, states, strict=True):
            inputs, new = cell(inputs, state, training=training)
            new_states.append(new)
        return inputs, new_states

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """Each cell's states before the first step."""
        return [zero_states(cell, batch_size) for cell in self.cells]

    def sweep(
        self, x: Array, states: Any, counts: Array | None, *, whole: bool, unroll: bool, training: bool
    ) -> tuple[Array | None, Array, Any]:
        """All steps of a sequence, time first, cell after cell: each may then take its own way through it."""
        every: Any = x
        last, new_states = x, []
        for cell, state in zip(self.cells, states, strict=True):
            wanted = whole or cell is not self.cells[-1]
            every, last, new = sweep(cell, every, state, counts, whole=wanted, unroll=unroll, training=training)
            new_states.append(new)
        return every, last, new_states

    def compute_output_shape(self, input_shape: Any, states_shape: Any = None) -> Any:
        """The last cell's output shape, and those of all states."""
        return self.step_shapes(tuple(input_shape))

    def step_shapes(self, step_shape: Shape) -> tuple[Shape, list[Any]]:
        """The shapes of the last cell's output, and of each cell's states."""
        states = []
        for cell in self.cells:
            step_shape, state = step_shapes(cell, step_shape)
            states.append(state)
        return step_shape, states

    def _identity(self) -> tuple[Any, ...]:
        return (type(self), freeze(self.get_config()))


@layer_registry.register()
class RNN(Recurrence):
    """y_t, s_t = cell(x_t, s_{t-1}), t = 1 ... T: a recurrent layer around a cell, which may be one of your own.

    A cell is a layer with `state_size` (a whole number, or a list with one for each array of its state), `output_size` (the
    first of them by default) and ``call(inputs, states)``, which returns the output and the new states.

    Args:
        cell: the cell, or a list of cells that are put on top of each other.
        return_sequences: whether the output is y_1 ... y_T rather than y_T.
        return_state: whether the states after the last step are returned too: (output, state, ...).
        go_backwards: whether it starts at the last step; outputs then come in that order.
        stateful: whether each batch starts from the states the last one ended with, until `reset_state`.
        unroll: whether the steps are compiled one by one rather than as a loop.
        zero_output_for_mask: whether a step that does not count puts out zeros rather than the output before it.
        **kwargs: as in every `Layer`.

    Shapes:
        input (B, T, ...), mask (B, T), output (B, U) or (B, T, U); with `return_state`, the states after it.

    Raises:
        ConfigError: `cell` is no cell.
        ShapeError: mask or `initial_state` do not fit the input.

    Example:
        >>> import numpy as np
        >>> from glassnet.layers import Layer
        >>> class Decay(Layer):
        ...     state_size = 1
        ...     def call(self, inputs, states):
        ...         y = 0.5 * states[0] + inputs
        ...         return y, [y]
        >>> RNN(Decay(), return_sequences=True)(np.array([[[4.0], [0.0], [0.0]]])).ravel().tolist()
        [4.0, 2.0, 1.0]

    Reference:
        Elman (1990), Finding structure in time.
    """

    axes: ClassVar[int | None] = None

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            unroll=unroll,
            zero_output_for_mask=zero_output_for_mask,
            **kwargs,
        )
        self.cell = StackedRNNCells(cell) if isinstance(cell, list | tuple) else checked_cell(cell, owner="RNN")

    @property
    def state_size(self) -> list[Any]:
        """The cell's state sizes, one for each array of its state."""
        size: Any = getattr(self.cell, "state_size")  # noqa: B009  (a cell's own attribute)
        return list(size) if isinstance(size, list | tuple) else [size]

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """The states before the first step."""
        return zero_states(self.cell, batch_size)

    def _identity(self) -> tuple[Any, ...]:
        return (type(self), freeze(self.get_config()))
