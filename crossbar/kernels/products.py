"""Products: the currents of lines for voltages and conductances, and what their cells add in noise.

Matrices of cells are (cols, lines): bit line by bit line, the word lines of copies stacked.
"""

from __future__ import annotations

import numpy as np

from crossbar.kernels.compiling import jit
from crossbar.kernels.draws import f32, fitted
from crossbar.types import Floats


@jit
def _dot(a, b):
    """Return the inner product of two vectors."""
    total = a[0] * f32(0)
    for k in range(a.size):
        total += a[k] * b[k]
    return total


@jit
def _narrow(v, g, out):
    """Fill ``out`` (n, outputs) with ``v`` (n, inputs) times ``g`` (outputs, inputs) transposed.

    Blocks of 4 x 4 inner products: half as fast again as BLAS for few outputs of many inputs.
    """
    n, m = v.shape[0] - v.shape[0] % 4, g.shape[0] - g.shape[0] % 4
    zero = v[0, 0] * f32(0)
    for p in range(0, n, 4):
        a, b, c, d = v[p], v[p + 1], v[p + 2], v[p + 3]
        for j in range(0, m, 4):
            w, x, y, z = g[j], g[j + 1], g[j + 2], g[j + 3]
            aw = ax = ay = az = bw = bx = by = bz = zero
            cw = cx = cy = cz = dw = dx = dy = dz = zero
            for k in range(a.size):
                w_k, x_k, y_k, z_k = w[k], x[k], y[k], z[k]
                aw, ax, ay, az = aw + a[k] * w_k, ax + a[k] * x_k, ay + a[k] * y_k, az + a[k] * z_k
                bw, bx, by, bz = bw + b[k] * w_k, bx + b[k] * x_k, by + b[k] * y_k, bz + b[k] * z_k
                cw, cx, cy, cz = cw + c[k] * w_k, cx + c[k] * x_k, cy + c[k] * y_k, cz + c[k] * z_k
                dw, dx, dy, dz = dw + d[k] * w_k, dx + d[k] * x_k, dy + d[k] * y_k, dz + d[k] * z_k
            out[p, j], out[p, j + 1], out[p, j + 2], out[p, j + 3] = aw, ax, ay, az
            out[p + 1, j], out[p + 1, j + 1], out[p + 1, j + 2], out[p + 1, j + 3] = bw, bx, by, bz
            out[p + 2, j], out[p + 2, j + 1], out[p + 2, j + 2], out[p + 2, j + 3] = cw, cx, cy, cz
            out[p + 3, j], out[p + 3, j + 1], out[p + 3, j + 2], out[p + 3, j + 3] = dw, dx, dy, dz
    for p in range(v.shape[0]):
        for j in range(m if p < n else 0, g.shape[0]):
            out[p, j] = _dot(v[p], g[j])


@jit
def product(
    v: Floats, g: Floats, first: int, last: int, copies: int, forward: bool, out: Floats
) -> None:
    """Fill ``out`` (n, outputs) with the products of vectors and the matrices of their copies.

    ``first`` to ``last`` are the driven lines that ``v`` (n, last - first) is for.
    """
    if copies > 1:
        for p in range(v.shape[0]):
            c = p % copies
            for j in range(out.shape[1]):
                total = v[p, 0] * f32(0)
                for k in range(v.shape[1]):
                    at = c * v.shape[1] + k if forward else c * out.shape[1] + j
                    total += v[p, k] * (g[j, at] if forward else g[k, at])
                out[p, j] = total
    elif forward:
        part = g if last - first == g.shape[1] else np.ascontiguousarray(g[:, first:last])
        if v.shape[0] >= 4 and part.shape[1] >= 256 and part.shape[0] <= 128:
            _narrow(v, part, out)
        else:
            np.dot(v, part.T, out)
    else:
        np.dot(v, g[first:last], out)


def _bent(t: Floats) -> Floats:
    """Return x / L(x) with the Langevin function L(x) = coth x - 1 / x, x = 4 (1 + t)."""
    x = np.maximum(4 * (1 + t), 1e-3)  # 3 to 1e-7 below
    bent: Floats = x / (1 / np.tanh(x) - 1 / x)
    return bent


_B = fitted(_bent, -1.0, 1.0, 12)  # to 2e-6


@jit
def excesses(v: Floats, inverse: float) -> Floats:
    """Return |v| L(x), x = ``inverse`` |v|, of voltages (n, inputs) [V], to 1e-5.

    Times 2 e F G, it is by how much the shot noise of a cell exceeds its thermal noise;
    ``inverse`` is e / (2 k T) [1/V].
    """
    flat, out = v.reshape(v.size), np.empty(v.size, v.dtype)
    for k in range(flat.size):
        size = f32(abs(flat[k]))
        x = size * f32(inverse)
        t = min(x, f32(8)) * f32(0.25) - f32(1)
        p = f32(_B[12]) * t + f32(_B[11])
        p = p * t + f32(_B[10])
        p = p * t + f32(_B[9])
        p = p * t + f32(_B[8])
        p = p * t + f32(_B[7])
        p = p * t + f32(_B[6])
        p = p * t + f32(_B[5])
        p = p * t + f32(_B[4])
        p = p * t + f32(_B[3])
        p = p * t + f32(_B[2])
        p = p * t + f32(_B[1])
        p = p * t + f32(_B[0])
        out[k] = size * (x / p if x < f32(8) else f32(1) - f32(1) / x)
    return out.reshape(v.shape)


@jit
def cell_variances(
    v: Floats,
    excess: Floats,
    g: Floats,
    first: int,
    copies: int,
    forward: bool,
    relative: float,
    shot: float,
    extra: Floats,
) -> None:
    """Add to ``extra`` (n, outputs) the variance that depends on the conductance of every cell.

    ``excess`` is that of :func:`excesses` for ``v``.
    """
    for p in range(v.shape[0]):
        c = p % copies
        for j in range(extra.shape[1]):
            total = v[p, 0] * f32(0)
            for k in range(v.shape[1]):
                if forward:
                    cell = g[j, c * v.shape[1] + first + k]
                else:
                    cell = g[first + k, c * extra.shape[1] + j]
                i = v[p, k] * cell
                total += relative * i * i + shot * excess[p, k] * cell
            extra[p, j] += total
