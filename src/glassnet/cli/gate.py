"""``--fail-under``: the least that a network must reach."""

from glassnet.workbench import Evaluation


def check(least: float | None, evaluation: Evaluation) -> str:
    """What to say when the accuracy (or R²) is below `least`; empty when it is not, or nothing was asked.

    A score that cannot be computed, such as R² of one row, reaches nothing.
    """
    score = "accuracy" if evaluation.task == "classification" else "R²"
    value = evaluation.value(score)
    if least is None or value >= least:
        return ""
    return f"{score} {value:.3f} is below the asked {least:g}"
