"""A table from whatever stands for one: a file's path, the name of a built-in table, a data frame."""

from os import PathLike
from pathlib import Path
from typing import Any

from glassnet import data
from glassnet.data import Table
from glassnet.foundation.errors import DataError
from glassnet.foundation.registry import did_you_mean


def table_of(source: Any, as_text: tuple[str, ...] = ()) -> Table:
    """The table that `source` stands for.

    Args:
        source: a `Table`, a data frame, a dictionary of columns, the path of a .csv, .tsv or .parquet file, or the name
            of a built-in table.
        as_text: columns of a file that stay text even where they look like numbers.

    Raises:
        DataError: neither a table, nor a file, nor a built-in name; the message holds the nearest.

    Example:
        >>> table_of("iris").rows, table_of({"x": [1, 2], "y": [0, 1]}).names
        (150, ['x', 'y'])
    """
    if not isinstance(source, str | PathLike):
        return Table.from_frame(source)
    if sample := sample_named(source):
        return data.load_sample(sample)
    path = Path(source)
    if not path.suffix and not path.exists():
        names = data.sample_names()
        raise DataError(
            f"Expected a file or a built-in table. Received {str(source)!r}, which is neither"
            f"{did_you_mean(str(source), names) or '.'} Built-in: {', '.join(names)}. A file's name ends in .csv, .tsv or "
            f".parquet."
        )
    return data.read_table(path, as_text=as_text)


def sample_named(source: Any) -> str | None:
    """The name of the built-in table that `source` names, None when it names none."""
    name = source.replace("_", "-").lower() if isinstance(source, str) else None
    return name if name in data.sample_names() else None
