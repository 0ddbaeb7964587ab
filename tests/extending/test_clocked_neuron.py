"""A clocked neuron and a surrogate from outside, from Python and from settings."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from crossbar import Streams
from crossbar.data import YinYang
from crossbar.nn import Adam, Training, fit
from crossbar.spiking import clocked_network
from crossbar.substrates import Digital

LONGEST = 30


def test_it_is_as_short_as_it_is_said_to_be():
    text = Path(__file__).with_name("clocked_neuron.py").read_text()
    assert len(text.splitlines()) <= LONGEST


def test_from_python_its_rate_is_what_arrives():
    """Of a constant drive below 1 it makes a spike a step in that share, to within one spike."""
    from clocked_neuron import SigmaDelta

    neuron = SigmaDelta()
    neuron.prove()
    drive = np.linspace(0.0, 0.9, 4)[None]
    state, spikes = neuron.begin(drive.shape, drive.dtype), np.zeros(4)
    for _ in range(1000):
        state, fired = neuron.step(state, drive, 1e-6)
        spikes += fired[0]
    np.testing.assert_allclose(spikes, 1000 * drive[0], rtol=0, atol=1 + 1e-9)


def test_it_learns_what_a_linear_network_does_not():
    """Two thirds are the ceiling of a network without hidden neurons."""
    from clocked_neuron import SigmaDelta

    data = YinYang(samples=1500).dataset()
    network = clocked_network(neuron=SigmaDelta(), decoder="rate", hidden=(40,))
    chip = network.build(Digital(), Streams(0))
    samples, rest = (data.x[:1200], data.y[:1200]), (data.x[1200:], data.y[1200:])
    training = Training(epochs=8, gamma=0.01, batch=50)
    history = fit(chip, samples, rest, training, streams=Streams(0), learner=Adam())
    assert history[-1].validation_score > 0.75


def test_from_toml_and_in_a_report(lab):
    result = lab.train("""
[network]
kind = "spiking-steps"
hidden = [6]
steps = 4
decoder = "rate"
neuron = { kind = "clocked_neuron:SigmaDelta", surrogate = { kind = "triangle", height = 0.5 } }
""")
    seen = result["per_seed"][0]["spikes"]["layers"]["hidden1"]
    assert seen["neurons"] == 6
    assert "clocked_neuron:SigmaDelta" in lab.report()
