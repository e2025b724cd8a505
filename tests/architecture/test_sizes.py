"""Files and functions stay small enough to be read in one go."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .conftest import SourceFile

MODULE_LINES, FUNCTION_LINES, PARAMETERS = 400, 50, 5
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(source: SourceFile) -> Iterator[Function]:
    """Every function and method of a file."""
    return (node for node in ast.walk(source.tree) if isinstance(node, Function))


def count_parameters(function: Function) -> int:
    """How many things a caller may pass; self and cls are passed by Python."""
    arguments = function.args
    names = [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return len(names) - (names[:1] in (["self"], ["cls"]))


def test_no_module_is_longer_than_four_hundred_lines(sources: tuple[SourceFile, ...]) -> None:
    lengths = {str(source.path): source.text.count("\n") for source in sources}
    assert {path: lines for path, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_no_function_is_longer_than_fifty_lines(sources: tuple[SourceFile, ...]) -> None:
    lengths = {
        f"{source.path}:{function.lineno} {function.name}": (function.end_lineno or 0) - function.lineno + 1
        for source in sources
        for function in functions(source)
    }
    assert {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES} == {}


def test_no_function_takes_more_than_five_parameters(sources: tuple[SourceFile, ...]) -> None:
    # In tests, parameters are mostly fixtures, which nobody has to pass.
    counts = {
        f"{source.path}:{function.lineno} {function.name}": count_parameters(function)
        for source in sources
        if source.path.parts[0] != "tests"
        for function in functions(source)
    }
    assert {name: count for name, count in counts.items() if count > PARAMETERS} == {}
