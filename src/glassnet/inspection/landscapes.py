"""The loss around trained weights, over a plane through them, and the path that training took."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.callbacks import Callback
from glassnet.foundation import engine
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.readable import percent, short
from glassnet.foundation.shapes import int_or_none
from glassnet.foundation.types import HostArray
from glassnet.models import evaluation, readiness
from glassnet.plots.picture import Picture
from glassnet.plots.planes import landscape as landscape_picture
from glassnet.training.rows import collect


class WeightPath(Callback):
    """Keeps the weights that train, at the start and after each epoch, for `loss_landscape` to draw the way they went.

    Args:
        most: how many are kept, 4 or more. When there are more, every other one is dropped, so that a long training takes
            no more memory than a short one.

    Attributes:
        weights: arrays by path, one dict for each epoch that is kept.
        epochs: their epochs, 0 for the start.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((2,)), Dense(1)], seed=0)
        >>> model.compile("sgd", "mse")
        >>> path = WeightPath()
        >>> _ = model.fit(np.ones((8, 2)), np.ones((8, 1)), epochs=3, verbose=0, callbacks=[path])
        >>> path.epochs
        [0, 1, 2, 3]

    Reference:
        Li, Xu, Taylor, Studer & Goldstein (2018), Visualizing the loss landscape of neural nets, section 7.
    """

    def __init__(self, most: int = 200) -> None:
        super().__init__()
        if int_or_none(most) is None or most < 4:
            raise ConfigError(f"WeightPath expected `most` as a whole number from 4 on. Received {most!r}. Pass 200.")
        self.most = int(most)
        self.weights: list[dict[str, HostArray]] = []
        self.epochs: list[int] = []
        self._every, self._passed = 1, 0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Keep the weights before the first step."""
        if not self.epochs and self.model.built:
            self._keep(0)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Keep the weights after an epoch."""
        self._passed += 1  # a further fit counts on
        if self._passed % self._every == 0:
            self._keep(self._passed)

    def _keep(self, epoch: int) -> None:
        self.weights.append({path: np.array(array) for path, array in self.model.arrays()[0].items()})
        self.epochs.append(epoch)
        if len(self.epochs) > self.most:
            self._every *= 2
            stay = [place for place, at in enumerate(self.epochs) if at % self._every == 0]
            self.weights, self.epochs = [self.weights[i] for i in stay], [self.epochs[i] for i in stay]


@dataclass(frozen=True, eq=False, repr=False)
class Landscape:
    """The loss over a plane through the trained weights θ: L(θ + a·d₁ + b·d₂).

    Args:
        across: a, rising, (points,); 0 is among them.
        up: b, likewise.
        losses: (points of b, points of a).
        directions: d₁ and d₂, arrays by the weight's path.
        path: where training passed in the plane, (epochs, 2), the last place θ; None without a `WeightPath`.
        kept: the share of the path's variance that lies in the plane; None without one.

    Example:
        >>> at = np.array([-1.0, 0.0, 1.0])
        >>> Landscape(at, at, at**2 + at[:, None] ** 2, ({}, {})).centre
        0.0
    """

    across: HostArray
    up: HostArray
    losses: HostArray
    directions: tuple[dict[str, HostArray], dict[str, HostArray]]
    path: HostArray | None = None
    kept: float | None = None

    @property
    def centre(self) -> float:
        """The loss of the trained weights."""
        return float(self.losses[len(self.up) // 2, len(self.across) // 2])

    def plot(self) -> Picture:
        """Shades, lines of equal loss, and the path."""
        note = f"loss {short(self.centre)} in the middle"
        if self.kept is not None:
            note += f"; the plane holds {percent(self.kept)} of the path's variance"
        else:
            note += "; random directions, as long as the filters"
        return landscape_picture(self.across, self.up, self.losses, self.path, note=note)

    def _repr_svg_(self) -> str:
        return self.plot().svg

    def __repr__(self) -> str:
        fine = self.losses[np.isfinite(self.losses)]
        return (
            f"Loss landscape, {len(self.up)} × {len(self.across)} places: {short(self.centre)} in the middle, "
            f"{short(float(fine.min()))} to {short(float(fine.max()))} around it"
        )


def loss_landscape(
    model: Any,
    x: Any,
    y: Any,
    *,
    path: WeightPath | None = None,
    span: float = 1.0,
    points: int = 21,
    seed: int = 0,
    sample_weight: Any = None,
) -> Landscape:
    """L(θ + a·d₁ + b·d₂) for a and b on a grid, θ the trained weights.

    Without a path, d₁ and d₂ are random and filter by filter as long as the weights, ‖d_f‖ = ‖θ_f‖, so that landscapes of
    different networks compare; biases and other vectors stay as they are. With a path they are the first two principal
    components of the weights that training passed, seen from θ, and the grid covers the path.

    Args:
        model: a trained, compiled model; it is left as it was.
        x: rows on which the loss is computed, (n, ...); once for each of points² places.
        y: their targets.
        path: what a `WeightPath` kept in `fit`.
        span: how far a and b go to each side, above 0; 1 is as far as the weights are long. With a path, the grid reaches
            `span` times 25 % beyond it.
        points: places along each side, odd so that θ is one of them, 3 or more.
        seed: which random directions.
        sample_weight: a weight for each row.

    Returns:
        A `Landscape`, whose middle is what `evaluate` reports as the loss.

    Raises:
        ConfigError: the model is not compiled, an even number of points, or a path of another model.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((2,)), Dense(1)], seed=0)
        >>> model.compile("sgd", "mse")
        >>> x, y = np.ones((8, 2)), np.ones((8, 1))
        >>> found = loss_landscape(model, x, y, points=3)
        >>> found.losses.shape, abs(found.centre - model.evaluate(x, y)) < 1e-6
        ((3, 3), True)

    Reference:
        Li, Xu, Taylor, Studer & Goldstein (2018), Visualizing the loss landscape of neural nets.
    """
    engine.start()
    if int_or_none(points) is None or points < 3 or points % 2 == 0:
        raise ConfigError(
            f"loss_landscape expected an odd number of `points` from 3 on, so that the trained weights are in the middle. "
            f"Received {points!r}. Pass 21."
        )
    if not span > 0:
        raise ConfigError(f"loss_landscape expected a `span` above 0. Received {span!r}. Pass 1.0.")
    rows = collect(x, y, sample_weight)
    recipe = readiness.ready(model, rows.x, rows.y)
    params, rest = model.arrays()
    centre = {name: np.asarray(array) for name, array in params.items()}
    walked, kept = None, None
    if path is None:
        generator = np.random.default_rng(seed)
        directions = _random(centre, generator), _random(centre, generator)
        at = np.linspace(-span, span, points)
        across, up = at, at
    else:
        directions, walked, kept = _principal(centre, path)
        across, up = (_around(walked[:, axis], span, points) for axis in (0, 1))
    losses = np.empty((points, points))
    for i, b in enumerate(up):
        for j, a in enumerate(across):
            moved = {n: w + (a * directions[0][n] + b * directions[1][n]).astype(w.dtype) for n, w in centre.items()}
            losses[i, j] = evaluation.numbers(recipe, moved, rest, rows, None)["loss"]
    return Landscape(across, up, losses, directions, walked, kept)


def _random(weights: dict[str, HostArray], generator: np.random.Generator) -> dict[str, HostArray]:
    """A direction for each weight, filter by filter of the weights' own length; none for biases and other vectors."""
    found = {}
    for name, array in weights.items():
        drawn = generator.standard_normal(array.shape)
        if array.ndim < 2:
            found[name] = np.zeros(array.shape)
            continue
        # A filter is what feeds one unit: all axes but the last. Of an embedding's table it is a row.
        axes = (1,) if name.endswith("/embeddings") else tuple(range(array.ndim - 1))
        long = np.sqrt((array.astype(np.float64) ** 2).sum(axis=axes, keepdims=True))
        found[name] = drawn * long / np.sqrt((drawn**2).sum(axis=axes, keepdims=True))
    return found


def _principal(centre: dict[str, HostArray], path: WeightPath) -> tuple[Any, HostArray, float]:
    """The two directions in which the weights passed differ most from the last ones; the path in them; their share."""
    fits = path.weights and all(
        set(kept) == set(centre) and all(kept[n].shape == centre[n].shape for n in centre) for kept in path.weights
    )
    if not fits or len(path.weights) < 3:
        raise ConfigError(
            f"loss_landscape expected a path of at least three sets of this model's weights. Received {len(path.weights)} sets"
            f"{'' if fits or not path.weights else ' of other weights'}. Pass WeightPath() among the callbacks of its fit."
        )
    names = list(centre)
    last = np.concatenate([centre[n].ravel() for n in names]).astype(np.float64)
    moved = np.stack([np.concatenate([kept[n].ravel() for n in names]) - last for kept in path.weights])
    _, sizes, directions = np.linalg.svd(moved, full_matrices=False)
    if len(directions) < 2:  # a model of one weight moves along a line
        directions = np.concatenate([directions, np.zeros((1, moved.shape[1]))])
    total = float((sizes**2).sum()) or 1.0
    cuts = np.cumsum([centre[n].size for n in names])[:-1]
    split = tuple(
        {n: part.reshape(centre[n].shape) for n, part in zip(names, np.split(direction, cuts), strict=True)}
        for direction in directions[:2]
    )
    walked = moved @ directions[:2].T
    arrived = bool(np.allclose(moved[-1], 0))  # the best weights may have been put back since
    walked = walked if arrived else np.concatenate([walked, np.zeros((1, 2))])
    return split, walked, float((sizes[:2] ** 2).sum() / total)


def _around(walked: HostArray, span: float, points: int) -> HostArray:
    """Places that cover the path and some room on both sides, 0 exactly in the middle of them."""
    low, high = float(min(walked.min(), 0.0)), float(max(walked.max(), 0.0))
    room = 1 + 0.25 * span
    far = max(high, -low, 1e-6) * room
    short_ = max(min(high, -low) * room, 0.25 * far)
    left, right = (far, short_) if -low > high else (short_, far)
    half = points // 2 + 1
    return np.concatenate([np.linspace(-left, 0, half)[:-1], np.linspace(0, right, half)])
