"""How to get the same run again: the command, the Python code, and the versions it ran with."""

import platform
import shlex
import sys
from dataclasses import fields
from typing import Any

from glassnet._version import __version__
from glassnet.workbench.settings import Settings


def command_for(source: str, target: str | None, settings: Settings) -> str:
    """The command line that repeats a run; what is at its default is left out.

    Example:
        >>> command_for("patients.csv", "outcome", Settings(epochs=10))
        'glassnet train patients.csv --target outcome --epochs 10'
    """
    words = ["glassnet", "train", source, *(["--target", target] if target else [])]
    for name, value in _chosen(settings).items():
        shown = ",".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)
        words += [f"--{name.replace('_', '-')}", shown]
    return shlex.join(words)


def python_for(source: str, target: str | None, settings: Settings, *, built_in: bool) -> str:
    """Python code that repeats a run.

    Example:
        >>> print(python_for("iris", None, Settings(), built_in=True))
        from glassnet import data, workbench
        <BLANKLINE>
        result = workbench.train(data.load_sample("iris"))
        print(result.evaluation.measured)
        result.predictor.save("model.glass")
    """
    table = f'data.load_sample("{source}")' if built_in else f"data.read_table({source!r})"
    arguments = [table, *([repr(target)] if target else [])]
    chosen = ", ".join(f"{name}={value!r}" for name, value in _chosen(settings).items())
    if chosen:
        arguments.append(f"settings=workbench.Settings({chosen})")
    return "\n".join(
        [
            "from glassnet import data, workbench",
            "",
            f"result = workbench.train({', '.join(arguments)})",
            "print(result.evaluation.measured)",
            'result.predictor.save("model.glass")',
        ]
    )


def versions() -> dict[str, str]:
    """What a run depends on besides code, data and seed."""
    import jax
    import numpy as np

    return {
        "glassnet": __version__,
        "python": platform.python_version(),
        "jax": jax.__version__,
        "numpy": np.__version__,
        "platform": f"{sys.platform} {platform.machine()}",
    }


def _chosen(settings: Settings) -> dict[str, Any]:
    return {
        field.name: getattr(settings, field.name)
        for field in fields(settings)
        if getattr(settings, field.name) != field.default
    }
