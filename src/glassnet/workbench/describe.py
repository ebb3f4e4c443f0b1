"""A result as plain data: what ``run.json`` holds, and what report and card are made of."""

import hashlib
from typing import Any

import numpy as np

from glassnet.models.summaries import layer_rows
from glassnet.workbench.experiment import Result
from glassnet.workbench.judging import Evaluation

_SHOWN = 10
_SUREST = 3


def describe(result: Result) -> dict[str, Any]:
    """Everything about a result that is not an array of the whole data."""
    return {
        "seed": result.settings.seed,
        "settings": result.settings.to_dict(),
        "data": _data(result),
        "split": _split(result),
        "network": _network(result),
        "learning_rate_found": None if result.rate is None else result.rate.to_dict(),
        "training": _training(result),
        "history": result.history.history,
        "verdict": result.verdict.to_dict(),
        "health": None if result.health is None else result.health.to_dict(),
        "evaluation": result.evaluation.to_dict(result.rival_names),
        "predictions": predictions(result),
    }


def predictions(result: Result) -> list[dict[str, Any]]:
    """A few test rows: the truth beside what the network says, the surest mistakes in front."""
    evaluation = result.evaluation
    said = evaluation.outputs["network"]
    numbers = result.parts.tables["test"].row_numbers
    names = [str(c) for c in evaluation.classes]
    rows = []
    for index in _telling(evaluation)[:_SHOWN]:
        row: dict[str, Any] = {"row": int(numbers[index])}
        if evaluation.task == "regression":
            row |= {"truth": float(evaluation.truth[index]), "predicted": float(said[index])}
        else:
            best = int(said[index].argmax())
            row |= {
                "truth": names[int(evaluation.truth[index])],
                "predicted": names[best],
                "probability": float(said[index][best]),
                "probabilities": dict(zip(names, map(float, said[index]), strict=True)) if len(names) <= 10 else {},
            }
        rows.append(row)
    return rows


def _telling(evaluation: Evaluation) -> list[int]:
    """The first test rows, with a few of the network's surest mistakes in front."""
    order = list(range(len(evaluation.truth)))
    if evaluation.task == "regression":
        return order
    said = evaluation.outputs["network"]
    wrong = np.flatnonzero(said.argmax(-1) != evaluation.truth)
    surest = wrong[np.argsort(-said[wrong].max(-1), kind="stable")][:_SUREST].tolist()
    return [*surest, *(i for i in order if i not in surest)]


def _data(result: Result) -> dict[str, Any]:
    preparation = result.parts.preparation
    classes = len(preparation.classes)
    counts = {name: np.bincount(y, minlength=classes).tolist() for name, y in result.parts.y.items() if classes}
    return {
        "source": result.loaded.name,
        "rows": result.loaded.table.rows,
        "columns": preparation.describe(),
        "target": preparation.target.name,
        "task": preparation.task,
        "task_reason": result.loaded.plan.reason,
        "classes": [str(c) for c in preparation.classes],
        "counts": counts,
        "notes": list(result.notes),
    }


def _split(result: Result) -> dict[str, Any]:
    split = result.parts.split
    return {
        "train": len(split.train),
        "validation": len(split.validation),
        "test": len(split.test),
        "stratified": split.stratified,
        "seed": split.seed,
        "sentence": split.sentence(),
    }


def _network(result: Result) -> dict[str, Any]:
    model = result.model
    return {
        "layers": [
            {"name": name, "type": kind, "output_shape": shape, "parameters": parameters}
            for name, kind, shape, parameters in layer_rows(model)
        ],
        "parameters": model.count_params(),
        "loss": model._compiled.loss if model._compiled else None,
        "optimizer": type(model.optimizer).__name__,
        "learning_rate": float(model.optimizer.learning_rate),
        "weights_sha256": weights_hash(model.get_weights()),
    }


def weights_hash(weights: Any) -> str:
    """SHA-256 over the bytes of the weights, in order: equal networks have equal ones.

    Example:
        >>> weights_hash([np.zeros(2, "float32")])[:8]
        'af5570f5'
    """
    digest = hashlib.sha256()
    for array in weights:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _training(result: Result) -> dict[str, Any]:
    import jax

    history, settings = result.history, result.settings
    batches = -(-history.rows // settings.batch_size)
    return {
        "epochs": settings.epochs,
        "epochs_run": len(history.epoch),
        "batch_size": settings.batch_size,
        "rows": history.rows,
        "batches_per_epoch": batches,
        "updates": batches * len(history.epoch),
        "arithmetic": history.arithmetic,
        "resumed_from": history.resumed_from or None,
        "seconds": history.seconds,
        "compile_seconds": history.compile_seconds,
        "rows_per_second": history.rows_per_second,
        "restored_epoch": result.best_epoch,
        "device": jax.devices()[0].device_kind,
    }
