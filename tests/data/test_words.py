"""Words for messages."""

from glassnet.data.words import counted, near, quoted, some


def test_near_names():
    assert near("diagnossis", ["diagnosis", "age"]) == "; did you mean 'diagnosis'?"
    assert near("xyz", ["diagnosis"]) == ""


def test_short_lists():
    assert some(["a", "b"]) == "a, b"
    assert some(range(10), 3) == "0, 1, 2 and 7 more"


def test_quotes_and_counts():
    assert quoted("x" * 50) == repr("x" * 40 + "…")
    assert quoted(3) == "3"
    assert (counted(1, "class", "classes"), counted(2, "class", "classes"), counted(0, "row")) == (
        "1 class",
        "2 classes",
        "0 rows",
    )
