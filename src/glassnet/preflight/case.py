"""What is checked: inputs as one or several matrices, targets, the model they are for, and how it will be trained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from glassnet.foundation.types import HostArray

CELLS = 60_000
"""How many cells of a matrix the fast part looks at: all of a small one, evenly spaced rows of a large one."""


@dataclass(frozen=True)
class Facts:
    """Each column's least and greatest value, mean and standard deviation, (d,) each, of the cells that are finite."""

    low: HostArray
    high: HostArray
    mean: HostArray
    deviation: HostArray


@dataclass(frozen=True, eq=False)
class Matrix:
    """n rows of d columns.

    Args:
        values: (n, d) numbers; NaN where a cell is missing.
        names: the columns' names, or None: then they are called by their numbers.
        nominal: the columns whose numbers stand for words, so that their size says nothing.
        cells: how many cells to look at.
    """

    values: HostArray
    names: tuple[str, ...] | None = None
    nominal: frozenset[int] = frozenset()
    cells: int = CELLS

    @property
    def width(self) -> int:
        """The number of columns."""
        return self.values.shape[1]

    @cached_property
    def step(self) -> int:
        """Every so manyth row is looked at."""
        return max(1, -(-len(self.values) // max(64, self.cells // max(self.width, 1))))

    @cached_property
    def sample(self) -> HostArray:
        """The rows that are looked at, (m, d), as floats; what is not finite is NaN."""
        rows = self.values[:: self.step]
        rows = rows if rows.dtype == np.float32 else rows.astype(np.float64)
        if np.isfinite(rows.sum()):
            return rows
        return np.where(np.isfinite(rows), rows, np.nan)

    @cached_property
    def centred(self) -> HostArray:
        """The sample less each column's mean; 0 where a cell is missing."""
        found = self.sample - self.facts.mean
        return np.nan_to_num(found, copy=False) if self.has_gaps else found

    @cached_property
    def has_gaps(self) -> bool:
        """Whether a cell that is looked at is missing."""
        return bool(np.isnan(self.sample.sum()))

    @cached_property
    def facts(self) -> Facts:
        """What is known of each column."""
        rows = self.sample
        if not self.has_gaps:
            mean = rows.mean(0)
            off = rows - mean
            return Facts(rows.min(0), rows.max(0), mean, np.sqrt(np.einsum("ij,ij->j", off, off) / len(rows)))
        known = np.isfinite(rows)
        count = np.maximum(known.sum(0), 1)
        mean = np.where(known, rows, 0).sum(0) / count
        spread = np.sqrt((np.where(known, rows - mean, 0) ** 2).sum(0) / count)
        low, high = np.where(known, rows, np.inf).min(0), np.where(known, rows, -np.inf).max(0)
        return Facts(low, high, mean, spread)

    def name(self, column: int) -> str | int:
        """What a column is called."""
        return int(column) if self.names is None else self.names[int(column)]

    def named(self, columns: Sequence[int]) -> tuple[str | int, ...]:
        """What some columns are called."""
        return tuple(self.name(column) for column in columns)


@dataclass(frozen=True, eq=False)
class Case:
    """All that the rules look at.

    Args:
        inputs: the arrays of the inputs, (n, ...) each.
        y: the targets where there is one array of them.
        labels: the class of each row as a number from 0 on, where the targets are classes.
        classes: what these classes are in the targets.
        model: the model, or None.
        layers: all its layers, outermost first.
        names: the columns' names where there is one matrix.
        validation: the inputs and targets it is validated on, or None.
        held_labels: their classes, as `labels`.
        batch_size: rows a step; `batch_given` says that the user chose it.
        batch_given: whether the batch size was chosen.
        shuffle: whether the rows are shuffled before each epoch and split.
        weighted: whether rows or classes have weights.
        reads_columns: whether the first layer reads each column as a number.
        scales: whether the model scales its inputs by itself.
        outputs: the width of the outputs where there is one and it gives scores by class.
        matrices: the inputs that are tables.
    """

    inputs: Mapping[str, HostArray]
    y: HostArray | None
    labels: HostArray | None = None
    classes: tuple[Any, ...] = ()
    model: Any = None
    layers: tuple[Any, ...] = ()
    names: tuple[str, ...] | None = None
    validation: tuple[Mapping[str, HostArray], HostArray | None] | None = None
    held_labels: HostArray | None = None
    batch_size: int | None = None
    batch_given: bool = False
    shuffle: bool = True
    weighted: bool = False
    reads_columns: bool = True
    scales: bool = False
    outputs: int | None = None
    matrices: tuple[Matrix, ...] = field(default=())

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(next(iter(self.inputs.values())))
