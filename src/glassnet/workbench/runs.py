"""The run folder: what happened, in files that any program can read. The files are the truth; there is no database."""

import hashlib
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from glassnet import persistence
from glassnet.callbacks import Callback
from glassnet.foundation.errors import ConfigError, GlassnetError
from glassnet.workbench.card import card_markdown
from glassnet.workbench.describe import describe
from glassnet.workbench.experiment import Result
from glassnet.workbench.predictor import MODEL_FILE, Predictor
from glassnet.workbench.report import report_html
from glassnet.workbench.reproduce import versions

_FILES = {"model": MODEL_FILE, "report": "report.html", "card": "card.md", "metrics": "metrics.jsonl"}
_LONGEST_NAME = 40
_FLUSH_SECONDS = 0.5
_HEARTBEAT_SECONDS = 5.0


class RunFolder(Callback):
    """``runs/<time>-<name>-<hash>/``: ``run.json``, ``metrics.jsonl``, ``model.glass``, ``card.md`` and ``report.html``.

    It is also a callback: while training it appends each epoch's numbers to ``metrics.jsonl``. The folder is made when
    training begins, so that data that cannot be learned from leave none behind.

    Args:
        parent: the folder that holds the runs; made when it does not exist.
        name: what the data are called.
        about: how the run was started: command, Python code, settings; kept in ``run.json``.

    Raises:
        ConfigError: the folder cannot be written.

    Example:
        >>> import tempfile
        >>> from glassnet.workbench import Settings, train
        >>> folder = RunFolder(tempfile.mkdtemp(), "iris")
        >>> result = train("iris", settings=Settings(epochs=2), callbacks=[folder])
        >>> run = folder.finish(result)
        >>> run["status"], sorted(file.name for file in folder.path.iterdir())
        ('done', ['card.md', 'metrics.jsonl', 'model.glass', 'report.html', 'run.json'])

    Reference:
        Mitchell et al., "Model cards for model reporting" (2019).
    """

    reads_model = False

    def __init__(self, parent: Any, name: str, about: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        now = datetime.now(UTC).astimezone()
        self.about: dict[str, Any] = {
            "title": name,
            "created": now.isoformat(timespec="seconds"),
            "versions": versions(),
            **(about or {}),
        }
        digest = hashlib.sha256(f"{time.time_ns()}{self.about}".encode("utf-8", "replace")).hexdigest()[:6]
        slug = "".join(c if c.isalnum() or c in "-_" else "-" for c in Path(name).stem)[:_LONGEST_NAME].strip("-")
        self.path = Path(parent) / f"{now:%Y%m%d-%H%M%S}-{slug or 'run'}-{digest}"
        self.epochs = 0
        self._made_parent = False
        self._pending: list[str] = []
        self._flushed = 0.0
        self._beaten = 0.0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Make the folder."""
        self._made_parent = not self.path.parent.exists()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.status("running")
        except (OSError, GlassnetError) as error:
            reason = str(getattr(error, "strerror", None) or error).rstrip(".")
            raise ConfigError(
                f"Expected a folder for runs that can be written. Received {self.path.parent}: {reason}. Pass another "
                f"folder with --out."
            ) from error

    def status(self, status: str, **more: Any) -> None:
        """Write ``run.json`` with this status and the time of writing."""
        beat = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
        self.about |= {"status": status, "heartbeat": beat, **more}
        self._beaten = time.monotonic()
        persistence.atomic_write_json(self.path / "run.json", self.about)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Append the epoch's numbers, a few times a second at most, and say now and then that the run is alive."""
        self.epochs = epoch + 1
        numbers = persistence.plain_json({"epoch": epoch + 1, **(logs or {})})
        self._pending.append(json.dumps(numbers, allow_nan=False))
        now = time.monotonic()
        if now - self._flushed > _FLUSH_SECONDS:
            self._flush()
        if now - self._beaten > _HEARTBEAT_SECONDS:
            self.status("running")

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Append what is left."""
        self._flush()

    def stop_early(self, status: str, predictor: Predictor | None = None, *, rows: Any = None, error: str = "") -> bool:
        """End a run that did not finish: keep its numbers and last good weights, or nothing when no epoch was over.

        Args:
            status: how it ended: ``"interrupted"``, ``"diverged"`` or ``"failed"``.
            predictor: the network with the weights to keep.
            rows: some rows that go along with the weights, to check them by.
            error: what went wrong.

        Returns:
            Whether anything was kept. If not, the folder is gone too.
        """
        if not self.path.exists():
            return False
        if not self.epochs or predictor is None:
            self._remove()
            return False
        self._flush()
        predictor.save(self.path / MODEL_FILE, probe_rows=rows)
        said = {"error": error} if error else {}
        self.status(status, files={name: _FILES[name] for name in ("model", "metrics")}, **said)
        return True

    def finish(self, result: Result) -> dict[str, Any]:
        """Write everything the run gave, and return what ``run.json`` holds."""
        run = persistence.plain_json({**self.about, **describe(result), "files": _FILES})
        card = card_markdown(run)
        result.predictor.save(self.path / MODEL_FILE, card=card, probe_rows=result.parts.tables["test"])
        persistence.atomic_write_text(self.path / "card.md", card)
        persistence.atomic_write_text(self.path / "report.html", report_html(run))
        self.about = run
        self.status("done")
        return self.about

    def _remove(self) -> None:
        for file in self.path.iterdir():
            file.unlink()
        self.path.rmdir()
        if self._made_parent and not any(self.path.parent.iterdir()):
            self.path.parent.rmdir()

    def _flush(self) -> None:
        with (self.path / "metrics.jsonl").open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in self._pending)
        self._pending = []
        self._flushed = time.monotonic()
