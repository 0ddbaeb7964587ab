"""The structure that the house style asks for: one noun a file, functions that fit a screen."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "crossbar"
LONGEST_FILE, LONGEST_LOOP_FILE, LONGEST_FUNCTION = 250, 400, 60
MOST_ARGUMENTS = 12  # of a loop, which takes named tuples in place of more
LOOPS = {
    "kernels/ladders.py": "one elimination, forward, backward and for the estimate",
    "kernels/meshes.py": "one solver, its preconditioner and its bounds",
    "kernels/pulses.py": "one loop a law of steps, which share what they inline",
    "kernels/reads.py": "one read from numbers to numbers, in one compiled call",
}
"""Files of compiled loops that may have up to 400 lines, and why."""
EMPTY_NAMES = {"opening", "standing", "telling", "inquiry", "stamps", "stressed", "tried",
               "utils", "helpers", "misc", "common"}  # fmt: skip
EMPTY_LOCALS = {"found", "told"}  # they say that there is something, not what
FILES = sorted(str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py"))


@functools.cache
def source(name: str) -> str:
    return (PACKAGE / name).read_text(encoding="utf-8")


@functools.cache
def functions(name: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.walk(ast.parse(source(name)))
    return [node for node in tree if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def compiled(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function is a loop that Numba compiles."""
    return any(isinstance(one, ast.Name) and one.id in ("jit", "inline")
               for one in function.decorator_list)  # fmt: skip


def locals_of(name: str) -> Iterator[str]:
    """Names of functions, and those that are bound inside them, parameters among them."""
    for function in functions(name):
        yield function.name
        for node in ast.walk(function):
            if isinstance(node, ast.arg):
                yield node.arg
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


def test_a_file_is_one_noun():
    lengths = {name: len(source(name).splitlines()) for name in FILES}
    most = {name: LONGEST_LOOP_FILE if name in LOOPS else LONGEST_FILE for name in FILES}
    assert {name: n for name, n in lengths.items() if n > most[name]} == {}


def test_a_function_fits_a_screen():
    lengths = {f"{name}: {f.name}": (f.end_lineno or 0) - f.lineno + 1 for name in FILES
               for f in functions(name)}  # fmt: skip
    assert {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION} == {}


def test_loops_take_named_tuples_and_not_twenty_arguments():
    counts = {f"{name}: {f.name}": len(f.args.args) for name in FILES if name.startswith("kernels/")
              for f in functions(name)}  # fmt: skip
    assert {name: n for name, n in counts.items() if n > MOST_ARGUMENTS} == {}


def test_names_say_what_is_there():
    assert [name for name in FILES if Path(name).stem in EMPTY_NAMES] == []
    assert [name for name in FILES if not EMPTY_LOCALS.isdisjoint(locals_of(name))] == []


def test_only_loops_are_let_be_longer_and_only_where_they_are():
    for name in LOOPS:
        assert name in FILES
        assert name.startswith("kernels/")
        assert len(source(name).splitlines()) > LONGEST_FILE
        assert any(map(compiled, functions(name)))
