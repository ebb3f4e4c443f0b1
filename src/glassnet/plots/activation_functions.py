"""Activation functions and their derivatives."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.plots.marks import DASHES, Axis, Line, Panel, Rule
from glassnet.plots.picture import Picture, picture
from glassnet.plots.theme import SERIES_COLOURS

USUAL = ("sigmoid", "tanh", "relu", "leaky_relu", "gelu", "swish")
MOST = 6


def activation_functions(
    functions: Sequence[Any] = USUAL, *, low: float = -4.0, high: float = 4.0, points: int = 401
) -> Picture:
    """f(z) in one panel and df/dz in the other, for up to six activation functions.

    Where the right panel is near 0 a unit learns nothing: far from 0 for sigmoid and tanh, below 0 for ReLU.

    Args:
        functions: names or functions of an array; each works on one number at a time.
        low: the first z.
        high: the last z.
        points: how many z are computed, 2 or more.

    Returns:
        A picture whose numbers are ``z`` and, for each function, its values and its ``..._derivative``, (points,).

    Raises:
        UnknownNameError: no activation has that name.
        ConfigError: no function, more than six, or one that mixes several numbers, as softmax does.

    Example:
        >>> picture = activation_functions(["sigmoid"], points=3)
        >>> picture.numbers["sigmoid_derivative"].tolist()[1]
        0.25

    Reference:
        Goodfellow, Bengio & Courville (2016), Deep learning, section 6.3.
    """
    from glassnet import activations  # not above: the other pictures do without JAX, which takes long to load

    chosen = list(functions)
    if not 1 <= len(chosen) <= MOST:
        raise ConfigError(
            f"activation_functions expected one to {MOST} functions. Received {len(chosen)}. Draw several pictures."
        )
    z = np.linspace(low, high, points).astype(np.float32)
    numbers, values, slopes = {"z": z}, [], []
    for number, function in enumerate(chosen):
        name = _name(function)
        y, slope = _both(name, activations.get(function), z)
        numbers |= {name: y, f"{name}_derivative": slope}
        look: dict[str, Any] = {"colour": SERIES_COLOURS[number], "dash": DASHES[number]}
        values.append(Line(z, y, name, **look))
        slopes.append(Line(z, slope, name, **look))
    panels = [
        Panel([Rule(0.0, dash=None, colour="axis"), *values], x=Axis("z", exact=True), y=Axis("f(z)")),
        Panel([Rule(0.0, dash=None, colour="axis"), *slopes], x=Axis("z", exact=True), y=Axis("df/dz")),
    ]
    told = "; ".join(
        f"{line.name} is {line.y[0]:.3g} at z = {low:g} and {line.y[-1]:.3g} at z = {high:g}, its slope there "
        f"{slope.y[0]:.3g} and {slope.y[-1]:.3g}"
        for line, slope in zip(values, slopes, strict=True)
    )
    title = "Activation functions and their derivatives" if len(chosen) > 1 else f"{values[0].name} and its derivative"
    return picture(title, panels, numbers, description=f"{told}.", columns=2, height=300)


def _name(function: Any) -> str:
    return function if isinstance(function, str) else getattr(function, "__name__", type(function).__name__)


def _both(name: str, function: Any, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """f and its slope, from one call; each output must depend on its own input alone."""
    import jax

    y, slope = jax.jvp(function, (z,), (np.ones_like(z),))
    y, slope = np.asarray(y), np.asarray(slope)
    alone = np.asarray(function(z[:1]))
    if y.shape != z.shape or not np.allclose(alone, y[:1], atol=1e-5):
        raise ConfigError(
            f"Expected functions of one number at a time. Received {name!r}, which mixes several. Leave it out: it has no "
            f"curve."
        )
    return y, slope
