"""What layers answer: activations, attention maps, and the rows that each unit answers to most."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.readable import short
from glassnet.foundation.shapes import positive_int
from glassnet.foundation.types import HostArray
from glassnet.inspection.tapping import in_batches, layer_at, one_array, prepared, rows_at_once, tap_program, tapped
from glassnet.plots import tables
from glassnet.plots.picture import Picture


@dataclass(frozen=True, eq=False, repr=False)
class Activations:
    """What a layer put out for each row.

    Args:
        layer: the layer's path.
        values: (n, ...).
        name: the number inside it that was asked for; None for its outputs.

    Example:
        >>> Activations("dense", np.array([[0.0, 2.0], [4.0, 6.0]])).by_unit()["mean"].tolist()
        [2.0, 4.0]
    """

    layer: str
    values: HostArray
    name: str | None = None

    def by_unit(self) -> dict[str, HostArray]:
        """Over rows and positions, for each unit or channel: ``mean``, ``deviation``, and ``zeros``, the share that is 0."""
        flat = self.values.reshape(-1, self.values.shape[-1]).astype(np.float64)
        return {"mean": flat.mean(axis=0), "deviation": flat.std(axis=0), "zeros": (flat == 0).mean(axis=0)}

    def plot(self, row: int = 0) -> Picture:
        """One row's activations."""
        what = self.layer if self.name is None else f"{self.name} of {self.layer}"
        return tables.activations(self.values[row], title=f"{what}, row {row}")

    def _repr_svg_(self) -> str | None:
        return self.plot().svg if self.values.ndim <= 4 else None

    def __repr__(self) -> str:
        return f"Activations of {self.layer!r}, {self.values.shape}; {np.mean(self.values == 0):.0%} are 0"


def activations(
    model: Any, x: Any, layer: Any, *, name: str | None = None, call: int = 0, batch_size: int | None = None
) -> Activations:
    """What a layer puts out for each row, or a number named inside it; computed in batches.

    Args:
        model: a model, used as in `predict`: dropout is off.
        x: inputs, (n, ...).
        layer: the layer or its path, such as ``"encoder/dense_1"``.
        name: a number inside, such as ``"pre_activation"``, an LSTM's ``"forget_gate"`` or attention's ``"scores"``; met once
            a step in recurrent layers, which gives (n, steps, ...).
        call: which of its calls, from 0, where it is called more than once.
        batch_size: the most rows computed at once; chosen by size by default.

    Returns:
        `Activations` with values (n, ...).

    Raises:
        ConfigError: there is no such layer, number or call.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((2,)), Dense(3, activation="relu"), Dense(1)], seed=0)
        >>> activations(model, np.ones((5, 2)), "dense").values.shape
        (5, 3)

    Reference:
        Zeiler & Fergus (2014), Visualizing and understanding convolutional networks.
    """
    rows = prepared(model, x)
    path = layer_at(model, layer).path
    return Activations(path, one_array(tapped(model, rows, path, name, call, batch_size), path), name)


@dataclass(frozen=True, eq=False, repr=False)
class AttentionMaps:
    """How each position of each row shares its attention.

    Args:
        layer: the attention layer's path.
        values: (n, heads, queries, keys); each query's shares add up to 1.
        scores: what the shares come from, before the mask and the softmax, of the same shape.

    Example:
        >>> maps = AttentionMaps("attention", np.full((1, 1, 2, 2), 0.5), np.zeros((1, 1, 2, 2)))
        >>> maps.entropy().round(4).tolist()
        [[[0.6931, 0.6931]]]
    """

    layer: str
    values: HostArray
    scores: HostArray

    def entropy(self) -> HostArray:
        """−Σ p ln p of each query in nats, (n, heads, queries): 0 where one key has it all, ln(keys) where all share."""
        shares = self.values.astype(np.float64)
        return -(shares * np.log(np.where(shares > 0, shares, 1.0))).sum(axis=-1)

    def plot(self, row: int = 0, *, queries: Sequence[Any] | None = None, keys: Sequence[Any] | None = None) -> Picture:
        """One row's shares, a panel a head.

        Args:
            row: which row.
            queries: its tokens.
            keys: the tokens it attends to, where they are others.
        """
        return tables.attention(self.values[row], queries=queries, keys=keys, title=f"{self.layer}, row {row}")

    def _repr_svg_(self) -> str:
        return self.plot().svg

    def __repr__(self) -> str:
        n, heads, queries, keys = self.values.shape
        return f"Attention maps of {self.layer!r}: {n} rows, {heads} heads, {queries} queries, {keys} keys"


def attention_maps(
    model: Any, x: Any, layer: Any = None, *, call: int = 0, batch_size: int | None = None
) -> AttentionMaps:
    """softmax(q kᵀ / √d) of an attention layer, for each row and head.

    Args:
        model: a model, used as in `predict`.
        x: inputs, (n, ...).
        layer: the attention layer or its path, or a block with one inside; the first in the model by default.
        call: which of its calls, from 0.
        batch_size: the most rows computed at once.

    Returns:
        `AttentionMaps` with values (n, heads, queries, keys).

    Raises:
        ConfigError: the model has no attention layer, or the layer is none.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Model
        >>> from glassnet.layers import MultiHeadAttention
        >>> x = Input((5, 4))
        >>> model = Model(x, MultiHeadAttention(2, 3)(x, x), seed=0)
        >>> maps = attention_maps(model, np.ones((1, 5, 4)))
        >>> maps.values.shape, float(maps.values[0, 0, 0].sum().round(4))
        ((1, 2, 5, 5), 1.0)

    Reference:
        Vaswani et al. (2017), Attention is all you need.
    """
    rows = prepared(model, x)
    start = model if layer is None else layer_at(model, layer)
    found = [held for held in start.walk() if hasattr(held, "attend") or hasattr(held, "scores")]
    if not found:
        where = "the model" if layer is None else f"layer {start.path!r}"
        raise ConfigError(
            f"attention_maps expected an attention layer. Received {where}, in which there is none. For other layers, ask for "
            f"their activations."
        )
    path = found[0].path
    values, scores = (
        _by_head(one_array(tapped(model, rows, path, name, call, batch_size), path)) for name in ("weights", "scores")
    )
    return AttentionMaps(path, values, scores)


def _by_head(found: HostArray) -> HostArray:
    return found[:, None] if found.ndim == 3 else found


@dataclass(frozen=True, eq=False, repr=False)
class TopRows:
    """The rows that each unit answers to most.

    Args:
        layer: the layer's path.
        rows: row numbers, the strongest first, (units, k).
        values: the unit's activation there, (units, k).
        positions: where in the row it was strongest, (units, k), counted through the positions of a sequence or picture; 0
            where there is only one.
        mean: the unit's mean over all rows, (units,).

    Example:
        >>> none = np.zeros((1, 2), int)
        >>> TopRows("dense", np.array([[7, 3]]), np.array([[2.0, 1.0]]), none, np.array([0.5]))
        What the units of 'dense' respond to most
        unit 0: rows 7, 3 (2 to 1, mean 0.5)
    """

    layer: str
    rows: HostArray
    values: HostArray
    positions: HostArray
    mean: HostArray

    def plot(self) -> Picture:
        """The strongest activations as a table of shades, units down."""
        return tables.weights(self.values, title=f"Strongest activations of {self.layer}", down="unit", across="rank")

    def _repr_svg_(self) -> str:
        return self.plot().svg

    def __repr__(self) -> str:
        lines = [
            f"unit {unit}: rows {', '.join(map(str, rows))} ({short(float(values[0]))} to {short(float(values[-1]))}, mean "
            f"{short(float(mean))})"
            for unit, (rows, values, mean) in enumerate(zip(self.rows[:20], self.values, self.mean, strict=False))
        ]
        more = [f"and {len(self.rows) - 20} more units"] if len(self.rows) > 20 else []
        return "\n".join([f"What the units of {self.layer!r} respond to most", *lines, *more])


def top_rows(
    model: Any, x: Any, layer: Any, *, k: int = 5, name: str | None = None, batch_size: int | None = None
) -> TopRows:
    """argmax over the rows of each unit's activation: what it has learned to look for, in your own data.

    A channel of a convolution or a sequence counts by its largest value over all positions.

    Args:
        model: a trained model.
        x: rows, (n, ...); only a batch of activations is held at once.
        layer: the layer or its path.
        k: how many rows a unit, 1 or more.
        name: a number inside the layer, such as ``"pre_activation"``, instead of its outputs.
        batch_size: the most rows computed at once.

    Returns:
        `TopRows`; of rows that are equally strong the first come first.

    Raises:
        ConfigError: there is no such layer.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((1,)), Dense(1, kernel_initializer="ones")])
        >>> top_rows(model, np.array([[3.0], [9.0], [5.0]]), "dense", k=2).rows.tolist()
        [[1, 2]]

    Reference:
        Bau, Zhou, Khosla, Oliva & Torralba (2017), Network dissection.
    """
    positive_int("k", k, owner="top_rows")
    rows = prepared(model, x)
    path = layer_at(model, layer).path
    program = tap_program(model.blueprint(), path, name, 0)
    params, rest = model.arrays()

    def strongest(part: Any) -> tuple[HostArray, ...]:
        found = np.asarray(one_array(program(params, rest, part), path))
        flat = found.reshape(len(found), -1, found.shape[-1])
        return flat.max(axis=1), flat.argmax(axis=1), flat.mean(axis=1)

    most = rows_at_once(model, rows, batch_size)
    values, positions, mean = in_batches(strongest, rows, most)
    order = np.argsort(-values, axis=0, kind="stable")[:k].T
    units = np.arange(values.shape[1])[:, None]
    return TopRows(path, order, values[order, units], positions[order, units], mean.mean(axis=0, dtype=np.float64))
