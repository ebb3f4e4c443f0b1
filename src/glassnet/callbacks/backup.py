"""Going on after a crash, in Keras's words."""

import os
from typing import Any

from glassnet.callbacks.base import Callback
from glassnet.foundation.errors import ConfigError


class BackupAndRestore(Callback):
    """Keep a checkpoint of each epoch in a folder, and go on from it when the same training is started again.

    ``fit(..., resume=folder)`` is the same with the checkpoints kept at the end. A training that was killed, at whatever
    moment, ends with the same weights as one that was not.

    Args:
        backup_dir: the folder; one training uses it at a time.
        save_freq: ``"epoch"``. What was trained since the last epoch is trained again, with the same result.
        delete_checkpoint: whether to remove the checkpoints once the training has ended.

    Raises:
        ConfigError: another frequency.

    Example:
        >>> BackupAndRestore("backup").delete_checkpoint
        True

    Reference:
        Chollet et al. (2015), Keras.
    """

    reads_model = False

    def __init__(self, backup_dir: Any, save_freq: str = "epoch", delete_checkpoint: bool = True) -> None:
        super().__init__()
        if save_freq != "epoch":
            raise ConfigError(
                f"BackupAndRestore expected save_freq='epoch'. Received {save_freq!r}. Leave it out: an epoch that was cut off "
                f"is trained again, with the same result."
            )
        self.backup_dir = os.fspath(backup_dir)
        self.save_freq = save_freq
        self.delete_checkpoint = bool(delete_checkpoint)
