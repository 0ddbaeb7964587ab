"""
Your own device
===============

This lesson starts from measured pulses. They become a device with its
steps, its spread from cell to cell and its drift. A network then learns on
it.
"""

# %%
# A measurement
# -------------
#
# A pulse measurement is a CSV file in which each row is one pulse. The
# columns say which device, whether the pulse was a set or a reset, and
# the conductance after it. Pulse 0 is the conductance before the first
# one. Use your own measured file here. This lesson makes one instead:
# eight devices with 200 set and 200 reset pulses each.

from pathlib import Path

import numpy as np

rng = np.random.default_rng(0)
low, high = 2.0, 50.0  # microsiemens
rows = ["device,cycle,pulse,polarity,g_uS"]
for device in range(8):
    # One pulse goes this share of the way to the bound.
    share = 0.015 * rng.lognormal(0, 0.2)
    g = low
    for polarity, bound in (("set", high), ("reset", low)):
        rows.append(f"{device},0,0,{polarity},{g:.4f}")
        for pulse in range(1, 201):
            g += share * (bound - g) * (1 + 0.3 * rng.standard_normal())
            rows.append(f"{device},0,{pulse},{polarity},{g:.4f}")
Path("pulses.csv").write_text("\n".join(rows) + "\n")
print("\n".join(rows[:5]))

# %%
# From pulses to a device
# -----------------------
#
# ``characterise`` reads the file. It finds the range, the mean step at
# every conductance, and two spreads: between pulses, and between devices.

from crossbar.spice.memristors.characterise import characterise

measured = characterise("pulses.csv")
print(f"range {1e6 * measured.g_min:.1f} to {1e6 * measured.g_max:.1f} uS")
spread = 100 * measured.sigma_d2d
print(f"steps differ by {spread:.0f} % from device to device")

# %%
# The measurement says nothing of read noise and drift. They are added
# here. Conductances fall as t to the power -0.02, and this exponent
# differs by 0.005 from cell to cell.

device = measured.device(sigma_read=0.005, nu=0.02, sigma_nu=0.005)
device

# %%
# The table lists every number of the device. ``plot()`` shows what it does.

device.plot()

# %%
# On the left, conductance over set and reset pulses: a step is large far
# from the bound and small near it. In the middle, drift over time from
# several levels. The bands are one standard deviation from cell to cell.
# On the right, current against voltage.
#
# How certain the numbers are
# ---------------------------
#
# ``fit_device`` fits laws of the step to the same pulses. It chooses the law
# that predicts devices best which it was not fitted to, and gives every
# number an interval of 90 %.

from crossbar.devices import PulseTrains, fit_device

fit = fit_device(
    PulseTrains.from_csv("pulses.csv"),
    rng=np.random.default_rng(0),
    laws=["soft-bounds", "linear"],
)
print(fit.law)
for name in ("step.dw_min", "g_max"):
    print(name, fit.parameters[name])
print("sigma_d2d", fit.spread["sigma_d2d"])

# %%
# Eight devices leave the spread between devices uncertain: it was 0.2 when
# the pulses were made. The step of half a share, 0.0075 of the range, is
# known better.

fit.plot()

# %%
# On the left, what was measured and, in grey, nine of ten cells of the
# fitted device. In the middle and on the right, errors of prediction: they
# are normal, and nowhere larger than chance. ``fit.write("fit")`` writes a
# device file for ``device.kind``, with draws of what is left uncertain.
#
# Programming
# -----------
#
# A tile of such cells holds a matrix. After a month, the same weights
# are smaller when they are read.

from crossbar import DifferentialPair, Streams, Tile

streams = Streams(0)
tile = Tile(device=device, mapping=DifferentialPair(w_max=1.0))
weights = streams("weights").uniform(-1, 1, (32, 32))
state = tile.program(weights, rng=streams("program"))
month = state.aged(30 * 24 * 3600.0)

import matplotlib.pyplot as plt

figure, ax = plt.subplots(figsize=(4.6, 3.4), layout="constrained")
ax.plot(weights.ravel(), state.weights.ravel(), ".", label="at once")
ax.plot(weights.ravel(), month.weights.ravel(), ".", label="a month later")
ax.set(xlabel="wanted weight", ylabel="weight in the array")
ax.legend()
plt.show()

# %%
# The cloud is flatter a month later, which is drift, and wider, which is
# its spread.
#
# Learning on the device
# ----------------------
#
# The network of the first lesson learns on this device, and on the
# published ``reram`` for comparison. In settings, the file of pulses gives
# the step and the range. The spreads between devices stand beside it:
# without them they are those of the kind, and ``constant`` has none.

import crossbar
from crossbar.runs import experiment, train

data = {"preset": "clear", "clips": 80}
preset = {"kind": "reram"}
mine = {
    "kind": "constant",
    "step": "pulses.csv",
    "sigma_d2d": measured.sigma_d2d,
    "sigma_asymmetry_d2d": measured.sigma_asymmetry_d2d,
    "sigma_bounds_d2d": measured.sigma_bounds_d2d,
    "sigma_read": 0.005,
    "nu": 0.02,
    "sigma_nu": 0.005,
}
for name, own in (("preset", preset), ("mine", mine)):
    plan = experiment({"data": data, "device": own, "train": {"epochs": 6}})
    result = train(plan, f"runs/device-{name}")
    low, high = result["accuracy_ci95"]
    print(
        f"{name:6} {result['accuracy']:.2f}, 95 % interval {low:.2f} to {high:.2f}"
    )

# %%
# The intervals overlap: so few sounds do not distinguish the two devices.
# Where are the cells of the new device after training?

crossbar.load("runs/device-mine").chip().plot()

# %%
# On the left, the conductances of each layer; the lines are the ends of
# the range. On the right, the weights.
#
# The same on the command line
# ----------------------------
#
# The package has a file of pulses that this command reads. The last line
# that it prints is the command that trains on the device.
#
# .. code-block:: console
#
#    $ crossbar spice characterise scripts/data/synthetic-pulse-traces.csv \
#        --out cells/mine
#
# What next
# ---------
#
# * `Non-idealities and sweeps <4_nonidealities.html>`_: stuck cells, noise and sweeps
# * `Fitted devices <../fits.html>`_: the model, the intervals and how often they are right
# * `User guide <../guide.html>`_: forms of pulse files, noisy reads, missing steps
# * `Parts of your own <../extending.html>`_: a law of the step, of drift or of noise in Python
# * `Circuits <../spice.html>`_: a device from a circuit cell in ngspice
