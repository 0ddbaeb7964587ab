"""Numbers that a file holds, or that follow from those alone."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from crossbar.array_checks import Array, require_finite
from crossbar.errors import reason
from crossbar.imports.onnx.refusals import RefusalError

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto

NARROW = {"float16", "bfloat16"}
FLOATS = (1, 10, 11, 16)  # FLOAT, FLOAT16, DOUBLE, BFLOAT16 of TensorProto


def array(tensor: TensorProto) -> Array:
    """Return the numbers of ``tensor``, or raise :class:`RefusalError` where it is damaged."""
    from onnx import numpy_helper

    try:
        return numpy_helper.to_array(tensor)
    except (LookupError, TypeError, ValueError) as error:
        got = f"damaged numbers '{tensor.name}' ({reason(error)})"
        raise RefusalError(got, "Export it again.") from None


def evaluated(node: NodeProto, inputs: dict[str, Array], opset: int) -> dict[str, Array]:
    """Return the outputs of ``node``, whose inputs are all constant, or raise."""
    from onnx import helper
    from onnx.reference import ReferenceEvaluator

    names = [name for name in node.output if name]
    types = {n: helper.np_dtype_to_tensor_dtype(v.dtype) for n, v in inputs.items()}
    given = [helper.make_tensor_value_info(n, kind, None) for n, kind in types.items()]
    taken = [helper.make_tensor_value_info(n, 1, None) for n in names]
    graph = helper.make_graph([node], "constants", given, taken)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            values: Any = ReferenceEvaluator(model).run(None, inputs)
    except Exception as error:  # the evaluator raises whatever its operators do
        got = f"constants that onnx.reference cannot work out ({reason(error)})"
        raise RefusalError(got, "Export the model with constants folded.") from None
    return {name: np.asarray(v) for name, v in zip(names, values, strict=True)}


def real(what: str, values: Array) -> tuple[Array, bool]:
    """Return weights as float32 or float64, and whether they were narrower; or raise.

    Raises
    ------
    RefusalError, DataError
        If they are whole numbers, or not finite.
    """
    narrow = values.dtype.name in NARROW
    if narrow:
        values = values.astype(np.float32)
    if values.dtype not in (np.float32, np.float64):
        remedy = "Give them a scale with DequantizeLinear, or export in floating point."
        raise RefusalError(f"{what} of type {values.dtype}", remedy)
    require_finite(what, values)
    return values, narrow
