"""How `fit` keeps checkpoints, and goes on from the last one as if the training had never been stopped."""

import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from glassnet.callbacks import BackupAndRestore, CallbackList
from glassnet.foundation.errors import ConfigError
from glassnet.training.checkpoints import Checkpoint, CheckpointFolder, named
from glassnet.training.loop import Loop
from glassnet.training.rows import Rows
from glassnet.training.step import TrainState

_LOOKED_AT = 16 << 20


@dataclass
class Resume:
    """A folder of checkpoints, and what is found in it.

    Args:
        folder: the folder.
        found: the newest checkpoint, or None at the start of a training.
        delete: whether the checkpoints go once the training has ended.
        borrowed: whether the folder was opened by the caller, who then closes it, and says what an interrupted user is to do.
        job: what must be the same as when the training was started.
    """

    folder: CheckpointFolder
    found: Checkpoint | None
    delete: bool = False
    borrowed: bool = False
    job: dict[str, Any] | None = None

    def first_epoch(self, epochs: int, default: int) -> int:
        """The epoch to go on with; none is left where a callback had stopped the training."""
        if self.found is None:
            return default
        return epochs if self.found.stopped else self.found.epoch

    def restore(self, model: Any, job: dict[str, Any]) -> None:
        """Put the checkpoint's weights, optimizer state and learning rate into the model.

        Raises:
            ConfigError: the model, its optimizer, the rows or the way they are cut differ from when the run was started.
        """
        self.job = job
        if self.found is None:
            return
        for name, then in self.found.job.items():
            if job.get(name) != then:
                raise ConfigError(
                    f"Expected to go on with the {name} of the run, {then!r}. Received {job.get(name)!r}. Pass the same again, "
                    f"or choose another folder to resume."
                )
        state = self.found.state_like(model.train_state())
        model.blueprint().restore(model, *jax.device_put((state.params, state.rest)))
        model.keep_progress(state)
        if self.found.rate is not None:
            model.optimizer.learning_rate = self.found.rate

    def keep(self, loop: Loop, listeners: CallbackList, epoch: int, *, last: bool) -> None:
        """Write a checkpoint when it is time for one, and after the last epoch in any case."""
        if last or loop.model.stop_training or self.folder.due():
            self._write(loop, listeners, epoch)

    def _write(self, loop: Loop, listeners: CallbackList, epoch: int) -> None:
        model, rate = loop.model, getattr(loop.model.optimizer, "learning_rate", None)
        state: TrainState = jax.tree.map(np.asarray, loop.state)
        self.folder.begin(
            Checkpoint(
                epoch,
                named(state),
                model.seed,
                None if rate is None or callable(rate) else float(rate),
                self.job or {},
                listeners.get_states(),
                bool(model.stop_training),
            )
        )

    def say_interrupted(self) -> None:
        """Tell where the last checkpoint is, and how to go on.

        In the middle of an epoch some callbacks have seen it and some have not: what counts is the last whole one. What came
        after it is trained again, with the same result.
        """
        if self.borrowed:
            return
        last = self.folder.last_epoch()
        found = f"The checkpoint after epoch {last} is in {self.folder.path}" if last else "No epoch was kept yet"
        sys.stderr.write(f"\nInterrupted. {found}; make the same call to fit again to go on.\n")

    def end(self) -> None:
        """The training has ended as it should: the last checkpoint is on the disk, or an error says why not."""
        self.folder.wait()
        if self.delete:
            self.folder.clear()

    def close(self) -> None:
        """Let another process use the folder, unless the caller still does."""
        if not self.borrowed:
            self.folder.close()


def resume_from(model: Any, resume: Any, callbacks: Sequence[Any]) -> Resume | None:
    """What `fit` resumes, and the model given the seed that the run was started with; None where nothing is kept."""
    backup = next((c for c in callbacks if isinstance(c, BackupAndRestore)), None)
    if resume is None and backup is None:
        return None
    borrowed = isinstance(resume, CheckpointFolder)
    folder = (
        resume
        if borrowed
        else CheckpointFolder(backup.backup_dir, every=0.0)
        if resume is None and backup
        else CheckpointFolder(resume)
    )
    try:
        found = folder.newest()
    except BaseException:
        if not borrowed:
            folder.close()
        raise
    if found is not None:
        model.seed = model._seed = found.seed
    delete = resume is None and backup is not None and backup.delete_checkpoint
    return Resume(folder, found, delete=delete, borrowed=borrowed)


def fingerprint(rows: Rows) -> str:
    """A short text that differs for other rows: their number, and a checksum of the first of them."""
    leaves = jax.tree.leaves((rows.x, rows.y, rows.weights))
    crc = 0
    for leaf in leaves:
        most = max(1, _LOOKED_AT // max(1, leaf.nbytes // max(1, len(leaf))))
        crc = zlib.crc32(np.ascontiguousarray(leaf[:most]).tobytes(), crc)
    return f"{rows.count} rows, {crc:08x}"
