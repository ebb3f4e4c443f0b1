"""Checked and Finding: as data, in a terminal, on a page."""

import json

import numpy as np

from glassnet.diagnosis import Checked, Finding
from glassnet.foundation.errors import ConfigError, DataError
from glassnet.preflight.finding import from_error, in_order

LONG = (
    "Column 'ward' holds one value in every row, which is a rather long sentence, so that it has to be broken in two."
)
FOUND = (
    Finding("not_finite", "error", "NaN in row 5.", "Fill it.", columns=("age",), rows=(5,), raises=ConfigError),
    Finding("constant_column", "warning", LONG, "Leave it out.", columns=tuple("abcdef")),
    Finding("sorted_rows", "note", "Sorted <by> class.", "Nothing."),
)


def test_text_keeps_within_80_columns_and_groups_by_severity():
    lines = str(Checked(FOUND, 1200)).splitlines()
    assert max(map(len, lines)) <= 80
    assert [line[:12].strip() for line in lines if line[:12].strip()] == ["Error", "Warning", "Note", "Found"]
    assert "Constant column: columns 'a', 'b', 'c', 'd' and 2 more" in "\n".join(lines)
    assert lines[-1].endswith("1 error, 1 warning, 1 note in 1,200 rows")


def test_html_escapes_what_the_data_hold():
    page = Checked(FOUND, 9)._repr_html_()
    assert "Sorted &lt;by&gt; class." in page and "<script" not in page and "→" not in page


def test_data_are_json():
    data = json.loads(json.dumps(Checked(FOUND, 9, "t").to_dict()))
    assert [finding["severity"] for finding in data["findings"]] == ["error", "warning", "note"]


def test_a_finding_is_the_error_it_stands_for():
    error = FOUND[0].error()
    assert type(error) is ConfigError and str(error) == "NaN in row 5. Fill it."


def test_an_error_is_parted_into_what_was_received_and_what_to_do():
    found = from_error(DataError("Expected 1.5 or more (see A). Received 0.2 in row 3. Write more. Or less."), "target")
    assert (found.sentence, found.fix) == (
        "Expected 1.5 or more (see A). Received 0.2 in row 3.",
        "Write more. Or less.",
    )


def test_the_gravest_come_first():
    assert in_order(reversed(FOUND)) == FOUND


def test_repr_is_short():
    assert repr(Checked((), int(np.int64(7)))) == "<Checked: nothing found in 7 rows>"
