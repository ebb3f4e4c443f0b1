"""How results are written: short numbers in a table of plain text."""

from collections.abc import Sequence

from glassnet.foundation.readable import short


def number(value: float, digits: int = 3) -> str:
    """`value` with a few significant digits, or what it is when it is not finite.

    Example:
        >>> number(0.123456), number(float("nan"))
        ('0.123', 'not known')
    """
    return short(float(value), digits)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows under a head, in columns: the first to the left, the others to the right.

    Example:
        >>> print(table(["name", "loss"], [["sgd", 0.25], ["adam", 0.125]]))
        name   loss
        sgd    0.25
        adam  0.125
    """
    cells = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    ]
    return "\n".join(line.rstrip() for line in lines)


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them.

    Example:
        >>> listed(["adam", "sgd", "adagrad"])
        'adam, sgd and adagrad'
    """
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
