"""Points of many dimensions in the plane in which they differ most."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.foundation.errors import ConfigError
from glassnet.foundation.readable import percent
from glassnet.foundation.shapes import positive_int
from glassnet.foundation.types import HostArray
from glassnet.inspection.tapping import layer_at
from glassnet.inspection.targets import embeddings_of
from glassnet.plots.picture import Picture
from glassnet.plots.planes import scatter


@dataclass(frozen=True, eq=False, repr=False)
class Projection:
    """Points on their principal components: points = (rows − mean) componentsᵀ.

    Args:
        points: where each row is, (n, k).
        components: the directions, of length 1, (k, d).
        mean: the rows' mean, (d,).
        explained: the share of the variance along each of them, (k,).
        names: the rows' names, for pictures.

    Example:
        >>> Projection(np.zeros((3, 2)), np.eye(2), np.zeros(2), np.array([0.75, 0.25]))
        Projection of 3 rows; the shares of variance are [0.75, 0.25]
    """

    points: HostArray
    components: HostArray
    mean: HostArray
    explained: HostArray
    names: tuple[str, ...] | None = None

    def plot(self, labels: Any = None, class_names: Sequence[Any] | None = None) -> Picture:
        """The rows on the first two components, named where they have names, with a shape for each label."""
        note = f"{percent(float(self.explained[:2].sum()))} of the variance lies in this plane"
        return scatter(
            self.points[:, :2],
            labels,
            title="Projection",
            note=note,
            x_label="principal component 1",
            y_label="principal component 2",
            names=self.names,
            class_names=class_names,
        )

    def _repr_svg_(self) -> str:
        return self.plot().svg

    def __repr__(self) -> str:
        return f"Projection of {len(self.points)} rows; the shares of variance are {self.explained.round(3).tolist()}"


def project(values: Any, *, components: int = 2, names: Sequence[Any] | None = None) -> Projection:
    """X − x̄ = U S Vᵀ: the rows on the first columns of V, the directions in which they differ most.

    Args:
        values: rows, (n, ...), flattened: a table, a layer's activations, an embedding's table.
        components: how many directions, 1 or more.
        names: the rows' names.

    Returns:
        A `Projection`. Each direction points to where its largest entry is above 0, so that it is the same every time.

    Raises:
        ConfigError: fewer rows or columns than directions.

    Example:
        >>> project([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]], components=1).explained.round(6).tolist()
        [1.0]

    Reference:
        Pearson (1901), On lines and planes of closest fit to systems of points in space.
    """
    positive_int("components", components, owner="project")
    rows = np.asarray(values, np.float64)
    rows = rows.reshape(len(rows), -1)
    if min(rows.shape) < components:
        raise ConfigError(
            f"project expected at least {components} rows of {components} numbers. Received shape {rows.shape}. Ask for fewer "
            f"components."
        )
    mean = rows.mean(axis=0)
    _, sizes, directions = np.linalg.svd(rows - mean, full_matrices=False)
    chosen = directions[:components]
    largest = chosen[np.arange(components), np.abs(chosen).argmax(axis=1)]
    chosen = chosen * np.where(largest < 0, -1.0, 1.0)[:, None]
    total = float((sizes**2).sum()) or 1.0
    named = None if names is None else tuple(map(str, names))
    return Projection((rows - mean) @ chosen.T, chosen, mean, sizes[:components] ** 2 / total, named)


def project_embedding(
    model: Any, layer: Any = None, *, components: int = 2, names: Sequence[Any] | None = None
) -> Projection:
    """`project` of an Embedding's table: which words or products the model takes for alike.

    Args:
        model: a built model.
        layer: the Embedding, or its path; by default the model's only one.
        components: how many directions.
        names: the words, one a row of the table.

    Raises:
        ConfigError: there is no such layer, or it is no Embedding; or none is given and there is not just one.

    Example:
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense, Embedding
        >>> model = Sequential([Input((5,)), Embedding(9, 4), Dense(1)], seed=0)
        >>> project_embedding(model, "embedding").points.shape
        (9, 2)

    Reference:
        Mikolov, Chen, Corrado & Dean (2013), Efficient estimation of word representations in vector space.
    """
    held = layer_at(model, _only_embedding(model) if layer is None else layer)
    if not hasattr(held, "embeddings"):
        raise ConfigError(
            f"Expected an Embedding. Received {held.path!r}, which is of class {type(held).__name__}. For what it puts out, pass "
            f"activations(model, x, {held.path!r}).values to project."
        )
    return project(np.asarray(held.embeddings), components=components, names=names)


def _only_embedding(model: Any) -> str:
    found = embeddings_of(model)
    if len(found) != 1:
        raise ConfigError(
            f"Expected which Embedding to project, since the model has {len(found)}. Received none. "
            + (
                f"Pass layer={found[0]!r}, or another of: {', '.join(found)}."
                if found
                else "Pass arrays to project(values)."
            )
        )
    return found[0]
