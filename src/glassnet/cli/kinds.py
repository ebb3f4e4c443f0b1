"""What the words of a command line may be: whole numbers, shares, lists of them."""

import argparse
from collections.abc import Callable
from typing import Any


def add(group: Any, option: str, kind: Callable[[str], Any], metavar: str, words: str) -> None:
    """Add an option with a value of some kind."""
    group.add_argument(option, type=kind, metavar=metavar, help=words)


def whole(text: str) -> int:
    """A whole number."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a whole number; received {text!r}") from None


def number(text: str) -> float:
    """A number."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a number; received {text!r}") from None


def rate(text: str) -> float | str:
    """A learning rate: a number, or ``auto``."""
    if text.strip().lower() == "auto":
        return "auto"
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a number such as 0.001, or auto; received {text!r}") from None


def score(text: str) -> float:
    """A score that can be reached."""
    value = number(text)
    if not value <= 1:
        raise argparse.ArgumentTypeError(f"expected a score of at most 1, such as 0.9; received {text!r}")
    return value


def units(text: str) -> tuple[int, ...]:
    """Units of hidden layers, or ``none``."""
    if text.strip().lower() in ("none", ""):
        return ()
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected numbers of units such as 16,8, or none; received {text!r}"
        ) from None


def place(text: str) -> tuple[int, ...]:
    """A place in an array: whole numbers."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected a whole number, or several such as 4,7,0; received {text!r}"
        ) from None


def numbers(text: str) -> list[float]:
    """Several numbers."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected numbers such as 0.001,0.01,0.1; received {text!r}") from None


def names(text: str) -> list[str]:
    """Several names."""
    found = [part.strip() for part in text.split(",") if part.strip()]
    if not found:
        raise argparse.ArgumentTypeError(f"expected names such as sgd,adam; received {text!r}")
    return found


def picture(text: str) -> str:
    """The name of a file for a picture."""
    if not text.lower().endswith(".svg"):
        raise argparse.ArgumentTypeError(f"expected a file that ends in .svg; received {text!r}")
    return text
