"""The run folder: files that any program can read."""

import json
import re

import pytest

from glassnet.foundation.errors import ConfigError
from glassnet.workbench import Predictor, RunFolder, runs, train
from glassnet.workbench.describe import describe, predictions


@pytest.fixture(scope="module")
def finished(tmp_path_factory, quick, table):
    folder = RunFolder(tmp_path_factory.mktemp("runs"), "patients.csv", {"command": "glassnet train patients.csv"})
    result = train(table("outcome"), "outcome", settings=quick, run=folder)
    return folder, result, folder.finish(result)


def strict(text):
    def refuse(word):
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


def test_a_finished_run_holds_its_files(finished):
    folder, result, run = finished
    assert sorted(file.name for file in folder.path.iterdir()) == sorted(
        [*run["files"].values(), "run.json", "checkpoints"]
    )
    assert re.fullmatch(r"\d{8}-\d{6}-patients-[0-9a-f]{6}", folder.path.name)
    stored = strict((folder.path / "run.json").read_text("utf-8"))
    assert stored == run and stored["status"] == "done" and stored["command"] == "glassnet train patients.csv"
    assert "<html" in (folder.path / "report.html").read_text("utf-8")
    assert (folder.path / "card.md").read_text("utf-8").startswith("# patients.csv")
    answers = Predictor.load(folder.path).predict(result.parts.tables["test"])
    assert answers.values.tolist() == result.predictor.predict(result.parts.tables["test"]).values.tolist()


def test_metrics_hold_a_line_an_epoch(finished):
    folder, result, _ = finished
    lines = [strict(line) for line in (folder.path / "metrics.jsonl").read_text("utf-8").splitlines()]
    assert [line["epoch"] for line in lines] == [1, 2, 3]
    assert [line["val_loss"] for line in lines] == result.history.history["val_loss"]


def test_a_run_says_how_it_was_made(finished, quick):
    _, result, run = finished
    assert run["settings"] == quick.to_dict() and run["network"]["learning_rate"] == 0.001
    assert run["training"]["updates"] == 3 * 3 and run["training"]["restored_epoch"] == result.best_epoch
    assert run["split"] == {
        "train": 38,
        "validation": 10,
        "test": 12,
        "stratified": True,
        "seed": 0,
        "sentence": result.parts.split.sentence(),
    }
    assert sum(run["data"]["counts"]["train"]) == 38
    left_out = {column["name"] for column in run["data"]["columns"] if column["role"] == "left out"}
    assert left_out == {"id"}


def test_the_predictions_begin_with_the_surest_mistakes(finished):
    _, result, run = finished
    shown = run["predictions"]
    truth = dict(zip(result.parts.tables["test"].row_numbers.tolist(), result.evaluation.truth.tolist(), strict=True))
    assert len(shown) == 10 and all(truth[row["row"]] == ["ill", "well"].index(row["truth"]) for row in shown)
    wrong = [row["probability"] for row in shown[:3] if row["truth"] != row["predicted"]]
    count = sum(result.evaluation.outputs["network"].argmax(1) != result.evaluation.truth)
    assert len(wrong) == min(3, count) and wrong == sorted(wrong, reverse=True)
    assert shown[0]["probabilities"].keys() == {"ill", "well"}


def test_a_regression_is_described_with_its_values(number):
    row = predictions(number)[0]
    assert row["row"] == number.parts.tables["test"].row_numbers[0] and set(row) == {"row", "truth", "predicted"}
    assert describe(number)["data"]["counts"] == {}


# Runs that do not finish.


def started(tmp_path, epochs=2):
    folder = RunFolder(tmp_path / "runs", "x")
    folder.on_train_begin()
    for epoch in range(epochs):
        folder.on_epoch_end(epoch, {"loss": 0.5, "val_loss": float("inf")})
    return folder


def test_a_run_that_is_broken_off_keeps_its_numbers_and_weights(binary, tmp_path):
    folder = started(tmp_path)
    assert folder.stop_early("interrupted", binary.predictor, rows=binary.parts.tables["test"], error="why")
    assert sorted(file.name for file in folder.path.iterdir()) == [
        "checkpoints",
        "metrics.jsonl",
        "model.glass",
        "run.json",
    ]
    run = strict((folder.path / "run.json").read_text("utf-8"))
    assert (run["status"], run["error"], set(run["files"])) == ("interrupted", "why", {"model", "metrics"})
    assert strict((folder.path / "metrics.jsonl").read_text("utf-8").splitlines()[1])["val_loss"] == "Infinity"


@pytest.mark.parametrize("epochs", [0, 2])
def test_a_run_with_nothing_worth_keeping_leaves_nothing(binary, tmp_path, epochs):
    folder = started(tmp_path, epochs)
    assert not folder.stop_early("diverged", None if epochs else binary.predictor)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_was_there_before_stays(tmp_path):
    (tmp_path / "runs").mkdir()
    assert not started(tmp_path, 0).stop_early("failed")
    assert [file.name for file in tmp_path.iterdir()] == ["runs"]


def test_before_training_there_is_no_folder_to_leave(tmp_path):
    folder = RunFolder(tmp_path / "runs", "x")
    assert not folder.stop_early("failed") and list(tmp_path.iterdir()) == []


def test_a_running_run_says_that_it_is_alive(tmp_path, monkeypatch):
    clock = iter(range(0, 1000, 3))
    monkeypatch.setattr(runs.time, "monotonic", lambda: next(clock))
    folder = started(tmp_path, 6)
    written = (folder.path / "metrics.jsonl").read_text("utf-8").count("\n")
    assert written == 6 and json.loads((folder.path / "run.json").read_text("utf-8"))["status"] == "running"


def test_a_parent_that_is_no_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    folder = RunFolder(tmp_path / "file", "x")
    with pytest.raises(ConfigError, match=r"can be written.*file: Not a directory\. Pass another folder with --out"):
        folder.on_train_begin()


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("a b/ä?.csv", "ä"),
        ("../../etc/passwd", "passwd"),
        ("..", "run"),
        ("x" * 300, "x" * 40),
        ("a\x1b[31m.csv", "a--31m"),
    ],
)
def test_any_name_makes_a_tame_folder(tmp_path, name, slug):
    path = RunFolder(tmp_path, name).path
    assert path.parent == tmp_path and path.name.split("-", 2)[2].rsplit("-", 1)[0] == slug
