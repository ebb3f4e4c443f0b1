"""The model file: what goes in comes out, and nothing else is ever taken for it."""

import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from glassnet.foundation.errors import ConfigError, ModelFileError
from glassnet.persistence import Archive, read_archive, write_archive

Forge = Callable[..., Path]

DTYPES = [
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
]
SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
ARRAYS = st.sampled_from(DTYPES).flatmap(lambda dtype: hnp.arrays(dtype, SHAPES))
PATHS = st.text(min_size=1, max_size=20).filter(lambda name: name != "__metadata__" and name.isprintable())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def fingerprint(archive: Archive) -> Any:
    """The whole content, comparable bit for bit."""

    def arrays(held: dict[str, np.ndarray] | None) -> Any:
        return held and {n: (a.dtype.name, a.shape, np.ascontiguousarray(a).tobytes()) for n, a in held.items()}

    plain = json.dumps([archive.config, archive.parts], sort_keys=True)
    return plain, archive.card, arrays(archive.weights), arrays(archive.probes)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    config=st.dictionaries(st.text(), JSON, max_size=3),
    weights=st.dictionaries(PATHS, ARRAYS, max_size=4),
    labels=JSON,
    card=st.none() | st.text(),
    probes=st.none() | st.dictionaries(PATHS, ARRAYS, max_size=2),
)
def test_everything_written_is_read_back_bit_for_bit(tmp_path: Path, config, weights, labels, card, probes) -> None:
    path = tmp_path / "round.glass"
    given_archive = Archive(config, weights, {"labels": labels}, card, probes)
    write_archive(path, given_archive)
    assert fingerprint(read_archive(path)) == fingerprint(given_archive)


def test_bfloat16_other_byte_orders_and_views_come_back_as_equal_numbers(tmp_path: Path) -> None:
    weights = {
        "half": np.array([1.5, -2.0], ml_dtypes.bfloat16),
        "big": np.arange(4, dtype=">f4"),
        "columns": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "every_second": np.arange(10, dtype="int32")[::2],
    }
    write_archive(tmp_path / "m.glass", Archive({}, weights))
    back = read_archive(tmp_path / "m.glass").weights
    assert back["half"].dtype == ml_dtypes.bfloat16
    for name, array in weights.items():
        np.testing.assert_array_equal(back[name], array)
        assert back[name].dtype.isnative
        assert back[name].flags.writeable


def test_without_options_the_options_are_absent(tmp_path: Path) -> None:
    write_archive(tmp_path / "m.glass", Archive({}, {}))
    back = read_archive(tmp_path / "m.glass")
    assert (back.config, back.weights, back.parts, back.card, back.probes) == ({}, {}, {}, None, None)


def test_equal_content_gives_equal_bytes(tmp_path: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    write_archive(tmp_path / "a.glass", archive)
    monkeypatch.setattr("time.time", lambda: 2e9)
    shuffled = Archive(
        archive.config,
        dict(reversed(archive.weights.items())),
        dict(reversed(archive.parts.items())),
        archive.card,
        archive.probes,
    )
    write_archive(tmp_path / "b.glass", shuffled)
    assert (tmp_path / "a.glass").read_bytes() == (tmp_path / "b.glass").read_bytes()


def test_other_tools_can_open_it(model_file: Path) -> None:
    with zipfile.ZipFile(model_file) as source:
        assert source.testzip() is None
        names = source.namelist()
        manifest = json.loads(source.read("manifest.json"))
        sizes = {info.filename: info.file_size for info in source.infolist()}
    assert names == [
        "manifest.json",
        "config.json",
        "labels.json",
        "training.json",
        "card.md",
        "probes.safetensors",
        "weights.safetensors",
    ]
    assert (manifest["format"], manifest["format_version"]) == ("glassnet-model", 1)
    assert {name: entry["size"] for name, entry in manifest["members"].items()} == {n: sizes[n] for n in names[1:]}


@pytest.mark.parametrize(
    ("archive", "told"),
    [
        (Archive({"rate": float("nan")}, {}), "config.json: rate"),
        (Archive({"layers": [{1: "one"}]}, {}), r"strings as keys at config.json: layers\[0\]"),
        (Archive({"object": object()}, {}), "config.json: object"),
        (Archive({"number": np.float64(1)}, {}), "float64"),
        (Archive({}, {"w": np.array(["a"])}), "Expected numbers in 'w'"),
        (Archive({}, {"w": np.array([None])}), "object"),
        (Archive({}, {"w": np.array([1j])}), "complex"),
        (Archive({}, {"__metadata__": np.zeros(1)}), "__metadata__"),
        (Archive({}, {"": np.zeros(1)}), "named by paths"),
        (Archive({}, {}, {"config": {}}), "name of a part"),
        (Archive({}, {}, {"../labels": {}}), "name of a part"),
        (Archive({}, {}, {"Labels": {}}), "name of a part"),
        (Archive({}, {}, {f"part_{i}": 0 for i in range(33)}), "at most 32 parts"),
    ],
)
def test_what_could_not_be_read_back_is_not_written(tmp_path: Path, archive: Archive, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        write_archive(tmp_path / "m.glass", archive)
    assert list(tmp_path.iterdir()) == []


def test_a_part_larger_than_reading_allows_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glassnet.persistence.archive.MAX_TEXT_BYTES", 100)
    with pytest.raises(ConfigError, match=r"at most 100 bytes in labels.json. Received 206"):
        write_archive(tmp_path / "m.glass", Archive({}, {}, {"labels": "x" * 204}))


# Damage: refused, or without any effect; never silently something else.


def refused_or_equal(path: Path, data: bytes, wanted: Any) -> bool:
    """Whether the damaged file was refused; fails when it was accepted with another content."""
    path.write_bytes(data)
    try:
        found = read_archive(path)
    except ModelFileError:
        return True
    assert fingerprint(found) == wanted
    return False


def test_a_flipped_bit_is_found_or_changes_nothing(model_file: Path, archive: Archive) -> None:
    good, wanted, draw = model_file.read_bytes(), fingerprint(archive), random.Random(0)
    directory = good.index(b"PK\x01\x02")
    bits = [draw.randrange(len(good) * 8) for _ in range(2000)]
    bits += [byte * 8 + draw.randrange(8) for byte in range(directory, len(good))]
    refused = 0
    for bit in bits:
        data = bytearray(good)
        data[bit // 8] ^= 1 << bit % 8
        refused += refused_or_equal(model_file, bytes(data), wanted)
    assert refused > len(bits) // 2


def test_several_damaged_bytes_are_found_or_change_nothing(model_file: Path, archive: Archive) -> None:
    good, wanted, draw = model_file.read_bytes(), fingerprint(archive), random.Random(1)
    for _ in range(300):
        data = bytearray(good)
        for _ in range(draw.randrange(2, 20)):
            data[draw.randrange(len(good))] = draw.randrange(256)
        refused_or_equal(model_file, bytes(data), wanted)


def test_a_file_cut_off_anywhere_is_refused(model_file: Path, archive: Archive) -> None:
    good, wanted = model_file.read_bytes(), fingerprint(archive)
    for length in [*range(64), *range(64, len(good), 41), *range(len(good) - 30, len(good))]:
        assert refused_or_equal(model_file, good[:length], wanted), length


@pytest.mark.parametrize(("end", "added"), [(None, b"more"), (-2, b"\4\0more"), (-2, b"\4\0")])
def test_bytes_after_the_end_are_refused(model_file: Path, end: int | None, added: bytes) -> None:
    model_file.write_bytes(model_file.read_bytes()[:end] + added)
    with pytest.raises(ModelFileError, match="followed by something else"):
        read_archive(model_file)


def test_a_member_exchanged_with_a_right_checksum_is_found(forge: Forge, contents: dict[str, bytes]) -> None:
    said = {name: {"size": len(data), "sha256": "0" * 64} for name, data in contents.items()}
    with pytest.raises(ModelFileError, match="is not what the manifest says"):
        read_archive(forge(contents, members=said))


def test_a_deflated_copy_is_read(forge: Forge, contents: dict[str, bytes], archive: Archive) -> None:
    path = forge(contents, compression=zipfile.ZIP_DEFLATED)
    assert fingerprint(read_archive(path)) == fingerprint(archive)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"format": "other"}, "does not describe"),
        ({"members": []}, "does not describe"),
        ({"members": {}}, "do not agree"),
        ({"format_version": 0}, "format version is '0'"),
        ({"format_version": True}, "format version is 'True'"),
        ({"format_version": "1"}, "format version is '1'"),
    ],
)
def test_a_manifest_that_is_not_ours_is_refused(
    forge: Forge, contents: dict[str, bytes], said: dict[str, Any], told: str
) -> None:
    with pytest.raises(ModelFileError, match=told):
        read_archive(forge(contents, **said))


def test_a_newer_version_says_to_upgrade(forge: Forge, contents: dict[str, bytes]) -> None:
    path = forge({**contents, "new_kind.safetensors": b""}, format_version=2, glassnet="9.1")
    with pytest.raises(ModelFileError, match=r"version 2, written by Glassnet 9\.1\. Upgrade: pip install"):
        read_archive(path)


@pytest.mark.parametrize("missing", ["config.json", "weights.safetensors"])
def test_a_missing_member_is_told(forge: Forge, contents: dict[str, bytes], missing: str) -> None:
    del contents[missing]
    with pytest.raises(ModelFileError, match="missing"):
        read_archive(forge(contents))


def test_an_unknown_member_is_refused(forge: Forge, contents: dict[str, bytes]) -> None:
    with pytest.raises(ModelFileError, match=r"unknown member 'other.safetensors'"):
        read_archive(forge({**contents, "other.safetensors": b""}))


@pytest.mark.parametrize(
    ("member", "data", "told"),
    [
        ("config.json", b"[1]", "holds no configuration"),
        ("config.json", b'{"a": NaN}', "the number NaN"),
        ("labels.json", b'{"a": 1, "a": 2}', "occurs twice"),
        ("card.md", b"\xff", "not text"),
        ("weights.safetensors", b"", "impossible length"),
    ],
)
def test_a_member_of_another_form_is_refused(
    forge: Forge, contents: dict[str, bytes], member: str, data: bytes, told: str
) -> None:
    with pytest.raises(ModelFileError, match=told):
        read_archive(forge({**contents, member: data}))


# Atomicity: see test_files.py for the ways in which writing can fail.


@pytest.mark.parametrize("broken", ["os.replace", "os.fsync"])
def test_a_failed_save_leaves_the_old_model_whole(
    model_file: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    before = model_file.read_bytes()

    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(broken, fail)
    with pytest.raises(ModelFileError, match=r"disk is full.*is unchanged"):
        write_archive(model_file, Archive({"other": 1}, {}))
    monkeypatch.undo()
    assert model_file.read_bytes() == before
    assert list(model_file.parent.iterdir()) == [model_file]
    assert fingerprint(read_archive(model_file)) == fingerprint(archive)
