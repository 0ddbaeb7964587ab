"""Networks from other tools, as graphs and weights of ours."""

from crossbar.imports.imported import Imported
from crossbar.imports.nir.reader import read_nir
from crossbar.imports.nir.writer import nir_graph, write_nir
from crossbar.imports.onnx.network import onnx_network
from crossbar.imports.onnx.reader import read_onnx
from crossbar.imports.pytorch import read_torch
from crossbar.imports.state_dict import torch_weights

__all__ = [
    "Imported",
    "nir_graph",
    "onnx_network",
    "read_nir",
    "read_onnx",
    "read_torch",
    "torch_weights",
    "write_nir",
]
