"""How one column of raw cells becomes columns of numbers: one small recipe a column, fitted once and then fixed."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

import numpy as np

from glassnet.data import checking
from glassnet.data.columns import KINDS, Column
from glassnet.data.converting import Where, as_booleans, as_texts, finite_numbers, standardized
from glassnet.data.words import counted, quoted, some


@dataclass(frozen=True)
class Recipe(ABC):
    """What is done with one column.

    Args:
        name: the column's name.
        missing: how many of its cells were missing in the training rows.
    """

    name: str
    missing: int

    checks: ClassVar[Mapping[str, checking.Check]] = {}

    @property
    def kind(self) -> str:
        """What kind of cells the column holds."""
        return RECIPE_NAMES[type(self)]

    @property
    def flag(self) -> bool:
        """Whether one output is 1 where the cell is missing: so when cells were missing in training."""
        return self.missing > 0

    def outputs(self) -> tuple[str, ...]:
        """The names of the columns of numbers that come out."""
        return (self.name, f"{self.name} is missing") if self.flag else (self.name,)

    @abstractmethod
    def words(self) -> str:
        """What is done, in words."""

    @abstractmethod
    def apply(self, column: Column, where: Where) -> np.ndarray:
        """The numbers of n cells, (n, outputs) of float32."""

    def remarks(self, column: Column) -> list[str]:
        """Sentences about cells of new rows that the training rows had none of."""
        gone = int(column.missing.sum())
        return [] if self.missing or not gone else [f"{self.name}: {counted(gone, 'cell')} missing, none in training"]

    def to_config(self) -> dict[str, Any]:
        """The recipe as plain data."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return {"recipe": RECIPE_NAMES[type(self)]} | {
            key: list(value) if isinstance(value, tuple) else value for key, value in values.items()
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """The recipe that `to_config` described, every field checked."""
        common = {"recipe": checking.text, "name": checking.text, "missing": checking.count}
        values = checking.fields("a column", config, common | dict(cls.checks))
        values.pop("recipe")
        return cls(**values)


@dataclass(frozen=True)
class NumberRecipe(Recipe):
    """z = (x - mean) / scale, with x the median where the cell is missing.

    Args:
        fill: the median of the training rows, in the column's unit.
        mean: their mean after filling.
        scale: their standard deviation after filling, above 0.
    """

    fill: float
    mean: float
    scale: float

    checks: ClassVar[Mapping[str, checking.Check]] = {
        "fill": checking.number,
        "mean": checking.number,
        "scale": checking.positive,
    }

    def words(self) -> str:
        said = f"standardized: minus mean {self.mean:.4g}, divided by deviation {self.scale:.4g}"
        return said + _filling(self.flag, f"the median {self.fill:.4g}")

    def apply(self, column: Column, where: Where) -> np.ndarray:
        numbers = np.where(column.missing, self.fill, finite_numbers(column, where))
        return _with_flag(standardized(column, numbers, self.mean, self.scale, where), column.missing, self.flag)


@dataclass(frozen=True)
class BooleanRecipe(Recipe):
    """1 for true, 0 for false, the more frequent of both where the cell is missing.

    Args:
        fill: the more frequent truth value of the training rows.
    """

    fill: bool

    checks: ClassVar[Mapping[str, checking.Check]] = {"fill": checking.truth}

    def words(self) -> str:
        return "1 for true, 0 for false" + _filling(self.flag, f"{str(self.fill).lower()}, the more frequent")

    def apply(self, column: Column, where: Where) -> np.ndarray:
        return _with_flag(np.where(column.missing, self.fill, as_booleans(column, where)), column.missing, self.flag)


@dataclass(frozen=True)
class CategoryRecipe(Recipe):
    """One output a level, 1 where the cell is that level and 0 elsewhere.

    A cell that was never seen in training goes to the output ``(other)`` if there is one; else all its outputs are 0.

    Args:
        levels: the levels with an output of their own, sorted.
        grouped: how many rarer levels share the output ``(other)``.
    """

    levels: tuple[str, ...]
    grouped: int

    checks: ClassVar[Mapping[str, checking.Check]] = {
        "levels": checking.texts,
        "grouped": checking.count,
    }

    def outputs(self) -> tuple[str, ...]:
        extra = ("(other)",) * bool(self.grouped) + ("(missing)",) * self.flag
        return tuple(f"{self.name}={level}" for level in (*self.levels, *extra))

    def words(self) -> str:
        said = f"one 0/1 output for each of {counted(len(self.levels), 'level')} ({some(self.levels, 5)})"
        said += f"; {counted(self.grouped, 'rarer level')} share one" if self.grouped else ""
        return said + ("; one for missing cells" if self.flag else "")

    def apply(self, column: Column, where: Where) -> np.ndarray:
        places = self._places(column)
        outputs = np.zeros((len(column), len(self.outputs())), dtype=np.float32)
        other, gone = len(self.levels), outputs.shape[1] - 1
        if self.grouped:
            places[(places < 0) & ~column.missing] = other
        if self.flag:
            places[column.missing] = gone
        known = np.flatnonzero(places >= 0)
        outputs[known, places[known]] = 1.0
        return outputs

    def _places(self, column: Column) -> np.ndarray:
        index = {level: place for place, level in enumerate(self.levels)}
        return np.fromiter((index.get(cell, -1) for cell in as_texts(column)), dtype=np.int64, count=len(column))

    def remarks(self, column: Column) -> list[str]:
        new = (self._places(column) < 0) & ~column.missing
        if self.grouped or not new.any():
            return super().remarks(column)
        seen = list(dict.fromkeys(as_texts(column)[new]))
        names = some([quoted(item) for item in seen], 3)
        said = f"{self.name}: {counted(int(new.sum()), 'cell')} with what was not in training ({names})"
        return [said, *super().remarks(column)]


@dataclass(frozen=True)
class PresenceRecipe(Recipe):
    """1 where the cell is missing, 0 where it holds something.

    Args:
        cells: what kind of cells the column holds.
        reason: why its values themselves are left out, in words.
    """

    cells: str
    reason: str

    checks: ClassVar[Mapping[str, checking.Check]] = {"cells": checking.one_of(*KINDS), "reason": checking.text}

    @property
    def kind(self) -> str:
        return self.cells

    def outputs(self) -> tuple[str, ...]:
        return (f"{self.name} is missing",)

    def words(self) -> str:
        return f"only whether the cell is missing; its values are left out: {self.reason}"

    def apply(self, column: Column, where: Where) -> np.ndarray:
        return column.missing.astype(np.float32)[:, None]


@dataclass(frozen=True)
class LeftOut(Recipe):
    """No output.

    Args:
        cells: what kind of cells the column holds.
        reason: why it is left out, in words.
    """

    cells: str
    reason: str

    checks: ClassVar[Mapping[str, checking.Check]] = {"cells": checking.one_of(*KINDS), "reason": checking.text}

    @property
    def kind(self) -> str:
        return self.cells

    def outputs(self) -> tuple[str, ...]:
        return ()

    def words(self) -> str:
        return f"left out: {self.reason}"

    def apply(self, column: Column, where: Where) -> np.ndarray:
        return np.zeros((len(column), 0), dtype=np.float32)

    def remarks(self, column: Column) -> list[str]:
        return []


RECIPES: dict[str, type[Recipe]] = {
    "number": NumberRecipe,
    "boolean": BooleanRecipe,
    "category": CategoryRecipe,
    "presence": PresenceRecipe,
    "left out": LeftOut,
}
RECIPE_NAMES = {recipe: name for name, recipe in RECIPES.items()}


def recipe_from_config(config: Any) -> Recipe:
    """The recipe that `Recipe.to_config` described.

    Raises:
        DataError: it describes none.
    """
    if not isinstance(config, dict):
        raise checking.damaged("a column", "a mapping", config)
    return RECIPES[checking.one_of(*RECIPES)("'recipe' of a column", config.get("recipe"))].from_config(config)


def _with_flag(values: np.ndarray, missing: np.ndarray, flag: bool) -> np.ndarray:
    columns = [values, missing] if flag else [values]
    return np.stack([column.astype(np.float32) for column in columns], axis=1)


def _filling(flag: bool, fill: str) -> str:
    return f"; missing cells filled with {fill}" + (", and one 0/1 output says which" if flag else "")
