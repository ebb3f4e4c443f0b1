"""The zip around the model: hostile ones are refused from their directory, before anything is decompressed."""

import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from glassnet.foundation.errors import ModelFileError
from glassnet.persistence import container, read_archive
from glassnet.persistence.container import opened

Forge = Callable[..., Path]
Refuse = Callable[..., None]


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Expect that a file is refused before any member of it is opened."""
    monkeypatch.setattr(container.Members, "read", lambda *_: pytest.fail("a member was read"))

    def check(path: Path, told: str, **options: Any) -> None:
        with pytest.raises(ModelFileError, match=told):
            read_archive(path, **options)

    return check


@pytest.mark.parametrize(
    "name",
    [
        "../config.json",
        "/etc/passwd.json",
        "a/b.json",
        "c:\\x.json",
        "folder/",
        "Config.json",
        ".hidden.json",
        "run.py",
        "model.pkl",
        "config.json\n",
        "x" * 62 + ".json",
        "kätzchen.json",
    ],
)
def test_a_name_that_is_not_flat_and_plain_is_refused(
    refuse: Refuse, forge: Forge, contents: dict[str, bytes], name: str
) -> None:
    refuse(forge({**contents, name: b""}), "a member is called")


def test_a_name_with_a_nul_byte_is_refused(refuse: Refuse, forge: Forge, contents: dict[str, bytes]) -> None:
    path = forge({**contents, "nulXjson.json": b""})
    path.write_bytes(path.read_bytes().replace(b"nulXjson.json", b"nul\0json.json"))
    refuse(path, "a member is called")


def test_two_members_of_one_name_are_refused(refuse: Refuse, forge: Forge, contents: dict[str, bytes]) -> None:
    path = forge({**contents, "labelz.json": b"[]"})
    path.write_bytes(path.read_bytes().replace(b"labelz.json", b"labels.json"))
    refuse(path, "same name")


@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ({"external_attr": (stat.S_IFLNK | 0o777) << 16}, "link"),
        ({"external_attr": stat.S_IFIFO << 16}, "device"),
        ({"external_attr": 0x10}, "folder"),
        ({"compress_type": zipfile.ZIP_BZIP2}, "method 12"),
        ({"compress_type": zipfile.ZIP_LZMA}, "method 14"),
    ],
)
def test_a_member_that_is_no_plain_file_is_refused(
    refuse: Refuse, forge: Forge, contents: dict[str, bytes], attributes: dict[str, Any], told: str
) -> None:
    refuse(forge(contents, infos={"labels.json": attributes}), told)


def test_an_encrypted_member_is_refused(refuse: Refuse, model_file: Path) -> None:
    data = bytearray(model_file.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    model_file.write_bytes(data)
    refuse(model_file, r"weights\.safetensors is encrypted")


def test_a_bomb_is_refused_by_its_ratio(refuse: Refuse, forge: Forge, contents: dict[str, bytes]) -> None:
    path = forge({**contents, "bomb.json": b" " * 2**22}, compression=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 10_000
    refuse(path, r"bomb\.json would grow from \d+ to 4194304 bytes")


def test_text_above_its_limit_is_refused(
    refuse: Refuse, forge: Forge, contents: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "MAX_TEXT_BYTES", 1000)
    refuse(forge({**contents, "big.json": b" " * 2000}), r"big\.json would have 2000 bytes, more than 1000")


def test_more_than_max_bytes_is_refused_stored_or_deflated(
    refuse: Refuse, forge: Forge, contents: dict[str, bytes]
) -> None:
    stored = forge({**contents, "pad.json": b" " * 200_000})
    refuse(stored, r"at most 5000 bytes .* larger max_bytes", max_bytes=5000)
    deflated = forge({**contents, "pad.json": b" " * 200_000}, compression=zipfile.ZIP_DEFLATED)
    assert deflated.stat().st_size < 5000
    refuse(deflated, r"at most 5000 bytes .* larger max_bytes", max_bytes=5000)


def test_a_directory_of_many_members_is_refused_before_it_is_read(
    refuse: Refuse, forge: Forge, contents: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = forge({**contents, **{f"p{i}.json": b"0" for i in range(70)}})
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("the directory was read"))
    refuse(path, r"lists 7[0-9] members")


def test_the_form_for_large_files_is_bounded_too(model_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = model_file.read_bytes()
    count, size, offset = struct.unpack("<HII", data[-12:-2])
    for said in (count, 10**9):
        record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, said, said, size, offset)
        locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, len(data) - 22, 1)
        model_file.write_bytes(data[:-22] + record + locator + data[-22:])
        if said == count:
            with opened(model_file, 10**6) as members:
                assert "config.json" in members.sizes
        else:
            with pytest.raises(ModelFileError, match="lists 1000000000 members"), opened(model_file, 10**6):
                pass


def test_a_file_that_may_not_be_read_is_told(model_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ModelFileError, match=r"Permission denied.*Check the file's permissions"):
        read_archive(model_file)


def test_a_member_of_another_size_than_promised_is_refused(forge: Forge, contents: dict[str, bytes]) -> None:
    lying = {"labels.json": b"[" + b" " * 2**26 + b"]"}
    path = forge({**contents, **lying}, compression=zipfile.ZIP_DEFLATED)
    good = path.read_bytes()
    for said, told in ((1000, "Bad CRC"), (2**26 + 3, "67108866 bytes instead of 67108867")):
        path.write_bytes(good.replace(struct.pack("<I", 2**26 + 2), struct.pack("<I", said)))
        with zipfile.ZipFile(path) as source:
            members = container.Members(path, source)
            tracemalloc.start()
            with pytest.raises(ModelFileError, match=told):
                members.read("labels.json")
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        if said == 1000:
            assert peak < 2**20
