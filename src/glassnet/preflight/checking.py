"""`check`: what is wrong with data, and with a model for them, before anything is trained."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from glassnet import data
from glassnet.foundation.errors import DataError
from glassnet.foundation.types import HostArray
from glassnet.preflight import columns as on_columns
from glassnet.preflight import leaking, network, order, parts, targets
from glassnet.preflight.case import Case, Matrix
from glassnet.preflight.checked import Checked
from glassnet.preflight.finding import Finding, from_error, in_order
from glassnet.preflight.gathering import case_of, column_names, named_arrays, renested

Rule = Callable[[Case], Iterator[Finding]]
Named = Mapping[str, HostArray]

_THOROUGH_CELLS = 4_000_000


def _each(rule: Callable[[Matrix], Iterator[Finding]]) -> Rule:
    def on_case(case: Case) -> Iterator[Finding]:
        for matrix in case.matrices:
            yield from rule(matrix)

    return on_case


FAST: tuple[Rule, ...] = (
    network.image_axes,
    parts.missing_class,
    targets.gaps,
    targets.scale,
    _each(on_columns.constant),
    _each(on_columns.duplicate),
    _each(on_columns.identifier),
    on_columns.leak,
    parts.duplicate_rows,
    targets.imbalance,
    on_columns.unscaled,
    network.batch_size,
    network.parameters,
)
"""What `fit` looks at each time."""

THOROUGH: tuple[Rule, ...] = (
    *FAST,
    _each(on_columns.proportional),
    _each(on_columns.drawn_numbers),
    leaking.class_leak,
    leaking.order_leak,
    order.sorted_rows,
    order.grouped,
    order.in_time,
)


def check(
    x: Any,
    y: Any = None,
    *,
    model: Any = None,
    validation: Any = None,
    batch_size: int | None = None,
    columns: Sequence[str] | None = None,
    shuffle: bool = True,
    weighted: bool = False,
) -> Checked:
    """What would train wrongly, what may mislead, and what is good to know: before a single step.

    Nothing is trained and no number of the data is changed. A model that has no weights yet gets them, as `fit` would do.

    Args:
        x: inputs, (n, ...): an array, a list, a data frame, or a list or dict of arrays.
        y: targets, (n, ...).
        model: a compiled model, to check the data against its outputs and its loss.
        validation: the rows to validate on, (x, y).
        batch_size: rows a step.
        columns: names for the columns of x, (d,); a data frame has its own.
        shuffle: whether rows are shuffled before they are parted and before each epoch.
        weighted: whether rows or classes have weights, so that imbalance is taken care of.

    Returns:
        The findings, as data, as text and as HTML.

    Raises:
        ConfigError: a model that is not compiled, or names for another number of columns.

    Example:
        >>> import numpy as np
        >>> x = np.column_stack([np.arange(40), np.random.default_rng(0).normal(size=40)])
        >>> checked = check(x, [0, 1] * 20, columns=["patient", "height"])
        >>> checked.findings[0].title, checked.findings[0].where
        ('Identifier', "column 'patient'")

    Reference:
        E. Breck, N. Polyzotis, S. Roy, S. Whang and M. Zinkevich, Data Validation for Machine Learning, 2019.
    """
    names = column_names(x, columns)
    kind = "not_numbers"
    try:
        inputs, goal = named_arrays(x, "x"), None if y is None else named_arrays(y, "y")
        held = None if validation is None else (named_arrays(validation[0], "x"), named_arrays(validation[1], "y"))
        kind = "input_shape"
        data.check_same_rows({**inputs, **(goal or {})})
        if held is not None:
            data.check_same_rows({**held[0], **held[1]})
    except DataError as error:
        return Checked((from_error(error, kind),), 0)
    found = [
        finding for name, array in {**inputs, **(goal or {})}.items() for finding in not_finite(array, name, names)
    ]
    for name, array in {} if held is None else {**held[0], **held[1]}.items():
        found += not_finite(array, f"validation {name}", names)
    if model is not None:
        found += _against(model, renested(x, inputs), renested(y, goal), validation, held)
    case = case_of(
        inputs, goal, model, held, names, _THOROUGH_CELLS,
        batch_size=batch_size, batch_given=True, shuffle=shuffle, weighted=weighted,
    )  # fmt: skip
    found += [finding for rule in THOROUGH for finding in rule(case)]
    return Checked(in_order(without_echoes(found)), case.rows)


def glance(
    x: Any,
    y: Any,
    *,
    model: Any,
    objective: Any = None,
    validation: tuple[Any, Any] | None = None,
    batch_size: int | None = None,
    batch_given: bool = False,
    columns: Sequence[str] | None = None,
    shuffle: bool = True,
    weighted: bool = False,
) -> Checked:
    """The fast part of `check`, for rows that `fit` has checked already: arrays of finite numbers that fit the model.

    Args:
        x: the training rows' inputs, as arrays.
        y: their targets.
        model: the model, built and compiled.
        objective: what is wanted of its outputs, where that is settled.
        validation: the rows to validate on, (x, y).
        batch_size: rows a step.
        batch_given: whether the user chose it.
        columns: names for the columns of x, (d,), where they are known.
        shuffle: whether rows are shuffled.
        weighted: whether rows or classes have weights.

    Example:
        >>> import numpy as np
        >>> from glassnet import Input, Sequential
        >>> from glassnet.layers import Dense
        >>> model = Sequential([Input((2,)), Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> x = np.random.default_rng(0).normal(size=(9, 2)).astype("float32")
        >>> glance(x, x[:, :1] + x[:, 1:], model=model)
        <Checked: nothing found in 9 rows>
    """
    held = None if validation is None else (_as_named(validation[0], "x"), _as_named(validation[1], "y"))
    goal = None if y is None else _as_named(y, "y")
    more = {"batch_size": batch_size, "batch_given": batch_given, "shuffle": shuffle, "weighted": weighted}
    names = None if columns is None else tuple(columns)
    case = case_of(_as_named(x, "x"), goal, model, held, names, **more)
    rules = FAST if shuffle else (*FAST, order.sorted_rows)
    found = [finding for rule in rules for finding in rule(case)]
    if objective is not None:
        from glassnet.preflight.against_model import doubtful_with_model  # imported here as below

        found = without_echoes([*doubtful_with_model(model, objective, y), *found])
    return Checked(in_order(found), case.rows)


def _as_named(value: Any, what: str) -> Named:
    if isinstance(value, dict):
        return {f"{what}[{key!r}]": item for key, item in value.items()}
    return {f"{what}[{i}]": item for i, item in enumerate(value)} if isinstance(value, list) else {what: value}


def _against(model: Any, x: Any, y: Any, validation: Any, held: Any) -> list[Finding]:
    # Imported here, since a table alone is checked without the compiler that a model needs.
    from glassnet.preflight.against_model import wrong_with_model

    pair = None if held is None else (renested(validation[0], held[0]), renested(validation[1], held[1]))
    return list(wrong_with_model(model, x, y, pair))


def not_finite(array: HostArray, name: str, names: tuple[str, ...] | None = None) -> Iterator[Finding]:
    """The first cell that is NaN or infinite, and how many there are."""
    known = names if array.ndim == 2 and name.endswith("x") else None
    try:
        data.check_finite(array, name, known)
    except DataError as error:
        bad = ~np.isfinite(array)
        places = np.flatnonzero(bad.any(0))[:32].tolist() if array.ndim == 2 else []
        columns: tuple[str | int, ...] = tuple(places if known is None else [known[j] for j in places])
        rows = tuple(np.flatnonzero(bad.reshape(len(array), -1).any(1))[:5].tolist())
        yield from_error(error, "not_finite", columns=columns, rows=rows, evidence={"cells": float(bad.sum())})


def without_echoes(findings: list[Finding]) -> list[Finding]:
    """A column that is known to give the target away twice over is told of once; so is a scale that is an error."""
    found: list[Finding] = []
    for finding in findings:
        same = [other for other in found if other.kind == finding.kind]
        echo = finding.kind in ("target_leak", "target_scale", "label_gaps") and same
        if not echo or not set(finding.columns) <= {column for other in same for column in other.columns}:
            found.append(finding)
    return found
