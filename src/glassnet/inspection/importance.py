"""How much worse a model gets when one column is shuffled."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet import metrics
from glassnet.callbacks.monitor import better_when_higher
from glassnet.foundation import engine
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.readable import short
from glassnet.foundation.registry import did_you_mean
from glassnet.foundation.shapes import positive_int
from glassnet.foundation.types import HostArray
from glassnet.inspection.occluding import one_input
from glassnet.inspection.regions import region_names, regions
from glassnet.models import evaluation, readiness
from glassnet.plots.attributions import importance as importance_picture
from glassnet.plots.picture import Picture
from glassnet.training.rows import Rows, collect


@dataclass(frozen=True, eq=False, repr=False)
class Importance:
    """What shuffling each part of the rows cost.

    Args:
        names: the columns', tokens' or patches' names.
        values: how much worse the metric got, (parts, repeats): above 0 where the part matters.
        base: the metric on the rows as they are.
        metric: its name.
        grid: how many parts lie along each axis of a row.
        higher: whether the metric is better when it is higher.

    Example:
        >>> Importance(("age", "dose"), np.array([[0.0, 0.2], [1.0, 3.0]]), 0.5, "loss", (2,))
        Permutation importance: loss 0.5, worse by
        dose  +2 ± 1.4
        age   +0.1 ± 0.14
    """

    names: tuple[str, ...]
    values: HostArray
    base: float
    metric: str
    grid: tuple[int, ...]
    higher: bool = False

    @property
    def mean(self) -> HostArray:
        """The mean over the repeats, (parts,)."""
        return self.values.mean(axis=1)

    @property
    def deviation(self) -> HostArray:
        """The standard deviation over the repeats, (parts,); 0 with one repeat."""
        return self.values.std(axis=1, ddof=1) if self.values.shape[1] > 1 else np.zeros(len(self.values))

    def plot(self) -> Picture:
        """Bars, the most important part first, with the spread over the repeats."""
        label = f"{self.metric} {'lost' if self.higher else 'added'} by shuffling"
        note = f"{self.metric} is {short(self.base)}; {self.values.shape[1]} shuffles each"
        return importance_picture(self.names, self.values, note=note, label=label)

    def _repr_svg_(self) -> str:
        return self.plot().svg

    def __repr__(self) -> str:
        order = np.argsort(-self.mean, kind="stable")[:10]
        wide = max(len(self.names[i]) for i in order)
        lines = [f"{self.names[i]:<{wide}}  {self.mean[i]:+.4g} ± {self.deviation[i]:.2g}" for i in order]
        more = [f"and {len(self.names) - len(order)} more"] if len(order) < len(self.names) else []
        return "\n".join([f"Permutation importance: {self.metric} {short(self.base)}, worse by", *lines, *more])


def permutation_importance(
    model: Any,
    x: Any,
    y: Any,
    *,
    metric: Any = "loss",
    repeats: int = 5,
    seed: int = 0,
    patch: Any = None,
    names: Sequence[Any] | None = None,
    sample_weight: Any = None,
) -> Importance:
    """metric(rows) − metric(rows with one part shuffled), for each part and several shuffles; signed so that worse is above 0.

    A part is a column of a table, a position of a sequence or a text, or a patch of a picture; its values change places
    among the rows, which leaves how they are spread and breaks what they have to do with the target. Two columns that say
    the same hide each other: neither seems to matter.

    Args:
        model: a trained, compiled model with one input.
        x: rows it was not trained on, (n, ...), images with their channels last.
        y: their targets.
        metric: ``"loss"``, a metric the model was compiled with or any other by its name, or a function (y_true, y_pred) ->
            number that is better when it is higher.
        repeats: shuffles a part, 1 or more.
        seed: which shuffles.
        patch: how large a part of a picture is; see `occlusion`.
        names: the parts' names.
        sample_weight: a weight for each row.

    Returns:
        An `Importance`.

    Raises:
        ConfigError: several inputs, an unknown metric, or another number of names.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((2,)), Dense(1, use_bias=False)])
        >>> model.set_weights([np.array([[1.0], [0.0]])])
        >>> model.compile(loss="mse")
        >>> x = np.arange(8.0).reshape(4, 2)
        >>> found = permutation_importance(model, x, x[:, :1])
        >>> bool(found.mean[0] > 1), float(found.mean[1])
        (True, 0.0)

    Reference:
        Breiman (2001), Random forests; Fisher, Rudin & Dominici (2019), All models are wrong, but many are useful.
    """
    engine.start()
    positive_int("repeats", repeats, owner="permutation_importance")
    rows = collect(x, y, sample_weight)
    inputs = one_input(rows.x)
    score, name, higher = scorer(model, rows, metric)
    parts, grid = regions(inputs.shape[1:], patch)
    named = region_names(parts, names, inputs.shape[1:])
    base = score(rows)
    found = np.zeros((len(parts), repeats))
    generator = np.random.default_rng(seed)
    for index, part in enumerate(parts):
        place = (slice(None), *part)
        for again in range(repeats):
            shuffled = inputs.copy()
            shuffled[place] = inputs[generator.permutation(len(inputs))][place]
            worse = score(Rows(shuffled, rows.y, rows.weights)) - base
            found[index, again] = -worse if higher else worse
    return Importance(named, found, base, name, grid, higher)


def scorer(model: Any, rows: Rows, metric: Any) -> tuple[Callable[[Rows], float], str, bool]:
    """A function from rows to one number, its name, and whether it is better when it is higher.

    Raises:
        ConfigError: the model is not compiled.
        UnknownNameError: no metric has the name.
    """
    if not isinstance(metric, str | metrics.Metric) and callable(metric):
        judge: Callable[[Any, Any], Any] = metric
        return lambda these: float(judge(these.y, model.predict(these.x))), getattr(metric, "__name__", "score"), True
    recipe = readiness.ready(model, rows.x, rows.y)
    known = recipe.objective.names
    if isinstance(metric, str) and metric in known:
        params, rest = model.arrays()
        held = {n: m for head in recipe.objective.heads for n, m in (*head.metrics, *head.weighted)}
        higher = _is_better_higher(metric, held.get(metric))
        return lambda these: evaluation.numbers(recipe, params, rest, these, None)[metric], metric, higher
    if len(recipe.objective.heads) != 1:
        raise ConfigError(
            f"Expected one of {', '.join(known)}. Received {metric!r}{did_you_mean(str(metric), known) or '.'} Compile the "
            f"model with it, or pass a function of (y_true, y_pred)."
        )
    head = recipe.objective.heads[0]
    made = metrics.resolve(metric, head.loss, head.output_shape, head.target_shape)

    def computed(these: Rows) -> float:
        state = made.init(head.target_shape, head.output_shape)
        state = made.update(state, these.y, model.predict(these.x), these.weights)
        return float(np.mean(np.asarray(made.compute(state))))

    return computed, made.name, _is_better_higher(made.name, made)


def _is_better_higher(name: str, metric: metrics.Metric | None) -> bool:
    """Which way is better: as the metric says, or as its name does where it does not."""
    direction = None if metric is None else metric.direction
    return better_when_higher(name) if direction is None else direction == "up"
