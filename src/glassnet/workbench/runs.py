"""The run folder: what happened, in files that any program can read. The files are the truth; there is no database."""

import hashlib
import json
import shutil
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from glassnet import persistence
from glassnet.callbacks import Callback
from glassnet.foundation.errors import ConfigError
from glassnet.training.checkpoints import CheckpointFolder, remove_halves
from glassnet.workbench.card import card_markdown
from glassnet.workbench.describe import describe
from glassnet.workbench.experiment import Result
from glassnet.workbench.metrics_file import MetricsFile
from glassnet.workbench.predictor import MODEL_FILE, Predictor
from glassnet.workbench.rates import AppliedRate
from glassnet.workbench.report import report_html
from glassnet.workbench.reproduce import versions

RUN_FILE = "run.json"
_FILES = {"model": MODEL_FILE, "report": "report.html", "card": "card.md", "metrics": "metrics.jsonl"}
_LONGEST_NAME = 40
_HEARTBEAT_SECONDS = 5.0


class RunFolder(Callback):
    """``runs/<time>-<name>-<hash>/``: ``run.json``, ``metrics.jsonl``, ``checkpoints/``, ``model.glass``, ``card.md`` and
    ``report.html``.

    Given to `train` as `run`, it keeps checkpoints and each epoch's numbers, so that a run that was cut off at any moment can
    be opened again with `reopen` and go on. The folder is made when training begins, so that data that cannot be learned from
    leave none behind; one process works in it at a time.

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
        >>> result = train("iris", settings=Settings(epochs=2), run=folder)
        >>> run = folder.finish(result)
        >>> run["status"], sorted(file.name for file in folder.path.iterdir())
        ('done', ['card.md', 'checkpoints', 'metrics.jsonl', 'model.glass', 'report.html', 'run.json'])

    Reference:
        Mitchell et al., "Model cards for model reporting" (2019).
    """

    reads_model = False

    def __init__(self, parent: Any, name: str, about: Mapping[str, Any] | None = None) -> None:
        now = datetime.now(UTC).astimezone()
        told = {
            "title": name,
            "created": now.isoformat(timespec="seconds"),
            "versions": versions(),
            **(about or {}),
        }
        digest = hashlib.sha256(f"{time.time_ns()}{told}".encode("utf-8", "replace")).hexdigest()[:6]
        slug = "".join(c if c.isalnum() or c in "-_" else "-" for c in Path(name).stem)[:_LONGEST_NAME].strip("-")
        self._start(Path(parent) / f"{now:%Y%m%d-%H%M%S}-{slug or 'run'}-{digest}", told, is_new=True)

    @classmethod
    def reopen(cls, path: Any) -> Self:
        """The folder of a run that was cut off, or has ended.

        Args:
            path: the folder.

        Raises:
            ConfigError: it is no run folder, or one whose run was cut off before it began.
        """
        found = Path(path)
        try:
            about = json.loads((found / RUN_FILE).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"Expected the folder of a run, which holds {RUN_FILE}. Received {str(path)!r}, where it cannot be read: "
                f"{getattr(error, 'strerror', None) or error}. Name a folder that glassnet train has made, such as "
                f"runs/20260101-120000-iris-0a1b2c."
            ) from error
        folder = cls.__new__(cls)
        folder._start(found, about, is_new=False)
        return folder

    def _start(self, path: Path, about: dict[str, Any], *, is_new: bool) -> None:
        super().__init__()
        self.path = path
        self.about = about
        self.epochs = 0
        given = about.get("learning_rate_found")
        self.rate = AppliedRate.from_dict(given) if given else None
        self.checkpoints: CheckpointFolder | None = None
        self._is_new = is_new
        self._made_parent = False
        self._metrics = MetricsFile(path / _FILES["metrics"])
        self._beaten = 0.0

    @property
    def changed_versions(self) -> dict[str, tuple[str, str]]:
        """What a resumed run depends on and has another version of than at its start: name -> (then, now)."""
        then, now = self.about.get("versions", {}), versions()
        return {name: (then[name], now[name]) for name in now if name in then and then[name] != now[name]}

    def begin(self) -> CheckpointFolder:
        """Make the folder, and let no other process work in it.

        Raises:
            ConfigError: the folder cannot be written.
            GlassnetError: another process works in it.
        """
        if self.checkpoints is None:
            self._made_parent = not self.path.parent.exists()
            try:
                self.path.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise self._unwritable(error.strerror or str(error)) from error
            checkpoints = CheckpointFolder(self.path / "checkpoints")
            self.checkpoints = checkpoints
            remove_halves(self.path)
            if not checkpoints.last_epoch():
                self._metrics.keep(0)
            if self.rate is not None:
                self.about["learning_rate_found"] = self.rate.to_dict()
            self.status("running")
        return self.checkpoints

    def _unwritable(self, reason: str) -> ConfigError:
        return ConfigError(
            f"Expected a folder for runs that can be written. Received {self.path.parent}: {reason.rstrip('.')}. Pass another "
            f"folder with --out."
        )

    def status(self, status: str, **more: Any) -> None:
        """Write ``run.json`` with this status and the time of writing."""
        self.about |= {"status": status, "heartbeat": _now(), **more}
        self._beaten = time.monotonic()
        persistence.atomic_write_json(self.path / RUN_FILE, self.about)

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Make the folder, where `train` has not done so."""
        self.begin()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Append the epoch's numbers, and say now and then that the run is alive."""
        self.epochs = epoch + 1
        self._metrics.append(epoch + 1, logs or {})
        if time.monotonic() - self._beaten > _HEARTBEAT_SECONDS:
            self.status("running")

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Append what is left."""
        self._metrics.flush()

    def get_state(self) -> dict[str, Any]:
        """How many epochs a checkpoint stands for; their lines are on the disk before it is."""
        self._metrics.flush(sync=True)
        return {"epochs": self.epochs}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on after the epochs that the checkpoint stands for."""
        self.epochs = state["epochs"]
        self._metrics.keep(self.epochs)
        resumed = [*self.about.get("resumed", []), {"after_epoch": self.epochs, "time": _now()}]
        self.status("running", resumed=resumed)

    def keep_soon(self) -> None:
        """Let a checkpoint be written after this epoch."""
        if self.checkpoints is not None:
            self.checkpoints.hasten()

    @property
    def resumable(self) -> bool:
        """Whether there is a checkpoint to go on from."""
        return self.checkpoints is not None and self.checkpoints.last_epoch() > 0

    def stop_early(self, status: str, predictor: Predictor | None = None, *, rows: Any = None, error: str = "") -> bool:
        """End a run that did not finish: keep its numbers and last good weights, or nothing when no epoch was over.

        Args:
            status: how it ended: ``"interrupted"``, ``"diverged"`` or ``"failed"``.
            predictor: the network with the weights to keep.
            rows: some rows that go along with the weights, to check them by.
            error: what went wrong.

        Returns:
            Whether weights were kept. If not, a new run's folder is gone too.
        """
        if self.checkpoints is None or not self.path.exists():
            return False
        if not self.epochs or predictor is None:
            if self._is_new:
                self._remove()
            self.close()
            return False
        self._metrics.flush()
        predictor.save(self.path / MODEL_FILE, probe_rows=rows)
        said = {"error": error} if error else {}
        self.status(status, files={name: _FILES[name] for name in ("model", "metrics")}, **said)
        self.close()
        return True

    def finish(self, result: Result) -> dict[str, Any]:
        """Write everything the run gave, and return what ``run.json`` holds."""
        run = persistence.plain_json({**self.about, **describe(result), "files": _FILES})
        run.pop("error", None)
        card = card_markdown(run)
        result.predictor.save(self.path / MODEL_FILE, card=card, probe_rows=result.parts.tables["test"])
        persistence.atomic_write_text(self.path / "card.md", card)
        persistence.atomic_write_text(self.path / "report.html", report_html(run))
        self.about = run
        self.status("done")
        self.close()
        return self.about

    def close(self) -> None:
        """Let another process work in the folder."""
        if self.checkpoints is not None:
            self.checkpoints.close()

    def _remove(self) -> None:
        shutil.rmtree(self.path)
        if self._made_parent and not any(self.path.parent.iterdir()):
            self.path.parent.rmdir()


def _now() -> str:
    return datetime.now(UTC).astimezone().isoformat(timespec="seconds")
