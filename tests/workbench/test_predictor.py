"""A saved network answers raw rows as it did when it was trained."""

import numpy as np
import pandas as pd
import pytest

from glassnet import Input, Sequential
from glassnet.data import Table
from glassnet.foundation.errors import DataError, ModelFileError
from glassnet.layers import Dense
from glassnet.models import save_model
from glassnet.workbench import Predictor, train


@pytest.mark.parametrize("which", ["binary", "several", "number"])
def test_loading_gives_the_same_answers(which, request, tmp_path):
    result = request.getfixturevalue(which)
    rows = result.parts.tables["test"]
    result.predictor.save(tmp_path / "model.glass", card="A card.", probe_rows=rows)
    loaded = Predictor.load(tmp_path / "model.glass")
    before, after = result.predictor.predict(rows), loaded.predict(rows)
    assert before.values.tolist() == after.values.tolist() and before.classes == after.classes
    assert np.array_equal(result.predictor.outputs(rows), loaded.outputs(rows))
    judged = loaded.evaluate(rows)
    assert judged.value(next(iter(judged.measured))) == result.evaluation.value(next(iter(judged.measured)))


def test_probabilities_are_those_of_the_named_classes(binary):
    rows = binary.parts.tables["test"]
    answers = binary.predictor.predict(rows)
    assert answers.classes == ("ill", "well") and np.allclose(answers.probabilities.sum(1), 1)
    assert answers.values.tolist() == [("ill", "well")[k] for k in answers.probabilities.argmax(1)]
    raw = binary.model.predict(binary.parts.x["test"])[:, 0]
    assert np.array_equal(answers.probabilities[:, 1], raw.astype(float))


def test_a_regression_answers_in_the_targets_own_unit(number):
    answers = number.predictor.predict(number.parts.tables["test"])
    assert answers.probabilities is None and answers.classes == ()
    target = number.parts.preparation.target
    raw = number.model.predict(number.parts.x["test"])[:, 0]
    assert np.allclose(answers.values, raw * target.scale + target.mean)


@pytest.mark.parametrize(
    ("labels", "kind"), [([True, False], bool), ([0, 1], int), (["yes", "no"], str), ([1.5, 2.5], float)]
)
def test_answers_have_the_kind_of_the_targets_cells(labels, kind, quick):
    columns = {"x": list(range(40)), "y": labels * 20}
    answers = train(columns, "y", settings=quick).predictor.predict({"x": [3, 4]})
    assert type(answers.values.tolist()[0]) is kind and set(answers.classes) == set(labels)


def test_rows_may_come_from_a_file_a_frame_or_a_dictionary_and_need_no_target(binary, tmp_path, patients):
    columns = {name: patients()[name][:3] for name in ("city", "smoker", "age")}  # in another order too
    file = tmp_path / "new.csv"
    pd.DataFrame(columns).to_csv(file, index=False)
    said = [binary.predictor.predict(rows).probabilities for rows in (columns, pd.DataFrame(columns), file, str(file))]
    assert all(np.array_equal(said[0], other) for other in said[1:])


def test_codes_that_look_like_numbers_stay_names_when_new_rows_are_read(tmp_path, quick):
    code = ["1.0", "2.0"] * 30
    columns = {"code": code, "x": list(range(60)), "y": ["a" if c == "1.0" else "b" for c in code]}
    predictor = train(Table.from_columns(columns), "y", settings=quick).predictor
    file = tmp_path / "new.csv"
    file.write_text("code,x\n1.0,5\n2.0,5\n")
    assert np.array_equal(predictor.outputs(file), predictor.outputs({"code": ["1.0", "2.0"], "x": [5, 5]}))


def test_one_row_is_enough(binary):
    one = binary.parts.tables["test"].select([0])
    assert len(binary.predictor.predict(one).values) == 1
    judged = binary.predictor.evaluate(one)
    assert judged.to_dict()["metrics"][-1]["network"] == {"value": None, "low": None, "high": None}


WRONG = [
    ("age", None, r"without 'age'"),
    ("age", "old", r"Column 'age' expected numbers. Received the text 'old' in data row 1"),
    ("smoker", "perhaps", r"Column 'smoker' expected true or false. Received 'perhaps'"),
]


@pytest.mark.parametrize(("column", "cell", "said"), WRONG, ids=str)
def test_rows_that_do_not_fit_are_refused_with_column_and_row(binary, column, cell, said, patients):
    columns = {name: patients()[name][:1] for name in ("city", "smoker", "age")}
    columns = {k: v for k, v in columns.items() if k != column} | ({column: [cell]} if cell else {})
    with pytest.raises(DataError, match=said):
        binary.predictor.predict(columns)


def test_a_judgement_needs_rows_whose_target_is_known(binary, patients):
    rows = binary.parts.tables["test"]
    with pytest.raises(DataError, match=r"does not have"):
        binary.predictor.evaluate(rows.drop("outcome"))
    columns = {name: patients()[name][:4] for name in ("city", "smoker", "age")}
    with pytest.raises(DataError, match=r"whose 'outcome' is known.*4 rows.*without one"):
        binary.predictor.evaluate({**columns, "outcome": [None] * 4})
    some = binary.predictor.evaluate({**columns, "outcome": ["ill", None, "well", None]})
    assert len(some.truth) == 2


# Files.


def test_a_run_folder_stands_for_its_model(binary, tmp_path):
    binary.predictor.save(tmp_path / "model.glass")
    assert Predictor.load(tmp_path).preparation == binary.parts.preparation


def test_a_model_without_a_tables_preparation_is_refused(tmp_path):
    save_model(Sequential([Input((3,)), Dense(1)]), tmp_path / "m.glass")
    with pytest.raises(ModelFileError, match=r"without the preparation.*load_model"):
        Predictor.load(tmp_path / "m.glass")


def test_a_network_that_does_not_fit_its_preparation_is_refused(binary, tmp_path):
    config = binary.parts.preparation.to_config()
    for inputs, outputs in ((3, 1), (len(binary.parts.preparation.feature_names), 2)):
        save_model(Sequential([Input((inputs,)), Dense(outputs)]), tmp_path / "m.glass", parts={"preparation": config})
        with pytest.raises(ModelFileError, match=r"which its table's preparation asks for.*altered"):
            Predictor.load(tmp_path / "m.glass")


def test_a_preparation_that_describes_nothing_is_refused(binary, tmp_path):
    config = binary.parts.preparation.to_config() | {"rows": -1}
    save_model(binary.model, tmp_path / "m.glass", parts={"preparation": config})
    with pytest.raises(ModelFileError, match="altered"):
        Predictor.load(tmp_path / "m.glass")


def test_what_training_split_off_is_what_the_predictor_was_judged_on(binary, table):
    again = binary.predictor.evaluate(table("outcome").select(binary.parts.split.test))
    assert again.value("accuracy") == binary.evaluation.value("accuracy")
