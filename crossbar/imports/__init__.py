"""Networks from other tools, as graphs and weights of ours."""

from crossbar.imports.imported import Imported
from crossbar.imports.onnx.network import onnx_network
from crossbar.imports.onnx.reader import read_onnx

__all__ = ["Imported", "onnx_network", "read_onnx"]
