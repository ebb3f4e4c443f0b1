"""A step run equation by equation on its real numbers, forwards and backwards, up to the first number that is not finite."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend import core

from glassnet.foundation.types import HostArray

_PARTS = {"jit", "pjit", "closed_call", "core_call", "custom_jvp_call", "custom_vjp_call", "remat2", "checkpoint"}


@dataclass(frozen=True)
class Broken:
    """The first operation that made a number not finite out of finite ones.

    Args:
        operation: its name in the compiler's language, such as ``"exp"``.
        direction: ``"forward"`` or ``"backward"``.
        scope: the scopes it was traced in, outermost first.
        operands: its inputs.
        result: what it gave; for a backward operation the gradient that broke.
        time_step: the step of the sequence, from 0, inside a recurrence.
        carried: the largest number carried along, before each step of the recurrence.
        line: the line of the user's own code, where there is one.
        last_from: the operation that gave the last operand, a divisor for example, by its name: ``"sqrt"``, ``"_std"``.
    """

    operation: str
    direction: str
    scope: tuple[str, ...]
    operands: tuple[HostArray, ...]
    result: HostArray
    time_step: int | None = None
    carried: tuple[float, ...] = ()
    line: str = ""
    last_from: str = ""


@dataclass
class _Made:
    """One equation that was run."""

    equation: Any
    inputs: list[Any]
    outputs: list[Any]
    scope: tuple[str, ...]
    line: str


def first_broken(function: Callable[..., Any], *args: Any, backward: bool = True) -> Broken | None:
    """The first operation of ``function(*args)``, or of its gradient, that breaks; None where all stays finite.

    Only what the result depends on counts: an infinity that a mask takes out again does no harm.

    Args:
        function: gives a scalar to take the gradient of, or with ``backward=False`` any arrays.
        *args: arrays, or trees of them; the gradient is that with respect to all floats.
        backward: whether to go on backwards where the way forwards is finite.

    Example:
        >>> found = first_broken(lambda x: jnp.sum(jnp.sqrt(x)), jnp.zeros(2))
        >>> found.operation, found.direction
        ('sqrt', 'backward')

    Reference:
        Griewank & Walther (2008), Evaluating derivatives, chapter 3.
    """
    closed = jax.make_jaxpr(function)(*args)
    return _first_in(closed, jax.tree.leaves(args), [jnp.float32(1)] if backward else None, (), "")


def _first_in(closed: Any, values: list[Any], cotangents: list[Any] | None, scope: tuple[str, ...], line: str) -> Any:
    made, read = _forward(closed, values, scope, line)
    maker = {variable: one for one in made for variable in one.equation.outvars}
    outputs = [v for v in closed.jaxpr.outvars if not isinstance(v, core.Literal)]
    for variable in outputs:
        if not _finite(read(variable)):
            return _root(variable, maker, read)
    return None if cotangents is None else _backward(closed, made, maker, read, cotangents)


def _forward(closed: Any, values: list[Any], scope: tuple[str, ...], line: str) -> tuple[list[_Made], Any]:
    known: dict[Any, Any] = dict(zip(closed.jaxpr.constvars, closed.consts, strict=True))
    known |= dict(zip(closed.jaxpr.invars, values, strict=True))

    def read(atom: Any) -> Any:
        return atom.val if isinstance(atom, core.Literal) else known[atom]

    made = []
    for equation in closed.jaxpr.eqns:
        inputs = [read(atom) for atom in equation.invars]
        outputs = _run(closed, equation)(*inputs)
        known.update(zip(equation.outvars, outputs, strict=True))
        inner = tuple(part for part in str(equation.source_info.name_stack).split("/") if part)
        made.append(_Made(equation, inputs, outputs, (*scope, *inner), _own_line(equation) or line))
    return made, read


def _run(closed: Any, equation: Any) -> Callable[..., list[Any]]:
    """One equation as a function of all its inputs."""
    atoms = equation.invars
    variables = list(dict.fromkeys(atom for atom in atoms if not isinstance(atom, core.Literal)))
    outputs = list(equation.outvars)
    told = closed.jaxpr.debug_info._replace(
        arg_names=tuple(map(str, range(len(variables)))), result_paths=tuple(map(str, range(len(outputs))))
    )
    alone = closed.jaxpr.replace(constvars=[], invars=variables, outvars=outputs, eqns=[equation], debug_info=told)
    run = core.jaxpr_as_fun(core.ClosedJaxpr(alone, ()))

    def call(*values: Any) -> list[Any]:
        given = {atom: v for atom, v in zip(atoms, values, strict=True) if not isinstance(atom, core.Literal)}
        return run(*[given[variable] for variable in variables])

    return call


def _root(variable: Any, maker: dict[Any, _Made], read: Any) -> Broken:
    """Back from a number that is not finite to the operation that made it from finite ones."""
    one = maker[variable]
    while True:
        bad = [
            atom
            for atom, value in zip(one.equation.invars, one.inputs, strict=True)
            if not isinstance(atom, core.Literal) and atom in maker and not _finite(value)
        ]
        if not bad:
            break
        one = maker[bad[0]]
    found = _refined(one)
    return replace(found, last_from=found.last_from or _came_from(one, maker))


def _came_from(one: _Made, maker: dict[Any, _Made]) -> str:
    """The operation that gave the last input, whatever only changed its shape or type left out."""
    atom = one.equation.invars[-1]
    while not isinstance(atom, core.Literal) and atom in maker:
        equation = maker[atom].equation
        if equation.primitive.name not in (
            "broadcast_in_dim",
            "convert_element_type",
            "reshape",
            "squeeze",
            "stop_gradient",
        ):
            return str(equation.params.get("name", equation.primitive.name))
        atom = equation.invars[0]
    return ""


def _refined(one: _Made) -> Broken:
    """The operation inside an equation that is itself made of some."""
    name = one.equation.primitive.name
    inner = _inner(one.equation)
    if name == "scan":
        found = _in_scan(one)
    elif inner is not None:
        found = _first_in(inner, one.inputs, None, one.scope, one.line)
    else:
        found = None
    result = next(value for value in one.outputs if not _finite(value))
    return found or _broken(name, "forward", one, result)


def _in_scan(one: _Made) -> Broken | None:
    params = one.equation.params
    body, length = params["jaxpr"], params["length"]
    consts, carries = params["num_consts"], params["num_carry"]
    fixed, carry = one.inputs[:consts], one.inputs[consts : consts + carries]
    sizes: list[float] = []
    for turn in range(length):
        place = length - 1 - turn if params["reverse"] else turn
        now = [*fixed, *carry, *(xs[place] for xs in one.inputs[consts + carries :])]
        sizes.append(max((_largest(c) for c in carry), default=0.0))
        outputs = core.jaxpr_as_fun(body)(*now)
        if not all(_finite(value) for value in outputs):
            found = _first_in(body, now, None, one.scope, one.line)
            return None if found is None else replace(found, time_step=place, carried=tuple(sizes))
        carry = outputs[:carries]
    return None


def _backward(closed: Any, made: list[_Made], maker: dict[Any, _Made], read: Any, cotangents: list[Any]) -> Any:
    """From the result back: the first equation whose gradient breaks though what comes in is finite."""
    slopes: dict[Any, Any] = {}
    for atom, slope in zip(closed.jaxpr.outvars, cotangents, strict=True):
        _add(slopes, atom, slope)
    for one in reversed(made):
        if not any(variable in slopes for variable in one.equation.outvars):
            continue
        coming = [slopes.get(v, _zero(value)) for v, value in zip(one.equation.outvars, one.outputs, strict=True)]
        places = [i for i, value in enumerate(one.inputs) if _is_float(value)]
        if not places:
            continue
        going = _pulled(_run(closed, one.equation), one, places, coming)
        bad = next((slope for slope in going if not _finite(slope)), None)
        if bad is not None:
            return _root_behind(one, maker, read) or _refined_backward(one, coming, bad)
        for place, slope in zip(places, going, strict=True):
            _add(slopes, one.equation.invars[place], slope)
    return None


def _pulled(run: Any, one: _Made, places: list[int], coming: list[Any]) -> list[Any]:
    def of_floats(*floats: Any) -> list[Any]:
        values = list(one.inputs)
        for place, value in zip(places, floats, strict=True):
            values[place] = value
        return [value for value in run(*values) if _is_float(value)]

    _, pull = jax.vjp(of_floats, *[one.inputs[place] for place in places])
    return list(pull([c for c, value in zip(coming, one.outputs, strict=True) if _is_float(value)]))


def _root_behind(one: _Made, maker: dict[Any, _Made], read: Any) -> Broken | None:
    """The way forwards may have broken before, where what came after it hid that."""
    for variable in (*one.equation.invars, *one.equation.outvars):
        if not isinstance(variable, core.Literal) and variable in maker and not _finite(read(variable)):
            return _root(variable, maker, read)
    return None


def _refined_backward(one: _Made, coming: list[Any], bad: Any) -> Broken:
    name, inner = one.equation.primitive.name, _inner(one.equation)
    found = None
    if inner is not None and name in ("jit", "pjit", "closed_call", "remat2", "checkpoint"):
        found = _first_in(inner, one.inputs, coming, one.scope, one.line)
    if found is None and inner is not None and one.equation.params.get("name"):
        name = str(one.equation.params["name"])
    return found or _broken(name, "backward", one, bad)


def _inner(equation: Any) -> Any:
    if equation.primitive.name not in _PARTS:
        return None
    found = next((equation.params[key] for key in ("jaxpr", "call_jaxpr") if key in equation.params), None)
    if found is None or hasattr(found, "consts"):
        return found
    return core.ClosedJaxpr(found, ())


def _broken(name: str, direction: str, one: _Made, result: Any) -> Broken:
    operands = tuple(np.asarray(value) for value in one.inputs if _is_number(value))
    return Broken(name, direction, one.scope, operands, np.asarray(result), line=one.line)


def _own_line(equation: Any) -> str:
    """The line of code outside of this library and JAX that an equation comes from."""
    trace = equation.source_info.traceback
    for frame in trace.frames if trace is not None else ():
        name = frame.file_name.replace("\\", "/")
        if re.search(r"/(jax|glassnet|jaxlib)/|<frozen|/lib/python3", name):
            continue
        return f"{name.rsplit('/', 1)[-1]}, line {frame.line_num}, in {frame.function_name.rsplit('.', 1)[-1]}"
    return ""


def _add(slopes: dict[Any, Any], atom: Any, slope: Any) -> None:
    if not isinstance(atom, core.Literal) and getattr(slope, "dtype", None) != jax.dtypes.float0:
        slopes[atom] = slopes[atom] + slope if atom in slopes else slope


def _zero(value: Any) -> Any:
    return jnp.zeros_like(value) if _is_float(value) else None


def _is_number(value: Any) -> bool:
    return not jnp.issubdtype(jnp.result_type(value), jax.dtypes.extended)


def _is_float(value: Any) -> bool:
    return jnp.issubdtype(jnp.result_type(value), jnp.floating)


def _finite(value: Any) -> bool:
    return not _is_float(value) or bool(np.isfinite(np.asarray(value).astype(np.float64)).all())


def _largest(value: Any) -> float:
    return float(np.abs(np.asarray(value).astype(np.float64)).max(initial=0.0)) if _is_float(value) else 0.0
