"""Files that are not ours are named, and the message says what to do with them."""

import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from glassnet.foundation.errors import ModelFileError
from glassnet.persistence import read_archive


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name in names:
            target.writestr(name, b"{}")
    return buffer.getvalue()


def numpy_file() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(2))
    return buffer.getvalue()


class Trap:
    """Unpickling this would run a program."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (exec, ("raise SystemExit('a pickle was opened')",))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "an empty file"),
        (b"\x89HDF\r\n\x1a\n" + bytes(100), r"Keras \.h5.*set_weights"),
        (zipped("metadata.json", "config.json", "model.weights.h5"), r"Keras \.keras.*set_weights"),
        (zipped("net/data.pkl", "net/version"), "PyTorch"),
        (zipped("a.npy", "b.npy"), r"\.npz"),
        (zipped("something.txt"), r"without manifest\.json"),
        (numpy_file(), r"NumPy \.npy"),
        *((pickle.dumps(Trap(), protocol), "pickle runs whatever program") for protocol in (2, 3, 4, 5)),
        (safetensors.numpy.save({"w": np.zeros(2)}), "bare safetensors"),
        (b"\x80", "not a zip"),
        (b"<html>404</html>", "not a zip.*download it again"),
        (zipped("manifest.json")[:40], "the end is missing"),
    ],
)
def test_a_file_of_another_kind_is_named(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "model.glass"
    path.write_bytes(data)
    with pytest.raises(ModelFileError, match=told):
        read_archive(path)


def test_a_missing_file_names_near_ones(tmp_path: Path) -> None:
    (tmp_path / "model.glass").touch()
    (tmp_path / "notes.txt").touch()
    with pytest.raises(ModelFileError, match=r"no file\. Near it: model\.glass\."):
        read_archive(tmp_path / "modle.glass")
    with pytest.raises(ModelFileError, match=r"Near it: model\.glass\."):
        read_archive(tmp_path / "something-else")


def test_a_missing_file_without_neighbours_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="holds no model file"):
        read_archive(tmp_path / "model.glass")
    with pytest.raises(ModelFileError, match="does not exist or cannot be read"):
        read_archive(tmp_path / "nowhere" / "model.glass")
    (tmp_path / "file").touch()
    with pytest.raises(ModelFileError, match="does not exist or cannot be read"):
        read_archive(tmp_path / "file" / "model.glass")


def test_a_folder_is_told_with_what_is_in_it(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"a folder\. Give the path of a \.glass file"):
        read_archive(tmp_path)
    (tmp_path / "best.glass").touch()
    with pytest.raises(ModelFileError, match=r"a file in it: best\.glass"):
        read_archive(tmp_path)
    (tmp_path / "saved_model.pb").touch()
    with pytest.raises(ModelFileError, match="SavedModel"):
        read_archive(tmp_path)
