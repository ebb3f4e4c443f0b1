"""ModelCheckpoint, CSVLogger and TerminateOnNaN: what they write, and when."""

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.callbacks import CSVLogger, ModelCheckpoint, TerminateOnNaN
from glassnet.foundation.errors import ConfigError, DivergedError, GlassnetError, ModelFileError
from glassnet.layers import Dense
from glassnet.models import load_model
from glassnet.optimizers import SGD

X = np.random.default_rng(0).normal(size=(16, 2)).astype("float32")


def made(units=1):
    return Sequential([Input((2,)), Dense(units)], seed=0)


def fitted(*callbacks, rate=0.1, epochs=3, **arguments):
    model = made()
    model.compile(SGD(rate), "mse", metrics=["mae"])
    history = model.fit(
        X, X[:, :1], epochs=epochs, verbose=0, validation_data=(X, X[:, :1]), callbacks=callbacks, **arguments
    )
    return model, history


def test_a_model_is_saved_each_epoch_under_its_numbers(tmp_path):
    model, history = fitted(ModelCheckpoint(tmp_path / "deep" / "m-{epoch:02d}-{val_loss:.3f}.glass"))
    names = [f"m-{i + 1:02d}-{value:.3f}.glass" for i, value in enumerate(history.history["val_loss"])]
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == names
    np.testing.assert_array_equal(load_model(tmp_path / "deep" / names[-1]).predict(X), model.predict(X))


def test_only_the_best_is_saved(tmp_path):
    path = tmp_path / "best.glass"
    _, history = fitted(ModelCheckpoint(path, save_best_only=True), rate=1.3, epochs=4)  # it gets worse and worse
    values = history.history["val_loss"]
    assert values == sorted(values)
    loaded = load_model(path)
    assert loaded.evaluate(X, X[:, :1], return_dict=True)["loss"] == pytest.approx(values[0], rel=1e-5)
    fitted(ModelCheckpoint(tmp_path / "never.glass", save_best_only=True, initial_value_threshold=0.0))
    assert not (tmp_path / "never.glass").exists()


def test_what_is_not_saved_as_best_is_said_and_a_number_that_is_missing_saves(tmp_path, capsys):
    fitted(ModelCheckpoint(tmp_path / "best.glass", save_best_only=True, verbose=1), rate=1.3, epochs=2)
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("epoch 1: saved ") and "is no better than" in said[1] and len(said) == 2
    with pytest.warns(UserWarning, match="did you mean 'val_loss'.*saves the model whatever its value"):
        fitted(ModelCheckpoint(tmp_path / "{epoch}.glass", monitor="val_los", save_best_only=True), epochs=2)
    assert {path.name for path in tmp_path.iterdir()} == {"best.glass", "1.glass", "2.glass"}


def test_weights_alone_and_back(tmp_path):
    path = tmp_path / "w.weights.glass"
    model, _ = fitted(ModelCheckpoint(path, save_weights_only=True))
    other = made()
    other.load_weights(path)
    np.testing.assert_array_equal(other.predict(X), model.predict(X))
    model.save(tmp_path / "m.glass")
    other.load_weights(tmp_path / "m.glass")
    before = made(2).get_weights()
    wide = made(2)
    with pytest.raises(ModelFileError, match="expected shape"):
        wide.load_weights(path)
    np.testing.assert_array_equal(wide.get_weights()[0], before[0])
    with pytest.raises(ConfigError, match="weights' shapes"):
        Sequential([Dense(1)]).load_weights(path)
    with pytest.raises(ConfigError, match="overwrite=True"):
        model.save_weights(path, overwrite=False)


def test_after_so_many_batches(tmp_path):
    fitted(ModelCheckpoint(tmp_path / "m{epoch}.glass", save_freq=4), batch_size=4, epochs=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m1.glass", "m2.glass"]
    fitted(ModelCheckpoint(tmp_path / "b" / "{epoch}-{batch}-{loss:.1f}.glass", save_freq=3), batch_size=4, epochs=2)
    assert [path.name.rsplit("-", 1)[0] for path in sorted((tmp_path / "b").iterdir())] == ["1-3", "2-2"]
    epochs = ModelCheckpoint(tmp_path / "x.glass")
    _, history = fitted(epochs)
    assert not any("step by step" in note for note in history.notes)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: ModelCheckpoint(path, save_freq="batch"), "save_freq='epoch' or a number of batches"),
        (lambda path: ModelCheckpoint(path, mode="best"), "mode 'auto', 'min' or 'max'"),
        (lambda path: fitted(ModelCheckpoint(path / "{val_acc}.glass")), "the names epoch, loss, mae, val_loss"),
    ],
)
def test_what_cannot_work(tmp_path, make, words):
    with pytest.raises(ConfigError, match=words):
        make(tmp_path)


def test_a_line_an_epoch(tmp_path):
    path = tmp_path / "log.csv"
    _, history = fitted(CSVLogger(path))
    lines = path.read_text().splitlines()
    assert lines[0] == "epoch,loss,mae,val_loss,val_mae"
    assert [float(cell) for cell in lines[2].split(",")] == [
        1,
        *(history.history[n][1] for n in sorted(history.history)),
    ]
    fitted(CSVLogger(path, append=True), epochs=1)
    assert len(path.read_text().splitlines()) == 5
    fitted(CSVLogger(path, separator=";"), epochs=2, validation_freq=2)
    head, first, second = path.read_text().splitlines()
    assert head == "epoch;loss;mae;val_loss;val_mae" and first.endswith(";NA;NA") and "NA" not in second
    with pytest.raises(GlassnetError, match="can be written"):
        fitted(CSVLogger(tmp_path / "no" / "log.csv"))


def test_an_array_is_one_cell(tmp_path):
    logger = CSVLogger(tmp_path / "log.csv")
    logger.on_train_begin()
    logger.on_epoch_end(0, {"confusion": np.eye(2), "loss": 0.5})
    assert (tmp_path / "log.csv").read_text() == 'epoch,confusion,loss\n0,"[1.0, 0.0, 0.0, 1.0]",0.5\n'


def test_a_training_that_explodes_ends_with_or_without_an_error():
    with pytest.raises(DivergedError):
        fitted(rate=1e30, epochs=30)
    model, history = fitted(TerminateOnNaN(), rate=1e30, epochs=30)
    assert len(history.epoch) < 30 and all(np.isfinite(value) for value in history.history.get("loss", []))
    assert all(np.isfinite(w).all() for w in model.get_weights()) and "diverged" in history.notes[-1]
