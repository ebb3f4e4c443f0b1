"""What cells and recurrent layers share: arguments, weights, dropout, one step, and the way through a sequence."""

from abc import abstractmethod
from functools import partial
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.core import Tracer

from glassnet import activations, constraints, initializers, regularizers
from glassnet.foundation.errors import ShapeError
from glassnet.foundation.layer import Layer
from glassnet.foundation.observing import is_observed
from glassnet.foundation.shapes import InputSpec, fraction, positive_int, show
from glassnet.foundation.types import Array, Shape
from glassnet.initializers.base import checked_seed
from glassnet.layers.recurrent.sweep import over_time


class Core(Layer):
    """y_t, s_t = step(x_t, s_{t-1}): what a cell and the layer that goes through a sequence with it have in common.

    A subclass says what the weights are, how an input is weighed (`project`: no state is needed for it, so that it is done
    for all steps at once) and how a step goes on from there (`advance`).

    Args:
        activation: what squashes the new state, a name or a function.
        use_bias: whether there are biases.
        kernel_initializer: how the input's kernel starts.
        recurrent_initializer: how the state's kernel starts.
        bias_initializer: how the biases start.
        kernel_regularizer: a penalty on the input's kernel, added to the loss.
        recurrent_regularizer: a penalty on the state's kernel.
        bias_regularizer: a penalty on the biases.
        activity_regularizer: a penalty on the output.
        kernel_constraint: a rule the input's kernel is brought back to after each update.
        recurrent_constraint: the same for the state's kernel.
        bias_constraint: the same for the biases.
        dropout: the share of the inputs that is dropped in training, from 0 to below 1; the same ones at every step.
        recurrent_dropout: the same for the state that is fed back.
        seed: gives the dropout a stream of its own.
        implementation: taken for the sake of Keras's scripts; there is one, and the numbers are the same.
        **kwargs: as in every `Layer`.
    """

    full_precision = True

    def __init__(
        self,
        *,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        implementation: int = 2,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        owner = type(self).__name__
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.dropout = fraction("dropout", dropout, owner=owner)
        self.recurrent_dropout = fraction("recurrent_dropout", recurrent_dropout, owner=owner)
        self.seed = checked_seed(owner, seed)

    def make_weights(self, kernel: tuple[int, ...], recurrent: tuple[int, ...], bias: tuple[int, ...]) -> None:
        """Make kernel, recurrent_kernel and, where there is one, bias, of these shapes."""
        self.kernel = self.add_weight(
            "kernel",
            kernel,
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.recurrent_kernel = self.add_weight(
            "recurrent_kernel",
            recurrent,
            self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        self.bias: Array | None = None
        if self.use_bias:
            self.bias = self.add_weight(
                "bias",
                bias,
                self.first_bias(),
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def first_bias(self) -> Any:
        """How the biases start."""
        return self.bias_initializer

    @abstractmethod
    def build_step(self, step_shape: Shape) -> None:
        """Make the weights for steps of this shape, batch first."""

    @abstractmethod
    def step_shapes(self, step_shape: Shape) -> tuple[Shape, list[Shape]]:
        """The shapes of a step's output and of the states after it."""

    @abstractmethod
    def project(self, x: Array) -> Array:
        """What the input alone adds, for any number of leading axes."""

    @abstractmethod
    def advance(self, z: Array, states: Any, kept: Array | None) -> tuple[Array, list[Array]]:
        """The output and the new states, from the projected input and the states; what is fed back is multiplied by `kept`
        (dropout)."""

    def sweep(
        self, x: Array, states: Any, counts: Array | None, *, whole: bool, unroll: bool, training: bool
    ) -> tuple[Array | None, Array, Any]:
        """All steps of a sequence, time first; see `over_time`. The input is weighed for all of them at once."""
        z = self.project(self.dropped(x, x[0], training))
        kept = self.kept(self.recurrent_dropout, states[0], training)
        run = self.steps if isinstance(z, Tracer) or is_observed() else partial(_compiled_steps, self)
        return run(z, states, counts, kept, whole=whole, unroll=unroll)

    def steps(
        self, z: Array, states: Any, counts: Array | None, kept: Array | None, *, whole: bool, unroll: bool
    ) -> tuple[Array | None, Array, Any]:
        """All steps from the projected inputs on."""
        return over_time(lambda z, s: self.advance(z, s, kept), z, states, counts, whole=whole, unroll=unroll)

    def kept(self, rate: float, like: Array, training: bool) -> Array | None:
        """0 for what is dropped and 1 / (1 - rate) for what is kept, of the shape of `like`; None where all is kept."""
        if not training or rate == 0:
            return None
        kept = jax.random.bernoulli(self.draw_key(like), np.float32(1.0 - rate), like.shape)
        return kept.astype(jnp.float32) / (1.0 - rate)

    def dropped(self, x: Array, like: Array, training: bool) -> Array:
        """The input with the same numbers dropped at every step; `like` is one step."""
        kept = self.kept(self.dropout, like, training)
        return x if kept is None else x * kept


@partial(jax.jit, static_argnames=("whole", "unroll"))
def _compiled_steps(core: Core, *args: Any, whole: bool, unroll: bool) -> Any:
    """`Core.steps`, compiled once: outside of a compiled program, a loop would be compiled at each call."""
    return core.steps(*args, whole=whole, unroll=unroll)


class DenseCore(Core):
    """A `Core` over vectors, whose gates see all inputs and all units.

    Args:
        units: U, the number of units, 1 or more.
        **kwargs: as in `Core`.
    """

    #: How many things one unit computes at a step.
    gates: ClassVar[int] = 1
    #: How many arrays of U numbers its state is.
    state_count: ClassVar[int] = 1

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = positive_int("units", units, owner=type(self).__name__)
        self.output_size = self.units
        self.state_size: Any = self.units if self.state_count == 1 else [self.units] * self.state_count

    def build_step(self, step_shape: Shape) -> None:
        """Make kernel (D, gates * U), recurrent_kernel (U, gates * U) and bias."""
        width = step_shape[-1]
        if width is None:
            raise ShapeError(
                f"Layer {self.path!r} expected to know the number of features of a step. Received steps of shape "
                f"{show(tuple(step_shape))}. Start the model with Input((steps, features)), or call it on data first."
            )
        across = self.gates * self.units
        self.make_weights((width, across), (self.units, across), self.bias_shape)

    @property
    def bias_shape(self) -> tuple[int, ...]:
        """The biases' shape."""
        return (self.gates * self.units,)

    def get_initial_state(self, batch_size: int) -> list[Array]:
        """Zeros, (batch_size, U) each."""
        return [jnp.zeros((batch_size, self.units), self.dtype)] * self.state_count

    def project(self, x: Array) -> Array:
        """x W + b."""
        return self.weigh(x, self.bias)

    def weigh(self, x: Array, bias: Array | None) -> Array:
        """x W + bias, as one product of two matrices, the bias being the weight of an input that is always 1."""
        rows, kernel = x.reshape(-1, x.shape[-1]), self.kernel
        if bias is not None:
            rows = jnp.concatenate([rows, jnp.ones_like(rows[:, :1])], 1)
            kernel = jnp.concatenate([kernel, bias[None]])
        # Laid out anew, so that the gradient of W and bias is a product of rows with columns, which is faster.
        columns = lax.optimization_barrier(rows.T)
        z = lax.dot_general(columns, kernel, (((0,), (0,)), ((), ())))
        return z.reshape(*x.shape[:-1], z.shape[-1])

    def step_shapes(self, step_shape: Shape) -> tuple[Shape, list[Shape]]:
        """(B, U) for the output and for each array of the state."""
        shape = (step_shape[0], self.units)
        return shape, [shape] * self.state_count


class OneStep(Core):
    """A `Core` that takes one step at a time: a cell."""

    def build(self, input_shape: Shape) -> None:
        """Make the weights for steps of this shape, (B, D)."""
        hint = "A cell takes one step of a sequence: pass x[:, t], or go through all of them with RNN(cell)."
        InputSpec(ndim=2, hint=hint).check(self.path, tuple(input_shape))
        self.build_step(input_shape)
        self.input_spec = InputSpec(ndim=2, axes={1: input_shape[-1] or 0}, hint=hint)

    def call(self, inputs: Array, states: Any = (), training: bool = False) -> tuple[Array, Any]:
        """One step: the output, and the new states in a list (as one array where it came as one).

        Args:
            inputs: x_t (B, ...).
            states: s_{t-1}, a list of arrays, or the only one.
            training: whether anything is dropped.
        """
        alone = not isinstance(states, list | tuple)
        states = [states] if alone else list(states)
        z = self.project(self.dropped(inputs, inputs, training))
        y, new = self.advance(z, states, self.kept(self.recurrent_dropout, states[0], training))
        return y, new[0] if alone else new

    def compute_output_shape(self, input_shape: Any, states_shape: Any = None) -> Any:
        """The shapes of the output and of the states after it."""
        return self.step_shapes(tuple(input_shape))
