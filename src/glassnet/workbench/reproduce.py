"""How to get the same run again: the command, the Python code, and the versions it ran with."""

import platform
import shlex
import sys

from glassnet._version import __version__
from glassnet.workbench.settings import Settings


def command_for(source: str, target: str | None, settings: Settings) -> str:
    """The command line that repeats a run; what is at its default is left out.

    Args:
        source: a file, or the name of a built-in table.
        target: the column to predict, None for a built-in table's own.
        settings: what was chosen.

    Example:
        >>> command_for("patients.csv", "outcome", Settings(epochs=10))
        'glassnet train patients.csv --target outcome --epochs 10'
    """
    words = ["glassnet", "train", source, *(["--target", target] if target else [])]
    for name, value in settings.chosen().items():
        shown = ",".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)
        words += [f"--{name.replace('_', '-')}", shown]
    return shlex.join(words)


def python_for(source: str, target: str | None, settings: Settings) -> str:
    """Python code that repeats a run.

    Args:
        source: a file, or the name of a built-in table.
        target: the column to predict, None for a built-in table's own.
        settings: what was chosen.

    Example:
        >>> print(python_for("iris", None, Settings(epochs=10)))
        from glassnet import workbench
        <BLANKLINE>
        result = workbench.train('iris', settings=workbench.Settings(epochs=10))
        print(result.evaluation.measured)
        result.predictor.save('model.glass')
    """
    chosen = ", ".join(f"{name}={value!r}" for name, value in settings.chosen().items())
    arguments = [repr(source), *([repr(target)] if target else [])]
    if chosen:
        arguments.append(f"settings=workbench.Settings({chosen})")
    return "\n".join(
        [
            "from glassnet import workbench",
            "",
            f"result = workbench.train({', '.join(arguments)})",
            "print(result.evaluation.measured)",
            "result.predictor.save('model.glass')",
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
