"""Progress: a live line on a terminal, plain lines elsewhere."""

import io

from glassnet.callbacks.progress import Progress, progress_for


def shown(mode, epochs=3, **kwargs):
    stream = io.StringIO()
    progress = Progress(mode, stream, **kwargs)
    progress.set_params({"epochs": epochs, "initial_epoch": 0})
    progress.on_train_begin()
    for epoch in range(epochs):
        progress.on_epoch_begin(epoch)
        progress.on_epoch_end(epoch, {"loss": 0.5 / (epoch + 1), "val_accuracy": 1e-7})
    progress.on_train_end()
    return stream.getvalue()


def test_a_line_an_epoch():
    assert shown("lines").splitlines()[0] == "epoch 1/3  loss 0.5000  val_accuracy 1e-07"
    assert len(shown("lines").splitlines()) == 3


def test_few_lines_for_logs_but_always_the_last():
    lines = shown("sparse", epochs=50, every=1000.0).splitlines()
    assert lines[0].startswith("epoch  1/50") and lines[-1].startswith("epoch 50/50") and len(lines) == 2


def test_the_live_line_ends_with_a_full_bar_and_a_new_line():
    text = shown("bar")
    assert text.startswith("\r") and "compiling" in text
    assert text.endswith("\n") and "━" * 24 in text.splitlines()[-1]


def test_the_live_line_never_wraps(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    lines = shown("bar").split("\x1b[2K")
    assert max(len(line.rstrip("\r\n")) for line in lines) == 39


def test_what_verbose_asks_for():
    plain = io.StringIO()
    assert progress_for(0) is None
    assert progress_for("auto", plain).mode == "sparse" and progress_for(2, plain).mode == "lines"
    assert progress_for(1, plain).mode == "sparse"

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    assert progress_for("auto", Terminal()).mode == "bar"
