"""
First chip
==========

This lesson multiplies a vector by a matrix in a memristor crossbar. Then a
small network learns on such a chip. It takes about half a minute, and a
minute more when the package is used for the first time: its loops are
compiled then.
"""

# %%
# A crossbar
# ----------
#
# A memristor cell stores a number as its conductance. The cell below
# reaches from 1 to 40 uS. Every read of it is noisy: the standard
# deviation is 1 % of that range.

from crossbar import DifferentialPair, Memristor, Streams, Tile

device = Memristor(g_min=1e-6, g_max=40e-6, sigma_read=0.01)
device

# %%
# The table lists every number of the cell. ``plot()`` draws what pulses
# do to 64 of them, and their current.

device.plot()

# %%
# A tile holds a matrix of weights. With ``DifferentialPair`` each weight
# is two cells, whose currents are subtracted. ``Streams(0)`` gives every
# part of a simulation random numbers of its own, all from the seed 0.

tile = Tile(device=device, mapping=DifferentialPair(w_max=1.0))
streams = Streams(0)
weights = streams("weights").uniform(-1, 1, (16, 8))
state = tile.program(weights, rng=streams("program"))
state.plot()

# %%
# The map shows the conductances of the array, and the histogram how often
# each occurs. A read applies a voltage to every word line and senses the
# current of every bit line. This is a product of a vector and a matrix.

x = streams("inputs").uniform(-1, 1, (1, 16))
y = state.matvec(x, rng=streams("read"))
print("chip ", y.round(2))
print("exact", (x @ weights).round(2))

# %%
# The two rows are close, but not equal. The difference is the read noise
# and the programming of the cells.
#
# A network that learns on the chip
# ---------------------------------
#
# Now a convolutional network learns to distinguish engine sounds. The
# sounds are synthetic, so nothing has to be downloaded. The weights are
# CMOS synapses of 8 bits. Every step of the training happens on the chip:
# forward reads, transposed reads and weight changes.

from crossbar.runs import experiment, train

plan = experiment(
    {
        "data": {"preset": "clear", "clips": 80},
        "device": {"kind": "cmos"},
        "train": {"epochs": 6},
    }
)
result = train(plan, "runs/first")
low, high = result["accuracy_ci95"]
print(
    f"accuracy {result['accuracy']:.2f}, 95 % interval {low:.2f} to {high:.2f}"
)

# %%
# The accuracy is measured on sounds that the chip has not heard before.
# Guessing gives 0.50. The interval is wide because only a few sounds are
# left for the test. More data make it narrower.
#
# The folder ``runs/first`` holds the whole run. ``crossbar.load`` opens
# it.

import crossbar

run = crossbar.load("runs/first")
run.plot()

# %%
# The loss falls from epoch to epoch, and the accuracy rises. The curves
# of training and validation stay close. So the chip does more than
# memorise its samples.

run.figures["first-confusion"]

# %%
# Each row is a class of sounds, and each column what the chip takes it
# for. Right decisions are on the diagonal.

run.chip().plot()

# %%
# The cells of every layer after training: their conductances on the left,
# the weights on the right.
#
# The same on the command line
# ----------------------------
#
# .. code-block:: console
#
#    $ crossbar train scripts/leti_cnn.toml data.preset=clear data.clips=80 \
#        train.epochs=6 --out runs/first
#    $ crossbar report runs/first
#
# The second command writes ``runs/first/report.html``: one page with all
# figures, tables and settings.
#
# What next
# ---------
#
# * `Your own data and network <2_own_data.html>`_: your own samples and your own network
# * `User guide <../guide.html>`_: settings, data and run folders
# * `Theory <../theory.html>`_: the equations behind each step
