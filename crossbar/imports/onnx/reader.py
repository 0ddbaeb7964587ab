"""A file in ONNX as a network with weights."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any

import numpy as np

from crossbar.errors import CrossbarError, fail, reason, shown
from crossbar.imports.imported import Imported
from crossbar.imports.onnx import constants, files
from crossbar.imports.onnx.draft import Draft, Signal
from crossbar.imports.onnx.op import Op
from crossbar.imports.onnx.operators import OPERATORS
from crossbar.imports.onnx.refusals import RefusalError, Refused, refused, wrong
from crossbar.nn import Network, SquaredError, folded
from crossbar.nn.graph import INPUT
from crossbar.random import Streams
from crossbar.substrates.digital import Digital

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto, ValueInfoProto

ELSE = "Replace it by operators of docs/import.md, or cut the model before it."
SHAPE = "Shape"  # of a signal it is constant
DRAWN = ("Random", "Bernoulli", "Multinomial")  # begin the names of operators that draw numbers


def read_onnx(
    path: str | PathLike[str],
    *,
    input_shape: tuple[int, ...] | None = None,
    output: str | None = None,
    fold: bool = True,
) -> Imported:
    """Return the network and the weights of a file in ONNX.

    Constants of Conv, Gemm and MatMul become matrices, which go on arrays; all else is digital.

    Parameters
    ----------
    path
        The file; external data lie beside it.
    input_shape
        Shape of one sample, without the batch, where the file leaves it open.
    output
        Value that the network gives, where the file gives several; what follows it is cut off.
    fold
        Whether normalisations and factors go into the weights before them; see
        :func:`crossbar.nn.folded`. They learn, and take new statistics, only where they stay.

    Raises
    ------
    DataError
        If the file is missing, damaged, or has nodes that cannot be imported: all of them are
        named, with operator, version and remedy.
    ConfigError
        If ``input_shape`` is no tuple.
    OutputError
        If the package ``onnx`` is not installed.
    """
    where, model = files.model(path)
    opset, graph = files.opset(where, model), model.graph
    given = {tensor.name for tensor in graph.initializer}
    source = _source(where, [value for value in graph.input if value.name not in given])
    batch, shape = _shape(where, source, input_shape)
    signal = Signal(INPUT, shape, tuple(range(len(shape))))
    draft = Draft(batch, _output(where, graph, output), {source.name: signal}, {})
    _import(where, graph, draft, opset)
    end = draft.signals.get(draft.output)
    if end is None or end.codes is not None:
        expected = f"a signal of real numbers as output '{draft.output}'"
        got = "no signal" if end is None else "codes of QuantizeLinear"
        raise wrong(where, expected, got, "Choose another: output='NAME'.")
    draft.finish()
    if not draft.layers:
        raise wrong(where, "at least one layer", "none", "Export the model.")
    network = Network(input_shape=shape, layers=dict(draft.layers))
    weights, notes = draft.weights, draft.notes
    if fold:
        network, weights = _folded(network, weights)
    return Imported(
        network=network,
        weights=weights,
        softmax=draft.softmax,
        origins={name: node for name, node in draft.origins.items() if name in network.nodes},
        notes=tuple(f"{count} x {words}" for words, count in notes.items()),
    )


def _source(where: Path, inputs: list[ValueInfoProto]) -> ValueInfoProto:
    """Return the one input of a graph, or raise unless it is one of real numbers."""
    if len(inputs) != 1:
        got = ", ".join(value.name for value in inputs) or "none"
        raise wrong(where, "one input", got, "Make the others constants.")
    if inputs[0].type.tensor_type.elem_type not in constants.FLOATS:
        got = f"input '{inputs[0].name}' of another type"
        raise wrong(where, "floating-point samples", got, "Export it with some.")
    return inputs[0]


def _shape(
    where: Path, source: ValueInfoProto, given: tuple[int, ...] | None
) -> tuple[int, tuple[int, ...]]:
    """Return the batch (-1 if it is open) and the shape of a sample, or raise."""
    if not isinstance(given, (tuple, list, NoneType)):
        expected, remedy = "a tuple of whole numbers", "A row of 64 is (64,)."
        fail("read_onnx.input_shape", expected, shown(given), remedy)
    tensor = source.type.tensor_type
    sides = [side.dim_value if side.HasField("dim_value") else side.dim_param or "?"
             for side in tensor.shape.dim]  # fmt: skip
    batch = sides[0] if sides and isinstance(sides[0], int) and sides[0] > 0 else -1
    shape: Any = sides[1:] if given is None else list(given)
    agree = not sides or len(sides) == len(shape) + 1
    fixed = zip(sides[1:], shape, strict=agree)
    if not agree or not all(a == b for a, b in fixed if isinstance(a, int) and a > 0):
        expected = f"an input_shape that fits {tuple(sides[1:])}"
        raise wrong(where, expected, str(given), "Omit the batch.")
    if not shape or not all(isinstance(side, int) and side > 0 for side in shape):
        expected = f"samples of a fixed shape as input '{source.name}'"
        remedy = "Give input_shape=(...) without the batch, in settings data.shape, or samples."
        raise wrong(where, expected, f"({', '.join(map(str, sides))})", remedy)
    return batch, tuple(shape)


def _output(where: Path, graph: GraphProto, asked: str | None) -> str:
    """Return the value that the network gives, or raise."""
    names = [str(value.name) for value in graph.output]
    if asked is not None:
        names, known = [asked], {name for node in graph.node for name in node.output}
        if asked not in known:
            last = ", ".join(list(graph.node[-1].output))
            raise wrong(where, f"the value '{asked}'", "none", f"Try {last}.")
    if len(names) != 1:
        remedy = f"Choose one: read_onnx(path, output='{names[0]}')." if names else "Export it."
        raise wrong(where, "one output", ", ".join(names) or "none", remedy)
    return names[0]


def _import(where: Path, graph: GraphProto, draft: Draft, opset: int) -> None:
    """Import all nodes that the output depends on, or raise with all that cannot be."""
    lost, refusals = set[str](), list[Refused]()
    for tensor in graph.initializer:
        try:
            draft.constants[tensor.name] = constants.array(tensor)
        except RefusalError as refusal:
            raise wrong(where, "weights", refusal.got, refusal.remedy) from None
    nodes = _live(graph, draft.output)
    wanted = {draft.output, *(name for node in nodes for name in node.input)}
    for node in nodes:
        inputs = [name for name in node.input if name]
        try:
            _read(node, draft, opset, bool(lost & {*inputs}))
            _require_one(node, draft, wanted)
        except RefusalError as refusal:
            refusals.append(_refused(node, opset, refusal))
        except CrossbarError as error:
            got = str(error).removesuffix(error.remedy).rstrip(". ")
            refusals.append(_refused(node, opset, RefusalError(got, error.remedy or ELSE)))
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            # attributes of a damaged node
            got = f"parameters that do not fit, {reason(error)}"
            refusals.append(_refused(node, opset, RefusalError(got, "Export the model again.")))
        lost |= {*node.output} - draft.signals.keys() - draft.constants.keys()
    if refusals:
        raise refused(where, refusals)


def _live(graph: GraphProto, output: str) -> list[NodeProto]:
    """Return the nodes that ``output`` depends on, in their order."""
    wanted, live = {output}, []
    for node in reversed(graph.node):
        if wanted & {*node.output}:
            wanted |= {*node.input}
            live.append(node)
    return live[::-1]


def _read(node: NodeProto, draft: Draft, opset: int, lost: bool) -> None:
    """Add ``node`` to the draft, or raise; ``lost`` are what follows nodes that could not be."""
    from onnx import helper

    names = [name for name in node.input if name]
    missing = [n for n in names if n not in draft.signals and n not in draft.constants]
    if not lost and missing:
        raise RefusalError(f"input '{missing[0]}', which nothing gives", "Export the model again.")
    ours, kind = node.domain in ("", "ai.onnx"), node.op_type
    if ours and all(name in draft.constants for name in names) and not kind.startswith(DRAWN):
        draft.constants |= constants.evaluated(node, {n: draft.constants[n] for n in names}, opset)
        return
    if not ours or kind not in {*OPERATORS, SHAPE}:
        raise RefusalError("", ELSE)
    if lost:
        return
    given = {a.name: _plain(helper.get_attribute_value(a)) for a in node.attribute}
    name = node.name or node.output[0]
    op = Op(draft, name, kind, opset, tuple(node.input), tuple(node.output), given)
    if kind == SHAPE:
        ends = slice(given.get("start", 0), given.get("end"))
        draft.constants[op.outputs[0]] = np.array((draft.batch, *op.coded().shape)[ends])
    else:
        draft.signals[op.outputs[0]] = OPERATORS[op.kind](op)


def _require_one(node: NodeProto, draft: Draft, wanted: set[str]) -> None:
    """Raise if others read an output of ``node`` that is not imported, such as a mask."""
    known = draft.signals.keys() | draft.constants.keys()
    extra = [name for name in node.output[1:] if name in wanted and name not in known]
    if extra and node.output[0] in known:
        raise RefusalError(f"the output '{extra[0]}'", "Export the model for inference.")


def _plain(value: Any) -> Any:
    """Return the value of an attribute, text as text."""
    return value.decode() if isinstance(value, bytes) else value


def _refused(node: NodeProto, opset: int, refusal: RefusalError) -> Refused:
    """Return ``node`` as the error names it, with the version that its operator has."""
    from onnx import defs

    operator = f"{node.domain}.{node.op_type}" if node.domain else node.op_type
    try:
        version = defs.get_schema(node.op_type, opset, node.domain).since_version
    except defs.SchemaError:
        version = opset
    return Refused(node.name or node.output[0], operator, version, refusal.got, refusal.remedy)


def _folded(network: Network, weights: dict[str, Any]) -> tuple[Network, dict[str, Any]]:
    """Return network and weights with what is a factor a channel in the weights before it."""
    digital = Digital(dtype=np.float64)
    chip = network.build(
        digital, Streams(0), loss=SquaredError(), weights=weights, progress=lambda *_: None
    )
    return folded(chip)
