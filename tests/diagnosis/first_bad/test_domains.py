"""domains: an operation used outside of where it is defined, by the numbers that went in; none for a plain overflow."""

import numpy as np
import pytest

from glassnet.diagnosis.first_bad.domains import not_defined, plain
from glassnet.inspection.equations import Broken
from glassnet.inspection.first_broken import Place

NAN, INF = np.nan, np.inf


def place(operation, operands, result, direction="forward", behind=()):
    arrays = tuple(np.array(operand, np.float32) for operand in operands)
    broken = Broken(operation, direction, (), arrays, np.array(result, np.float32), behind=behind)
    return Place("mine", direction, broken)


CENTRED = ("add", "integer_pow", "sub", "reduce_sum")
DEVIATION = ("sqrt", "div", "reduce_sum", "integer_pow", "sub")

#: name: (operation, its operands, its result, direction, operations behind), then cause and words of its sentence.
UNDEFINED = {
    "log of 0": (("log", [[1.0, 0.0]], [0.0, -INF]), "log_of_zero", "log of 0."),
    "log of -2": (("log", [[1.0, -2.0]], [0.0, NAN]), "log_of_negative", "log of -2."),
    "log1p of -1": (("log1p", [[-1.0, 3.0]], [-INF, 1.4]), "log_of_zero", "log of 0."),
    "log1p of -3": (("log1p", [[-3.0, 3.0]], [NAN, 1.4]), "log_of_negative", "log of -2."),
    "1 / 0": (("div", [[1.0, 1.0], [0.0, 2.0]], [INF, 0.5]), "division_by_zero", "division by 0."),
    "0 / 0": (("div", [[0.0, 1.0], [0.0, 2.0]], [NAN, 0.5]), "division_by_zero", "0 divided by 0."),
    "0 / 0, one divisor": (("div", [[0.0, 1.0], 0.0], [NAN, INF]), "division_by_zero", "0 divided by 0."),
    "1 / 1e-30 in the slope": (
        ("div", [[1.0, 1.0], [1e-30, 2.0]], [INF, 0.5], "backward"), "division_by_zero", "though where() hides the value",
    ),
    "remainder": (("rem", [[1.0, 5.0], [0.0, 3.0]], [NAN, 2.0]), "division_by_zero", "division by 0."),
    "rsqrt of 0": (("rsqrt", [[0.0, 4.0]], [INF, 0.5]), "division_by_zero", "division by 0."),
    "rsqrt of -4": (("rsqrt", [[-4.0, 4.0]], [NAN, 0.5]), "root_of_negative", "a root of -4."),
    "update": (("div", [[1.0, 1.0], [0.0, 2.0]], [INF, 0.5], "update"), "division_by_zero", "the optimizer divides"),
    "deviation by name": (
        ("div", [[1.0, 1.0], [0.0, 2.0]], [INF, 0.5], "forward", ("_std",)), "zero_deviation", "deviation of 0",
    ),
    "deviation by hand": (
        ("div", [[1.0, 1.0], [0.0, 2.0]], [INF, 0.5], "forward", DEVIATION), "zero_deviation", "all numbers that it was taken of",
    ),
    "deviation, rsqrt": (("rsqrt", [[0.0, 4.0]], [INF, 0.5], "forward", ("_var",)), "zero_deviation", "deviation of 0"),
    "no deviation": (("div", [[1.0, 1.0], [0.0, 2.0]], [INF, 0.5], "forward", CENTRED), "division_by_zero", "division by 0."),
    "0 ** -2": (("integer_pow", [[0.0, 2.0]], [INF, 0.25]), "division_by_zero", "a negative power of 0"),
    "0 ** -0.5": (("pow", [[0.0, 2.0], -0.5], [INF, 0.7]), "division_by_zero", "a negative power of 0"),
    "slope of 0 ** 0.5": (("pow", [[0.0, 2.0], 0.5], [INF, 0.7], "backward"), "root_at_zero", "infinite at 0"),
    "(-2) ** 0.5": (("pow", [[-2.0, 2.0], 0.5], [NAN, 1.4]), "root_of_negative", "a root or power of -2."),
    "root of -2": (("sqrt", [[-2.0, 2.0]], [NAN, 1.4]), "root_of_negative", "a root or power of -2."),
    "slope of a root of 0": (("sqrt", [[0.0, 2.0]], [INF, 0.7], "backward"), "root_at_zero", "infinite at 0"),
    "slope of a cube root of 0": (("cbrt", [[0.0, -2.0]], [INF, 0.7], "backward"), "root_at_zero", "infinite at 0"),
    "all masked": (("sub", [[-INF, 1.0], [-INF, 1.0]], [NAN, 0.0]), "fully_masked", "masked with -inf"),
    "all masked, one greatest": (("sub", [[-INF, -INF], -INF], [NAN, NAN]), "fully_masked", "masked with -inf"),
    "arc cosine": (("acos", [[0.5, 1.5]], [1.0, NAN]), "out_of_domain", "acos of 1.5; it is defined from -1 to 1."),
    "atanh": (("atanh", [[0.5, -3.0]], [0.5, NAN]), "out_of_domain", "atanh of -3; it is defined between -1 and 1."),
}  # fmt: skip

#: operations that are defined where they were used: what came out is too large, or a number went in that is no zero.
DEFINED = {
    "product": ("mul", [[1e30], [1e30]], [INF]),
    "exp": ("exp", [[100.0]], [INF]),
    "power of large numbers": ("integer_pow", [[1e20, 0.5]], [INF, 0.25]),
    "division that overflows": ("div", [[1e30], [1e-20]], [INF]),
    "log of something large": ("log", [[2.0]], [INF]),
    "difference that overflows": ("sub", [[3e38], [-3e38]], [INF]),
    "infinities that differ": ("sub", [[INF], [-INF]], [INF]),
    "difference on the way back": ("sub", [[-INF], [-INF]], [NAN], "backward"),
    "root of something large": ("sqrt", [[4.0]], [INF]),
}


@pytest.mark.parametrize("name", UNDEFINED)
def test_an_operation_outside_of_its_domain_is_named(name):
    given, kind, words = UNDEFINED[name]
    found = not_defined(place(*given))
    assert found.kind == kind and words in found.why and found.remedy, found


@pytest.mark.parametrize("name", DEFINED)
def test_an_operation_inside_of_its_domain_is_not(name):
    assert not_defined(place(*DEFINED[name])) is None


def test_an_operation_whose_operands_are_not_known_is_not():
    assert not_defined(place("log", [], [INF])) is None


def test_any_array_becomes_doubles():
    import jax.numpy as jnp

    assert plain(jnp.ones(2, jnp.bfloat16)).dtype == np.float64
