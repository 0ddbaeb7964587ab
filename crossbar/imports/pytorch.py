"""A module of PyTorch as a network with weights, by way of ONNX."""

from __future__ import annotations

import copy
import tempfile
import warnings
from pathlib import Path
from typing import Any

from crossbar.errors import CrossbarError, DataError, OutputError, fail, message, reason, shown
from crossbar.imports.imported import Imported
from crossbar.imports.onnx.files import require_onnx
from crossbar.imports.onnx.reader import read_onnx

WHERE = "read_torch"
OPSET = 17
BATCH = 2  # samples of an example: a batch of one could be taken for an axis of its own


def require_torch(where: str) -> None:
    """Raise unless the package ``torch`` is installed."""
    try:
        import torch  # noqa: F401
    except ImportError:
        remedy = "Install it: pip install 'crossbar-sim[torch]'."
        raise OutputError(message(where, "the package torch", "none", remedy)) from None


def read_torch(module: Any, example: Any, *, fold: bool = True) -> Imported:
    """Return the network and the weights of a module of PyTorch.

    The module is traced in inference, written as ONNX and read by :func:`read_onnx`: what that
    says about operators, order of axes and ``fold`` holds. The module itself stays as it is.

    Parameters
    ----------
    module
        ``torch.nn.Module`` of one tensor in and one out, on any device. Weights of 16 bits are
        kept in 32.
    example
        Shape of one sample, without the batch, such as ``(3, 32, 32)``; or a tensor of samples,
        where values decide which way the module takes.
    fold
        Whether normalisations and factors go into the weights before them.

    Raises
    ------
    OutputError
        If ``torch`` or ``onnx`` is not installed.
    ConfigError
        If ``module`` or ``example`` is something else.
    DataError
        If it cannot be traced, or has operators that cannot be imported: all of them are named.
    """
    require_torch(WHERE)
    require_onnx()
    from torch import nn

    if not isinstance(module, nn.Module):
        fail(f"{WHERE}.module", "a torch.nn.Module", shown(module), "Give the module itself.")
    plain = copy.deepcopy(module).cpu().eval()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "module.onnx"
        _export(plain, _samples(plain, example), path)
        try:
            return read_onnx(path, fold=fold)
        except CrossbarError as error:
            raise type(error)(error.message.renamed(WHERE)) from None


def _samples(module: Any, example: Any) -> Any:
    """Return samples on the CPU in the type of the weights, or raise."""
    import torch

    numbers = (p.dtype for p in module.parameters() if p.is_floating_point())
    dtype = next(numbers, torch.float32)
    if isinstance(example, torch.Tensor):
        if example.ndim < 2 or not len(example) or not example.is_floating_point():
            got = f"{tuple(example.shape)} of {example.dtype}"
            fail(f"{WHERE}.example", "real samples, the batch first", got, "Give x[:2].")
        return example.detach().cpu().to(dtype)
    sides = example if isinstance(example, (tuple, list)) else ()
    if not sides or not all(type(side) is int and side > 0 for side in sides):
        expected = "the shape of one sample, or a tensor of samples"
        fail(f"{WHERE}.example", expected, shown(example), "A row of 64 is (64,).")
    return torch.zeros(BATCH, *sides, dtype=dtype)


def _export(module: Any, samples: Any, path: Path) -> None:
    """Write ``module`` as ONNX, or raise.

    The exporter that traces needs no other package; normalisations stay nodes, which keep the
    names of their layers.
    """
    import torch

    mode = torch.onnx.TrainingMode.PRESERVE
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore", DeprecationWarning)
            torch.onnx.export(
                module, (samples,), str(path), dynamo=False, opset_version=OPSET, training=mode,
                do_constant_folding=False, input_names=["samples"],
            )  # fmt: skip
    except Exception as error:  # the module and the exporter raise whatever they do
        got = reason(error).partition(". ")[0]
        remedy = "Give the shape of one sample, and a module that torch.onnx can export."
        raise DataError(message(WHERE, "a module that can be traced", got, remedy)) from None
