"""glassnet train: the seven steps, the files, and the exit codes."""

import json
import re
from pathlib import Path

import pytest

from glassnet.workbench import Predictor


def folder_in(out: Path) -> Path:
    (folder,) = out.iterdir()
    return folder


@pytest.fixture
def train(glassnet, patients, quick, tmp_path):
    """Trains on the patients."""

    def run(*words, data=patients, target="outcome"):
        return glassnet("train", data, "--target", target, *quick, "--out", tmp_path / "runs", *words)

    return run


def test_the_seven_steps_pass_by(train, tmp_path):
    answer = train()
    assert answer.code == 0
    names = re.findall(r"^(\d \w+|Verdict|Report|Model)\b", answer.err + answer.out, re.M)
    assert names == [
        *("1 Load", "2 Split", "3 Prepare", "4 Network", "5 Train", "6 Evaluate", "7 Predict"),
        *("Verdict", "Report", "Model"),
    ]
    for said in (
        "patients.csv: 60 rows, 7 columns",
        "65 missing cells",
        "target outcome: ill",
        "train 38, validation 10, test 12 rows; stratified on outcome; seed 0",
        "1 number standardized (age); 2 categories one-hot (smoker, city)",
        "missing cells of 1 column filled and marked: 7 inputs",
        "patient id left out: an identifier",
        "admitted left out: dates that hardly repeat",
        "ward left out: every row holds 'A'",
        "empty left out: every cell is missing",
        "37 parameters, optimizer Adam at 0.001, loss binary crossentropy",
        "(None, 4)",
        "38 rows, batches of 16, 3 epochs: 3 batches an epoch, 9 updates",
        "epoch 1/3 loss",
        "3 epochs in",
        "rows a second)",
        "where validation loss was lowest",
    ):
        assert said in " ".join(answer.err.split()), said
    for said in (
        "On 12 test rows it had never seen",
        "balanced accuracy",
        "logistic regression",
        "always ",
        "precision, recall and F1 are of well",
        "truth \\ predicted",
        "probability",
    ):
        assert said in answer.out, said
    assert str(tmp_path / "runs") in answer.out


def test_a_run_folder_is_left_with_everything(train, tmp_path):
    train()
    folder = folder_in(tmp_path / "runs")
    assert sorted(file.name for file in folder.iterdir()) == [
        *("card.md", "checkpoints", "metrics.jsonl", "model.glass", "report.html", "run.json")
    ]
    run = json.loads((folder / "run.json").read_text("utf-8"))
    assert run["status"] == "done" and run["command"].startswith("glassnet train ") and "--epochs 3" in run["command"]
    assert "workbench.train(" in run["python"]


def test_json_is_one_object_and_nothing_else(train, tmp_path):
    answer = train("--json")
    assert answer.code == 0 and answer.err == ""
    said = answer.json
    assert said["folder"] == str(folder_in(tmp_path / "runs")) and said["exit_code"] == 0 and "error" not in said
    stored = json.loads((Path(said["folder"]) / "run.json").read_text("utf-8"))
    assert {name: said[name] for name in stored} == stored
    assert said["evaluation"]["metrics"][0]["name"] == "accuracy"


def test_the_same_seed_says_the_same(train):
    def told(*words):
        said = train("--json", *words).json
        return said["history"], said["evaluation"], said["predictions"]

    assert told() == told() != told("--seed", "1")


def test_quiet_leaves_the_results(train):
    answer = train("--quiet")
    assert answer.err == "" and answer.out.startswith("6 Evaluate")


def test_a_regression(train, costs):
    answer = train(data=costs, target="cost")
    assert answer.code == 0
    for said in ("MSE", "MAE", "R²", "always", "linear", "error"):
        assert said in answer.out
    assert "confusion" not in answer.out and "truth \\" not in answer.out
    assert "regression" in answer.err and "loss mse" in answer.err


def test_a_built_in_table_needs_no_target(glassnet, tmp_path):
    answer = glassnet("train", "iris", "--epochs", "2", "--out", tmp_path, "--json")
    assert answer.code == 0 and answer.json["data"]["target"] == "species" and answer.json["title"] == "iris"
    assert answer.json["command"] == "glassnet train iris --epochs 2"
    assert answer.json["evaluation"]["positive"] is None


def test_the_settings_reach_the_network(train, tmp_path):
    words = [
        "--activation",
        "tanh",
        "--optimizer",
        "sgd",
        "--learning-rate",
        "0.05",
        "--dropout",
        "0.1",
        "--test",
        "0.3",
    ]
    said = train(*words, "--json").json
    assert said["network"]["optimizer"] == "SGD" and said["network"]["learning_rate"] == pytest.approx(0.05)
    assert said["split"]["test"] == 18 and said["settings"]["hidden"] == [4]
    loaded = Predictor.load(folder_in(tmp_path / "runs"))
    assert [type(layer).__name__ for layer in loaded.model.layers] == ["Dense", "Dropout", "Dense"]


# Exit codes.


def test_a_gate_that_is_missed(train, tmp_path):
    answer = train("--fail-under", "1")
    assert answer.code == 5 and re.search(r"error: accuracy 0\.\d{3} is below the asked 1", answer.err)
    assert folder_in(tmp_path / "runs").joinpath("model.glass").exists()
    assert train("--fail-under", "0").code == 0


def test_a_gate_that_is_missed_in_json(train, costs):
    answer = train("--fail-under", "1", "--json", data=costs, target="cost")
    assert answer.code == 5 and answer.err == ""
    assert answer.json["exit_code"] == 5 and "R²" in answer.json["error"]


def test_a_training_that_diverges_leaves_nothing(train, costs, tmp_path):
    answer = train("--optimizer", "sgd", "--learning-rate", "1e6", "--epochs", "50", data=costs, target="cost")
    assert answer.code == 4 and answer.out == ""
    assert "Training diverged in epoch" in answer.err and "What to do: a learning rate of" in " ".join(
        answer.err.split()
    )
    assert list(tmp_path.iterdir()) == []


def test_a_training_that_explodes_without_overflowing_is_told_too(train, costs, tmp_path):
    answer = train("--optimizer", "sgd", "--learning-rate", "1.5", "--epochs", "2", "--json", data=costs, target="cost")
    assert answer.code == 4 and answer.json["verdict"]["kind"] == "diverged"
    assert "broke down" in answer.json["error"] and folder_in(tmp_path / "runs").exists()


def test_a_training_that_diverges_late_keeps_its_best_weights(train, costs, tmp_path, monkeypatch):
    from glassnet.cli.progress import Progress

    def spoil(self, epoch, logs=None):
        if epoch == 11:
            self.model.optimizer.learning_rate = type(self.model.optimizer.learning_rate)(1e20)

    monkeypatch.setattr(Progress, "on_epoch_end", spoil)
    words = ["--optimizer", "sgd", "--learning-rate", "0.05", "--epochs", "50"]
    answer = train(*words, data=costs, target="cost")
    said = " ".join(answer.err.split())
    folder = folder_in(tmp_path / "runs")
    assert answer.code == 4 and "the best, are in" in said and str(folder) in said
    assert json.loads((folder / "run.json").read_text("utf-8"))["status"] == "diverged"
    best = int(re.search(r"The weights of epoch (\d+), the best", said).group(1))
    lines = [json.loads(text) for text in (folder / "metrics.jsonl").read_text("utf-8").splitlines()]
    assert min(lines, key=lambda line: line["val_loss"])["epoch"] == best
    assert glassnet_predicts(folder, costs)


def glassnet_predicts(folder, data):
    return len(Predictor.load(folder).predict(data).values) == 60


def test_an_error_after_training_keeps_the_weights(train, tmp_path, monkeypatch):
    monkeypatch.setattr("glassnet.workbench.runs.report_html", lambda run: 1 / 0)
    answer = train()
    assert answer.code == 1 and "unexpected ZeroDivisionError" in answer.err and "Traceback" not in answer.err
    folder = folder_in(tmp_path / "runs")
    assert json.loads((folder / "run.json").read_text("utf-8"))["status"] == "failed"
    assert (folder / "model.glass").exists()


def test_debug_shows_where_it_happened(train, monkeypatch):
    monkeypatch.setattr("glassnet.workbench.runs.report_html", lambda run: 1 / 0)
    answer = train("--debug", "--json")
    assert answer.code == 1 and "Traceback" in answer.err and answer.json["exit_code"] == 1


def test_too_little_memory_is_said_in_words(train, monkeypatch):
    def full(*arguments, **more):
        raise MemoryError

    monkeypatch.setattr("glassnet.workbench.experiment.network_for", full)
    answer = train()
    assert answer.code == 1 and "not enough memory" in answer.err


def test_health_is_shown_and_stored_where_it_is_asked_for(train, tmp_path):
    answer = train("--health", "--learning-rate", "20")
    assert "Health      Updates too large: dense" in answer.out
    assert "looks;" in answer.out
    stored = json.loads((folder_in(tmp_path / "runs") / "run.json").read_text())
    assert "updates_too_large" in {flag["kind"] for flag in stored["health"]["flags"]}
    assert "Health while training" in (folder_in(tmp_path / "runs") / "report.html").read_text()
