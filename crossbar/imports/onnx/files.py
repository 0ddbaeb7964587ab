"""The file of a model, read whole or refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crossbar.checks import require_path
from crossbar.errors import OutputError, message, reason
from crossbar.imports.onnx.refusals import wrong

if TYPE_CHECKING:
    from onnx import ModelProto

OLDEST = 7  # opset: operators before broadcast in another way


def require_onnx() -> None:
    """Raise unless the package ``onnx`` is installed."""
    try:
        import onnx  # noqa: F401
    except ImportError:
        remedy = "Install it: pip install 'crossbar-sim[onnx]'."
        raise OutputError(message("read_onnx", "the package onnx", "none", remedy)) from None


def model(given: Any) -> tuple[Path, ModelProto]:
    """Return the path and the model in it, with its external data and without functions."""
    require_onnx()
    import onnx
    from google.protobuf.message import DecodeError
    from onnx.inliner import inline_local_functions

    path = require_path("read_onnx.path", given)
    if not path.is_file():
        raise wrong(path, "a file", "none", "Check the path.")
    try:
        whole = onnx.load(path, format="protobuf", load_external_data=False)
    except (DecodeError, ValueError) as error:
        remedy = "Export it again."
        raise wrong(path, "an ONNX model", reason(error), remedy) from None
    if not whole.graph.node:
        raise wrong(path, "an ONNX model", "a graph without nodes", "Export it.")
    if not all(isinstance(text, str) for text in _texts(whole)):
        raise wrong(path, "an ONNX model", "names that are no text", "Export it again.")
    _load_external(path, whole)
    if whole.functions:
        whole = inline_local_functions(whole)
    return path, whole


def _texts(whole: ModelProto) -> Iterator[object]:
    """Yield all names in ``whole``; where they are damaged they are bytes."""
    graph = whole.graph
    for node in graph.node:
        yield from (node.op_type, node.name, node.domain, *node.input, *node.output)
    for named in (*graph.input, *graph.output, *graph.initializer):
        yield named.name


def _load_external(path: Path, whole: ModelProto) -> None:
    """Load what ``whole`` keeps in files beside its own, or raise with all that are missing."""
    from onnx.checker import ValidationError
    from onnx.external_data_helper import load_external_data_for_model, uses_external_data

    beside = {
        entry.value
        for tensor in whole.graph.initializer
        if uses_external_data(tensor)
        for entry in tensor.external_data
        if entry.key == "location"
    }
    missing = sorted(name for name in beside if not (path.parent / name).is_file())
    if missing:
        remedy = "Put them beside the model, or save it as one file."
        expected = f"{len(beside)} files of external data"
        raise wrong(path, expected, f"none of {', '.join(missing)}", remedy)
    try:
        load_external_data_for_model(whole, str(path.parent))
    except (ValidationError, ValueError, OSError) as error:
        remedy = "Save the model again, as one file."
        raise wrong(path, "its external data", reason(error), remedy) from None


def opset(path: Path, whole: ModelProto) -> int:
    """Return the version of the operators, or raise if it is too old."""
    version = next((o.version for o in whole.opset_import if o.domain in ("", "ai.onnx")), 0)
    if version < OLDEST:
        remedy = "Convert it: onnx.version_converter.convert_version(model, 17)."
        expected = f"operators of version {OLDEST} or later"
        raise wrong(path, expected, f"version {version}", remedy)
    return version
