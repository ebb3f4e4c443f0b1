"""Which number of a model's output is to be explained, and at which numbers: the inputs, or a layer's outputs."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jax
import numpy as np

from glassnet.foundation.errors import ConfigError, DataError
from glassnet.foundation.registry import did_you_mean
from glassnet.foundation.types import HostArray
from glassnet.inspection.tapping import (
    in_batches,
    layer_at,
    one_array,
    prepared,
    rows_at_once,
    score_program,
    slope_program,
    tapped,
)


@dataclass(frozen=True, eq=False)
class Question:
    """S, one number for each row, and the numbers it is explained by.

    Args:
        model: the model.
        x: the inputs, checked.
        point: the numbers that S is explained by: the inputs, or the outputs of `path`, (n, ...) each.
        path: the layer, or None for the inputs.
        key: which output, where there are several.
        target: the entry of each row's flattened output, (n,).
        of: ``"output"`` or ``"logits"``.
    """

    model: Any
    x: Any
    point: Any
    path: str | None
    key: Any
    target: HostArray
    of: str

    def scores(self, x: Any, point: Any) -> HostArray:
        """S at other inputs and points, (n,)."""
        program = _scores(self.model.blueprint(), self.path, 0, self.key, self.of)
        return self._run(program, x, point)

    def slopes(self, point: Any) -> tuple[HostArray, Any]:
        """S and dS/dpoint at another point."""
        return self._run(slope_program(self.model.blueprint(), self.path, 0, self.key, self.of), self.x, point)

    def _run(self, program: Any, x: Any, point: Any) -> Any:
        params, rest = self.model.arrays()
        most = rows_at_once(self.model, self.x)
        return in_batches(lambda part: program(params, rest, *part), (x, point, self.target), most)


@lru_cache(maxsize=64)
def _scores(*made_of: Any) -> Any:
    return jax.jit(score_program(*made_of))


def ask(
    model: Any,
    x: Any,
    target: Any = None,
    *,
    layer: Any = None,
    output: Any = None,
    of: str = "output",
    slopes: bool = True,
) -> Question:
    """The question that `saliency` and its family answer.

    Args:
        model: a built model.
        x: inputs, (n, ...).
        target: which entry of the output; see `saliency`.
        layer: explain by this layer's outputs instead of the inputs; by default by those of the model's only Embedding where
            the inputs are whole numbers that it looks up.
        output: which output, by name, where there are several.
        of: ``"output"``, or ``"logits"`` for what is under a final softmax or sigmoid.
        slopes: whether gradients will be asked for, which whole numbers have none of.

    Raises:
        ConfigError: an unknown layer, output or choice; or gradients of inputs that are whole numbers.
    """
    if of not in ("output", "logits"):
        raise ConfigError(f"Expected `of` as 'output' or 'logits'. Received {of!r}. Leave it out for the output.")
    rows = prepared(model, x)
    path = None if layer is None else layer_at(model, layer).path
    if path is None and slopes:
        path = _looked_up(model, rows)
    point = rows if path is None else one_array(tapped(model, rows, path), path)
    if path is None:
        point = jax.tree.map(lambda a: a.astype(np.float32) if a.dtype.kind == "f" or slopes else a, point)
    predicted = model.predict(rows)
    key = _key(model, predicted, output)
    return Question(model, rows, point, path, key, _entries(predicted if key is None else predicted[key], target), of)


def embeddings_of(model: Any) -> list[str]:
    """The paths of the layers that turn whole numbers into vectors.

    Example:
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense, Embedding
        >>> embeddings_of(Sequential([Input((5,)), Embedding(9, 2), Dense(1)]))
        ['embedding']
    """
    return [layer.path for layer in model.walk() if type(layer).__name__ == "Embedding"]


def _looked_up(model: Any, x: Any) -> str | None:
    """The Embedding that looks the inputs up, where they are numbers of words or the like, between which there is nothing.

    Raises:
        ConfigError: there are several; or other inputs beside them.
    """
    embeddings = embeddings_of(model)
    leaves = jax.tree.leaves(x)
    whole = [leaf for leaf in leaves if leaf.dtype.kind in "iub"]
    looked_up = embeddings and len(leaves) == 1 and np.array_equal(leaves[0], np.round(leaves[0]))
    if (whole and embeddings) or looked_up:
        if len(embeddings) == len(leaves) == 1:
            return embeddings[0]
        raise ConfigError(
            f"Expected inputs that may change by a little. Received whole numbers that an Embedding looks up, which have no "
            f"gradient. Attribute to the vectors it gives for them: layer={embeddings[0]!r}."
        )
    return None


def _key(model: Any, predicted: Any, output: Any) -> Any:
    if not isinstance(predicted, dict | list | tuple):
        return None
    keys = list(predicted) if isinstance(predicted, dict) else list(range(len(predicted)))
    names = [str(key) for key in keys] if isinstance(predicted, dict) else model.output_names or [str(k) for k in keys]
    if output is None:
        raise ConfigError(
            f"Expected which output to explain, since the model has several. Received none. Pass output={names[0]!r}, or "
            f"another of: {', '.join(names)}."
        )
    if str(output) not in names:
        raise ConfigError(
            f"No output is called {output!r}{did_you_mean(str(output), names) or '.'} The model has: {', '.join(names)}."
        )
    return keys[names.index(str(output))]


def _entries(predicted: HostArray, target: Any) -> HostArray:
    """The entry of each row's flattened output that is meant by `target`."""
    count, inner = len(predicted), predicted.shape[1:]
    size = int(np.prod(inner, dtype=int)) if inner else 1
    if target is None:
        if len(inner) > 1:
            raise ConfigError(
                f"Expected which entry of an output of shape {inner} to explain. Received none. Pass a place in it, such as "
                f"target={(0,) * len(inner)}."
            )
        return predicted.reshape(count, -1).argmax(axis=1).astype(np.int32) if size > 1 else np.zeros(count, np.int32)
    if isinstance(target, tuple):
        if len(target) != len(inner) or not all(0 <= place < n for place, n in zip(target, inner, strict=True)):
            raise ConfigError(f"Expected a place in an output of shape {inner}. Received {target}. Count each from 0.")
        return np.full(count, np.ravel_multi_index(target, inner), np.int32)
    chosen = np.asarray(target)
    chosen = np.full(count, chosen) if chosen.ndim == 0 else chosen
    if chosen.shape != (count,) or chosen.dtype.kind not in "iu":
        raise DataError(
            f"Expected a target as one whole number, or one for each of {count} rows. Received {target!r}. Pass the number of a "
            f"class, or leave it out for the one that is predicted."
        )
    if chosen.min() < 0 or chosen.max() >= size:
        wrong = chosen[(chosen < 0) | (chosen >= size)][0]
        raise ConfigError(f"Expected a target from 0 to {size - 1}. Received {wrong}. The model has {size} outputs.")
    return chosen.astype(np.int32)


def baseline_for(point: HostArray, baseline: Any) -> HostArray:
    """What stands for "nothing there", of the shape of `point`: zeros, the rows' mean, a number, a row, or rows.

    Raises:
        ConfigError: it is none of these.

    Example:
        >>> baseline_for(np.array([[1.0, 3.0], [3.0, 5.0]], "float32"), "mean").tolist()
        [[2.0, 4.0], [2.0, 4.0]]
    """
    if isinstance(baseline, str):
        if baseline not in ("zeros", "mean"):
            raise ConfigError(
                f"Expected a baseline as 'zeros', 'mean', a number, a row or rows. Received {baseline!r}. Pass 'mean'."
            )
        given = point.mean(axis=0) if baseline == "mean" else np.zeros((), point.dtype)
    else:
        given = np.asarray(baseline, point.dtype)
    try:
        return np.broadcast_to(given, point.shape).astype(point.dtype)
    except ValueError:
        raise ConfigError(
            f"Expected a baseline of the shape of one row, {point.shape[1:]}, or of all, {point.shape}. Received {given.shape}. "
            f"Pass a number to use it everywhere."
        ) from None


def at_baseline(question: Question, baseline: Any) -> Any:
    """`baseline_for` each array of a question's point: the same for all, or nested as they are."""
    if isinstance(question.point, np.ndarray) or isinstance(baseline, str | float | int):
        return jax.tree.map(lambda a: baseline_for(a, baseline), question.point)
    return jax.tree.map(baseline_for, question.point, baseline)
