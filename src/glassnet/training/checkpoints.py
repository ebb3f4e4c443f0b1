"""Checkpoints: everything that a training needs to go on as if it had never been stopped, in files that a crash cannot harm.

The order of the rows and the random keys follow from the seed and from how many epochs and steps are done, so that those
numbers stand for them.
"""

import contextlib
import os
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jax
import numpy as np

from glassnet import persistence
from glassnet.foundation.errors import ConfigError, GlassnetError, ModelFileError
from glassnet.training.step import TrainState

KEPT = 2
"""How many checkpoints a folder keeps: should the newest be damaged, the one before it serves."""

_SHARE = 1 / 25  # of the time may go into checkpoints that are written every so many seconds


@dataclass(frozen=True)
class Checkpoint:
    """A training after some epochs.

    Args:
        epoch: how many epochs are done.
        arrays: weights, running state and what the optimizer remembers, by name.
        seed: the model's seed.
        rate: the learning rate, or None where the optimizer has a schedule.
        job: what must stay the same for the training to end the same, such as the batch size.
        callbacks: each callback's state.
        stopped: whether a callback has ended the training.
    """

    epoch: int
    arrays: dict[str, Any]
    seed: int
    rate: float | None = None
    job: dict[str, Any] = field(default_factory=dict)
    callbacks: list[dict[str, Any]] = field(default_factory=list)
    stopped: bool = False

    def state_like(self, state: TrainState) -> TrainState:
        """The arrays as a training state of this form.

        Raises:
            ConfigError: the model or its optimizer is another one than when the checkpoint was written.
        """
        leaves, tree = jax.tree.flatten(state)
        names = list(named(state))
        found = [self.arrays.get(name) for name in names]
        odd = sorted(set(self.arrays) ^ set(names))
        odd += [n for n, a, b in zip(names, found, leaves, strict=True) if a is not None and np.shape(a) != np.shape(b)]
        if odd:
            raise ConfigError(
                f"Expected the model and the optimizer that the checkpoint is of. Received others: they differ in {odd[0]!r}. "
                f"Make the model as it was, or choose another folder to resume."
            )
        return jax.tree.unflatten(tree, found)


def named(state: TrainState) -> dict[str, Any]:
    """The arrays of a training state by name, such as ``params/dense/kernel``."""
    leaves, _ = jax.tree_util.tree_flatten_with_path(state)
    return {jax.tree_util.keystr(path, simple=True, separator="/"): leaf for path, leaf in leaves}


class CheckpointFolder:
    """The checkpoints of one training, used by one process at a time.

    Args:
        path: the folder; made where it does not exist.
        every: the least number of seconds between two checkpoints; 0 for one each epoch. Where writing one takes long, more
            time than this passes, so that no more than a twenty-fifth of it goes into checkpoints.

    Raises:
        ConfigError: no path.
        GlassnetError: the folder cannot be written, or another process trains in it.
    """

    def __init__(self, path: Any, every: float = 1.0) -> None:
        if not isinstance(path, str | os.PathLike):
            raise ConfigError(
                f"Expected a folder for checkpoints. Received {path!r}. Pass its path, such as resume='checkpoints'."
            )
        self.path = Path(path)
        self.every = every
        self._written = float("-inf")
        self._took = 0.0
        self._lock: Any = None
        self._thread: ThreadPoolExecutor | None = None
        self._pending: Future[None] | None = None
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(self.path / "lock")
        except OSError as error:
            raise GlassnetError(
                f"Expected a folder for checkpoints that can be written. Received {str(self.path)!r}: {error.strerror}. Choose "
                f"another folder, or change its permissions."
            ) from error
        remove_halves(self.path)

    def newest(self) -> Checkpoint | None:
        """The newest checkpoint that can be read, or None.

        Raises:
            ModelFileError: there are some, and none can be read.
        """
        self.wait()
        files, problem = self._files(), None
        for file in reversed(files):
            try:
                return _read(file)
            except ModelFileError as error:
                problem = error
        if problem is not None:
            raise problem
        return None

    def due(self) -> bool:
        """Whether it is time for another checkpoint."""
        wait = max(self.every, self._took / _SHARE) if self.every else 0.0
        return time.monotonic() - self._written >= wait

    def hasten(self) -> None:
        """Be due after the epoch that runs now, and after each that follows."""
        self.every = 0.0

    def write(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint, whole or not at all, and remove those that are no longer kept."""
        self.begin(checkpoint)
        self.wait()

    def begin(self, checkpoint: Checkpoint) -> None:
        """Have a thread write a checkpoint while training goes on; what it holds is settled now.

        Raises:
            GlassnetError: the checkpoint before this one could not be written.
        """
        self.wait()
        file, archive = self.path / f"epoch-{checkpoint.epoch:08d}.ckpt", _archive(checkpoint)
        self._thread = self._thread or ThreadPoolExecutor(1, "glassnet-checkpoint")
        self._written = time.monotonic()
        self._pending = self._thread.submit(self._put, file, archive)

    def wait(self) -> None:
        """Return when the checkpoint that was begun is on the disk.

        Raises:
            GlassnetError: it could not be written; the one before it is whole.
        """
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.result()

    def last_epoch(self) -> int:
        """How many epochs were done when the newest checkpoint was written; 0 where there is none."""
        with contextlib.suppress(GlassnetError):
            self.wait()
        files = self._files()
        return int(files[-1].stem.removeprefix("epoch-")) if files else 0

    def clear(self) -> None:
        """Remove all checkpoints."""
        self.wait()
        for file in self._files():
            with contextlib.suppress(OSError):
                file.unlink()

    def close(self) -> None:
        """Let another process use the folder, once what was begun is written."""
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _put(self, file: Path, archive: persistence.Archive) -> None:
        started = time.monotonic()
        persistence.write_archive(file, archive)
        self._written = time.monotonic()
        self._took = self._written - started
        for old in self._files()[:-KEPT]:
            with contextlib.suppress(OSError):
                old.unlink()

    def _files(self) -> list[Path]:
        return sorted(self.path.glob("epoch-*.ckpt"))


def remove_halves(folder: Path) -> None:
    """Remove the temporary files of a process that was killed while it wrote; nobody else may be writing there."""
    for half in folder.glob(".*.tmp"):
        with contextlib.suppress(OSError):
            half.unlink()


def _archive(checkpoint: Checkpoint) -> persistence.Archive:
    """The content of the file, apart from what goes on changing: lists and dicts are copied, arrays never change."""
    arrays = {f"state/{name}": np.asarray(array) for name, array in checkpoint.arrays.items()}
    callbacks = [_taken_apart(state, f"callback/{i}", arrays) for i, state in enumerate(checkpoint.callbacks)]
    config = {
        "epoch": checkpoint.epoch,
        "seed": checkpoint.seed,
        "rate": checkpoint.rate,
        "job": persistence.plain_json(checkpoint.job),
        "callbacks": persistence.plain_json(callbacks),
        "stopped": checkpoint.stopped,
    }
    return persistence.Archive(config, arrays)


def _read(file: Path) -> Checkpoint:
    archive = persistence.read_archive(file)
    config, arrays = archive.config, archive.weights
    state = {name.removeprefix("state/"): array for name, array in arrays.items() if name.startswith("state/")}
    try:
        callbacks = [_put_together(told, arrays) for told in config["callbacks"]]
        return Checkpoint(**{**config, "arrays": state, "callbacks": callbacks})
    except (KeyError, TypeError, AttributeError) as error:
        raise ModelFileError(
            f"Expected a checkpoint in {str(file)!r}. Received a file that is none: {error}. Choose another folder to resume."
        ) from error


def _taken_apart(value: Any, name: str, arrays: dict[str, Any]) -> Any:
    """A callback's state as plain data; its arrays go to `arrays`, and their names stand for them."""
    if isinstance(value, dict):
        return {key: _taken_apart(item, f"{name}/{key}", arrays) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_taken_apart(item, f"{name}/{index}", arrays) for index, item in enumerate(value)]
    if isinstance(value, np.ndarray | jax.Array):
        arrays[name] = np.asarray(value)
        return {"array": name}
    return value


def _put_together(value: Any, arrays: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        if set(value) == {"array"}:
            return arrays[value["array"]]
        return {key: _put_together(item, arrays) for key, item in value.items()}
    return [_put_together(item, arrays) for item in value] if isinstance(value, list) else value


def _locked(path: Path) -> Any:
    """A lock that the operating system drops when the process ends, however it ends; None where it knows no such locks."""
    try:
        import fcntl
    except ImportError:
        return None
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise GlassnetError(
            f"Expected a folder that no other process trains in. Received {str(path.parent)!r}, which one is using. Wait for it "
            f"to end, or choose another folder."
        ) from None
    return descriptor
