"""Plain NumPy twins of the random numbers and of the rounding in the compiled loops."""

from __future__ import annotations

import numpy as np

from crossbar.kernels.offers import Sums

U32 = np.uint32
KEY = np.uint64(0x0123456789ABCDEF)
CHUNK = 2048


def word(counter, key0, key1) -> np.ndarray:
    """32 bits of each counter: a Weyl sequence and two rounds of xorshift and multiplication."""
    counter, key0, key1 = (np.atleast_1d(np.asarray(a, U32)) for a in (counter, key0, key1))
    x = counter * U32(0x9E3779B9) + key0
    x = (x ^ (x >> U32(16))) * U32(0x7FEB352D) + key1
    x = (x ^ (x >> U32(15))) * U32(0x846CA68B)
    return x ^ (x >> U32(16))


def halves(key: np.uint64) -> tuple[np.ndarray, np.ndarray]:
    """The key as two arrays of one word: array arithmetic wraps without a warning."""
    low, high = int(key) & 0xFFFFFFFF, int(key) >> 32
    return np.array([low], U32), np.array([high], U32)


def derived(key, index: int) -> tuple[np.ndarray, np.ndarray]:
    key0, key1 = key
    first = word(index, key0, key1)
    return first, word(first, key1 + U32(0x9E3779B9), key0 ^ U32(index))


def unit(bits: np.ndarray) -> np.ndarray:
    return ((bits >> U32(9)) + 0.5).astype(np.float32) * np.float32(2.0**-23)


def pair(bits: np.ndarray, turn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Box and Muller in double precision, of a radius and an angle in single precision."""
    radius = ((bits >> U32(1)).astype(np.float32) + np.float32(0.5)).astype(float) * 2.0**-31
    angle = 2 * np.pi * turn.view(np.int32).astype(np.float32).astype(float) * 2.0**-32
    r = np.sqrt(-2 * np.log(radius))
    return r * np.cos(angle), r * np.sin(angle)


def normals(n: int, key) -> np.ndarray:
    key0, key1 = key
    k = np.arange((n + 1) // 2, dtype=U32)
    turn = word(k, key0 ^ U32(0x5BD1E995), key1 ^ U32(0x85EBCA6B))
    first, second = pair(word(k, key0, key1), turn)
    return np.concatenate([first, second[: n // 2]])


def filled(n: int, key: np.uint64) -> np.ndarray:
    parts = [
        normals(min(CHUNK, n - start), derived(halves(key), start // CHUNK))
        for start in range(0, n, CHUNK)
    ]
    return np.concatenate(parts)


def rounded(row, factor, most, stochastic, key) -> tuple[np.ndarray, float, int]:
    """Whole numbers, their sum and how many are cut. A product must be exact in single precision,
    where compiled code may or may not round it before the sum.
    """
    half = (row.size + 1) // 2
    bits = word(np.arange(half, dtype=U32), *key)
    turned = (bits << U32(16)) | (bits >> U32(16))
    u = unit(np.concatenate([bits, turned[: row.size // 2]]))
    offers = row.astype(np.float32) * np.float32(factor)
    asked = np.floor(offers + (u if stochastic else np.float32(0.5)))
    steps = np.clip(asked, -most, most)
    return steps, float(np.abs(steps).sum()), int(np.count_nonzero(steps != asked))


class State:
    """Cells (cols, lines) on the lines of copies or of arrays, with what the loops keep current."""

    def __init__(self, dtype, *, cols=5, rows=8, copies=1, heights=None, width=None, seed=5):
        rng = np.random.default_rng(seed)
        self.cols, self.rows, self.dtype = cols, rows, dtype
        self.width = width or cols
        tops = np.cumsum(heights) if heights else rows * np.arange(1, copies + 1)
        self.starts = np.append(0, tops)
        shape = (cols, copies * rows)
        self.g = rng.uniform(5e-6, 30e-6, shape).astype(dtype)
        self.seen = rng.uniform(-1e-6, 1e-6, shape).astype(dtype)
        across = -(-cols // self.width)
        self.row_total = rng.uniform(1e-4, 2e-4, (across, shape[1])).astype(dtype)
        self.col_total = rng.uniform(1e-4, 2e-4, (len(self.starts) - 1, cols)).astype(dtype)
        self.low = rng.uniform(1e-6, 3e-6, shape).astype(dtype)
        self.high = rng.uniform(30e-6, 40e-6, shape).astype(dtype)
        self.free = rng.random(shape) < 0.8
        self.totals = np.zeros(4)

    def sums(self, seen: np.ndarray) -> Sums:
        """What a loop follows, with ``seen`` or with nothing in its place."""
        return Sums(seen, self.row_total, self.col_total, self.starts, self.width)

    @property
    def parts(self):
        """Number, first line and end of every part, and the rows of a change that it gets."""
        for p, (a, b) in enumerate(zip(self.starts[:-1], self.starts[1:], strict=True)):
            yield p, a, b, slice(a % self.rows, a % self.rows + b - a)

    def follow(self, j: int, p: int, a: int, b: int, moved, sign: float) -> None:
        self.row_total[j // self.width, a:b] += moved
        self.col_total[p, j] += moved.sum()
        self.seen[j, a:b] += sign * moved

    def offers(self, x, d, per):
        """Sample and bit line, row of numbers and factor of every offer that is not nothing."""
        for j in range(self.cols):
            for s in range(len(x)):
                dense = x.shape[1] == 0
                factor = per if dense else d[s, j, 0] * d.dtype.type(per)
                if factor != 0:
                    yield s, j, (d[s, j] if dense else x[s]), factor

    def arrays(self):
        names = ("g", "seen", "row_total", "col_total")
        return {name: getattr(self, name) for name in names}


LAYOUTS = {
    "one": {},
    "copies": {"copies": 3},
    "arrays": {"heights": (3, 3, 2), "width": 2},
    "across": {"width": 3},
    "1x1": {"rows": 1, "cols": 1},
    "1 row": {"rows": 1},
    "1 column": {"cols": 1},
    "2x2": {"rows": 2, "cols": 2},
    "3 rows": {"rows": 3, "copies": 2},
    "odd arrays": {"rows": 7, "heights": (4, 3)},
    "17 rows": {"rows": 17, "cols": 3},
}


def offer(kind: str, dtype, state: State, n: int = 3, top: int = 64):
    """Offers of up to ``top / 16``, whose products are exact in single precision."""
    rng = np.random.default_rng(6)
    x = 2.0 ** rng.integers(-3, 1, (n, state.rows)) * rng.choice([-1.0, 0.0, 1.0], (n, state.rows))
    d = rng.integers(-top, top + 1, (n, state.cols, 1)) / 16.0
    x[0, 0] = 1.0
    if kind == "dense":
        x, d = np.empty((n, 0)), rng.integers(-top, top + 1, (n, state.cols, state.rows)) / 16.0
    d[:, 2:3] = 0.0
    d[0, 0, 0] = top / 16.0
    return x.astype(dtype), d.astype(dtype)
