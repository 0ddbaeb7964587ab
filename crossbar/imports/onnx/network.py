"""A file in ONNX as a kind of network, for settings."""

from __future__ import annotations

from dataclasses import field
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from crossbar.errors import fail
from crossbar.imports.imported import Imported
from crossbar.imports.onnx.reader import read_onnx
from crossbar.nn import NETWORKS


@NETWORKS.register("onnx", words="a file in ONNX, with its weights")
def onnx_network(
    *,
    input_shape: tuple[int, ...],
    classes: int,
    path: Annotated[str, field(metadata={"path": True})],
    output: str | None = None,
    fold: bool = True,
) -> Imported:
    """Return the network of a file in ONNX, with its weights; see :func:`read_onnx`.

    Parameters
    ----------
    path
        The file.
    output
        Value that the network gives, where the file gives several.
    fold
        Whether normalisations and factors go into the weights before them.

    Raises
    ------
    ConfigError
        If it gives another number of outputs than the data have classes or targets.
    DataError
        If the file cannot be read, or takes other samples.
    """
    file = Path(path)
    stamp = file.stat().st_mtime_ns if file.is_file() else 0
    imported = _read(path, input_shape, output, fold, stamp)
    if imported.network.outputs != classes:
        expected = f"data of {imported.network.outputs} classes or targets, as the model gives"
        fail("onnx_network.classes", expected, str(classes), "Give samples of every class.")
    return imported


@lru_cache(maxsize=2)
def _read(
    path: str, input_shape: tuple[int, ...], output: str | None, fold: bool, _: int
) -> Imported:
    """Return what the file holds; the time that it was written is a key of the cache."""
    return read_onnx(path, input_shape=input_shape, output=output, fold=fold)
