"""Graphs in NIR: their networks fire as the equations say, and come back as they were."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from refusals import refused

from crossbar.imports import nir_graph, read_nir, write_nir
from crossbar.random import Streams
from crossbar.spiking import (
    LIF,
    EventQueue,
    Group,
    Izhikevich,
    LossyRing,
    Mismatch,
    OwnLIF,
    Spikes,
    SpikingModel,
    SpikingNetwork,
    Synapses,
)
from crossbar.substrates import Digital

nir = pytest.importorskip("nir", reason="pip install 'crossbar-sim[nir]'")

END = 0.2  # s
HIDDEN, OUTPUT = [0, 79, 0, 0, 2, 181], [8, 16, 64]  # spikes that snnTorch counts


def draw(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def inputs(width: int, count: int = 60, seed: int = 5) -> tuple[Any, Any]:
    rng = draw(seed)
    return np.sort(rng.uniform(0, 0.9 * END, count)), rng.integers(width, size=count)


def recorded(model: SpikingModel, times: Any, lines: Any, end: float = END) -> Any:
    """Run a model on ideal weights."""
    chip = model.build(Digital(dtype=np.float64), Streams(0))
    (name, width), *_ = model.network.inputs.items()
    given = {name: Spikes(times, lines, width)}
    return chip.run(given, end, rng=draw(), currents=model.currents, sample=end / 7)


def full(count: int, value: float) -> Any:
    return np.full(count, value)


def feedforward() -> Any:
    """Every kind of node between neurons, and parameters that differ from neuron to neuron."""
    rng = draw(1)
    nodes = {
        "input": nir.Input(input_type=np.array([2, 2])),
        "flat": nir.Flatten(input_type={"input": np.array([2, 2])}, start_dim=0, end_dim=-1),
        "early": nir.Delay(delay=np.array([0.0, 0.001, 0.004, 0.002])),
        "fc1": nir.Affine(weight=rng.normal(0.005, 0.004, (3, 4)), bias=np.array([0.6, 0.0, -0.1])),
        "gain": nir.Scale(scale=np.array([1.0, 1.5, 0.8])),
        "late": nir.Delay(delay=full(3, 0.003)),
        "lif": nir.LIF(
            tau=np.array([0.02, 0.03, 0.01]), r=np.array([1.0, 2.0, 0.7]),
            v_leak=np.array([0.0, 0.1, -0.05]), v_threshold=np.array([0.5, 0.7, 0.4]),
            v_reset=full(3, -0.1),
        ),
        "fc2": nir.Affine(weight=rng.normal(0.003, 0.004, (3, 3)), bias=np.array([0.3, -0.1, 0.1])),
        "cuba": nir.CubaLIF(
            tau_syn=full(3, 0.005), tau_mem=np.array([0.02, 0.01, 0.02]), r=full(3, 1.2),
            v_leak=full(3, 0.05), v_threshold=np.array([0.3, 0.4, 0.5]), v_reset=full(3, 0.0),
            w_in=np.array([1.0, 0.5, 2.0]),
        ),
        "fc3": nir.Linear(weight=rng.normal(0.2, 0.3, (2, 3))),
        "if": nir.IF(r=np.array([1.0, 1.5]), v_threshold=np.array([0.5, 0.6])),
        "fc4": nir.Linear(weight=rng.normal(0, 0.05, (2, 2))),
        "li": nir.LI(tau=np.array([0.02, 0.05]), r=np.ones(2), v_leak=np.zeros(2)),
        "fc5": nir.Linear(weight=rng.normal(0, 0.05, (2, 3))),
        "slow": nir.CubaLI(tau_syn=full(2, 0.01), tau_mem=full(2, 0.02), r=np.ones(2),
                           v_leak=full(2, 0.1)),
        "output": nir.Output(output_type=np.array([2])),
        "output2": nir.Output(output_type=np.array([2])),
    }  # fmt: skip
    chain = ["input", "flat", "early", "fc1", "gain", "lif", "late", "fc2", "cuba", "fc3", "if",
             "fc4", "li", "output"]  # fmt: skip
    edges = [*itertools.pairwise(chain), ("cuba", "fc5"), ("fc5", "slow"),
             ("slow", "output2")]  # fmt: skip
    return nir.NIRGraph(nodes=nodes, edges=edges, type_check=False)


def recurrent(delay: float = 0.002) -> Any:
    """Neurons that hear themselves after different delays."""
    rng = draw(2)
    nodes = {
        "input": nir.Input(input_type=np.array([4])),
        "fc": nir.Linear(weight=rng.normal(0.006, 0.003, (3, 4))),
        "lif": nir.LIF(tau=full(3, 0.02), r=full(3, 1.0), v_leak=np.zeros(3),
                       v_threshold=full(3, 0.5)),
        "back": nir.Delay(delay=delay * np.array([1.0, 2.0, 3.0])),
        "rec": nir.Linear(weight=rng.normal(0.0, 0.004, (3, 3))),
        "output": nir.Output(output_type=np.array([3])),
    }  # fmt: skip
    edges = [("input", "fc"), ("fc", "lif"), ("lif", "back"), ("back", "rec"), ("rec", "lif"),
             ("lif", "output")]  # fmt: skip
    return nir.NIRGraph(nodes=nodes, edges=edges)


@pytest.mark.parametrize("graph", [feedforward(), recurrent()], ids=["feedforward", "recurrent"])
def test_networks_fire_as_an_integrator_says_of_the_equations_of_nir(graph: Any) -> None:
    """Spike times within 1e-9 s, of time constants of 5 ms and more; and voltages at the end."""
    from nir_simulation import Simulation

    simulation = Simulation(graph)
    times, lines = inputs(4)
    expected = simulation.run(times, lines, 4, END)
    recording = recorded(read_nir(graph), times, lines)
    for name, pairs in expected.items():
        spikes, pairs = recording.spikes[name], sorted(pairs)
        assert len(spikes) == len(pairs)
        assert spikes.lines.tolist() == [j for _, j in pairs]
        np.testing.assert_allclose(spikes.times, [t for t, _ in pairs], rtol=0, atol=1e-9)
        np.testing.assert_allclose(
            recording.voltages[name][-1], simulation.v[name], rtol=1e-6, atol=1e-8
        )
    firing = [name for name, pairs in expected.items() if pairs]
    assert len(firing) == (3 if "cuba" in expected else 1)
    assert all(len(expected[name]) > 8 for name in firing)


def assert_same(one: Any, other: Any) -> None:
    """Assert that two graphs have the same nodes, to the last bit, and the same edges."""
    assert one.nodes.keys() == other.nodes.keys()
    assert {*one.edges} == {*other.edges}
    for name, node in one.nodes.items():
        again = other.nodes[name]
        assert type(again) is type(node)
        plain, given = again.to_dict(), node.to_dict()
        assert plain.keys() == given.keys()
        for key, value in given.items():
            np.testing.assert_array_equal(plain[key], value, err_msg=f"{name}.{key}")


def test_a_graph_comes_back_to_the_last_bit_from_python_and_from_a_file(tmp_path: Path) -> None:
    graph = recurrent()
    graph.nodes["rec delay"] = graph.nodes.pop("back")  # as it is named there
    graph.edges = [tuple("rec delay" if n == "back" else n for n in edge) for edge in graph.edges]
    assert_same(nir_graph(read_nir(graph)), graph)
    write_nir(read_nir(graph), tmp_path / "graph.nir")
    assert_same(nir.read(tmp_path / "graph.nir"), graph)
    assert_same(nir_graph(read_nir(tmp_path / "graph.nir")), graph)


def equal(one: SpikingModel, other: SpikingModel) -> bool:
    arrays = ("weights", "delays", "currents", "charges")
    pairs = [(getattr(one, name), getattr(other, name)) for name in arrays]
    return one.network == other.network and all(
        a.keys() == b.keys() and all(np.array_equal(a[key], b[key]) for key in a) for a, b in pairs
    )


def test_a_network_of_graphs_comes_back_with_every_kind_of_node() -> None:
    model = read_nir(feedforward())
    again = read_nir(nir_graph(model))
    assert again.weights.keys() == model.weights.keys() == {"fc1", "fc2", "fc3", "fc4", "fc5"}
    times, lines = inputs(4)
    spikes = [recorded(one, times, lines).spikes for one in (model, again)]
    for name in model.network.groups:
        np.testing.assert_allclose(spikes[0][name].times, spikes[1][name].times, atol=1e-13)
    assert equal(again, read_nir(nir_graph(again)))
    assert isinstance(model.network.groups["lif"].neuron, OwnLIF)


def physical() -> SpikingModel:
    """A circuit in SI units, with different charges into one group and a current."""
    neuron = LIF(tau_s=2e-5, rest=0.05)
    network = SpikingNetwork(
        inputs={"in": 4}, groups={"a": Group(count=3, neuron=neuron), "b": Group(count=2)},
        synapses={
            "in-a": Synapses(source="in", target="a", charge=6e-13),
            "a-a": Synapses(source="a", target="a", charge=2e-13, delay=3e-5),
            "a-b": Synapses(source="a", target="b", charge=4e-13),
        },
    )  # fmt: skip
    weights = {n: draw(4).normal(0.5, 0.5, shape) for n, shape in network.shapes.items()}
    current = np.array([1e-9, 0.0, 2e-9])
    return SpikingModel(
        network=network, weights=weights, currents={"a": current, "b": np.full(2, 1e-9)},
        charges={"a": -2e-5 * current}, delays={"a-b": np.array([1e-5, 2e-5, 0.0])},
    )  # fmt: skip


@pytest.mark.parametrize("dt", [None, 1e-6])
def test_a_circuit_fires_at_the_same_times_behind_nir(dt: float | None) -> None:
    model, (times, lines) = physical(), inputs(4, count=100)
    again = read_nir(nir_graph(model, dt=dt), dt=dt, g_leak=1e-8)
    neuron = again.network.groups["a"].neuron
    assert neuron.capacitance == pytest.approx(1e-12, rel=1e-12)
    assert again.network.synapses["in-a"].charge == pytest.approx(6e-13, rel=1e-12)
    one, other = (recorded(each, times * 5e-3, lines, 1e-3) for each in (model, again))
    for name in ("a", "b"):
        assert len(one.spikes[name]) > 15
        np.testing.assert_array_equal(one.spikes[name].lines, other.spikes[name].lines)
        np.testing.assert_allclose(one.spikes[name].times, other.spikes[name].times, atol=1e-15)
    if dt is not None:
        assert nir_graph(model, dt=dt).nodes["b"].r[0] == pytest.approx(4e-13 / 1e-8 / dt)


def test_thresholds_are_to_be_exceeded() -> None:
    """Three pulses of 1/2: an IF neuron with threshold 1 fires at the third."""
    graph = nir.NIRGraph.from_list(
        nir.Linear(weight=np.array([[0.5]])), nir.IF(r=np.ones(1), v_threshold=np.ones(1))
    )
    model = read_nir(graph)
    spikes = recorded(model, [0.01, 0.02, 0.03], [0, 0, 0]).spikes["if"]
    assert spikes.times.tolist() == [0.03]
    assert nir_graph(model).nodes["if"].v_threshold.tolist() == [1.0]


def test_inner_graphs_and_loops_of_tools_with_a_time_step() -> None:
    """As snnTorch writes recurrent layers: without a delay, which is then one step."""
    lif = nir.LIF(tau=full(2, 0.02), r=full(2, 20.0), v_leak=np.zeros(2), v_threshold=np.ones(2))
    inner = nir.NIRGraph(
        nodes={"input": nir.Input(input_type=np.array([2])), "lif": lif,
               "w_rec": nir.Linear(weight=np.array([[0.0, 0.6], [0.3, 0.0]])),
               "output": nir.Output(output_type=np.array([2]))},
        edges=[("input", "lif"), ("lif", "w_rec"), ("w_rec", "lif"), ("lif", "output")],
    )  # fmt: skip
    graph = nir.NIRGraph(
        nodes={"input": nir.Input(input_type=np.array([2])),
               "fc": nir.Linear(weight=np.array([[1.2, 0.0], [0.0, 0.8]])),
               "layer": inner, "output": nir.Output(output_type=np.array([2]))},
        edges=[("input", "fc"), ("fc", "layer"), ("layer", "output")],
    )  # fmt: skip
    line = refused(read_nir, graph)
    assert line.startswith("read_nir.dt: expected a time step for loops, got none for layer.lif")
    model = read_nir(graph, dt=1e-3)
    assert model.network.synapses["layer.w_rec"].delay == 1e-3
    assert model.network.synapses["fc"].delay == 0
    spikes = recorded(model, [0.01, 0.0101], [0, 1]).spikes["layer.lif"]  # 1.2; 0.8 + 0.3
    assert spikes.lines.tolist() == [0, 1]
    np.testing.assert_allclose(spikes.times, [0.01, 0.011], rtol=1e-12)


def test_a_graph_of_snntorch_fires_as_often_as_it_does_there() -> None:
    """Equal counts without a synaptic current; with one a step is up to a tenth of an interval.

    ``scripts/make_snntorch_nir.py`` made the file and the counts.
    """
    model = read_nir(Path(__file__).with_name("snntorch.nir"), dt=1e-4)
    assert [group.count for group in model.network.groups.values()] == [6, 3]
    steps, lines = np.nonzero(draw().random((1000, 4)) < 0.2)
    spikes = recorded(model, 1e-4 * steps, lines, 0.1).spikes
    assert spikes["1"].counts().tolist() == HIDDEN
    np.testing.assert_allclose(spikes["3"].counts(), OUTPUT, rtol=0.1)


def edited(**changes: Any) -> Any:
    """The recurrent graph with other nodes, without a check of its types."""
    graph = recurrent()
    nodes = graph.nodes | {k.removesuffix("_"): v for k, v in changes.items()}
    return nir.NIRGraph(nodes=nodes, edges=graph.edges, type_check=False)


LIF3 = {"tau": full(3, 0.02), "r": np.ones(3), "v_leak": np.zeros(3), "v_threshold": np.ones(3)}
CUBA3 = {"tau_syn": full(3, 0.01), "tau_mem": full(3, 0.02), "r": np.ones(3),
         "v_leak": np.zeros(3), "v_threshold": np.ones(3)}  # fmt: skip
REFUSED = {
    "kind": (edited(fc=nir.Threshold(threshold=np.ones(4))),
             "NIR node 'fc' (Threshold): expected a kind that can be read, got Threshold. Take a"),
    "convolution": (edited(fc=nir.Conv1d(input_shape=4, weight=np.ones((3, 1, 2)), stride=1,
                                         padding=0, dilation=1, groups=1, bias=np.zeros(3))),
                    "NIR node 'fc' (Conv1d): expected a kind that can be read"),
    "shape": (edited(fc=nir.Linear(weight=np.ones((3, 5)))),
              "NIR node 'fc' (Linear): expected weights (outputs, 4), got (3, 5)"),
    "NaN": (edited(fc=nir.Linear(weight=np.full((3, 4), np.nan))),
            "NIR node 'fc' (Linear).weight: expected"),
    "resistance": (edited(lif=nir.LIF(**LIF3 | {"r": np.array([1.0, 0.0, 1.0])})),
                   "NIR node 'lif' (LIF): expected resistances of one sign"),
    "reset": (edited(lif=nir.LIF(**LIF3, v_reset=np.array([0.0, 0.1, 0.0]))),
              "NIR node 'lif' (LIF): expected one v_reset, got 0 to 0.1. Split the node"),
    "threshold": (edited(lif=nir.LIF(**LIF3, v_reset=full(3, 2.0))),
                  "NIR node 'lif' (LIF): LIF.threshold: expected a voltage above reset"),
    "tau": (edited(lif=nir.LIF(**LIF3 | {"tau": np.zeros(3)})), "NIR node 'lif' (LIF): LIF.capaci"),
    "tau_syn": (edited(lif=nir.CubaLIF(**CUBA3 | {"tau_syn": np.array([0.01, 0.02, 0.01])})),
                "NIR node 'lif' (CubaLIF): expected one tau_syn"),
    "voltages": (edited(lif=nir.LI(tau=full(3, 0.02), r=np.ones(3), v_leak=np.zeros(3))),
                 "NIR node 'lif' (LI): expected spikes to send, got voltages."),
    "delay": (edited(back=nir.Delay(delay=np.array([0.1, -0.1, 0.1]))),
              "NIR node 'back' (Delay): expected delays from 0, got -0.1 s."),
    "output": (edited(lif=nir.Scale(scale=np.ones(3)), rec=nir.Scale(scale=np.ones(3))),
               "NIR node 'output' (Output): expected spikes or voltages of neurons"),
    "bias": (edited(fc=nir.Affine(weight=np.ones((3, 4)), bias=np.ones(3)),
                    lif=nir.IF(r=np.ones(3), v_threshold=np.ones(3))),
             "NIR node 'lif' (IF): expected no bias without a leak, got that of 'fc'."),
    "late": (edited(back=nir.Affine(weight=np.ones((3, 3)), bias=np.ones(3)),
                    rec=nir.Delay(delay=np.ones(3))),
             "NIR node 'rec' (Delay): expected no bias before a delay, got that of 'back'."),
}  # fmt: skip


@pytest.mark.parametrize(("graph", "says"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_named_with_its_kind(graph: Any, says: str) -> None:
    assert refused(read_nir, graph).startswith(says)


def test_what_is_no_graph_is_named(tmp_path: Path) -> None:
    path = tmp_path / "graph.nir"
    assert f"{path}: expected a file in NIR, got none." in refused(read_nir, path)
    path.write_text("no graph")
    assert f"{path}: expected a graph in NIR, got OSError" in refused(read_nir, path)
    assert "read_nir.source: expected a graph, got a LIF." in refused(read_nir, nir.LIF(**LIF3))
    assert "read_nir.source: expected a nir.NIRGraph" in refused(read_nir, 3)
    assert "read_nir.dt: expected a number" in refused(read_nir, recurrent(), dt=0.0)
    lif, out = nir.LIF(**LIF3), nir.Output(np.array([3]))
    alone = nir.NIRGraph({"lif": lif, "out": out}, [("lif", "out")], type_check=False)
    assert "read_nir.source: expected an Input node, got none." in refused(read_nir, alone)


def without(**changes: Any) -> SpikingModel:
    """The circuit with another neuron in group b."""
    model, neuron = physical(), LIF(**changes)
    groups = {**model.network.groups, "b": Group(count=2, neuron=neuron)}
    return replace(model, network=replace(model.network, groups=groups))


def other_neuron() -> SpikingModel:
    network = replace(physical().network, groups={"a": Group(count=3, neuron=Izhikevich()),
                                                  "b": Group(count=2)})  # fmt: skip
    return replace(physical(), network=network, currents={}, charges={})


def queued(queue: EventQueue) -> SpikingModel:
    model = physical()
    synapses = dict(model.network.synapses)
    synapses["a-a"] = replace(synapses["a-a"], queue=queue)
    return replace(model, network=replace(model.network, synapses=synapses))


def named(model: SpikingModel, one: str, group: str, label: str = "x.y") -> SpikingModel:
    """The circuit without group b, where input, group and synapses have other names."""
    synapses = replace(model.network.synapses["in-a"], source=one, target=group, delay=1e-5)
    network = SpikingNetwork(
        inputs={one: 4}, groups={group: model.network.groups["a"]},
        synapses={label: synapses},
    )  # fmt: skip
    return SpikingModel(network=network, weights={label: model.weights["in-a"]})


def test_names_with_dots_come_back(tmp_path: Path) -> None:
    write_nir(named(physical(), "a.b", "c.d"), tmp_path / "dots.nir")
    network = read_nir(tmp_path / "dots.nir").network
    assert network.inputs == {"a.b": 4}
    assert network.groups.keys() == {"c.d"}
    assert network.shapes == {"x.y": (4, 3)}


def test_an_inner_graph_has_names_of_its_own() -> None:
    """A node of the outer graph is not lost behind one of an inner graph of the same name."""
    inner = nir.NIRGraph.from_list(nir.IF(r=np.ones(3), v_threshold=np.ones(3)))
    graph = edited(fc=inner, **{"fc.if": nir.LIF(**LIF3)})
    expected = "NIR node 'fc.if' (LIF): expected names of their own, got two such nodes. Rename"
    assert refused(read_nir, graph).startswith(expected)


SLOW = {"g_leak": 1e-27}  # without a leak as far as NIR goes: an IF node
UNWRITTEN = {
    "queue": (queued(LossyRing()), "synapses['a-a'].queue: expected a queue that drops nothing"),
    "rest": (without(**SLOW, rest=0.3), "groups['b'].neuron.rest: expected 0 V, as IF and I"),
    "current": (without(**SLOW), "currents['b']: expected none into neurons without a leak, IF"),
    "name": (named(physical(), "a/b", "c"), "inputs['a/b']: expected a name without '/'"),
    "delay": (named(physical(), "x.y delay", "c"),
              "network: expected names that no other node has, got 'x.y delay' twice."),
    "output": (named(physical(), "output", "c", "c output"),
               "network: expected names that no other node has, got 'c output' twice."),
    "inputs": (replace(physical(), network=SpikingNetwork(inputs={}, groups={}), weights={},
                       delays={}, currents={}, charges={}), "inputs: expected an input, got none"),
    "refractory": (without(refractory=1e-6), "groups['b'].neuron.refractory: expected 0.0, as NIR"),
    "subtraction": (without(reset_by="subtraction"), "groups['b'].neuron.reset_by: expected"),
    "mismatch": (without(mismatch=Mismatch(sigma_leak=0.1)), "groups['b'].neuron.mismatch"),
    "neuron": (other_neuron(), "groups['a'].neuron: expected LIF neurons, which NIR has, got Izh"),
    "delays": (replace(physical(), delays={"a-b": draw().uniform(0, 1e-5, (3, 2))}),
               "delays['a-b']: expected one delay a line of the source"),
    "charges": (replace(physical(), charges={}), "charges['a']: expected -tau_s times its current"),
}  # fmt: skip


@pytest.mark.parametrize(("model", "says"), UNWRITTEN.values(), ids=UNWRITTEN)
def test_what_nir_has_no_node_for_is_named(model: SpikingModel, says: str) -> None:
    assert refused(nir_graph, model).startswith(f"nir_graph.model.{says}")
