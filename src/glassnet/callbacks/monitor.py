"""Which way a monitored number points."""

_HIGHER = (
    "acc",
    "accuracy",
    "auc",
    "precision",
    "recall",
    "score",
    "kappa",
    "correlation",
    "specificity",
    "iou",
    "similarity",
)


def better_when_higher(name: str) -> bool:
    """Whether a larger value of the metric called `name` is better: True for accuracies and scores, False for errors.

    Example:
        >>> better_when_higher("val_accuracy"), better_when_higher("val_loss")
        (True, False)
    """
    return name.endswith(_HIGHER)
