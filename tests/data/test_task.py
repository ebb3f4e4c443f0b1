"""Classification or regression: told from the target's cells, said in words, and refused where it cannot work."""

import numpy as np
import pytest

from glassnet.data import Table, plan_target
from glassnet.foundation.errors import ConfigError, DataError

RNG = np.random.default_rng(0)
INFERRED = {
    "text": (["a", "b"] * 3, "classification", "y holds 2 distinct values, so this is a classification"),
    "truth": ([True, False] * 3, "classification", "y holds 2 distinct truth values, so this is a classification"),
    "0 and 1": (
        [0, 1] * 3,
        "classification",
        "y holds 2 distinct whole numbers, so this is a classification; --task regre",
    ),
    "1 and 2": ([1, 2] * 3, "classification", "2 distinct whole numbers"),
    "two fractions": ([0.5, 1.5] * 3, "classification", "y holds 2 distinct numbers, so this is a classification"),
    "three small codes": ([0, 1, 2] * 3, "classification", "3 distinct whole numbers"),
    "three small codes, twice each": ([0, 1, 2] * 2, "regression", "3 distinct whole numbers, so this is a regression"),
    "digits": (list(range(10)) * 3, "classification", "10 distinct whole numbers"),
    "grades of wine": ([3, 4, 5, 6, 7, 8, 9] * 10, "classification", "7 distinct whole numbers"),
    "few grades of wine": ([3, 4, 5, 6, 7, 8, 9] * 9, "regression", "7 distinct whole numbers"),
    "many whole numbers": (list(range(21)) * 20, "regression", "21 distinct whole numbers"),
    "measurements": (
        RNG.normal(size=30).tolist(),
        "regression",
        "30 distinct numbers, so this is a regression; --task class",
    ),
    "halves": ([0.5, 1.0, 1.5] * 20, "regression", "3 distinct numbers"),
}


def plan(cells, task="auto", **options):
    return plan_target(Table.from_columns({"y": cells}, "t.csv"), "y", task, **options)


@pytest.mark.parametrize("case", INFERRED)
def test_the_task_is_told_from_the_target(case):
    cells, task, words = INFERRED[case]
    found = plan(cells)
    assert found.task == task
    assert words in found.reason


def test_the_task_may_be_given():
    assert plan([0, 1, 2] * 3, "regression").task == "regression"
    assert plan([0.5, 1.0, 1.5] * 2, "classification").classes == (0.5, 1, 1.5)
    assert plan([0.5, 1.0, 1.5] * 2, "classification").reason == "the task was given: classification"
    with pytest.raises(ConfigError, match="'regresion'; did you mean 'regression'"):
        plan([0, 1], "regresion")


CLASSES = {
    "text": (["b", None, "a", "b", "a"], ("a", "b"), [1, 0, 1, 0], "text"),
    "truth": ([True, None, False, True, False], (False, True), [1, 0, 1, 0], "boolean"),
    "numbers": ([9, None, -1, 9, -1], (-1, 9), [1, 0, 1, 0], "number"),
}


@pytest.mark.parametrize("case", CLASSES)
def test_classes_are_sorted_and_rows_without_one_dropped(case):
    cells, classes, codes, kind = CLASSES[case]
    found = plan(cells)
    assert (found.classes, found.codes.tolist(), found.kind) == (classes, codes, kind)
    assert (found.rows.tolist(), found.dropped) == ([0, 2, 3, 4], 1)
    assert found.labels.tolist() == [cell for cell in cells if cell is not None]
    assert all(type(label) is type(cells[0]) for label in found.classes)
    assert repr(found) == "<TargetPlan: classification of 'y', 4 labelled rows, 2 classes>"


def test_a_regression_has_no_classes():
    found = plan([0.5, 1.5, None, 2.5])
    assert (found.classes, found.codes, found.labels, found.dropped) == ((), None, None, 1)


REFUSED = {
    "nothing": ([None, None], "auto", "2 rows without one in t.csv"),
    "one class": (["a", "a"], "auto", "Received only 'a', in 2 rows"),
    "one number": ([3.0, 3.0], "auto", "Received only 3"),
    "one number for a regression": ([3.0, 3.0], "regression", "Received 3 in each of 2 rows"),
    "a class of one row": (["a", "a", "b"], "auto", "Received fewer of 'b' (1 row)"),
    "two classes of one row": (["a", "a", "b", "c"], "auto", "Received fewer of 'b' (1 row), 'c' (1 row)"),
    "a class for each row": (["a", "b", "c"], "auto", "Received another one in each of 3 rows, such as 'a'"),
    "a quantity as classes": ([0.5, 0.5, 1.5, 2.5], "classification", "if it is a quantity, use --task regression"),
    "too many classes": (list(range(1001)) * 2, "classification", "Received 1001 in 2002 rows"),
    "text to regress on": (["a", "b", "a"], "regression", "Received the text 'a' in data row 1 of t.csv"),
    "infinity": ([1.0, 2.0, np.inf], "auto", "Received inf in data row 3 of t.csv"),
    "words among numbers": ([None] + [str(i / 7) for i in range(30)] + ["x"], "auto", "'x' in data row 32 of t.csv"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_targets_that_cannot_be_learned(case):
    cells, task, words = REFUSED[case]
    with pytest.raises(DataError) as caught:
        plan(cells, task)
    assert words in str(caught.value)


def test_a_target_that_is_no_column():
    with pytest.raises(DataError, match="did you mean 'outcome'"):
        plan_target(Table.from_columns({"outcome": [0, 1]}), "outcom")


def test_a_part_of_the_rows_may_hold_one_row_of_a_class():
    assert plan(["a", "a", "b"], least_rows=1).classes == ("a", "b")
