"""Errors become messages and exit codes; what is printed as JSON is JSON."""

import json

import numpy as np
import pytest

from glassnet.cli import main as program
from glassnet.cli.answer import print_json
from glassnet.foundation import errors

CODES = [
    (errors.ConfigError("x"), 2),
    (errors.UnknownNameError("x"), 2),
    (errors.DataError("x"), 3),
    (errors.DivergedError("x"), 4),
    (errors.ModelFileError("x"), 1),
    (errors.ShapeError("x"), 1),
    (OSError("x"), 1),
    (RuntimeError("x"), 1),
    (MemoryError(), 1),
    (KeyboardInterrupt(), 130),
]


@pytest.mark.parametrize(("error", "code"), CODES, ids=lambda value: type(value).__name__)
def test_every_error_has_its_exit_code(glassnet, monkeypatch, error, code):
    def fail(arguments):
        raise error

    monkeypatch.setattr("glassnet.cli.data.run", fail)
    answer = glassnet("data")
    assert (
        answer.code == code and answer.out == "" and answer.err.startswith("error: ") and "Traceback" not in answer.err
    )
    answer = glassnet("data", "--json")
    assert answer.code == code and answer.json["exit_code"] == code and answer.err == ""


def test_a_failing_program_is_asked_about(glassnet, monkeypatch):
    monkeypatch.setattr("glassnet.cli.data.run", lambda arguments: 1 / 0)
    said = " ".join(glassnet("data").err.split())
    assert (
        said
        == "error: unexpected ZeroDivisionError: division by zero. Run it again with --debug and report what it shows."
    )


def test_notes_on_an_error_are_said_too(glassnet, monkeypatch):
    def fail(arguments):
        error = errors.DataError("First.")
        error.add_note("Second.")
        raise error

    monkeypatch.setattr("glassnet.cli.data.run", fail)
    assert glassnet("data").err == "error: First. Second.\n"


def test_json_is_strict_also_where_numbers_are_not_finite(capsys):
    print_json({"a": float("nan"), "b": np.array([1.0, np.inf]), "c": None, "d": "Genève"})
    said = capsys.readouterr().out

    def refuse(word):
        raise AssertionError(word)

    assert json.loads(said, parse_constant=refuse) == {"a": "NaN", "b": [1.0, "Infinity"], "c": None, "d": "Genève"}
    assert said.isascii()


def test_the_words_of_the_process_are_read_when_none_are_given(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["glassnet", "--version"])
    assert program.main() == 0 and capsys.readouterr().out.startswith("glassnet ")
