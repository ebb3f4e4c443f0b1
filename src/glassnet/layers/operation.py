"""An operator between arrays as a layer: what ``x + y``, ``2 * x`` or ``x[:, 0]`` become in a graph."""

from collections.abc import Callable, Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.layer import Layer, layer_registry
from glassnet.foundation.registry import did_you_mean
from glassnet.foundation.types import Array, Config

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": jnp.add,
    "subtract": jnp.subtract,
    "multiply": jnp.multiply,
    "divide": jnp.true_divide,
    "power": jnp.power,
    "matmul": jnp.matmul,
    "negative": jnp.negative,
    "getitem": lambda x, index: x[index],
}


@layer_registry.register()
class Operation(Layer):
    """``y = f(x_1, x_2)``: an operator between arrays, or an array and a constant, as a layer without weights.

    It is made by writing the operator: with ``x = Input((3,))``, ``1 - x`` is one.

    Args:
        function: ``"add"``, ``"subtract"``, ``"multiply"``, ``"divide"``, ``"power"``, ``"matmul"``, ``"negative"`` or
            ``"getitem"``.
        constants: the operands in order, None where the layer's inputs stand.
        **kwargs: as in every `Layer`.

    Shapes:
        input one array (B, ...), or a list of two where two operands are None; output as the operator gives it.

    Raises:
        ConfigError: an operator of another name, or one that changes how the rows are counted.

    Example:
        >>> import numpy as np
        >>> Operation("subtract", [1.0, None])(np.float32([[0.25, 1.0]])).tolist()
        [[0.75, 0.0]]

    Reference:
        Harris et al. (2020), Array programming with NumPy.
    """

    def __init__(self, function: str, constants: Sequence[Any] = (None,), **kwargs: Any) -> None:
        if function not in _FUNCTIONS:
            raise ConfigError(
                f"Expected an operator's name{did_you_mean(str(function), list(_FUNCTIONS)) or '.'} Received {function!r}. "
                f"Pass one of {', '.join(_FUNCTIONS)}."
            )
        super().__init__(**{"name": function, **kwargs})
        self._named = "name" in kwargs
        self.function = function
        # Lists, not arrays: constants are configuration, which no optimizer changes.
        self.constants = [_index(c) if function == "getitem" else _plain(c) for c in constants]
        if function == "getitem" and not _keeps_rows(self.constants[1]):
            raise ConfigError(
                f"Expected an index that keeps the batch, such as x[:, 0]. Received {constants[1]!r}, which picks rows. Start "
                f"it with a colon."
            )

    def call(self, inputs: Any) -> Array:
        """The operator's result."""
        arrays = iter(inputs if isinstance(inputs, list | tuple) else [inputs])
        operands = [next(arrays) if constant is None else _operand(constant) for constant in self.constants]
        return _FUNCTIONS[self.function](*operands)

    def get_config(self) -> Config:
        """The operator, its constants and the name."""
        return {
            **super().get_config(),
            "constants": [c if not isinstance(c, _Index) else c.plain() for c in self.constants],
        }


class _Index(tuple):
    """An index as plain data: numbers, ``("slice", start, stop, step)``, ``("ellipsis",)``, ``("new",)``, ``("pick", ...)``."""

    __slots__ = ()

    def real(self) -> Any:
        return tuple(_real(item) for item in self)

    def plain(self) -> list[Any]:
        return [list(item) if isinstance(item, tuple) else item for item in self]


def _real(item: Any) -> Any:
    if not isinstance(item, tuple):
        return item
    kind, *rest = item
    if kind == "pick":
        return np.array(rest, np.int32)
    return slice(*rest) if kind == "slice" else Ellipsis if kind == "ellipsis" else None


def _index(given: Any) -> Any:
    if given is None:
        return None
    items = given if isinstance(given, tuple | list) else [given]
    return _Index(_index_item(item) for item in items)


def _index_item(item: Any) -> Any:
    if isinstance(item, slice):
        return ("slice", item.start, item.stop, item.step)
    if item is Ellipsis:
        return ("ellipsis",)
    if item is None:
        return ("new",)
    if isinstance(item, list | tuple | np.ndarray) and len(item):
        return tuple(item) if isinstance(item[0], str) else ("pick", *(int(number) for number in item))
    if isinstance(item, int | np.integer) and not isinstance(item, bool):
        return int(item)
    raise ConfigError(
        f"Expected an index of whole numbers and slices. Received {item!r}. For other ways to pick, write a Lambda with "
        f"jnp.take."
    )


def _keeps_rows(index: Any) -> bool:
    first = index[0] if index else ("ellipsis",)
    return first in (("slice", None, None, None), ("ellipsis",))


def _plain(constant: Any) -> Any:
    if constant is None or isinstance(constant, int | float):
        return constant
    return np.asarray(constant).tolist()


def _operand(constant: Any) -> Any:
    if isinstance(constant, _Index):
        return constant.real()
    return constant if isinstance(constant, int | float) else np.asarray(constant, np.float32)
