"""A trained network with the preparation of its table: raw rows in, answers in the table's own words out."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from glassnet.data import Table, TablePreparation
from glassnet.foundation.errors import ModelFileError
from glassnet.foundation.types import HostArray
from glassnet.models import Sequential, load_archive, save_model
from glassnet.workbench.judging import Evaluation, evaluate_predictions

_PROBES = 8


@dataclass(frozen=True)
class Answers:
    """Predictions for some rows.

    Args:
        values: the predicted classes or numbers, (n,).
        probabilities: (n, classes), or None for a regression.
        classes: the classes, in the order of `probabilities`.
    """

    values: HostArray
    probabilities: HostArray | None
    classes: tuple[Any, ...]


@dataclass(frozen=True)
class Predictor:
    """What `glassnet train` saves and `glassnet predict` loads.

    Args:
        preparation: fitted on the training rows.
        model: the trained network.

    Example:
        >>> from glassnet.data import load_sample
        >>> from glassnet.workbench import Settings, train
        >>> flowers = load_sample("iris")
        >>> result = train(flowers, settings=Settings(epochs=2))
        >>> result.predictor.predict(flowers.select([0, 149])).values.shape
        (2,)
    """

    preparation: TablePreparation
    model: Sequential

    def outputs(self, table: Table) -> HostArray:
        """What the network says: probabilities (n, classes), or numbers (n,) in the target's own unit."""
        return self.readable(self.model.predict(self.preparation.transform(table)))

    def readable(self, raw: HostArray) -> HostArray:
        """The network's raw outputs as probabilities (n, classes), or as numbers (n,) in the target's own unit."""
        if self.preparation.task == "regression":
            return self.preparation.decode(raw[:, 0])
        if len(self.preparation.classes) == 2:
            return np.concatenate([1 - raw, raw], axis=1).astype(np.float64)
        return raw.astype(np.float64)

    def predict(self, table: Table) -> Answers:
        """The answers for raw rows; the target column is not needed.

        Raises:
            DataError: a column the network was trained on is missing, or holds what it cannot.
        """
        outputs = self.outputs(table)
        if self.preparation.task == "regression":
            return Answers(outputs, None, ())
        return Answers(self.preparation.decode_labels(outputs.argmax(-1)), outputs, tuple(self.preparation.classes))

    def evaluate(self, table: Table, *, seed: int = 0) -> Evaluation:
        """Scores on rows whose target is known, with bootstrap intervals."""
        known = self.preparation.labelled(table)
        truth = self.preparation.encode_target(known)
        if self.preparation.task == "regression":
            truth = self.preparation.decode(truth)
        return evaluate_predictions(
            self.preparation.task, truth, {"network": self.outputs(known)}, self.preparation.classes, seed
        )

    def save(self, path: Any, *, card: str | None = None, probe_rows: Any = None) -> None:
        """Write ``model.glass``: network, preparation, card, and a few rows with their answers that loading re-checks."""
        save_model(
            self.model,
            path,
            parts={"preparation": self.preparation.to_config()},
            card=card,
            probes=None if probe_rows is None else self.preparation.transform(probe_rows)[:_PROBES],
        )

    @classmethod
    def load(cls, path: Any) -> Self:
        """Read what `save` wrote.

        Raises:
            ModelFileError: not such a file, or one of a model without a table's preparation.
        """
        model, archive = load_archive(path)
        if "preparation" not in archive.parts:
            raise ModelFileError(
                f"Expected a model trained on a table in {path}; received one without the preparation of its columns. Use "
                f"glassnet.models.load_model(path) and give it prepared arrays."
            )
        return cls(TablePreparation.from_config(archive.parts["preparation"]), model)
