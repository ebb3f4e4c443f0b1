"""A run can be repeated from what it says of itself."""

import shlex
from dataclasses import fields

import pytest

from glassnet.workbench import Settings, command_for, python_for
from glassnet.workbench.reproduce import versions

CHOSEN = Settings(
    test=0.3, epochs=2, hidden=(), activation="tanh", optimizer="sgd", learning_rate=0.05, seed=7, task="classification"
)


@pytest.mark.parametrize(
    "settings", [Settings(), CHOSEN, Settings(hidden=(5, 3), dropout=0.5)], ids=["", "all", "wide"]
)
def test_the_command_says_exactly_the_settings(settings):
    from glassnet.cli.options import parse

    words = shlex.split(command_for("my data.csv", "out come", settings))
    assert words[0] == "glassnet"
    said = parse(words[1:])
    given = {field.name: getattr(said, field.name) for field in fields(Settings)}
    assert Settings(**{name: value for name, value in given.items() if value is not None}) == settings
    assert (said.data, said.target) == ("my data.csv", "out come")


def test_the_python_code_runs_and_gives_the_same_network(binary, tmp_path, monkeypatch, capsys):
    import csv

    monkeypatch.chdir(tmp_path)
    columns = binary.loaded.table.columns
    with (tmp_path / "patients.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([column.cell(i) for column in columns.values()] for i in range(binary.loaded.table.rows))
    code = python_for("patients.csv", "outcome", binary.settings)
    scope = {}
    exec(code, scope)
    again = scope["result"]
    assert all((a == b).all() for a, b in zip(again.model.get_weights(), binary.model.get_weights(), strict=True))
    assert (tmp_path / "model.glass").exists() and "Measured" in capsys.readouterr().out


def test_versions_name_what_a_run_depends_on():
    assert set(versions()) == {"glassnet", "python", "jax", "numpy", "platform"}
