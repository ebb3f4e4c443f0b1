"""Parquet files as one set: found, opened, and checked to have the same columns."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glassnet.data.words import near, quoted, some
from glassnet.foundation.errors import ConfigError, DataError

ENDINGS = (".parquet", ".pq")
_READ_BYTES = 1 << 20


@dataclass(frozen=True)
class ParquetPart:
    """One file: its path, its footer and its columns' types.

    `first` is the number of rows in the files before it.
    """

    path: Path
    footer: Any
    schema: Any
    first: int

    @property
    def sizes(self) -> list[int]:
        """The rows of each row group."""
        return [self.footer.row_group(number).num_rows for number in range(self.footer.num_row_groups)]

    def batches(self, group: int, columns: list[str], most: int) -> Iterator[Any]:
        """The rows of a row group as Arrow record batches of at most `most` rows, read page by page.

        Raises:
            DataError: the file is damaged, or has gone.
        """
        import pyarrow as pa
        from pyarrow import parquet

        try:
            # Read through a buffer and not ahead: a row group may be larger than the memory.
            with parquet.ParquetFile(
                self.path, metadata=self.footer, pre_buffer=False, buffer_size=_READ_BYTES
            ) as file:
                yield from file.iter_batches(most, row_groups=[group], columns=columns, use_threads=False)
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(self.path, error) from None


def parts_of(path: Any) -> list[ParquetPart]:
    """The files of a path: a file, a folder of them, or several paths; those without rows are passed over.

    Raises:
        ConfigError: no path.
        DataError: there is no such file, none in the folder, or no row in any.
    """
    parts: list[ParquetPart] = []
    rows = 0
    files = _files(path)
    for file in files:
        part = _opened(file, rows)
        if part.footer.num_rows:
            parts.append(part)
            rows += part.footer.num_rows
    if not parts:
        names = some([file.name for file in files], limit=3)
        raise DataError(f"Expected rows in {names}. Received none. Check that the writing went to its end.")
    return parts


def check_columns(parts: Sequence[ParquetPart], wanted: Sequence[str]) -> None:
    """Raise where a column is not there, or has another type than in the first file.

    Raises:
        DataError: with the file, the column, and the nearest name there is.
    """
    first = parts[0]
    for part in parts:
        for name in wanted:
            found = part.schema.names.count(name)
            if found == 0:
                known = [other for other in part.schema.names if not other.startswith("__index_level_")]
                raise DataError(
                    f"Expected a column {name!r} in {part.path.name}. Received none of that "
                    f"name{near(name, known) or '.'} It has: {some(known)}."
                )
            if found > 1:
                raise DataError(
                    f"Expected one column {name!r} in {part.path.name}. Received {found} of that name. Rename "
                    f"them in the file."
                )
            kind, then = part.schema.field(name).type, first.schema.field(name).type
            if kind != then:
                raise DataError(
                    f"Expected the files to have the same columns. Received {name!r} as {then} in "
                    f"{first.path.name} and as {kind} in {part.path.name}. Write both with one type."
                )


def _files(path: Any) -> list[Path]:
    if isinstance(path, list | tuple) and path:
        return [file for one in path for file in _files(one)]
    if not isinstance(path, str | os.PathLike):
        raise ConfigError(
            f"Expected the path of a Parquet file, of a folder of them, or a list of paths. Received {path!r}. Pass "
            f"'rows.parquet', for example."
        )
    place = Path(path)
    if place.is_dir():
        files = sorted(f for f in place.rglob("*") if f.suffix.lower() in ENDINGS and f.name[0] not in "._")
        if not files:
            raise DataError(
                f"Expected Parquet files in the folder {str(place)!r}. Received none that ends in .parquet or .pq. Check the "
                f"folder."
            )
        return files
    if not place.is_file():
        known = [item.name for item in place.parent.iterdir()] if place.parent.is_dir() else []
        raise DataError(
            f"Expected a Parquet file or a folder of them. Received {str(place)!r}, which does not exist"
            f"{near(place.name, known) or '.'} Check the name and the folder."
        )
    return [place]


def _opened(path: Path, first: int) -> ParquetPart:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            return ParquetPart(path, file.metadata, file.schema_arrow, first)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> DataError:
    reason = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
    return DataError(
        f"Expected {path.name} to be a Parquet file. It cannot be read: {quoted(reason, 200)[1:-1]}. Write or "
        f"download it again."
    )
