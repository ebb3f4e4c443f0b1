"""How a command ends: one JSON object or a message, and the exit code."""

import json
import sys
from typing import Any

from glassnet.cli.terminal import Out

DONE, FAILED, USAGE, DATA, DIVERGED, GATE, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130


def print_json(data: dict[str, Any]) -> None:
    """Write one JSON object on stdout, strictly valid also where a number is not finite."""
    from glassnet.persistence import plain_json

    sys.stdout.write(json.dumps(plain_json(data), allow_nan=False) + "\n")
    sys.stdout.flush()


def complain(message: str, code: int, as_json: bool, **more: Any) -> int:
    """Say what went wrong, on stderr or as a JSON object with `more` in it, and return the exit code."""
    if as_json:
        sys.stdout.write(json.dumps({"error": message, "exit_code": code, **more}) + "\n")
        sys.stdout.flush()
        return code
    Out(sys.stderr).error(message)
    return code
