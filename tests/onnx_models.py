"""Small models in ONNX, and what onnx.reference makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crossbar.circuit.mapping import DifferentialPair
from crossbar.circuit.reading import Reading
from crossbar.devices import PRESETS
from crossbar.substrates.tile import Tile

onnx = pytest.importorskip("onnx")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from onnx.reference import ReferenceEvaluator  # noqa: E402

IDEAL = Tile(
    device=PRESETS["ideal"].device,
    mapping=DifferentialPair(),
    reading=Reading(temperature=0.0),
    dtype=np.float64,
)
CLOSE = 1e-5  # of the largest output: the reference computes in single precision
BATCH = 3


class Model:
    """A model that is written node by node; every method returns the name of a value."""

    def __init__(self, *shape: Any, opset: int = 21, batch: Any = "n", elem: int = 1) -> None:
        self.shape, self.opset, self.rng = shape, opset, np.random.default_rng(4)
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []
        self.input = helper.make_tensor_value_info("x", elem, [batch, *shape])

    def constant(self, *shape: int, values: Any = None, name: str = "") -> str:
        """Random numbers of ``shape``, or ``values``."""
        array = self.rng.standard_normal(shape).astype(np.float32) if values is None else values
        name = name or f"c{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def whole(self, *values: int) -> str:
        return self.constant(values=np.array(values, np.int64))

    def add(self, kind: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        """A node of the operator ``kind``."""
        output = f"v{len(self.nodes)}"
        node = helper.make_node(kind, inputs, [output], name=name, **attributes)
        self.nodes.append(node)
        return output

    def add_constant(self, tensor: Any) -> str:
        """A node that gives ``tensor``."""
        output = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node("Constant", [], [output], value=tensor))
        return output

    def proto(self) -> Any:
        """The model, which gives what its last node gives."""
        last = self.nodes[-1].output[0]
        output = helper.make_tensor_value_info(last, TensorProto.FLOAT, None)
        graph = helper.make_graph(self.nodes, "g", [self.input], [output], self.initializers)
        opsets = [helper.make_opsetid("", self.opset)]
        return helper.make_model(graph, opset_imports=opsets)

    def saved(self, folder: Path) -> Path:
        """The file of the model."""
        path = folder / "model.onnx"
        onnx.save(self.proto(), path)
        return path

    def samples(self) -> np.ndarray:
        """Random samples."""
        return self.rng.standard_normal((BATCH, *self.shape)).astype(np.float32)

    def expected(self, x: np.ndarray) -> np.ndarray:
        """What onnx.reference gives, a row a sample."""
        (y,) = ReferenceEvaluator(self.proto()).run(None, {"x": x})
        return np.asarray(y).reshape(len(x), -1)
