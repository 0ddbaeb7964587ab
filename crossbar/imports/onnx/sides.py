"""Numbers of windows as ONNX writes them: one a side, and their padding."""

from __future__ import annotations

import math

from crossbar.imports.onnx.op import Op


def sides(op: Op, name: str, dimensions: int) -> tuple[int, ...]:
    """Return the attribute ``name``, one number a side, 1 by default."""
    return tuple(op.attributes.get(name) or (1,) * dimensions)


def pads(
    op: Op,
    lengths: tuple[int, ...],
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
) -> tuple[int, ...]:
    """Return the padding before every side, then that behind every side."""
    mode, dimensions = op.attributes.get("auto_pad", "NOTSET"), len(lengths)
    if mode == "NOTSET":
        both = tuple(op.attributes.get("pads") or (0,) * 2 * dimensions)
        low, high = both[:dimensions], both[dimensions:]
    elif mode == "VALID":
        low = high = (0,) * dimensions
    else:
        spans = (d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))
        each = zip(lengths, stride, spans, strict=True)
        missing = [max(0, (math.ceil(n / s) - 1) * s + span - n) for n, s, span in each]
        less, more = tuple(m // 2 for m in missing), tuple(m - m // 2 for m in missing)
        low, high = (less, more) if mode == "SAME_UPPER" else (more, less)
    if min(low + high, default=0) < 0:
        op.refuse(f"negative padding {low + high}", "Cut the samples before.")
    return low + high
