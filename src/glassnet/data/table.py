"""`Table`: named columns of equal length, from a file, a data frame or plain arrays."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np

from glassnet.data.columns import Column, column_of
from glassnet.data.words import counted, near, some
from glassnet.foundation.errors import DataError


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """n rows of named columns.

    Args:
        columns: the columns by name, in order, each with n cells.
        name: what the table is called in messages: a file's name.
        row_numbers: n whole numbers: where each row stood in its source, counted from 1 without the header. They stay
            with the rows through `select`, so that a message names the row the user sees in the file.

    Example:
        >>> table = Table.from_columns({"age": [31, None, 27], "smoker": ["yes", "no", "no"]})
        >>> table.rows, table.names, table.column("smoker").kind
        (3, ['age', 'smoker'], 'text')
    """

    columns: Mapping[str, Column]
    name: str = "the table"
    row_numbers: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def __post_init__(self) -> None:
        lengths = {name: len(column) for name, column in self.columns.items()}
        if len(set(lengths.values())) > 1:
            said = ", ".join(f"{name!r} {length}" for name, length in lengths.items())
            raise DataError(
                f"Expected columns of one length in {self.name}. Received {said} cells. Give each column one cell a "
                "row."
            )
        if len(self.row_numbers) != self.rows:
            object.__setattr__(self, "row_numbers", np.arange(1, self.rows + 1))

    @classmethod
    def from_columns(cls, columns: Mapping[str, Any], name: str = "the table") -> Self:
        """A table from arrays, lists or series by name.

        Args:
            columns: n values each; None, NaN and blank strings are missing cells. A `Column` is taken as it is.
            name: what the table is called in messages.

        Raises:
            DataError: columns of different lengths, or cells that hold more than one value.

        Example:
            >>> Table.from_columns({"x": [1, 2], "y": [True, False]}).column("y").kind
            'boolean'
        """
        made = {}
        for key, cells in columns.items():
            is_column = isinstance(cells, Column)
            made[str(key)] = replace(cells, name=str(key)) if is_column else column_of(str(key), cells)
        return cls(made, name)

    @classmethod
    def from_frame(cls, frame: Any, name: str = "the data frame") -> "Table":
        """A table from a pandas or Polars data frame, a pyarrow table or a dictionary; a `Table` is returned as it is.

        Args:
            frame: named columns of equal length.
            name: what the table is called in messages.

        Raises:
            DataError: anything else, or two columns of one name.

        Example:
            >>> Table.from_frame({"x": [1.5, None]}).column("x").missing
            array([False,  True])
        """
        from glassnet.data.frames import columns_of_frame

        return frame if isinstance(frame, Table) else cls(columns_of_frame(frame), name)

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(next(iter(self.columns.values()), ()))

    @property
    def names(self) -> list[str]:
        """The names of the columns, in order."""
        return list(self.columns)

    def column(self, name: str) -> Column:
        """The column called `name`.

        Raises:
            DataError: there is none; the message holds the nearest names.
        """
        if name not in self.columns:
            raise DataError(
                f"Expected a column of {self.name}. Received {name!r}, which it does not have"
                f"{near(str(name), self.columns) or '.'} Its columns: {some(self.names, 20)}."
            )
        return self.columns[name]

    def select(self, rows: Any) -> Self:
        """The table of some rows, given as indices, a mask or a slice; their row numbers stay with them."""
        chosen = {name: column.select(rows) for name, column in self.columns.items()}
        return replace(self, columns=chosen, row_numbers=self.row_numbers[rows])

    def drop(self, names: str | Iterable[str]) -> Self:
        """The table without one or more of its columns.

        Raises:
            DataError: a name that is no column; the message holds the nearest names.
        """
        gone = {self.column(name).name for name in ([names] if isinstance(names, str) else names)}
        return replace(self, columns={name: column for name, column in self.columns.items() if name not in gone})

    def where(self, row: int) -> str:
        """Words for a row, as they stand in messages: ``"data row 17 of patients.csv"``."""
        return f"data row {self.row_numbers[row]} of {self.name}"

    def __len__(self) -> int:
        return self.rows

    def __repr__(self) -> str:
        return f"<Table {self.name!r}: {counted(self.rows, 'row')}, {counted(len(self.columns), 'column')}>"
