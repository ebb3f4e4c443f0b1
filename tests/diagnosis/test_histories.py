"""A history's own verdict."""

import numpy as np

from glassnet import Input, Sequential
from glassnet.callbacks import History
from glassnet.layers import Dense


def of(**curves):
    history = History()
    for epoch, row in enumerate(zip(*curves.values(), strict=True)):
        history.on_epoch_end(epoch, dict(zip(curves, row, strict=True)))
    return history


def test_the_epoch_that_broke_is_known_though_its_numbers_were_not_accepted():
    history = of(loss=[0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    assert history.verdict().kind != "diverged"
    history.diverged_epoch = 7
    assert history.verdict().kind == "diverged"


def test_a_gap_counts_only_beyond_the_luck_of_the_validation_rows_that_fit_was_given():
    def judged(rows):
        model = Sequential([Input((1,)), Dense(1)], seed=0)
        model.compile("sgd", "mse")
        x = np.linspace(-1, 1, 2 * rows, dtype="float32")[:, None]
        history = model.fit(x[::2], x[::2], epochs=1, validation_data=(x[1::2], x[1::2]), verbose=0)
        curves = of(
            loss=list(np.linspace(1.0, 0.5, 20)) + [0.5] * 20, val_loss=list(np.linspace(1.0, 0.6, 20)) + [0.6] * 20
        )
        curves.trained = history.trained
        return {evidence.name: evidence.text for evidence in curves.verdict().evidence}["gap"]

    assert judged(4) != judged(4000)
