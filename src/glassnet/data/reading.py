"""`read_table`: a table from a CSV, TSV or Parquet file."""

import gzip
import zlib
from collections.abc import Collection
from os import PathLike
from pathlib import Path

from glassnet.data.arrow import column_from_arrow
from glassnet.data.delimited import table_from_text
from glassnet.data.table import Table
from glassnet.data.words import near, quoted
from glassnet.foundation.errors import DataError

_TEXT = (".csv", ".tsv", ".txt")
_PARQUET = (".parquet", ".pq")
_KNOWN = ".csv, .tsv, .txt (each also with .gz) or .parquet"


def read_table(
    path: str | PathLike[str],
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    missing: Collection[str] = (),
    as_text: Collection[str] = (),
) -> Table:
    """The table in a file: n rows of named columns, each column numbers, truth values or text.

    The first line of a text file names the columns. Its delimiter is found among comma, semicolon, tab and bar; a
    decimal comma is understood where commas do not part the cells. Empty cells, NA, N/A, NaN, null, None, ``?`` and
    ``-`` are missing. Digits that begin with 0 (postal codes) stay text.

    Args:
        path: a file ending in .csv, .tsv, .txt (each also with .gz) or .parquet.
        encoding: how a text file stores characters; UTF-8 (or what its byte-order mark says) unless told.
        delimiter: what parts the cells of a text file; found unless told.
        missing: further words for a missing cell of a text file.
        as_text: names of columns that stay text even where they look like numbers.

    Raises:
        DataError: a file that is missing, empty, damaged, or has lines that do not fit; the message names file and
            line.
        ConfigError: an unknown encoding.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder) / "patients.csv"
        ...     _ = file.write_text("age,outcome\\n31,well\\n,ill\\n")
        ...     table = read_table(file)
        >>> table
        <Table 'patients.csv': 2 rows, 2 columns>

    Reference: Y. Shafranovich, "Common Format and MIME Type for Comma-Separated Values (CSV) Files", RFC 4180, 2005.
    """
    file = Path(path)
    endings = [ending.lower() for ending in file.suffixes]
    packed = endings[-1:] == [".gz"]
    ending = (endings[:-1] if packed else endings)[-1:]
    if not file.is_file():
        raise DataError(_missing_file(file))
    if ending[:1] and ending[0] in _PARQUET and not packed:
        return _read_parquet(file)
    if not ending or ending[0] not in _TEXT:
        excel = " In Excel: File, Save as, CSV UTF-8." if ending and ending[0].startswith(".xls") else ""
        raise DataError(
            f"Expected a file ending in {_KNOWN}. Received {file.name!r}. Save the table in one of these "
            f"formats.{excel}"
        )
    if delimiter is None and ending[0] == ".tsv":
        delimiter = "\t"
    data = _read_bytes(file, packed)
    return table_from_text(data, file.name, encoding=encoding, delimiter=delimiter, missing=missing, as_text=as_text)


def _missing_file(file: Path) -> str:
    if str(file).startswith(("http:/", "https:/")):
        return f"Expected a file on this machine. Received the address {str(file)!r}. Download it and pass its path."
    if file.is_dir():
        tables = sorted(item.name for item in file.iterdir() if item.suffix.lower() in (*_TEXT, *_PARQUET, ".gz"))
        inside = f" such as {quoted(str(file / tables[0]), 200)}" if tables else ""
        return f"Expected a file. Received the folder {str(file)!r}. Pass the path of a table{inside}."
    if not file.parent.is_dir():
        return f"Expected a file. Received {str(file)!r}, but there is no folder {str(file.parent)!r}. Check the path."
    hint = near(file.name, (item.name for item in file.parent.iterdir()))
    return f"Expected a file. Received {str(file)!r}, which does not exist{hint or '.'} Check the name and the folder."


def _read_bytes(file: Path, packed: bool) -> bytes:
    try:
        data = file.read_bytes()
        return gzip.decompress(data) if packed or data[:2] == b"\x1f\x8b" else data
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            f"Expected {file.name} to be packed with gzip. It cannot be unpacked: {error}. Copy or download it again."
        ) from None
    except OSError as error:
        raise DataError(
            f"Expected to read {str(file)!r}. The system says: {error.strerror}. Check its permissions."
        ) from None


def _read_parquet(file: Path) -> Table:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(file) as source:
            cells = source.read()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise DataError(
            f"Expected {file.name} to be a Parquet file. It cannot be read: {reason}. Write or download it again."
        ) from None
    names = [name for name in cells.column_names if not name.startswith("__index_level_")]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise DataError(
            f"Expected each column of {file.name} to have a name of its own. Received {quoted(twice[0])} more than "
            f"once. Rename one of them."
        )
    if not names or not cells.num_rows:
        raise DataError(
            f"Expected rows and columns in {file.name}. Received {cells.num_rows} rows and {len(names)} columns. Check "
            f"that the file was written to its end."
        )
    return Table({name: column_from_arrow(name, cells.column(name)) for name in names}, file.name)
