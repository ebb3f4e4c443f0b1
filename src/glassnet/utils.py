"""Small tools with Keras's names."""

import gc
from typing import Any

import numpy as np

from glassnet.foundation.errors import DataError
from glassnet.foundation.rng import set_random_seed
from glassnet.foundation.types import HostArray

__all__ = ["clear_session", "normalize", "plot_model", "set_random_seed", "to_categorical"]


def to_categorical(x: Any, num_classes: int | None = None) -> HostArray:
    """One-hot rows: y_k = 1 where k is the class number, else 0.

    Args:
        x: class numbers, (...), whole and from 0.
        num_classes: the width; one more than the largest class by default.

    Returns:
        (..., num_classes) float32.

    Raises:
        DataError: a class number that is not whole, negative, or too large.

    Example:
        >>> to_categorical([0, 2]).tolist()
        [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]

    Reference:
        Bishop, *Pattern Recognition and Machine Learning* (2006), section 4.2 (1-of-K coding).
    """
    given = np.asarray(x)
    labels = given.astype(np.int64)
    if given.ndim > 1 and given.shape[-1] == 1:
        labels = labels[..., 0]
    width = int(labels.max(initial=-1)) + 1 if num_classes is None else num_classes
    if labels.size and (not np.array_equal(labels.ravel(), given.ravel()) or labels.min() < 0 or labels.max() >= width):
        raise DataError(
            f"to_categorical expected class numbers from 0 to {width - 1}; received values from {given.min()} to "
            f"{given.max()}. Number the classes from 0, or pass a larger num_classes."
        )
    return np.eye(width, dtype=np.float32)[labels]


def normalize(x: Any, axis: int = -1, order: int = 2) -> HostArray:
    """x / ||x||: each row scaled to length 1; a row of zeros stays as it is.

    Args:
        x: an array.
        axis: along which axis a row lies.
        order: the norm's order; 2 is the usual length.

    Example:
        >>> normalize([[3.0, 4.0]]).tolist()
        [[0.6, 0.8]]

    Reference:
        Golub and Van Loan, *Matrix Computations* (2013), section 2.3.
    """
    rows = np.asarray(x, dtype=float)
    length = np.linalg.norm(rows, order, axis, keepdims=True)
    return rows / np.where(length == 0, 1.0, length)


def plot_model(model: Any, to_file: Any = "model.svg", show_shapes: bool = True, show_layer_names: bool = True) -> Any:
    """Draw a model's graph of layers as SVG; no program besides Python is needed.

    Args:
        model: a `Sequential` that knows its input, or ``Model(inputs, outputs)``.
        to_file: where to write it, ending in ``.svg``; None to write nothing.
        show_shapes: whether each box has its output's shape.
        show_layer_names: whether it has the layer's name, rather than its type alone.

    Returns:
        A `Drawing`: the SVG as ``drawing.svg``, which a notebook shows.

    Raises:
        ConfigError: a file of another kind than SVG.
        NotBuiltError: a model whose graph is not known.

    Example:
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> plot_model(Sequential([Input((3,)), Dense(1)]), to_file=None).svg[:4]
        '<svg'

    Reference:
        Sugiyama, Tagawa & Toda (1981), Methods for visual understanding of hierarchical system structures.
    """
    from glassnet.models.summaries import calls
    from glassnet.plots import Box, Drawing, graph

    rows, links = calls(model)
    sources, targets = {a for a, _ in links}, {b for _, b in links}
    boxes = [
        Box(
            name if show_layer_names else kind,
            ((kind,) if show_layer_names and kind != "Input" else ()) + ((shape,) if show_shapes else ()),
            strong=index not in sources or index not in targets,
        )
        for index, (name, kind, shape) in enumerate(rows)
    ]
    said = f"{len(rows)} calls of layers, {len(links)} connections, from {', '.join(model.input_names)}."
    drawing = Drawing(graph(boxes, links, title=f"Model {model.name}", description=said))
    if to_file is not None:
        drawing.save(to_file)
    return drawing


def clear_session() -> None:
    """Forget compiled programs, to free their memory; models keep working and compile again when used.

    Example:
        >>> clear_session()

    Reference:
        JAX documentation, "Compilation and caching": ``jax.clear_caches``.
    """
    import jax

    from glassnet.training import programs

    programs.forget()
    jax.clear_caches()
    gc.collect()
