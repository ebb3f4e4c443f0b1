"""`check_table`: what is wrong with a table of named columns, before `glassnet train` reads it."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from glassnet import data
from glassnet.data import SampleTable, Split, Table, TargetPlan
from glassnet.data.columns import Column
from glassnet.data.converting import parse_number
from glassnet.data.fitting import fit_recipe
from glassnet.data.recipes import LeftOut, PresenceRecipe
from glassnet.foundation.errors import DataError
from glassnet.foundation.readable import percent
from glassnet.foundation.types import HostArray
from glassnet.preflight import network, parts
from glassnet.preflight.case import Case, Matrix
from glassnet.preflight.checked import Checked
from glassnet.preflight.checking import THOROUGH, without_echoes
from glassnet.preflight.finding import Finding, from_error, in_order

_LEFT_OUT = {
    "an identifier": "identifier_column",
    "every row holds": "constant_column",
    "text that is": "identifier_column",
}
_GRAVE_GAPS = 0.2
_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}.*")


def check_table(
    table: Any,
    target: str | None = None,
    *,
    task: str = "auto",
    test: float = 0.2,
    validation: float = 0.2,
    seed: int = 0,
    hidden: tuple[int, ...] = (16, 8),
    batch_size: int | None = None,
) -> Checked:
    """What would go wrong with a table, what may mislead, and what is good to know, before a network is trained on it.

    The rows are parted as `glassnet train` parts them, so that what it would meet is seen.

    Args:
        table: a `Table`, a data frame, or a dictionary of columns.
        target: the column to predict; a built-in table has its own.
        task: ``"auto"``, ``"classification"`` or ``"regression"``.
        test: the share of rows kept for the final judgement.
        validation: the share of the others watched in training.
        seed: the seed the rows are parted with.
        hidden: units of the hidden layers, for the number of parameters.
        batch_size: rows a step; None to leave it out.

    Raises:
        DataError: no such column, or no target.

    Example:
        >>> from glassnet.data import load_sample
        >>> check_table(load_sample("iris")).kinds
        ('sorted_rows',)

    Reference:
        E. Breck, N. Polyzotis, S. Roy, S. Whang and M. Zinkevich, Data Validation for Machine Learning, 2019.
    """
    table = Table.from_frame(table)
    target = target or (table.target if isinstance(table, SampleTable) else None)
    if target is None:
        raise DataError(
            f"Expected the name of the column to predict in {table.name}. Received none. Name one of: "
            f"{', '.join(table.names[:20])}."
        )
    table.column(target)
    plan, found = _planned(table, target, task)
    found += [finding for name, column in table.columns.items() if name != target for finding in _column(column, table)]
    if plan is None:
        return Checked(in_order(found), table.rows, table.name)
    if plan.dropped:
        found.append(_no_target(plan, table))
    case, inputs, outputs = _case(table.select(plan.rows), plan, batch_size)
    found += [finding for rule in THOROUGH for finding in rule(case)]
    found += _parted(
        case, plan, table, data.split_rows(case.rows, plan.labels, test=test, validation=validation, seed=seed)
    )
    sizes = [inputs, *hidden, outputs]
    found += network.too_many(sum((before + 1) * after for before, after in pairwise(sizes)), case.rows)
    return Checked(in_order(_together(without_echoes(_by_training(found)))), table.rows, table.name)


def _planned(table: Table, target: str, task: str) -> tuple[TargetPlan | None, list[Finding]]:
    """What is predicted, and what speaks against it; classes of a single row are told of and do not end the check."""
    try:
        return data.plan_target(table, target, task), []
    except DataError as error:
        first = error
    try:
        plan = data.plan_target(table, target, task, least_rows=1)
    except DataError:
        return None, [from_error(first, "target", columns=(target,))]
    return plan, [from_error(first, "missing_class", columns=(target,))]


def _no_target(plan: TargetPlan, table: Table) -> Finding:
    share = plan.dropped / table.rows
    return Finding(
        "missing_cells",
        "warning" if share > _GRAVE_GAPS else "note",
        f"{plan.dropped:,} of {table.rows:,} rows have no {plan.name}; they cannot be learned from and are left out.",
        "Fill in the answers that are known.",
        columns=(plan.name,),
        evidence={"cells": float(plan.dropped), "share": share},
    )


def _column(column: Column, table: Table) -> Iterator[Finding]:
    """What is wrong with one input column by itself, as the preparation sees it."""
    try:
        recipe = fit_recipe(column, table.where, 50)
    except DataError as error:
        kind = "not_finite" if column.kind == "number" else "not_numbers"
        yield from_error(error, kind, columns=(column.name,), rows=_rows_of(column, table))
        return
    gaps = int(column.missing.sum())
    if gaps:
        share = gaps / len(column)
        first = int(np.argmax(column.missing))
        yield Finding(
            "missing_cells",
            "warning" if share > _GRAVE_GAPS else "note",
            f"{gaps:,} of {len(column):,} cells are missing ({percent(share)}), the first in {table.where(first)}. "
            f"glassnet train fills them and adds a column that says which.",
            "Fill the cells, or drop the column, if you prepare the data yourself: NaN spreads through a network.",
            columns=(column.name,),
            rows=(int(table.row_numbers[first]),),
            evidence={"cells": float(gaps), "share": share},
        )
    if isinstance(recipe, LeftOut | PresenceRecipe):
        kind = next((kind for start, kind in _LEFT_OUT.items() if recipe.reason.startswith(start)), None)
        if kind is not None:
            yield Finding(
                kind,
                "warning",
                f"Nothing can be learned from it: {recipe.reason}.",
                "Nothing, glassnet train leaves it out; leave it out yourself elsewhere.",
                columns=(column.name,),
                evidence={"distinct": float(len(set(column.present.tolist())))},
            )


def _rows_of(column: Column, table: Table) -> tuple[int, ...]:
    """The rows of the table, counted as in its file, that hold no number to work with."""
    if column.kind == "number":
        return tuple(table.row_numbers[np.isinf(column.values)][:5].tolist())
    odd = [not gone and parse_number(cell) is None for cell, gone in zip(column.values, column.missing, strict=True)]
    return tuple(table.row_numbers[np.array(odd)][:5].tolist())


def _case(table: Table, plan: TargetPlan, batch_size: int | None) -> tuple[Case, int, int]:
    """The known rows as a case, and the widths of a network for them."""
    columns = [column for name, column in table.columns.items() if name != plan.name]
    values = np.stack([_numbers(column) for column in columns], axis=1) if columns else np.zeros((table.rows, 0))
    nominal = frozenset(j for j, column in enumerate(columns) if column.kind in ("text", "category"))
    matrix = Matrix(values, tuple(column.name for column in columns), nominal, cells=4_000_000)
    goal = _numbers(table.column(plan.name)) if plan.codes is None else plan.codes
    case = Case(
        inputs={"x": values},
        y=goal,
        labels=plan.codes,
        classes=tuple(plan.classes),
        names=matrix.names,
        batch_size=batch_size,
        batch_given=True,
        matrices=(matrix,) if columns else (),
    )
    levels = sum(min(50, len(set(columns[j].present.tolist()))) if j in nominal else 1 for j in range(len(columns)))
    return case, levels, max(1, len(plan.classes))


def _parted(case: Case, plan: TargetPlan, table: Table, split: Split) -> Iterator[Finding]:
    """What is wrong between the rows that train and those that judge."""
    x, y = case.inputs["x"], case.y
    held = np.union1d(split.validation, split.test)
    if y is not None and len(held):
        pair = ({"x": x[held]}, y[held])
        training = replace(case, inputs={"x": x[split.train]}, y=y[split.train], validation=pair)
        for finding in parts.duplicate_rows(training):
            places = plan.rows[held[list(finding.rows)]]
            yield replace(finding, rows=tuple(table.row_numbers[places].tolist()))
    for sentence in split.absent:
        yield Finding(
            "missing_class",
            "warning",
            f"{sentence[0].upper()}{sentence[1:]}, when the rows are parted with seed {split.seed}.",
            "Add rows of it, or merge the class with another.",
            columns=(plan.name,),
        )


def _numbers(column: Column) -> HostArray:
    """The cells as numbers: words by their place in the alphabet, dates in their order, NaN where missing."""
    if column.kind in ("number", "boolean"):
        return np.where(column.missing, np.nan, column.values.astype(np.float64))
    places = {level: float(place) for place, level in enumerate(sorted(set(column.present.tolist())))}
    return np.array([np.nan if cell is None else places[cell] for cell in column.values.tolist()])


def _together(found: list[Finding]) -> list[Finding]:
    """Columns of which the same is said, told of at once."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in found:
        alike = finding.sentence if finding.kind in _LEFT_OUT.values() else str(id(finding))
        groups.setdefault((finding.kind, alike), []).append(finding)
    return [
        replace(group[0], columns=tuple(column for finding in group for column in finding.columns))
        for group in groups.values()
    ]


def _by_training(found: list[Finding]) -> list[Finding]:
    """What `glassnet train` takes care of by itself is a note; what was seen twice is said once."""
    said = Counter((finding.kind, column) for finding in found for column in finding.columns)
    kept: list[Finding] = []
    seen: set[tuple[str, Any]] = set()
    for finding in found:
        keys = {(finding.kind, column) for column in finding.columns}
        if keys and keys <= seen and any(said[key] > 1 for key in keys):
            continue
        seen |= keys
        if finding.kind in ("unscaled_inputs", "target_scale", "label_gaps"):
            finding = replace(
                finding, severity="note", fix=f"Nothing for glassnet train, which does it; elsewhere: {finding.fix}"
            )
        kept.append(finding)
    return kept
