"""Options that several commands share: the table, the network, the training, the rows; and the commands that tune."""

from typing import Any

from glassnet.cli.kinds import add, names, number, numbers, picture, rate, units, whole

_RANGE_TEST = (
    "Find a learning rate. A short training in which the rate grows step by step says where to look; trainings of dozens of "
    "networks, each with a seed of its own, say which rate it is. Where the data does not tell, that is what is said, with "
    "exit code 3."
)


def table(command: Any) -> None:
    """Which table, and what to predict."""
    command.add_argument(
        "data", metavar="DATA", help="a .csv, .tsv or .parquet file, or a built-in table (see: glassnet data)"
    )
    command.add_argument("--target", metavar="COLUMN", help="the column to predict; a built-in table has its own")


def network(command: Any) -> None:
    """How the network is built."""
    group = command.add_argument_group("the network")
    group.add_argument(
        "--hidden", type=units, metavar="16,8", help="units of each hidden layer, or none (default: 16,8)"
    )
    group.add_argument("--activation", metavar="NAME", help="of the hidden layers (default: relu)")
    add(group, "--dropout", number, "SHARE", "share of units dropped while training (default: 0)")


def training(command: Any, epochs: int = 50, *, optimizer: bool = True) -> Any:
    """How long, and in which steps."""
    group = command.add_argument_group("training")
    add(group, "--epochs", whole, "N", f"passes over the training rows (default: {epochs})")
    add(group, "--batch-size", whole, "N", "rows a step (default: 32)")
    if optimizer:
        group.add_argument("--optimizer", metavar="NAME", help="sgd, adam, rmsprop ... (default: adam)")
    return group


def rows(command: Any) -> None:
    """Which rows are for what."""
    group = command.add_argument_group("the rows")
    add(group, "--test", number, "SHARE", "share of rows kept for the final judgement (default: 0.2)")
    add(group, "--validation", number, "SHARE", "share of the rest watched in training (default: 0.2)")
    add(group, "--seed", whole, "N", "fixes everything that is random (default: 0)")
    group.add_argument("--task", metavar="TASK", help="classification or regression (default: told from the target)")


def learning_rate(group: Any) -> None:
    """The learning rate of one training."""
    words = "step size, or auto to have one found (default: the optimizer's own; 0.001 for adam)"
    add(group, "--learning-rate", rate, "RATE", words)


def lr(commands: Any) -> Any:
    """``glassnet lr``."""
    command = commands.add_parser(
        "lr",
        usage="glassnet lr DATA [--target COLUMN] [options]",
        help="find a learning rate for a table and a network",
        description=_RANGE_TEST,
        epilog="examples:\n  glassnet lr breast-cancer\n"
        "  glassnet lr patients.csv --target outcome --optimizer sgd --out rate.svg\n"
        "  glassnet train patients.csv --target outcome --learning-rate auto",
    )
    table(command)
    add(command, "--out", picture, "FILE.svg", "save the picture")
    network(command)
    group = training(command)
    add(group, "--seeds", whole, "N", "networks of each kind (default: 5 to 25, more where rows are few)")
    add(group, "--trials", whole, "N", "rates that are tried for whole trainings; 0 for none (default: 9)")
    rows(command)
    return command


def compare(commands: Any) -> Any:
    """``glassnet compare``."""
    command = commands.add_parser(
        "compare",
        usage="glassnet compare DATA [--target COLUMN] [--optimizers A,B] [options]",
        help="race optimizers and learning rates on a table",
        description="Race optimizers on the same network and rows, each at several learning rates and "
        "from several seeds, and say which differences are more than the luck of the seeds.",
        epilog="examples:\n  glassnet compare breast-cancer --optimizers sgd,momentum,rmsprop,adagrad,adam\n"
        "  glassnet compare patients.csv --target outcome --optimizers sgd \\\n"
        "      --learning-rates 0.001,0.01,0.1,1 --out race.svg",
    )
    table(command)
    add(command, "--out", picture, "FILE.svg", "save the picture")
    group = command.add_argument_group("the race")
    add(group, "--optimizers", names, "A,B", "who races (default: sgd,momentum,rmsprop,adagrad,adam)")
    add(group, "--learning-rates", numbers, "A,B", "the rates each is tried with (default: 0.001,0.01,0.1)")
    add(group, "--seeds", whole, "N", "networks for each optimizer and rate (default: 5)")
    network(command)
    training(command, 20, optimizer=False)
    rows(command)
    return command
