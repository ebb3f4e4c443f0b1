"""``glassnet predict``."""

import csv
import io
import json
from typing import Any

from glassnet.cli.main import DONE
from glassnet.cli.source import table_from
from glassnet.cli.terminal import streams
from glassnet.persistence import atomic_write_text
from glassnet.workbench import Answers, Predictor


def run(arguments: Any) -> int:
    """Predict the rows of a table; the answers go to stdout, or to a file."""
    data, messages = streams(arguments.quiet or arguments.json)
    predictor = Predictor.load(arguments.model)
    table, _ = table_from(arguments.data, predictor.preparation.text_columns)
    for remark in predictor.preparation.remarks(table):
        messages.step("note", remark)
    rows = _rows(predictor.preparation.target.name, predictor.predict(table), table.row_numbers.tolist())
    if arguments.json:
        print(json.dumps({"target": predictor.preparation.target.name, "predictions": rows}))
        return DONE
    text = _csv(rows)
    if arguments.output:
        atomic_write_text(arguments.output, text)
        messages.line(f"{len(rows):,} predictions written to {arguments.output}")
    else:
        data.stream.write(text)
        data.stream.flush()
    return DONE


def _rows(target: str, answers: Answers, numbers: list[int]) -> list[dict[str, Any]]:
    rows = []
    for index, (number, value) in enumerate(zip(numbers, answers.values.tolist(), strict=True)):
        row: dict[str, Any] = {"row": number, target: value}
        if answers.probabilities is not None:
            row |= {
                f"probability of {name}": round(float(p), 6)
                for name, p in zip(answers.classes, answers.probabilities[index], strict=True)
            }
        rows.append(row)
    return rows


def _csv(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
