"""The judgement on rows that training never saw, beside a guess and a linear model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.foundation.types import HostArray
from glassnet.workbench import baselines, scores
from glassnet.workbench.scores import Measured

_LOWER_IS_BETTER = frozenset({"MSE", "MAE"})
_MOST_POINTS = 2000


@dataclass(frozen=True)
class Evaluation:
    """Scores of one or several models on the same rows.

    Args:
        task: ``"classification"`` or ``"regression"``.
        truth: class numbers, or values in the target's own unit, (n,).
        outputs: what each model says: probabilities (n, classes) or values (n,).
        classes: the classes; empty for a regression.
        measured: score -> model -> value with its interval.

    Example:
        >>> said = {"network": np.array([[0.9, 0.1], [0.2, 0.8]])}
        >>> evaluation = evaluate_predictions("classification", np.array([0, 1]), said, ["ill", "well"], seed=0)
        >>> evaluation.value("accuracy"), evaluation.positive
        (1.0, 'well')

    Reference:
        Efron and Tibshirani, *An Introduction to the Bootstrap* (1993), chapter 13.
    """

    task: str
    truth: HostArray
    outputs: Mapping[str, HostArray]
    classes: tuple[Any, ...]
    measured: Mapping[str, Mapping[str, Measured]]

    def value(self, score: str, model: str = "network") -> float:
        """One score of one model, without its interval."""
        return self.measured[score][model].value

    @property
    def positive(self) -> Any:
        """The class that precision, recall and F1 are of: the second of two; None beyond two and for a regression."""
        return self.classes[1] if len(self.classes) == 2 else None

    def to_dict(self, names: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Plain data for ``run.json`` and the report."""
        names = names or {}
        metrics = [
            {
                "name": score,
                "better": "lower" if score in _LOWER_IS_BETTER else "higher",
                **{model: value.to_dict() for model, value in by_model.items()},
            }
            for score, by_model in self.measured.items()
        ]
        detail = self._confusion() if self.task == "classification" else self._residuals()
        return {
            "task": self.task,
            "rows": len(self.truth),
            "metrics": metrics,
            "interval": f"95 % bootstrap over the {len(self.truth)} rows",
            **{f"{model}_name": name for model, name in names.items()},
            **detail,
        }

    def _confusion(self) -> dict[str, Any]:
        counts = scores.confusion(self.truth, self.outputs["network"].argmax(-1), len(self.classes))
        return {
            "positive": None if self.positive is None else str(self.positive),
            "confusion": {"labels": [str(c) for c in self.classes], "counts": counts.tolist()},
        }

    def _residuals(self) -> dict[str, Any]:
        shown = slice(None, _MOST_POINTS)
        return {
            "residuals": {
                "truth": self.truth[shown].tolist(),
                "predicted": self.outputs["network"][shown].tolist(),
            }
        }


def evaluate_predictions(
    task: str, truth: HostArray, outputs: Mapping[str, HostArray], classes: Sequence[Any], seed: int
) -> Evaluation:
    """Score each model's outputs; all are resampled alike, so that their intervals can be compared."""
    family = scores.classification_scores if task == "classification" else scores.regression_scores
    return Evaluation(task, truth, outputs, tuple(classes), scores.measure(family, truth, outputs, seed))


def rivals(
    task: str, x: HostArray, y: HostArray, new: HostArray, classes: Sequence[Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """What a linear model and a guess say of `new`, and what they are called."""
    if task == "regression":
        said = {"linear": baselines.ridge_regression(x, y, new), "baseline": baselines.mean_value(y, len(new))}
        return said, {"linear": "linear regression", "baseline": "always the mean"}
    said = {
        "linear": baselines.logistic_regression(x, y, len(classes), new),
        "baseline": baselines.class_frequencies(y, len(classes), len(new)),
    }
    return said, {"linear": "logistic regression", "baseline": f"always {classes[most_frequent(y)]}"}


def guess_loss(task: str, y_train: HostArray, y: HostArray) -> float:
    """The loss on `y` of a guess that knows only the training targets' shares or mean: what the curves must beat."""
    if task == "regression":
        return float(np.mean((y - y_train.mean()) ** 2))
    classes = int(max(y_train.max(), y.max())) + 1
    shares = np.clip(np.bincount(y_train, minlength=classes) / len(y_train), 1e-7, 1.0)
    return float(-np.log(shares[y]).mean())


def most_frequent(y: HostArray) -> int:
    """The class number that occurs most, the first of equals."""
    return int(np.bincount(y).argmax())
