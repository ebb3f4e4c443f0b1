"""Where to draw the line between yes and no: ROC and precision-recall curves, each with its area and an interval."""

from typing import Any

import numpy as np

from glassnet.foundation.errors import DataError
from glassnet.foundation.readable import numbers
from glassnet.plots.marks import Area, Axis, Line, Panel, Points
from glassnet.plots.picture import Picture, picture

_Z = 1.959964
_SHARE = {
    "low": 0.0,
    "high": 1.0,
    "exact": True,
    "ticks": (0, 0.25, 0.5, 0.75, 1),
    "labels": ("0", "0.25", "0.5", "0.75", "1"),
}


def roc(truth: Any, scores: Any, *, title: str = "ROC curve") -> Picture:
    """True-positive rate over false-positive rate, as the threshold falls; AUC = P(score of a yes > score of a no).

    The interval is Newcombe's: all values of the AUC that Hanley and McNeil's standard error does not rule out at 95 %. It
    stays below 1 even where every yes is above every no.

    Args:
        truth: 1 for yes and 0 for no, n of them.
        scores: probabilities or any numbers that grow with the yes, n of them.
        title: a few words above.

    Returns:
        A picture with the numbers ``false_positive_rate``, ``true_positive_rate``, ``threshold``, ``auc`` and
        ``interval``.

    Raises:
        DataError: lengths that differ, a score that is not finite, or only one class.

    Example:
        >>> roc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).numbers["auc"]
        0.75

    Reference:
        R. G. Newcombe (2006), Confidence intervals for an effect size measure based on the Mann-Whitney statistic, part 2.
    """
    yes, score = _checked(truth, scores)
    hits, alarms, cut = _counts(yes, score)
    positives, negatives = int(hits[-1]), int(alarms[-1])
    tpr, fpr = hits / positives, alarms / negatives
    auc = float(np.trapezoid(tpr, fpr))
    low, high = auc_interval(auc, positives, negatives)
    marks = [
        Area(fpr, np.zeros_like(fpr), tpr, opacity=0.1),
        Line([0, 1], [0, 1], "by chance", "muted", "2 3", 1.5),
        Line(fpr, tpr, f"AUC {auc:.3f} [{low:.3f}, {high:.3f}]"),
        _at_half(fpr, tpr, cut),
    ]
    panel = Panel(marks, x=Axis("false-positive rate", **_SHARE), y=Axis("true-positive rate", **_SHARE), square=True)
    told = (
        f"The area under the curve is {auc:.3f}, 95 % interval {low:.3f} to {high:.3f}, from {positives} yes and "
        f"{negatives} no."
    )
    found = {
        "false_positive_rate": fpr,
        "true_positive_rate": tpr,
        "threshold": cut,
        "auc": auc,
        "interval": (low, high),
    }
    return picture(title, [panel], found, description=told, height=440, width=420)


def precision_recall(truth: Any, scores: Any, *, title: str = "Precision and recall") -> Picture:
    """Precision over recall, as the threshold falls; AP = Σ_k (recall_k − recall_{k−1}) precision_k.

    The dashed line is the share of yes: the precision of chance. The interval is binomial, with the yes counted as trials.

    Args:
        truth: 1 for yes and 0 for no, n of them.
        scores: probabilities or any numbers that grow with the yes, n of them.
        title: a few words above.

    Returns:
        A picture with the numbers ``recall``, ``precision``, ``threshold``, ``average_precision`` and ``interval``.

    Raises:
        DataError: as `roc` raises it.

    Example:
        >>> round(precision_recall([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).numbers["average_precision"], 4)
        0.8333

    Reference:
        K. Boyd, K. H. Eng & C. D. Page (2013), Area under the precision-recall curve: point estimates and confidence
        intervals.
    """
    yes, score = _checked(truth, scores)
    hits, alarms, cut = (part[1:] for part in _counts(yes, score))
    precision, recall = hits / (hits + alarms), hits / hits[-1]
    area = float(np.sum(np.diff(recall, prepend=0.0) * precision))
    low, high = share_interval(area, float(hits[-1]))
    steps_x, steps_y = np.repeat(np.r_[0.0, recall], 2)[1:-1], np.repeat(precision, 2)
    share = float(yes.mean())
    marks = [
        Area(steps_x, np.zeros_like(steps_y), steps_y, opacity=0.1),
        Line([0, 1], [share, share], f"by chance {share:.3f}", "muted", "2 3", 1.5),
        Line(steps_x, steps_y, f"AP {area:.3f} [{low:.3f}, {high:.3f}]"),
        _at_half(recall, precision, cut),
    ]
    panel = Panel(marks, x=Axis("recall", **_SHARE), y=Axis("precision", **_SHARE), square=True)
    told = f"The average precision is {area:.3f}, 95 % interval {low:.3f} to {high:.3f}; by chance it would be {share:.3f}."
    found = {
        "recall": recall,
        "precision": precision,
        "threshold": cut,
        "average_precision": area,
        "interval": (low, high),
    }
    return picture(title, [panel], found, description=told, height=440, width=420)


def auc_interval(auc: float, positives: int, negatives: int) -> tuple[float, float]:
    """The 95 % interval of an AUC: {θ : |auc − θ| <= 1.96 se(θ)}, by bisection.

    Example:
        >>> [round(end, 3) for end in auc_interval(1.0, 20, 20)]
        [0.899, 1.0]
    """
    inner = 0.5 * (positives + negatives) - 1

    def beyond(theta: float) -> bool:
        spread = 1 + inner * ((1 - theta) / (2 - theta) + theta / (1 + theta))
        return abs(auc - theta) > _Z * np.sqrt(theta * (1 - theta) * spread / (positives * negatives))

    ends = []
    for limit in (0.0, 1.0):
        inside, outside = auc, limit
        if beyond(limit) or auc != limit:
            for _ in range(50):
                middle = (inside + outside) / 2
                inside, outside = (inside, middle) if beyond(middle) else (middle, outside)
        ends.append(float(inside))
    return ends[0], ends[1]


def share_interval(share: Any, count: Any) -> tuple[Any, Any]:
    """Wilson's 95 % interval of a share among `count` cases.

    Example:
        >>> [round(float(end), 3) for end in share_interval(0.5, 10)]
        [0.237, 0.763]

    Reference:
        E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference.
    """
    bottom = 1 + _Z**2 / count
    middle = (share + _Z**2 / (2 * count)) / bottom
    half = _Z * np.sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2)) / bottom
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


def _checked(truth: Any, scores: Any) -> tuple[np.ndarray, np.ndarray]:
    yes, score = numbers(truth), numbers(scores)
    if len(yes) != len(score):
        raise DataError(
            f"Expected one score for each row. Received {len(yes)} rows and {len(score)} scores. Pass the scores of one "
            f"class: probabilities[:, 1]."
        )
    if not np.isin(yes, (0.0, 1.0)).all() or len(np.unique(yes)) < 2:
        raise DataError(
            f"Expected true values of 0 and 1, both among them. Received {np.unique(yes)[:5].tolist()}. For more classes, "
            f"draw one curve a class: roc(y == k, probabilities[:, k])."
        )
    if not np.isfinite(score).all():
        raise DataError(
            f"Expected finite scores. Received {score[~np.isfinite(score)][0]} in row "
            f"{int(np.flatnonzero(~np.isfinite(score))[0])}. Check the model's outputs."
        )
    return yes, score


def _counts(yes: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hits and false alarms at each threshold, falling, from none at all on; equal scores fall together."""
    order = np.argsort(-score, kind="stable")
    yes, score = yes[order], score[order]
    last = np.r_[np.flatnonzero(np.diff(score)), len(score) - 1]
    hits = np.cumsum(yes)[last]
    return np.r_[0.0, hits], np.r_[0.0, last + 1 - hits], np.r_[np.inf, score[last]]


def _at_half(x: np.ndarray, y: np.ndarray, cut: np.ndarray) -> Points:
    """The point that is reached with a threshold of 0.5, where scores are probabilities."""
    fine = np.flatnonzero(cut >= 0.5)
    if not len(fine) or np.nanmax(cut[np.isfinite(cut)]) > 1 or np.nanmin(cut) < 0 or not np.isfinite(cut[fine[-1]]):
        return Points([], [])
    return Points(x[fine[-1:]], y[fine[-1:]], "at threshold 0.5", "orange", "diamond", 4.5)
