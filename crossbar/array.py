"""An array: volts in, amperes out. Cells on lines, with the noise and the resistance of both."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

import numpy as np

from crossbar.devices import Cells, Change, Device, Lines, Tally
from crossbar.errors import ShapeError, fail, message
from crossbar.layout import Layout
from crossbar.mapping import Mapping
from crossbar.noise import CellNoise, Reading, draw, product
from crossbar.reference import Reference
from crossbar.types import Floats, FloatType
from crossbar.wires import Wires

ALL = slice(None)


@dataclass(frozen=True)
class Admittance:
    """What the sources of one physical array see: its lines, and currents per volt [S]."""

    rows: slice
    cols: slice
    copy: int
    forward: Floats
    back: Floats


@dataclass
class Array:
    """Programmed cells of one weight matrix, on one or several physical arrays.

    With ideal wires the current of a bit line is v @ g exactly. With ``wires`` it follows from
    nodal analysis at every :meth:`refresh`; a change in between is added as if lines were ideal,
    and the noise of a cell as if the full line voltage lay across it.
    """

    device: Device
    mapping: Mapping
    layout: Layout
    reading: Reading
    wires: Wires | None
    dtype: FloatType
    cells: list[Cells]
    reference: Reference | None
    lines: Lines = field(init=False)
    admittances: list[Admittance] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.noise = CellNoise(*self.device.read_noise, self.reading)
        self._refresh_cells()

    @classmethod
    def fabricate(
        cls,
        device: Device,
        mapping: Mapping,
        layout: Layout,
        reading: Reading,
        wires: Wires | None,
        *,
        rng: np.random.Generator,
        dtype: FloatType,
    ) -> Array:
        """Return a new array with the device-to-device spread of its cells."""
        height = layout.copies * layout.rows
        *own, shared = rng.spawn(len(mapping.signs) + 1)
        cells = [
            device.on_bit_lines(k, len(own)).fabricate((height, layout.cols), rng=g, dtype=dtype)
            for k, g in enumerate(own)
        ]
        reference = None
        if mapping.reference:
            reference = Reference.fabricate(
                device.on_reference_lines(), layout, rng=shared, dtype=dtype
            )
        return cls(device, mapping, layout, reading, wires, dtype, cells, reference)

    @property
    def scale(self) -> float:
        """Signed conductance of weight 1 [S]."""
        return self.mapping.scale(self.device.window)

    @property
    def groups(self) -> list[Cells]:
        """Every group of cells: those of the weights, then those of the reference lines."""
        return [*self.cells, *([] if self.reference is None else self.reference.cells)]

    def program(self, weights: Floats, *, rng: np.random.Generator) -> None:
        """Write ``weights`` (rows, cols) into every copy, with the device's programming error."""
        expected = (self.layout.rows, self.layout.cols)
        if weights.shape != expected:
            text = message("Array.program", f"weights {expected}", weights.shape, "Reshape them.")
            raise ShapeError(text)
        if not np.all(np.isfinite(weights)):
            at = tuple(int(k) for k in np.argwhere(~np.isfinite(weights))[0])
            fail("Array.program", "finite weights", f"{weights[at]} at {at}", "Check the training.")
        largest = float(np.abs(weights).max(initial=0.0))
        if largest > self.mapping.limit * (1 + 1e-9):
            where = f"{type(self.mapping).__name__}.w_max"
            fail(where, f"at least {largest:.4g}", f"{self.mapping.limit:g}", "Raise w_max.")
        targets = self.mapping.targets(weights.astype(np.float64), self.device.window)
        for cells, target in zip(self.cells, targets, strict=True):
            cells.program(np.tile(target, (self.layout.copies, 1)), rng=rng)
        if self.reference is not None:
            self.reference.program(self.device.window[1], rng=rng)
        self.refresh()

    def refresh(self) -> None:
        """Work out anew what the lines see, after cells changed other than by :meth:`change`."""
        self._refresh_cells()
        if self.wires is not None:
            self._refresh_wires(self.wires)

    def _refresh_cells(self) -> None:
        """Sum the conductances on every line, as ideal lines see them."""
        planes = [c.g.astype(np.float64) for c in self.cells]
        signed = np.einsum("p,pij->ij", self.mapping.signs, planes)
        total = np.sum(planes, axis=0)
        if self.reference is not None:
            self.reference.refresh()
            signed -= self.reference.columns_of(self.reference.column_seen)
        self.lines = Lines(signed.astype(self.dtype), total.sum(axis=1), total.sum(axis=0))

    def _refresh_wires(self, wires: Wires) -> None:
        """Replace the signed conductances by exact transfer conductances, array by array."""
        self.admittances = []
        signs = np.array(self.mapping.signs)
        for r, rows in enumerate(self.layout.row_slices()):
            for k, cols in enumerate(self.layout.col_slices()):
                g = np.stack([c.g[rows, cols] for c in self.cells], axis=2, dtype=np.float64)
                height, width, _ = g.shape
                physical = g.reshape(height, -1)
                if self.reference is not None:  # one bit line and one word line more
                    edge = self.reference.column.g[rows, [k]]
                    foot = np.append(self.reference.row.g[r, cols], 0.0)
                    physical = np.vstack([np.hstack([physical, edge]), foot])
                transfer = wires.operator(physical)
                fold = np.kron(np.eye(width), signs)  # weight j stands on its signed bit lines
                seen = transfer[:height, : fold.shape[1]] @ fold.T
                if self.reference is not None:
                    self.reference.column_seen[rows, k] = transfer[:height, -1]
                    self.reference.row_seen[r, cols] = transfer[-1, :-1]
                    seen -= transfer[:height, [-1]]
                self.lines.signed[rows, cols] = seen
                forward = wires.input_admittance(physical)[:height, :height]
                back = wires.output_admittance(physical)[: fold.shape[1], : fold.shape[1]]
                which = r if self.layout.copies > 1 else 0
                self.admittances.append(
                    Admittance(rows, cols, which, forward, fold @ back @ fold.T)
                )

    def _stack(self, g: Floats, rows: slice = ALL, cols: slice = ALL) -> Floats:
        """Return ``g`` (lines, cols) as (copies, rows, cols), cut to ``rows`` and ``cols``."""
        part = g[rows, cols]
        return part.reshape(self.layout.copies, -1, part.shape[1])

    def currents(self, v: Floats, *, rng: np.random.Generator, rows: slice = ALL) -> Floats:
        """Return the signed bit-line currents (n, copies, cols) [A] of one read, with its noise.

        Parameters
        ----------
        v : (n, copies, rows) [V]
            Voltages of the word lines in ``rows``.
        rows
            Word lines of one array, where a layer takes several.
        """
        out = product(v, self._stack(self.lines.signed, rows))
        if self.noise.silent:
            return out
        whole = rows == ALL and self.layout.copies == 1
        total = self.lines.col_total[None] if whole else None
        planes = [self._stack(c.g, rows) for c in self.cells]
        out = out + draw(self.noise.variance(v, planes, total), out.shape, rng=rng)
        if self.reference is not None:
            out -= self.reference.noise(v, self.noise, rows, rng=rng)
        return out

    def currents_back(self, v: Floats, *, rng: np.random.Generator, cols: slice = ALL) -> Floats:
        """Return the word-line currents (n, copies, rows) [A] of one transposed read.

        Parameters
        ----------
        v : (n, copies, cols) [V]
            Voltages of the bit lines in ``cols``; minus cells see -v.
        """
        out = product(v, self._stack(self.lines.signed, cols=cols).transpose(0, 2, 1))
        if self.reference is not None:
            out += self.reference.back(v, cols)
        if self.noise.silent:
            return out
        whole = cols == ALL and self.layout.copies == 1
        total = self.lines.row_total[None] if whole else None
        planes = [self._stack(c.g, cols=cols).transpose(0, 2, 1) for c in self.cells]
        out = out + draw(self.noise.variance(v, planes, total), out.shape, rng=rng)
        if self.reference is not None:
            out -= self.reference.noise_back(v, self.noise, cols, rng=rng)
        return out

    def power(self, v: Floats) -> float:
        """Return the power [W] that reads with voltages ``v`` (n, copies, rows) draw, summed."""
        flat = v.reshape(len(v), -1).astype(np.float64)
        if self.wires is not None:
            return sum(_drawn(flat[:, a.rows], a.forward) for a in self.admittances)
        total = self.lines.row_total
        if self.reference is not None:
            total = total + self.reference.column.g.sum(axis=1)
        return float((flat * flat).sum(axis=0) @ total)

    def power_back(self, v: Floats) -> float:
        """Return the power [W] that transposed reads with ``v`` (n, copies, cols) draw, summed."""
        wide = v.astype(np.float64)
        if self.wires is not None:
            return sum(_drawn(wide[:, a.copy, a.cols], a.back) for a in self.admittances)
        if self.layout.copies == 1:
            total = self.lines.col_total[None]
        else:
            total = np.sum([self._stack(c.g).sum(axis=1) for c in self.cells], axis=0)
        if self.reference is not None:
            row = self.reference.row.g
            total = total + (row if self.layout.copies > 1 else row.sum(axis=0))
        return float(((wide * wide).sum(axis=0) * total).sum())

    def change(self, x: Floats, d: Floats, *, rng: np.random.Generator) -> Tally:
        """Offer the signed conductance changes ``x * d`` [S] to the cells; return what happened.

        ``x`` and ``d`` as in :class:`crossbar.devices.Change`; the cells of a weight share alike.

        Raises
        ------
        ShapeError
            If ``x`` and ``d`` do not fit the weights.
        ConfigError
            If a change is not finite.
        """
        self._check_change(x, d)
        tally = Tally.empty()
        part: Floats = np.ascontiguousarray(d / len(self.cells), self.dtype)
        x = np.ascontiguousarray(x, self.dtype)
        if not (np.isfinite(x).all() and np.isfinite(part).all()):
            fail("Array.change", "finite changes", "NaN or infinity", "Lower the rate.")
        for sign, cells in zip(self.mapping.signs, self.cells, strict=True):
            cells.change(Change(x, part, sign), self.lines, tally, rng=rng)
        return tally

    def _check_change(self, x: Floats, d: Floats) -> None:
        """Raise unless ``x`` and ``d`` have a shape that the compiled loops can take."""
        rows, cols = self.layout.rows, self.layout.cols
        fits = x.ndim == 2 and d.ndim == 3 and len(x) == len(d)
        if fits and x.shape[1] in (1, rows) and d.shape[1:] in ((1, cols), (rows, cols)):
            return
        expected = f"x (n, 1 or {rows}) and d (n, 1 or {rows}, {cols})"
        got = f"{x.shape} and {d.shape}"
        raise ShapeError(message("Array.change", expected, got, "The batch axis is first."))

    def aged(self, seconds: float) -> Array:
        """Return a copy whose cells have drifted until ``seconds`` after they were programmed."""
        later = copy.deepcopy(self)
        for cells in later.groups:
            cells.drift(seconds)
        later.refresh()
        return later


def _drawn(v: Floats, y: Floats) -> float:
    """Return the power [W] that voltages ``v`` (n, lines) draw from admittances ``y``, summed."""
    return float(np.einsum("ni,ij,nj->", v, y, v))
