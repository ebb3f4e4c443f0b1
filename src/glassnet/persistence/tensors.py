"""Named arrays as bytes and back, in the safetensors format: numbers and a list of names, shapes and types."""

import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy

from glassnet.foundation.errors import ConfigError, ModelFileError
from glassnet.persistence.plain import decode

_MAX_HEADER = 64 * 2**20
_TYPES = {
    "BOOL": "bool",
    "I8": "int8",
    "I16": "int16",
    "I32": "int32",
    "I64": "int64",
    "U8": "uint8",
    "U16": "uint16",
    "U32": "uint32",
    "U64": "uint64",
    "F16": "float16",
    "BF16": "bfloat16",
    "F32": "float32",
    "F64": "float64",
}


def encode_tensors(member: str, arrays: Mapping[str, Any]) -> bytes:
    """Named arrays as the bytes of a safetensors file, the same bytes for equal arrays.

    Args:
        member: the file's name inside the model file, for messages.
        arrays: NumPy arrays of booleans, integers or floating-point numbers, of any shape.

    Raises:
        ConfigError: a name or a type that the format cannot hold.
    """
    ready: dict[str, np.ndarray] = {}
    for name, value in arrays.items():
        array = np.asarray(value, order="C")  # the library reads the array's memory as it lies
        _check_name(member, name)
        if array.dtype.name not in _TYPES.values():
            raise ConfigError(
                f"Expected numbers in {name!r} of {member}. Received an array of type {array.dtype.name}. Save arrays "
                f"of one of these types: {', '.join(_TYPES.values())}."
            )
        ready[name] = array
    return safetensors.numpy.save(ready)


def _check_name(member: str, name: Any) -> None:
    usable = isinstance(name, str) and name not in ("", "__metadata__")
    if not usable or name.encode("utf-8", "replace").decode() != name:
        raise ConfigError(
            f"Expected the arrays of {member} to be named by paths such as 'dense/kernel'. Received {name!r}. "
            f"Rename it."
        )


def decode_tensors(member: str, data: bytes) -> dict[str, np.ndarray]:
    """The named arrays in the bytes of a safetensors file; each owns its memory and may be written to.

    Raises:
        ModelFileError: the bytes are not such a file, or hold something else than numbers.
    """
    _check_types(member, _header(member, data))
    try:
        return {name: _as_array(info) for name, info in safetensors.deserialize(data)}
    except (safetensors.SafetensorError, ValueError, TypeError, OverflowError) as problem:
        raise _damaged(member, str(problem)) from problem


def _header(member: str, data: bytes) -> dict[str, Any]:
    size = struct.unpack("<Q", data[:8])[0] if len(data) >= 8 else -1
    if not 2 <= size <= min(_MAX_HEADER, len(data) - 8):
        raise _damaged(member, "a header of impossible length")
    header = decode(f"the header of {member}", data[8 : 8 + size])
    if not isinstance(header, dict) or not all(isinstance(entry, dict) for entry in header.values()):
        raise _damaged(member, "a header that lists no arrays")
    return header


def _check_types(member: str, header: dict[str, Any]) -> None:
    for name, entry in header.items():
        if name != "__metadata__" and entry.get("dtype") not in _TYPES:
            raise ModelFileError(
                f"Expected numbers of a known type ({', '.join(_TYPES)}) in {name!r} of {member}. Received "
                f"{entry.get('dtype')!r}. The file was not written by this version of Glassnet; use a fresh copy."
            )


def _as_array(info: dict[str, Any]) -> np.ndarray:
    dtype = _numpy_type(info["dtype"]).newbyteorder("<")
    return np.ndarray(tuple(info["shape"]), dtype, buffer=bytearray(info["data"])).astype(
        dtype.newbyteorder("="), copy=False
    )


def _numpy_type(code: str) -> np.dtype:
    if code == "BF16":
        import ml_dtypes  # NumPy's bfloat16; it comes with JAX

        return np.dtype(ml_dtypes.bfloat16)
    return np.dtype(_TYPES[code])


def _damaged(member: str, problem: str) -> ModelFileError:
    return ModelFileError(
        f"Expected {member} of the model file to hold named arrays in the safetensors format. Received {problem}. The "
        f"file was cut off or altered; use a fresh copy."
    )
