"""parquet_files: files found in their order, and a clear word on those that are missing, empty, damaged or different."""

import pyarrow as pa
import pytest
from pyarrow import parquet

from glassnet.data import ParquetBatches
from glassnet.data.streaming.parquet_files import parts_of
from glassnet.foundation.errors import ConfigError, DataError


def write(path, **columns):
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pa.table(columns), path, row_group_size=2)
    return path


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path):
    write(tmp_path / "b.parquet", a=[3, 4, 5])
    write(tmp_path / "a.pq", a=[1, 2])
    write(tmp_path / "deep" / "c.parquet", a=[6])
    write(tmp_path / "empty.parquet", a=pa.array([], pa.int64()))
    (tmp_path / "_SUCCESS").write_text("")
    (tmp_path / ".hidden.parquet").write_text("")
    parts = parts_of(tmp_path)
    assert [(p.path.name, p.first, p.sizes) for p in parts] == [
        ("a.pq", 0, [2]),
        ("b.parquet", 2, [2, 1]),
        ("c.parquet", 5, [1]),
    ]
    assert [p.path.name for p in parts_of([tmp_path / "b.parquet", str(tmp_path / "a.pq")])] == ["b.parquet", "a.pq"]


def test_what_cannot_be_read_is_said(tmp_path):
    (tmp_path / "none").mkdir()
    write(tmp_path / "rows.parquet", a=[1])
    (tmp_path / "zero.parquet").write_bytes(b"")
    (tmp_path / "text.parquet").write_text("a,b\n1,2\n")
    write(tmp_path / "empty.parquet", a=pa.array([], pa.int64()))
    for path, words in [
        (tmp_path / "row.parquet", "does not exist; did you mean 'rows.parquet'"),
        (tmp_path / "no" / "rows.parquet", "which does not exist. Check the name and the folder"),
        (tmp_path / "none", "Received none that ends in .parquet or .pq"),
        (tmp_path / "zero.parquet", "Expected zero.parquet to be a Parquet file. It cannot be read"),
        (tmp_path / "text.parquet", "Expected text.parquet to be a Parquet file. It cannot be read"),
        (tmp_path / "empty.parquet", "Expected rows in empty.parquet. Received none"),
    ]:
        with pytest.raises(DataError) as caught:
            ParquetBatches(path, target="a")
        assert words in str(caught.value)
    for path in (5, [], None):
        with pytest.raises(ConfigError, match="Expected the path of a Parquet file"):
            parts_of(path)


def test_files_that_differ_are_named(tmp_path):
    write(tmp_path / "a.parquet", age=[1.0], y=[0])
    write(tmp_path / "b.parquet", y=[0], age=[2.0], more=[1])
    assert ParquetBatches(tmp_path, target="y", columns=["age"]).n == 2
    write(tmp_path / "c.parquet", age=["old"], y=[1])
    with pytest.raises(DataError, match=r"'age' as double in a.parquet and as string in c.parquet"):
        ParquetBatches(tmp_path, target="y", columns=["age"])
    write(tmp_path / "c.parquet", agee=[1.0], y=[1])
    with pytest.raises(DataError, match=r"column 'age' in c.parquet. .*did you mean 'agee'"):
        ParquetBatches(tmp_path, target="y", columns=["age"])


def test_a_file_that_breaks_off_is_named_when_it_is_read(tmp_path):
    file = write(tmp_path / "a.parquet", a=list(range(5000)), y=[0] * 5000)
    batches = ParquetBatches(file, target="y", batch_size=8, shuffle_buffer=16)
    whole = file.read_bytes()
    file.write_bytes(whole[:4] + bytes(len(whole) // 2) + whole[len(whole) // 2 + 4 :])
    with pytest.raises(DataError, match=r"Expected a.parquet to be a Parquet file. It cannot be read"):
        list(batches)
    file.unlink()
    with pytest.raises(DataError, match=r"a.parquet"):
        list(batches)
