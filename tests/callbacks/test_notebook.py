"""Progress in a notebook: one display, drawn anew in its place, with the last epoch in it at the end."""

import sys
from types import SimpleNamespace

import pytest

from glassnet.callbacks import progress, progress_for
from glassnet.callbacks.notebook import NotebookDisplay, Shown, in_notebook


class Page:
    """A stand-in for IPython's ``display``."""

    def __init__(self):
        self.places, self.updates = 0, []

    def __call__(self, shown, display_id):
        self.places += 1
        self.update(shown)
        return self

    def update(self, shown):
        self.updates.append(shown)


@pytest.fixture
def kernel(monkeypatch):
    shell = SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    return shell


def test_a_kernel_is_noticed_and_a_shell_is_none(kernel):
    assert in_notebook() and progress_for("auto").mode == progress_for(1).mode == "notebook"
    assert progress_for(2).mode == "lines" and progress_for(0) is None
    del kernel.kernel
    assert not in_notebook() and progress_for("auto").mode == "sparse"


def test_one_place_shows_the_last_epoch_also_of_a_training_that_was_stopped(monkeypatch):
    page = Page()
    monkeypatch.setattr(progress, "NotebookDisplay", lambda: NotebookDisplay(page))
    bar = progress.Progress("notebook")
    bar.set_params({"epochs": 100, "initial_epoch": 0})
    bar.on_train_begin()
    for epoch in range(7):
        bar.on_epoch_begin(epoch)
        bar.on_epoch_end(epoch, {"loss": 0.5 - epoch / 100})
    bar.on_train_end()
    assert page.places == 1 and "compiling" in repr(page.updates[0])
    assert repr(page.updates[-1]).startswith("epoch   7/100 ━━╌") and "loss 0.4400" in repr(page.updates[-1])
    assert len(page.updates) < 7  # a page is not drawn more often than it can be seen


def test_html_is_escaped_and_says_how_much_is_done():
    shown = Shown("epoch 1/4", 0.25, {"<b>": "1"}, 2.0)
    assert "width:25.0%" in shown._repr_html_() and "&lt;b&gt;" in shown._repr_html_() and "2.0 s" in repr(shown)
