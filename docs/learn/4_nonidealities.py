"""
Non-idealities and sweeps
=========================

This lesson tests a trained chip with stuck cells and with read noise. A
sweep then varies both, keeps every run, and draws the answer.
"""

# %%
# A trained chip
# --------------
#
# The chip of the first lesson, with memristors.

import crossbar
from crossbar.runs import evaluate_run, experiment, load_plan, train

settings = {
    "data": {"preset": "clear", "clips": 80},
    "device": {"kind": "reram"},
    "train": {"epochs": 6},
}
trained = "runs/trained"
result = train(experiment(settings), trained)
print(f"accuracy {result['accuracy']:.2f}")

# %%
# A map of stuck cells
# --------------------
#
# A tester of a real chip writes which cells are stuck. Such a map has a
# row for each word line and a column for each bit line. 0 is a healthy
# cell, 1 is stuck at the highest conductance, -1 at the lowest. This map
# belongs to the layer ``fc``: 64 outputs, each weight two cells side by
# side.

from pathlib import Path

import numpy as np

shape = crossbar.load(trained).chip().conductances["fc"].shape
stuck = np.random.default_rng(1).choice(
    [0, -1, 1], shape, p=[0.98, 0.01, 0.01]
)
stuck[100:130, 40:60] = -1  # a defect that takes a whole block
Path("maps").mkdir(exist_ok=True)
np.savetxt("maps/fc.csv", stuck, fmt="%d", delimiter=",")

import matplotlib.pyplot as plt

figure, ax = plt.subplots(figsize=(6.4, 2.6), layout="constrained")
seen = ax.imshow(stuck.T, aspect="auto", cmap="coolwarm")
ax.set(xlabel="word line", ylabel="bit line")
figure.colorbar(seen, ax=ax, label="stuck at", ticks=[-1, 0, 1])
plt.show()

# %%
# Red and blue dots are single stuck cells. The blue block is the defect.
# Now the trained chip is tested with this map.

broken = evaluate_run(load_plan(trained, ["faults.map=maps"]), trained)
print(f"{np.count_nonzero(stuck)} of {stuck.size} cells are stuck")
print(f"accuracy without the map {result['accuracy']:.2f}")
print(f"accuracy with the map    {broken['accuracy']:.2f}")

# %%
# The accuracy says what this one chip loses. How a network tolerates
# defects in general can only be seen with many chips.
#
# A sweep
# -------
#
# A sweep takes values for any setting and runs every combination. Here it
# starts from the trained run: its weights are programmed into six new
# chips, which differ as fabricated chips do. The prefix ``test.`` says
# that a setting applies after training. Everything is kept in
# ``runs/stuck``. The same call again runs only what is missing.
#
# A thread carries out the runs one after another. Without ``executor`` a
# sweep uses one process for each core. In a script, put such a call
# below ``if __name__ == "__main__":``, because these processes import the
# script.

from concurrent.futures import ThreadPoolExecutor

from crossbar.runs.sweep import sweep

frame = sweep(
    trained,
    {
        "test.faults.p_off": [0, 0.003, 0.01, 0.03, 0.1],
        "test.device.sigma_read": [0.01, 0.05],
        "test.chip": range(6),
    },
    store="runs/stuck",
    executor=ThreadPoolExecutor(1),
)
mean = frame.pivot_table(
    "accuracy", "test.faults.p_off", "test.device.sigma_read"
)
mean.round(3)

# %%
# Each number is the mean accuracy of six chips. The figure also shows how
# much the chips differ.

answer = crossbar.load("runs/stuck")
answer.plot(x="test.faults.p_off", by="test.device.sigma_read")

# %%
# Above, the accuracy: dots are single chips, lines their mean. Below, the
# change against the same chip without stuck cells. The bands are 95 %
# intervals. Where a band contains zero, six chips do not show that stuck
# cells matter. All chips have the weights of one training. ``seed`` in a
# sweep that starts from settings varies the training too.
#
# The same on the command line
# ----------------------------
#
# .. code-block:: console
#
#    $ crossbar train scripts/leti_cnn.toml device.kind=reram data.preset=clear \
#        data.clips=80 train.epochs=6 --out runs/trained
#    $ crossbar evaluate runs/trained faults.p_off=0.01
#    $ crossbar sweep runs/trained test.faults.p_off=0,0.003,0.01,0.03,0.1 \
#        test.device.sigma_read=0.01,0.05 test.chip=0:6 --out runs/stuck
#    $ crossbar report runs/stuck
#
# What next
# ---------
#
# * `Circuits and energy <5_circuits_and_energy.html>`_: netlists, and what an inference takes
# * `Sweeps <../sweeps.html>`_: ranges, random samples, clusters, reports
# * `Searches <../searches.html>`_: the cheapest chip that still works
# * `Gallery <../gallery.html>`_: questions that sweeps have answered
