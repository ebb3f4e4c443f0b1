"""The compiler's options for a network, where XLA's own choice is measurably slower."""

from functools import cache
from typing import Any

import jax

from glassnet.foundation.blueprint import Blueprint

#: Convolutions of many channels by XLA's older kernels: two to four times faster on the CPU than by its new library
#: (measured on 3 x 3 kernels over 3 to 64 channels, both directions).
_CONVOLUTIONS = {
    "xla_cpu_experimental_ynn_fusion_type": "LIBRARY_FUSION_TYPE_INDIVIDUAL_DOT,LIBRARY_FUSION_TYPE_REDUCE"
}
#: A small network without fusion emitters: half the compiling, for a step a tenth slower.
_SMALL = {"xla_cpu_use_fusion_emitters": False}


def options_for(blueprint: Blueprint, *, small: bool = False) -> dict[str, Any] | None:
    """The options for a network of this structure on this device; None for the compiler's defaults.

    Args:
        blueprint: its structure.
        small: whether compiling it takes longer than running it.
    """
    if jax.default_backend() != "cpu":
        return None
    hints = blueprint.compiler_hints
    options = {**(_SMALL if small and "fusion" not in hints else {}), **(_CONVOLUTIONS if "channels" in hints else {})}
    known = {name: value for name, value in options.items() if _is_known(name, value)}
    return known or None


@cache
def _is_known(name: str, value: Any) -> bool:
    """Whether this version of the compiler takes the option."""
    try:
        jax.jit(lambda: 0, compiler_options={name: value}).lower().compile()
    except jax.errors.JaxRuntimeError:
        return False
    return True
