"""JSON: lenient in writing run folders, exact in model files."""

import datetime
import enum
import json
import math
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassnet.foundation.errors import ConfigError, ModelFileError
from glassnet.persistence.plain import MAX_DEPTH, decode, dump_line, dump_pretty, encode, plain_json


class Status(enum.Enum):
    RUNNING = "running"


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.arange(4).reshape(2, 2), [[0, 1], [2, 3]]),
        (np.array([1.0, np.nan]), [1.0, "NaN"]),
        ((1, (2,)), [1, [2]]),
        ({3, 1}, [1, 3]),
        ({1: math.inf, None: -math.inf}, {"1": "Infinity", "None": "-Infinity"}),
        (Path("a") / "b", "a/b"),
        (datetime.datetime(2025, 1, 2, 3, 4, 5), "2025-01-02T03:04:05"),
        (datetime.date(2025, 1, 2), "2025-01-02"),
        (Status.RUNNING, "running"),
        (np.datetime64("2025-01-02"), "2025-01-02"),
    ],
)
def test_what_is_nearly_plain_becomes_plain(value: Any, plain: Any) -> None:
    assert plain_json(value) == plain
    assert json.loads(dump_line(value)) == plain
    assert json.loads(dump_pretty(value)) == plain


def test_a_jax_array_becomes_a_list() -> None:
    assert plain_json({"loss": jnp.asarray(np.float32([0.5, 2.0]))}) == {"loss": [0.5, 2.0]}


@given(st.floats())
def test_every_float_comes_back_through_float(number: float) -> None:
    back = float(json.loads(dump_line(number)))
    assert back == number or (math.isnan(back) and math.isnan(number))


def test_half_a_character_in_a_file_name_survives() -> None:
    name = b"caf\xe9.csv".decode("utf-8", "surrogateescape")
    assert json.loads(dump_line(name)) == name
    assert decode("labels.json", encode("labels.json", [name])) == [name]


def test_one_line_is_one_line() -> None:
    assert dump_line({"a": "x\ny\u2028"}).count(b"\n") == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"NaN", "number NaN"),
        (b"[-Infinity]", "number -Infinity"),
        (b"[1e999]", "too large"),
        (b'{"a": 1, "a": 1}', "twice"),
        (b"[1,]", "strict JSON"),
        (b"", "strict JSON"),
        (b"\xff\xfe", "strict JSON"),
        (b"[" * (MAX_DEPTH + 2) + b"]" * (MAX_DEPTH + 2), "levels"),
        (b"[" * 200_000 + b"]" * 200_000, "strict JSON"),
        (b'{"a":' * 200_000, "strict JSON"),
        (b"1" * 5000, "strict JSON"),
    ],
)
def test_only_strict_json_is_read(text: bytes, told: str) -> None:
    with pytest.raises(ModelFileError, match=told):
        decode("config.json", text)


def test_depth_is_bounded_in_writing_as_in_reading() -> None:
    deep: list[Any] = []
    for _ in range(MAX_DEPTH):
        deep = [deep]
    assert decode("config.json", encode("config.json", deep)) == deep
    with pytest.raises(ConfigError, match="levels"):
        encode("config.json", [deep])
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(ConfigError, match="contains itself"):
        encode("config.json", loop)


def test_tuples_come_back_as_lists() -> None:
    assert decode("config.json", encode("config.json", {"shape": (2, 3)})) == {"shape": [2, 3]}
