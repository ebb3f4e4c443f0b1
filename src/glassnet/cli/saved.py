"""A saved model and the table it is asked about."""

from pathlib import Path
from typing import Any

from glassnet.cli.terminal import Out
from glassnet.data import Table
from glassnet.foundation.errors import ConfigError
from glassnet.workbench import Predictor


def opened(arguments: Any, messages: Out) -> tuple[Predictor, Table]:
    """The model and the table that stand on the command line; what is new in the table is said.

    Raises:
        ConfigError, ModelFileError, DataError: as `loaded`.
    """
    predictor, table = loaded(arguments)
    remark(predictor, table, messages)
    return predictor, table


def remark(predictor: Predictor, table: Table, messages: Out) -> None:
    """Say what these rows hold and the training rows did not."""
    for words in predictor.preparation.remarks(table):
        messages.step("note", words)


def loaded(arguments: Any) -> tuple[Predictor, Table]:
    """The model and the table that stand on the command line.

    Raises:
        ConfigError: they stand in the wrong order.
        ModelFileError: the model cannot be used.
        DataError: the table cannot be read.
    """
    model, data = Path(arguments.model), Path(arguments.data)
    if data.suffix == ".glass" and model.suffix != ".glass":
        raise ConfigError(
            f"Expected the model first and the table second. Received {model.name} and then {data.name}. Turn them round: "
            f"glassnet {arguments.command} {data} {model}."
        )
    predictor = Predictor.load(model)
    return predictor, predictor.table(arguments.data)
