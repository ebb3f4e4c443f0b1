"""glassnet resume: a run that was cut off ends as if it had not been."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from glassnet.workbench import RunFolder

SRC = Path(__file__).parents[2] / "src"


def stored(folder):
    return json.loads((folder / "run.json").read_text("utf-8"))


def told(folder):
    """What must be the same for a run that was cut off."""
    run = stored(folder)
    same = ("evaluation", "verdict", "history", "predictions", "settings", "command", "data", "split")
    return [run["network"]["weights_sha256"], (folder / "metrics.jsonl").read_text(), *(run[name] for name in same)]


def files(folder):
    return sorted(file.name for file in folder.iterdir())


@pytest.fixture
def words(costs, tmp_path):
    """A short training whose weights still change at its end."""
    training = ["--epochs", "40", "--hidden", "4", "--batch-size", "16", "--dropout", "0.2", "--learning-rate", "0.002"]
    return lambda place: ["train", costs, "--target", "cost", *training, "--out", tmp_path / place]


@pytest.fixture
def cut(glassnet, words, tmp_path, monkeypatch):
    """Starts a run, and ends it by Ctrl-C after some epochs; gives its folder."""

    def start(epochs=7):
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        seen = pressing(monkeypatch, epochs)
        try:
            answer = glassnet(*words("cut"), "--json")
        finally:
            signal.signal(signal.SIGINT, before)
            seen.undo()
        assert answer.code == 130
        return Path(answer.json["folder"])

    return start


def pressing(monkeypatch, epochs):
    """Ctrl-C during epoch number `epochs`."""
    patch = pytest.MonkeyPatch()
    original = RunFolder.on_epoch_end

    def pressed(self, epoch, logs=None):
        original(self, epoch, logs)
        if self.epochs == epochs:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)

    patch.setattr(RunFolder, "on_epoch_end", pressed)
    return patch


@pytest.fixture(scope="module")
def whole(costs, tmp_path_factory):
    """The same training, never cut off."""
    from glassnet.cli.main import main

    out = tmp_path_factory.mktemp("whole")
    training = ["--epochs", "40", "--hidden", "4", "--batch-size", "16", "--dropout", "0.2", "--learning-rate", "0.002"]
    assert main(["train", str(costs), "--target", "cost", *training, "--out", str(out), "--quiet"]) == 0
    return next(out.iterdir())


def test_after_ctrl_c_it_goes_on_from_the_epoch_that_was_over(cut, glassnet, whole):
    folder = cut(7)
    assert stored(folder)["status"] == "interrupted" and (folder / "model.glass").exists()
    assert (folder / "checkpoints" / "epoch-00000007.ckpt").exists()
    answer = glassnet("resume", folder)
    assert answer.code == 0 and "after epoch 7 of 40" in answer.err and "33 of 40 epochs in" in answer.err
    assert told(folder) == told(whole) and files(folder) == files(whole)
    assert stored(folder)["resumed"][0]["after_epoch"] == 7 and stored(folder)["training"]["resumed_from"] == 7
    assert "after epoch 7; the times are of the last part" in (folder / "report.html").read_text("utf-8")


def test_ctrl_c_says_where_and_how_to_go_on(words, glassnet, monkeypatch):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    patch = pressing(monkeypatch, 3)
    try:
        answer = glassnet(*words("a b"), "--quiet")
    finally:
        signal.signal(signal.SIGINT, before)
        patch.undo()
    assert answer.code == 130 and answer.out == ""
    lines = answer.err.splitlines()
    assert lines[0] == "Stopped     by Ctrl-C after epoch 3 of 40"
    folder = Path(lines[1].removeprefix("Kept").strip())
    assert stored(folder)["status"] == "interrupted"
    assert lines[2] == f"Go on with  glassnet resume '{folder}'"


def test_in_the_last_epoch_there_is_nothing_left_to_train(cut, glassnet, whole):
    folder = cut(40)
    assert stored(folder)["status"] == "interrupted"
    assert glassnet("resume", folder, "--quiet").code == 0
    assert told(folder) == told(whole)


def test_killed_at_any_moment_it_ends_the_same(words, whole, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(SRC)}
    # Every epoch has a checkpoint and takes a moment, so that a kill meets training and writing alike.
    program = (
        "import sys, time; from glassnet.training import checkpoints; from glassnet.workbench import RunFolder;"
        "checkpoints.CheckpointFolder.due = lambda self: time.sleep(0.01) is None;"
        "from glassnet.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    chance, out, kills = random.Random(3), tmp_path / "killed", 0
    command = list(map(str, words("killed")))
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-c", program, *command],
            env=environment,
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        end = time.monotonic() + 60
        while not list(out.glob("*/run.json")) and process.poll() is None and time.monotonic() < end:
            time.sleep(0.01)
        already = {file.name for file in out.glob("*/checkpoints/*.ckpt")}
        while (
            {file.name for file in out.glob("*/checkpoints/*.ckpt")} == already
            and process.poll() is None
            and time.monotonic() < end
        ):
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.2))
        process.kill()
        kills += process.wait() != 0
        (folder,) = out.iterdir()
        command = ["resume", str(folder)]
    assert kills == 2
    ended = subprocess.run([sys.executable, "-m", "glassnet", *command, "-q"], env=environment, capture_output=True)
    assert ended.returncode == 0, ended.stderr
    assert told(folder) == told(whole) and files(folder) == files(whole)


def test_before_the_first_checkpoint_it_starts_anew(cut, glassnet, whole):
    folder = cut(5)
    for file in (folder / "checkpoints").glob("*.ckpt"):
        file.unlink()
    (folder / ".run.json.1.tmp").write_text("half")
    answer = glassnet("resume", folder)
    assert answer.code == 0 and "from the start: no epoch was kept" in answer.err
    assert told(folder) == told(whole) and files(folder) == files(whole)


def test_lines_of_epochs_after_the_checkpoint_are_not_doubled(cut, glassnet, whole):
    folder = cut(5)
    with (folder / "metrics.jsonl").open("a") as file:
        file.write('{"epoch": 6, "loss": 1}\n{"epoch": 7, "lo')
    assert glassnet("resume", folder, "-q").code == 0 and told(folder) == told(whole)


def test_what_is_done_is_left_as_it_is(whole, glassnet):
    before = (whole / "run.json").read_bytes()
    answer = glassnet("resume", whole)
    assert answer.code == 0 and "this run has ended as it should" in answer.err
    assert glassnet("resume", whole, "--json").json["status"] == "done"
    assert (whole / "run.json").read_bytes() == before


def test_one_process_at_a_time(cut, glassnet, whole):
    folder = cut(5)
    other = RunFolder.reopen(folder)
    other.begin()
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    answer = glassnet("resume", folder)
    assert answer.code == 1 and "no other process" in " ".join(answer.err.split()) and "1 Load" not in answer.err
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before
    other.close()
    assert glassnet("resume", folder, "-q").code == 0 and told(folder) == told(whole)


def test_a_full_disk_leaves_the_last_checkpoint_and_says_how_to_go_on(words, glassnet, tmp_path, monkeypatch, whole):
    import errno

    from glassnet.persistence import files as writing

    replace = os.replace

    def full(source, target):
        if "epoch-" in str(target) and "00000009" in str(target):
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(writing.os, "replace", full)
        patched.setattr("glassnet.training.checkpoints.CheckpointFolder.due", lambda self: True)
        answer = glassnet(*words("full"))
    (folder,) = (tmp_path / "full").iterdir()
    said = " ".join(answer.err.split())
    assert answer.code == 1 and "The disk is full" in said
    assert "The checkpoint after epoch 8 is whole" in said and f"glassnet resume {folder}" in said
    assert glassnet("resume", folder, "-q").code == 0 and told(folder) == told(whole)


def test_a_table_that_moved_is_asked_for_and_another_one_refused(cut, glassnet, costs, patients, tmp_path, whole):
    folder = cut(5)
    run = stored(folder)
    (folder / "run.json").write_text(json.dumps({**run, "origin": {**run["origin"], "data": "/nowhere/costs.csv"}}))
    answer = glassnet("resume", folder)
    assert answer.code == 1 and "--data FILE" in answer.err
    other = tmp_path / "other.csv"
    lines = costs.read_text("utf-8").splitlines()
    other.write_text("\n".join([lines[0], *reversed(lines[1:])]), encoding="utf-8")
    answer = glassnet("resume", folder, "--data", other)
    assert answer.code == 2 and "training rows of the run" in " ".join(answer.err.split())
    assert glassnet("resume", folder, "--data", costs, "-q").code == 0 and told(folder)[0] == told(whole)[0]


def test_other_versions_are_named(cut, glassnet):
    folder = cut(5)
    run = stored(folder)
    run["versions"]["jax"] = "0.0.1"
    (folder / "run.json").write_text(json.dumps(run))
    assert "it began with jax 0.0.1; with" in " ".join(glassnet("resume", folder).err.split())


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "No such file"), ("{half", "it cannot be read"), ('{"status": "running"}', "without 'origin'")],
    ids=["no folder", "half a file", "not of train"],
)
def test_what_is_no_run_is_refused_in_words(glassnet, tmp_path, content, said):
    folder = tmp_path / "run"
    if content:
        folder.mkdir()
        (folder / "run.json").write_text(content)
    answer = glassnet("resume", folder)
    assert answer.code == 2 and said in " ".join(answer.err.split())
