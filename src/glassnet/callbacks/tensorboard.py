"""What TensorBoard shows: numbers, histograms of weights and the graph, in its event files. TensorBoard is not needed for it."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from glassnet.callbacks import event_messages as messages
from glassnet.callbacks.base import Callback
from glassnet.callbacks.event_files import EventFile
from glassnet.callbacks.numbers import plain_numbers
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.shapes import int_or_none
from glassnet.foundation.symbolic import symbolic_in
from glassnet.foundation.types import HostArray

_FLUSH_SECONDS = 2.0


class TensorBoard(Callback):
    """Write what ``tensorboard --logdir logs`` shows: loss, metrics and learning rate of each epoch, weights, the graph.

    Training and validation are two runs, ``train`` and ``validation``; their numbers are called ``epoch_loss`` and so on. A
    resumed training goes on in its files, each epoch there once. The files are written without TensorBoard; to look at
    them, ``pip install glassnet[tensorboard]``.

    Args:
        log_dir: the folder for both runs.
        histogram_freq: every how many epochs weights are written as histograms; 0 for never.
        write_graph: whether the graph of layers is written.
        write_images: whether weights are written as pictures too, when histograms are.
        write_steps_per_second: whether to write the mean number of steps a second since the training began.
        update_freq: ``"epoch"``; or ``"batch"``, or a number of batches after which ``batch_loss`` and the others are
            written too, which makes training run step by step.
        profile_batch: 0; ``jax.profiler.trace(folder)`` around a short `fit` gives a profile.
        embeddings_freq: 0.
        embeddings_metadata: None.

    Raises:
        ConfigError: a frequency below 0, or something that is not written here.
        GlassnetError: the folder cannot be written.

    Example:
        >>> board = TensorBoard("logs", histogram_freq=1)
        >>> board.log_dir, board.histogram_freq
        ('logs', 1)

    Reference:
        Abadi et al., "TensorFlow: A System for Large-Scale Machine Learning", OSDI 2016.
    """

    def __init__(
        self,
        log_dir: Any = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: Any = "epoch",
        profile_batch: Any = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: Any = None,
    ) -> None:
        super().__init__()
        _check(histogram_freq, update_freq, profile_batch, embeddings_freq, embeddings_metadata)
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq = histogram_freq
        self.write_graph = write_graph
        self.write_images = write_images
        self.write_steps_per_second = write_steps_per_second
        self.update_freq = 1 if update_freq == "batch" else update_freq
        self.reads_model = histogram_freq > 0
        self._batches, self._steps, self._flushed = 0, 0, 0.0
        self._begin()
        if self.update_freq != "epoch":  # only then a hook of single batches, which makes training run step by step
            self.on_train_batch_end = self._after_batch

    def _begin(self) -> None:
        self._train = EventFile(Path(self.log_dir) / "train")
        self._validation = EventFile(Path(self.log_dir) / "validation")
        self._started, self._done = time.perf_counter(), 0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Begin new files, with the graph."""
        self._begin()
        self._batches = self._steps = int(self.model.train_state().step)
        if self.write_graph:
            self._train.add(0, graph=messages.graph_definition(_nodes(self.model)))
            self._train.flush()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Write the epoch's numbers, and weights where it is time for them."""
        numbers = plain_numbers(logs or {})
        held_out = {name[4:]: value for name, value in numbers.items() if name.startswith("val_")}
        numbers = {name: value for name, value in numbers.items() if not name.startswith("val_")}
        steps = self.params.get("steps") or 0
        self._steps += steps
        self._done += steps
        if steps or not callable(getattr(self.model.optimizer, "learning_rate", None)):
            numbers.setdefault("learning_rate", float(self.model.optimizer.rate_at(self._steps)))
        if self.write_steps_per_second and steps:
            numbers["steps_per_second"] = self._done / max(time.perf_counter() - self._started, 1e-9)
        self._write(self._train, "epoch_", "", numbers, epoch)
        self._write(self._validation, "epoch_", "", held_out, epoch)
        if steps:
            self._write(self._validation, "evaluation_", "_vs_iterations", held_out, self._steps)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_weights(epoch)
        self._flush()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Write what is left."""
        self._flush()

    def get_state(self) -> dict[str, Any]:
        """Which files were written, and how far."""
        self._flush()
        return {"train": self._train.place(), "validation": self._validation.place()}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on in the same files."""
        self._train.go_on(*state["train"])
        self._validation.go_on(*state["validation"])

    def _after_batch(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self._batches += 1
        if self._batches % self.update_freq == 0:
            self._write(self._train, "batch_", "", plain_numbers(logs or {}), self._batches)
            if time.perf_counter() - self._flushed > _FLUSH_SECONDS:
                self._flush()

    def _write(self, file: EventFile, before: str, after: str, numbers: dict[str, float], step: int) -> None:
        if numbers:
            file.add(
                step, summary=b"".join(messages.scalar(f"{before}{n}{after}", value) for n, value in numbers.items())
            )

    def _write_weights(self, epoch: int) -> None:
        for path, weight in self.model.named_weights().items():
            values = np.asarray(weight, np.float32)
            self._train.add(epoch, summary=messages.histogram(f"{path}/histogram", values))
            if self.write_images:
                found = [messages.image(f"{path}/image{name}", picture) for name, picture in _pictures(values)]
                self._train.add(epoch, summary=b"".join(found))

    def _flush(self) -> None:
        self._flushed = time.perf_counter()
        self._train.flush()
        self._validation.flush()


def _nodes(model: Any) -> Iterator[tuple[str, str, list[str]]]:
    """The layers of a graph, each call with what it reads; of a model with a ``call`` of its own, only its layers."""
    names = {id(layer): name for name, layer in model.sublayers()}
    steps = model.steps() if hasattr(model, "steps") else []
    if not steps:
        yield from ((names.get(id(layer), layer.name), type(layer).__name__, []) for layer in model.layers)
        return
    made: dict[int, str] = {}
    for name, array in zip(model.input_names, model.inputs, strict=True):
        made[id(array)] = name
        yield name, "Input", []
    taken = set(made.values())
    for step in steps:
        name = names.get(id(step.layer), step.layer.name)
        if name in taken and type(step.layer).__name__ == "InputLayer":
            made |= {id(array): name for array in symbolic_in(step.outputs)}
            continue
        while name in taken:
            name += "_again"
        taken.add(name)
        yield name, type(step.layer).__name__, [made[id(array)] for array in symbolic_in((step.args, step.kwargs))]
        made |= {id(array): name for array in symbolic_in(step.outputs)}


def _pictures(values: HostArray) -> Iterator[tuple[str, HostArray]]:
    """A weight as pictures: a vector as a line, a matrix lying, kernels of a convolution each as one, at most three."""
    values = np.atleast_1d(np.squeeze(values))
    if values.ndim == 1:
        yield "", values[None]
    elif values.ndim == 2:
        yield "", values.T if values.shape[0] > values.shape[1] else values
    elif values.ndim >= 3:
        flat = values.reshape(*values.shape[:2], -1)
        for place in range(min(3, flat.shape[2])):
            yield f"/{place}", flat[:, :, place]


def _check(histogram_freq: Any, update_freq: Any, profile: Any, embeddings: Any, metadata: Any) -> None:
    if int_or_none(histogram_freq) is None or histogram_freq < 0:
        raise ConfigError(
            f"TensorBoard expected `histogram_freq` as a number of epochs, or 0. Received {histogram_freq!r}. Pass 1 for each."
        )
    if update_freq not in ("epoch", "batch") and (int_or_none(update_freq) or 0) < 1:
        raise ConfigError(
            f"TensorBoard expected update_freq='epoch', 'batch' or a number of batches above 0. Received {update_freq!r}. "
            f"Leave it at 'epoch'."
        )
    for name, value, instead in (
        ("profile_batch", profile, "Put `with jax.profiler.trace(folder):` around a short fit."),
        ("embeddings_freq", embeddings, "Leave it at 0: a table of embeddings is a weight like others."),
        ("embeddings_metadata", metadata, "Leave it out."),
    ):
        if value:
            raise ConfigError(
                f"TensorBoard expected {name}=0, since that is not written. Received {value!r}. {instead}"
            )
