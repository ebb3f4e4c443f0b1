"""An explanation as a page: the row, what moved the prediction, and the x-ray behind it."""

from glassnet.foundation.readable import percent, short
from glassnet.plots import attribution_picture
from glassnet.plots.fitting import LONGEST
from glassnet.plots.markup import shorten
from glassnet.workbench.explaining import Explanation
from glassnet.workbench.report import document
from glassnet.workbench.report_html import Safe, facts, html, joined, section, table


def explanation_html(found: Explanation) -> str:
    """The whole page: inline style and figures, no script, nothing fetched from anywhere.

    Args:
        found: what `explain` gave.

    Example:
        >>> from glassnet.workbench import Settings, train
        >>> from glassnet.workbench.explaining import explain
        >>> page = explanation_html(explain(train("iris", settings=Settings(epochs=1)).predictor, "iris", 1))
        >>> page.startswith("<!doctype html>"), "<script" in page
        (True, False)
    """
    title = f"Row {found.row} of {found.source}"
    top = html("header", html("p", "Glassnet explanation", class_="over"), html("h1", title))
    return document(title, "Glassnet explanation", html("div", top, html("main", _sections(found)), class_="page"))


def body(found: Explanation) -> str:
    """The same for a notebook."""
    return html("div", html("h3", f"Row {found.row} of {found.source}"), _sections(found))


def _sections(found: Explanation) -> Safe:
    return joined(
        [
            section("Prediction", _prediction(found)),
            section("What moved it", _moved(found)),
            section("The row", _cells(found)),
            section("X-ray", Safe(found.xray._repr_html_())),
        ]
    )


def _prediction(found: Explanation) -> Safe:
    if found.probabilities:
        shown = ", ".join(f"{name} {percent(share)}" for name, share in found.probabilities.items())
    else:
        shown = short(float(found.predicted), 4)
    loss = None if found.xray.loss is None else short(found.xray.loss, 4)
    known = None if found.truth is None else str(found.truth)
    pairs = [
        (found.target, shown),
        ("the table says", known),
        ("loss", loss),
        ("after one training step", after(found)),
    ]
    return facts(pairs)


def after(found: Explanation) -> str | None:
    """What one training step on this row alone would make of the prediction; None where the target is not known."""
    if found.after is None:
        return None
    write = percent if found.probabilities else (lambda value: short(value, 4))
    return f"{found.explained} goes from {write(found.score)} to {write(found.after)}"


def _moved(found: Explanation) -> Safe:
    shown = attribution_picture(
        [cell.part for cell in found.cells],
        title=f"Parts of {found.explained}",
        note=f"an average row has {short(found.start)}, this one {short(found.score)}; the parts make up the difference",
        names=[_named(cell.column, cell.cell or "empty") for cell in found.cells],
        label=f"part of {found.explained}",
    )
    return html("figure", Safe(shown.svg))


def _named(column: str, cell: str) -> str:
    """Column and cell in as many characters as an axis takes, the column cut first."""
    value = shorten(cell, LONGEST // 2)
    return f"{shorten(column, LONGEST - 3 - len(value))} = {value}"


def _cells(found: Explanation) -> Safe:
    rows = [
        (cell.column, cell.cell or "empty", cell.becomes, cell.preparation, short(cell.part)) for cell in found.cells
    ]
    return table("What the row became", ["column", "cell", "becomes", "preparation", "part"], rows, numeric=[1, 2, 4])
