"""A network that was trained elsewhere, as the section ``network``."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from crossbar.errors import fail
from crossbar.imports import Imported, read_onnx
from crossbar.nn import Network
from crossbar.runs.architecture import Architecture
from crossbar.runs.fingerprint import stamp
from crossbar.types import Floats


@dataclass(frozen=True, kw_only=True)
class OnnxFile(Architecture):
    """A network with its weights from a file in ONNX.

    Parameters
    ----------
    path
        The file.
    output
        Value that the network gives, where the file gives several.
    fold
        Whether normalisations and factors go into the weights before them.
    """

    path: str = field(metadata={"path": True})
    output: str | None = None
    fold: bool = True

    def network(self, input_shape: tuple[int, ...], classes: int) -> Network:
        """Return the network of the file, or raise unless it takes these samples."""
        network = self.imported(input_shape).network
        if network.outputs != classes:
            expected = f"data of {network.outputs} classes or targets, as the model gives"
            remedy = "Give samples of every class."
            fail("data", expected, str(classes), remedy)
        return network

    def weights(self, network: Network) -> dict[str, Floats]:
        """Return the weights of the file."""
        return self.imported(network.input_shape).weights

    def imported(self, input_shape: tuple[int, ...]) -> Imported:
        """Return what the file holds for samples of ``input_shape``."""
        return _read(self, input_shape, stamp(Path(self.path)))


@lru_cache(maxsize=2)
def _read(file: OnnxFile, input_shape: tuple[int, ...], _: str) -> Imported:
    """Return what ``file`` holds; its stamp is a key of the cache."""
    return read_onnx(file.path, input_shape=input_shape, output=file.output, fold=file.fold)
