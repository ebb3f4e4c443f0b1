"""Rules on the model and how it is trained: axes of pictures, batch size, and its number of parameters."""

from collections.abc import Iterator, Sequence
from typing import Any

from glassnet.foundation.errors import ShapeError
from glassnet.preflight.case import Case
from glassnet.preflight.finding import Finding

MANY = 20.0
FAR_MORE = 100.0
_COLOURS = (1, 3, 4)
_FEWEST_PIXELS = 8
_PASSES = ("InputLayer", "Flatten", "Reshape", "Dropout", "Permute", "ZeroPadding", "Masking", "Gaussian", "Random")


def leading(layers: Sequence[Any]) -> Any:
    """The first layer that computes with the inputs, or None."""
    for layer in layers:
        if not type(layer).__name__.startswith(_PASSES) and not hasattr(layer, "fit"):
            return layer
    return None


def scales_itself(layers: Sequence[Any]) -> bool:
    """Whether the first layer brings the inputs to a common size, or does what nobody can know."""
    first = leading(layers)
    return first is None or not hasattr(first, "kernel_initializer")


def reads_columns(layers: Sequence[Any]) -> bool:
    """Whether the inputs are quantities, and not the numbers of words to look up."""
    return not any("Embedding" in type(layer).__name__ for layer in layers)


def image_axes(case: Case) -> Iterator[Finding]:
    """Pictures as (n, channels, height, width) for layers that read (n, height, width, channels)."""
    reads_pictures = case.model is None or any(map(_reads_channels_last, case.layers))
    for name, array in case.inputs.items():
        if array.ndim != 4 or not reads_pictures:
            continue
        channels, height, width = array.shape[1:]
        if channels not in _COLOURS or min(height, width) < _FEWEST_PIXELS:
            continue
        yield Finding(
            "image_axes",
            "error" if height == width and case.model is not None else "warning",
            f"Expected pictures as (rows, height, width, channels); received {name} of shape {array.shape}, which reads as "
            f"pictures {channels} pixels high with {width} channels. The channels seem to stand first.",
            f"Turn the axes: {name}.transpose(0, 2, 3, 1).",
            evidence={"channels": float(channels), "height": float(height), "width": float(width)},
            raises=ShapeError,
        )


def _reads_channels_last(layer: Any) -> bool:
    name = type(layer).__name__
    return "2D" in name and getattr(layer, "data_format", "channels_last") == "channels_last" and "Cropping" not in name


def batch_size(case: Case) -> Iterator[Finding]:
    """A batch that holds all rows: one step an epoch."""
    if case.batch_size is None or case.batch_size <= case.rows:
        return
    yield Finding(
        "batch_too_large",
        "warning" if case.batch_given else "note",
        f"The batch size is {case.batch_size:,}, but there are {case.rows:,} rows: an epoch is a single step on all of them.",
        f"Use a batch size of {_power_below(max(1, case.rows // 8))} or so, or many epochs.",
        evidence={"batch_size": float(case.batch_size), "rows": float(case.rows)},
    )


def _power_below(number: int) -> int:
    return 1 << (number.bit_length() - 1)


def parameters(case: Case) -> Iterator[Finding]:
    """Many times more trainable parameters than rows."""
    if case.model is None or not case.model.built:
        return
    count = sum(int(array.size) for array in case.model.arrays()[0].values())
    yield from too_many(count, case.rows)


def too_many(count: int, rows: int) -> Iterator[Finding]:
    """The finding for a number of parameters that is many times the number of rows."""
    if count < MANY * rows or count < 1000:
        return
    yield Finding(
        "many_parameters",
        "warning" if count >= FAR_MORE * rows else "note",
        f"The network has {count:,} parameters to train and {rows:,} rows to learn from, {count / rows:,.0f} for each: it can "
        f"learn all of them by heart.",
        "Use fewer units or layers, dropout or an L2 penalty, and watch validation loss with EarlyStopping.",
        evidence={"parameters": float(count), "rows": float(rows), "ratio": count / rows},
    )
