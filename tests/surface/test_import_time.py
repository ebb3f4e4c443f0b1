"""``import glassnet`` and ``glassnet --help`` answer at once, and a training loads what it needs: nothing heavy beside it."""

import json
import os
import subprocess
import sys
from pathlib import Path

SRC = Path(__file__).parents[2] / "src"
HEAVY = {"jax", "jaxlib", "pandas", "pyarrow", "scipy", "sklearn", "safetensors", "matplotlib"}

ASK_FOR_HELP = """
import runpy, sys
sys.argv = ["glassnet", "--help"]
try:
    runpy.run_module("glassnet", run_name="__main__", alter_sys=True)
except SystemExit as left:
    if left.code not in (0, None):
        raise
"""


def loaded_after(program: str) -> tuple[set[str], str]:
    """The modules that a new Python holds after `program`, and what it printed."""
    program += "\nimport json, sys\nsys.stderr.write(json.dumps(sorted(sys.modules)))"
    environment = {**os.environ, "PYTHONPATH": str(SRC)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr)), done.stdout


def test_importing_glassnet_loads_nothing_heavy() -> None:
    modules, printed = loaded_after("import glassnet\nglassnet.__version__\ndir(glassnet)")
    rooms = {name for name in modules if name.startswith("glassnet.") and not name.startswith("glassnet._")}
    assert modules & (HEAVY | {"numpy"}) == set()
    assert rooms == set()
    assert printed == ""


def test_asking_for_help_loads_no_engine() -> None:
    modules, printed = loaded_after(ASK_FOR_HELP)
    assert modules & HEAVY == set()
    assert "usage" in printed.lower()


def test_a_training_loads_no_room_that_judges_or_draws() -> None:
    modules, _ = loaded_after(
        "import numpy as np\nimport glassnet as keras\n"
        "model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])\n"
        "model.compile('sgd', 'mse')\nmodel.fit(np.zeros((4, 1)), np.zeros((4, 1)), verbose=0)"
    )
    assert "glassnet.preflight" in modules  # the look before training
    assert not {f"glassnet.{room}" for room in ("diagnosis", "inspection", "plots", "tuning", "workbench")} & modules
