"""A small CSV file, models trained on it once, and a way to run a command and see what it said."""

import csv
import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from glassnet.cli.main import main

QUICK = ["--epochs", "3", "--hidden", "4", "--batch-size", "16"]


@dataclass
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        """The one JSON object on stdout, strictly read."""

        def refuse(word):
            raise AssertionError(f"{word} is no JSON")

        assert self.out.count("\n") == 1 and self.out.endswith("\n")
        return json.loads(self.out, parse_constant=refuse)


@pytest.fixture
def glassnet(capsys) -> Callable[..., Said]:
    """Runs a command in this process."""

    def run(*words) -> Said:
        capsys.readouterr()
        code = main([str(word) for word in words])
        return Said(code, *capsys.readouterr())

    return run


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    """Whatever runs the tests, its terminal decides nothing."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


def _rows(count=60):
    """A messy table: gaps, yes and no, a category, a date, an identifier, a constant, an empty column."""
    random = np.random.default_rng(0)
    yield ["patient id", "admitted", "age", "smoker", "city", "ward", "empty", "outcome", "cost"]
    for i in range(count):
        age, smoker = int(random.integers(20, 90)), random.random() < 0.4
        risk = (age - 55) / 15 + 2 * smoker + random.normal() / 2
        yield [
            1000 + i,
            f"2024-{i % 12 + 1:02}-{i % 28 + 1:02}",
            "" if i % 11 == 5 else age,
            "yes" if smoker else "no",
            random.choice(["Bern", "Genève", "Zürich"]),
            "A",
            "",
            "ill" if risk > 0.8 else "well",
            round(1000 + 300 * risk, 2),
        ]


def text(rows) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()


def columns(rows, *names) -> str:
    """CSV with some of the columns."""
    rows = list(rows)
    places = [rows[0].index(name) for name in names]
    return text([row[place] for place in places] for row in rows)


@pytest.fixture(scope="session")
def patients(tmp_path_factory) -> Path:
    """The messy table, to predict `outcome` from."""
    file = tmp_path_factory.mktemp("data") / "patients.csv"
    file.write_text(columns(_rows(), *next(_rows())[:-1]), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def costs(tmp_path_factory) -> Path:
    """A regression: `cost` from age and smoker."""
    file = tmp_path_factory.mktemp("data") / "costs.csv"
    file.write_text(columns(_rows(), "age", "smoker", "cost"), encoding="utf-8")
    return file


def _trained(folder: Path, *words) -> Path:
    with open(os.devnull, "w") as nowhere, pytest.MonkeyPatch.context() as patch:  # noqa: PTH123
        patch.setattr("sys.stdout", nowhere)
        patch.setattr("sys.stderr", nowhere)
        assert main(["train", *map(str, words), *QUICK, "--out", str(folder), "--quiet"]) == 0
    return next(folder.iterdir()) / "model.glass"


@pytest.fixture(scope="session")
def model(patients, tmp_path_factory) -> Path:
    """A model of `outcome`."""
    return _trained(tmp_path_factory.mktemp("runs"), patients, "--target", "outcome")


@pytest.fixture(scope="session")
def cost_model(costs, tmp_path_factory) -> Path:
    """A model of `cost`."""
    return _trained(tmp_path_factory.mktemp("runs"), costs, "--target", "cost")


@pytest.fixture
def quick() -> list[str]:
    """Options for a short training."""
    return QUICK
