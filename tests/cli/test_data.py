"""glassnet data: the built-in tables."""

import pytest

from glassnet.data import sample_names


def test_every_table_is_listed_with_its_size_and_target(glassnet):
    answer = glassnet("data")
    lines = answer.out.splitlines()
    assert answer.code == 0 and [line.split()[0] for line in lines[1:]] == sample_names()
    assert next(line for line in lines if line.startswith("breast-cancer")).split()[1:4] == ["569", "30", "diagnosis"]


def test_json(glassnet):
    answer = glassnet("data", "--json")
    tables = {table["name"]: table for table in answer.json["tables"]}
    assert answer.err == "" and tables["iris"]["rows"] == 150 and tables["iris"]["target"] == "species"
    assert all(table["licence"] and table["source"] for table in tables.values())


@pytest.mark.parametrize("terminal", [True, False])
def test_on_a_narrow_terminal_what_a_table_is_stands_below_it(glassnet, monkeypatch, terminal):
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal, raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    lines = glassnet("data").out.splitlines()
    assert not any("…" in line for line in lines) and (max(map(len, lines)) <= 60) is terminal
    assert (sum(line.startswith("  ") for line in lines) > 10) is terminal
