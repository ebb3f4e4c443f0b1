"""A step run equation by equation on its real numbers, forwards and backwards, up to the first number that is not finite."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation.types import HostArray
from glassnet.inspection import jaxprs
from glassnet.inspection.jaxprs import Made

_MOVING = frozenset(
    {
        *(
            "select_n",
            "broadcast_in_dim",
            "convert_element_type",
            "concatenate",
            "pad",
            "reshape",
            "squeeze",
            "transpose",
        ),
        *("slice", "dynamic_slice", "dynamic_update_slice", "gather", "scatter", "rev", "copy", "expand_dims", "jit"),
    }
)
"""Operations that only move numbers: an infinity that comes out of one was put in, as a mask for example."""

_NEAR = 24
"""How many operations behind an operand are looked at to say what it is."""


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
        carried: the largest number carried along, before each step of the recurrence that grew most.
        recurrence: the scopes of that recurrence.
        line: the line of the user's own code, where there is one.
        behind: the operations that gave the last operand, a divisor for example, the nearest first.
        output: which of the function's results broke, by its place.
    """

    operation: str
    direction: str
    scope: tuple[str, ...]
    operands: tuple[HostArray, ...]
    result: HostArray
    time_step: int | None = None
    carried: tuple[float, ...] = ()
    recurrence: tuple[str, ...] = ()
    line: str = ""
    behind: tuple[str, ...] = ()
    output: int = 0


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
    closed = jaxprs.traced(function, *args)
    run = _Run(closed, jax.tree.leaves(args), (), "")
    found = run.forwards()
    if found is None and backward:
        found = run.backwards([jnp.float32(1)])
    if found is None or found.carried:
        return found
    carried, scope = _fastest_growth(run.made)
    return replace(found, carried=carried, recurrence=scope)


class _Run:
    """The equations of one program, run on real numbers."""

    def __init__(self, closed: Any, values: list[Any], scope: tuple[str, ...], line: str) -> None:
        self.closed = closed
        self.made, self.read = jaxprs.run_forward(closed, values, scope, line)
        self.maker = {variable: one for one in self.made for variable in one.equation.outvars}

    def forwards(self) -> Broken | None:
        """The operation behind the first result that is not finite."""
        for place, variable in enumerate(self.closed.jaxpr.outvars):
            if not jaxprs.is_literal(variable) and not _finite(self.read(variable)):
                found = self._root(variable)
                return None if found is None else replace(found, output=place)
        return None

    def _root(self, variable: Any) -> Broken | None:
        """Back from a number that is not finite to the operation that made it from finite ones.

        NaN is followed before infinity: what made NaN out of an infinity that was put in on purpose is the place.
        """
        if variable not in self.maker:
            return None
        one, test = self.maker[variable], _has_nan if _has_nan(self.read(variable)) else _not_finite
        while True:
            bad = next(self._bad_inputs(one, test), None)
            if bad is not None:
                one = self.maker[bad]
                continue
            if test is _has_nan:
                for infinite in self._bad_inputs(one, _not_finite):
                    found = self._root(infinite)
                    if found is not None and found.operation not in _MOVING:
                        return found
            found = _refined(one)
            return replace(found, behind=(*found.behind, *self._behind(one)))

    def _bad_inputs(self, one: Made, test: Callable[[Any], bool]) -> Any:
        """The variables among an equation's inputs that spoil its result; of a choice only what was chosen."""
        for place, (atom, value) in enumerate(zip(one.equation.invars, one.inputs, strict=True)):
            if jaxprs.is_literal(atom) or atom not in self.maker or not test(value):
                continue
            if one.name == "select_n" and place and not test(np.asarray(value)[np.asarray(one.inputs[0]) == place - 1]):
                continue
            yield atom

    def _behind(self, one: Made) -> tuple[str, ...]:
        """The operations that gave the last input, the nearest first."""
        names: list[str] = []
        ahead = [one.equation.invars[-1]] if one.equation.invars else []
        while ahead and len(names) < _NEAR:
            atom = ahead.pop(0)
            if jaxprs.is_literal(atom) or atom not in self.maker:
                continue
            equation = self.maker[atom].equation
            names.append(str(equation.params.get("name", equation.primitive.name)))
            ahead += equation.invars
        return tuple(names)

    def backwards(self, cotangents: list[Any]) -> Broken | None:
        """The equation whose gradient breaks though what comes in is finite, on the way to a gradient that is wanted."""
        slopes: dict[Any, Any] = {}
        gone: list[tuple[Made, list[Any], list[Any]]] = []
        for atom, slope in zip(self.closed.jaxpr.outvars, cotangents, strict=True):
            _add(slopes, atom, slope)
        for one in reversed(self.made):
            places = [i for i, value in enumerate(one.inputs) if _is_float(value)]
            if not places or not any(variable in slopes for variable in one.equation.outvars):
                continue
            coming = [slopes.get(v, _zero(value)) for v, value in zip(one.equation.outvars, one.outputs, strict=True)]
            going = _pulled(jaxprs.alone(self.closed, one.equation), one, places, coming)
            for place, slope in zip(places, going, strict=True):
                _add(slopes, one.equation.invars[place], slope)
            gone.append((one, coming, going))
        bad = {v for v in self.closed.jaxpr.invars if v in slopes and not _finite(slopes[v])}
        return self._root_backwards(gone, bad) if bad else None

    def _root_backwards(self, gone: list[tuple[Made, list[Any], list[Any]]], bad: set[Any]) -> Broken | None:
        """From a gradient that is not finite on, equation after equation, to the one that made it so."""
        last = None
        for one, coming, going in reversed(gone):
            atoms = [atom for atom, value in zip(one.equation.invars, one.inputs, strict=True) if _is_float(value)]
            spoilt = [
                slope
                for atom, slope in zip(atoms, going, strict=True)
                if not jaxprs.is_literal(atom) and atom in bad and not _finite(slope)
            ]
            if not spoilt:
                continue
            last = one, coming, spoilt[0]
            if all(slope is None or _finite(slope) for slope in coming):
                break
            bad.update(
                variable
                for variable, slope in zip(one.equation.outvars, coming, strict=True)
                if slope is not None and not _finite(slope)
            )
        return None if last is None else self._hidden_behind(last[0]) or _refined_backward(*last)

    def _hidden_behind(self, one: Made) -> Broken | None:
        """The way forwards may have broken before, where what came after it hid that."""
        for variable in (*one.equation.invars, *one.equation.outvars):
            if not jaxprs.is_literal(variable) and variable in self.maker and not _finite(self.read(variable)):
                found = self._root(variable)
                if found is not None and found.operation not in _MOVING:
                    return found
        return None


def _refined(one: Made) -> Broken:
    """The operation inside an equation that is itself made of some."""
    parts = jaxprs.inside(one)
    if one.name == "scan":
        found = _in_scan(one)
    elif parts is not None:
        found = _Run(*parts, one.scope, one.line).forwards()
    else:
        found = None
    result = next(value for value in one.outputs if not _finite(value))
    return found or _broken(one.name, "forward", one, result)


def _turns(one: Made) -> Any:
    """The turns of a loop: (number, the values it starts from, the values it gives, the largest number carried)."""
    params = one.equation.params
    body, length = jaxprs.as_function(params["jaxpr"]), params["length"]
    consts, carries = params["num_consts"], params["num_carry"]
    fixed, carry = one.inputs[:consts], one.inputs[consts : consts + carries]
    for turn in range(length):
        place = length - 1 - turn if params["reverse"] else turn
        now = [*fixed, *carry, *(xs[place] for xs in one.inputs[consts + carries :])]
        outputs = body(*now)
        yield place, now, outputs, max((_largest(c) for c in carry), default=0.0)
        carry = outputs[:carries]


def _in_scan(one: Made) -> Broken | None:
    """The operation in the first turn that gives what is not finite out of finite numbers, or else NaN out of none."""
    sizes: list[float] = []
    for place, now, outputs, size in _turns(one):
        sizes.append(size)
        spoils = not all(map(_finite, outputs)) and all(map(_finite, now))
        if spoils or (any(map(_has_nan, outputs)) and not any(map(_has_nan, now))):
            found = _Run(one.equation.params["jaxpr"], now, one.scope, one.line).forwards()
            carried = {"time_step": place, "carried": tuple(sizes), "recurrence": one.scope}
            return None if found is None else replace(found, **carried)
    return None


def _fastest_growth(made: list[Made]) -> tuple[tuple[float, ...], tuple[str, ...]]:
    """The sizes that the loop carried whose numbers grew most, and its scopes, where one grew more than a hundredfold."""
    best, most = ((), ()), 100.0
    for one in made:
        if one.name != "scan" or not any(_largest(value) > 1e2 for value in one.outputs):
            continue
        sizes = [size for _, _, _, size in _turns(one)]
        grown = max(sizes) / next((size for size in sizes if size > 0), np.inf)
        if grown > most:
            best, most = (tuple(sizes), one.scope), grown
    return best


def _pulled(run: Any, one: Made, places: list[int], coming: list[Any]) -> list[Any]:
    def of_floats(*floats: Any) -> list[Any]:
        values = list(one.inputs)
        for place, value in zip(places, floats, strict=True):
            values[place] = value
        return [value for value in run(*values) if _is_float(value)]

    _, pull = jax.vjp(of_floats, *[one.inputs[place] for place in places])
    return list(pull([c for c, value in zip(coming, one.outputs, strict=True) if _is_float(value)]))


def _refined_backward(one: Made, coming: list[Any], bad: Any) -> Broken:
    name, parts = one.name, jaxprs.inside(one)
    found = None
    if parts is not None and name in jaxprs.DIFFERENTIATED:
        found = _Run(*parts, one.scope, one.line).backwards(coming)
    if found is None and parts is not None and one.equation.params.get("name"):
        name = str(one.equation.params["name"])
    return found or _broken(name, "backward", one, bad)


def _broken(name: str, direction: str, one: Made, result: Any) -> Broken:
    operands = tuple(np.asarray(value) for value in one.inputs if _is_number(value))
    return Broken(name, direction, one.scope, operands, np.asarray(result), line=one.line)


def _add(slopes: dict[Any, Any], atom: Any, slope: Any) -> None:
    if slope is not None and not jaxprs.is_literal(atom) and getattr(slope, "dtype", None) != jax.dtypes.float0:
        slopes[atom] = slopes[atom] + slope if atom in slopes else slope


def _zero(value: Any) -> Any:
    return jnp.zeros_like(value) if _is_float(value) else None


def _is_number(value: Any) -> bool:
    return not jnp.issubdtype(jnp.result_type(value), jax.dtypes.extended)


def _is_float(value: Any) -> bool:
    return jnp.issubdtype(jnp.result_type(value), jnp.floating)


def _finite(value: Any) -> bool:
    return not _is_float(value) or bool(np.isfinite(np.asarray(value).astype(np.float64)).all())


def _not_finite(value: Any) -> bool:
    return not _finite(value)


def _has_nan(value: Any) -> bool:
    return _is_float(value) and bool(np.isnan(np.asarray(value).astype(np.float64)).any())


def _largest(value: Any) -> float:
    return float(np.abs(np.asarray(value).astype(np.float64)).max(initial=0.0)) if _is_float(value) else 0.0
