"""``glassnet evaluate``."""

from typing import Any

from glassnet.cli import results
from glassnet.cli.answer import DONE, GATE, complain, print_json
from glassnet.cli.gate import check
from glassnet.cli.saved import opened
from glassnet.cli.steps import counted
from glassnet.cli.terminal import streams


def run(arguments: Any) -> int:
    """Judge a saved model on the rows of a table whose target is known."""
    data, messages = streams(arguments.quiet or arguments.json)
    predictor, table = opened(arguments, messages)
    evaluation = predictor.evaluate(table)
    missed = check(arguments.fail_under, evaluation)
    said = evaluation.to_dict()
    code = GATE if missed else DONE
    if arguments.json:
        target = predictor.preparation.target.name
        print_json({"target": target, **said, "exit_code": code, **({"error": missed} if missed else {})})
        return code
    rows = counted(len(evaluation.truth), "row")
    left_out = table.rows - len(evaluation.truth)
    unknown = f" ({left_out:,} without {predictor.preparation.target.name} left out)" if left_out else ""
    messages.step("Rows", f"{rows} of {arguments.data}{unknown}")
    messages.step("", "if the model was trained on some of them, these scores are too good")
    results.scores(data, evaluation, {}, indent=0)
    if evaluation.task == "classification":
        results.confusion(data, said["confusion"], indent=0)
    if missed:
        complain(missed, code, as_json=False)
    return code
