"""Small tables, and the three small networks that the tests of this room share, so that little is compiled."""

import numpy as np
import pytest

from glassnet.data import Table
from glassnet.workbench import Settings, train

_QUICK = Settings(epochs=3, hidden=(4,), batch_size=16)


def _patients(rows=60, seed=0):
    """Columns of all kinds: numbers with gaps, a truth value, a category, an identifier, and two targets."""
    random = np.random.default_rng(seed)
    age = random.integers(20, 90, rows).astype(float)
    smoker = random.random(rows) < 0.4
    risk = (age - 55) / 15 + 2 * smoker + random.normal(size=rows) / 2
    return {
        "id": [f"p{i}" for i in range(rows)],
        "age": [None if i % 11 == 5 else value for i, value in enumerate(age.tolist())],
        "smoker": smoker.tolist(),
        "city": random.choice(["Bern", "Genève", "Zürich"], rows).tolist(),
        "outcome": ["ill" if r > 0.8 else "well" for r in risk],
        "stage": ["none" if r < 0 else "early" if r < 1 else "late" for r in risk],
        "cost": (1000 + 300 * risk).tolist(),
    }


def _table(*targets, rows=60, seed=0):
    """A table with only these of the three targets."""
    columns = _patients(rows, seed)
    return Table.from_columns(
        {k: v for k, v in columns.items() if k not in ("outcome", "stage", "cost") or k in targets}, "patients.csv"
    )


@pytest.fixture(scope="session")
def quick():
    """Three epochs of a network with one small layer."""
    return _QUICK


@pytest.fixture(scope="session")
def patients():
    """Makes columns of all kinds, as a dictionary."""
    return _patients


@pytest.fixture(scope="session")
def table():
    """Makes a table of patients with the targets that are named."""
    return _table


@pytest.fixture(scope="session")
def binary():
    return train(_table("outcome"), "outcome", settings=_QUICK)


@pytest.fixture(scope="session")
def several():
    return train(_table("stage"), "stage", settings=_QUICK)


@pytest.fixture(scope="session")
def number():
    return train(_table("cost"), "cost", settings=_QUICK)
