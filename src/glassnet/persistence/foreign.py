"""Files that are not ours, recognised by their first bytes so that the message can name them."""

import difflib
from collections.abc import Collection
from pathlib import Path

from glassnet.foundation.errors import ModelFileError

ZIP_MAGIC = b"PK\x03\x04"

_KERAS = (
    "Load it in Keras and carry its weights over: model.set_weights(keras_model.get_weights()) into a Glassnet model "
    "of the same layers, then model.save('model.glass')."
)
_PICKLE = (
    "Opening a pickle runs whatever program it holds, so Glassnet never does. Load it in the library that wrote it, "
    "and carry the arrays over with set_weights."
)
_ARRAYS = "It holds arrays without a model: read it with NumPy, build the model, and use set_weights."


def explain_missing(path: Path) -> ModelFileError:
    """The error for a path where no file lies, with the nearest names beside it."""
    try:
        beside = sorted(entry.name for entry in path.parent.iterdir())
    except OSError:
        return ModelFileError(
            f"Expected a model file at {str(path)!r}. Received a path whose folder {str(path.parent)!r} does not exist "
            f"or cannot be read. Check the spelling of the folder."
        )
    near = difflib.get_close_matches(path.name, beside, n=3, cutoff=0.6)
    near = near or [name for name in beside if name.endswith(".glass")][:3]
    hint = f"Near it: {', '.join(near)}." if near else "The folder holds no model file (*.glass)."
    return ModelFileError(
        f"Expected a model file at {str(path)!r}. Received a path where there is no file. {hint} Check the spelling, "
        f"or save a model there first."
    )


def explain_folder(path: Path) -> ModelFileError:
    """The error for a folder, with the model files in it."""
    if (path / "saved_model.pb").exists():
        return _not_ours(path, "a TensorFlow SavedModel folder", _KERAS)
    inside = sorted(entry.name for entry in path.glob("*.glass"))[:3]
    advice = f"Give the path of a file in it: {', '.join(inside)}." if inside else "Give the path of a .glass file."
    return _not_ours(path, "a folder", advice)


def explain_start(path: Path, start: bytes) -> ModelFileError:
    """The error for a file that begins with `start`, which is not the beginning of a zip."""
    if not start:
        return _not_ours(
            path, "an empty file", "Writing it was interrupted or it was never filled; save the model anew."
        )
    if start.startswith(b"\x89HDF\r\n\x1a\n"):
        return _not_ours(path, "an HDF5 file (a Keras .h5 model or its weights)", _KERAS)
    if start.startswith(b"\x93NUMPY"):
        return _not_ours(path, "a NumPy .npy file", _ARRAYS)
    if start[0] == 0x80 and start[1:2] and start[1] in range(2, 6):
        return _not_ours(path, "a Python pickle", _PICKLE)
    if start[4:9] == b"\0\0\0\0{":
        return _not_ours(path, "a bare safetensors file", _ARRAYS)
    return _not_ours(path, "a file that is not a zip", "Check the path; if it was downloaded, download it again.")


def explain_members(path: Path, names: Collection[str]) -> ModelFileError:
    """The error for a zip without our manifest."""
    if "model.weights.h5" in names:
        return _not_ours(path, "a Keras .keras model", _KERAS)
    if any(name.endswith("data.pkl") for name in names):
        return _not_ours(path, "a PyTorch file, which holds a pickle", _PICKLE)
    if names and all(name.endswith(".npy") for name in names):
        return _not_ours(path, "a NumPy .npz file", _ARRAYS)
    return _not_ours(path, "a zip without manifest.json", "Check the path, or save the model anew.")


def _not_ours(path: Path, what: str, advice: str) -> ModelFileError:
    return ModelFileError(f"Expected a Glassnet model file at {str(path)!r}. Received {what}. {advice}")
