"""
Your own data and network
=========================

This lesson takes samples that are arrays in Python, describes a network
layer by layer, and trains it on a memristor chip. The data are short
vibration signals of three kinds of machine. Replace them by your own.
"""

# %%
# Samples
# -------
#
# Data are two arrays: ``x`` holds a sample in each row, ``y`` its class.
# A third one, ``groups``, says which samples belong together. Here each
# machine is measured ten times. Its signals resemble each other, so they
# must not be split between training and test.

import numpy as np

rng = np.random.default_rng(0)
time = np.linspace(0, 1, 64, endpoint=False)
names = ["sine", "square", "sawtooth"]


def signal(kind: int, frequency: float) -> np.ndarray:
    """Return a signal that starts at a random time, with noise."""
    phase = (frequency * time + rng.uniform()) % 1
    clean = [
        np.sin(2 * np.pi * phase),
        np.sign(phase - 0.5),
        2 * phase - 1,
    ][kind]
    return clean + 0.4 * rng.standard_normal(64)


x, y, machines = [], [], []
for machine in range(60):
    kind, frequency = machine % 3, rng.uniform(2, 4)
    for _ in range(10):
        x.append(signal(kind, frequency))
        y.append(kind)
        machines.append(machine)

np.savez("vibrations.npz", x=x, y=y, groups=machines, classes=names)
print(len(x), "samples of", len(set(machines)), "machines")

# %%
# A look at one signal of each class:

import matplotlib.pyplot as plt

figure, axes = plt.subplots(
    1, 3, figsize=(7.6, 2.2), sharey=True, layout="constrained"
)
for k, ax in enumerate(axes):
    ax.plot(time, x[10 * k], lw=1)
    ax.set(title=names[k], xlabel="time (s)")
plt.show()

# %%
# A network
# ---------
#
# The network is a list of layers. A convolution along the signal comes
# first, then a rectifier, pooling, and a dense layer with one output for
# each class. The numbers of inputs and classes follow from the data.

layers = [
    {
        "name": "conv",
        "kind": "convolution-1d",
        "filters": 8,
        "kernel": 9,
        "bias": True,
    },
    {"name": "relu", "kind": "relu"},
    {"name": "pool", "kind": "max-pooling-1d", "kernel": 4},
    {"name": "out", "kind": "dense", "units": "classes", "bias": True},
]
settings = {
    "data": {
        "kind": "arrays",
        "path": "vibrations.npz",
        "sample": "signal",  # the words of reports
        "group": "machine",
    },
    "network": {"layers": layers},
    "train": {"epochs": 12, "gamma": 0.01},
}

# %%
# Training
# --------
#
# The network learns three times from the same samples: with weights in
# floating point, in CMOS synapses of 8 bits, and in memristors. ``cmos``
# and ``reram`` are devices of the package.

import crossbar
from crossbar.runs import experiment, train

for kind in ("float", "cmos", "reram"):
    plan = experiment(settings | {"device": {"kind": kind}})
    result = train(plan, f"runs/vibrations-{kind}")
    low, high = result["accuracy_ci95"]
    print(
        f"{kind:6} {result['accuracy']:.2f}, 95 % interval {low:.2f} to {high:.2f}"
    )

# %%
# The accuracy is measured on machines that the chip has not seen. The
# interval counts machines, not signals. The CMOS chip learns as floating
# point does. The memristor chip does worse. The gallery asks which of
# its non-idealities hurts most.

run = crossbar.load("runs/vibrations-cmos")
run.plot()

# %%
# The curves show how the CMOS chip learns. Which classes does it confuse?

run.figures["vibrations-cmos-confusion"]

# %%
# The trained weights are arrays. They can be looked at, saved, or used
# elsewhere.

chip = run.chip()
filters = chip.held["conv"].weights[0]
print("weights of the convolution:", filters.shape)

figure, ax = plt.subplots(figsize=(5, 2.6), layout="constrained")
ax.plot(filters[:-1])
ax.set(xlabel="entry of the window", ylabel="weight")
plt.show()

# %%
# The matrix has a row for each of nine entries of a window and one for
# the bias, and a column for each of eight filters. Each line of the
# figure is one filter, as the cells hold it after training.
#
# The same on the command line
# ----------------------------
#
# Settings can also be a TOML file. ``scripts/digits.toml`` is one, with
# handwritten digits and a network of its own. The digits are those of
# scikit-learn (``pip install scikit-learn``):
#
# .. code-block:: console
#
#    $ python scripts/make_digits.py
#    $ crossbar train scripts/digits.toml --out runs/digits-chip
#    $ crossbar export runs/digits-chip --out runs/digits-files
#
# The last command writes weights, conductances and netlists as files.
#
# What next
# ---------
#
# * `Your own device <3_own_device.html>`_: a device from your own measurement
# * `User guide <../guide.html>`_: sound recordings, images and tables as data
# * `Networks <../networks.html>`_: every layer, with its equations
# * `Parts of your own <../extending.html>`_: data sets, layers and losses in Python
