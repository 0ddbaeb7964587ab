"""The netlists of netlists/, and the command that writes them: python tests/golden/decks.py.

Every number in them is round or comes from whole codes, so that no platform's rounding shows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from crossbar import Offset, Streams, Tile, Wires
from crossbar.circuit.blocks import CIRCUIT
from crossbar.circuit.reading import Reading
from crossbar.devices import CmosSynapse, Deterministic
from crossbar.devices.equations import Pulses, Vteam
from crossbar.nn import Chip, Convolution, Dense, Network, Relu
from crossbar.spice import Deck
from crossbar.spice.arrays import array_deck
from crossbar.spice.memristors.trains import schedule, train_deck
from crossbar.spice.networks import network_deck
from crossbar.spice.synapse.circuit import Synapse
from crossbar.spice.synapse.slots import slots_deck
from crossbar.spice.tiles import tile_deck
from crossbar.spice.training import Ranges, step_deck

FOLDER = Path(__file__).parents[2] / "netlists"
DEVICE = CmosSynapse(g_unit=16e-6, sigma_unit=0.0, sigma_read=0.0, rounding=Deterministic())
READING = Reading(v_read=0.35, temperature=0.0)
TILE = Tile(device=DEVICE, mapping=Offset(w_max=2.0), reading=READING, dtype=np.float64)
WEIGHTS = np.array([[1.0, -0.5, 0.25], [-0.75, 0.5, -0.25], [0.5, 1.0, -1.0], [0.0, 0.25, 0.75]])
IMAGE = np.array([[1.0, -0.5, 0.0, 0.5], [0.25, 0.75, -0.25, 0.0], [-1.0, 0.5, 0.25, -0.75],
                  [0.5, 0.0, -0.5, 1.0]])  # fmt: skip


def still() -> np.random.Generator:
    """Return a generator for what draws nothing that shows."""
    return np.random.default_rng(0)


def memristor() -> Deck:
    """A VTEAM memristor, five pulses that set it and five that reset it, a read after each."""
    pulses = Pulses(v_set=-0.24, v_reset=0.1, v_read=-0.1, t_set=1e-9, t_reset=50e-9, t_read=1e-9,
                    t_edge=1e-10, count=5)  # fmt: skip
    return train_deck(Vteam(), pulses, schedule(pulses, trains=2))


def synapse() -> Deck:
    """A CMOS synapse of 2 bits in transistors: codes 3 and 1 written over 0, and read."""
    return slots_deck(Synapse(bits=2), [0, 3, 1])


def array() -> Deck:
    """An array of 4 word and 3 bit lines, with the resistance of lines, drivers and sensing."""
    g = 1e-5 * np.array([[1.0, 2.0, 4.0], [2.0, 5.0, 1.0], [4.0, 1.0, 2.0], [0.0, 2.0, 5.0]])
    return array_deck(g, [0.3, 0.2, 0.1, 0.05], Wires(r_wl=2.0, r_bl=1.0, r_driver=10, r_sense=5))


def tile() -> Deck:
    """Weights 4x3 on a tile: normaliser, array with a reference column, sense amplifiers."""
    state = replace(TILE, blocks=CIRCUIT.quiet).program(WEIGHTS, rng=still())
    return tile_deck(state, np.array([[1.0, 0.5, -0.25, 0.75], [0.0, -1.0, 0.5, 0.25]]))


def chip() -> Chip:
    """Return a chip of one 3x3 convolution and two dense layers on 4x4 pixels."""
    layers = {
        "conv": Convolution(filters=2, kernel=3),
        "fc": Dense(units=4),
        "relu": Relu(),
        "out": Dense(units=2),
    }
    network = Network(input_shape=(4, 4), layers=layers)
    blocks = CIRCUIT.quiet
    return network.build(replace(TILE, blocks=blocks), Streams(0), blocks=blocks)


def network() -> Deck:
    """A convolutional network of 3 layers that classifies one image of 4x4 pixels."""
    return network_deck(chip(), IMAGE[np.newaxis])


def train_step() -> Deck:
    """The same network learning the image: forward read, gradients, change of the codes."""
    x = {"conv": 0.25, "fc": 0.125, "out": 0.0625}
    ranges = Ranges(x, {"conv": 0.5, "fc": 0.5, "out": 0.35})
    return step_deck(chip(), IMAGE, 1, 0.02, ranges=ranges, masks=still()).deck


DECKS: dict[str, Callable[[], Deck]] = {
    "cell-vteam": memristor,
    "cell-cmos": synapse,
    "array": array,
    "tile": tile,
    "network": network,
    "train-step": train_step,
}


def text(name: str) -> str:
    """Return a netlist as it stands in netlists/: its models lie in the folder beside that one."""
    return DECKS[name]().text.replace('.include "spice_models/', '.include "../spice_models/')


if __name__ == "__main__":
    for name in DECKS:
        (FOLDER / f"{name}.cir").write_text(text(name))
