"""A table from what stands on the command line: a file, or the name of a built-in table."""

from pathlib import Path
from typing import Any

from glassnet import data
from glassnet.foundation.errors import DataError
from glassnet.foundation.registry import did_you_mean


def table_from(words: str, as_text: tuple[str, ...] = ()) -> tuple[Any, bool]:
    """The table, and whether it is a built-in one.

    Raises:
        DataError: neither a file nor a built-in name; the message holds the nearest.
    """
    if words in data.sample_names():
        return data.load_sample(words), True
    path = Path(words)
    if not path.exists() and not path.suffix:
        names = data.sample_names()
        raise DataError(
            f"Expected a file or a built-in table; received {words!r}, which is neither{did_you_mean(words, names) or '.'} "
            f"Built-in: {', '.join(names)}. Give a path that ends in .csv or .parquet for a file."
        )
    return data.read_table(path, as_text=as_text), False
