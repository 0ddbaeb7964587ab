"""The library of ngspice as PySpice holds it, where both are installed."""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from crossbar.errors import SimulationError, message

LIBRARY = "libngspice.so.0"  # what Linux packages install; PySpice looks for the developers' name


@contextlib.contextmanager
def importing() -> Iterator[None]:
    """Ignore that PySpice's sources, compiled at the first import, hold patterns not raw."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*invalid escape sequence")
        yield


def imported(name: str) -> Any:
    """Return a module of PySpice."""
    try:
        with importing():
            return importlib.import_module(name)
    except ImportError:
        remedy = "Install it: pip install 'crossbar-sim[pyspice]'."
        raise SimulationError(message("PySpice", "the package", "none", remedy)) from None


def shared() -> Any:
    """Return PySpice's hold of the library of ngspice, loaded at its first use."""
    library = imported("PySpice.Spice.NgSpice.Shared").NgSpiceShared
    if sys.platform == "linux":
        library.LIBRARY_PATH = os.environ.get("NGSPICE_LIBRARY_PATH", LIBRARY)
    try:
        ctypes.CDLL(library.LIBRARY_PATH.format(""))  # PySpice could not try a second time
    except OSError:
        remedy = "Install it (sudo apt-get install libngspice0), or set NGSPICE_LIBRARY_PATH."
        text = message("libngspice", "the library of ngspice", "none", remedy)
        raise SimulationError(text) from None
    with quiet():
        return library.new_instance()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep PySpice from printing what is raised here, and what it thinks of versions and names."""
    names = ("Spice.NgSpice.Shared.NgSpiceShared", "Spice.Netlist.Node")
    loggers = [logging.getLogger(f"PySpice.{name}") for name in names]
    for logger in loggers:
        logger.addFilter(_nothing)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(_nothing)


def _nothing(record: logging.LogRecord) -> bool:
    """Let no record pass."""
    return False
