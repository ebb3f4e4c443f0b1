"""Which inputs a prediction hangs on: saliency, integrated gradients, SmoothGrad."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.readable import short
from glassnet.foundation.shapes import positive_int
from glassnet.foundation.types import HostArray
from glassnet.inspection.targets import Question, ask, at_baseline
from glassnet.plots.attributions import attribution_picture
from glassnet.plots.picture import Picture

_PARTS = ("integrated gradients", "occlusion")


@dataclass(frozen=True, eq=False, repr=False)
class Attribution:
    """How much each number of each row has to do with its prediction.

    Args:
        method: how it was computed.
        values: one number for each of the explained numbers, (n, ...); nested as the inputs are.
        scores: S, the number that is explained, (n,).
        target: the entry of the output that S is, (n,).
        x: the explained rows.
        layer: the layer by whose outputs it is explained; None for the inputs.
        baseline_scores: S at the baseline, (n,); None where there is no baseline.
        names: the names of columns or tokens, for pictures.

    Example:
        >>> found = Attribution("saliency", np.array([[2.0, -3.0]]), np.ones(1), np.zeros(1, int), np.ones((1, 2)))
        >>> found.overall().tolist()
        [2.0, 3.0]
    """

    method: str
    values: Any
    scores: HostArray
    target: HostArray
    x: Any
    layer: str | None = None
    baseline_scores: HostArray | None = None
    names: tuple[str, ...] | None = None

    @property
    def gap(self) -> HostArray | None:
        """Σ values − (S(x) − S(baseline)) of each row: 0 where the parts make up the whole. None without a baseline."""
        if self.baseline_scores is None or self.method != "integrated gradients":
            return None
        total = sum(a.reshape(len(a), -1).astype(np.float64).sum(axis=1) for a in jax.tree.leaves(self.values))
        return total - (self.scores.astype(np.float64) - self.baseline_scores)

    def overall(self) -> HostArray:
        """The mean over the rows of the values' sizes: what the model looks at on the whole. The shape of one row."""
        return np.abs(self._only()).mean(axis=0)

    def by_position(self, row: int = 0) -> HostArray:
        """One row's values with one number a position, of the vector of a token or the channels of a pixel.

        Parts of a prediction are summed; of slopes at a layer's outputs it is the length, √Σ v².
        """
        values = self._only()[row]
        if self.layer is not None and self.baseline_scores is None:
            return np.sqrt((values**2).sum(axis=-1))
        return values.sum(axis=-1) if self.layer is not None or values.ndim > 2 else values

    def plot(self, row: int = 0, names: Sequence[Any] | None = None) -> Picture:
        """One row's values: bars for columns and tokens, shades beside the picture for images.

        Args:
            row: which of the rows.
            names: the columns' names, or the tokens of this row; those given to the method by default.
        """
        self._check(row)
        found = self._only()[row]
        images = self.layer is None and self.x[row].ndim == 3
        title = f"{self.method[0].upper()}{self.method[1:]}, row {row}"
        note = f"explains output {int(self.target[row])}, which is {short(float(self.scores[row]))}"
        gap = self.gap
        if gap is not None:
            note += f"; parts and whole differ by {short(float(abs(gap[row])), 2)}"
        given = self.names if names is None else tuple(map(str, names))
        return attribution_picture(
            found if images else self.by_position(row),
            title=title,
            note=note,
            names=given,
            image=self.x[row] if images else None,
            ordered=self.layer is not None or self.x[row].dtype.kind in "iu",
            label="part of the prediction" if self.method in _PARTS else self.method,
        )

    def _only(self) -> HostArray:
        if not isinstance(self.values, np.ndarray):
            raise ConfigError(
                "Expected values of one input. Received several inputs, each with its own: read .values, which is nested as "
                "the inputs are."
            )
        return self.values

    def _check(self, row: int) -> None:
        if not 0 <= row < len(self.scores):
            raise ConfigError(f"Expected a row from 0 to {len(self.scores) - 1}. Received {row}. Count from 0.")

    def _repr_svg_(self) -> str | None:
        return self.plot().svg if isinstance(self.values, np.ndarray) else None

    def __repr__(self) -> str:
        where = "the inputs" if self.layer is None else f"the outputs of {self.layer!r}"
        told = f"{self.method} of {len(self.scores)} rows at {where}"
        gap = self.gap
        return (
            told if gap is None else f"{told}; parts and whole differ by at most {short(float(np.abs(gap).max()), 2)}"
        )


def saliency(
    model: Any,
    x: Any,
    target: Any = None,
    *,
    layer: Any = None,
    output: Any = None,
    of: str = "output",
    names: Sequence[Any] | None = None,
) -> Attribution:
    """∂S/∂x: how much the prediction moves when a number of the row moves a little; signed.

    Args:
        model: a trained model, used as in `predict`: dropout is off.
        x: rows, (n, ...): tables, images, sequences; nested where the model has several inputs.
        target: which output S is: the number of a class, one for each row as a list or array, or a tuple as a place in
            outputs of more axes. By default the class that is predicted, or the only output.
        layer: explain by the outputs of this layer (its path) instead of the inputs. By default the model's only Embedding
            where the inputs are words or the like.
        output: which output, by name, where the model has several.
        of: ``"output"``, or ``"logits"`` for the number under a final softmax or sigmoid, whose slope does not fade where
            the model is sure.
        names: names of columns or tokens, for pictures.

    Returns:
        An `Attribution`; `values` have the shape of x, or of the layer's outputs.

    Raises:
        ConfigError: an unknown layer or output; or whole numbers that one of several Embeddings looks up, without `layer`.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((2,)), Dense(1)])
        >>> model.set_weights([np.array([[2.0], [-3.0]]), np.zeros(1)])
        >>> saliency(model, np.ones((1, 2))).values.tolist()
        [[2.0, -3.0]]

    Reference:
        Simonyan, Vedaldi & Zisserman (2014), Deep inside convolutional networks: visualising image classification models
        and saliency maps.
    """
    question = ask(model, x, target, layer=layer, output=output, of=of)
    scores, slopes = question.slopes(question.point)
    return _answer("saliency", question, slopes, scores, names)


def integrated_gradients(
    model: Any,
    x: Any,
    target: Any = None,
    *,
    baseline: Any = "zeros",
    steps: int = 50,
    layer: Any = None,
    output: Any = None,
    of: str = "output",
    names: Sequence[Any] | None = None,
) -> Attribution:
    """(x − x′) ∫₀¹ ∂S(x′ + α(x − x′))/∂x dα: parts of the prediction, which add up to S(x) − S(x′).

    The integral is a Gauss-Legendre sum over `steps` points. How far the parts are from adding up is in `gap`; more steps
    bring it down.

    Args:
        model: as in `saliency`.
        x: likewise.
        target: likewise.
        baseline: x′, what stands for "nothing there": ``"zeros"``, ``"mean"`` of the rows, a number, a row, or rows.
        steps: points on the way, 1 or more.
        layer: as in `saliency`.
        output: likewise.
        of: likewise.
        names: likewise.

    Returns:
        An `Attribution` with `baseline_scores` and `gap`.

    Raises:
        ConfigError: as in `saliency`, or a baseline that does not fit.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((2,)), Dense(1)])
        >>> model.set_weights([np.array([[2.0], [-3.0]]), np.ones(1)])
        >>> found = integrated_gradients(model, np.array([[1.0, 2.0]]))
        >>> found.values.round(4).tolist(), bool(abs(found.gap[0]) < 1e-5)
        ([[2.0, -6.0]], True)

    Reference:
        Sundararajan, Taly & Yan (2017), Axiomatic attribution for deep networks.
    """
    positive_int("steps", steps, owner="integrated_gradients")
    question = ask(model, x, target, layer=layer, output=output, of=of)
    start = at_baseline(question, baseline)
    way = jax.tree.map(np.subtract, question.point, start)
    nodes, shares = np.polynomial.legendre.leggauss(steps)
    total = jax.tree.map(lambda a: np.zeros(a.shape, np.float64), way)
    for node, share in zip((nodes + 1) / 2, shares / 2, strict=True):
        point = jax.tree.map(lambda a, b, at=node: a + np.float32(at) * b, start, way)
        total = jax.tree.map(lambda sum_, new, w=share: sum_ + w * new, total, question.slopes(point)[1])
    values = jax.tree.map(lambda a, b: (a * b).astype(np.float32), total, way)
    scores, bottom = question.scores(question.x, question.point), question.scores(question.x, start)
    return _answer("integrated gradients", question, values, scores, names, bottom)


def smooth_grad(
    model: Any,
    x: Any,
    target: Any = None,
    *,
    noise: float = 0.15,
    samples: int = 50,
    seed: int = 0,
    layer: Any = None,
    output: Any = None,
    of: str = "output",
    names: Sequence[Any] | None = None,
) -> Attribution:
    """mean over ε of ∂S(x + ε)/∂x, ε ~ N(0, σ²): the saliency of a neighbourhood, without the jitter of a point's.

    Args:
        model: as in `saliency`.
        x: likewise.
        target: likewise; the class that is predicted without noise.
        noise: σ as a share of the range, largest less smallest, of all numbers given; 0 or more. For columns in different
            units, scale them first.
        samples: how many ε, 1 or more.
        seed: which ones.
        layer: as in `saliency`.
        output: likewise.
        of: likewise.
        names: likewise.

    Returns:
        An `Attribution`.

    Raises:
        ConfigError: as in `saliency`, or a noise below 0.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((2,)), Dense(1)])
        >>> model.set_weights([np.array([[2.0], [-3.0]]), np.zeros(1)])
        >>> smooth_grad(model, np.array([[0.0, 1.0]]), samples=4).values.tolist()
        [[2.0, -3.0]]

    Reference:
        Smilkov, Thorat, Kim, Viégas & Wattenberg (2017), SmoothGrad: removing noise by adding noise.
    """
    positive_int("samples", samples, owner="smooth_grad")
    if not noise >= 0:
        raise ConfigError(f"smooth_grad expected `noise` of 0 or more. Received {noise!r}. Pass 0.1 to 0.2.")
    question = ask(model, x, target, layer=layer, output=output, of=of)
    spread = jax.tree.map(lambda a: noise * float(np.ptp(a)), question.point)
    generator = np.random.default_rng(seed)
    total = jax.tree.map(lambda a: np.zeros(a.shape, np.float64), question.point)
    for _ in range(samples):
        point = jax.tree.map(
            lambda a, s: a + np.float32(s) * generator.standard_normal(a.shape, np.float32), question.point, spread
        )
        total = jax.tree.map(np.add, total, question.slopes(point)[1])
    values = jax.tree.map(lambda a: (a / samples).astype(np.float32), total)
    return _answer("SmoothGrad", question, values, question.scores(question.x, question.point), names)


def _answer(
    method: str, question: Question, values: Any, scores: HostArray, names: Any, bottom: HostArray | None = None
) -> Attribution:
    named = None if names is None else tuple(map(str, names))
    return Attribution(method, values, scores, question.target, question.x, question.path, bottom, named)
