"""Fabricated CMOS synapses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crossbar.devices.cell_checks import check_counts
from crossbar.devices.cells import Cells
from crossbar.devices.compiled import Compiled, answer
from crossbar.devices.tally import Tally
from crossbar.errors import DataError, message
from crossbar.kernels import codes
from crossbar.types import Floats, FloatType, Integers, Masks, Rng

if TYPE_CHECKING:
    from crossbar.devices.cmos import CmosSynapse


class CmosCells(Cells):
    """Fabricated CMOS synapses: code and branch conductances of every cell."""

    spec: CmosSynapse

    def __init__(
        self, spec: CmosSynapse, shape: tuple[int, int], *, rng: Rng, dtype: FloatType
    ) -> None:
        super().__init__(spec, shape, rng=rng, dtype=dtype)
        units = 2.0 ** np.arange(spec.bits)[:, None, None]
        z = rng.standard_normal((spec.bits, *shape[::-1]), dtype=np.float32)
        branches = spec.quantum * units * (1.0 + spec.sigma_unit / np.sqrt(units) * z)
        self.branches: Floats = branches.astype(dtype)  # (bits, cols, rows)
        self.code: Integers = np.full(shape, 2 ** (spec.bits - 1), np.int16, order="F")
        self.g = self.conductance(self.code)

    def conductance(self, code: Integers) -> Floats:
        """Return the conductance (rows, cols) [S] that the cells have at ``code``."""
        g: Floats = np.empty(code.shape[::-1], self.branches.dtype)
        codes.switch(np.ascontiguousarray(code.T), self.branches, g)
        return g.T

    def write(self, g: Floats) -> Tally:
        """Latch the codes nearest to ``g`` [S] on the nominal scale, where it is a number."""
        before, moved = self.code.copy(), self.free & ~np.isnan(g)
        code = np.clip(np.rint(g[moved] / self.spec.quantum), 0, 2**self.spec.bits - 1)
        self.code[moved] = code.astype(np.int16)
        self.g[moved] = self.conductance(self.code)[moved]
        return Tally.of(pulses=0, changed=float(np.count_nonzero(self.code != before)), saturated=0)

    def pulse(self, counts: Integers, *, rng: Rng) -> Tally:
        """Move each code by its steps, up to its ends; the tally counts those that it took."""
        return answer(self.compiled, check_counts(self, counts, rng), rng=rng)

    @property
    def compiled(self) -> Compiled:
        """Views of the cells."""
        arrays = self.code.T, self.g.T, self.free.T, self.branches
        return Compiled(codes.change_codes, codes.Coded(*arrays, self.spec.rounding.stochastic))

    def load(self, g: Floats) -> None:
        """Take measured conductances [S]: the nearest codes, whose branches then give ``g``.

        Raises
        ------
        DataError
            If a conductance is nearest to code 0, which conducts nothing, and is not zero.
        """
        top = 2**self.spec.bits - 1
        code = np.clip(np.rint(g / self.spec.quantum), 0, top).astype(np.int16)
        nominal = self.conductance(code)
        lost = (code == 0) & (g != 0)
        if lost.any():
            at = tuple(int(k) for k in np.argwhere(lost)[0])
            expected = f"0 or at least half of a code step ({self.spec.quantum / 2:.3g} S)"
            text = message("CmosCells.load", expected, f"{g[at]:.3g} S at {at}", "Give 0 S.")
            raise DataError(text)
        self.branches *= np.where(code, g / np.where(code, nominal, 1), 1).T
        self.code[...] = code
        super().load(self.conductance(code))

    @property
    def limits(self) -> dict[str, tuple[float, float]]:
        """Conductances are not negative, and codes have the bits of the synapse."""
        return super().limits | {"code": (0.0, 2.0**self.spec.bits - 1.0)}

    def pin(self, on: Masks, off: Masks, g_on: float, g_off: float) -> None:
        """Hold the codes of ``on`` at their top and those of ``off`` at zero for good."""
        self.code[on] = 2**self.spec.bits - 1
        self.code[off] = 0
        self.g[...] = self.conductance(self.code)
        self.free &= ~(on | off)
