"""``glassnet evaluate``."""

import json
from typing import Any

from glassnet.cli import live
from glassnet.cli.main import DONE
from glassnet.cli.source import table_from
from glassnet.cli.terminal import streams
from glassnet.workbench import Predictor


def run(arguments: Any) -> int:
    """Judge a saved model on the rows of a table whose target is known."""
    data, messages = streams(arguments.quiet or arguments.json)
    predictor = Predictor.load(arguments.model)
    table, _ = table_from(arguments.data, predictor.preparation.text_columns)
    for remark in predictor.preparation.remarks(table):
        messages.step("note", remark)
    evaluation = predictor.evaluate(table)
    said = evaluation.to_dict()
    if arguments.json:
        print(json.dumps(said))
        return DONE
    messages.step(
        "Rows",
        f"{len(evaluation.truth):,} rows of {arguments.data}; if the model was trained on some of them, "
        "these scores are too good",
    )
    data.block(live.scores(evaluation, {}), 0)
    if evaluation.task == "classification":
        data.line()
        data.block(live.confusion(said["confusion"]["labels"], said["confusion"]["counts"]), 0)
    return DONE
