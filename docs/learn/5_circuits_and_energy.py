"""
Circuits and energy
===================

This lesson writes a crossbar as a circuit, lets ngspice solve it, and
compares the two. Then it counts the energy of a network. ngspice is
optional: without it the circuit is written, but not solved.
"""

# %%
# An array as a netlist
# ---------------------
#
# The array has eight word lines and four bit lines. Every segment of a
# line has a resistance of 5 ohm, so a cell far from the driver gets less
# voltage.

import numpy as np

from crossbar import Wires
from crossbar.spice.arrays import array_deck

rng = np.random.default_rng(0)
g = rng.uniform(1e-6, 40e-6, (8, 4))  # conductances in siemens
v = rng.uniform(0, 0.2, (1, 8))  # voltages of the word lines
wires = Wires(r_wl=5.0, r_bl=5.0)
deck = array_deck(g, v, wires)
print("\n".join(deck.text.splitlines()[:12]))
deck.write("array.cir")

# %%
# The file ``array.cir`` is a plain ngspice netlist. Each cell is a
# resistor between its word line and its bit line.
#
# ngspice against the array
# -------------------------
#
# The simulator solves the same equations without ngspice. Here both give
# the currents of the bit lines.

import shutil

from crossbar.spice.arrays import currents

solved = wires.solve(g, v).currents[0]
print("crossbar", (1e6 * solved).round(4), "uA")
print("no wires", (1e6 * (v @ g)[0]).round(4), "uA")
if shutil.which("ngspice"):
    simulated = currents(g, v, wires)[0]
    print("ngspice ", (1e6 * simulated).round(4), "uA")

# %%
# ngspice and the array agree in all digits. Without line resistance the
# currents would be larger.
#
# What the wires take
# -------------------
#
# In a larger array the loss is clearly visible.

from crossbar import DifferentialPair, Memristor, Streams, Tile

streams = Streams(0)
tile = Tile(
    device=Memristor(), mapping=DifferentialPair(w_max=1.0), wires=wires
)
state = tile.program(
    streams("weights").uniform(-1, 1, (64, 32)), rng=streams("program")
)
state.plot()

# %%
# On the right, the share of the read voltage that each cell lacks. It is
# least near the drivers on the left and the amplifiers at the bottom.
#
# Energy of a network
# -------------------
#
# The chip counts what happens on it: cells that are read, conversions,
# weight changes. Each count has a cost, and each cost a source.
# ``energy`` counts some images in inference and in training.

from crossbar.runs import energy, experiment

plan = experiment(
    {"data": {"preset": "clear", "clips": 20}, "device": {"kind": "cmos"}}
)
counted = energy(plan)
for convention in ("leti-2026", "physical", "circuit", "digital"):
    one = counted[convention]
    inference, training = (
        1e9 * one["energy_inference"],
        1e9 * one["energy_training"],
    )
    print(
        f"{convention:10} inference {inference:7.2f} nJ, training {training:7.2f} nJ"
    )

# %%
# ``leti-2026`` is the published rule: each operation costs the same.
# ``physical`` is what was counted on this chip. ``circuit`` takes the
# costs of this project's own circuits. ``digital`` is floating-point
# arithmetic in 45 nm.
#
# Where does the energy of an inference go?

import matplotlib.pyplot as plt
import pandas as pd

table = pd.DataFrame(counted["physical"]["breakdown"]).query(
    "phase == 'inference'"
)
parts = table.groupby("event")["energy"].sum().sort_values()

figure, ax = plt.subplots(figsize=(6, 2.8), layout="constrained")
ax.barh(parts.index, 1e9 * parts)
ax.set(xlabel="energy of an inference (nJ)")
plt.show()

# %%
# ``read_energy`` is that of the cells. The longest bar is where a better
# design saves most.
#
# The same on the command line
# ----------------------------
#
# .. code-block:: console
#
#    $ crossbar netlist array device.kind=reram tile.wires.r_wl=5 \
#        tile.wires.r_bl=5 --rows 8 --cols 4 --out array.cir
#    $ crossbar energy scripts/leti_cnn.toml data.preset=clear data.clips=20
#
# The second command prints sums, the energy of each part, and sources. The
# report of a run has them as tables.
#
# What next
# ---------
#
# * `Circuits <../spice.html>`_: netlists of cells, tiles, whole networks and training steps
# * `Energy <../energy.html>`_: an operation, from transistors up
# * `Line resistance <../wires.html>`_: how line resistance is solved
# * `Converters <../converters.html>`_: converters with noise, energy, time and area of their own
