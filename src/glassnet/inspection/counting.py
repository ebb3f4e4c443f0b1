"""Counting the arithmetic of each layer's call, from the program that JAX traces."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from glassnet.foundation.observing import observed_by

_PREFIX = "glassnet_call_"
_ARITHMETIC = (
    *("add", "add_any", "sub", "mul", "div", "max", "min", "neg", "abs", "sign", "square", "integer_pow", "pow"),
    *("exp", "exp2", "expm1", "log", "log1p", "tanh", "logistic", "erf", "erfc", "sqrt", "rsqrt", "cbrt", "sin", "cos"),
    *("floor", "ceil", "round", "select_n", "reduce_sum", "reduce_max", "reduce_min", "cumsum", "reduce_window"),
    *("reduce_window_sum", "reduce_window_max", "reduce_window_min"),
)


@dataclass
class Count:
    """What one call costs, without the calls inside it.

    Args:
        path: the layer's path.
        layer: the layer that was called.
        outputs: what it put out, shapes and types.
        products: multiply-adds in matrix products and convolutions.
        others: operations number by number, such as a bias, an activation, or the sums of a pooling.
    """

    path: str
    layer: Any
    outputs: Any = None
    products: int = 0
    others: int = 0


class _Named:
    """An observer that makes each call a named part of the traced program."""

    def __init__(self) -> None:
        self.calls: list[Count] = []

    def around(self, layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any], compute: Callable[[], Any]) -> Any:
        """See `Observer`."""
        call = Count(layer.path, layer)
        self.calls.append(call)

        def named() -> Any:
            return compute()

        named.__name__ = f"{_PREFIX}{len(self.calls) - 1}"
        outputs = jax.jit(named)()
        call.outputs = jax.tree.map(lambda a: jax.ShapeDtypeStruct(a.shape, a.dtype), outputs)
        return outputs

    def see(self, name: str, value: Any) -> Any:
        """See `Observer`."""
        return value


def counted(model: Any, x: Any) -> list[Count]:
    """The cost of each call of each layer, in order, for inputs of these shapes; nothing is computed.

    Args:
        model: a built model.
        x: inputs, or shapes and types that stand for them.

    Example:
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((3,)), Dense(4)])
        >>> counted(model, jax.ShapeDtypeStruct((2, 3), jnp.float32))[-1].products
        24
    """
    blueprint = model.blueprint()
    observer = _Named()

    def run(params: Any, rest: Any, x: Any) -> Any:
        with observed_by(observer):
            outputs = blueprint.assemble(params, rest)(x)
        return jax.tree.leaves(outputs)

    program = jax.make_jaxpr(run)(*model.arrays(), x)
    _walk(program.jaxpr, None, 1, observer.calls)
    return observer.calls


def _walk(program: Any, owner: Count | None, times: int, calls: list[Count]) -> None:
    ones = _columns_of_ones(program)
    for step in program.eqns:
        name = str(step.params.get("name", ""))
        mine = calls[int(name.removeprefix(_PREFIX))] if name.startswith(_PREFIX) else owner
        again = times * int(step.params["length"]) if step.primitive.name == "scan" else times
        inside = list(_programs(step))
        for part in inside:
            _walk(part, mine, again, calls)
        if mine is not None and not inside:
            _add(mine, step, again, ones.get(id(step.invars[0]), 0) if step.invars else 0)


def _programs(step: Any) -> Iterator[Any]:
    """The programs inside a step; of several branches the first."""
    if step.primitive.name.startswith("reduce_window"):
        return
    for key, value in step.params.items():
        found = value[0] if key == "branches" else value
        found = getattr(found, "jaxpr", found)
        if hasattr(found, "eqns"):
            yield found


def _columns_of_ones(program: Any) -> dict[int, int]:
    """How many columns of ones were put beside an array, by the id of the result: there a bias is a row of the matrix."""
    ones, found = set(), {}
    for step in program.eqns:
        if step.primitive.name == "broadcast_in_dim" and getattr(step.invars[0], "val", None) == 1:
            ones.add(id(step.outvars[0]))
        elif step.primitive.name == "concatenate":
            axis = step.params["dimension"]
            wide = sum(part.aval.shape[axis] for part in step.invars if id(part) in ones)
            found |= {id(step.outvars[0]): wide} if wide else {}
        elif step.primitive.name in ("transpose", "optimization_barrier") and id(step.invars[0]) in found:
            found[id(step.outvars[0])] = found[id(step.invars[0])]
    return found


def _add(call: Count, step: Any, times: int, ones: int) -> None:
    name, out = step.primitive.name, step.outvars[0].aval
    if name == "dot_general":
        (contracted, _), _ = step.params["dimension_numbers"]
        left = step.invars[0].aval.shape
        summed = math.prod(left[axis] for axis in contracted)
        call.products += times * math.prod(out.shape) * (summed - ones)
        call.others += times * math.prod(out.shape) * ones
    elif name == "conv_general_dilated":
        kernel = step.invars[1].aval.shape
        filters = kernel[step.params["dimension_numbers"].rhs_spec[0]]
        spread = math.prod(step.params["lhs_dilation"])
        call.products += times * math.prod(out.shape) * (math.prod(kernel) // filters) // spread
    elif name in _ARITHMETIC and jnp.issubdtype(out.dtype, jnp.floating):
        size = math.prod(step.invars[0].aval.shape) if name.startswith(("reduce", "cumsum")) else math.prod(out.shape)
        if name.startswith("reduce_window"):
            size = math.prod(out.shape) * math.prod(step.params.get("window_dimensions", (1,)))
        call.others += times * size
