"""The rows of the contract: each loss with targets and outputs it takes, and what Keras says about it."""

import json
from pathlib import Path

import numpy as np
import pytest

STORED = json.loads((Path(__file__).parents[1] / "oracles/losses.json").read_text())


@pytest.fixture(scope="session")
def arrays():
    """Small targets and outputs by name: five rows of four numbers."""
    found = {name: np.array(value, "float32") for name, value in STORED["inputs"].items()}
    return {name: value.astype("int32") if "ids" in name else value for name, value in found.items()}


@pytest.fixture(scope="session")
def weights():
    return np.array(STORED["weights"], "float32")
