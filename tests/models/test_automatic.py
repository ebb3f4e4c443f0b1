"""Adam(learning_rate="auto"): fit finds a rate, trains with it, and says so."""

import numpy as np
import pytest

from glassnet import models, optimizers, tuning
from glassnet.foundation.errors import ConfigError
from glassnet.optimizers import Adam
from glassnet.tuning.learning_rate import LearningRate


@pytest.fixture
def finder(monkeypatch):
    """A finder that finds at once; what it was asked is kept."""
    calls = []

    def find(model, x, y, **asked):
        calls.append({"x": x, "y": y, **asked})
        return LearningRate(0.02, 0.01, 0.03, "It ended lowest.", np.zeros(1), np.zeros((1, 1)))

    monkeypatch.setattr("glassnet.tuning.automatic.automatic_learning_rate", find)
    return calls


def test_fit_finds_a_rate_and_trains_as_if_it_had_been_given(classifier, rows, monkeypatch):
    monkeypatch.setattr("glassnet.tuning.automatic._MOST_WORK", 0)  # the range test alone: that is quick
    model = classifier(optimizer=Adam(learning_rate="auto"))
    history = model.fit(*rows, epochs=2, verbose=0)
    found = history.learning_rate_found
    assert model.optimizer.learning_rate == found.rate and found.low <= found.rate <= found.high
    assert history.notes[0] == history.rate_note and history.rate_note.startswith(
        f"learning rate {found.rate:g}, found between"
    )
    assert found.reason in history.rate_note
    told = classifier(optimizer=Adam(found.rate))
    plain = told.fit(*rows, epochs=2, verbose=0)
    assert all((a == b).all() for a, b in zip(model.get_weights(), told.get_weights(), strict=True))
    assert plain.history == history.history and plain.learning_rate_found is None


def test_it_is_found_on_the_training_rows_for_this_training_and_once(finder, classifier, rows):
    x, y = rows
    model = classifier(optimizer=Adam("auto"))
    model.fit(
        x, y, epochs=6, initial_epoch=2, batch_size=16, validation_split=0.2, verbose=0, class_weight={0: 1.0, 1: 2.0}
    )
    assert len(finder[0]["x"]) == 56 and finder[0]["epochs"] == 4 and finder[0]["batch_size"] == 16
    assert set(finder[0]["sample_weight"]) == {1.0, 2.0}
    model.fit(x, y, verbose=0)
    assert len(finder) == 1


def test_where_none_is_found_the_optimizers_own_is_taken_and_it_is_said(classifier, rows):
    x, y = rows
    model = classifier(optimizer=optimizers.SGD("auto"))
    history = model.fit(x[:10], y[:10], verbose=0)
    assert model.optimizer.learning_rate == 0.01
    assert history.notes[0].startswith("learning rate 0.01, SGD's own, since none was found: there are 10 rows")
    model = classifier(optimizer=Adam("auto"))
    history = model.fit(iter([(x[:32], y[:32])] * 2), steps_per_epoch=2, verbose=0)
    assert "since none was found: rows that come from an iterator" in history.notes[0]


def test_a_resumed_training_takes_the_rate_it_had(finder, classifier, rows, tmp_path):
    first = classifier(optimizer=Adam("auto"))
    first.fit(*rows, epochs=2, verbose=0, resume=tmp_path / "run")
    again = classifier(optimizer=Adam("auto"))
    again.fit(*rows, epochs=4, verbose=0, resume=tmp_path / "run")
    assert len(finder) == 1 and again.optimizer.learning_rate == 0.02
    whole = classifier(optimizer=Adam(0.02))
    whole.fit(*rows, epochs=4, verbose=0)
    assert all((a == b).all() for a, b in zip(whole.get_weights(), again.get_weights(), strict=True))


def test_progress_says_it_before_training(finder, classifier, rows, capsys):
    classifier(optimizer=Adam("auto")).fit(*rows, epochs=3, batch_size=16, verbose=2)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "70 rows, batches of 16, 3 epochs: 5 batches an epoch, 15 updates"
    assert lines[1] == "learning rate 0.02, found between 0.01 and 0.03: It ended lowest."
    assert lines[2].startswith("epoch 1/3")


def test_until_then_it_is_no_number(classifier, rows, tmp_path):
    model = classifier(optimizer=Adam("auto"))
    with pytest.raises(ConfigError, match="Received 'auto' for Adam, which only fit turns into a number"):
        model.train_on_batch(*rows)
    with pytest.raises(ConfigError, match="Received 'auto' for Adam"):
        tuning.cross_validate(model, *rows, folds=2, epochs=1)
    with pytest.raises(ConfigError, match="'auto'"):
        Adam("auto").rate_at(0)
    with pytest.raises(ConfigError, match=r"or as 'auto'\. Received 'atuo'"):
        Adam("atuo")
    model.save(tmp_path / "model.glass")
    assert models.load_model(tmp_path / "model.glass").optimizer == Adam("auto")
    assert Adam.from_config(Adam("auto").get_config()) == Adam("auto")


def test_rows_batches_and_updates_are_counted(classifier, rows):
    history = classifier().fit(*rows, epochs=3, batch_size=16, verbose=0)
    assert history.arithmetic == "70 rows, batches of 16, 3 epochs: 5 batches an epoch, 15 updates"
    accumulating = classifier(optimizer=Adam(gradient_accumulation_steps=5))
    assert accumulating.fit(*rows, epochs=3, batch_size=16, verbose=0).arithmetic.endswith(
        "5 batches an epoch, 3 updates"
    )
    batches = [(rows[0][:32], rows[1][:32])] * 2
    assert classifier().fit(iter(batches), verbose=0).arithmetic == ""
