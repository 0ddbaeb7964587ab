"""
Spikes that learn
=================

This lesson looks at what two spikes do to a memristor, lets columns of
memristors learn a figure that nobody named for them, and reads what they
have learned.
"""

# %%
# Two spikes on a cell
# --------------------
#
# A spike puts a waveform on its line: a short plateau, then a long tail of
# the other sign. A cell sees the difference of the word line (before) and
# the bit line (after). Alone either spike stays below the thresholds of the
# cell. Together they pass them.

import numpy as np

from crossbar.spiking import VTEAM_STDP

lags = np.array([-6e-6, -2e-6, 2e-6, 6e-6])  # s, bit line after word line
print("change of the state", VTEAM_STDP.change(lags, 0.5).round(4))
print("of a spike alone   ", VTEAM_STDP.isolated(0.5).pre)

# %%
# A spike before that of the bit line raises the state, one after it lowers
# the state. How far depends on the lag. Nothing of this is assumed: the
# equations of the cell are integrated along the waveforms.

window = VTEAM_STDP.window(0.5)
print(f"rises fall by 1/e in {1e6 * window.potentiation.tau:.2f} us")
print(f"energy of a pair     {1e12 * window.energy.max():.1f} pJ at most")
VTEAM_STDP.plot()

# %%
# Samples as waves of spikes
# --------------------------
#
# The yin-yang figure has points of three classes. Every number excites
# sixteen lines whose centres are near it, and the more a line is excited
# the earlier it spikes.

from crossbar.data import YinYang
from crossbar.spiking import Complement, Latency, Population

data = YinYang(samples=1500).dataset()
code = Population(
    neurons=16, sigma=0.15, code=Complement(code=Latency(span=10e-6))
)
rng = np.random.default_rng(0)
waves = np.array([code.encode(x, rng=rng).first() for x in data.x])
print(waves.shape, "first spike after", waves.min(), "s")

# %%
# Columns that compete
# --------------------
#
# Each column is a bit line with a neuron. The first neuron at its threshold
# wins the wave: its cells learn from the spikes before and after its own.
# No label is used.

from crossbar.spiking import Columns

columns = Columns(count=60)
state = columns.build(waves.shape[1], rng=rng)
won = state.learn(waves[:1000], passes=3, rng=rng, progress=False)
print("columns that won in the last pass:", np.unique(won[-1]).size)
state.plot()

# %%
# The map shows one column of cells for each neuron. The thresholds differ
# since each of them rises with every win: so no column wins everything.
#
# Names for columns
# -----------------
#
# Now labels come in. A column is named after the samples in which it fires
# first; the first five columns of a new sample vote.

from crossbar.spiking import Labels, Vote

times = state.times(waves, first=5, rng=rng)
labels = Labels.of(Vote(), times[:1000], data.y[:1000], classes=3)
right = labels.predicted(times[1000:]) == data.y[1000:]
print(f"{100 * right.mean():.1f} % of the points are named right")

# %%
# With more points, passes and columns it is 93 %. The same works with the
# cell of the first section: ``Columns(rule=VTEAM_STDP)`` learns by its
# equations, and the page on columns tells how far cells and neurons may
# differ.
