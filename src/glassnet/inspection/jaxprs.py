"""The one place that knows how JAX writes a program down as equations.

What is used of `jax.extend` is not promised to stay: `AVAILABLE` says whether it is there in this version of JAX, and who needs
it has another, coarser way where it is not.
"""

import os
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module, util
from pathlib import Path
from typing import Any

import jax

core: Any = import_module("jax.extend.core") if util.find_spec("jax.extend") is not None else None

AVAILABLE = all(hasattr(core, name) for name in ("ClosedJaxpr", "Literal", "jaxpr_as_fun"))

_PARTS = {"jit", "pjit", "closed_call", "core_call", "custom_jvp_call", "custom_vjp_call", "remat2", "checkpoint"}
DIFFERENTIATED = {"jit", "pjit", "closed_call", "remat2", "checkpoint"}
"""Equations made of others whose gradient is that of the others, none of its own."""

#: Where code lies that is not the user's: this library, JAX and what is installed beside it, and Python's own.
_NOT_OWN = tuple(
    str(folder) + os.sep
    for folder in (Path(__file__).parents[1], Path(jax.__file__).parents[1], sysconfig.get_paths()["stdlib"])
)


@dataclass
class Made:
    """One equation that was run.

    Args:
        equation: the equation.
        inputs: the values of its inputs.
        outputs: what it gave.
        scope: the scopes it was traced in, outermost first.
        line: the line of the user's own code, where there is one.
    """

    equation: Any
    inputs: list[Any]
    outputs: list[Any]
    scope: tuple[str, ...]
    line: str

    @property
    def name(self) -> str:
        """The operation."""
        return self.equation.primitive.name


def traced(function: Callable[..., Any], *args: Any) -> Any:
    """The equations of ``function(*args)``."""
    return jax.make_jaxpr(function)(*args)


def is_literal(atom: Any) -> bool:
    """Whether an input is a number written into the program, rather than a variable."""
    return isinstance(atom, core.Literal)


def run_forward(
    closed: Any, values: list[Any], scope: tuple[str, ...], line: str
) -> tuple[list[Made], Callable[[Any], Any]]:
    """Every equation run on its real numbers, and a function that reads a variable's value."""
    known: dict[Any, Any] = dict(zip(closed.jaxpr.constvars, closed.consts, strict=True))
    known |= dict(zip(closed.jaxpr.invars, values, strict=True))

    def read(atom: Any) -> Any:
        return atom.val if is_literal(atom) else known[atom]

    made = []
    for equation in closed.jaxpr.eqns:
        inputs = [read(atom) for atom in equation.invars]
        outputs = alone(closed, equation)(*inputs)
        known.update(zip(equation.outvars, outputs, strict=True))
        inner = tuple(part for part in str(equation.source_info.name_stack).split("/") if part)
        made.append(Made(equation, inputs, outputs, (*scope, *inner), _own_line(equation) or line))
    return made, read


def alone(closed: Any, equation: Any) -> Callable[..., list[Any]]:
    """One equation as a function of all its inputs."""
    atoms = equation.invars
    variables = list(dict.fromkeys(atom for atom in atoms if not is_literal(atom)))
    outputs = list(equation.outvars)
    told = closed.jaxpr.debug_info._replace(
        arg_names=tuple(map(str, range(len(variables)))), result_paths=tuple(map(str, range(len(outputs))))
    )
    program = closed.jaxpr.replace(constvars=[], invars=variables, outvars=outputs, eqns=[equation], debug_info=told)
    run = core.jaxpr_as_fun(core.ClosedJaxpr(program, ()))

    def call(*values: Any) -> list[Any]:
        given = {atom: v for atom, v in zip(atoms, values, strict=True) if not is_literal(atom)}
        return run(*[given[variable] for variable in variables])

    return call


def as_function(closed: Any) -> Callable[..., list[Any]]:
    """A program as a function."""
    return core.jaxpr_as_fun(closed)


def inside(one: Made) -> tuple[Any, list[Any]] | None:
    """The program that an equation consists of and the values of its inputs; None for a single operation."""
    params, values = one.equation.params, one.inputs
    if one.name == "cond":
        return params["branches"][int(values[0])], values[1:]
    if one.name not in _PARTS:
        return None
    found = next((params[key] for key in ("jaxpr", "call_jaxpr") if key in params), None)
    if found is None:
        return None
    return (found if hasattr(found, "consts") else core.ClosedJaxpr(found, ())), values


def _own_line(equation: Any) -> str:
    """The line of code outside of this library and JAX that an equation comes from."""
    trace = equation.source_info.traceback
    for frame in trace.frames if trace is not None else ():
        name = frame.file_name
        if name.startswith((*_NOT_OWN, "<frozen")):
            continue
        return f"{Path(name).name}, line {frame.line_num}, in {frame.function_name.rsplit('.', 1)[-1]}"
    return ""
