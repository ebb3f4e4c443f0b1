"""The commands and their options, and what is said when a command line cannot be understood."""

import argparse
import shutil
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from glassnet._version import __version__
from glassnet.cli import choices
from glassnet.cli.kinds import add, place, score, units, whole

_EPILOG = """\
examples:
  glassnet train breast-cancer
  glassnet train patients.csv --target outcome --epochs 100 --hidden 32,16
  glassnet train patients.csv --target outcome --learning-rate auto
  glassnet resume runs/...
  glassnet evaluate runs/.../model.glass patients.csv
  glassnet predict runs/.../model.glass new.csv -o predictions.csv
  glassnet explain runs/.../model.glass new.csv --row 5
  glassnet check patients.csv --target outcome
  glassnet lr patients.csv --target outcome
  glassnet compare patients.csv --target outcome --optimizers sgd,momentum,adam
  glassnet data

exit codes:
  0 done              3 a problem in the data   5 a quality gate missed
  1 failure           4 training diverged       130 Ctrl-C
  2 usage
"""


class UsageError(Exception):
    """A command line that cannot be understood."""


_WIDTH = 80


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help no wider than 80 columns, or than the terminal: paragraphs are folded, examples are left as they are."""

    def __init__(self, prog: str, **options: Any) -> None:
        super().__init__(prog, **{**options, "width": min(shutil.get_terminal_size().columns, _WIDTH) - 1})

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if "\n" in text else textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent)


class _Parser(argparse.ArgumentParser):
    """A parser that raises instead of leaving the program."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=_Help, **options)

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
        "resume": _resume(commands),
        "evaluate": _evaluate(commands),
        "predict": _predict(commands),
        "explain": _explain(commands),
        "check": _check(commands),
        "advise": _advise(commands),
        "lr": choices.lr(commands),
        "compare": choices.compare(commands),
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
        description="Train a network on a table, judge it on rows it never saw, beside a linear model "
        "and a guess, and write a run folder with the model and a report.",
        epilog="examples:\n  glassnet train breast-cancer\n  glassnet train patients.csv --target outcome --hidden 32,16\n"
        "  glassnet train prices.csv --target price --task regression --fail-under 0.8",
    )
    choices.table(command)
    command.add_argument("--out", metavar="DIR", default="runs", help="where run folders go (default: runs)")
    _gate(command)
    _health(command)
    choices.network(command)
    choices.learning_rate(choices.training(command))
    choices.rows(command)
    return command


def _resume(commands: Any) -> _Parser:
    command = commands.add_parser(
        "resume",
        usage="glassnet resume RUN [options]",
        help="go on with a training that was cut off",
        description="Go on with a training that was cut off, by Ctrl-C, a crash or a power cut, from its "
        "last checkpoint. It ends with the same weights, to the bit, as one that was not.",
        epilog="example:\n  glassnet resume runs/20260101-120000-patients-0a1b2c",
    )
    command.add_argument("run_folder", metavar="RUN", help="the run folder that glassnet train has made")
    command.add_argument("--data", metavar="FILE", help="where the table is now, if it was moved")
    _gate(command)
    _health(command)
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


def _explain(commands: Any) -> _Parser:
    command = commands.add_parser(
        "explain",
        usage="glassnet explain MODEL DATA [--row N] [options]",
        help="one row through a saved model, with every number",
        description="One row of a table through a saved model: what its cells became, the prediction,\n"
        "which columns moved it most, and the x-ray of one training step: each layer's\n"
        "formula with its numbers, the loss, the chain rule backwards, the weights before\n"
        "and after. Without the target in DATA, the pass forwards alone.",
        epilog="examples:\n  glassnet explain runs/.../model.glass new.csv --row 5\n"
        "  glassnet explain runs/.../model.glass new.csv --row 5 --layer dense_1 --unit 3",
    )
    _model(command)
    command.add_argument("data", metavar="DATA", help="a table of the same columns; with the target, for the loss")
    add(command, "--row", whole, "N", "which row, counted from 1 (default: 1)")
    command.add_argument("--layer", metavar="NAME", help="the working of this layer alone, such as dense_1")
    command.add_argument(
        "--unit", type=place, metavar="N", help="of this number of the layer's output; 4,7,0 in an image"
    )
    command.add_argument("--html", metavar="FILE", help="write a page with all of it")
    return command


def _check(commands: Any) -> _Parser:
    command = commands.add_parser(
        "check",
        usage="glassnet check DATA [--target COLUMN] [options]",
        help="find mistakes in a table before training on it",
        description="Find mistakes in a table before a network is trained on it: errors, warnings and "
        "notes, each with its evidence and what to do. Exits with 3 when there is an error in the data.",
    )
    choices.table(command)
    command.add_argument("--task", metavar="TASK", help="classification or regression (default: told from the target)")
    command.add_argument("--hidden", type=units, metavar="16,8", help="units of the hidden layers (default: 16,8)")
    add(command, "--batch-size", whole, "N", "rows a step (default: 32)")
    add(command, "--seed", whole, "N", "the seed the rows are parted with (default: 0)")
    return command


def _advise(commands: Any) -> _Parser:
    command = commands.add_parser(
        "advise",
        usage="glassnet advise RUN [--try] [options]",
        help="say what a run's training shows and what to do; try it",
        description="Train once more as a run did, say what its curves and rows show, and what to do.\n"
        "With --try, train with and without each action from the same seeds, and say\nwhether it helped.",
        epilog="examples:\n  glassnet advise runs/20260101-120000-iris-1a2b3c\n"
        "  glassnet advise runs/20260101-120000-iris-1a2b3c --try --seeds 10",
    )
    command.add_argument("run_folder", metavar="RUN", help="the folder of a run of glassnet train")
    command.add_argument("--try", dest="try_it", action="store_true", help="train with and without each action")
    add(command, "--seeds", whole, "N", "pairs of trainings, 3 to 100 (default: 8)")
    command.add_argument("--data", metavar="FILE", help="the run's table, where it was moved since")
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
    add(command, "--fail-under", score, "SCORE", "exit with 5 if accuracy (or R²) is below this")


def _health(command: _Parser) -> None:
    command.add_argument(
        "--health",
        action="store_true",
        help="look at gradients, steps and units while training, and flag what is wrong",
    )
