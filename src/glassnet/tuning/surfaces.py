"""Optimizers on surfaces that can be seen whole: two numbers to change, and a height."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from glassnet.foundation import engine
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.registry import Registry
from glassnet.foundation.shapes import positive_int
from glassnet.foundation.types import Array, HostArray
from glassnet.optimizers import Optimizer
from glassnet.plots.contours import contours
from glassnet.plots.drawing import Drawing
from glassnet.tuning.comparison import USUAL, at_rate, named_optimizers
from glassnet.tuning.words import number, table

_GRID = 81


@dataclass(frozen=True)
class Surface:
    """A height over the plane, with where to start and where its minimum is.

    Args:
        name: what it is called.
        height: (x, y) -> height.
        start: where paths start.
        minimum: where it is lowest; None where it falls without end.
        window: (lowest x, highest x, lowest y, highest y) of its picture.

    Example:
        >>> surface_registry.find("beale").height(3.0, 0.5)
        0.0
    """

    name: str
    height: Callable[[Any, Any], Any]
    start: tuple[float, float]
    minimum: tuple[float, float] | None
    window: tuple[float, float, float, float]

    @property
    def __name__(self) -> str:
        return self.name


surface_registry: Registry[Surface] = Registry("surface")


def _enter(surface: Surface) -> None:
    surface_registry.register()(surface)


_enter(
    Surface(
        "rosenbrock",
        lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,  # a bent valley, flat along its floor
        (-1.5, 1.5),
        (1.0, 1.0),
        (-2.0, 2.0, -1.0, 3.0),
    )
)
_enter(
    Surface(
        "parabola",
        lambda x, y: 0.5 * (x**2 + 20 * y**2),  # a long bowl: twenty times as steep across as along
        (-4.0, 1.0),
        (0.0, 0.0),
        (-5.0, 5.0, -2.0, 2.0),
    )
)
_enter(
    Surface(
        "saddle",
        lambda x, y: x**2 - y**2,  # nearly still at the pass; it falls without end beyond
        (-1.5, 0.001),
        None,
        (-2.0, 2.0, -2.0, 2.0),
    )
)
_enter(
    Surface(
        "beale",
        lambda x, y: (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2,
        (1.0, 1.5),  # between steep walls and a plain
        (3.0, 0.5),
        (-4.0, 4.5, -2.0, 2.0),
    )
)


@dataclass(frozen=True, eq=False)
class Walk:
    """One optimizer's way down a surface.

    Args:
        optimizer: its name.
        rate: its learning rate.
        path: the points, the start first, (steps + 1, 2); NaN from where it left the numbers.
        heights: the surface's height at each, (steps + 1,).
        left: the step at which it left the picture by far, or None.

    Example:
        >>> import numpy as np
        >>> Walk("sgd", 0.1, np.zeros((2, 2)), np.array([4.0, 1.0])).end
        1.0
    """

    optimizer: str
    rate: float
    path: HostArray
    heights: HostArray
    left: int | None = None

    @property
    def end(self) -> float:
        """The last height; infinite where the path broke off."""
        last = float(self.heights[-1])
        return last if np.isfinite(last) else float("inf")


@dataclass(frozen=True, eq=False, repr=False)
class SurfaceComparison:
    """What `compare_on_surface` found; as text, a table of the walks, the best first.

    Args:
        surface: the surface.
        walks: one for each optimizer, each at its best rate; the best first.

    Example:
        >>> import numpy as np
        >>> walk = Walk("sgd", 0.1, np.array([[1.0, 0.0], [0.5, 0.0]]), np.array([4.0, 1.0]))
        >>> print(SurfaceComparison(surface_registry.find("parabola"), [walk]))
        optimizer  rate  last height  last point  distance to the minimum
        sgd         0.1            1    (0.5, 0)                      0.5
    """

    surface: Surface
    walks: Sequence[Walk]

    @property
    def paths(self) -> dict[str, HostArray]:
        """The points of each walk, the start first, by the optimizer's name: (steps + 1, 2)."""
        return {walk.optimizer: walk.path for walk in self.walks}

    def picture(self) -> Drawing:
        """The surface in lines of equal height, with the paths and a cross at the minimum."""
        left, right, low, high = self.surface.window
        x, y = np.linspace(left, right, _GRID), np.linspace(low, high, _GRID)
        svg = contours(
            x,
            y,
            self.surface.height(x[None, :], y[:, None]),
            {f"{walk.optimizer} ({number(walk.rate)})": walk.path for walk in self.walks},
            title=self.surface.name.capitalize(),
            note=f"{len(self.walks[0].path) - 1} steps from the small dot; the minimum is crossed"
            if self.surface.minimum
            else f"{len(self.walks[0].path) - 1} steps from the small dot; it falls without end",
            targets=[self.surface.minimum] if self.surface.minimum else [],
        )
        return Drawing(svg)

    def __repr__(self) -> str:
        minimum = self.surface.minimum
        last = "steps to leave" if minimum is None else "distance to the minimum"
        head = ["optimizer", "rate", "last height", "last point", last]
        rows = []
        for walk in self.walks:
            point = f"({number(walk.path[-1, 0])}, {number(walk.path[-1, 1])})"
            if minimum is None:
                away = "-" if walk.left is None else str(walk.left)
            else:
                away = number(float(np.linalg.norm(walk.path[-1] - np.array(minimum))))
            rows.append([walk.optimizer, number(walk.rate), number(walk.end), point, away])
        return table(head, rows)


def compare_on_surface(
    surface: str | Surface,
    optimizers: Sequence[Any] | Mapping[str, Any] = USUAL,
    learning_rates: Sequence[float] | None = None,
    *,
    steps: int = 200,
    start: tuple[float, float] | None = None,
) -> SurfaceComparison:
    """Let optimizers walk down a surface z = f(x, y), each with the gradient it meets, and keep the paths.

    Each is tried at every rate, side by side as one program, and shown at its best: the rate at which it ends lowest, and on
    a surface that falls without end the one at which it is the first to have left twice the picture's window. There a path
    stops where it left; elsewhere one that leaves counts as broken off.

    Args:
        surface: ``"rosenbrock"``, ``"parabola"``, ``"saddle"``, ``"beale"``, or a `Surface` of your own.
        optimizers: as in `compare`.
        learning_rates: the rates that each is tried with, above 0; thirteen from 0.0001 to 1 by default.
        steps: how many steps each takes.
        start: where they start; the surface's own start by default.

    Returns:
        A `SurfaceComparison`.

    Raises:
        UnknownNameError: no surface or optimizer has that name.
        ConfigError: a number is out of range.

    Example:
        >>> found = compare_on_surface("parabola", ["sgd", "momentum"], steps=50)
        >>> found.walks[0].optimizer, found.paths["sgd"].shape
        ('momentum', (51, 2))

    Reference:
        H. H. Rosenbrock, "An Automatic Method for Finding the Greatest or Least Value of a Function", The Computer Journal 3,
        1960.
    """
    engine.start()
    positive_int("steps", steps, owner="compare_on_surface")
    chosen = surface if isinstance(surface, Surface) else surface_registry.find(surface)
    rates = (
        np.geomspace(1e-4, 1.0, 13) if learning_rates is None else np.atleast_1d(np.asarray(learning_rates, np.float64))
    )
    if not len(rates) or not np.isfinite(rates).all() or (rates <= 0).any():
        raise ConfigError(
            f"compare_on_surface expected `learning_rates` above 0. Received {learning_rates!r}. Pass a list such as [0.01, 0.1]."
        )
    begin = np.array(chosen.start if start is None else start, np.float32)
    walks = []
    for name, optimizer in named_optimizers(optimizers).items():
        program = _walking(chosen, at_rate(optimizer, 0.0).without_rate(), steps)
        paths = np.asarray(program(begin, rates.astype(np.float32)), np.float64)
        tried = [_walk(chosen, name, float(rate), path) for rate, path in zip(rates, paths, strict=True)]
        walks.append(min(tried, key=_order))
    return SurfaceComparison(chosen, sorted(walks, key=_order))


@lru_cache(maxsize=64)
def _walking(surface: Surface, optimizer: Optimizer, steps: int) -> Callable[..., Any]:
    """(start, rates) -> the paths of all rates, (rates, steps + 1, 2)."""
    slope = jax.grad(lambda at: surface.height(at[0], at[1]))

    def walk(start: Array, rate: Array) -> Array:
        def step(carry: Any, _: None) -> tuple[Any, Array]:
            at, state = carry
            after = optimizer.step(at, slope(at), state, learning_rate=rate)
            return after, after[0]

        path = lax.scan(step, (start, optimizer.init(start)), length=steps)[1]
        return jnp.concatenate([start[None], path])

    return jax.jit(jax.vmap(walk, in_axes=(None, 0)))


def _walk(surface: Surface, name: str, rate: float, path: HostArray) -> Walk:
    """The walk as far as it stays near the window: from there on it stands still, or is not a number where it broke."""
    west, east, south, north = surface.window
    middle, reach = np.array([(west + east) / 2, (south + north) / 2]), np.array([east - west, north - south])
    gone = np.flatnonzero(~(np.abs(path - middle) <= reach).all(axis=1))
    kept = path.copy()
    if len(gone):
        kept[gone[0] :] = kept[gone[0] - 1] if gone[0] and surface.minimum is None else np.nan
    left = int(gone[0]) if len(gone) and surface.minimum is None else None
    return Walk(name, rate, kept, np.asarray(surface.height(kept[:, 0], kept[:, 1])), left)


def _order(walk: Walk) -> tuple[float, float]:
    """What walks are compared by: how soon they left where that is the aim, then how low they ended."""
    return (float("inf") if walk.left is None else walk.left, walk.end)
