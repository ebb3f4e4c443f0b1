"""The long short-term memory: cell and layer."""

from typing import Any, ClassVar

import jax.numpy as jnp

from glassnet import activations
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.observing import is_observed, seen
from glassnet.foundation.types import Array
from glassnet.layers.recurrent.core import DenseCore, OneStep
from glassnet.layers.recurrent.lstm_sweep import lstm_sweep
from glassnet.layers.recurrent.recurrence import CellOverTime
from glassnet.layers.recurrent.remembering import Remembering


def gated(z: Array, c: Array, activation: Any, recurrent_activation: Any) -> tuple[Array, list[Array]]:
    """h and [h, c] from the gates before they are squashed, along the last axis in the order i, f, g, o."""
    i, f, g, o = jnp.split(seen("pre_activation", z), 4, -1)
    i, f = seen("input_gate", recurrent_activation(i)), seen("forget_gate", recurrent_activation(f))
    g, o = seen("candidate", activation(g)), seen("output_gate", recurrent_activation(o))
    c = seen("memory", f * c + i * g)
    h = seen("hidden", o * activation(c))
    return h, [h, c]


class LSTMCore(DenseCore):
    """The gates and the memory: what `LSTMCell` and `LSTM` share."""

    gates: ClassVar[int] = 4
    state_count: ClassVar[int] = 2

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        *,
        unit_forget_bias: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(units, activation=activation, use_bias=use_bias, **kwargs)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = bool(unit_forget_bias)

    def first_bias(self) -> Any:
        """How b starts: at 1 for f where `unit_forget_bias` says so."""
        return Remembering(self.bias_initializer) if self.unit_forget_bias else self.bias_initializer

    def advance(self, z: Array, states: Any, kept: Array | None) -> tuple[Array, list[Array]]:
        """One step from x W + b on."""
        h, c = states
        z = z + (h if kept is None else h * kept) @ self.recurrent_kernel
        return gated(z, c, self.activation, self.recurrent_activation)

    def steps(
        self, z: Array, states: Any, counts: Array | None, kept: Array | None, *, whole: bool, unroll: bool
    ) -> tuple[Array | None, Array, Any]:
        """All steps from the projected inputs on; with tanh and σ by a way whose gradients cost less."""
        usual = self.activation is activations.tanh and self.recurrent_activation is activations.sigmoid
        if not usual or is_observed():
            return super().steps(z, states, counts, kept, whole=whole, unroll=unroll)
        h, c = (state.astype(z.dtype) for state in states)
        found: Any = lstm_sweep(whole, unroll, z, self.recurrent_kernel, h, c, counts, kept)
        every, h, c = found
        return every, h, [h, c]


@layer_registry.register()
class LSTMCell(OneStep, LSTMCore):
    """i, f, o = σ(x_t W + h_{t-1} R + b), g = tanh(the same); c_t = f · c_{t-1} + i · g; h_t = o · tanh(c_t).

    Args:
        units: U, the number of units, 1 or more.
        activation: what is tanh here, a name or a function.
        recurrent_activation: what is σ here.
        use_bias: whether b is there.
        unit_forget_bias: whether b starts at 1 for f, so that nothing is forgotten at first.
        **kwargs: initializers, penalties, rules and dropout, as in `LSTM`, and what every `Layer` takes.

    Shapes:
        input (B, D), states [h, c] (B, U) each, output (B, U) and the states after it.

    Raises:
        ConfigError: an argument out of its range.
        ShapeError: the input's width is not what the cell was built for.

    Example:
        >>> import numpy as np
        >>> cell = LSTMCell(3)
        >>> h, states = cell(np.ones((2, 4)), cell.get_initial_state(2))
        >>> h.shape, [state.shape for state in states]
        ((2, 3), [(2, 3), (2, 3)])

    Reference:
        Hochreiter & Schmidhuber (1997), Long short-term memory.
    """


@layer_registry.register()
class LSTM(CellOverTime, LSTMCore):
    """i, f, o = σ(x_t W + h_{t-1} R + b), g = tanh(the same); c_t = f · c_{t-1} + i · g; h_t = o · tanh(c_t), t = 1 ... T.

    The memory c is only added to and scaled, so that gradients reach over many steps; three gates between 0 and 1 decide
    what is written (i), kept (f) and shown (o).

    Args:
        units: U, the number of units, 1 or more.
        activation: what is tanh here, a name or a function of an array.
        recurrent_activation: what is σ here. With tanh and σ, training is several times faster.
        use_bias: whether b is there.
        return_sequences: whether the output is h_1 ... h_T rather than h_T.
        return_state: whether h_T and c_T are returned too: (output, h_T, c_T).
        go_backwards: whether it starts at the last step; outputs then come in that order.
        stateful: whether each batch starts from the states the last one ended with, until `reset_state`.
        unroll: whether the steps are compiled one by one rather than as a loop.
        use_cudnn: taken for the sake of Keras's scripts; one program runs on every device.
        **kwargs: `unit_forget_bias` (True: b starts at 1 for f); `zero_output_for_mask` (zeros, rather than the output
            before, where a step does not count); `kernel_initializer`, `recurrent_initializer`, `bias_initializer`
            (glorot_uniform, orthogonal, zeros); `kernel_regularizer`, `recurrent_regularizer`, `bias_regularizer`,
            `activity_regularizer`; `kernel_constraint`, `recurrent_constraint`, `bias_constraint`; `dropout`,
            `recurrent_dropout` (shares from 0 to below 1 of inputs and of h that are dropped in training, the same ones at
            every step and for all gates), `seed`; and what every `Layer` takes.

    Shapes:
        input (B, T, D), mask (B, T), output (B, U) or (B, T, U); W (D, 4U), R (U, 4U), b (4U,), in the order i, f, g, o. With
        `return_state`, the states (B, U) and (B, U) after it.

    Raises:
        ConfigError: an argument out of its range.
        ShapeError: the input is not (B, T, D), or mask or `initial_state` do not fit it.

    Example:
        >>> import numpy as np
        >>> y, h, c = LSTM(4, return_sequences=True, return_state=True)(np.ones((2, 5, 3)))
        >>> y.shape, h.shape, bool((y[:, -1] == h).all())
        ((2, 5, 4), (2, 4), True)

    Reference:
        Hochreiter & Schmidhuber (1997), Long short-term memory; f is of Gers, Schmidhuber & Cummins (2000).
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        *,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        use_cudnn: Any = "auto",
        **kwargs: Any,
    ) -> None:
        super().__init__(
            units,
            activation,
            recurrent_activation,
            use_bias,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            unroll=unroll,
            **kwargs,
        )
        self.use_cudnn = known_cudnn(use_cudnn, owner="LSTM")

    @property
    def compiler_hints(self) -> frozenset[str]:
        """``"fusion"``: a step of it is a long chain of small operations, which pays only as one."""
        return frozenset({"fusion"})


def known_cudnn(value: Any, *, owner: str) -> Any:
    """``"auto"``, True or False, or a `ConfigError`."""
    if value in ("auto", True, False):
        return value
    raise ConfigError(
        f"{owner} expected `use_cudnn` as 'auto', True or False. Received {value!r}. Leave it out: one program runs on every "
        f"device."
    )
