"""glassnet explain: one row through a saved model."""

import pytest

from glassnet.workbench import explain


def test_it_says_the_row_the_prediction_what_moved_it_and_the_step(glassnet, model, patients):
    answer = glassnet("explain", model, patients, "--row", 7)
    assert answer.code == 0 and answer.err == ""
    found = explain(model, patients, 7)
    share = f"{100 * found.score:.1f}"
    text = " ".join(answer.out.split())
    for words in (
        "data row 7 of patients.csv, 3 columns",
        f"outcome is {found.predicted}, {share} %",
        f"the table says {found.truth}",
        f"parts of the probability of {found.predicted}",
        "(integrated gradients)",
        "after one step on this row alone",
        "X-ray of one training step",
        "BACKWARDS",
        "UPDATE by Adam",
    ):
        assert words in text
    order = [answer.out.index(f"\n            {cell.column} ") for cell in found.moved]
    assert order == sorted(order)
    assert max(map(len, answer.out.splitlines())) <= 100


def test_a_layer_and_a_unit_of_it(glassnet, model, patients):
    whole = glassnet("explain", model, patients, "--layer", "dense")
    one = glassnet("explain", model, patients, "--layer", "dense", "--unit", "2")
    assert whole.code == one.code == 0 and "X-ray of" not in whole.out
    assert "z[0] = " in whole.out and "z[2] = " in one.out and "z[0] = " not in one.out


def test_without_the_target_the_pass_forwards_alone(glassnet, model, tmp_path):
    file = tmp_path / "new.csv"
    file.write_text("age,smoker,city,admitted\n,yes,Oslo,2024-01-01\n40,no,Bern,2024-01-02\n", encoding="utf-8")
    answer = glassnet("explain", model, file, "--row", 1)
    assert answer.code == 0 and "Oslo" in answer.err  # a city that training never saw
    assert "X-ray of one pass" in answer.out and "the table says" not in answer.out and "(empty)" in answer.out
    assert glassnet("explain", model, file, "--row", 2).err == ""  # remarks are on this row alone


def test_a_regression_answers_in_the_targets_unit(glassnet, cost_model, costs):
    answer = glassnet("explain", cost_model, costs)
    found = explain(cost_model, costs)
    assert f"parts of the predicted cost, from {found.start:,.0f}" in " ".join(answer.out.split())
    assert 500 < found.score < 3000


def test_json_and_a_page(glassnet, model, patients, tmp_path):
    page = tmp_path / "row.html"
    said = glassnet("explain", model, patients, "--row", 3, "--json", "--html", page).json
    assert said["row"] == 3 and said["html"] == str(page) and page.read_text("utf-8").startswith("<!doctype html>")
    assert said["xray"]["weights"]["dense/kernel"]["after"] != said["xray"]["weights"]["dense/kernel"]["before"]
    one = glassnet("explain", model, patients, "--json", "--layer", "dense_1", "--unit", "0").json["xray"]
    assert one["path"] == "dense_1" and one["index"] == [0]


@pytest.mark.parametrize(
    "words, code, message",
    [
        (["--row", "61"], 2, "Expected a row from 1 to 60"),
        (["--row", "0"], 2, "Received 0"),
        (["--row", "five"], 2, "expected a whole number"),
        (["--layer", "dens"], 2, "did you mean 'dense'"),
        (["--layer", "dense", "--unit", "99"], 2, "whole numbers from 0 up to"),
        (["--layer", "dense", "--unit", "a"], 2, "several such as 4,7,0"),
        (["--unit", "1"], 2, "Received --unit alone"),
    ],
)
def test_wrong_words_are_named(glassnet, model, patients, words, code, message):
    answer = glassnet("explain", model, patients, *words)
    assert answer.code == code and message in " ".join(answer.err.split()) and answer.out == ""


def test_wrong_files_are_named(glassnet, model, patients, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("age,city\n40,Bern\n", encoding="utf-8")
    answer = glassnet("explain", model, other)
    assert answer.code == 3 and "smoker" in answer.err
    assert glassnet("explain", other, patients).code == 1
    turned = glassnet("explain", patients, model)
    assert turned.code == 2 and "Turn them round" in turned.err
