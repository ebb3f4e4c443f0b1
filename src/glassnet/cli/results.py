"""Tables of results: scores, the confusion matrix, some answers beside the truth."""

from collections.abc import Mapping, Sequence
from typing import Any

from glassnet.cli.terminal import Out, fold
from glassnet.diagnosis import Health
from glassnet.foundation.readable import short
from glassnet.workbench import Evaluation

_MOST_CLASSES = 12
_HEAD = 12  # columns beyond which a heading is broken in two


def scores(out: Out, evaluation: Evaluation, names: Mapping[str, str], indent: int = 12) -> None:
    """The scores with their intervals, beside those of a linear model and a guess."""
    others = [name for name in ("linear", "baseline") if name in names]
    rows = []
    for score, by_model in evaluation.measured.items():
        network = by_model["network"]
        known = network.low == network.low
        between = f"{shown(score, network.low)} to {shown(score, network.high)}" if known else ""
        beside = [shown(score, by_model[name].value) for name in others]
        rows.append([score, shown(score, network.value), between, *beside])
    heads = ["", "network", "95 % interval", *(names[name] for name in others)]
    whole = [heads, *rows]
    if out.needed(whole) > out.columns - indent:
        whole = [*_broken(heads), *rows]
    out.table(whole, right=range(1, len(heads)), indent=indent)
    if remark := meaning(evaluation):
        for text in fold(remark, out.columns - indent):
            out.line(" " * indent + text)


def _broken(heads: Sequence[str]) -> list[list[str]]:
    """Headings over several rows, each set at the bottom."""
    folded = [fold(head, _HEAD) for head in heads]
    deep = max(map(len, folded))
    return [[lines[i - deep] if len(lines) >= deep - i else "" for lines in folded] for i in range(deep)]


def meaning(evaluation: Evaluation) -> str:
    """What precision, recall and F1 are of, and why a score is not there."""
    said = []
    if evaluation.task == "classification":
        which = f"of {evaluation.positive}" if evaluation.positive is not None else "averaged over the classes"
        said.append(f"precision, recall and F1 are {which}")
    undefined = [
        score
        for score, by_model in evaluation.measured.items()
        if by_model["network"].value != by_model["network"].value
    ]
    if undefined:
        needs = "rows of both classes" if "ROC AUC" in undefined else "rows that differ"
        said.append(f"{', '.join(undefined)} would need {needs}")
    return "; ".join(said)


def confusion(out: Out, matrix: Mapping[str, Any], indent: int = 12, elsewhere: str = "") -> None:
    """The confusion matrix, unless it has too many classes for a terminal."""
    labels, counts = matrix["labels"], matrix["counts"]
    out.line()
    if len(labels) > _MOST_CLASSES:
        out.line(
            f"{' ' * indent}{len(labels)} classes: the confusion matrix is in {elsewhere or 'the output of --json'}"
        )
        return
    rows = [[label, *map(str, row)] for label, row in zip(labels, counts, strict=True)]
    out.table([["truth \\ predicted", *labels], *rows], right=range(1, len(labels) + 1), indent=indent)


def answers(out: Out, rows: Sequence[Mapping[str, Any]]) -> None:
    """Some predictions beside the truth."""
    if "probability" in rows[0]:
        body = [
            [
                str(row["row"]),
                row["predicted"],
                f"{row['probability']:.1%}",
                row["truth"],
                "" if row["truth"] == row["predicted"] else "wrong",
            ]
            for row in rows
        ]
        out.table([["row", "predicted", "probability", "truth", ""], *body], right=[0, 2])
        return
    body = [
        [
            str(row["row"]),
            *(short(value, 4) for value in (row["predicted"], row["truth"], row["predicted"] - row["truth"])),
        ]
        for row in rows
    ]
    out.table([["row", "predicted", "truth", "error"], *body], right=[0, 1, 2, 3])


def health(out: Out, found: Health) -> None:
    """The flags that were raised while training, and what looking cost."""
    for flag in found.flags:
        out.step("Health", f": {flag.sentence}", first=f"{flag.heading}, {flag.since}", how="warn")
        out.step("", f"→ {flag.remedy}")
    if not found.flags:
        out.step("Health", "no flags: gradients, steps and units look well")
    out.step("", found.price.sentence())


def shown(score: str, value: float) -> str:
    """A score as text: a dash where it is undefined, an error in four digits, all others in three decimals.

    Example:
        >>> shown("accuracy", 0.94737), shown("MSE", 2854.1), shown("R²", float("nan"))
        ('0.947', '2,854', '–')
    """
    if value != value:
        return "–"
    return short(value, 4) if score in ("MSE", "MAE") else f"{value + 0.0:.3f}"
