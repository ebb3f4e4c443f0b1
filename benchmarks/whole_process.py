"""`glassnet train breast-cancer` as a whole process, beside a scikit-learn and Matplotlib script that does the same."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCRIPT = Path(__file__).parent / "peers" / "sklearn_report.py"


def seconds(command, **environment):
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **environment})
    return time.perf_counter() - started


def glassnet():
    with tempfile.TemporaryDirectory() as folder:
        train = [sys.executable, "-m", "glassnet", "train", "breast-cancer", "--out", folder]
        first = seconds(train, GLASSNET_CACHE=f"{folder}/cache")
        again = seconds(train, GLASSNET_CACHE=f"{folder}/cache")
        return {"first process": first, "further process": again}


def scikit_learn():
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(SCRIPT), f"{folder}/report.png"]
        return {"first process": seconds(command), "further process": seconds(command)}


def small_commands():
    command = [sys.executable, "-m", "glassnet", "--help"]
    load = [sys.executable, "-c", "import glassnet"]
    return {"glassnet --help": seconds(command), "import glassnet": seconds(load)}


CONTENDERS = {"glassnet train breast-cancer": glassnet, "scikit-learn + Matplotlib script": scikit_learn}
