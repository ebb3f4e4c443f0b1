"""What a prediction loses when a part of the row is covered; and where in a picture a convolution saw what it looks for."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import HostArray
from glassnet.inspection.attribution import Attribution
from glassnet.inspection.regions import regions, spread
from glassnet.inspection.tapping import layer_at
from glassnet.inspection.targets import ask, baseline_for
from glassnet.layers.convolution.spatial import Spatial


def occlusion(
    model: Any,
    x: Any,
    target: Any = None,
    *,
    value: Any = 0.0,
    patch: Any = None,
    stride: Any = None,
    output: Any = None,
    of: str = "output",
    names: Sequence[Any] | None = None,
) -> Attribution:
    """S(x) − S(x with a part covered), for each part: a column, a token, or a patch that moves over a picture.

    No gradient is needed, so any model and any input will do. The model runs once for each part.

    Args:
        model: a trained model with one input.
        x: rows, (n, ...), images with their channels last; whole numbers too.
        target: as in `saliency`.
        value: what parts are covered with: a number, ``"mean"`` of the rows, or a row; 0 is the padding of most texts.
        patch: how many positions a part covers along each axis; see `regions`.
        stride: how far the next part is; as far as it covers by default.
        output: as in `saliency`.
        of: likewise.
        names: likewise.

    Returns:
        An `Attribution` by position, (n, columns), (n, steps) or (n, height, width): the mean over the parts that cover
        it.

    Raises:
        ConfigError: several inputs, an unknown output, or a patch that does not fit.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((2,)), Dense(1)])
        >>> model.set_weights([np.array([[2.0], [-3.0]]), np.ones(1)])
        >>> occlusion(model, np.array([[1.0, 2.0]])).values.tolist()
        [[2.0, -6.0]]

    Reference:
        Zeiler & Fergus (2014), Visualizing and understanding convolutional networks, section 4.2.
    """
    question = ask(model, x, target, output=output, of=of, slopes=False)
    rows = one_input(question.x)
    cover = baseline_for(rows, value)
    scores = question.scores(rows, rows)
    found, _ = regions(rows.shape[1:], patch, stride)
    lost = np.zeros((len(rows), len(found)), np.float32)
    for index, region in enumerate(found):
        covered = rows.copy()
        covered[(slice(None), *region)] = cover[(slice(None), *region)]
        lost[:, index] = scores - question.scores(covered, covered)
    values = spread(lost, found, rows.shape[1:])
    named = None if names is None else tuple(map(str, names))
    return Attribution("occlusion", values, scores, question.target, rows, None, None, named)


def one_input(x: Any) -> HostArray:
    """The inputs, where the model has one.

    Raises:
        ConfigError: it has several.
    """
    if not isinstance(x, np.ndarray):
        raise ConfigError(
            f"Expected a model with one input. Received {len(jax.tree.leaves(x))} inputs. Explain one of them with saliency or "
            f"integrated_gradients, which take several."
        )
    return x


def grad_cam(
    model: Any,
    x: Any,
    target: Any = None,
    *,
    layer: Any = None,
    output: Any = None,
    of: str = "logits",
) -> Attribution:
    """max(0, Σ_k α_k A_k), α_k the mean of ∂S/∂A_k over the positions: where the layer saw what speaks for the class.

    A_k is channel k of the layer's output. The map is stretched to the size of the input, linearly.

    Args:
        model: a trained model with a convolution and one input.
        x: images (n, height, width, channels), or sequences (n, steps, channels).
        target: as in `saliency`.
        layer: which layer; the last one that puts out positions and channels by default.
        output: as in `saliency`.
        of: ``"logits"``, the number under a final softmax or sigmoid as in the paper, or ``"output"``.

    Returns:
        An `Attribution` with values of 0 and more by position, (n, height, width) or (n, steps).

    Raises:
        ConfigError: there is no convolution, or the layer's output has no positions.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Conv2D, Dense, GlobalAveragePooling2D
        >>> model = Sequential([Input((8, 8, 1)), Conv2D(2, 3), GlobalAveragePooling2D(), Dense(2)], seed=0)
        >>> grad_cam(model, np.ones((1, 8, 8, 1))).values.shape
        (1, 8, 8)

    Reference:
        Selvaraju, Cogswell, Das, Vedantam, Parikh & Batra (2017), Grad-CAM: visual explanations from deep networks via
        gradient-based localization.
    """
    chosen = _last_convolution(model) if layer is None else layer_at(model, layer)
    question = ask(model, x, target, layer=chosen, output=output, of=of)
    rows, maps = one_input(question.x), question.point
    scores, slopes = question.slopes(maps)
    first = getattr(chosen, "data_format", "channels_last") == "channels_first"
    if first:
        maps, slopes = np.moveaxis(maps, 1, -1), np.moveaxis(slopes, 1, -1)
    if maps.ndim < 3:
        raise ConfigError(
            f"Expected a layer that puts out positions and channels, such as a convolution. Received {chosen.path!r}, which puts "
            f"out {maps.shape[1:]} a row. Leave `layer` out for the last one that does."
        )
    share = slopes.mean(axis=tuple(range(1, maps.ndim - 1)), keepdims=True)
    found = np.maximum((share * maps).sum(axis=-1), 0)
    space = rows.shape[2:] if first else rows.shape[1:-1]
    if rows.ndim == maps.ndim and found.shape[1:] != space:
        found = np.asarray(jax.image.resize(jnp.asarray(found), (len(found), *space), "linear"))
    return Attribution("Grad-CAM", found, scores, question.target, rows, None)


def _last_convolution(model: Any) -> Any:
    convolving = [held for held in model.walk() if hasattr(held, "kernel_size") and isinstance(held, Spatial)]
    if not convolving:
        kinds = ", ".join(dict.fromkeys(type(held).__name__ for held in model.walk() if held is not model))
        raise ConfigError(
            f"grad_cam expected a model with a convolution, whose channels have positions. Received one of {kinds}. Use "
            f"saliency, integrated_gradients or occlusion, which work on any model."
        )
    return convolving[-1]
