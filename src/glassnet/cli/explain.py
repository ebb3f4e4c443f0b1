"""``glassnet explain``."""

from typing import Any

from glassnet.cli.answer import DONE, print_json
from glassnet.cli.saved import loaded, remark
from glassnet.cli.steps import counted
from glassnet.cli.terminal import Out, is_utf8, streams
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.readable import percent, short
from glassnet.persistence import atomic_write_text
from glassnet.workbench import Explanation, explain, explanation_html
from glassnet.workbench.explaining import one_row
from glassnet.workbench.explaining_page import after

_MOST_CELLS, _MOST_CLASSES, _BAR = 12, 6, 16


def run(arguments: Any) -> int:
    """One row of a table through a saved model."""
    out, messages = streams(arguments.quiet or arguments.json)
    if arguments.unit is not None and arguments.layer is None:
        raise ConfigError("Expected --layer together with --unit. Received --unit alone. Say which layer's unit it is.")
    predictor, table = loaded(arguments)
    row = 1 if arguments.row is None else arguments.row
    remark(predictor, one_row(table, row), messages)
    found = explain(predictor, table, row)
    layer = None if arguments.layer is None else found.xray.layer(arguments.layer)
    if layer is not None and arguments.unit is not None:
        layer = layer.unit(*arguments.unit)
    if arguments.html:
        atomic_write_text(arguments.html, explanation_html(found))
        messages.step("Page", arguments.html)
    if arguments.json:
        said = found.to_dict() if layer is None else {**found.to_dict(), "xray": layer.to_dict()}
        print_json({**said, "html": arguments.html})
        return DONE
    if layer is None:
        _say(out, found)
    out.raw(f"{layer if layer is not None else found.xray}\n")
    return DONE


def _say(out: Out, found: Explanation) -> None:
    """The row, the prediction and what moved it, before the x-ray."""
    out.step("Row", f"data row {found.row} of {found.source}, {counted(len(found.cells), 'column')}")
    _prediction(out, found)
    ends = f"from {short(found.start)} in an average row to {short(found.score)} in this one"
    out.step("Moved by", f"parts of {found.explained}, {ends} (integrated gradients)")
    _cells(out, found)
    out.line()


def _prediction(out: Out, found: Explanation) -> None:
    shares = list(found.probabilities.items())
    if shares:
        others = ", ".join(f"{name} {percent(share)}" for name, share in shares[1:_MOST_CLASSES])
        more = f" and {len(shares) - _MOST_CLASSES} more" if len(shares) > _MOST_CLASSES else ""
        said = f"{found.target} is {shares[0][0]}, {percent(shares[0][1])} ({others}{more})"
        right = "" if found.truth is None else "; right" if found.truth == shares[0][0] else "; wrong"
    else:
        said, right = f"{found.target} is {short(float(found.predicted), 4)}", ""
    out.step("Prediction", said)
    if found.truth is not None:
        truth = found.truth if shares else short(float(found.truth), 4)
        out.step("", f"the table says {truth}{right}")
    if (changed := after(found)) is not None:
        out.step("Training", f"after one step on this row alone, {changed}")


def _cells(out: Out, found: Explanation) -> None:
    """The columns that moved the prediction most: cell, what it became, and its part with a bar."""
    moved, sign = found.moved, "━" if is_utf8(out.stream) else "#"
    most = max((abs(cell.part) for cell in moved), default=0.0) or 1.0
    rows = [["column", "cell", "becomes", "part", ""]]
    for cell in moved[:_MOST_CELLS]:
        bar = sign * round(_BAR * abs(cell.part) / most)
        rows.append([cell.column, cell.cell or "(empty)", cell.becomes, f"{_signed(cell.part)}", bar])
    if rest := moved[_MOST_CELLS:]:
        together = _signed(sum(cell.part for cell in rest))
        rows.append([f"{counted(len(rest), 'more column')}", "", "", together, ""])
    out.table(rows, right=[1, 2, 3])


def _signed(value: float) -> str:
    return f"+{short(value)}" if value > 0 else short(value)
