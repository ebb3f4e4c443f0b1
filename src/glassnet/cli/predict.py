"""``glassnet predict``."""

import csv
import io
from typing import Any

import numpy as np

from glassnet.cli.answer import DONE, print_json
from glassnet.cli.saved import opened
from glassnet.cli.steps import counted
from glassnet.cli.terminal import streams
from glassnet.persistence import atomic_write_text
from glassnet.workbench import Answers


def run(arguments: Any) -> int:
    """Predict the rows of a table; the answers go to stdout, or to a file."""
    data, messages = streams(arguments.quiet or arguments.json)
    predictor, table = opened(arguments, messages)
    answers, target = predictor.predict(table), predictor.preparation.target.name
    numbers = table.row_numbers.tolist()
    text = _csv(target, numbers, answers)
    if arguments.output:
        atomic_write_text(arguments.output, text)
        messages.line(f"{counted(len(numbers), 'prediction')} written to {arguments.output}")
    if arguments.json:
        said = {"target": target, "task": predictor.preparation.task, "classes": list(answers.classes)}
        print_json({**said, "output": arguments.output, "predictions": _objects(numbers, answers)})
    elif not arguments.output:
        data.raw(text)
    return DONE


def _objects(numbers: list[int], answers: Answers) -> list[dict[str, Any]]:
    if answers.probabilities is None:
        values = answers.values.astype(np.float32).tolist()
        return [{"row": number, "predicted": value} for number, value in zip(numbers, values, strict=True)]
    names = [str(name) for name in answers.classes]
    shares = answers.probabilities.round(6).tolist()
    return [
        {"row": number, "predicted": value, "probabilities": dict(zip(names, row, strict=True))}
        for number, value, row in zip(numbers, answers.values.tolist(), shares, strict=True)
    ]


def _csv(target: str, numbers: list[int], answers: Answers) -> str:
    """Row number, prediction, and a probability for each class."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    predicted = target if target != "row" else f"predicted {target}"
    if answers.probabilities is None:
        writer.writerow(["row", predicted])
        # The network computes in float32: more digits than it has would promise too much.
        writer.writerows(zip(numbers, map(str, answers.values.astype(np.float32)), strict=True))
        return text.getvalue()
    writer.writerow(["row", predicted, *(f"probability of {name}" for name in answers.classes)])
    shares = answers.probabilities.round(6).tolist()
    for number, value, row in zip(numbers, answers.values.tolist(), shares, strict=True):
        writer.writerow([number, value, *row])
    return text.getvalue()
