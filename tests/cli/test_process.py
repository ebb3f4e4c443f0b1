"""The program as a program: pipes, encodings, exit codes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src"


def shell(command, **environment):
    """Runs a line of shell in which ``$GLASSNET`` is the program."""
    glassnet = f"{sys.executable} -m glassnet"
    environment = {**os.environ, "PYTHONPATH": str(SRC), "GLASSNET": glassnet, "PYTHONUNBUFFERED": "", **environment}
    line = f"set -o pipefail; {command}"
    return subprocess.run(["bash", "-c", line], env=environment, capture_output=True, text=True, check=False)


def test_help_and_exit_codes():
    done = shell("$GLASSNET --help")
    assert done.returncode == 0 and done.stdout.startswith("usage: glassnet") and done.stderr == ""
    assert shell("$GLASSNET trian").returncode == 2


def test_a_reader_that_has_seen_enough_is_no_error(model, patients, tmp_path):
    many = tmp_path / "many.csv"
    lines = patients.read_text("utf-8").splitlines(keepends=True)
    many.write_text(lines[0] + "".join(lines[1:]) * 100, encoding="utf-8")
    for words in ("", "--json"):
        done = shell(f"$GLASSNET predict {model} {many} {words} | head -c 20")
        assert len(done.stdout) == 20 and done.stderr == "" and done.returncode == 0
    done = shell("$GLASSNET train --help | true")
    assert done.stderr == "" and done.returncode == 0


def test_a_terminal_that_knows_only_ascii(model, tmp_path):
    file = tmp_path / "new.csv"
    file.write_text("age,smoker,city,outcome\n40,yes,Genève,ill\n", encoding="utf-8")
    done = shell(f"$GLASSNET evaluate {model} {file}", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert done.returncode == 0 and "Traceback" not in done.stderr and done.stdout.isascii()


def test_a_training_whose_messages_nobody_reads_goes_on(patients, tmp_path):
    out = tmp_path / "runs"
    line = f"$GLASSNET train {patients} --target outcome --epochs 3 --hidden 4 --batch-size 16 --out {out}"
    done = shell(f"{line} 2>&1 >/dev/null | head -n 1")
    assert done.stdout.startswith("1 Load") and done.returncode == 0
    assert len(list(out.glob("*/report.html"))) == 1


@pytest.mark.parametrize("forced", [True, False])
def test_colour_in_a_pipe_only_when_forced(patients, forced):
    done = shell("$GLASSNET train nowhere.csv", **({"FORCE_COLOR": "1"} if forced else {"NO_COLOR": "1"}))
    assert done.returncode == 3 and ("\x1b[31merror" in done.stderr) is forced
