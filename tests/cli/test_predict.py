"""glassnet predict: raw rows in, CSV or JSON out."""

import csv
import io

import pytest

from glassnet.workbench import Predictor

HEADER = "age,smoker,city\n"


@pytest.fixture
def new(tmp_path):
    """Writes new rows to a file."""

    def write(*lines, header=HEADER):
        file = tmp_path / "new.csv"
        file.write_text(header + "".join(f"{line}\n" for line in lines), encoding="utf-8")
        return file

    return write


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_answers_are_csv_with_row_numbers_and_probabilities(glassnet, model, new):
    file = new("40,yes,Bern", ",no,Zürich", "71,no,Genève")
    answer = glassnet("predict", model, file)
    assert answer.code == 0 and answer.err == ""
    rows = rows_of(answer.out)
    assert list(rows[0]) == ["row", "outcome", "probability of ill", "probability of well"]
    assert [row["row"] for row in rows] == ["1", "2", "3"]
    expected = Predictor.load(model).predict(file)
    assert [row["outcome"] for row in rows] == expected.values.tolist()
    for row, shares in zip(rows, expected.probabilities, strict=True):
        assert float(row["probability of ill"]) == pytest.approx(shares[0], abs=1e-6)
        assert float(row["probability of ill"]) + float(row["probability of well"]) == pytest.approx(1, abs=2e-6)


def test_the_training_table_itself_may_be_predicted(glassnet, model, patients):
    answer = glassnet("predict", model, patients)
    assert answer.code == 0 and len(rows_of(answer.out)) == 60


def test_one_row_and_a_run_folder(glassnet, model, new):
    assert len(rows_of(glassnet("predict", model.parent, new("40,yes,Bern")).out)) == 1


def test_a_regression_answers_in_the_targets_unit(glassnet, cost_model, new):
    answer = glassnet("predict", cost_model, new("40,yes", "70,no", header="age,smoker\n"))
    rows = rows_of(answer.out)
    assert list(rows[0]) == ["row", "cost"] and all(0 < float(row["cost"]) < 5000 for row in rows)
    assert max(len(row["cost"]) for row in rows) <= 10  # no digits that float32 does not have


def test_json(glassnet, model, cost_model, new):
    said = glassnet("predict", model, new("40,yes,Bern"), "--json").json
    assert (said["target"], said["task"], said["classes"]) == ("outcome", "classification", ["ill", "well"])
    (row,) = said["predictions"]
    assert (
        row["row"] == 1
        and row["predicted"] in ("ill", "well")
        and sum(row["probabilities"].values()) == pytest.approx(1)
    )
    said = glassnet("predict", cost_model, new("40,yes", header="age,smoker\n"), "--json").json
    assert set(said["predictions"][0]) == {"row", "predicted"} and said["classes"] == []


def test_a_file_instead_of_the_screen(glassnet, model, new, tmp_path):
    output = tmp_path / "out.csv"
    answer = glassnet("predict", model, new("40,yes,Bern"), "-o", output)
    assert answer.code == 0 and answer.out == "" and "1 prediction written to" in answer.err
    assert output.read_text("utf-8") == glassnet("predict", model, new("40,yes,Bern")).out


def test_a_file_that_cannot_be_written(glassnet, model, new, tmp_path):
    answer = glassnet("predict", model, new("40,yes,Bern"), "-o", tmp_path / "no" / "out.csv")
    assert answer.code == 1 and "error: " in answer.err and answer.out == ""


def test_what_is_new_in_the_rows_is_said_on_the_side(glassnet, model, new):
    answer = glassnet("predict", model, new("40,,Paris"))
    assert answer.code == 0 and "'Paris'" in answer.err and "Paris" not in answer.out
    assert glassnet("predict", model, new("40,,Paris"), "--quiet").err == ""


REFUSED = [
    ("smoker,city\n", "yes,Bern", "without 'age'"),
    ("aeg,smoker,city\n", "40,yes,Bern", "did you mean 'aeg'"),
    (HEADER, "old,yes,Bern", "Column 'age' expected numbers. Received the text 'old' in data row 1 of new.csv"),
    (HEADER, "inf,yes,Bern", "expected finite numbers"),
]


@pytest.mark.parametrize(("header", "line", "said"), REFUSED)
def test_rows_that_do_not_fit(glassnet, model, new, header, line, said):
    answer = glassnet("predict", model, new(line, header=header))
    assert answer.code == 3 and answer.out == "" and said in " ".join(answer.err.split())


def test_a_target_that_is_called_row(glassnet, tmp_path, quick):
    file = tmp_path / "t.csv"
    file.write_text("x,row\n" + "".join(f"{i},{'ab'[i % 2]}\n" for i in range(40)))
    said = glassnet("train", file, "--target", "row", *quick, "--out", tmp_path / "runs", "--json").json
    answer = glassnet("predict", said["folder"], file)
    assert answer.out.splitlines()[0] == "row,predicted row,probability of a,probability of b"
