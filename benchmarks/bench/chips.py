"""The reference network on chips: what it costs to teach them and to ask them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bench import aihwkit_peer
from bench.case import Case, Job, Work
from bench.images import batches
from crossbar import (
    DifferentialPair,
    Offset,
    Reading,
    SarAdc,
    SerialDac,
    Streams,
    Tile,
    Wires,
)
from crossbar.activity import Activity
from crossbar.devices import PRESETS
from crossbar.nn import Chip, leti_cnn

GAMMA = 5e-4
TAUGHT = 640  # images before anything is measured: gradients are those of training
COUNTED = 320  # images over which work is counted

RERAM = Tile(device=PRESETS["reram"].device, mapping=Offset())
CMOS = Tile(
    device=PRESETS["cmos"].device, mapping=Offset(), reading=Reading(v_read=0.35, t_read=320e-12)
)
TILES = {
    "reram, one live cell": RERAM,
    "reram, one live cell, DAC 7 bit, ADC 9 bit": replace(
        RERAM, dac=SerialDac(bits=7), adc=SarAdc(bits=9)
    ),
    "cmos": CMOS,
    "reram, differential pair": replace(RERAM, mapping=DifferentialPair()),
    "reram, one live cell, 1 ohm lines, 128x64": replace(
        RERAM, wires=Wires(r_wl=1.0, r_bl=1.0), size=(128, 64)
    ),
}
ONE_CELL, CONVERTED, _, PAIR, WIRED = TILES
# Bytes that a changed cell takes: conductance read and written, bounds, step; or code and branches.
STATE = {"CmosSynapse": 8, "Memristor": 20}


class Pupil:
    """A chip that learns batches of images, image after image."""

    def __init__(self, tile: Tile, size: int, taught: int = TAUGHT) -> None:
        streams = Streams(0)
        self.tile, self.size = tile, size
        self.chip: Chip = leti_cnn().build(tile, streams)
        self.draws = {"masks": streams("masks"), "writes": streams("writes")}
        self.rng = streams("train")
        self.batches = batches(size)
        for _ in range(0, taught, size):
            self.learn()
        self.taught = {name: array.copy() for name, array in self.chip.arrays().items()}

    def again(self) -> None:
        """Forget what was learned since: gradients fade when images are seen many times."""
        self.chip.restore(self.taught)

    def learn(self) -> None:
        """Learn a batch, as in training."""
        x, labels = next(self.batches)
        self.chip.learn(x, labels, GAMMA, rng=self.rng, **self.draws)

    def score(self) -> None:
        """Return nothing; read the scores of a batch."""
        x, _ = next(self.batches)
        self.chip.scores(x, rng=self.rng)

    def counted(self, what: str) -> Activity:
        """Return what happens in ``COUNTED`` images of ``what``, learn or score."""
        self.again()
        before = self.chip.activity.copy()
        for _ in range(0, COUNTED, self.size):
            getattr(self, what)()
        return self.chip.activity.since(before)

    def work(self, what: str) -> Work:
        """Return the work of one call of ``what``: reads of ``fc``, updates, images, noise."""
        seen = self.counted(what)
        calls = seen.total("images") / self.size
        device = type(self.tile.device).__name__
        reads = 4 * (seen.total("mac_forward", "fc") + seen.total("mac_transposed", "fc"))
        if what == "score":
            reads /= self.size  # once a batch
        signals = 4 * (28 * 28 + 2 * 1875) * self.size  # image read, maps written and read
        changed = seen.total("cells_changed")
        macs = sum(seen.total(f"mac_{kind}") for kind in ("forward", "transposed", "outer"))
        state = sum(a.nbytes for n, a in self.chip.arrays().items() if n.startswith("fc"))
        drawn = seen.total("sense") + (changed if device == "Memristor" else 0)
        return Work(
            moved=(reads + STATE[device] * changed) / calls + signals,
            footprint=state if what == "learn" else 4 * 1875 * 64,
            operations=2 * macs / calls,
            normals=drawn / calls,
        )

    def notes(self) -> dict[str, float]:
        """Return what an image changes: a benchmark that changes nothing measures nothing."""
        seen = self.counted("learn")
        images = seen.total("images")
        event = self.tile.device.write_event
        return {
            f"{event}_per_image": seen.total(event) / images,
            "cells_changed_per_image": seen.total("cells_changed") / images,
            "weights_offered_per_image": seen.total("update_weights") / images,
        }


def learning(tile: Tile, size: int, taught: int = TAUGHT) -> Job:
    """Return the job of learning batches of ``size``."""
    pupil = Pupil(tile, size, taught)
    work = lambda: pupil.work("learn")  # noqa: E731
    return Job(run=pupil.learn, amount=size, before=pupil.again, work=work, notes=pupil.notes)


def inference(tile: Tile, size: int, taught: int = TAUGHT) -> Job:
    """Return the job of scoring batches of ``size`` on a chip that has learned."""
    pupil = Pupil(tile, 1, taught)
    pupil.size, pupil.batches = size, batches(size)
    return Job(run=pupil.score, amount=size, work=lambda: pupil.work("score"))


def cases() -> list[Case]:
    """Return train_b1, train_b32 and infer_b32."""
    marks = {"train_b1": dict.fromkeys(TILES, 6_000.0) | {PAIR: 4_000.0, WIRED: 300.0}}
    marks["train_b32"] = dict.fromkeys(TILES, 10_000.0)
    marks["infer_b32"] = dict.fromkeys(TILES, 80_000.0)
    sizes, found = {"train_b1": 1, "train_b32": 32, "infer_b32": 32}, []
    for name, size in sizes.items():
        build = inference if name == "infer_b32" else learning
        for case, tile in TILES.items():
            if (case == WIRED and name != "train_b1") or (
                case == CONVERTED and name == "infer_b32"
            ):
                continue
            found.append(
                Case(
                    name=name,
                    case=case,
                    unit="images/s",
                    mark=None if case == CONVERTED else marks[name][case],
                    ours=lambda b=build, t=tile, s=size: b(t, s),
                    warm=lambda b=build, t=tile, s=size: b(replace(t, wires=None), s, 0),
                    peers=_peers(name, case, size),
                )
            )
    return found


def _peers(name: str, case: str, size: int) -> dict[str, Callable[[], Job]]:
    """Return the peers that simulate the same thing: one live cell and a reference."""
    if case not in (ONE_CELL, CONVERTED) or not aihwkit_peer.installed():
        return {}
    if name == "infer_b32":
        return aihwkit_peer.inferences(size)
    return {
        "aihwkit ReRamSB": lambda: aihwkit_peer.learning(size, GAMMA, write_noise=True),
        "aihwkit ReRamSB, no write noise": lambda: aihwkit_peer.learning(
            size, GAMMA, write_noise=False
        ),
    }
