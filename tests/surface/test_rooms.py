"""The rooms: who may import whom, and which room may use which other library."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src"

CONFINED: dict[str, set[str] | frozenset[str]] = {
    "pyarrow": {"data"},
    "safetensors": {"persistence"},
    "sklearn": {"data", "workbench", "estimators"},
    "matplotlib": {"plots"},
    "mlflow": {"callbacks"},
    "IPython": {"callbacks"},
    "optuna": {"tuning", "callbacks"},
    "scipy": {"data", "workbench", "estimators", "initializers", "tuning"},
    **dict.fromkeys(("optax", "pandas", "keras", "tensorboard", "tensorflow", "torch", "PIL"), frozenset[str]()),
}


def test_rooms_import_only_from_below() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(SRC)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def imported_names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The first part of everything that is imported anywhere in a module, by statement or by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0], node.lineno
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            named = node.args[0] if node.args else None
            if isinstance(named, ast.Constant) and isinstance(named.value, str):
                yield named.value.split(".")[0], node.lineno


@pytest.mark.parametrize("library", CONFINED)
def test_another_library_is_imported_only_in_its_room(library: str) -> None:
    found = []
    for path in sorted(SRC.glob("glassnet/**/*.py")):
        room = path.relative_to(SRC / "glassnet").parts[0]
        if room not in CONFINED[library]:
            names = imported_names(ast.parse(path.read_text("utf-8")))
            found += [f"{path.relative_to(SRC)}:{line}" for name, line in names if name == library]
    assert not found, "\n".join(found)
