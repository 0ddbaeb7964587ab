"""What ``module:Class`` refers to: it is imported, from the current folder too."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from crossbar.errors import CrossbarError, closest, fail, nearest, reason


def referred(reference: str, where: str) -> Any:
    """Return what ``module:name`` refers to."""
    name, _, path = reference.partition(":")
    referent: Any = _imported(name, where)
    place = getattr(referent, "__file__", None) or "built in"
    for part in path.split("."):
        if not hasattr(referent, part):
            public = [n for n in vars(referent) if not n.startswith("_")] or ["nothing"]
            fail(where, f"a name in {name} ({place})", repr(part), nearest(part, public))
        referent = getattr(referent, part)
    return referent


def _imported(name: str, where: str) -> ModuleType:
    """Return the module ``name``, of the current folder too."""
    here = str(Path.cwd())
    if here not in sys.path and "" not in sys.path:
        sys.path.append(here)  # for good: the module imports more, and worker processes need it too
    importlib.invalidate_caches()
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            _broken(name, where, error)
        remedy = f"Run in the folder that holds {error.name}, or name that folder in PYTHONPATH."
        fail(where, f"the module {name}", "none of that name", _beside(error.name, remedy))
    except (Exception, SystemExit) as error:
        _broken(name, where, error)


def _beside(name: str, remedy: str) -> str:
    """Return a hint that names the module nearest to ``name`` in its folder, or ``remedy``."""
    if name.endswith(".py"):
        return "Omit .py."
    package = name.rpartition(".")[0]
    folders = getattr(sys.modules[package], "__path__", ()) if package else [str(Path.cwd())]
    prefix = f"{package}." if package else ""
    return closest(name, [prefix + one.name for one in pkgutil.iter_modules(folders)], remedy)


def _broken(name: str, where: str, error: BaseException) -> NoReturn:
    """Raise the error that says where the module ``name`` fails as it is imported."""
    if isinstance(error, CrossbarError):
        raise type(error)(error.message.within(where)) from None
    fail(where, f"the module {name} to import", reason(error), "Correct the module.")
