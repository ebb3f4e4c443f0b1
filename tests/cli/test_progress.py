"""The live line fits its terminal; elsewhere plain lines come now and then."""

import io

import pytest

from glassnet.cli import progress
from glassnet.cli.progress import Progress, line, pairs
from glassnet.cli.steps import Watcher
from glassnet.cli.terminal import Out

LOGS = {"loss": 0.12345, "accuracy": 0.9, "val_loss": 0.2, "val_accuracy": 0.85}


class Screen(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True

    def fileno(self):
        raise OSError


def run(out, epochs, seconds=1.0, monkeypatch=None):
    clock = iter(i * seconds for i in range(1, 10_000))
    monkeypatch.setattr(progress.time, "perf_counter", lambda: next(clock))
    watch = Watcher(Out(io.StringIO(), quiet=True))
    watch._seen["split"] = type("Parts", (), {"tables": {"train": range(400)}})
    shown = Progress(out, watch)
    shown.set_params({"epochs": epochs, "before": ["400 rows: 7 updates"] if epochs < 1000 else []})
    shown.on_train_begin()
    for epoch in range(epochs):
        shown.on_epoch_begin(epoch)
        shown.on_epoch_end(epoch, LOGS)
    shown.on_train_end()
    return out.stream.getvalue()


@pytest.mark.parametrize("columns", [40, 50, 60, 80, 120])
def test_the_live_line_never_wraps_and_is_gone_in_the_end(monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    text = run(Out(Screen()), 1000, monkeypatch=monkeypatch)
    drawn = text.split("\r\x1b[2K")
    assert "\n" not in text and drawn[-1] == ""
    assert max(map(len, drawn)) < columns
    assert drawn[1] == "            compiling ..."
    assert drawn[-2].startswith("            epoch 1000/1000")
    assert ("loss 0.1235" in drawn[-2]) is (columns > 40) and ("val 0.2000" in drawn[-2]) is (columns > 50)


def test_a_wide_terminal_shows_everything(monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    last = run(Out(Screen()), 50, monkeypatch=monkeypatch).split("\r\x1b[2K")[-2]
    assert last == (
        "            epoch 50/50 ━━━━━━━━━━━━━━━━━━━━━━━━  loss 0.1235 val 0.2000  accuracy 0.9000 val 0.8500  400 rows/s"
    )


def test_elsewhere_a_line_comes_every_two_seconds_and_at_the_end(monkeypatch):
    text = run(Out(io.StringIO()), 20, seconds=0.5, monkeypatch=monkeypatch)
    assert text.startswith("5 Train     400 rows: 7 updates\n")
    epochs = [int(line.split("/")[0].split()[-1]) for line in text.splitlines()[1:]]
    assert epochs == [1, 5, 9, 13, 17, 20]
    assert text.splitlines()[1] == "            epoch  1/20  loss 0.1235 val 0.2000  accuracy 0.9000 val 0.8500"
    assert "\x1b" not in text and "\r" not in text


def test_a_dumb_terminal_gets_plain_lines(monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert "\r" not in run(Out(Screen()), 2, monkeypatch=monkeypatch)


def test_quiet_shows_nothing(monkeypatch):
    assert run(Out(Screen(), quiet=True), 5, monkeypatch=monkeypatch) == ""


def test_numbers_of_any_size():
    assert pairs({"loss": 1e-9, "val_loss": float("nan")}) == ["loss 1e-09 val nan"]
    assert pairs({"mse": 1.5e9, "mae": 0.0}) == ["mse 1.5e+09", "mae 0.0000"]


def test_the_bar_fills_from_nothing_to_all():
    bars = [line("e", [], share, "", 20, "#-") for share in (0, 0.5, 1)]
    assert bars == ["e " + "-" * 18, "e " + "#" * 9 + "-" * 9, "e " + "#" * 18]
