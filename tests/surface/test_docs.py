"""Every public name explains itself, every example runs, every message helps."""

import ast
import doctest
import enum
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import glassnet

SRC = Path(__file__).parents[2] / "src"
FILES = sorted(SRC.glob("glassnet/**/*.py"))


def told(items: list[str]) -> str:
    return "\n".join(items)


# Public names.


def all_modules() -> list[Any]:
    names = ["glassnet", *(info.name for info in pkgutil.walk_packages(glassnet.__path__, "glassnet."))]
    return [importlib.import_module(name) for name in names if not name.endswith("__main__")]


def public_objects() -> dict[str, Any]:
    """Our own classes and functions in any ``__all__``, each under the first name it has there."""
    found: dict[int, tuple[str, Any]] = {}
    for module in all_modules():
        for name in getattr(module, "__all__", ()):
            value = getattr(module, name)
            ours = str(getattr(value, "__module__", "")).startswith("glassnet")
            if ours and (inspect.isclass(value) or is_function(value)):
                found.setdefault(id(value), (f"{module.__name__}.{name}", value))
    return dict(found.values())


def is_function(value: Any) -> bool:
    # A function under a decorator of JAX is an object that wraps it.
    return inspect.isroutine(value) or (callable(value) and hasattr(value, "__wrapped__"))


def methods(owner: type) -> Iterator[str]:
    """The public methods and properties that a class defines itself."""
    for name, value in vars(owner).items():
        if not name.startswith("_") and (
            is_function(value) or isinstance(value, property | classmethod | staticmethod)
        ):
            yield name


def needs_example(value: Any) -> bool:
    told_by_name = (BaseException, enum.Enum)
    return not (inspect.isclass(value) and (issubclass(value, told_by_name) or getattr(value, "_is_protocol", False)))


def test_every_public_name_resolves() -> None:
    missing = [
        f"{module.__name__}.{name}"
        for module in all_modules()
        for name in getattr(module, "__all__", ())
        if not hasattr(module, name)
    ]
    assert not missing, told(missing)


def test_every_public_name_has_a_docstring() -> None:
    bare = [name for name, value in public_objects().items() if not (value.__doc__ or "").strip()]
    bare += [
        f"{name}.{method}"
        for name, value in public_objects().items()
        if inspect.isclass(value)
        for method in methods(value)
        if not inspect.getdoc(getattr(value, method))
    ]
    assert not bare, told(bare)


def test_every_public_function_and_class_has_an_example() -> None:
    bare = [
        name
        for name, value in public_objects().items()
        if needs_example(value) and ">>>" not in (value.__doc__ or "").partition("Example:")[2]
    ]
    assert not bare, told(bare)


# Examples.


def lines_of_examples() -> dict[str, int]:
    """The number of ``>>>`` lines in each module's docstrings, found in its text: collecting tests imports nothing."""
    counts = {}
    for path in FILES:
        documented = ast.Module | ast.ClassDef | ast.FunctionDef
        nodes = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, documented)]
        texts = [ast.get_docstring(node) or "" for node in nodes]
        name = ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")
        counts[name] = sum(len(doctest.DocTestParser().get_examples(text)) for text in texts)
    return {name: count for name, count in counts.items() if count}


EXAMPLES = lines_of_examples()


@pytest.mark.parametrize(("name", "count"), EXAMPLES.items(), ids=EXAMPLES)
def test_the_examples_run(name: str, count: int) -> None:
    module = importlib.import_module(name)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    output: list[str] = []
    for example in doctest.DocTestFinder(exclude_empty=True).find(module):
        runner.run(example, out=output.append)
    assert runner.failures == 0, "".join(output)
    assert runner.tries == count, "the module has an example that doctest does not find"


# Messages.

BLANK = "\N{OBJECT REPLACEMENT CHARACTER}"
TELLS = ("xpected", "eceived", "got", "needs", "must", "cannot", "no ", "No ", "not ")
ERRORS = {
    node.name
    for node in ast.parse((SRC / "glassnet/foundation/errors.py").read_text("utf-8")).body
    if isinstance(node, ast.ClassDef)
}


def error_calls(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = ast.unparse(node.func).split(".")[-1]
            if name in ERRORS:
                yield node


def written_parts(message: ast.AST) -> Iterator[str]:
    """The constant parts of a message in their order, and a blank for what is filled in without one."""
    if isinstance(message, ast.Constant) and isinstance(message.value, str):
        yield message.value
    elif isinstance(message, ast.FormattedValue):
        yield "".join(written_parts(message.value)) or BLANK
    else:
        for node in ast.iter_child_nodes(message):
            yield from written_parts(node)


def faults(call: ast.Call) -> Iterator[str]:
    if not call.args:
        yield "no message"
        return
    if not isinstance(call.args[0], ast.JoinedStr | ast.Constant | ast.BinOp):
        return  # it was put together elsewhere
    text = "".join(written_parts(call.args[0]))
    if not any(word in text for word in TELLS):
        yield "does not say what was expected or received"
    # A blank at the very end, after a full stop, is the advice itself.
    if len(re.findall(rf"[.!?](?=\s|$)|(?<=[.!?] ){BLANK}$", text)) < 2:
        yield "does not say what to do in a sentence of its own"


def test_every_message_says_what_happened_and_what_to_do() -> None:
    found = [
        f"{path.relative_to(SRC)}:{call.lineno} {fault}"
        for path in FILES
        for call in error_calls(ast.parse(path.read_text("utf-8")))
        for fault in faults(call)
    ]
    assert not found, told(found)
