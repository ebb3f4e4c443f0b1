"""What is predicted, as the network sees it: class numbers or a standardized number, and the way back."""

from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import numpy as np

from glassnet.data import checking
from glassnet.data.columns import KINDS, Column
from glassnet.data.converting import Where, as_booleans, as_texts, finite_numbers, standardized
from glassnet.data.words import near, quoted, some
from glassnet.foundation.errors import DataError

MOST_CLASSES = 1000

Label: TypeAlias = str | bool | int | float
"""A class as the table names it."""


def labels_of(column: Column, kind: str, where: Where) -> list[Any]:
    """The cells as class names: text, True and False, or numbers (whole ones as int); None where missing.

    Raises:
        DataError: a cell that is no value of this kind.
    """
    if kind == "number":
        found = [int(x) if x.is_integer() else x for x in np.nan_to_num(finite_numbers(column, where)).tolist()]
    elif kind == "boolean":
        found = as_booleans(column, where).tolist()
    else:
        found = as_texts(column).tolist()
    return [None if gone else label for label, gone in zip(found, column.missing.tolist(), strict=True)]


@dataclass(frozen=True)
class ClassTarget:
    """y = the place of the row's class among the sorted classes, 0 to k - 1.

    Args:
        name: the column's name.
        kind: what its cells are: ``"text"``, ``"category"``, ``"boolean"`` or ``"number"``.
        classes: the k classes, sorted; False before True.
    """

    name: str
    kind: str
    classes: tuple[Label, ...]

    task: ClassVar[str] = "classification"

    def encode(self, column: Column, where: Where) -> np.ndarray:
        """The class numbers of n rows, (n,) of int32.

        Raises:
            DataError: a missing cell, or a class that training had not.
        """
        _refuse_missing(column, where)
        index = {label: place for place, label in enumerate(self.classes)}
        labels = labels_of(column, self.kind, where)
        for row, label in enumerate(labels):
            if label not in index:
                hint = near(str(label), map(str, self.classes)) or "."
                raise DataError(
                    f"Column {self.name!r} expected one of the classes "
                    f"{some([quoted(item) for item in self.classes])}. Received {quoted(label)} in {where(row)}, a "
                    f"class the training rows do not hold{hint} Correct the cell, or train on rows that hold this "
                    "class."
                )
        return np.array([index[label] for label in labels], dtype=np.int32)

    def decode(self, codes: Any) -> np.ndarray:
        """The classes behind class numbers: an array of the shape of `codes`.

        Raises:
            DataError: a number that stands for no class.
        """
        codes = np.asarray(codes)
        if codes.dtype.kind not in "iu" or np.any((codes < 0) | (codes >= len(self.classes))):
            raise DataError(
                f"Expected class numbers from 0 to {len(self.classes) - 1}. Received "
                f"{quoted(str(codes.reshape(-1)[:5]))} of type {codes.dtype}. For probabilities, pass "
                "probabilities.argmax(axis=1)."
            )
        classes = np.array(self.classes, dtype=object if self.kind != "number" else None)
        return classes[codes]

    def words(self) -> str:
        """What is done with the target, in words."""
        return f"classes numbered from 0: {some([quoted(label) for label in self.classes], 10)}"

    def to_config(self) -> dict[str, Any]:
        """The target as plain data."""
        return {"task": self.task, "name": self.name, "kind": self.kind, "classes": list(self.classes)}


@dataclass(frozen=True)
class NumberTarget:
    """y = (value - mean) / scale, and back: value = y scale + mean.

    Args:
        name: the column's name.
        mean: the mean of the training rows, in the column's unit.
        scale: their standard deviation, above 0.
    """

    name: str
    mean: float
    scale: float

    task: ClassVar[str] = "regression"
    kind: ClassVar[str] = "number"
    classes: ClassVar[tuple[Label, ...]] = ()

    def encode(self, column: Column, where: Where) -> np.ndarray:
        """The standardized values of n rows, (n,) of float32.

        Raises:
            DataError: a cell that is missing, text or infinite.
        """
        _refuse_missing(column, where)
        return standardized(column, finite_numbers(column, where), self.mean, self.scale, where).astype(np.float32)

    def decode(self, outputs: Any) -> np.ndarray:
        """Values in the column's unit, float64, of the shape of `outputs`."""
        return np.asarray(outputs, dtype=np.float64) * self.scale + self.mean

    def words(self) -> str:
        """What is done with the target, in words."""
        return f"standardized for training: minus mean {self.mean:.4g}, divided by deviation {self.scale:.4g}"

    def to_config(self) -> dict[str, Any]:
        """The target as plain data."""
        return {"task": self.task, "name": self.name, "mean": self.mean, "scale": self.scale}


def target_from_config(config: Any) -> ClassTarget | NumberTarget:
    """The target that `to_config` described, every field checked.

    Raises:
        DataError: it describes none.
    """
    task = checking.one_of("classification", "regression")
    if isinstance(config, dict) and config.get("task") == "regression":
        checks = {"task": task, "name": checking.text, "mean": checking.number, "scale": checking.positive}
        values = checking.fields("the target", config, checks)
        return NumberTarget(values["name"], values["mean"], values["scale"])
    checks = {
        "task": task,
        "name": checking.text,
        "kind": checking.one_of(*KINDS),
        "classes": checking.items(MOST_CLASSES),
    }
    values = checking.fields("the target", config, checks)
    return ClassTarget(values["name"], values["kind"], _checked_classes(values["kind"], values["classes"]))


def _checked_classes(kind: str, classes: list[Any]) -> tuple[Label, ...]:
    check = {"number": _whole_or_float, "boolean": checking.truth}.get(kind, checking.text)
    checked = tuple(check("a class", label) for label in classes)
    if len(checked) < 2 or list(checked) != sorted(set(checked)):
        raise checking.damaged("the classes", "two or more, sorted and different", classes)
    return checked


def _whole_or_float(what: str, value: Any) -> float:
    checking.number(what, value)
    return value


def _refuse_missing(column: Column, where: Where) -> None:
    if column.missing.any():
        row = int(np.argmax(column.missing))
        raise DataError(
            f"Column {column.name!r}, the target, expected a value in each row. Received an empty cell in {where(row)} "
            f"and {int(column.missing.sum())} in all. Take only the labelled rows: preparation.labelled(table)."
        )
