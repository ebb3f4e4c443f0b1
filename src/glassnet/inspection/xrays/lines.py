"""What an x-ray is written in: equations with their numbers, and tables."""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassnet.foundation.types import HostArray

#: How many terms of a sum, and units of a layer, are written out.
MOST = 8


@dataclass(frozen=True)
class Line:
    """One equation with its numbers.

    Args:
        name: what is computed, such as ``z[0]``.
        numbers: the right side with numbers in it; empty where the value alone is known.
        value: the result.
    """

    name: str
    numbers: str
    value: float


@dataclass(frozen=True)
class Table:
    """Numbers that belong side by side: a patch of a picture, the gates of each step, the weights of an attention head.

    Args:
        title: what it shows.
        columns: the names of the columns, after the first, which names the rows.
        rows: the names of the rows.
        values: the numbers, (rows, columns).
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    values: HostArray

    def to_dict(self) -> dict[str, Any]:
        """The table as plain data."""
        return {**vars(self), "values": np.asarray(self.values).tolist()}


def number(value: Any) -> str:
    """A number in five digits, in brackets when it is below 0.

    Example:
        >>> number(0.123456), number(-2.0)
        ('0.12346', '(-2)')
    """
    text = f"{float(value):.5g}"
    return f"({text})" if text.startswith("-") else text


def place(name: str, index: Sequence[Any]) -> str:
    """``x[1, 2]``, or the name alone of something without axes.

    Example:
        >>> place("x", (1, 2)), place("scale", ())
        ('x[1, 2]', 'scale')
    """
    return f"{name}[{', '.join(str(int(i)) for i in index)}]" if len(index) else name


def largest(sizes: HostArray, most: int = MOST) -> list[int]:
    """Where the largest numbers that are not 0 are, in order; at most so many.

    Example:
        >>> largest(np.array([0.0, -3.0, 1.0]), 1)
        [1]
    """
    flat = np.abs(np.ravel(sizes))
    chosen = np.argsort(-flat, kind="stable")[:most]
    return sorted(int(i) for i in chosen if flat[i] > 0 or not np.isfinite(flat[i]))


def products(left: HostArray, right: HostArray, most: int = MOST) -> list[str]:
    """The terms of ``Σ left × right``: the largest ones, and what all others come to.

    Example:
        >>> products(np.array([1.0, 2.0, 0.0]), np.array([3.0, -1.0, 5.0]))
        ['1 × 3', '2 × (-1)']
    """
    left, right = np.ravel(left), np.ravel(right)
    terms = left * right
    chosen = largest(terms, most)
    left_out = int(np.count_nonzero(terms)) - len(chosen)
    found = [f"{number(left[i])} × {number(right[i])}" for i in chosen]
    if left_out > 0:
        found.append(f"{number(terms.sum() - terms[chosen].sum())} from {left_out} more")
    return found or ["0"]


def formula_of(thing: Any) -> str:
    """The first line of a class's description, which is its formula.

    Example:
        >>> from glassnet.layers import Dense
        >>> formula_of(Dense(1))[:14]
        'h = f(x W + b)'
    """
    doc = inspect.getdoc(type(thing)) or ""
    first = doc.split("``")[1] if doc.startswith("``") else doc.split("\n", 1)[0]
    return first.strip("`. ")
