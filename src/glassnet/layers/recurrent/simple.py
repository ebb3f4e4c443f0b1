"""The simple recurrent cell and layer."""

from typing import Any

from glassnet.foundation.layer import layer_registry
from glassnet.foundation.observing import seen
from glassnet.foundation.types import Array
from glassnet.layers.recurrent.core import DenseCore, OneStep
from glassnet.layers.recurrent.recurrence import CellOverTime


class SimpleCore(DenseCore):
    """h_t = f(x_t W + h_{t-1} R + b): what `SimpleRNNCell` and `SimpleRNN` share."""

    def __init__(self, units: int, activation: Any = "tanh", use_bias: bool = True, **kwargs: Any) -> None:
        super().__init__(units, activation=activation, use_bias=use_bias, **kwargs)

    def advance(self, z: Array, states: Any, kept: Array | None) -> tuple[Array, list[Array]]:
        """f(z + h R)."""
        h = states[0] if kept is None else states[0] * kept
        h = seen("hidden", self.activation(seen("pre_activation", z + h @ self.recurrent_kernel)))
        return h, [h]


@layer_registry.register()
class SimpleRNNCell(OneStep, SimpleCore):
    """h_t = f(x_t W + h_{t-1} R + b): one step of a `SimpleRNN`.

    Args:
        units: U, the number of units, 1 or more.
        activation: f, a name or a function.
        use_bias: whether b is there.
        **kwargs: initializers, penalties, rules and dropout, as in `SimpleRNN`, and what every `Layer` takes.

    Shapes:
        input (B, D), state [(B, U)], output (B, U) and the state after it.

    Raises:
        ConfigError: an argument out of its range.
        ShapeError: the input's width is not what the cell was built for.

    Example:
        >>> import numpy as np
        >>> cell = SimpleRNNCell(1, kernel_initializer="ones", recurrent_initializer="ones", activation="linear")
        >>> h, states = cell(np.array([[1.0, 2.0]]), [np.array([[10.0]])])
        >>> h.tolist(), len(states)
        ([[13.0]], 1)

    Reference:
        Elman (1990), Finding structure in time.
    """


@layer_registry.register()
class SimpleRNN(CellOverTime, SimpleCore):
    """h_t = f(x_t W + h_{t-1} R + b), t = 1 ... T: each step sees its input and what the step before it made.

    What lies many steps back is soon forgotten, and its gradient vanishes: for more than a few dozen steps take `LSTM` or
    `GRU`.

    Args:
        units: U, the number of units, 1 or more.
        activation: f, a name or a function of an array.
        use_bias: whether b is there.
        return_sequences: whether the output is h_1 ... h_T rather than h_T.
        return_state: whether h_T is returned too: (output, h_T).
        go_backwards: whether it starts at the last step; outputs then come in that order.
        stateful: whether each batch starts from the states the last one ended with, until `reset_state`.
        unroll: whether the steps are compiled one by one rather than as a loop.
        **kwargs: `zero_output_for_mask` (zeros, rather than the output before, where a step does not count);
            `kernel_initializer`, `recurrent_initializer`, `bias_initializer` (glorot_uniform, orthogonal, zeros);
            `kernel_regularizer`, `recurrent_regularizer`, `bias_regularizer`, `activity_regularizer`;
            `kernel_constraint`, `recurrent_constraint`, `bias_constraint`; `dropout`, `recurrent_dropout` (shares from 0 to
            below 1 of inputs and of h that are dropped in training, the same ones at every step), `seed`; and what every
            `Layer` takes.

    Shapes:
        input (B, T, D), mask (B, T), output (B, U) or (B, T, U); W (D, U), R (U, U), b (U,). With `return_state`, a state
        (B, U) after it.

    Raises:
        ConfigError: an argument out of its range.
        ShapeError: the input is not (B, T, D), or mask or `initial_state` do not fit it.

    Example:
        >>> import numpy as np
        >>> layer = SimpleRNN(1, "linear", kernel_initializer="ones", recurrent_initializer="ones", return_sequences=True)
        >>> layer(np.array([[[1.0], [2.0], [4.0]]])).ravel().tolist()
        [1.0, 3.0, 7.0]

    Reference:
        Elman (1990), Finding structure in time.
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        *,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            units,
            activation,
            use_bias,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            unroll=unroll,
            **kwargs,
        )
