"""A trained network with the preparation of its table: raw rows in, answers in the table's own words out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from glassnet.data import Table, TablePreparation
from glassnet.data.converting import finite_numbers
from glassnet.foundation.errors import DataError, ModelFileError
from glassnet.foundation.types import HostArray
from glassnet.models import Sequential, load_archive, save_model
from glassnet.workbench.judging import Evaluation, evaluate_predictions
from glassnet.workbench.source import table_of

MODEL_FILE = "model.glass"
_PROBES = 8


@dataclass(frozen=True)
class Answers:
    """Predictions for some rows.

    Args:
        values: the predicted classes or numbers, (n,).
        probabilities: (n, classes), or None for a regression.
        classes: the classes, in the order of `probabilities`; empty for a regression.

    Example:
        >>> answers = Answers(np.array(["ill"]), np.array([[0.9, 0.1]]), ("ill", "well"))
        >>> print(answers.values[0], answers.probabilities[0].max())
        ill 0.9

    Reference:
        Chollet, *Deep Learning with Python* (2021), section 4.1.
    """

    values: HostArray
    probabilities: HostArray | None
    classes: tuple[Any, ...]


@dataclass(frozen=True)
class Predictor:
    """What `glassnet train` saves and `glassnet predict` loads.

    Wherever rows are asked for, they may be a `Table`, a data frame, a dictionary of columns, the path of a file or the
    name of a built-in table.

    Args:
        preparation: fitted on the training rows.
        model: the trained network.

    Example:
        >>> from glassnet.workbench import Settings, train
        >>> predictor = train("iris", settings=Settings(epochs=2)).predictor
        >>> flower = {"sepal length (cm)": [5.1], "sepal width (cm)": [3.5]}
        >>> flower |= {"petal length (cm)": [1.4], "petal width (cm)": [0.2]}
        >>> answers = predictor.predict(flower)
        >>> answers.probabilities.shape, answers.classes
        ((1, 3), ('setosa', 'versicolor', 'virginica'))

    Reference:
        Hastie, Tibshirani, Friedman, *The Elements of Statistical Learning* (2009), section 7.10.2: preparation is part of
        the model.
    """

    preparation: TablePreparation
    model: Sequential

    def table(self, rows: Any) -> Table:
        """The rows as a table, a file's columns read as they were in training."""
        return table_of(rows, self.preparation.text_columns)

    def outputs(self, rows: Any) -> HostArray:
        """What the network says: probabilities (n, classes), or numbers (n,) in the target's own unit."""
        return self.readable(self.model.predict(self.preparation.transform(self.table(rows))))

    def readable(self, raw: HostArray) -> HostArray:
        """The network's raw outputs as probabilities (n, classes), or as numbers (n,) in the target's own unit."""
        if self.preparation.task == "regression":
            return self.preparation.decode(raw[:, 0])
        if len(self.preparation.classes) == 2:
            raw = raw.astype(np.float64)
            return np.concatenate([1 - raw, raw], axis=1)
        return raw.astype(np.float64)

    def predict(self, rows: Any) -> Answers:
        """The answers for raw rows; the target column is not needed.

        Raises:
            DataError: a column the network was trained on is missing, or holds what it cannot.
        """
        outputs = self.outputs(rows)
        if self.preparation.task == "regression":
            return Answers(outputs, None, ())
        return Answers(self.preparation.decode_labels(outputs.argmax(-1)), outputs, tuple(self.preparation.classes))

    def evaluate(self, rows: Any, *, seed: int = 0) -> Evaluation:
        """Scores on rows whose target is known, with bootstrap intervals; rows without a target are left out.

        Raises:
            DataError: no target column, or none of its cells is filled.
        """
        table = self.table(rows)
        known = self.preparation.labelled(table)
        name = self.preparation.target.name
        if not known.rows:
            raise DataError(
                f"Expected rows whose {name!r} is known, to judge the model by. Received {table.rows} rows of "
                f"{table.name} without one. Fill the column in, or use predict, which does not need it."
            )
        truth, outputs = truths(self.preparation, known), {"network": self.outputs(known)}
        return evaluate_predictions(self.preparation.task, truth, outputs, self.preparation.classes, seed)

    def save(self, path: Any, *, card: str | None = None, probe_rows: Any = None) -> None:
        """Write ``model.glass``: network, preparation, card, and a few rows with their answers that loading re-checks."""
        probes = None if probe_rows is None else self.preparation.transform(self.table(probe_rows))[:_PROBES]
        save_model(self.model, path, parts={"preparation": self.preparation.to_config()}, card=card, probes=probes)

    @classmethod
    def load(cls, path: Any) -> Self:
        """Read what `save` wrote.

        Args:
            path: a model file, or the run folder that holds it.

        Raises:
            ModelFileError: not such a file, or one of a model without a table's preparation.
        """
        path = Path(path)
        if path.is_dir() and (path / MODEL_FILE).exists():
            path = path / MODEL_FILE
        model, archive = load_archive(path)
        if "preparation" not in archive.parts:
            raise ModelFileError(
                f"Expected a model trained on a table in {path}. Received one without the preparation of its columns. Use "
                f"glassnet.models.load_model(path) and give it prepared arrays."
            )
        try:
            preparation = TablePreparation.from_config(archive.parts["preparation"])
        except DataError as error:
            raise ModelFileError(str(error)) from error
        _check_fit(path, preparation, model)
        return cls(preparation, model)


def truths(preparation: TablePreparation, table: Table) -> HostArray:
    """The targets of n rows, (n,): class numbers, or values in the target's own unit."""
    if preparation.task == "classification":
        return preparation.encode_target(table)
    return finite_numbers(table.column(preparation.target.name), table.where)


def _check_fit(path: Path, preparation: TablePreparation, model: Any) -> None:
    """Raise unless the network takes what the preparation gives, and gives what the target's way back takes."""
    classes = len(preparation.classes)
    expected = ((None, len(preparation.feature_names)), (None, classes if classes > 2 else 1))
    received = (getattr(model, "input_shape", None), getattr(model, "output_shape", None))
    if received != expected:
        raise ModelFileError(
            f"Expected in {path} a network from {expected[0]} to {expected[1]}, which its table's preparation asks for. "
            f"Received one from {received[0]} to {received[1]}. The file was altered; use a fresh copy, or train again."
        )
