"""Graphs in NIR: the package that has them, and their files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crossbar.checks import require_path
from crossbar.errors import DataError, OutputError, fail, message, reason, shown

REMEDY = "Write it with nir.write(path, graph)."


def require_nir(where: str) -> Any:
    """Return the package ``nir``, or raise unless it is installed."""
    try:
        import nir
    except ImportError:
        remedy = "Install it: pip install 'crossbar-sim[nir]'."
        raise OutputError(message(where, "the package nir", "none", remedy)) from None
    return nir


def loaded(source: Any, where: str) -> Any:
    """Return the graph that ``source`` is, or that is in the file of this path.

    Raises
    ------
    DataError
        If the file is not there or no graph.
    ConfigError
        If it is something else.
    """
    nir = require_nir(where)
    if isinstance(source, nir.NIRGraph):
        return source
    if isinstance(source, nir.NIRNode):
        fail(where, "a graph", f"a {type(source).__name__}", "Take nir.NIRGraph.from_list(node).")
    if not isinstance(source, (str, Path)):
        fail(where, "a nir.NIRGraph, or the path of a file", shown(source), REMEDY)
    path = require_path(where, source)
    if not path.is_file():
        raise DataError(message(str(path), "a file in NIR", "none", "Check the path."))
    try:
        graph = nir.read(path)
    except Exception as error:  # of h5py and of nir, whatever they do
        raise DataError(message(str(path), "a graph in NIR", reason(error), REMEDY)) from None
    if not isinstance(graph, nir.NIRGraph):
        got = f"a {type(graph).__name__}"
        raise DataError(message(str(path), "a graph in NIR", got, "Write the graph."))
    return graph
