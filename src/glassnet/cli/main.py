"""``glassnet``: the commands, their options, and the exit codes.

Nothing heavy is imported before a command runs, so that ``glassnet --help`` answers at once.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from glassnet._version import __version__

DONE, FAILED, USAGE, DATA, DIVERGED, GATE, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130

_EPILOG = """\
examples:
  glassnet train breast-cancer
  glassnet train patients.csv --target outcome --epochs 100 --hidden 32,16
  glassnet evaluate runs/.../model.glass patients.csv
  glassnet predict runs/.../model.glass new.csv -o predictions.csv
  glassnet data

exit codes: 0 done, 1 failure, 2 usage, 3 a problem in the data, 4 training diverged, 5 a quality gate missed, 130 Ctrl-C
"""


class _Parser(argparse.ArgumentParser):
    """A parser whose errors say what was meant."""

    def error(self, message: str) -> NoReturn:
        raise _UsageError(self._helpful(message))

    def _helpful(self, message: str) -> str:
        from difflib import get_close_matches

        known = [option for action in self._actions for option in action.option_strings]
        choices = [str(c) for action in self._actions for c in (action.choices or [])]
        for word in message.replace("'", " ").replace("=", " ").split():
            near = get_close_matches(word, known if word.startswith("-") else choices, n=1)
            if near and near[0] != word:
                return f"{message}; did you mean {near[0]}? See {self.prog} --help."
        return f"{message}. See {self.prog} --help."


class _UsageError(Exception):
    """A command line that cannot be understood."""


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = _Parser(
        allow_abbrev=False,
        prog="glassnet",
        description="Neural networks you can see through: train one on a table, and know how good it is.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"glassnet {__version__}")
    commands = top.add_subparsers(dest="command", metavar="command", parser_class=_Parser)
    _train_options(commands)
    _use_options(commands)
    return top


def _common() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    group = common.add_argument_group("how to answer")
    group.add_argument("--json", action="store_true", help="print one JSON object on stdout and nothing else")
    group.add_argument("-q", "--quiet", action="store_true", help="no progress and no messages")
    group.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return common


def _train_options(commands: Any) -> None:
    command = commands.add_parser(
        "train",
        parents=[_common()],
        help="train a network on a table, judge it and save it",
        description="Train a network on a CSV or Parquet table, or on a built-in one, judge it on rows it never saw, and write "
        "a run folder with the model and a report.",
    )
    command.set_defaults(run="glassnet.cli.train")
    command.add_argument(
        "data", help="a .csv, .tsv or .parquet file, or the name of a built-in table (see: glassnet data)"
    )
    command.add_argument("--target", metavar="COLUMN", help="the column to predict")
    command.add_argument("--out", metavar="DIR", default="runs", help="where run folders go (default: runs)")
    network = command.add_argument_group("the network")
    network.add_argument(
        "--hidden", type=_units, metavar="16,8", help="units of each hidden layer, or 'none' (default: 16,8)"
    )
    network.add_argument("--activation", metavar="NAME", help="of the hidden layers (default: relu)")
    network.add_argument(
        "--dropout", type=float, metavar="SHARE", help="share of units dropped while training (default: 0)"
    )
    training = command.add_argument_group("training")
    training.add_argument("--epochs", type=int, metavar="N", help="passes over the training rows (default: 50)")
    training.add_argument("--batch-size", type=int, metavar="N", help="rows a step (default: 32)")
    training.add_argument("--optimizer", metavar="NAME", help="sgd, adam, rmsprop ... (default: adam)")
    training.add_argument("--learning-rate", type=float, metavar="RATE", help="step size (default: 0.001)")
    split = command.add_argument_group("the rows")
    split.add_argument(
        "--test", type=float, metavar="SHARE", help="share of rows kept for the final judgement (default: 0.2)"
    )
    split.add_argument(
        "--validation", type=float, metavar="SHARE", help="share of the rest watched in training (default: 0.2)"
    )
    split.add_argument("--seed", type=int, metavar="N", help="fixes everything that is random (default: 0)")
    split.add_argument("--task", metavar="TASK", help="classification or regression (default: told from the target)")
    command.add_argument(
        "--fail-under", type=float, metavar="SCORE", help="exit with 5 if test accuracy (or R²) is lower"
    )


def _use_options(commands: Any) -> None:
    evaluate = commands.add_parser(
        "evaluate",
        parents=[_common()],
        help="judge a saved model on a table",
        description="Judge a saved model on a table.",
    )
    evaluate.set_defaults(run="glassnet.cli.evaluate")
    evaluate.add_argument("model", help="a model.glass file")
    evaluate.add_argument("data", help="a table with the target column, or the name of a built-in one")
    predict = commands.add_parser(
        "predict", parents=[_common()], help="predict raw rows with a saved model", description="Predict raw rows."
    )
    predict.set_defaults(run="glassnet.cli.predict")
    predict.add_argument("model", help="a model.glass file")
    predict.add_argument("data", help="a table of the same columns; the target is not needed")
    predict.add_argument("-o", "--output", metavar="FILE", help="write a CSV file instead of printing it")
    data = commands.add_parser(
        "data", parents=[_common()], help="list the built-in tables", description="List the built-in tables."
    )
    data.set_defaults(run="glassnet.cli.data")


def _units(text: str) -> tuple[int, ...]:
    if text.strip().lower() in ("none", ""):
        return ()
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected numbers of units such as 16,8, or none; received {text!r}"
        ) from None


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        arguments = parser().parse_args(words)
        if arguments.command is None:
            parser().print_help()
            return DONE
    except _UsageError as error:
        return _tell(str(error), USAGE, json_wanted="--json" in words)
    except SystemExit as leave:  # argparse's own --help and --version
        return int(leave.code or 0)
    try:
        return import_module(arguments.run).run(arguments)
    except BrokenPipeError:  # the reader of our output has closed it: `glassnet predict ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return _tell("stopped by Ctrl-C before there was anything to keep", INTERRUPTED, json_wanted=arguments.json)
    except Exception as error:
        if arguments.debug:
            raise
        return _tell(*_explained(error), json_wanted=arguments.json)


def _explained(error: Exception) -> tuple[str, int]:
    from glassnet.foundation.errors import ConfigError, DataError, DivergedError, GlassnetError

    codes = {DivergedError: DIVERGED, DataError: DATA, ConfigError: USAGE}
    for kind, code in codes.items():
        if isinstance(error, kind):
            return str(error), code
    if isinstance(error, GlassnetError | OSError):
        return str(error), FAILED
    return f"unexpected {type(error).__name__}: {error}. Run it again with --debug and report what it shows.", FAILED


def _tell(message: str, code: int, *, json_wanted: bool) -> int:
    if json_wanted:
        print(json.dumps({"error": message, "exit_code": code}))
    else:
        from glassnet.cli.terminal import Out, fold, width

        out = Out(sys.stderr)
        first, *rest = fold(message, width(sys.stderr) - 7)
        out.line(f"{out.style('error', 'bad')}: {first}")
        out.block("\n".join(rest), 7)
    return code
