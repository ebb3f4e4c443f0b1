"""learning_rate="auto": found at a price that the training can bear."""

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.layers import Conv2D, Dense, Flatten
from glassnet.tuning import automatic
from glassnet.tuning.automatic import automatic_learning_rate


@pytest.fixture
def asked(monkeypatch):
    """What `find_learning_rate` is asked for."""
    calls = []

    def find(model, x, y, **asked):
        calls.append(asked)
        return automatic.LearningRate(0.1, 0.1, 0.1, "Because.", np.zeros(1), np.zeros((1, 1)))

    monkeypatch.setattr(automatic, "find_learning_rate", find)
    return calls


def test_a_short_training_is_tried_for_real(asked, classifier, rows):
    found = automatic_learning_rate(classifier(), *rows, epochs=7, batch_size=16)
    assert found.reason == "Because." and "trials" not in asked[0]
    assert asked[0]["epochs"] == 7 and asked[0]["batch_size"] == 16 and not asked[0]["keep_weights"]


@pytest.mark.parametrize("why", ["many rows and epochs", "convolutions on the CPU"])
def test_a_long_one_gets_the_range_test_alone_and_says_so(asked, classifier, rows, why):
    if why == "many rows and epochs":
        found = automatic_learning_rate(classifier(), *rows, epochs=100_000)
    else:
        model = Sequential([Input((4, 4, 1)), Conv2D(2, 3), Flatten(), Dense(1)], seed=0)
        model.compile("sgd", "mse")
        found = automatic_learning_rate(model, np.zeros((30, 4, 4, 1)), np.zeros((30, 1)), epochs=1)
    assert asked[0]["trials"] == 0 and found.reason.startswith("Because. An eighth of that is taken")


def test_weights_that_were_trained_are_where_it_starts(asked, classifier, rows):
    model = classifier()
    automatic_learning_rate(model, *rows, epochs=2)
    model.set_weights([w + 1 for w in model.get_weights()])
    automatic_learning_rate(model, *rows, epochs=2)
    assert [call["keep_weights"] for call in asked] == [False, True]


def test_the_model_is_left_as_it_was(classifier, rows, monkeypatch):
    monkeypatch.setattr(automatic, "_MOST_WORK", 0)  # the range test alone: that is quick
    model = classifier()
    before = model.get_weights()
    found = automatic_learning_rate(model, *rows, epochs=2)
    assert found.rate is not None and found.low <= found.rate <= found.high
    assert all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True))
    assert model.optimizer.learning_rate == 0.001
