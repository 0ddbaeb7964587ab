"""Spiking networks in files: what is written is read again, and what is wrong is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from refusals import refused

from crossbar.random import Streams
from crossbar.spiking import (
    CHATTERING,
    LIF,
    Decay,
    DelayRing,
    FifoRing,
    Group,
    Mismatch,
    SpikeResponse,
    Spikes,
    SpikingModel,
    SpikingNetwork,
    Synapses,
    read_spiking,
    write_spiking,
)
from crossbar.substrates import Digital

MS = 1e-3
FILE = """
[inputs]
in = 2

[groups.a]
count = 3
neuron.tau_s = "20 us"
neuron.refractory = 5e-6
current = ["1 nA", 2e-9, 0]
charge = "5 fC"

[groups.b]
count = 1
neuron.kind = "lif"
neuron.threshold = "300 mV"

[synapses.in-a]
source = "in"
target = "a"
charge = "2 pC"
weights = [[1, 0.5, 0], [0, -0.25, 1]]

[synapses."a to b"]
source = "a"
target = "b"
weights = "more/net.npz:w"
delays = "more/delays.csv"
queue = { kind = "delay-ring", largest = "1 ms" }

[synapses.b-a]
source = "b"
target = "a"
delay = "30 us"
weights = "more/net.npz"
delays = [["10 us", 2e-5, "0.03 ms"]]

[run]
until = "1 ms"

[tile.adc]
bits = 6
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the path of :data:`FILE`, with the files that it names beside it."""
    (tmp_path / "more").mkdir()
    numbers = {"w": np.array([[1.0], [0.5], [0.25]]), "b-a.weights": np.full((1, 3), 0.5)}
    np.savez(tmp_path / "more" / "net.npz", **numbers)
    (tmp_path / "more" / "delays.csv").write_text("delay_s\n1e-5\n2e-5\n3e-5\n")
    path = tmp_path / "net.toml"
    path.write_text(FILE)
    return path


def test_a_file_gives_the_network_its_arrays_and_currents(file: Path) -> None:
    model = read_spiking(file)
    neuron = LIF(tau_s=20e-6, refractory=5e-6)
    assert model.network == SpikingNetwork(
        inputs={"in": 2},
        groups={"a": Group(count=3, neuron=neuron), "b": Group(count=1, neuron=LIF(threshold=0.3))},
        synapses={
            "in-a": Synapses(source="in", target="a", charge=2e-12),
            "a to b": Synapses(source="a", target="b", queue=DelayRing(largest=MS)),
            "b-a": Synapses(source="b", target="a", delay=30e-6),
        },
    )
    assert model.weights["in-a"].tolist() == [[1, 0.5, 0], [0, -0.25, 1]]
    assert model.weights["a to b"].tolist() == [[1.0], [0.5], [0.25]]
    assert model.weights["b-a"].tolist() == [[0.5] * 3]
    assert model.delays["a to b"].ravel().tolist() == [1e-5, 2e-5, 3e-5]
    np.testing.assert_allclose(model.delays["b-a"], [[1e-5, 2e-5, 3e-5]], rtol=1e-15)
    np.testing.assert_allclose(model.currents["a"], [1e-9, 2e-9, 0], rtol=1e-15)
    assert model.charges["a"] == 5e-15
    chip = model.build(Digital(dtype=np.float64), Streams(0))
    assert chip.states["a"].membranes["i"].tolist() == [5e-15 / 1e-12 / 20e-6] * 3  # Q / (C tau_s)
    assert repr(model) == "<SpikingModel in 2, a 3, b 1, 3 matrices>"


def mixed() -> SpikingModel:
    """A network with a part of every sort."""
    groups = {
        "a": Group(count=3, neuron=SpikeResponse(after=Decay(height=-0.3))),
        "b": Group(count=1, neuron=CHATTERING),
        "my group": Group(count=2, neuron=LIF(mismatch=Mismatch(sigma_leak=0.1), tau_s=1 / 3e4)),
    }
    synapses = {
        "in-a": Synapses(source="in", target="a", queue=FifoRing()),
        "a-c": Synapses(source="a", target="my group", delay=1e-5, charge=1 / 3e12),
    }
    network = SpikingNetwork(inputs={"in": np.int64(2)}, groups=groups, synapses=synapses)
    draw = np.random.default_rng(0)
    weights = {name: draw.normal(0.5, 1, shape) for name, shape in network.shapes.items()}
    delays = {"a-c": draw.uniform(0, 1e-4, 3)}
    currents = {"my group": np.array(1 / 3e9), "b": np.array([1e-11])}
    charges = {"my group": np.array([1 / 3e14, 0.0])}
    return SpikingModel(
        network=network, weights=weights, delays=delays, currents=currents, charges=charges
    )


def test_what_is_written_is_read_to_the_last_bit_and_runs_the_same(tmp_path: Path) -> None:
    model, path = mixed(), tmp_path / "net.toml"
    write_spiking(model, path)
    again = read_spiking(path)
    assert again.network == model.network
    for name in ("weights", "delays", "currents", "charges"):
        one, other = getattr(model, name), getattr(again, name)
        assert one.keys() == other.keys()
        assert all(np.array_equal(one[key], other[key]) for key in one)
    spikes = []
    for each in (model, again):
        chip = each.build(Digital(dtype=np.float64), Streams(3))
        given = Spikes.in_order(np.linspace(0, 4e-4, 40), np.arange(40) % 2, 2)
        one = chip.run({"in": given}, MS, rng=np.random.default_rng(0), currents=each.currents)
        spikes.append([one.spikes[name].times.tolist() for name in one.groups])
    assert spikes[0] == spikes[1]
    assert sum(map(len, spikes[0])) > 5


WRONG = {
    "section": ("[inputs]", "[input]", "input: expected a section of a spiking network"),
    "width": ("in = 2", "in = 0", "SpikingNetwork.inputs['in']: expected a whole number"),
    "count": ("count = 3\n", "", "groups.a: expected the settings count too"),
    "field": ("neuron.refractory", "neuron.refactory", "groups.a.neuron.refactory: expected"),
    "unit": ('"20 us"', '"20 mV"', "groups.a.neuron.tau_s: expected"),
    "kind": ('kind = "lif"', 'kind = "fil"', "groups.b.neuron.kind: expected one of: "),
    "queue": ('"delay-ring"', '"delayring"', "synapses.a to b.queue.kind: expected one of: "),
    "source": ('source = "a"', 'source = "c"', "SpikingNetwork.synapses['a to b'].source"),
    "none": ("weights = [[1, 0.5, 0], [0, -0.25, 1]]", "",
             "synapses.in-a.weights: expected 2 x 3 numbers, or a file that has them, got none."),
    "shape": ("[0, -0.25, 1]]", "[0, -0.25, 1], [1, 1, 1]]",
              "synapses.in-a.weights: expected (2, 3), got (3, 3)."),
    "ragged": ("[0, -0.25, 1]]", "[0, 1]]", "synapses.in-a.weights: expected"),
    "text": ("[0, -0.25, 1]]", '[0, "x", 1]]', "synapses.in-a.weights: expected a number"),
    "file": ("more/delays.csv", "more/delay.csv",
             "synapses.a to b.delays: expected a file that is there"),
    "array": ("net.npz:w", "net.npz:v", "net.npz: expected an array 'v'"),
    "current": ('["1 nA", 2e-9, 0]', "[0, 0]", "groups.a.current: expected one number or (3,)"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "says"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_in_a_file_is_named(file: Path, before: str, after: str, says: str) -> None:
    assert before in FILE
    file.write_text(FILE.replace(before, after, 1))
    assert says in refused(read_spiking, file)


def test_a_cell_and_a_line_that_cannot_be_read_are_named(file: Path) -> None:
    table = file.parent / "more" / "delays.csv"
    table.write_text("1e-5\n2e-5\nsoon\n")
    assert f"{table}:3, column 1: expected a finite number, got 'soon'." in refused(
        read_spiking, file
    )
    file.write_text(FILE + "\n[inputs\n")
    assert "line" in refused(read_spiking, file)


def test_currents_are_those_of_groups() -> None:
    model = mixed()
    weights = dict(model.weights)
    line = refused(SpikingModel, network=model.network, weights=weights, currents={"c": 1.0})
    assert line.startswith("SpikingModel.currents: expected names of groups, got 'c'.")


def test_negative_delays_are_refused_as_the_network_is_built(file: Path) -> None:
    (file.parent / "more" / "delays.csv").write_text("-1e-5\n2e-5\n3e-5\n")
    model = read_spiking(file)
    line = refused(model.build, Digital(), Streams(0))
    assert line.startswith("SpikingNetwork.build.delays['a to b']: expected delays from 0")
