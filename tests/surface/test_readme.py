"""The README keeps its word: its Python runs as printed, and its two commands are there to be run."""

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("code", BLOCKS, ids=[block.splitlines()[0] for block in BLOCKS])
def test_python_in_the_readme_runs(code, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {"__name__": "readme"})


def test_there_is_python_to_run():
    assert len(BLOCKS) >= 4


@pytest.mark.parametrize("name", ["train", "test"])
def test_each_command_is_one_line(name):
    mark = f"<!-- command: {name} -->\n```sh\n"
    text = README.read_text(encoding="utf-8")
    assert mark in text
    assert len(text.split(mark)[1].split("```")[0].strip().splitlines()) == 1
