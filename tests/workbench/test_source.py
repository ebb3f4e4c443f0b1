"""What may stand for a table."""

import pandas as pd
import pytest

from glassnet.data import Table, load_sample
from glassnet.foundation.errors import DataError
from glassnet.workbench.source import sample_named, table_of


def test_a_path_a_name_a_frame_a_dictionary_or_a_table(tmp_path):
    columns = {"x": [1.5, 2.5], "y": ["a", "b"]}
    file = tmp_path / "t.csv"
    pd.DataFrame(columns).to_csv(file, index=False)
    for source in (file, str(file), pd.DataFrame(columns), columns, Table.from_columns(columns)):
        assert table_of(source).column("x").values.tolist() == [1.5, 2.5]
    assert table_of("iris").target == load_sample("iris").target


def test_built_in_names_are_forgiving():
    assert sample_named("Breast_Cancer") == "breast-cancer"
    assert sample_named("breast cancer") is None and sample_named({"x": [1]}) is None


def test_columns_of_a_file_stay_text_when_asked_to(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("code,y\n1,2\n2,3\n")
    assert table_of(file, ("code",)).column("code").kind == "text"


def test_neither_a_file_nor_a_name():
    with pytest.raises(DataError, match="'irs', which is neither; did you mean 'iris'"):
        table_of("irs")
    with pytest.raises(DataError, match="does not exist"):
        table_of("nowhere.csv")
