"""The source stays small and plain: short files, short functions, no cycle, nothing that hides."""

import ast
import graphlib
import statistics
from collections.abc import Iterator
from pathlib import Path

SRC = Path(__file__).parents[2] / "src"
FILES = sorted(SRC.glob("glassnet/**/*.py"))
TREES = {path: ast.parse(path.read_text("utf-8"), str(path)) for path in FILES}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def percentile_90(sizes: list[int]) -> float:
    return statistics.quantiles(sizes, n=10, method="inclusive")[-1]


def largest(sizes: dict[str, int], count: int = 12) -> str:
    """The largest things by name, for a person who has to make them smaller."""
    named = sorted(sizes.items(), key=lambda item: -item[1])[:count]
    return "\n".join(f"{size:5} {name}" for name, size in named)


def own_lines(function: Function) -> int:
    """The lines of a function from its ``def`` to its end, without its docstring; what is nested counts."""
    docstring = ast.get_docstring(function, clean=False) is not None and function.body[0]
    inside = docstring.end_lineno - docstring.lineno + 1 if docstring and docstring.end_lineno else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - inside


def module_name(path: Path) -> str:
    parts = path.relative_to(SRC).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_files_are_short() -> None:
    sizes = {str(path.relative_to(SRC)): path.read_text("utf-8").count("\n") for path in FILES}
    told = largest(sizes)
    assert statistics.median(sizes.values()) < 150, told
    assert percentile_90(list(sizes.values())) < 350, told
    assert max(sizes.values()) <= 600, told


def test_functions_are_short() -> None:
    sizes = {
        f"{path.relative_to(SRC)}:{node.lineno} {node.name}": own_lines(node)
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, Function)
    }
    told = largest(sizes)
    assert statistics.median(sizes.values()) < 10, told
    assert percentile_90(list(sizes.values())) < 35, told
    assert max(sizes.values()) <= 80, told


def test_folders_are_shallow() -> None:
    assert [path for path in FILES if len(path.relative_to(SRC).parent.parts) > 3] == []


def test_nothing_is_imported_by_star() -> None:
    found = [
        f"{path.relative_to(SRC)}:{node.lineno}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    ]
    assert not found, "\n".join(found)


def test_nothing_is_asserted() -> None:
    found = [
        f"{path.relative_to(SRC)}:{node.lineno}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert)
    ]
    assert not found, "\n".join(found)


def test_only_the_command_line_prints() -> None:
    found = [
        f"{path.relative_to(SRC)}:{node.lineno}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        if path.relative_to(SRC).parts[1] not in ("cli", "__main__.py")
    ]
    assert not found, "\n".join(found)


# Import cycles.


def is_type_checking(test: ast.expr) -> bool:
    return isinstance(test, ast.Name | ast.Attribute) and ast.unparse(test).split(".")[-1] == "TYPE_CHECKING"


def run_on_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run when a module is imported: not those in functions or under TYPE_CHECKING."""
    for statement in body:
        if isinstance(statement, Function):
            continue
        yield statement
        skipped = isinstance(statement, ast.If) and is_type_checking(statement.test)
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = [] if skipped and name == "body" else getattr(statement, name, [])
            for item in inner:
                yield from run_on_import([item] if isinstance(item, ast.stmt) else item.body)


def imported_modules(tree: ast.Module, known: set[str]) -> set[str]:
    """Our own modules that a module names in the imports that run when it is imported."""
    found: set[str] = set()
    for statement in run_on_import(tree.body):
        if isinstance(statement, ast.Import):
            found |= {alias.name for alias in statement.names}
        elif isinstance(statement, ast.ImportFrom) and statement.module:
            inner = {f"{statement.module}.{alias.name}" for alias in statement.names}
            found |= inner & known
            found |= {statement.module} if inner - known else set()
    return found & known


def test_no_module_imports_itself_by_way_of_others() -> None:
    known = {module_name(path) for path in FILES}
    graph = {module_name(path): imported_modules(tree, known) for path, tree in TREES.items()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        # The sorter speaks of what must come first, so its path reads against the imports.
        raise AssertionError(" imports ".join(reversed(error.args[1]))) from None
