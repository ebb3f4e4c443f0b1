"""`TablePreparation`: from raw rows to what a network takes, fitted on training rows and saved with the model."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from glassnet.data import checking
from glassnet.data.columns import Column
from glassnet.data.converting import finite_numbers
from glassnet.data.fitting import fit_recipe, mean_and_deviation
from glassnet.data.recipes import CategoryRecipe, LeftOut, PresenceRecipe, Recipe, recipe_from_config
from glassnet.data.table import Table
from glassnet.data.targets import ClassTarget, Label, NumberTarget, target_from_config
from glassnet.data.task import TargetPlan, plan_target
from glassnet.data.words import counted, near, some
from glassnet.foundation.errors import ConfigError, DataError

_MOST_OUTPUTS = 1_000_000


@dataclass(frozen=True, repr=False)
class TablePreparation:
    """x = each column by its own recipe: numbers standardized, truth values 0/1, categories one 0/1 output a level.

    All statistics (medians, means, deviations, levels) are those of the training rows; new rows never change them.
    Made by `fit` or `from_config`.

    Args:
        target: how the target becomes numbers, and back.
        recipes: what is done with each other column, in the table's order; those left out too.
        task_reason: why this is a classification or a regression, in one sentence.
        rows: how many training rows it was fitted on.
        dropped: how many rows of the whole table were left out because their target is missing.

    Example:
        >>> table = Table.from_columns({"age": [20, 40, None, 30], "sex": ["f", "m", "f", "m"], "ill": [0, 1, 0, 1]})
        >>> preparation = TablePreparation.fit(table, "ill")
        >>> preparation.feature_names
        ('age', 'age is missing', 'sex=f', 'sex=m')
        >>> preparation.transform(table).shape, preparation.encode_target(table)
        ((4, 4), array([0, 1, 0, 1], dtype=int32))

    Reference: T. Hastie, R. Tibshirani, J. Friedman, "The Elements of Statistical Learning", 2nd ed., 2009, section
        7.10.2.
    """

    target: ClassTarget | NumberTarget
    recipes: tuple[Recipe, ...]
    task_reason: str
    rows: int
    dropped: int

    @classmethod
    def fit(cls, table: Table, target: str | TargetPlan, task: str = "auto", *, max_levels: int = 50) -> Self:
        """Learn the preparation from training rows.

        Args:
            table: the training rows, target included; rows without a target are left out.
            target: the name of the column to predict, or the plan that `plan_target` made from all rows.
            task: ``"auto"``, ``"classification"`` or ``"regression"``; a plan has its own.
            max_levels: the most levels of a category with an output of their own, 1 or more; rarer ones share one.

        Raises:
            DataError: a target that cannot be learned, an infinite number, words among numbers, or no column to learn
                from.
            ConfigError: an unknown task, or `max_levels` below 1.
        """
        if (
            isinstance(max_levels, bool)
            or not isinstance(max_levels, int)
            or not 1 <= max_levels <= checking.MOST_LEVELS
        ):
            raise ConfigError(
                f"Expected `max_levels` to be a whole number from 1 to {checking.MOST_LEVELS}. Received "
                f"{max_levels!r}. Pass 50, for example."
            )
        plan = target if isinstance(target, TargetPlan) else plan_target(table, target, task, least_rows=1)
        known = np.flatnonzero(~table.column(plan.name).missing)
        training = table.select(known)
        recipes = tuple(
            fit_recipe(column, training.where, max_levels)
            for column in training.columns.values()
            if column.name != plan.name
        )
        _check_inputs(recipes, plan.name, table.name)
        goal = _fit_target(plan, training)
        return cls(goal, recipes, plan.reason, training.rows, plan.dropped)

    def __repr__(self) -> str:
        goal = f"{self.task} of {self.target.name!r}"
        return f"<TablePreparation: {counted(len(self.inputs), 'column')} to {len(self.feature_names)} numbers, {goal}>"

    @property
    def task(self) -> str:
        """``"classification"`` or ``"regression"``."""
        return self.target.task

    @property
    def classes(self) -> tuple[Label, ...]:
        """The classes, sorted; empty for a regression."""
        return self.target.classes

    @property
    def inputs(self) -> tuple[Recipe, ...]:
        """The recipes of the columns that give at least one output."""
        return tuple(recipe for recipe in self.recipes if recipe.outputs())

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The names of the d outputs."""
        return tuple(name for recipe in self.recipes for name in recipe.outputs())

    @property
    def text_columns(self) -> tuple[str, ...]:
        """The columns whose cells are names: pass them as ``read_table(path, as_text=...)`` to read new rows alike."""
        names = [recipe.name for recipe in self.inputs if isinstance(recipe, CategoryRecipe)]
        return (*names, self.target.name) if self.target.kind in ("category", "text") else tuple(names)

    def transform(self, table: Table) -> np.ndarray:
        """The inputs of n rows, (n, d) of float32; columns that are not needed are ignored, the target among them.

        Raises:
            DataError: a missing column, text where numbers belong, or an infinite number; with column, row and cell.
        """
        columns = self._columns(table)
        blocks = [recipe.apply(columns[recipe.name], table.where) for recipe in self.inputs]
        return np.ascontiguousarray(np.concatenate(blocks, axis=1))

    def remarks(self, table: Table) -> list[str]:
        """Sentences about what the rows of `table` hold and the training rows did not: new levels, first missing cells.

        Raises:
            DataError: a missing column.
        """
        columns = self._columns(table)
        return [remark for recipe in self.inputs for remark in recipe.remarks(columns[recipe.name])]

    def _columns(self, table: Table) -> dict[str, Column]:
        names = [recipe.name for recipe in self.inputs]
        gone = [name for name in names if name not in table.columns]
        if gone:
            raise DataError(
                f"Expected the columns the model was trained on. Received {table.name} without "
                f"{some([repr(name) for name in gone], 5)}{near(gone[0], table.columns) or '.'} Its columns: "
                f"{some(table.names, 20)}. Add what is missing, or rename what is called otherwise."
            )
        return {name: table.columns[name] for name in names}

    def labelled(self, table: Table) -> Table:
        """The rows of `table` whose target is known.

        Raises:
            DataError: `table` has no target column.
        """
        return table.select(np.flatnonzero(~table.column(self.target.name).missing))

    def encode_target(self, table: Table) -> np.ndarray:
        """The targets of n rows, (n,): class numbers of int32, or standardized float32.

        Raises:
            DataError: no target column, a missing cell, an unknown class, or text for a number.
        """
        return self.target.encode(table.column(self.target.name), table.where)

    def decode(self, outputs: Any) -> np.ndarray:
        """Values of a regression in the target's own unit, or the classes behind class numbers.

        Raises:
            DataError: a class number out of range.
        """
        return self.target.decode(outputs)

    def decode_labels(self, codes: Any) -> np.ndarray:
        """The classes behind class numbers.

        Raises:
            DataError: a number out of range, or a regression, which has no classes.
        """
        if isinstance(self.target, NumberTarget):
            raise DataError("Expected a classification. Received a regression. Use decode(outputs).")
        return self.target.decode(codes)

    def describe(self) -> list[dict[str, Any]]:
        """One dictionary a column, the target last: name, kind, missing, role, preparation in words, outputs."""
        rows = [
            {
                "name": recipe.name,
                "kind": recipe.kind,
                "missing": recipe.missing,
                "role": "input" if recipe.outputs() else "left out",
                "preparation": recipe.words(),
                "outputs": len(recipe.outputs()),
            }
            for recipe in self.recipes
        ]
        goal = {"name": self.target.name, "kind": self.target.kind, "missing": self.dropped, "role": "target"}
        return [*rows, goal | {"preparation": self.target.words(), "outputs": max(len(self.classes), 1)}]

    def notes(self) -> list[str]:
        """What a user should know, as sentences: the task and why, dropped rows, columns left out and why."""
        said = [self.task_reason]
        if self.dropped:
            said.append(f"{counted(self.dropped, 'row')} without {self.target.name} left out")
        reduced = [recipe for recipe in self.recipes if isinstance(recipe, LeftOut | PresenceRecipe)]
        return said + [f"{recipe.name}: {recipe.words()}" for recipe in reduced]

    def to_config(self) -> dict[str, Any]:
        """The preparation as plain data that JSON can hold."""
        return {
            "target": self.target.to_config(),
            "columns": [recipe.to_config() for recipe in self.recipes],
            "task_reason": self.task_reason,
            "rows": self.rows,
            "dropped": self.dropped,
        }

    @classmethod
    def from_config(cls, config: Any) -> Self:
        """The preparation that `to_config` described; every field is checked, for anyone may have written the file.

        Raises:
            DataError: data that describes no preparation.
        """
        checks = {
            "target": lambda what, value: target_from_config(value),
            "columns": checking.items(checking.MOST_COLUMNS),
            "task_reason": checking.text,
            "rows": checking.count,
            "dropped": checking.count,
        }
        values = checking.fields("the top level", config, checks)
        recipes = tuple(recipe_from_config(item) for item in values["columns"])
        names = [recipe.name for recipe in recipes] + [values["target"].name]
        if len(set(names)) < len(names):
            raise checking.damaged("the columns", "columns of different names", names)
        made = cls(values["target"], recipes, values["task_reason"], values["rows"], values["dropped"])
        if not 1 <= len(made.feature_names) <= _MOST_OUTPUTS:
            raise checking.damaged("the columns", f"1 to {_MOST_OUTPUTS} outputs in all", len(made.feature_names))
        return made


def _check_inputs(recipes: tuple[Recipe, ...], target: str, name: str) -> None:
    if not recipes:
        raise DataError(
            f"Expected a column to predict {target!r} from. Received no other column in {name}. Add at least one."
        )
    if not any(recipe.outputs() for recipe in recipes):
        reasons = [f"{recipe.name} ({recipe.words().removeprefix('left out: ')})" for recipe in recipes]
        raise DataError(
            f"Expected a column to predict {target!r} from. Received in {name} only columns that have to be left out: "
            f"{some(reasons, 5)}. Add a column that differs and repeats."
        )


def _fit_target(plan: TargetPlan, training: Table) -> ClassTarget | NumberTarget:
    if plan.task == "classification":
        return ClassTarget(plan.name, plan.kind, plan.classes)
    numbers = finite_numbers(training.column(plan.name), training.where)
    return NumberTarget(plan.name, *mean_and_deviation(numbers))
