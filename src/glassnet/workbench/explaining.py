"""One row of a table through a saved model: what went in, what came out and why, and what a training step would change."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.data import Table
from glassnet.data.columns import text_of
from glassnet.data.targets import NumberTarget
from glassnet.foundation.errors import ConfigError
from glassnet.foundation.types import HostArray
from glassnet.inspection import Attribution, XRay, integrated_gradients, xray
from glassnet.workbench.predictor import Answers, Predictor, truths

_STEPS = 128


@dataclass(frozen=True)
class Cell:
    """One column of the row.

    Args:
        column: its name.
        cell: what the table holds, as text; empty where it is missing.
        preparation: what was done with it, in words.
        numbers: the numbers it became, by the names of the network's inputs; empty where the column is left out.
        part: its part of the prediction: the integrated gradients of its numbers added up.

    Example:
        >>> Cell("age", "31", "standardized", {"age": -0.4}, 0.1).becomes
        '-0.4'
    """

    column: str
    cell: str
    preparation: str
    numbers: dict[str, float]
    part: float

    @property
    def becomes(self) -> str:
        """Its numbers in a few words: of 0/1 outputs those that are not 0."""
        if len(self.numbers) == 1:
            return f"{next(iter(self.numbers.values())):.4g}"
        if self.column in self.numbers:  # a number with an output that says whether the cell was empty
            value = f"{self.numbers[self.column]:.4g}"
            return f"{value}, filled in" if not self.cell else value
        return ", ".join(f"{name}: {value:.4g}" for name, value in self.numbers.items() if value) or "all 0"


@dataclass(frozen=True, repr=False)
class Explanation:
    """What a model makes of one row; `explain` makes it.

    Args:
        row: the row's number in its table, counted from 1.
        source: the table's name.
        target: the target's name.
        task: ``"classification"`` or ``"regression"``.
        cells: the columns that the model uses.
        answers: the prediction, and probabilities by class.
        truth: the target where the table holds it, else None.
        score: the number whose parts are in the cells: the probability of the predicted class, or the predicted value.
        start: the same for a row whose prepared numbers are all 0: an average row.
        attribution: the parts, number by number.
        xray: every number of the pass, and of a training step on this row where its target is known.
        after: `score` after that step; None without it.

    Example:
        >>> from glassnet.workbench import Settings, train
        >>> predictor = train("iris", settings=Settings(epochs=2)).predictor
        >>> seen = explain(predictor, "iris", 5)
        >>> [cell.cell for cell in seen.cells], seen.truth
        (['5', '3.6', '1.4', '0.2'], 'setosa')
        >>> bool(abs(sum(cell.part for cell in seen.cells) - (seen.score - seen.start)) < 0.01)
        True

    Reference:
        Sundararajan, Taly & Yan (2017), Axiomatic attribution for deep networks.
    """

    row: int
    source: str
    target: str
    task: str
    cells: tuple[Cell, ...]
    answers: Answers
    truth: Any
    score: float
    start: float
    attribution: Attribution
    xray: XRay
    after: float | None

    @property
    def predicted(self) -> Any:
        """The predicted class or number."""
        return self.answers.values[0]

    @property
    def probabilities(self) -> dict[str, float]:
        """Probabilities by class, the largest first; empty for a regression."""
        if self.answers.probabilities is None:
            return {}
        shares = zip(map(str, self.answers.classes), self.answers.probabilities[0].tolist(), strict=True)
        return dict(sorted(shares, key=lambda share: -share[1]))

    @property
    def moved(self) -> list[Cell]:
        """The cells, those that moved the prediction most first."""
        return sorted(self.cells, key=lambda cell: -abs(cell.part))

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data, for JSON."""
        return {
            "row": self.row,
            "table": self.source,
            "target": self.target,
            "task": self.task,
            "columns": [
                {
                    "name": cell.column,
                    "cell": cell.cell,
                    "preparation": cell.preparation,
                    "inputs": cell.numbers,
                    "part": cell.part,
                }
                for cell in self.cells
            ],
            "predicted": text_of(self.predicted) if self.task == "classification" else float(self.predicted),
            "probabilities": self.probabilities,
            "truth": self.truth,
            "explained": {
                "what": self.explained,
                "value": self.score,
                "average_row": self.start,
                "gap": sum(cell.part for cell in self.cells) - (self.score - self.start),
            },
            "after_a_step": self.after,
            "xray": self.xray.to_dict(),
        }

    @property
    def explained(self) -> str:
        """What `score` is, in words."""
        return f"the probability of {self.predicted}" if self.probabilities else f"the predicted {self.target}"

    def __repr__(self) -> str:
        return f"<Explanation of row {self.row} of {self.source}: {self.target} {self.predicted}>"

    def _repr_html_(self) -> str:
        from glassnet.workbench.explaining_page import body

        return body(self)


def explain(model: Any, rows: Any, row: int = 1) -> Explanation:
    """Σ parts = S(row) − S(average row): a prediction taken apart by columns, with every number of the network behind it.

    Args:
        model: a `Predictor`, or the path of a ``model.glass`` that `glassnet train` saved, or of its run folder.
        rows: a `Table`, a data frame, a dictionary of columns, the path of a file or the name of a built-in table. Where it
            holds the target, the x-ray is that of a training step on this row; else of the pass forwards.
        row: its number, counted from 1 without the header, as in `glassnet predict`.

    Returns:
        An `Explanation`, which a notebook shows.

    Raises:
        ConfigError: there is no such row.
        DataError: a column the model was trained on is missing.
        ModelFileError: the file is no such model.

    Example:
        >>> from glassnet.workbench import Settings, train
        >>> predictor = train("iris", settings=Settings(epochs=2)).predictor
        >>> explain(predictor, "iris", 5)
        <Explanation of row 5 of iris: species ...>

    Reference:
        Sundararajan, Taly & Yan (2017), Axiomatic attribution for deep networks.
    """
    predictor = model if isinstance(model, Predictor) else Predictor.load(model)
    table = one_row(predictor.table(rows), row)
    preparation = predictor.preparation
    x = preparation.transform(table)
    goal = preparation.target.name
    known = goal in table.columns and not table.column(goal).missing[0]
    seen = xray(predictor.model, x, preparation.encode_target(table) if known else None)
    outputs = predictor.readable(np.asarray(predictor.model.predict(x)))
    reading = _Reading(predictor, outputs)
    found = integrated_gradients(predictor.model, x, steps=_STEPS, names=preparation.feature_names)
    after = None if seen.step is None else predictor.readable(_outputs(predictor.model, seen.step.after, x))
    return Explanation(
        row=row,
        source=table.name,
        target=goal,
        task=preparation.task,
        cells=_cells(predictor, table, x[0], reading.parts(found.values[0])),
        answers=predictor.predict(table),
        truth=_truth(predictor, table) if known else None,
        score=reading.of(outputs),
        start=reading.of(predictor.readable(np.asarray(predictor.model.predict(np.zeros_like(x))))),
        attribution=found,
        xray=seen,
        after=None if after is None else reading.of(after),
    )


def one_row(table: Table, row: int) -> Table:
    """The row of this number.

    Raises:
        ConfigError: there is none.
    """
    places = np.flatnonzero(table.row_numbers == row)
    if not len(places):
        raise ConfigError(
            f"Expected a row from 1 to {table.rows:,}, since {table.name} has so many. Received {row}. Rows are counted from 1, "
            f"without the header."
        )
    return table.select(places[:1])


class _Reading:
    """The one number of an output that is explained: the probability of the predicted class, or the predicted value.

    Args:
        predictor: the model with its preparation.
        outputs: what it says of the row, readable.
    """

    def __init__(self, predictor: Predictor, outputs: HostArray) -> None:
        target, classes = predictor.preparation.target, predictor.preparation.classes
        self._class = None if isinstance(target, NumberTarget) else int(outputs[0].argmax())
        # The network's one output is standardized, or the probability of the second class.
        self._factor = (
            target.scale if isinstance(target, NumberTarget) else -1.0 if (len(classes), self._class) == (2, 0) else 1.0
        )

    def of(self, outputs: HostArray) -> float:
        """The number."""
        return float(outputs[0] if self._class is None else outputs[0, self._class])

    def parts(self, values: HostArray) -> HostArray:
        """Parts of the network's own output as parts of the number."""
        return self._factor * values.astype(np.float64)


def _outputs(model: Any, weights: dict[str, HostArray], x: HostArray) -> HostArray:
    """What the model would say with other weights."""
    return np.asarray(model.blueprint().assemble(weights, weights)(x, training=False))


def _truth(predictor: Predictor, table: Table) -> Any:
    value = truths(predictor.preparation, table)[0]
    return float(value) if predictor.preparation.task == "regression" else text_of(predictor.preparation.classes[value])


def _cells(predictor: Predictor, table: Table, x: HostArray, parts: HostArray) -> tuple[Cell, ...]:
    found, start = [], 0
    for recipe in predictor.preparation.inputs:
        names = recipe.outputs()
        mine = slice(start, start + len(names))
        numbers = dict(zip(names, x[mine].tolist(), strict=True))
        cell = table.column(recipe.name).cell(0)
        found.append(Cell(recipe.name, cell, recipe.words(), numbers, float(parts[mine].sum())))
        start += len(names)
    return tuple(found)
