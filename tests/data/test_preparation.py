"""Raw rows become numbers with the statistics of the training rows alone, and plain data brings the preparation back."""

import copy
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassnet.data import Table, TablePreparation, plan_target, read_table
from glassnet.foundation.errors import ConfigError, DataError

ROWS = 60


def columns():
    return {
        "id": [f"p{i}" for i in range(ROWS)],
        "age": [None if i % 10 == 0 else 20.0 + i % 37 for i in range(ROWS)],
        "sex": [("f", "m")[i % 2] for i in range(ROWS)],
        "smoker": [bool(i % 3) for i in range(ROWS)],
        "city": [None if i == 4 else f"c{i % 7}" for i in range(ROWS)],
        "ward": [1] * ROWS,
        "outcome": [None if i == 5 else ("ill", "well")[i % 4 < 2] for i in range(ROWS)],
    }


def table(**changes) -> Table:
    return Table.from_columns(columns() | changes, "p.csv")


def prepared(**options) -> TablePreparation:
    return TablePreparation.fit(table(), "outcome", **options)


def test_names_and_shapes():
    preparation = prepared()
    assert preparation.feature_names == (
        *("age", "age is missing", "sex=f", "sex=m", "smoker"),
        *(f"city=c{i}" for i in range(7)),
        "city=(missing)",
    )
    x = preparation.transform(table())
    assert (x.shape, x.dtype, x.flags.c_contiguous) == ((ROWS, 13), np.float32, True)
    assert np.isfinite(x).all()
    assert preparation.text_columns == ("sex", "city", "outcome")
    assert [recipe.name for recipe in preparation.inputs] == ["age", "sex", "smoker", "city"]
    assert repr(preparation) == "<TablePreparation: 4 columns to 13 numbers, classification of 'outcome'>"


def test_categories_agree_with_pandas():
    frame = pd.DataFrame({"city": columns()["city"]})
    expected = pd.get_dummies(frame, dummy_na=True).to_numpy(dtype=np.float32)
    np.testing.assert_array_equal(prepared().transform(table())[:, 5:], expected)


def test_the_target_there_and_back():
    preparation = prepared()
    known = preparation.labelled(table())
    y = preparation.encode_target(known)
    assert (known.rows, preparation.rows, preparation.dropped) == (ROWS - 1, ROWS - 1, 1)
    assert preparation.classes == ("ill", "well")
    assert preparation.decode_labels(y).tolist() == [cell for cell in columns()["outcome"] if cell is not None]
    assert preparation.decode(y).tolist() == preparation.decode_labels(y).tolist()


def test_a_regression_is_standardized():
    preparation = TablePreparation.fit(table(), "age")
    y = preparation.encode_target(preparation.labelled(table()))
    assert preparation.task == "regression"
    np.testing.assert_allclose([y.mean(), y.std()], [0.0, 1.0], atol=1e-6)
    np.testing.assert_allclose(preparation.decode(y), [a for a in columns()["age"] if a is not None], rtol=1e-6)
    with pytest.raises(DataError, match=r"Use decode\(outputs\)"):
        preparation.decode_labels([0])


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_rows_outside_training_never_change_the_preparation(data):
    train = np.arange(0, ROWS, 2)
    changed = columns()
    others = st.sampled_from([1e6, -5.0, None]), st.sampled_from(["f", "x", None]), st.sampled_from([True, None])
    for name, cells in zip(("age", "sex", "smoker"), others, strict=True):
        for row in range(1, ROWS, 2):
            changed[name][row] = data.draw(cells)
    plan = plan_target(table(), "outcome")
    before = TablePreparation.fit(table().select(train), plan)
    after = TablePreparation.fit(Table.from_columns(changed, "p.csv").select(train), plan)
    assert after == before
    x = before.transform(Table.from_columns(changed, "p.csv"))
    np.testing.assert_array_equal(x[train], before.transform(table())[train])


def test_a_row_is_prepared_alone_as_among_others():
    preparation = prepared()
    x = preparation.transform(table())
    for row in (0, 4, 31):
        np.testing.assert_array_equal(preparation.transform(table().select([row])), x[[row]])


def test_a_plan_of_all_rows_keeps_classes_the_training_rows_lack():
    whole = table(outcome=["rare", "rare", *["ill", "well"] * 29])
    preparation = TablePreparation.fit(whole.select(np.arange(2, ROWS)), plan_target(whole, "outcome"))
    assert preparation.classes == ("ill", "rare", "well")
    plan = plan_target(table(), "outcome")
    assert TablePreparation.fit(table().select(plan.rows[:40]), plan).dropped == 1
    assert preparation.encode_target(whole)[:3].tolist() == [1, 1, 0]


def test_new_tables_may_lack_the_target_and_hold_more():
    new = table().drop("outcome")
    expected = prepared().transform(table())
    np.testing.assert_array_equal(prepared().transform(new), expected)
    np.testing.assert_array_equal(prepared().transform(table(extra=["x"] * ROWS)), expected)
    np.testing.assert_array_equal(prepared().transform(table().drop(["id", "ward", "outcome"])), expected)


def test_a_file_is_read_for_prediction_as_it_was_for_training(tmp_path):
    def made(codes):
        file = tmp_path / "t.csv"
        rows = [f"{code},{('ill', 'well')[i % 2]}" for i, code in enumerate(codes)]
        file.write_text("\n".join(["code,outcome", *rows]) + "\n")
        return file

    preparation = TablePreparation.fit(read_table(made(["1.50", "x", "2.00", "x"] * 3)), "outcome")
    new = read_table(made(["1.50", "2.00"]), as_text=preparation.text_columns)
    assert preparation.transform(new).tolist() == [[1, 0, 0], [0, 1, 0]]


NEW_ROWS = {
    "text for a number": ({"age": ["1"] * 9 + ["old"] + ["1"] * 50}, "the text 'old' in data row 10 of p.csv"),
    "infinity": ({"age": [np.inf] * ROWS}, "'age' expected finite numbers. Received inf in data row 1 of p.csv"),
    "no truth value": ({"smoker": ["perhaps"] * ROWS}, "'smoker' expected true or false. Received 'perhaps'"),
    "far off": ({"age": [1e300] * ROWS}, "around 35.73, as in training"),
}


@pytest.mark.parametrize("case", NEW_ROWS)
def test_new_rows_that_cannot_be_prepared(case):
    changes, words = NEW_ROWS[case]
    with pytest.raises(DataError) as caught:
        prepared().transform(table(**changes))
    assert words in str(caught.value)


def test_a_missing_column_gets_the_nearest():
    new = Table.from_columns({{"sex": "Sexe"}.get(name, name): cells for name, cells in columns().items()}, "new.csv")
    with pytest.raises(DataError, match=r"Received new\.csv without 'sex'; did you mean 'Sexe'\?"):
        prepared().transform(new)
    with pytest.raises(DataError, match="did you mean 'outcome'"):
        TablePreparation.fit(table(), "outcom")


def test_what_new_rows_hold_that_training_had_not_is_said():
    new = table(sex=["x"] * ROWS, smoker=[None] * ROWS)
    assert prepared().remarks(new) == [
        "sex: 60 cells with what was not in training ('x')",
        "smoker: 60 cells missing, none in training",
    ]
    assert prepared().remarks(table()) == []


def test_each_column_is_described():
    rows = prepared().describe()
    assert [row["name"] for row in rows] == list(columns())
    assert {row["name"]: row["role"] for row in rows if row["role"] != "input"} == {
        "id": "left out",
        "ward": "left out",
        "outcome": "target",
    }
    assert sum(row["outputs"] for row in rows if row["role"] == "input") == 13
    assert rows[1]["preparation"].startswith("standardized: minus mean")
    assert (rows[1]["missing"], rows[-1]["missing"], rows[-1]["outputs"]) == (6, 1, 2)
    assert all(set(row) == {"name", "kind", "missing", "role", "preparation", "outputs"} for row in rows)


def test_notes_say_what_a_user_should_know():
    assert prepared().notes() == [
        "outcome holds 2 distinct values, so this is a classification",
        "1 row without outcome left out",
        "id: left out: text that is different in every row, such as a name or an identifier",
        "ward: left out: every row holds 1",
    ]


def test_without_a_column_to_learn_from():
    with pytest.raises(DataError, match=r"Received no other column in p\.csv"):
        TablePreparation.fit(Table.from_columns({"y": [0, 1]}, "p.csv"), "y")
    with pytest.raises(DataError, match=r"only columns that have to be left out: ward \(every row holds 1\)"):
        TablePreparation.fit(Table.from_columns({"ward": [1, 1], "y": [0, 1]}), "y")


@pytest.mark.parametrize("levels", [0, 2.5, True, 10**6])
def test_levels_out_of_range(levels):
    with pytest.raises(ConfigError, match="`max_levels` to be a whole number"):
        prepared(max_levels=levels)


def test_plain_data_brings_it_back():
    for target in ("outcome", "age", "smoker"):
        preparation = TablePreparation.fit(table(), target, max_levels=3)
        restored = TablePreparation.from_config(json.loads(json.dumps(preparation.to_config())))
        assert restored == preparation
        np.testing.assert_array_equal(restored.transform(table()), preparation.transform(table()))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_altered_plain_data_is_refused_or_still_a_preparation(data):
    config = copy.deepcopy(prepared().to_config())
    node, key = {"config": config}, "config"
    while isinstance(node[key], dict | list) and len(node[key]) and data.draw(st.booleans()):
        node = node[key]
        key = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
    node[key] = data.draw(JSON)
    try:
        altered = TablePreparation.from_config(config if key != "config" else node["config"])
    except DataError:
        return
    assert TablePreparation.from_config(altered.to_config()) == altered


def test_columns_twice_or_none_are_refused():
    config = prepared().to_config()
    for bad in (config["columns"] * 2, [], [config["columns"][0]], [{**config["columns"][1], "name": "outcome"}]):
        with pytest.raises(DataError, match="saved preparation"):
            TablePreparation.from_config(config | {"columns": bad})
