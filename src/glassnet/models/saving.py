"""Saving and loading a model: one file, ``model.glass``, with architecture, weights, compile settings and probe rows."""

from pathlib import Path
from typing import Any

import jax
import numpy as np

from glassnet import persistence
from glassnet._version import __version__
from glassnet.foundation import context
from glassnet.foundation.errors import ConfigError, GlassnetError, ModelFileError
from glassnet.foundation.layer import Layer
from glassnet.foundation.registry import deserialize, serialize
from glassnet.foundation.shapes import show
from glassnet.foundation.symbolic import SymbolicArray
from glassnet.models import compiled
from glassnet.models.model import Model
from glassnet.training.outline import keyed
from glassnet.training.rows import arrays

_PROBES = 8
_SHARE = 1e-3
_MIXED_SHARE = 0.05  # one device computes in bfloat16 what another computes in float32


def save_model(
    model: Any,
    filepath: Any,
    overwrite: bool = True,
    *,
    parts: dict[str, Any] | None = None,
    card: str | None = None,
    probes: Any = None,
) -> None:
    """Write `model` to a file that `load_model` reads back.

    A few probe rows and their outputs go along; loading computes them again and refuses a file that answers differently.

    Args:
        model: a built model.
        filepath: where; the ending ``.glass`` is usual.
        overwrite: False to raise when the file exists.
        parts: further plain data by name, such as how a table is prepared.
        card: the model card, as Markdown.
        probes: rows to check on loading; a few drawn ones by default.

    Raises:
        ConfigError: the model has no weights yet, holds a function without a registered name, or the file exists.
        ModelFileError: the file cannot be written; an earlier one is left whole.

    Example:
        >>> import pathlib, tempfile
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "model.glass"
        >>> save_model(Sequential([Input((2,)), Dense(1)]), path)
        >>> load_model(path).count_params()
        3
    """
    path = _writable(model, filepath, overwrite)
    settings = {}
    if model._compiled is not None:
        settings["compile"] = compiled.to_config(model._compiled, model.optimizer)
    weights = {name: np.asarray(value) for name, value in model.named_weights().items()}
    persistence.write_archive(
        path,
        persistence.Archive(
            config={"glassnet": __version__, "model": serialize(model), "seed": model.seed, **settings},
            weights=weights,
            parts=dict(parts or {}),
            card=card,
            probes=_probes(model, probes),
        ),
    )


def save_weights(model: Any, filepath: Any, *, overwrite: bool = True) -> None:
    """Write a model's weights, by path, and nothing else; see `Model.save_weights`."""
    path = _writable(model, filepath, overwrite)
    weights = {name: np.asarray(value) for name, value in model.named_weights().items()}
    persistence.write_archive(path, persistence.Archive({"glassnet": __version__}, weights))


def load_weights(model: Any, filepath: Any) -> None:
    """Put the weights of a file into a model; see `Model.load_weights`."""
    if not model.built:
        raise ConfigError(
            f"Expected a model that knows its weights' shapes. Received {model.name!r}, which has none yet. Build it with its "
            f"input's shape, or call it once."
        )
    _put_weights(model, persistence.read_archive(Path(filepath)).weights)


def _writable(model: Any, filepath: Any, overwrite: bool) -> Path:
    path = Path(filepath)
    if path.exists() and not overwrite:
        raise ConfigError(f"Expected a new file; {path} exists already. Choose another name, or pass overwrite=True.")
    if not model.built:
        raise ConfigError(
            f"Expected a model with weights to save; {model.name!r} has none yet. Fit it, or build it with its input's shape."
        )
    return path


def load_model(filepath: Any, compile: bool = True) -> Any:
    """Read a model that was saved, with its weights, and compiled as it was.

    Nothing in the file is executed: it holds data only, and classes come from what is registered in this process.

    Args:
        filepath: the file.
        compile: whether to compile as when it was saved.

    Raises:
        ModelFileError: missing, cut off, altered, not ours, or it answers its probe rows differently.

    Example:
        >>> load_model("nowhere.glass")
        Traceback (most recent call last):
        ...
        glassnet.foundation.errors.ModelFileError: ...
    """
    return load_archive(filepath, compile=compile)[0]


def load_archive(filepath: Any, compile: bool = True) -> tuple[Any, persistence.Archive]:
    """The model, and everything else that the file holds: parts such as a table's preparation, card and probe rows.

    Args:
        filepath: the file.
        compile: whether to compile as when it was saved.

    Raises:
        ModelFileError: as `load_model`.

    Example:
        >>> import pathlib, tempfile
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "model.glass"
        >>> save_model(Sequential([Input((2,)), Dense(1)]), path, parts={"labels": ["no", "yes"]})
        >>> model, archive = load_archive(path)
        >>> archive.parts
        {'labels': ['no', 'yes']}
    """
    archive = persistence.read_archive(Path(filepath))
    try:
        with context.weights_from(archive.weights):
            model = deserialize(archive.config["model"])
        if not isinstance(model, Model):
            raise ModelFileError(
                f"Expected a model in {filepath}; received a {type(model).__name__}. Save a model with model.save()."
            )
        if not model.built and archive.probes is not None:
            with context.weights_from(archive.weights):
                model.build_all(jax.tree.map(lambda rows: (None, *rows.shape[1:]), _nested(archive.probes, "inputs")))
        _put_weights(model, archive.weights)
    except ModelFileError:
        raise
    except (GlassnetError, LookupError, TypeError, AttributeError, ValueError) as error:
        raise ModelFileError(
            f"Expected {filepath} to describe a model of registered layers; received a description that cannot be built: "
            f"{error} Import the code that registers its layers first. Else save it again with this version."
        ) from error
    model.seed = int(archive.config.get("seed", model.seed))
    if archive.probes is not None:
        outputs = _flat("outputs", model.predict(_nested(archive.probes, "inputs")))
        expected = {name: archive.probes[name] for name in archive.probes if name in outputs}
        mixed = any(layer.compute_dtype != layer.dtype for layer in model.walk())
        persistence.compare_probes(expected, outputs, rtol=_MIXED_SHARE if mixed else _SHARE)
    if compile and "compile" in archive.config:
        model.compile(**compiled.from_config(archive.config["compile"]))
    return model, archive


def model_from_json(text: str) -> Any:
    """The architecture that `Model.to_json` described, with new weights.

    Example:
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model_from_json(Sequential([Input((2,)), Dense(1)]).to_json()).output_shape
        (None, 1)
    """
    import json

    return deserialize(json.loads(text))


def _put_weights(model: Layer, weights: dict[str, Any]) -> None:
    held = model.named_weights()
    if set(held) != set(weights):
        odd = sorted(set(held) ^ set(weights))[0]
        raise ModelFileError(
            f"Expected the weights {', '.join(held)}; the file and the model differ in {odd!r}. The file was altered, or its "
            f"layers have changed since: save the model again."
        )
    for name, value in weights.items():
        if held[name].shape != value.shape:
            raise ModelFileError(
                f"Weight {name!r} expected shape {show(held[name].shape)}; the file holds {show(value.shape)}. The file was "
                f"altered, or the layer has changed since: save the model again."
            )
    model.set_weights([weights[name] for name in held])


def _probes(model: Any, rows: Any) -> dict[str, Any] | None:
    """A few rows and the model's outputs for them, by name; none for a model that does not say what its inputs are."""
    if rows is None:
        if model._ends is None:
            return None
        rng = np.random.default_rng(0)
        drawn = [_drawn(array, rng) for array in model.inputs]
        rows = dict(zip(model.input_names, drawn, strict=True)) if len(drawn) > 1 else drawn[0]
    rows = arrays(rows, "probes")
    outputs = model.predict(rows)  # all rows given, whose number a program may have been compiled for
    few = {**_flat("inputs", rows), **_flat("outputs", outputs)}
    return {name: array[:_PROBES] for name, array in few.items()}


def _drawn(array: SymbolicArray, rng: np.random.Generator) -> Any:
    """Rows for one input: numbers about 0, or zeros where whole numbers are declared, which may count something."""
    sizes = (_PROBES, *(8 if size is None else size for size in array.shape[1:]))
    drawn = rng.normal(size=sizes)
    return drawn.astype(array.dtype) if array.dtype.startswith("float") else np.zeros(sizes, array.dtype)


def _flat(name: str, nest: Any) -> dict[str, Any]:
    """The arrays of a nest by name: ``inputs``, ``inputs/0`` in a list, ``inputs/age`` in a dict."""
    return {name if key is None else f"{name}/{key}": np.asarray(array) for key, array in keyed(nest).items()}


def _nested(flat: dict[str, Any], name: str) -> Any:
    """What `_flat` flattened, nested again."""
    if name in flat:
        return flat[name]
    found = {key.removeprefix(f"{name}/"): array for key, array in flat.items() if key.startswith(f"{name}/")}
    return [found[str(index)] for index in range(len(found))] if "0" in found else found
