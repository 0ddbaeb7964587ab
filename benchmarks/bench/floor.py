"""What the hardware allows: the longest of moving, computing and drawing, as if they overlapped."""

from __future__ import annotations

from bench.case import Work
from bench.machine import bandwidth, normal_rate, product_rate


def floor(work: Work) -> dict[str, float | str]:
    """Return the least time of one call of ``work`` [s], what sets it, and the rates measured."""
    parts: dict[str, float] = {}
    rates: dict[str, float] = {}
    if work.moved:
        rates["bandwidth"] = bandwidth(work.footprint)
        parts["bandwidth"] = work.moved / rates["bandwidth"]
    if work.operations:
        rates["products"] = product_rate(work.precision)
        parts["products"] = work.operations / rates["products"]
    if work.normals:
        rates["normals"] = normal_rate()
        parts["normals"] = work.normals / rates["normals"]
    limit = max(parts, key=lambda name: parts[name])
    return {
        "seconds": parts[limit],
        "limit": limit,
        **{f"{name}_s": value for name, value in parts.items()},
        **{f"{name}_per_s": value for name, value in rates.items()},
    }
