"""Ctrl-C: between two epochs, with a checkpoint and the weights kept; the second one at once."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from glassnet.cli.interrupts import Interrupts
from glassnet.workbench import Predictor

SRC = Path(__file__).parents[2] / "src"


@pytest.fixture(autouse=True)
def listening():
    """Python's own handler, also where the tests run in the background and were told to ignore Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def press():
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.01)  # the handler runs between two steps of the interpreter


@pytest.mark.parametrize("then", ["another epoch", "the end"])
def test_the_first_waits_for_the_end_of_the_epoch_and_its_checkpoint(capfd, then):
    asked = []
    with Interrupts(soon=lambda: asked.append(True)) as interrupts:
        interrupts.on_train_begin()
        interrupts.on_epoch_begin(0)
        interrupts.on_epoch_end(0)
        assert not asked
        press()
        interrupts.on_epoch_end(1)
        assert asked
        with pytest.raises(KeyboardInterrupt):
            interrupts.on_epoch_begin(2) if then == "another epoch" else interrupts.on_train_end()
    assert "Ctrl-C again stops at once" in capfd.readouterr().err


def test_the_second_comes_at_once(capfd):
    with Interrupts(quiet=True) as interrupts:
        interrupts.on_train_begin()
        press()
        with pytest.raises(KeyboardInterrupt):
            press()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("when", ["before training", "after training"])
def test_outside_training_it_comes_at_once(when):
    with Interrupts() as interrupts:
        if when == "after training":
            interrupts.on_train_begin()
            interrupts.on_train_end()
        with pytest.raises(KeyboardInterrupt):
            press()


def test_saving_is_not_disturbed():
    with Interrupts() as interrupts:
        interrupts.save()
        press()
        press()


def test_what_was_listening_before_listens_again():
    before = signal.getsignal(signal.SIGINT)
    with Interrupts():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before


def test_a_job_that_was_told_to_ignore_it_goes_on_ignoring_it():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Interrupts():
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_in_another_thread_nothing_is_changed():
    before, seen = signal.getsignal(signal.SIGINT), []

    def work():
        with Interrupts():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]


# In this process, at different moments.


def interrupting(monkeypatch, where, when=lambda *arguments: True):
    """Presses Ctrl-C when a function is called."""
    module, _, name = where.rpartition(".")
    import importlib

    owner = importlib.import_module(module)
    original = getattr(owner, name)

    def pressed(*arguments, **more):
        if when(*arguments):
            press()
        return original(*arguments, **more)

    monkeypatch.setattr(owner, name, pressed)


def test_before_the_first_epoch_nothing_is_kept(glassnet, patients, quick, tmp_path, monkeypatch):
    interrupting(monkeypatch, "glassnet.workbench.experiment.part")
    answer = glassnet("train", patients, "--target", "outcome", *quick, "--out", tmp_path / "runs")
    assert answer.code == 130 and "nothing was kept" in answer.err and list(tmp_path.iterdir()) == []


def test_after_training_the_weights_are_kept(glassnet, patients, quick, tmp_path, monkeypatch):
    interrupting(monkeypatch, "glassnet.workbench.runs.report_html")
    answer = glassnet("train", patients, "--target", "outcome", *quick, "--out", tmp_path / "runs", "--json")
    assert answer.code == 130 and answer.json["exit_code"] == 130 and "Ctrl-C" in answer.json["error"]
    assert len(Predictor.load(answer.json["folder"]).predict(patients).values) == 60


def test_while_predicting_it_just_stops(glassnet, model, patients, monkeypatch):
    interrupting(monkeypatch, "glassnet.workbench.predictor.load_archive")
    answer = glassnet("predict", model, patients)
    assert (answer.code, answer.out, answer.err) == (130, "", "error: stopped by Ctrl-C\n")


# For real.


def test_a_long_training_that_is_interrupted_keeps_its_weights(costs, tmp_path):
    program = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from glassnet.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    out = tmp_path / "runs"
    words = ["train", costs, "--target", "cost", "--epochs", "10000000", "--hidden", "4", "--out", out, "--json"]
    process = subprocess.Popen(
        [sys.executable, "-c", program, *map(str, words)],
        env={**os.environ, "PYTHONPATH": str(SRC)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(lambda: any(file.stat().st_size for file in out.glob("*/metrics.jsonl")), process)
        process.send_signal(signal.SIGINT)
        said, messages = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130 and messages == ""
    folder = Path(json.loads(said)["folder"])
    run = json.loads((folder / "run.json").read_text("utf-8"))
    epochs = [json.loads(line)["epoch"] for line in (folder / "metrics.jsonl").read_text("utf-8").splitlines()]
    assert run["status"] == "interrupted" and epochs == list(range(1, len(epochs) + 1))
    assert f"after epoch {epochs[-1]}" in json.loads(said)["error"]
    assert len(Predictor.load(folder).predict(costs).values) == 60


def wait_for(holds, process, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        assert process.poll() is None and time.monotonic() < end, process.communicate()
        time.sleep(0.05)
