"""The room as a whole: what it names, and that it stays light."""

import subprocess
import sys

import glassnet.data


def test_names_are_sorted_there_and_documented():
    assert glassnet.data.__all__ == sorted(glassnet.data.__all__)
    for name in glassnet.data.__all__:
        assert getattr(glassnet.data, name).__doc__, name


def test_importing_it_and_splitting_a_sample_loads_nothing_heavy():
    code = """
import sys
from glassnet.data import TablePreparation, load_sample, plan_target, split_rows
table = load_sample("wine")
TablePreparation.fit(table, plan_target(table, table.target)).transform(table)
split_rows(table.rows)
print(*sorted({"jax", "pyarrow", "pandas", "sklearn", "scipy"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
