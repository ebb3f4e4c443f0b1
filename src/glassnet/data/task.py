"""What a target column asks for: classification or regression, told from its cells and said in words."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.data.columns import Column
from glassnet.data.converting import Where, finite_numbers
from glassnet.data.fitting import refuse_stray_words
from glassnet.data.table import Table
from glassnet.data.targets import MOST_CLASSES, Label, labels_of
from glassnet.data.words import counted, near, quoted, some
from glassnet.foundation.errors import ConfigError, DataError

TASKS = ("auto", "classification", "regression")
_MOST_NUMBER_CLASSES = 20


@dataclass(frozen=True, eq=False, repr=False)
class TargetPlan:
    """What is predicted, from which rows.

    Args:
        name: the target column.
        kind: what its cells are.
        task: ``"classification"`` or ``"regression"``.
        reason: why, in one sentence.
        classes: the classes, sorted; empty for a regression.
        rows: the positions of the rows whose target is known, ascending.
        dropped: how many rows have no target.
        codes: the class number of each of `rows`; None for a regression.

    Example:
        >>> plan = plan_target(Table.from_columns({"x": [1.0, 2.0, 3.0, 4.0], "y": ["a", "b", None, "b"]}), "y", least_rows=1)
        >>> plan.classes, plan.rows.tolist(), plan.dropped
        (('a', 'b'), [0, 1, 3], 1)
    """

    name: str
    kind: str
    task: str
    reason: str
    classes: tuple[Label, ...]
    rows: np.ndarray
    dropped: int
    codes: np.ndarray | None

    def __repr__(self) -> str:
        known = f"{counted(len(self.rows), 'labelled row')}, {counted(len(self.classes), 'class', 'classes')}"
        return f"<TargetPlan: {self.task} of {self.name!r}, {known}>"

    @property
    def labels(self) -> np.ndarray | None:
        """The class of each of `rows`, as `split_rows` takes them; None for a regression."""
        return None if self.codes is None else np.array(self.classes, dtype=object)[self.codes]


def plan_target(table: Table, target: str, task: str = "auto", *, least_rows: int = 2) -> TargetPlan:
    """Tell classification from regression, list the classes, and find the rows that can be learned from.

    Text and truth values ask for a classification. Numbers do if there are two different ones, or if all are whole and
    at most 20 different ones share the rows: at least 10 rows for each, or 3 if they count 0, 1, 2 ... or 1, 2, 3 ...
    All other numbers ask for a regression.

    Args:
        table: n rows.
        target: the name of the column to predict.
        task: ``"auto"``, or ``"classification"`` or ``"regression"`` to overrule.
        least_rows: how many rows each class must have; 2, so that it can be in the training and in the test part.

    Raises:
        DataError: no such column, no known target, a single class, a class with too few rows, or text to regress on.
        ConfigError: an unknown task.

    Example:
        >>> table = Table.from_columns({"size": [1.5, 2.5, 3.5, 4.5], "outcome": ["ill", "well", "ill", "well"]})
        >>> plan_target(table, "outcome").reason
        'outcome holds 2 distinct values, so this is a classification'

    Reference: T. Hastie, R. Tibshirani, J. Friedman, "The Elements of Statistical Learning", 2nd ed., 2009, section
        2.2.
    """
    if task not in TASKS:
        raise ConfigError(
            f"Expected the task to be one of {', '.join(TASKS)}. Received {task!r}{near(str(task), TASKS) or '.'} "
            f"Pass one of them."
        )
    rows = np.flatnonzero(~table.column(target).missing)
    if not len(rows):
        raise DataError(
            f"Expected values to learn in the target column {target!r}. Received {counted(table.rows, 'row')} without "
            f"one in {table.name}. Name another column, or fill in the known values."
        )
    kept = table.select(rows)
    column = kept.column(target)
    if column.kind == "text":
        refuse_stray_words(column, kept.where)
    numbers = finite_numbers(column, kept.where) if column.kind in ("number", "boolean") else None
    chosen, reason = (task, f"the task was given: {task}") if task != "auto" else _infer(column, numbers)
    dropped = table.rows - len(rows)
    if chosen == "regression":
        _check_regression(column, numbers, kept.where)
        return TargetPlan(target, "number", chosen, reason, (), rows, dropped, None)
    classes, codes = _classes_of(column, kept.where, least_rows)
    return TargetPlan(target, column.kind, chosen, reason, classes, rows, dropped, codes)


def _classes_of(column: Column, where: Where, least_rows: int) -> tuple[tuple[Label, ...], np.ndarray]:
    """The classes, sorted, and the class number of each row."""
    labels = labels_of(column, column.kind, where)
    counts = Counter(labels)
    _check_classes(column, counts, least_rows)
    classes = tuple(sorted(counts))
    index = {label: place for place, label in enumerate(classes)}
    return classes, np.array([index[label] for label in labels], dtype=np.int32)


def _infer(column: Column, numbers: np.ndarray | None) -> tuple[str, str]:
    """The task and the sentence that says why."""
    if numbers is None or column.kind == "boolean":
        distinct = len(set(column.values.tolist()))
        what = "values" if column.kind != "boolean" else "truth values"
        return "classification", f"{column.name} holds {distinct} distinct {what}, so this is a classification"
    values = np.unique(numbers)
    whole = bool(np.all(values == np.floor(values)))
    said = f"{column.name} holds {counted(len(values), 'distinct whole number' if whole else 'distinct number')}"
    if _are_codes(values, whole, len(numbers)):
        return "classification", f"{said}, so this is a classification; --task regression overrides"
    return "regression", f"{said}, so this is a regression; --task classification overrides"


def _are_codes(values: np.ndarray, whole: bool, rows: int) -> bool:
    if len(values) <= 2:
        return True
    if not whole or len(values) > _MOST_NUMBER_CLASSES:
        return False
    counted_up = values[0] in (0, 1) and values[-1] - values[0] == len(values) - 1
    return rows >= (3 if counted_up else 10) * len(values)


def _check_regression(column: Column, numbers: np.ndarray | None, where: Where) -> None:
    if numbers is None:
        raise DataError(
            f"Expected numbers in {column.name!r}, because a regression predicts numbers. Received the text "
            f"{quoted(column.values[0])} in {where(0)}. Use --task classification, or write numbers."
        )
    if numbers.min() == numbers.max():
        raise DataError(
            f"Expected different numbers in the target column {column.name!r}. Received {column.cell(0)} in each of "
            f"{counted(len(numbers), 'row')}, so there is nothing to learn. Name another column, or add rows."
        )


def _or_regress(column: Column) -> str:
    return "; if it is a quantity, use --task regression" if column.kind == "number" else ""


def _check_classes(column: Column, counts: Counter[Any], least_rows: int) -> None:
    name = column.name
    if len(counts) < 2:
        raise DataError(
            f"Expected at least two classes in the target column {name!r}. Received only {quoted(next(iter(counts)))}, "
            f"in {counted(len(column), 'row')}, so there is nothing to tell apart. Name another column, or add rows of "
            f"a second class."
        )
    if len(counts) == len(column) > 2:
        raise DataError(
            f"Expected classes that repeat in the target column {name!r}. Received another one in each of "
            f"{counted(len(column), 'row')}, such as {quoted(next(iter(counts)))}. "
            f"Name another column{_or_regress(column)}."
        )
    if len(counts) > MOST_CLASSES:
        raise DataError(
            f"Expected at most {MOST_CLASSES} classes in the target column {name!r}. Received {len(counts)} in "
            f"{counted(len(column), 'row')}. Group the values, or name another column{_or_regress(column)}."
        )
    rare = sorted(f"{quoted(label)} ({counted(rows, 'row')})" for label, rows in counts.items() if rows < least_rows)
    if rare:
        raise DataError(
            f"Expected at least {counted(least_rows, 'row')} of each class of {name!r}, so that it can be in the "
            f"training and in the test part. Received fewer of {some(rare, 5)}. Add rows, merge the class with "
            f"another, or remove its rows{_or_regress(column)}."
        )
