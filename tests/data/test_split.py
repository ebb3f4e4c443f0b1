"""Parts without a row in common, with each class in its share, the same for the same seed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassnet.data import split_rows, stratified_validation_rows
from glassnet.data.split import class_numbers
from glassnet.foundation.errors import ConfigError, DataError

SIZES = st.lists(st.integers(1, 30), min_size=1, max_size=6)
SHARES = st.floats(0.0, 0.9)


def parts_of(split):
    return {"train": split.train, "validation": split.validation, "test": split.test}


@settings(max_examples=100)
@given(SIZES, SHARES, SHARES, st.integers(0, 5))
def test_parts_hold_each_row_once_and_each_class_of_three(sizes, test, validation, seed):
    classes = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))
    wanted = {"train": True, "validation": validation > 0, "test": test > 0}
    if len(classes) < sum(wanted.values()):
        return
    split = split_rows(len(classes), classes, test=test, validation=validation, seed=seed)
    parts = parts_of(split)
    assert sorted(np.concatenate(list(parts.values())).tolist()) == list(range(len(classes)))
    for name, rows in parts.items():
        assert (len(rows) > 0) == wanted[name]
        assert rows.tolist() == sorted(rows.tolist())
        if split.stratified and wanted[name]:
            assert {c for c, size in enumerate(sizes) if size >= 3} <= set(classes[rows].tolist())


@settings(max_examples=50)
@given(st.lists(st.integers(10, 60), min_size=2, max_size=5), st.floats(0.1, 0.5), st.integers(0, 5))
def test_each_class_has_its_share(sizes, share, seed):
    classes = np.repeat(np.arange(len(sizes)), sizes)
    split = split_rows(len(classes), classes, test=share, validation=0.0, seed=seed)
    counts = np.bincount(classes[split.test], minlength=len(sizes))
    assert len(split.test) == int(np.floor(len(classes) * share + 0.5))
    assert np.all(np.abs(counts - np.array(sizes) * share) < 1)


def test_the_seed_decides():
    def drawn(seed):
        return split_rows(50, [0, 1] * 25, seed=seed).test.tolist()

    assert drawn(3) == drawn(3)
    assert len({tuple(drawn(seed)) for seed in range(10)}) == 10


def test_the_breast_cancer_table():
    classes = np.array(["malignant"] * 212 + ["benign"] * 357)
    split = split_rows(569, classes, target="diagnosis")
    assert split.sentence() == "train 364, validation 91, test 114 rows; stratified on diagnosis; seed 0"
    assert repr(split) == f"<Split: {split.sentence()}>"


def test_without_classes_rows_are_drawn_at_random():
    split = split_rows(10, seed=7)
    assert split.sentence() == "train 6, validation 2, test 2 rows; drawn at random; seed 7"
    assert not split.stratified


def test_a_class_too_small_for_each_part_is_said():
    split = split_rows(12, ["a"] * 10 + ["b"] * 2)
    assert len(split.absent) == 1
    assert "no row of class 'b' in " in split.sentence()
    assert "b" in np.array(["a"] * 10 + ["b"] * 2)[split.train]


def test_too_few_rows_of_every_class_are_drawn_regardless():
    split = split_rows(3, [0, 1, 2])
    assert [len(rows) for rows in parts_of(split).values()] == [1, 1, 1]
    assert not split.stratified


@pytest.mark.parametrize(
    "bad", [{"test": 1.0}, {"validation": -0.1}, {"test": "0.2"}, {"test": True}, {"test": np.nan}]
)
def test_shares_out_of_range(bad):
    with pytest.raises(ConfigError, match=f"the share `{next(iter(bad))}` from 0 and below 1"):
        split_rows(10, **bad)


@pytest.mark.parametrize("seed", [-1, 1.5, True, None])
def test_seeds_out_of_range(seed):
    with pytest.raises(ConfigError, match="`seed` to be a whole number"):
        split_rows(10, seed=seed)


def test_rows_that_cannot_be_split():
    with pytest.raises(DataError, match=r"at least 3 rows, one for each part\. Received 2 rows"):
        split_rows(2)
    with pytest.raises(DataError, match=r"one class for each of 5 rows\. Received an array of shape \(4,\)"):
        split_rows(5, [0, 1, 0, 1])


CLASSES = {
    "numbers": (np.array([0, 1, 1, 0, 2, 2]), [0, 1, 1, 0, 2, 2]),
    "floats that are whole": (np.array([0.0, 1.0, 1.0, 0.0]), [0, 1, 1, 0]),
    "a column": (np.array([[5], [7], [5], [7]]), [0, 1, 0, 1]),
    "one-hot": (np.array([[0, 1], [1, 0], [0, 1]], np.float32), [1, 0, 1]),
    "truth values": (np.array([True, False, True]), [1, 0, 1]),
    "two rows": (np.array([0, 1]), [0, 1]),
    "measurements": (np.array([0.5, 1.5, 2.0, 3.0]), None),
    "whole numbers that hardly repeat": (np.arange(10), None),
    "one class": (np.zeros(5), None),
    "several outputs": (np.array([[0.2, 0.8], [0.3, 0.7]]), None),
    "several labels": (np.array([[1, 1], [0, 1]]), None),
    "not finite": (np.array([0.0, 1.0, np.inf, np.nan]), None),
    "text": (np.array(["a", "b", "a", "b"]), None),
}


@pytest.mark.parametrize("case", CLASSES)
def test_targets_that_hold_classes(case):
    y, expected = CLASSES[case]
    found = class_numbers(y)
    assert (None if found is None else found.tolist()) == expected


def test_validation_rows_for_fit():
    y = np.array([0] * 8 + [1] * 2)
    split = stratified_validation_rows(y, 0.2, seed=1)
    assert split.stratified
    assert (len(split.train), len(split.validation), len(split.test)) == (8, 2, 0)
    assert set(y[split.validation]) == {0, 1}
    assert split.sentence() == "train 8, validation 2 rows; stratified; seed 1"
    assert not stratified_validation_rows(np.linspace(0, 1, 10)).stratified
