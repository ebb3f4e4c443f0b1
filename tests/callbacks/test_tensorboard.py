"""TensorBoard: which numbers are in its files under which names, read back by a reader of their own."""

import struct

import numpy as np
import pytest

from glassnet import Input, Sequential
from glassnet.callbacks import Callback, TensorBoard
from glassnet.callbacks.event_files import record
from glassnet.foundation.errors import ConfigError, GlassnetError
from glassnet.layers import Dense
from glassnet.optimizers import SGD

X = np.random.default_rng(0).normal(size=(16, 2)).astype("float32")


def made():
    model = Sequential([Input((2,)), Dense(3, activation="tanh"), Dense(1)], seed=0)
    model.compile(SGD(0.1), "mse")
    return model


def fitted(*callbacks, epochs=3, model=None, **arguments):
    model = model or made()
    given = {"epochs": epochs, "batch_size": 4, "verbose": 0, "validation_data": (X, X[:, :1]), **arguments}
    return model, model.fit(X, X[:, :1], callbacks=callbacks, **given)


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if not data[at - 1] & 0x80:
            return value, at


def fields(data):
    """A protocol-buffer message as (field, value) pairs."""
    at, found = 0, []
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        else:
            size = {1: 8, 5: 4}.get(key & 7)
            size, at = (size, at) if size else varint(data, at)
            value, at = data[at : at + size], at + size
        found.append((key >> 3, value))
    return found


def events(folder):
    """The events of a run, each checked against its checksums."""
    (file,) = folder.iterdir()
    data, found = file.read_bytes(), []
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        assert record(data[12 : 12 + length]) == data[: 16 + length]
        found.append(dict(fields(data[12 : 12 + length])))
        data = data[16 + length :]
    return found


def scalars(folder):
    """{tag: [(step, value), ...]}"""
    found = {}
    for event in events(folder):
        for _, value in fields(event.get(5, b"")):
            parts = dict(fields(value))
            if 2 in parts:
                tag, number = parts[1].decode(), struct.unpack("<f", parts[2])[0]
                found.setdefault(tag, []).append((event.get(2, 0), number))
    return found


def tags(folder):
    return {dict(fields(v))[1].decode() for e in events(folder) for _, v in fields(e.get(5, b""))}


def test_each_epoch_is_in_the_run_it_belongs_to(tmp_path):
    _, history = fitted(TensorBoard(tmp_path))
    assert events(tmp_path / "train")[0][3] == b"brain.Event:2"
    train, held = scalars(tmp_path / "train"), scalars(tmp_path / "validation")
    assert set(train) == {"epoch_loss", "epoch_learning_rate"}
    assert train["epoch_loss"] == [(i, pytest.approx(v, rel=1e-6)) for i, v in enumerate(history.history["loss"])]
    assert train["epoch_learning_rate"] == [(i, pytest.approx(0.1)) for i in range(3)]
    judged = history.history["val_loss"]
    assert held["epoch_loss"] == [(i, pytest.approx(v, rel=1e-6)) for i, v in enumerate(judged)]
    assert [step for step, _ in held["evaluation_loss_vs_iterations"]] == [4, 8, 12]
    assert not any("step by step" in note for note in history.notes)


def test_the_graph_is_there_unless_it_is_not_wanted(tmp_path):
    fitted(TensorBoard(tmp_path / "a"), epochs=1)
    (graph,) = [event[4] for event in events(tmp_path / "a" / "train") if 4 in event]
    nodes = [[text.decode() for _, text in fields(node)] for field, node in fields(graph) if field == 1]
    assert nodes == [["input", "Input"], ["dense", "Dense", "input"], ["dense_1", "Dense", "dense"]]
    fitted(TensorBoard(tmp_path / "b", write_graph=False), epochs=1)
    assert not any(4 in event for event in events(tmp_path / "b" / "train"))


def test_weights_are_written_every_so_many_epochs(tmp_path):
    model, _ = fitted(TensorBoard(tmp_path, histogram_freq=2, write_images=True, write_steps_per_second=True))
    assert {f"{path}/{kind}" for path in model.named_weights() for kind in ("histogram", "image")} < tags(
        tmp_path / "train"
    )
    last = {}
    for event in events(tmp_path / "train"):
        for _, value in fields(event.get(5, b"")):
            parts = dict(fields(value))
            if 5 in parts:
                last[parts[1].decode()] = event.get(2, 0), dict(fields(parts[5]))
    step, histogram = last["dense/kernel/histogram"]
    kernel = np.asarray(model.named_weights()["dense/kernel"])
    assert step == 2 and struct.unpack("<d", histogram[2])[0] == pytest.approx(kernel.max())
    assert np.frombuffer(histogram[7]).sum() == kernel.size
    assert scalars(tmp_path / "train")["epoch_steps_per_second"][0][1] > 0


def test_batches_are_counted_and_make_it_go_step_by_step(tmp_path):
    _, history = fitted(TensorBoard(tmp_path, update_freq=2), epochs=2)
    assert [step for step, _ in scalars(tmp_path / "train")["batch_loss"]] == [2, 4, 6, 8]
    assert any("step by step" in note for note in history.notes)


class Break(Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 2:
            raise KeyboardInterrupt


def test_a_resumed_run_has_each_epoch_once(tmp_path):
    class Nothing(Callback):
        pass

    with pytest.raises(KeyboardInterrupt):
        fitted(TensorBoard(tmp_path / "logs", update_freq="batch"), Break(), epochs=4, resume=tmp_path / "kept")
    _, history = fitted(
        TensorBoard(tmp_path / "logs", update_freq="batch"), Nothing(), epochs=4, resume=tmp_path / "kept"
    )
    train, held = scalars(tmp_path / "logs" / "train"), scalars(tmp_path / "logs" / "validation")
    assert train["epoch_loss"] == [(i, pytest.approx(v, rel=1e-6)) for i, v in enumerate(history.history["loss"])]
    assert [step for step, _ in train["batch_loss"]] == list(range(1, 17))
    assert [step for step, _ in held["epoch_loss"]] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"histogram_freq": -1}, "`histogram_freq`"),
        ({"update_freq": "step"}, "update_freq='epoch'"),
        ({"update_freq": 0}, "update_freq='epoch'"),
        ({"profile_batch": 2}, "profile_batch=0"),
        ({"embeddings_freq": 1}, "embeddings_freq=0"),
    ],
)
def test_what_is_not_written_is_said(arguments, words):
    with pytest.raises(ConfigError, match=words):
        TensorBoard(**arguments)


def test_a_folder_that_cannot_be_written_is_said_before_training(tmp_path):
    (tmp_path / "logs").touch()
    with pytest.raises(GlassnetError, match="a folder that can be written"):
        fitted(TensorBoard(tmp_path / "logs"))
