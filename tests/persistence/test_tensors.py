"""Named arrays as bytes: only numbers, only what the header truly describes."""

import json
import struct
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from glassnet.foundation.errors import ModelFileError
from glassnet.persistence.tensors import decode_tensors, encode_tensors


def handmade(header: Any, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def entry(dtype: str = "F32", shape: tuple[int, ...] = (2,), offsets: tuple[int, int] = (0, 8)) -> dict[str, Any]:
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


def test_other_programs_read_what_we_write() -> None:
    arrays = {"dense/kernel": np.arange(6, dtype="float32").reshape(2, 3).T, "steps": np.array(3)}
    back = safetensors.numpy.load(encode_tensors("weights.safetensors", arrays))
    for name, array in arrays.items():
        np.testing.assert_array_equal(back[name], array)


def test_we_read_what_other_programs_write() -> None:
    data = safetensors.numpy.save({"w": np.arange(4.0)}, metadata={"format": "np"})
    np.testing.assert_array_equal(decode_tensors("weights.safetensors", data)["w"], np.arange(4.0))
    np.testing.assert_array_equal(
        decode_tensors("weights.safetensors", handmade({"w": entry()}, struct.pack("<2f", 1.5, -2.0)))["w"], [1.5, -2.0]
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "impossible length"),
        (b"\0" * 8, "impossible length"),
        (struct.pack("<Q", 2**63) + b"{}", "impossible length"),
        (handmade({"w": entry()}, bytes(8))[:30], "impossible length"),
        (handmade([1]), "lists no arrays"),
        (handmade({"w": 1}), "lists no arrays"),
        (handmade(b'{"w": {}, "w": {}}'), "twice"),
        (handmade({"w": entry("C64", (1,))}, bytes(8)), "known type.*'C64'"),
        (handmade({"w": entry("F8_E4M3", (8,))}, bytes(8)), "known type"),
        (handmade({"w": {"shape": [2]}}), "known type.*None"),
        (handmade({"w": entry(shape=(3,))}, bytes(8)), "safetensors format"),
        (handmade({"w": entry(shape=(-2,))}, bytes(8)), "safetensors format"),
        (handmade({"w": entry(shape=(2**62, 2**62))}, bytes(8)), "safetensors format"),
        (handmade({"w": entry(offsets=(0, 16))}, bytes(8)), "safetensors format"),
        (handmade({"w": entry(offsets=(8, 16))}, bytes(16)), "safetensors format"),
        (handmade({"w": entry()}, bytes(12)), "safetensors format"),
        (handmade({"v": entry(), "w": entry()}, bytes(8)), "safetensors format"),
    ],
)
def test_bytes_that_are_no_named_numbers_are_refused(data: bytes, told: str) -> None:
    with pytest.raises(ModelFileError, match=told):
        decode_tensors("weights.safetensors", data)
