import json
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def stored():
    """What Keras says, written by tests/oracles/weight_rules.py."""
    return json.loads((Path(__file__).parents[1] / "oracles/weight_rules.json").read_text())
