"""Plain data and JSON: lenient for run folders (`plain_json`), strict for model files (`encode`, `decode`)."""

import datetime
import enum
import json
import math
import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from glassnet.foundation.errors import ConfigError, ModelFileError

MAX_DEPTH = 100


def plain_json(data: Any) -> Any:
    """`data` as what JSON can hold: dicts with string keys, lists, strings, finite numbers, true, false and null.

    NumPy numbers and arrays become numbers and lists, tuples and sets lists, paths and dates strings. JSON has no
    number for NaN and the infinities: they become ``"NaN"``, ``"Infinity"`` and ``"-Infinity"``, which ``float()``
    turns back.

    Args:
        data: a number, string, path, date, enumeration member, array, or a list or mapping of them.

    Raises:
        ConfigError: `data` holds an object of another kind.

    Example:
        >>> import numpy as np
        >>> plain_json({"loss": np.float32(0.5), "sizes": (2, 3), "best": float("inf")})
        {'loss': 0.5, 'sizes': [2, 3], 'best': 'Infinity'}

    Reference:
        Protocol Buffers, JSON mapping: the spelling of NaN and the infinities.
    """
    if isinstance(data, enum.Enum):
        return plain_json(data.value)
    if data is None or isinstance(data, str | bool):
        return data
    if isinstance(data, np.generic | np.ndarray):
        return plain_json(data.tolist())
    if isinstance(data, int):
        return data
    if isinstance(data, float):
        return data if math.isfinite(data) else _spell(data)
    if isinstance(data, Mapping):
        return {str(key): plain_json(value) for key, value in data.items()}
    if isinstance(data, list | tuple | set | frozenset):
        return [plain_json(item) for item in (sorted(data, key=repr) if isinstance(data, set | frozenset) else data)]
    if isinstance(data, os.PathLike):
        return os.fspath(data)
    if isinstance(data, datetime.datetime | datetime.date | datetime.time):
        return data.isoformat()
    if hasattr(data, "__array__"):
        return plain_json(np.asarray(data))
    raise ConfigError(
        f"Expected numbers, text, lists and dicts to write as JSON. Received an object of type "
        f"{type(data).__name__}. Turn it into plain data first."
    )


def _spell(number: float) -> str:
    if math.isnan(number):
        return "NaN"
    return "Infinity" if number > 0 else "-Infinity"


def dump_line(data: Any) -> bytes:
    """`data` as JSON on one line."""
    return _utf8(json.dumps(plain_json(data), separators=(",", ":"), ensure_ascii=False, allow_nan=False) + "\n")


def dump_pretty(data: Any) -> bytes:
    """`data` as JSON for a person to read."""
    return _utf8(json.dumps(plain_json(data), indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def _utf8(text: str) -> bytes:
    # Half a character, as in the name of a file that is not UTF-8, becomes JSON's own escape for it.
    return text.encode("utf-8", "backslashreplace")


def encode(name: str, data: Any) -> bytes:
    """Exact JSON of plain data; what would not come back equal is refused, except that tuples come back as lists.

    Args:
        name: the member's name, for messages.
        data: plain data with string keys and finite numbers.
    """
    _check_exact(name, data)
    return _utf8(json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False))


def _check_exact(name: str, data: Any) -> None:
    stack: list[tuple[str, Any, int]] = [(name, data, 0)]
    while stack:
        where, value, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise ConfigError(
                f"Expected at most {MAX_DEPTH} levels of lists and dicts in {name}. Received more (or a list that "
                f"contains itself). Flatten it before saving."
            )
        if isinstance(value, dict):
            if odd := [key for key in value if type(key) is not str]:
                raise ConfigError(
                    f"Expected strings as keys at {where}. Received {odd[0]!r}. Turn the keys into "
                    f"strings before saving."
                )
            stack.extend((f"{where}: {key}", item, depth + 1) for key, item in value.items())
        elif isinstance(value, list | tuple):
            stack.extend((f"{where}[{index}]", item, depth + 1) for index, item in enumerate(value))
        elif not _is_exact(value):
            raise ConfigError(
                f"Expected plain data (text, finite numbers, true, false, None) at {where}. Received {value!r} of type "
                f"{type(value).__name__}. Convert it first, for instance with plain_json."
            )


def _is_exact(value: Any) -> bool:
    return value is None or type(value) in (str, bool, int) or (type(value) is float and math.isfinite(value))


def decode(name: str, data: bytes) -> Any:
    """Strictly parsed JSON: no NaN, no duplicate keys, bounded depth.

    Args:
        name: the member's name, for messages.
        data: its bytes.

    Raises:
        ModelFileError: it is not such JSON.
    """
    try:
        value = json.loads(
            data.decode("utf-8"),
            parse_constant=_refuse_constant,
            parse_float=_finite,
            object_pairs_hook=_without_duplicates,
        )
        _check_depth(value)
    except (ValueError, RecursionError) as problem:
        raise ModelFileError(
            f"Expected strict JSON in {name} of the model file. Received something else: {problem}. The file was "
            f"altered or not written by Glassnet; use a fresh copy."
        ) from problem
    return value


def _refuse_constant(text: str) -> Any:
    raise ValueError(f"the number {text}")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"the number {text[:20]}, which is too large")
    return number


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key that occurs twice")
    return found


def _check_depth(value: Any) -> None:
    stack = [(value, 0)]
    while stack:
        held, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise ValueError(f"more than {MAX_DEPTH} levels of lists and objects")
        if isinstance(held, dict | list):
            stack.extend((item, depth + 1) for item in (held.values() if isinstance(held, dict) else held))
