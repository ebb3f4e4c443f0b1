"""The model file ``model.glass``: a zip of JSON and safetensors, with a manifest of sizes and hashes.

Members, in this order: ``manifest.json``, ``config.json``, further JSON parts by name (``labels.json``,
``preparation.json``, ``training.json`` ...), ``card.md``, ``probes.safetensors``, ``weights.safetensors``.
The hashes find damage; they are no signature, and a file from a stranger may hold any numbers, but no program.
"""

import hashlib
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from glassnet._version import __version__
from glassnet.foundation.errors import ConfigError, ModelFileError
from glassnet.persistence.container import MAX_BYTES, MAX_MEMBERS, MAX_TEXT_BYTES, Members, damaged, opened
from glassnet.persistence.files import FilePath, replace_file
from glassnet.persistence.plain import decode, encode
from glassnet.persistence.tensors import decode_tensors, encode_tensors

FORMAT = "glassnet-model"
FORMAT_VERSION = 1

_PART = re.compile(r"[a-z][a-z0-9_]{0,40}")
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can name: equal models give equal bytes


@dataclass(frozen=True, eq=False)
class Archive:
    """What a model file holds, as plain data.

    Args:
        config: the model's configuration, plain data with string keys.
        weights: arrays by path, such as ``{"dense/kernel": ...}``.
        parts: further plain data by name in snake_case, such as ``{"labels": ["no", "yes"]}``.
        card: the model card, Markdown.
        probes: a few input rows and the outputs expected for them, by name.

    Example:
        >>> import numpy as np
        >>> archive = Archive({"layers": []}, {"dense/kernel": np.ones((2, 1), "float32")})
        >>> archive.weights["dense/kernel"].shape
        (2, 1)

    Reference:
        safetensors, "Format": https://github.com/huggingface/safetensors
    """

    config: dict[str, Any]
    weights: dict[str, np.ndarray]
    parts: dict[str, Any] = field(default_factory=dict)
    card: str | None = None
    probes: dict[str, np.ndarray] | None = None


def write_archive(path: FilePath, archive: Archive) -> None:
    """Write a model file, whole or not at all; equal content gives equal bytes.

    Args:
        path: where to write; its folder must exist. A file there is replaced.
        archive: the content.

    Raises:
        ConfigError: the content holds what the file cannot: an object, NaN in the configuration, a name with a slash.
        ModelFileError: the file cannot be written; the old one is left whole.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "model.glass")
        ...     write_archive(path, Archive({"layers": []}, {}, card="Nothing yet."))
        ...     read_archive(path).card
        'Nothing yet.'

    Reference:
        PKWARE, .ZIP File Format Specification (APPNOTE), version 6.3.10.
    """
    members = dict(_encoded(archive))
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "glassnet": __version__,
        "members": {name: _fingerprint(data) for name, data in members.items()},
    }
    members = {"manifest.json": encode("manifest.json", manifest), **members}
    replace_file(path, lambda file: _write_zip(file, members), ModelFileError)


def read_archive(path: FilePath, *, max_bytes: int = MAX_BYTES) -> Archive:
    """Read a model file, trusting nothing in it.

    Sizes and names are checked before anything is decompressed, hashes before anything is used; nothing is executed.

    Args:
        path: the file.
        max_bytes: the most bytes its content may have, 4 GiB by default.

    Raises:
        ModelFileError: the file is missing, cut off, altered, too large, too new, or not ours.

    Example:
        >>> import pathlib, tempfile
        >>> import numpy as np
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "model.glass")
        ...     write_archive(path, Archive({}, {"dense/bias": np.zeros(2)}, parts={"labels": ["no", "yes"]}))
        ...     archive = read_archive(path)
        >>> archive.parts["labels"], archive.weights["dense/bias"]
        (['no', 'yes'], array([0., 0.]))

    Reference:
        PKWARE, .ZIP File Format Specification (APPNOTE), version 6.3.10.
    """
    path = Path(os.fspath(path))
    with opened(path, max_bytes) as members:
        listed = _listed_members(members)

        def read(name: str) -> bytes:
            return _verified(members, listed, name)

        parts = {name[:-5]: decode(name, read(name)) for name in members.sizes if _is_part(name)}
        return Archive(
            config=_config(members.path, read("config.json")),
            weights=decode_tensors("weights.safetensors", read("weights.safetensors")),
            parts=parts,
            card=_text(members.path, read("card.md")) if "card.md" in listed else None,
            probes=decode_tensors("probes.safetensors", read("probes.safetensors"))
            if "probes.safetensors" in listed
            else None,
        )


# Writing.


def _encoded(archive: Archive) -> Iterator[tuple[str, bytes]]:
    """The members after the manifest, in their fixed order."""
    yield "config.json", _bounded("config.json", encode("config.json", archive.config))
    if len(archive.parts) > MAX_MEMBERS // 2:
        raise ConfigError(
            f"Expected at most {MAX_MEMBERS // 2} parts. Received {len(archive.parts)}. Put several into one part."
        )
    for name in sorted(archive.parts):
        member = f"{name}.json"
        if not _is_part(member):
            raise ConfigError(
                f"Expected the name of a part in snake_case, other than 'config' and 'manifest'. Received {name!r}. "
                f"Rename it, for instance to 'labels'."
            )
        yield member, _bounded(member, encode(member, archive.parts[name]))
    if archive.card is not None:
        yield "card.md", _bounded("card.md", archive.card.encode("utf-8", "backslashreplace"))
    if archive.probes is not None:
        yield "probes.safetensors", encode_tensors("probes.safetensors", archive.probes)
    yield "weights.safetensors", encode_tensors("weights.safetensors", archive.weights)


def _bounded(name: str, data: bytes) -> bytes:
    if len(data) > MAX_TEXT_BYTES:
        raise ConfigError(
            f"Expected at most {MAX_TEXT_BYTES} bytes in {name}. Received {len(data)}, which could not be read back. "
            f"Save large tables in a file of their own."
        )
    return data


def _fingerprint(data: bytes) -> dict[str, Any]:
    return {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _write_zip(file: BinaryIO, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, _EARLIEST)
            info.create_system = 3  # Unix on every machine
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, data)


# Reading.


def _is_part(member: str) -> bool:
    stem, _, kind = member.rpartition(".")
    return kind == "json" and stem not in ("config", "manifest") and _PART.fullmatch(stem) is not None


def _listed_members(members: Members) -> dict[str, Any]:
    """What the manifest says of each member, once it is known to speak of this zip in a version we read."""
    manifest = decode("manifest.json", members.read("manifest.json"))
    listed = manifest.get("members") if isinstance(manifest, dict) else None
    if not isinstance(listed, dict) or manifest.get("format") != FORMAT:
        raise damaged(members.path, "manifest.json does not describe a Glassnet model")
    _check_version(members.path, manifest)
    if set(listed) != set(members.sizes) - {"manifest.json"}:
        raise damaged(members.path, "the manifest and the members do not agree")
    fixed = {"config.json", "weights.safetensors"}
    unknown = [name for name in listed if name not in fixed | {"card.md", "probes.safetensors"} and not _is_part(name)]
    if unknown or not fixed <= set(listed):
        problem = (
            f"there is an unknown member {unknown[0]!r}" if unknown else "the configuration or weights are missing"
        )
        raise damaged(members.path, problem)
    return listed


def _check_version(path: Path, manifest: dict[str, Any]) -> None:
    version = manifest.get("format_version")
    if type(version) is not int or version < 1:
        raise damaged(path, f"the format version is {str(version)[:40]!r}")
    if version > FORMAT_VERSION:
        writer = str(manifest.get("glassnet"))[:40]
        raise ModelFileError(
            f"Expected a model file of format version {FORMAT_VERSION} at most, which Glassnet {__version__} reads. "
            f"Received version {version}, written by Glassnet {writer}. Upgrade: pip install --upgrade glassnet."
        )


def _verified(members: Members, listed: dict[str, Any], name: str) -> bytes:
    data = members.read(name)
    if listed[name] != _fingerprint(data):
        raise damaged(members.path, f"{name} is not what the manifest says")
    return data


def _config(path: Path, data: bytes) -> dict[str, Any]:
    config = decode("config.json", data)
    if not isinstance(config, dict):
        raise damaged(path, "config.json holds no configuration")
    return config


def _text(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise damaged(path, f"card.md is not text ({problem.reason})") from problem
