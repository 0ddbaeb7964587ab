"""Single tiles: noisy reads with converters, and rank-one updates of every size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bench import aihwkit_peer
from bench.case import Case, Job, Work
from crossbar import DifferentialPair, Offset, SarAdc, SerialDac, Streams, Tile
from crossbar.circuit.mapping import Mapping
from crossbar.devices import PRESETS
from crossbar.kernels import rare
from crossbar.substrates.tile_state import TileState

BATCH = 256
DEVICE = replace(PRESETS["reram"].device, max_pulses=10_000)  # none of the largest updates is cut
MAPPINGS = {"reram, one live cell": Offset(), "reram, differential pair": DifferentialPair()}
FEW = 256.0**-2
# Mean pulses a cell and update of each gradient size, updates of a call, and the mark.
PULSES = {
    "small, 1 pulse an array": (FEW, 1, 60_000.0),
    "small, 1 pulse an array, 64 a call": (FEW, 64, 200_000.0),
    "1 pulse a cell": (1.0, 1, 20_000.0),
    "31 pulses a cell": (31.0, 1, 20_000.0),
    "127 pulses a cell": (127.0, 1, 20_000.0),
}


def programmed(side: int, mapping: Mapping, *, converters: bool) -> TileState:
    """Return a tile of ``side`` x ``side`` normal weights."""
    streams = Streams(0)
    weights = streams("weights").standard_normal((side, side)) / np.sqrt(side)
    dac, adc = (SerialDac(bits=8), SarAdc(bits=8)) if converters else (None, None)
    tile = Tile(device=DEVICE, mapping=mapping, dac=dac, adc=adc)
    return tile.program(weights, rng=streams("program"))


def reading(side: int, batch: int = BATCH, mapping: Mapping | None = None) -> Job:
    """Return the job of reading ``batch`` vectors."""
    state = programmed(side, mapping or Offset(), converters=True)
    x = Streams(1)("x").uniform(-1, 1, (batch, side)).astype(np.float32)
    rng = Streams(1)("read")
    work = Work(
        moved=4 * (2 * batch * side + side**2),
        footprint=4 * (2 * batch * side + side**2),
        operations=2 * batch * side**2,
        normals=batch * side,
    )
    return Job(run=lambda: state.matvec(x, rng=rng), amount=batch, work=lambda: work)


class Writer:
    """A tile that takes rank-one updates of ``pulses`` a cell in the mean, of either sign.

    A call has ``batch`` of them.
    """

    def __init__(self, side: int, pulses: float, batch: int = 1) -> None:
        self.state = programmed(side, Offset(), converters=False)
        shape = (2, 64 // batch, batch, side)
        draw = Streams(2)("vectors").uniform(-1, 1, shape).astype(np.float32)
        self.x, self.d = draw  # the mean of |x d| is 1/4
        self.rate = 4 * pulses * DEVICE.quantum / self.state.array.scale
        self.rng = Streams(2)("write")
        self.updates = 0

    def update(self) -> None:
        """Apply the next of 64 updates, or the next batch."""
        k = self.updates % len(self.x)
        self.state.update(self.x[k], self.d[k], self.rate, rng=self.rng)
        self.updates += 1

    def counts(self) -> tuple[float, float]:
        """Return pulses and changed cells of an update."""
        before = self.state.activity.copy()
        for _ in range(len(self.x)):
            self.update()
        seen = self.state.activity.since(before)
        return seen.total("pulses") / 64, seen.total("cells_changed") / 64

    def work(self) -> Work:
        """Return the work of a call: what a changed cell needs, and a normal for each."""
        changed = self.counts()[1] * self.x.shape[1]
        state = sum(a.nbytes for n, a in self.state.arrays().items() if n.startswith("cells0"))
        return Work(moved=20 * changed, footprint=state, operations=changed, normals=changed)

    def notes(self) -> dict[str, float]:
        """Return what an update does."""
        pulses, changed = self.counts()
        return {"pulses_per_update": pulses, "cells_changed_per_update": changed}


def updating(side: int, pulses: float, batch: int = 1) -> Job:
    """Return the job of one call."""
    writer = Writer(side, pulses, batch)
    return Job(run=writer.update, amount=batch, work=writer.work, notes=writer.notes)


def visiting(side: int, pulses: float, batch: int) -> Job:
    """Return the job of one call that visits all cells, however few get a pulse."""
    writer = Writer(side, pulses, batch)

    def run() -> None:
        least, rare.LEAST = rare.LEAST, 2**62
        writer.update()
        rare.LEAST = least

    return Job(run=run, amount=batch)


def cases() -> list[Case]:
    """Return mvm_512 and update_256."""
    reads = [
        Case(
            name="mvm_512",
            case=case,
            unit="samples/s",
            mark=150_000.0,
            ours=lambda m=mapping: reading(512, mapping=m),
            warm=lambda m=mapping: reading(8, mapping=m),
            peers=aihwkit_peer.readings(512, BATCH) if isinstance(mapping, Offset) else {},
        )
        for case, mapping in MAPPINGS.items()
    ]
    writes = [
        Case(
            name="update_256",
            case=case,
            unit="updates/s",
            mark=mark,
            ours=lambda n=pulses, batch=batch: updating(256, n, batch),
            warm=lambda n=pulses: updating(128 if n == FEW else 8, n),
            beside={"visiting": lambda batch=batch: visiting(256, FEW, batch)}
            if pulses == FEW
            else {},
            peers=aihwkit_peer.updates(256, pulses, batch),
        )
        for case, (pulses, batch, mark) in PULSES.items()
    ]
    return reads + writes
