"""A small model file to damage, and a way to write one member by member."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glassnet.persistence import Archive, write_archive


@pytest.fixture
def archive() -> Archive:
    return Archive(
        config={"kind": "layer", "class_name": "Sequential", "config": {"name": "süß", "layers": [1, 2.5, None, True]}},
        weights={
            "dense/kernel": np.arange(6, dtype="float32").reshape(3, 2),
            "dense/bias": np.array([-0.0, np.nan], "float32"),
            "steps": np.array(7, "int64"),
        },
        parts={"labels": ["no", "yes"], "training": {"epochs": 3, "loss": [0.5, 0.25, 0.1]}},
        card="# A card\n",
        probes={"input": np.ones((2, 3), "float32"), "output": np.zeros((2, 2), "float32")},
    )


@pytest.fixture
def model_file(tmp_path: Path, archive: Archive) -> Path:
    path = tmp_path / "model.glass"
    write_archive(path, archive)
    return path


@pytest.fixture
def contents(model_file: Path) -> dict[str, bytes]:
    """The members of a good file but for the manifest."""
    with zipfile.ZipFile(model_file) as source:
        return {name: source.read(name) for name in source.namelist() if name != "manifest.json"}


@pytest.fixture
def forge(tmp_path: Path) -> Callable[..., Path]:
    """Write a zip by hand, with a manifest that agrees with its members unless one is given."""

    def write(
        members: dict[str, bytes],
        /,
        *,
        compression: int = zipfile.ZIP_STORED,
        infos: dict[str, Any] | None = None,
        **said: Any,
    ) -> Path:
        manifest = {"format": "glassnet-model", "format_version": 1, "glassnet": "0.1.0", **said}
        manifest.setdefault(
            "members",
            {n: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for n, data in members.items()},
        )
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", compression) as target:
            for name, data in {"manifest.json": json.dumps(manifest).encode(), **members}.items():
                info = zipfile.ZipInfo(name)
                info.compress_type = compression
                for attribute, value in (infos or {}).get(name, {}).items():
                    setattr(info, attribute, value)
                target.writestr(info, data)
        path = tmp_path / "forged.glass"
        path.write_bytes(buffer.getvalue())
        return path

    return write
