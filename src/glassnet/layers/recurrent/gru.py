"""The gated recurrent unit: cell and layer."""

from typing import Any, ClassVar

import jax.numpy as jnp

from glassnet import activations
from glassnet.foundation.layer import layer_registry
from glassnet.foundation.observing import seen
from glassnet.foundation.types import Array
from glassnet.layers.recurrent.core import DenseCore, OneStep
from glassnet.layers.recurrent.lstm import known_cudnn
from glassnet.layers.recurrent.recurrence import CellOverTime


class GRUCore(DenseCore):
    """The gates: what `GRUCell` and `GRU` share."""

    gates: ClassVar[int] = 3

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        *,
        reset_after: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(units, activation=activation, use_bias=use_bias, **kwargs)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.reset_after = bool(reset_after)

    @property
    def bias_shape(self) -> tuple[int, ...]:
        """(3U,), or (2, 3U) for b and b' where `reset_after` is set."""
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def project(self, x: Array) -> Array:
        """x W + b."""
        return self.weigh(x, self.bias[0] if self.reset_after and self.bias is not None else self.bias)

    def advance(self, z: Array, states: Any, kept: Array | None) -> tuple[Array, list[Array]]:
        """One step from x W + b on; gates in the order z, r, g."""
        (h,), two = states, 2 * self.units
        h_in = h if kept is None else h * kept
        if self.reset_after:
            fed_back = h_in @ self.recurrent_kernel  # (B, 3U)
            fed_back = fed_back if self.bias is None else fed_back + self.bias[1]
            update, reset = jnp.split(self.recurrent_activation(z[:, :two] + fed_back[:, :two]), 2, -1)
            update, reset = seen("update_gate", update), seen("reset_gate", reset)
            g = self.activation(z[:, two:] + reset * fed_back[:, two:])
        else:
            fed_back = h_in @ self.recurrent_kernel[:, :two]
            update, reset = jnp.split(self.recurrent_activation(z[:, :two] + fed_back), 2, -1)
            update, reset = seen("update_gate", update), seen("reset_gate", reset)
            g = self.activation(z[:, two:] + (reset * h_in) @ self.recurrent_kernel[:, two:])
        h = seen("hidden", update * h + (1.0 - update) * seen("candidate", g))
        return h, [h]


@layer_registry.register()
class GRUCell(OneStep, GRUCore):
    """z, r = σ(x_t W + b + h_{t-1} R + b'); g = tanh(x_t W + b + r · (h_{t-1} R + b')); h_t = z · h_{t-1} + (1 - z) · g.

    Args:
        units: U, the number of units, 1 or more.
        activation: what is tanh here, a name or a function.
        recurrent_activation: what is σ here.
        use_bias: whether b and b' are there.
        reset_after: whether r is multiplied after the product with R; else g = tanh(x_t W + b + (r · h_{t-1}) R), without b'.
        **kwargs: initializers, penalties, rules and dropout, as in `GRU`, and what every `Layer` takes.

    Shapes:
        input (B, D), state [(B, U)], output (B, U) and the state after it.

    Raises:
        ConfigError: an argument out of its range.
        ShapeError: the input's width is not what the cell was built for.

    Example:
        >>> import numpy as np
        >>> cell = GRUCell(3)
        >>> h, states = cell(np.ones((2, 4)), cell.get_initial_state(2))
        >>> h.shape, len(states)
        ((2, 3), 1)

    Reference:
        Cho et al. (2014), Learning phrase representations using RNN encoder-decoder for statistical machine translation.
    """


@layer_registry.register()
class GRU(CellOverTime, GRUCore):
    """z, r = σ(x_t W + b + h_{t-1} R + b'); g = tanh(x_t W + b + r · (h_{t-1} R + b')); h_t = z · h_{t-1} + (1 - z) · g.

    The state is a mixture of itself and of what is new; z says how much of it stays. It remembers about as well as an `LSTM`,
    with one state and three quarters of the weights.

    Args:
        units: U, the number of units, 1 or more.
        activation: what is tanh here, a name or a function of an array.
        recurrent_activation: what is σ here.
        use_bias: whether b and b' are there.
        return_sequences: whether the output is h_1 ... h_T rather than h_T.
        return_state: whether h_T is returned too: (output, h_T).
        go_backwards: whether it starts at the last step; outputs then come in that order.
        stateful: whether each batch starts from the states the last one ended with, until `reset_state`.
        unroll: whether the steps are compiled one by one rather than as a loop.
        reset_after: whether r is multiplied after the product with R; else g = tanh(x_t W + b + (r · h_{t-1}) R), without b'.
        use_cudnn: taken for the sake of Keras's scripts; one program runs on every device.
        **kwargs: `zero_output_for_mask` (zeros, rather than the output before, where a step does not count);
            `kernel_initializer`, `recurrent_initializer`, `bias_initializer` (glorot_uniform, orthogonal, zeros);
            `kernel_regularizer`, `recurrent_regularizer`, `bias_regularizer`, `activity_regularizer`;
            `kernel_constraint`, `recurrent_constraint`, `bias_constraint`; `dropout`, `recurrent_dropout` (shares from 0 to
            below 1 of inputs and of h that are dropped in training, the same ones at every step and for all gates), `seed`;
            and what every `Layer` takes.

    Shapes:
        input (B, T, D), mask (B, T), output (B, U) or (B, T, U); W (D, 3U), R (U, 3U), b and b' (2, 3U), or (3U,) for b alone,
        in the order z, r, g. With `return_state`, a state (B, U) after it.

    Raises:
        ConfigError: an argument out of its range.
        ShapeError: the input is not (B, T, D), or mask or `initial_state` do not fit it.

    Example:
        >>> import numpy as np
        >>> y, h = GRU(4, return_sequences=True, return_state=True)(np.ones((2, 5, 3)))
        >>> y.shape, h.shape, bool((y[:, -1] == h).all())
        ((2, 5, 4), (2, 4), True)

    Reference:
        Cho et al. (2014), Learning phrase representations using RNN encoder-decoder for statistical machine translation.
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
        reset_after: bool = True,
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
            reset_after=reset_after,
            **kwargs,
        )
        self.use_cudnn = known_cudnn(use_cudnn, owner="GRU")
