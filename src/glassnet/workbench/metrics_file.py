"""``metrics.jsonl``: a line an epoch, none twice and none lost, however often the run was cut off."""

import json
import os
import time
from pathlib import Path
from typing import Any

from glassnet import persistence
from glassnet.foundation.errors import GlassnetError
from glassnet.persistence.files import explained

_FLUSH_SECONDS = 0.5


class MetricsFile:
    """The numbers of each epoch, appended a few times a second at most.

    Args:
        path: the file; it need not exist.

    Example:
        >>> import tempfile
        >>> file = MetricsFile(Path(tempfile.mkdtemp(), "metrics.jsonl"))
        >>> for epoch in (1, 2, 3):
        ...     file.append(epoch, {"loss": 1 / epoch})
        >>> file.flush()
        >>> file.keep(1)
        >>> file.path.read_text()
        '{"epoch": 1, "loss": 1.0}\\n'
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._pending: list[str] = []
        self._flushed = 0.0

    def append(self, epoch: int, numbers: dict[str, Any]) -> None:
        """Add an epoch's numbers; they are written soon."""
        line = persistence.plain_json({"epoch": epoch, **numbers})
        self._pending.append(json.dumps(line, allow_nan=False))
        if time.monotonic() - self._flushed > _FLUSH_SECONDS:
            self.flush()

    def flush(self, *, sync: bool = False) -> None:
        """Write what is left; with `sync`, so that it survives a power cut too.

        Raises:
            GlassnetError: the disk is full, or the file cannot be written.
        """
        if self._pending or sync:
            with explained(self.path, GlassnetError), self.path.open("a", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in self._pending)
                self._pending = []
                if sync:
                    file.flush()
                    os.fsync(file.fileno())
        self._flushed = time.monotonic()

    def keep(self, epochs: int) -> None:
        """Keep the lines of the first epochs; those that follow are trained again, with the same numbers."""
        self._pending = []
        if not self.path.exists():
            return
        lines = self.path.read_text(encoding="utf-8").splitlines(keepends=True)
        whole = [line for line in lines if line.endswith("}\n")]
        if len(whole) > epochs or len(whole) < len(lines):
            persistence.atomic_write_text(self.path, "".join(whole[:epochs]))
