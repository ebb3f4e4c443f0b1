"""glassnet data: the built-in tables."""

from glassnet.data import sample_names


def test_every_table_is_listed_with_its_size_and_target(glassnet):
    answer = glassnet("data")
    lines = answer.out.splitlines()
    assert answer.code == 0 and [line.split()[0] for line in lines[1:]] == sample_names()
    assert next(line for line in lines if line.startswith("breast-cancer")).split()[1:4] == ["569", "30", "diagnosis"]
    assert max(map(len, lines)) <= 100


def test_json(glassnet):
    answer = glassnet("data", "--json")
    tables = {table["name"]: table for table in answer.json["tables"]}
    assert answer.err == "" and tables["iris"]["rows"] == 150 and tables["iris"]["target"] == "species"
    assert all(table["licence"] and table["source"] for table in tables.values())
