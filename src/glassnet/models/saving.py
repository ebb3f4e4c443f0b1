"""Saving and loading a model: one file, ``model.glass``, with architecture, weights, compile settings and probe rows."""

from pathlib import Path
from typing import Any

import numpy as np

from glassnet import persistence
from glassnet._version import __version__
from glassnet.foundation import context
from glassnet.foundation.errors import ConfigError, GlassnetError, ModelFileError
from glassnet.foundation.layer import Layer
from glassnet.foundation.registry import deserialize, serialize
from glassnet.foundation.shapes import show
from glassnet.models import compiled
from glassnet.models.model import Model

_PROBES = 8


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
    path = Path(filepath)
    if path.exists() and not overwrite:
        raise ConfigError(f"Expected a new file; {path} exists already. Choose another name, or pass overwrite=True.")
    if not model.built:
        raise ConfigError(
            f"Expected a model with weights to save; {model.name!r} has none yet. Fit it, or build it with its input's shape."
        )
    settings = {}
    if model._compiled is not None:
        settings["compile"] = model._compiled.to_config(model.optimizer)
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
                model.build_all((None, *archive.probes["inputs"].shape[1:]))
        _put_weights(model, archive.weights)
    except ModelFileError:
        raise
    except (GlassnetError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise ModelFileError(
            f"Expected {filepath} to describe a model of registered layers; received a description that cannot be built: "
            f"{error} Import the code that registers its layers first. Else save it again with this version."
        ) from error
    model.seed = int(archive.config.get("seed", model.seed))
    if archive.probes is not None:
        persistence.compare_probes(archive.probes["outputs"], model.predict(archive.probes["inputs"]))
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
    if rows is None:
        shape = getattr(model, "_input", None)
        if shape is None:
            return None
        sizes = [8 if size is None else size for size in shape.shape[1:]]
        drawn = np.random.default_rng(0).normal(size=(_PROBES, *sizes))
        rows = (
            drawn.astype(shape.dtype) if shape.dtype.startswith("float") else np.zeros((_PROBES, *sizes), shape.dtype)
        )
    rows = np.asarray(rows)
    outputs = model.predict(rows)  # all rows given, whose number a program may have been compiled for
    if not isinstance(outputs, np.ndarray):
        return None
    return {"inputs": rows[:_PROBES], "outputs": outputs[:_PROBES]}
