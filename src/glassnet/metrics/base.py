"""What every metric is: three pure functions over a small state, and Keras's stateful face on top of them."""

from functools import partial
from typing import Any, ClassVar, Literal

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.registry import Configurable, Registry, snake_case
from glassnet.foundation.types import Array, HostArray, Shape

State = dict[str, Any]
"""What a metric remembers: small arrays by name."""


class Metric(Configurable):
    """``state₀ = init(); stateₙ = update(stateₙ₋₁, y, ŷ, w); value = compute(state)``.

    The three functions are pure: training runs them inside ``jit`` and ``lax.scan``. A row of weight 0 counts nothing, so
    batches may be padded. A metric of your own writes them and nothing else::

        class Worst(Metric):
            def init(self, target_shape=None, output_shape=None):
                return {"worst": self.zeros()}
            def update(self, state, y_true, y_pred, sample_weight=None):
                error = jnp.abs(y_true - y_pred).max(-1)
                counts = True if sample_weight is None else sample_weight > 0
                return {"worst": jnp.maximum(state["worst"], jnp.where(counts, error, 0).max())}
            def compute(self, state):
                return state["worst"]

    Where arrays in the state are as wide as the outputs, ``init`` takes their width from `output_shape`.

    On top of them every metric has Keras's methods: ``update_state``, ``result``, ``reset_state``, and calling it for both
    of the first. Their state stays on this object; it is no part of the configuration, so two metrics made with the same
    arguments are equal and share what was compiled.

    Args:
        dtype: the type of the state; ``"float32"`` by default.
        name: its name in logs; its class in snake_case by default.

    Raises:
        ConfigError: a subclass that overrides ``update_state``, ``result`` or ``reset_state``, or adds variables.

    Example:
        >>> from glassnet.metrics import MeanSquaredError
        >>> metric = MeanSquaredError()
        >>> metric.update_state([[1.0], [2.0]], [[1.0], [4.0]])
        >>> float(metric.result())
        2.0
        >>> state = metric.update(metric.init(), [[1.0], [2.0]], [[1.0], [4.0]], [1.0, 0.0])
        >>> float(metric.compute(state))
        0.0

    Reference:
        Chollet et al. (2015), Keras.
    """

    #: Whether more is better: ``"up"``, ``"down"``, or None where that is not known.
    direction: ClassVar[Literal["up", "down"] | None] = None

    _state: State | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for method in ("update_state", "result", "reset_state"):
            if method in cls.__dict__:
                raise _stateful(cls.__name__, f"a method `{method}`")

    def __init__(self, dtype: Any = "float32", name: str | None = None) -> None:
        self.dtype = np.dtype(dtype or "float32").name
        self.name = name or snake_case(type(self).__name__)

    # What a metric writes.

    def init(self, target_shape: Shape | None = None, output_shape: Shape | None = None) -> State:
        """A state that has seen nothing, as NumPy arrays.

        Args:
            target_shape: a batch of targets' shape, None for the batch.
            output_shape: a batch of outputs' shape, None for the batch; needed where the state is as wide as they are.
        """
        raise _stateful(type(self).__name__, "no method `init`")

    def update(self, state: State, *args: Any, **kwargs: Any) -> State:
        """The state after one more batch: ``update(state, y_true, y_pred, sample_weight=None)``."""
        raise _stateful(type(self).__name__, "no method `update`")

    def compute(self, state: State) -> Array:
        """The value of a state."""
        raise _stateful(type(self).__name__, "no method `compute`")

    def zeros(self, *shape: int) -> HostArray:
        """Zeros in this metric's type, for `init`."""
        return np.zeros(shape, self.dtype)

    # Keras's stateful face.

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Add one batch: ``update_state(y_true, y_pred, sample_weight=None)``."""
        given = tuple(None if value is None else jnp.asarray(value) for value in args)
        named = {name: None if value is None else jnp.asarray(value) for name, value in kwargs.items()}
        if self._state is None:
            shapes = [array.shape for array in (*given, *named.values()) if array is not None]
            self._state = self.init(*shapes[:2])
        updated = _update(self, self._state, given, named)
        self._state = {name: updated[name] for name in self._state}  # JAX sorts the names

    def result(self) -> Array:
        """The value over all batches since the last reset."""
        return _compute(self, self._known())

    def reset_state(self) -> None:
        """Forget all batches."""
        self._state = None

    def __call__(self, *args: Any, **kwargs: Any) -> Array:
        """Add one batch and return the value over all of them."""
        self.update_state(*args, **kwargs)
        return self.result()

    @property
    def variables(self) -> list[Any]:
        """The arrays of the state, in the order of `init`."""
        return list(self._known().values())

    def _known(self) -> State:
        return self.init() if self._state is None else self._state

    def __getattr__(self, name: str) -> Any:
        """An array of the state by its name, such as ``metric.true_positives``."""
        state = self.__dict__.get("_state")
        if state is not None and name in state:
            return state[name]
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def add_variable(self, *args: Any, **kwargs: Any) -> Any:
        """Keras's way of keeping state, which cannot be compiled; it raises and says what to write instead."""
        raise _stateful(type(self).__name__, "variables")

    add_weight = add_variable


metric_registry: Registry[type[Metric]] = Registry("metric")


@partial(jax.jit, static_argnums=0)
def _update(metric: Metric, state: State, args: tuple[Any, ...], kwargs: dict[str, Any]) -> State:
    return metric.update(state, *args, **kwargs)


@partial(jax.jit, static_argnums=0)
def _compute(metric: Metric, state: State) -> Array:
    return jnp.asarray(metric.compute(state))


def _stateful(name: str, received: str) -> ConfigError:
    return ConfigError(
        f"Expected metric {name} to define init, update and compute, which training compiles. Received a class with "
        f"{received}. Write `init(self, target_shape=None, output_shape=None)` -> state, `update(self, state, y_true, "
        f"y_pred, sample_weight=None)` -> state and `compute(self, state)` -> value; help(glassnet.metrics.Metric) has an "
        f"example."
    )
