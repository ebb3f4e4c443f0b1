"""The run folder: what happened, in files that any program can read. The files are the truth; there is no database."""

import hashlib
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from glassnet import persistence
from glassnet.callbacks import Callback
from glassnet.foundation.errors import ConfigError
from glassnet.models.summaries import layer_rows
from glassnet.workbench.card import card_markdown
from glassnet.workbench.experiment import Result
from glassnet.workbench.predictor import Predictor
from glassnet.workbench.report import report_html
from glassnet.workbench.reproduce import versions

_SHOWN = 10


class RunFolder(Callback):
    """``runs/<time>-<name>-<hash>/``: ``run.json``, ``metrics.jsonl``, ``model.glass``, ``card.md`` and ``report.html``.

    It is also a callback: while training it appends each epoch's numbers to ``metrics.jsonl``.

    Args:
        parent: the folder that holds the runs; made when it does not exist.
        name: what the data is called.
        about: how the run was started: command, Python code, settings; kept in ``run.json``.

    Raises:
        ConfigError: the folder cannot be written.

    Example:
        >>> import tempfile
        >>> run = RunFolder(tempfile.mkdtemp(), "iris", {"command": "glassnet train iris"})
        >>> run.on_train_begin()
        >>> [file.name for file in run.path.iterdir()]
        ['run.json']
    """

    reads_model = False

    def __init__(self, parent: Any, name: str, about: dict[str, Any]) -> None:
        super().__init__()
        now = datetime.now(UTC).astimezone()
        self.about = {"title": name, "created": now.isoformat(timespec="seconds"), "versions": versions(), **about}
        digest = hashlib.sha256(f"{time.time_ns()}{json.dumps(about, sort_keys=True)}".encode()).hexdigest()[:6]
        slug = "".join(c if c.isalnum() or c in "-_" else "-" for c in Path(name).stem).strip("-") or "run"
        self.path = Path(parent) / f"{now:%Y%m%d-%H%M%S}-{slug}-{digest}"
        self._pending: list[str] = []
        self._written = 0.0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Make the folder. Not before, so that data that cannot be learned from leaves none behind."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"Expected a folder for runs that can be written; received {self.path.parent}: {error.strerror or error}. "
                f"Pass another folder with --out."
            ) from error
        self.status("running")

    def status(self, status: str, **more: Any) -> None:
        """Write ``run.json`` with this status and the time of writing."""
        self.about |= {
            "status": status,
            "heartbeat": datetime.now(UTC).astimezone().isoformat(timespec="seconds"),
            **more,
        }
        persistence.atomic_write_json(self.path / "run.json", persistence.plain_json(self.about))

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Append the epoch's numbers, a few times a second at most."""
        self._pending.append(json.dumps({"epoch": epoch + 1, **(logs or {})}))
        if time.monotonic() - self._written > 0.5:
            self._flush()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Append what is left."""
        self._flush()

    def stop_early(self, status: str, predictor: Predictor | None = None, **more: Any) -> None:
        """Say how a run ended that did not finish, and keep its last good weights where there are any."""
        if not self.path.exists():
            return
        self._flush()
        if predictor is not None:
            predictor.save(self.path / "model.glass")
        self.status(status, **more)

    def _flush(self) -> None:
        with (self.path / "metrics.jsonl").open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in self._pending)
        self._pending = []
        self._written = time.monotonic()

    def finish(self, result: Result) -> dict[str, Any]:
        """Write everything the run gave, and return what ``run.json`` says."""
        run = persistence.plain_json({**self.about, **describe(result), "files": _FILES})
        card = card_markdown(run)
        result.predictor.save(self.path / "model.glass", card=card, probe_rows=result.parts.tables["test"])
        persistence.atomic_write_text(self.path / "card.md", card)
        persistence.atomic_write_text(self.path / "report.html", report_html(run))
        self.status("done", **{key: value for key, value in run.items() if key not in self.about})
        return run


_FILES = {"model": "model.glass", "report": "report.html", "card": "card.md", "metrics": "metrics.jsonl"}


def describe(result: Result) -> dict[str, Any]:
    """A result as plain data: what ``run.json`` holds and the report shows."""
    parts, history, model = result.parts, result.history, result.model
    preparation, split = parts.preparation, parts.split
    return {
        "seed": result.settings.seed,
        "settings": result.settings.to_dict(),
        "data": {
            "source": result.loaded.name,
            "rows": result.loaded.table.rows,
            "columns": preparation.describe(),
            "target": preparation.target.name,
            "task": preparation.task,
            "task_reason": result.loaded.plan.reason,
            "classes": [str(c) for c in preparation.classes],
            "counts": _class_counts(result),
            "notes": list(result.notes),
        },
        "split": {
            "train": len(split.train),
            "validation": len(split.validation),
            "test": len(split.test),
            "stratified": split.stratified,
            "seed": split.seed,
            "sentence": split.sentence(),
        },
        "network": {
            "layers": [
                {"name": name, "type": kind, "output_shape": shape, "parameters": parameters}
                for name, kind, shape, parameters in layer_rows(model)
            ],
            "parameters": model.count_params(),
            "loss": model._compiled.loss if model._compiled else None,
            "optimizer": type(model.optimizer).__name__,
            "learning_rate": result.settings.learning_rate,
        },
        "training": _training(result),
        "history": history.history,
        "verdict": result.verdict.to_dict(),
        "evaluation": result.evaluation.to_dict(result.rival_names),
        "predictions": predictions(result),
    }


def predictions(result: Result) -> list[dict[str, Any]]:
    """A few test rows: the truth beside what the network says, the surest mistakes among them."""
    evaluation, parts = result.evaluation, result.parts
    said = evaluation.outputs["network"]
    numbers = parts.tables["test"].row_numbers
    rows = []
    for index in _telling(evaluation)[:_SHOWN]:
        row: dict[str, Any] = {"row": int(numbers[index])}
        if evaluation.task == "regression":
            row |= {"truth": float(evaluation.truth[index]), "predicted": float(said[index])}
        else:
            names = [str(c) for c in evaluation.classes]
            best = int(said[index].argmax())
            row |= {
                "truth": names[int(evaluation.truth[index])],
                "predicted": names[best],
                "probability": float(said[index][best]),
                "probabilities": dict(zip(names, map(float, said[index]), strict=True)) if len(names) <= 10 else {},
            }
        rows.append(row)
    return rows


def _telling(evaluation: Any) -> list[int]:
    """The first test rows, with up to three of the network's surest mistakes in front."""
    order = list(range(len(evaluation.truth)))
    if evaluation.task == "regression":
        return order
    said = evaluation.outputs["network"]
    wrong = [i for i in order if said[i].argmax() != evaluation.truth[i]]
    surest = sorted(wrong, key=lambda i: -said[i].max())[:3]
    return [*surest, *(i for i in order if i not in surest)]


def _training(result: Result) -> dict[str, Any]:
    history, settings = result.history, result.settings
    steps = -(-history.rows // settings.batch_size)
    return {
        "epochs": settings.epochs,
        "epochs_run": len(history.epoch),
        "batch_size": settings.batch_size,
        "updates": steps * len(history.epoch),
        "seconds": history.seconds,
        "compile_seconds": history.compile_seconds,
        "rows_per_second": history.rows_per_second,
        "restored_epoch": result.best_epoch,
        "device": _device(),
    }


def _class_counts(result: Result) -> dict[str, list[int]]:
    import numpy as np

    classes = len(result.parts.preparation.classes)
    if not classes:
        return {}
    return {name: np.bincount(y, minlength=classes).tolist() for name, y in result.parts.y.items()}


def _device() -> str:
    import jax

    return jax.devices()[0].device_kind
