"""glassnet evaluate: a saved model on rows whose target is known."""

import json

import pytest


def test_the_scores_and_a_warning(glassnet, model, patients):
    answer = glassnet("evaluate", model, patients)
    assert answer.code == 0
    assert "60 rows of" in answer.err and "these scores are too good" in " ".join(answer.err.split())
    lines = answer.out.splitlines()
    assert lines[0].split() == ["network", "95", "%", "interval"] and lines[1].startswith("accuracy")
    assert "truth \\ predicted" in answer.out and "precision, recall and F1 are of well" in answer.out


def test_json_holds_what_training_said_of_the_same_rows(glassnet, model, patients, tmp_path):
    run = json.loads((model.parent / "run.json").read_text("utf-8"))
    from glassnet.workbench import Predictor, Settings
    from glassnet.workbench.experiment import load, part

    loaded = load(str(patients), "outcome", Settings())
    rows = part(loaded, Settings()).tables["test"]
    evaluation = Predictor.load(model).evaluate(rows).to_dict()
    for ours, theirs in zip(evaluation["metrics"], run["evaluation"]["metrics"], strict=True):
        assert ours["network"] == pytest.approx(theirs["network"])
    said = glassnet("evaluate", model, patients, "--json")
    assert (
        said.err == "" and said.json["rows"] == 60 and said.json["target"] == "outcome" and said.json["exit_code"] == 0
    )


def test_a_regression(glassnet, cost_model, costs):
    answer = glassnet("evaluate", cost_model, costs)
    assert [line.split()[0] for line in answer.out.splitlines()[1:4]] == ["MSE", "MAE", "R²"]


def test_one_row_has_no_area_and_no_null_that_breaks_json(glassnet, model, tmp_path):
    file = tmp_path / "one.csv"
    file.write_text("age,smoker,city,outcome\n40,yes,Bern,ill\n")
    answer = glassnet("evaluate", model, file)
    assert answer.code == 0 and "–" in answer.out and "ROC AUC would need rows of both classes" in answer.out
    assert glassnet("evaluate", model, file, "--json").json["metrics"][-1]["network"]["value"] is None


def test_rows_without_a_target_are_left_out(glassnet, model, tmp_path):
    file = tmp_path / "some.csv"
    file.write_text("age,smoker,city,outcome\n40,yes,Bern,ill\n50,no,Bern,\n60,no,Bern,well\n")
    answer = glassnet("evaluate", model, file)
    assert "2 rows of" in answer.err and "(1 without outcome left out)" in " ".join(answer.err.split())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("age,smoker,city\n40,yes,Bern\n", "'outcome', which it does not have"),
        ("age,smoker,city,outcome\n40,yes,Bern,\n", "whose 'outcome' is known"),
        ("age,smoker,city,outcome\n40,yes,Bern,il\n", "did you mean 'ill'"),
    ],
)
def test_rows_that_cannot_be_judged(glassnet, model, tmp_path, text, said):
    file = tmp_path / "rows.csv"
    file.write_text(text)
    answer = glassnet("evaluate", model, file)
    assert answer.code == 3 and answer.out == "" and said in " ".join(answer.err.split())


def test_a_gate(glassnet, model, patients):
    assert glassnet("evaluate", model, patients, "--fail-under", "0").code == 0
    missed = glassnet("evaluate", model, patients, "--fail-under", "1")
    assert missed.code == 5 and "is below the asked 1" in missed.err and "accuracy" in missed.out
    in_json = glassnet("evaluate", model, patients, "--fail-under", "1", "--json")
    assert in_json.code == 5 and in_json.json["exit_code"] == 5 and in_json.err == ""
