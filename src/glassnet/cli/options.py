"""The commands and their options, and what is said when a command line cannot be understood."""

import argparse
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from glassnet._version import __version__

_EPILOG = """\
examples:
  glassnet train breast-cancer
  glassnet train patients.csv --target outcome --epochs 100 --hidden 32,16
  glassnet evaluate runs/.../model.glass patients.csv
  glassnet predict runs/.../model.glass new.csv -o predictions.csv
  glassnet data

exit codes: 0 done, 1 failure, 2 usage, 3 a problem in the data, 4 training diverged, 5 a quality gate missed, 130 Ctrl-C
"""


class UsageError(Exception):
    """A command line that cannot be understood."""


class _Parser(argparse.ArgumentParser):
    """A parser that raises instead of leaving the program."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **options)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}. See {self.prog} --help.")


def parse(words: Sequence[str]) -> argparse.Namespace:
    """What a command line says.

    Raises:
        UsageError: it cannot be understood; the message says which word was meant.
    """
    top, commands = _parsers()
    first = next((word for word in words if not word.startswith("-")), None)
    if first is not None and first not in commands:
        raise UsageError(
            f"unknown command {first!r}{_near(first, commands)} Commands: {', '.join(commands)}. See glassnet --help."
        )
    parser = commands[first] if first else top
    known = _options(parser)
    for word in words[: words.index("--") if "--" in words else None]:
        option = word.split("=", 1)[0]
        if option.startswith("--") and option not in known:
            raise UsageError(f"unknown option {option}{_near(option, known)} See {parser.prog} --help.")
    return top.parse_args([first, *_without(words, first)] if first else words)


def _without(words: Sequence[str], command: str) -> list[str]:
    """The words after and before the command: ``glassnet --json data`` is ``glassnet data --json``."""
    place = words.index(command)
    return [*words[:place], *words[place + 1 :]]


def help_text() -> str:
    """What ``glassnet --help`` prints."""
    return _parsers()[0].format_help()


def _near(word: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else "."


def _options(parser: argparse.ArgumentParser) -> list[str]:
    return [option for action in parser._actions for option in action.option_strings]


def _parsers() -> tuple[_Parser, dict[str, _Parser]]:
    top = _Parser(
        prog="glassnet",
        description="Neural networks you can see through: train one on a table, and know how good it is.",
        epilog=_EPILOG,
    )
    top.add_argument("--version", action="version", version=f"glassnet {__version__}")
    commands = top.add_subparsers(dest="command", metavar="command", title="commands")
    made = {
        "train": _train(commands),
        "evaluate": _evaluate(commands),
        "predict": _predict(commands),
        "data": _data(commands),
    }
    for command, parser in made.items():
        parser.set_defaults(run=f"glassnet.cli.{command}")
        _common(parser)
    return top, made


def _common(parser: _Parser) -> None:
    group = parser.add_argument_group("how to answer")
    group.add_argument("--json", action="store_true", help="print one JSON object on stdout and nothing else")
    group.add_argument("-q", "--quiet", action="store_true", help="no progress and no messages")
    group.add_argument("--debug", action="store_true", help="show the traceback of an error")


def _train(commands: Any) -> _Parser:
    command = commands.add_parser(
        "train",
        usage="glassnet train DATA [--target COLUMN] [options]",
        help="train a network on a table, judge it and save it",
        description="Train a network on a table, judge it on rows it never saw, beside a linear model and a guess, and write a\n"
        "run folder with the model and a report.",
        epilog="examples:\n  glassnet train breast-cancer\n  glassnet train patients.csv --target outcome --hidden 32,16\n"
        "  glassnet train prices.csv --target price --task regression --fail-under 0.8",
    )
    command.add_argument(
        "data", metavar="DATA", help="a .csv, .tsv or .parquet file, or a built-in table (see: glassnet data)"
    )
    command.add_argument("--target", metavar="COLUMN", help="the column to predict; a built-in table has its own")
    command.add_argument("--out", metavar="DIR", default="runs", help="where run folders go (default: runs)")
    _gate(command)
    network = command.add_argument_group("the network")
    network.add_argument(
        "--hidden", type=_units, metavar="16,8", help="units of each hidden layer, or none (default: 16,8)"
    )
    network.add_argument("--activation", metavar="NAME", help="of the hidden layers (default: relu)")
    _add(network, "--dropout", _number, "SHARE", "share of units dropped while training (default: 0)")
    training = command.add_argument_group("training")
    _add(training, "--epochs", _whole, "N", "passes over the training rows (default: 50)")
    _add(training, "--batch-size", _whole, "N", "rows a step (default: 32)")
    training.add_argument("--optimizer", metavar="NAME", help="sgd, adam, rmsprop ... (default: adam)")
    _add(training, "--learning-rate", _number, "RATE", "step size (default: the optimizer's own; 0.001 for adam)")
    rows = command.add_argument_group("the rows")
    _add(rows, "--test", _number, "SHARE", "share of rows kept for the final judgement (default: 0.2)")
    _add(rows, "--validation", _number, "SHARE", "share of the rest watched in training (default: 0.2)")
    _add(rows, "--seed", _whole, "N", "fixes everything that is random (default: 0)")
    rows.add_argument("--task", metavar="TASK", help="classification or regression (default: told from the target)")
    return command


def _evaluate(commands: Any) -> _Parser:
    command = commands.add_parser(
        "evaluate",
        usage="glassnet evaluate MODEL DATA [options]",
        help="judge a saved model on a table",
        description="Judge a saved model on rows whose target is known.",
    )
    _model(command)
    command.add_argument("data", metavar="DATA", help="a table with the target column, or the name of a built-in one")
    _gate(command)
    return command


def _predict(commands: Any) -> _Parser:
    command = commands.add_parser(
        "predict",
        usage="glassnet predict MODEL DATA [-o FILE] [options]",
        help="predict raw rows with a saved model",
        description="Predict raw rows with a saved model. The answers are CSV: row number, prediction, probabilities.",
    )
    _model(command)
    command.add_argument("data", metavar="DATA", help="a table of the same columns; the target is not needed")
    command.add_argument("-o", "--output", metavar="FILE", help="write a CSV file instead of printing it")
    return command


def _data(commands: Any) -> _Parser:
    return commands.add_parser(
        "data",
        usage="glassnet data [options]",
        help="list the built-in tables",
        description="List the built-in tables.",
    )


def _model(command: _Parser) -> None:
    command.add_argument("model", metavar="MODEL", help="a model.glass file, or the run folder that holds it")


def _gate(command: _Parser) -> None:
    _add(command, "--fail-under", _score, "SCORE", "exit with 5 if accuracy (or R²) is below this")


def _add(group: Any, option: str, kind: Callable[[str], Any], metavar: str, words: str) -> None:
    group.add_argument(option, type=kind, metavar=metavar, help=words)


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a whole number; received {text!r}") from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a number; received {text!r}") from None


def _score(text: str) -> float:
    score = _number(text)
    if not score <= 1:
        raise argparse.ArgumentTypeError(f"expected a score of at most 1, such as 0.9; received {text!r}")
    return score


def _units(text: str) -> tuple[int, ...]:
    if text.strip().lower() in ("none", ""):
        return ()
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected numbers of units such as 16,8, or none; received {text!r}"
        ) from None
