"""Modules of the user's that settings name, and whether their code is still that of a result."""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crossbar.errors import DataError, message
from crossbar.registry import REFERENCE

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def files(settings: Any) -> dict[str, Path]:
    """Return the files of the modules of every ``module:Class`` in ``settings``, by module.

    What these modules import themselves is not among them.
    """
    named = {text.partition(":")[0] for text in _texts(settings) if REFERENCE.fullmatch(text)}
    known = {name: getattr(sys.modules.get(name), "__file__", None) for name in sorted(named)}
    return {name: Path(file) for name, file in known.items() if file is not None}


def record(settings: Any) -> dict[str, dict[str, str]]:
    """Return what a result keeps of the modules that ``settings`` name: a digest of each.

    It is ``modules``, a digest by name; nothing where no module is named.
    """
    digests = {name: digest(file) for name, file in files(settings).items()}
    return {"modules": digests} if digests else {}


def digest(file: Path) -> str:
    """Return a digest of the code in ``file``; comments and docstrings are no part of it.

    Of a compiled module, which is no Python, it is that of the file.
    """
    if file.suffix != ".py":
        return _short(file.read_bytes())
    tree = ast.parse(file.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return _short(ast.unparse(tree).encode())


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def require_same(path: Path, then: dict[str, Any], settings: Any) -> None:
    """Raise unless the modules that ``settings`` name have the code of the result in ``path``.

    Raises
    ------
    DataError
        If one has changed.
    """
    before, now = then.get("modules", {}), record(settings).get("modules", {})
    for name in now:
        if before.get(name, now[name]) != now[name]:
            remedy = "Put it back, or train anew in another folder."
            expected = f"the module {name} as its chips were trained with"
            raise DataError(message(str(path), expected, "a changed one", remedy))


def _texts(settings: Any) -> Iterator[str]:
    """Yield every text in ``settings``."""
    if isinstance(settings, str):
        yield settings
    elif isinstance(settings, dict):
        for value in settings.values():
            yield from _texts(value)
    elif isinstance(settings, (list, tuple)):
        for value in settings:
            yield from _texts(value)
