"""Tables from delimited text: encoding, delimiter, header, and exact complaints about lines that do not fit."""

import csv
import io
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any

from glassnet.data.arrow import column_from_cells
from glassnet.data.converting import parse_number
from glassnet.data.table import Table
from glassnet.data.words import counted, quoted, some
from glassnet.foundation.errors import ConfigError, DataError

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 1 << 20
_BLOCK = 1 << 24
_OTHER_FORMATS = {
    b"PK": "an Excel workbook or a zip file. Save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook. Save the sheet as CSV",
    b"PAR1": "a Parquet file. Give it the ending .parquet",
    b"%PDF": "a PDF. Copy the table into a spreadsheet and save it as CSV",
}


def table_from_text(
    data: bytes,
    name: str,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    missing: Collection[str] = (),
    as_text: Collection[str] = (),
) -> Table:
    """A table from the bytes of a delimited text file with a header line.

    Args:
        data: the file's bytes.
        name: what the file is called in messages.
        encoding: how characters are stored; UTF-8 (or what a byte-order mark says) unless told.
        delimiter: what parts the cells; found among comma, semicolon, tab and bar unless told.
        missing: further words for a missing cell.
        as_text: names of columns that stay text whatever they look like.

    Raises:
        DataError: bytes that are no text, no header, no rows, or lines that do not fit the header.
        ConfigError: an unknown encoding.
    """
    data = utf8_bytes(data, name, encoding)
    sample = data[:_SAMPLE].decode("utf-8", "ignore")
    if not sample.strip():
        raise DataError(
            f"Expected a table in {name}. Received an empty file. Write a line of column names and rows below it."
        )
    delimiter = delimiter or find_delimiter(sample)
    header, start = _header(sample, delimiter)
    names = _column_names(header, name)
    # A line of nothing but tabs is a row of empty cells, not a blank line.
    if not data[start : start + _SAMPLE].strip(b" \r\n") and not data[start:].strip(b" \r\n"):
        raise DataError(
            f"Expected rows below the header of {name}. Received the header alone ({counted(len(names), 'column')}: "
            f"{some(names)}). Add the rows, or check that the file was written to its end."
        )
    cells = _parse(data, start, names, delimiter, name)
    columns = {
        key: column_from_cells(key, cells.column(key), delimiter=delimiter, missing=missing, as_text=key in as_text)
        for key in names
    }
    return Table(columns, name)


def utf8_bytes(data: bytes, name: str, encoding: str | None) -> bytes:
    """The bytes as UTF-8 without a byte-order mark.

    Raises:
        DataError: bytes that are no text in this encoding; the message names line and byte.
        ConfigError: an unknown encoding.
    """
    if encoding is None and data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    if encoding is None and (data[:4] == b"PAR1" or b"\0" in data[:_SAMPLE]):
        raise DataError(_binary_message(data, name))
    try:
        text = data.decode(encoding or "utf-8-sig")
    except LookupError:
        raise ConfigError(
            f"Expected the name of an encoding. Received {encoding!r}. Pass one such as 'utf-8', 'cp1252' or 'latin-1'."
        ) from None
    except UnicodeError as error:
        raise DataError(_encoding_message(data, name, encoding, error)) from None
    if encoding is None:
        return data.removeprefix(b"\xef\xbb\xbf")
    return text.removeprefix("\ufeff").encode("utf-8")


def _binary_message(data: bytes, name: str) -> str:
    what = next((what for magic, what in _OTHER_FORMATS.items() if data.startswith(magic)), "")
    what = what or "bytes that are no text. Open it in the program that wrote it and save it as CSV"
    return f"Expected text with one row a line in {name}. Received {what}, then run again."


def _encoding_message(data: bytes, name: str, encoding: str | None, error: UnicodeError) -> str:
    if not isinstance(error, UnicodeDecodeError):
        return f"Expected {name} in the encoding {encoding!r}. It does not decode: {error}. Pass its true encoding."
    place = error.start
    line = data.count(b"\n", 0, place) + 1
    byte = data[place]
    what = _OTHER_FORMATS.get(next((magic for magic in _OTHER_FORMATS if data.startswith(magic)), b""))
    if what:
        return _binary_message(data, name)
    guess = bytes([byte]).decode("cp1252", "ignore")
    hint = f" (in Windows-1252 it would be {guess!r})" if guess and byte > 127 else ""
    advice = "Save the file as UTF-8 (in Excel: 'CSV UTF-8'), or read it with encoding='cp1252'"
    return (
        f"Expected text in {encoding or 'UTF-8'}. Received the byte 0x{byte:02X} in line {line} of {name}{hint}. "
        f"{advice if encoding is None else 'Pass the encoding it was saved in'}."
    )


def find_delimiter(sample: str) -> str:
    """The delimiter under which most lines of the sample have as many cells as the first; a comma when none parts it.

    Example:
        >>> find_delimiter("name;size\\nA;1,5\\nB;2,5\\n")
        ';'
    """
    best, found = (0.0, 0), ","
    for delimiter in DELIMITERS:
        try:
            records = list(islice(_records(sample, delimiter), 50))
        except csv.Error:
            continue
        if len(sample) >= _SAMPLE // 4 and 1 < len(records) < 50:
            records.pop()  # the sample may end inside this one
        width = len(records[0]) if records else 0
        score = (sum(len(record) == width for record in records) / max(len(records), 1), width)
        if width > 1 and score > best:
            best, found = score, delimiter
    return found


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    return (record for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if record)


def _header(sample: str, delimiter: str) -> tuple[list[str], int]:
    """The cells of the first line that is not blank, and the byte at which the rows begin."""
    consumed = 0

    def lines() -> Iterator[str]:
        nonlocal consumed
        for line in io.StringIO(sample, newline=""):
            consumed += len(line.encode("utf-8"))
            yield line

    header = next((record for record in csv.reader(lines(), delimiter=delimiter) if any(map(str.strip, record))), [])
    return header, consumed


def _column_names(header: list[str], name: str) -> list[str]:
    cells = [cell.strip() for cell in header]
    if cells and all(parse_number(cell) is not None for cell in cells):
        raise DataError(
            f"Expected column names in the first line of {name}. Received only numbers ({some(cells, 4)}), so this "
            f"line looks like data. Add a first line with a name for each of its {counted(len(cells), 'column')}."
        )
    names = [cell or f"column {place}" for place, cell in enumerate(cells, start=1)]
    places: dict[str, int] = {}
    for place, column in enumerate(names, start=1):
        if column in places:
            raise DataError(
                f"Expected each column of {name} to have a name of its own. Received {quoted(column)} for columns "
                f"{places[column]} and {place}. Rename one of them in the first line; if that line holds data, add a "
                f"line of column names above it."
            )
        places[column] = place
    return names


def _parse(data: bytes, start: int, names: list[str], delimiter: str, name: str) -> Any:
    """The rows as an Arrow table of strings."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    try:
        cells = arrow_csv.read_csv(
            pa.py_buffer(memoryview(data)[start:]),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=_BLOCK),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
        )
    except pa.ArrowInvalid as error:
        _explain_lines(data, len(names), delimiter, name)
        raise DataError(
            f"Expected rows of {len(names)} cells in {name}. Received lines that cannot be read: {error}. "
            f"Save it as plain CSV again."
        ) from None
    # A quote that is never closed swallows the rest of the file into its cell without an error.
    if cells.num_rows and any("\n" in cells.column(key)[-1].as_py() for key in names):
        _explain_lines(data, len(names), delimiter, name)
    return cells


def _explain_lines(data: bytes, width: int, delimiter: str, name: str) -> None:
    """Raise a `DataError` for the first line that does not fit; return when all of them do."""
    reader = csv.reader(io.StringIO(data.decode("utf-8"), newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for record in reader:
            if record and len(record) != width:
                raise DataError(
                    f"Expected {counted(width, 'cell')} in each line of {name}, as in its header. Received "
                    f"{len(record)} in line {line}: {quoted(delimiter.join(record), 60)}. {_advice(len(record), width)}"
                )
            line = reader.line_num + 1
    except csv.Error as error:
        if "unexpected end" not in str(error):
            return
        raise DataError(
            f"Expected each quote in {name} to be closed. Received one in line {line} that never is, so the rest of "
            f"the file would be one cell. Close the quote, or write a quote inside a cell twice."
        ) from None


def _advice(found: int, width: int) -> str:
    if found > width:
        return "Put a cell that contains the delimiter in double quotes, or remove what is too much."
    return "Add the missing cells (empty ones may stay empty, but their delimiters must be there), or remove the line."
