"""Many ohmic reads of one array: as many solutions as there are lines, not reads.

Currents are bilinear in voltages and weights, so that of n reads only the sum of the outer products
of both counts for what they have in common. It is that of as many reads as there are lines with a
voltage, or with a weight: one line at a time.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from crossbar.types import Doubles
from crossbar.wires.gradient import Gradient, pulled
from crossbar.wires.point import points
from crossbar.wires.reads import Reads
from crossbar.wires.reduction import Reduced

MANY = 2  # reads a line of the shorter side, from where an elimination and combined reads pay


def many(reads: Reads) -> bool:
    """Return whether ``reads`` are enough to be combined, and can be."""
    mesh = reads.mesh
    floating = mesh.word_floating.any() or mesh.bit_floating.any()
    return reads.cell is None and not floating and len(reads.v) > MANY * min(reads.g.shape)


def currents(reads: Reads, reduced: Reduced) -> tuple[Doubles, Doubles]:
    """Return the currents into bit lines (n, cols) and out of word lines (n, rows) [A]."""
    sensed = reads.v @ reduced.transfer - reads.v_bl @ reduced.back
    return sensed, reads.v @ reduced.forward - reads.v_bl @ reduced.transfer.T


def combined(reads: Reads, reduced: Reduced, weights: Doubles, weights_wl: Doubles) -> Gradient:
    """Return what :func:`~crossbar.wires.gradient.pulled` does, of reads that are :func:`many`."""
    sensed, drawn = currents(reads, reduced)
    v, given = np.hstack([reads.v, reads.v_bl]), np.hstack([weights_wl, weights])
    joint = v.T @ given
    with_v, with_weight = v.any(axis=0), given.any(axis=0)
    lines = np.eye(len(joint))
    if with_v.sum() <= with_weight.sum():
        v, given = lines[with_v], joint[with_v]
    else:
        v, given = joint.T[with_weight], lines[with_weight]
    rows = len(reads.g)
    few = replace(reads, v=v[:, :rows], v_bl=v[:, rows:])
    common = pulled(few, points(few), given[:, rows:], given[:, :rows])
    return replace(
        common,
        value=float((weights * sensed).sum() + (weights_wl * drawn).sum()),
        currents=sensed,
        drawn=drawn,
        v=weights @ reduced.transfer.T + weights_wl @ reduced.forward,
        v_bl=-weights @ reduced.back - weights_wl @ reduced.transfer,
    )
