"""Layers of PyTorch as matrices, and what they read as vectors; both pass gradients."""

from __future__ import annotations

from typing import Any

from crossbar.errors import ShapeError, message
from crossbar.torch.base import torch


def matrices(plain: Any) -> list[tuple[Any, Any]]:
    """Return the matrix (inputs, outputs) and the bias (outputs,) or None of every group.

    ``plain`` is a ``Linear``, ``Conv1d`` or ``Conv2d``. Inputs of a window have channels last.
    """
    groups = getattr(plain, "groups", 1)
    weights = [own.movedim(1, -1).reshape(len(own), -1).T for own in plain.weight.chunk(groups)]
    biases = [None] * groups if plain.bias is None else plain.bias.chunk(groups)
    return list(zip(weights, biases, strict=True))


def vectors(plain: Any, x: Any) -> list[Any]:
    """Return what every group reads, (n, rows) or (n, positions, rows), or raise.

    Vectors of one sample share a gain, as those of a chip do.
    """
    if isinstance(plain, torch.nn.Linear):
        if x.ndim < 2 or x.shape[-1] != plain.in_features:
            raise _wrong(plain, f"(n, ..., {plain.in_features})", x)
        return [x if x.ndim == 2 else x.reshape(len(x), -1, plain.in_features)]
    sides = len(plain.kernel_size)
    if x.ndim != sides + 2 or x.shape[1] != plain.in_channels:
        raise _wrong(plain, f"(n, {plain.in_channels}, {'length' if sides == 1 else 'h, w'})", x)
    wide = _padded(plain, x)
    if sides == 1:
        wide = wide[:, :, None]
    one = (1,) * (2 - sides)
    each = (*one, *plain.kernel_size), (*one, *plain.dilation), (*one, *plain.stride)
    kernel, dilation, stride = each
    cut = torch.nn.functional.unfold(wide, kernel, dilation=dilation, stride=stride)
    n, _, positions = cut.shape
    laid = cut.reshape(n, plain.groups, plain.in_channels // plain.groups, -1, positions)
    return list(laid.permute(1, 0, 4, 3, 2).reshape(plain.groups, n, positions, -1).unbind())


def shaped(plain: Any, x: Any, y: Any) -> Any:
    """Return outputs ``y`` (n, outputs) or (n, positions, outputs) as ``plain`` gives them."""
    if isinstance(plain, torch.nn.Linear):
        return y.reshape(*x.shape[:-1], plain.out_features)
    pads = _pads(plain)
    outputs = [
        (side + sum(pad) - dilation * (kernel - 1) - 1) // stride + 1
        for side, pad, dilation, kernel, stride in zip(
            x.shape[2:], pads, plain.dilation, plain.kernel_size, plain.stride, strict=True
        )
    ]
    return y.transpose(1, 2).reshape(len(x), plain.out_channels, *outputs)


def _pads(plain: Any) -> list[tuple[int, int]]:
    """Return the padding of a convolution before and behind each side."""
    if plain.padding == "same":
        missing = [d * (k - 1) for d, k in zip(plain.dilation, plain.kernel_size, strict=True)]
        return [(both // 2, both - both // 2) for both in missing]
    sides = [0] * len(plain.kernel_size) if plain.padding == "valid" else plain.padding
    return [(side, side) for side in sides]


def _padded(plain: Any, x: Any) -> Any:
    """Return ``x`` with the padding of the convolution ``plain``."""
    pads = _pads(plain)
    if not any(map(any, pads)):
        return x
    mode = "constant" if plain.padding_mode == "zeros" else plain.padding_mode
    flat = [side for pair in reversed(pads) for side in pair]
    return torch.nn.functional.pad(x, flat, mode=mode)


def _wrong(plain: Any, expected: str, x: Any) -> ShapeError:
    """Return the error about samples that ``plain`` cannot read."""
    where = f"analog {type(plain).__name__}"
    return ShapeError(message(where, f"shape {expected}", tuple(x.shape), "The batch is first."))
