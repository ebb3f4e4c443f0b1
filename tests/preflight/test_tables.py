"""check_table: what is wrong with a table, found as `glassnet train` would meet it."""

import numpy as np
import pytest

from glassnet.data import load_sample, sample_names
from glassnet.diagnosis import check_table
from glassnet.foundation.errors import DataError

ROWS = 120
random = np.random.default_rng(0)
AGE, HEIGHT = random.normal(50, 10, ROWS).round(1), random.normal(1.7, 0.1, ROWS)
OUTCOME = np.array(["ill", "well"], dtype=object)[random.integers(0, 2, ROWS)]
CITY = np.array(["Bonn", "Köln", "Ulm"], dtype=object)[random.integers(0, 3, ROWS)]


def table(**columns):
    made = {"age": AGE, "height": HEIGHT, "city": CITY, "outcome": OUTCOME}
    return {**made, **{name.replace("_", " "): cells for name, cells in columns.items()}}


def with_cell(cells, row, value):
    changed = np.array(cells, dtype=object)
    changed[row] = value
    return changed


PLANTED = {
    "infinity": ("not_finite", "error", {"age": with_cell(AGE, 6, np.inf)}, ("age",), (7,)),
    "a word among numbers": ("not_numbers", "error", {"age": with_cell(AGE.astype(str), 6, "old")}, ("age",), (7,)),
    "few cells missing": ("missing_cells", "note", {"age": with_cell(AGE, 6, None)}, ("age",), (7,)),
    "many cells missing": ("missing_cells", "warning", {"age": with_cell(AGE, slice(9, 60), None)}, ("age",), (10,)),
    "constant": ("constant_column", "warning", {"ward": ["A"] * ROWS}, ("ward",), ()),
    "names": ("identifier_column", "warning", {"name": [f"P{i}" for i in range(ROWS)]}, ("name",), ()),
    "numbers of patients": (
        "identifier_column",
        "warning",
        {"patient_id": random.permutation(9999)[:ROWS]},
        ("patient id",),
        (),
    ),
    "the same again": ("duplicate_column", "warning", {"years": AGE}, ("years",), ()),
    "the answer as text": ("target_leak", "warning", {"letter": np.where(OUTCOME == "ill", "x", "y")}, ("letter",), ()),
    "the answer as a number": ("target_leak", "warning", {"dose": np.where(OUTCOME == "ill", 1.5, 9.0)}, ("dose",), ()),
    "groups": ("grouped_rows", "warning", {"clinic": np.repeat(random.permutation(12), 10)}, ("clinic",), ()),
    "a class of one row": ("missing_class", "error", {"outcome": with_cell(OUTCOME, 3, "dead")}, ("outcome",), ()),
    "one class": ("target", "error", {"outcome": ["ill"] * ROWS}, ("outcome",), ()),
    "no answer": ("missing_cells", "note", {"outcome": with_cell(OUTCOME, 5, None)}, ("outcome",), ()),
    "rare": ("imbalance", "warning", {"outcome": np.where(np.arange(ROWS) % 30 == 4, "ill", "well")}, (), ()),
    "sorted": ("sorted_rows", "note", {"outcome": np.sort(OUTCOME)}, (), ()),
    "unscaled": ("unscaled_inputs", "note", {"pay": random.normal(3000, 900, ROWS)}, ("pay",), ()),
    "numbered from 5": ("label_gaps", "note", {"outcome": random.integers(5, 7, ROWS)}, (), ()),
}


@pytest.mark.parametrize("mistake", PLANTED)
def test_a_mistake_in_a_table_is_caught_and_named(mistake):
    kind, severity, columns, named, rows = PLANTED[mistake]
    found = check_table(table(**columns), "outcome").of(kind)
    assert [(finding.severity, finding.columns, finding.rows) for finding in found] == [(severity, named, rows)]
    assert found[0].sentence and found[0].fix


def test_the_healthy_twin_of_them_all_is_silent():
    assert check_table(table(), "outcome").findings == ()


def test_days_in_order_beside_a_slow_target_are_time():
    days = [str(np.datetime64("2024-01-01") + i) for i in range(ROWS)]
    series = {"day": days, "rain": random.normal(size=ROWS), "level": np.cumsum(random.normal(size=ROWS))}
    assert [finding.columns for finding in check_table(series, "level").of("time_order")] == [("day",)]
    series["level"] = random.normal(size=ROWS)
    assert not any(finding.severity == "warning" for finding in check_table(series, "level").of("time_order"))


def test_repeated_rows_are_found_across_the_split_and_counted_as_in_the_file():
    twice = {name: np.concatenate([cells, cells[:60]]) for name, cells in table().items()}
    found = check_table(twice, "outcome").of("duplicate_rows")
    assert found[0].severity == "warning" and 1 <= min(found[0].rows) <= max(found[0].rows) <= 180


def test_networks_far_too_large_are_told_of():
    assert check_table(table(), "outcome", hidden=(512, 512)).kinds == ("many_parameters",)
    assert check_table(table(), "outcome", batch_size=999).kinds == ("batch_too_large",)


@pytest.mark.parametrize("name", sample_names())
def test_built_in_tables_have_no_error_and_only_digits_a_warning(name):
    checked = check_table(load_sample(name))
    assert not checked.errors
    assert [finding.kind for finding in checked.warnings] == (["constant_column"] if name == "digits" else [])


def test_a_target_that_is_no_column_is_an_error_of_the_call():
    with pytest.raises(DataError, match="did you mean 'outcome'"):
        check_table(table(), "outcom")
    with pytest.raises(DataError, match="Name one of: age"):
        check_table(table())
