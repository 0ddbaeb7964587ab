"""Networks on cores: closed forms of rings and blocks, conservation of packets, equal spikes."""

from __future__ import annotations

import numpy as np
import pytest
from refusals import refused
from scipy import sparse

from crossbar.random import Streams
from crossbar.spiking import LIF, Group, Spikes, SpikingModel, SpikingNetwork, Synapses
from crossbar.spiking.cores import (
    AtRandom,
    ByGraph,
    Connectivity,
    CorePlacement,
    CoreSpec,
    CoreTraffic,
    InOrder,
    Placer,
    layout,
    local_connectivity,
    partition,
    placed_model,
    ring,
    small_world,
)
from crossbar.substrates import Digital

PLACERS = (InOrder(), AtRandom(), ByGraph())


@pytest.fixture(params=PLACERS, ids=lambda one: type(one).__name__)
def placer(request: pytest.FixtureRequest) -> Placer:
    if isinstance(request.param, ByGraph):
        pytest.importorskip("pymetis", reason="no partitioner: pip install '.[cores]'")
    return request.param


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def blocks(count: int, size: int, order: np.ndarray) -> Connectivity:
    """``count`` groups of ``size`` neurons that all hear each other and nobody else."""
    full = np.kron(np.eye(count, dtype=bool), np.ones((size, size), bool))
    lines, targets = np.nonzero(full)
    return Connectivity.from_pairs(order[lines], order[targets], neurons=count * size)


@pytest.mark.parametrize(
    ("neurons", "cores", "power"),
    [(1_000_000, 1954, 3.908), (10**9, 1_953_125, 3906.25), (131_072, 256, 0.512), (512, 1, 2e-3),
     (513, 2, 4e-3)],
)  # fmt: skip
def test_cores_and_power_by_the_budget(neurons: int, cores: int, power: float) -> None:
    budget = CoreSpec().budget(neurons)
    assert budget.cores == cores
    assert budget.power == pytest.approx(power, rel=1e-12)
    assert budget.synapses == cores * 262_144


def test_the_chip_of_2022_is_256_full_cores() -> None:
    budget = CoreSpec().budget(131_072)
    assert (budget.cores, budget.synapses) == (256, 67_108_864)
    assert f"{budget.power:.1f}" == "0.5"


def test_a_ring_in_order_sends_a_packet_from_the_last_neuron_of_a_core() -> None:
    """48 neurons on 4 cores of 12: the axons are 12 own lines, 11 of them heard, and one more."""
    placement = InOrder().place(ring(48), CoreSpec(neurons=12, axons=12), rng=rng())
    assert placement.cores.tolist() == np.repeat(np.arange(4), 12).tolist()
    assert placement.axons.tolist() == [12, 12, 12, 12]
    traffic = CoreTraffic(placement, np.full(48, 5), 1.0)
    assert traffic.packets == 4 * 5
    assert traffic.local == 44 * 5
    assert traffic.hops == 5 * (1 + 2 + 1 + 2)  # to the right, back and up, right, back and down
    expected = np.array([[0, 5, 0, 0], [0, 0, 5, 0], [0, 0, 0, 5], [5, 0, 0, 0]])
    np.testing.assert_array_equal(traffic.between.toarray(), expected)


def test_the_graph_cuts_a_ring_as_few_times_as_there_are_cores() -> None:
    pytest.importorskip("pymetis")
    order = rng(3).permutation(64)
    own = Connectivity.from_pairs(order, np.roll(order, -1), neurons=64)
    placement = ByGraph().place(own, CoreSpec(neurons=18, axons=18), rng=rng())
    traffic = CoreTraffic(placement, np.ones(64), 1.0)
    assert placement.count == 4
    assert traffic.packets == 4
    assert traffic.hops == 4  # round the square of cores
    naive = CoreTraffic(InOrder().place(own, CoreSpec(neurons=18, axons=18), rng=rng()),
                        np.ones(64), 1.0)  # fmt: skip
    assert naive.packets > 40  # three neighbours in four are on another core: 48 are expected


def test_blocks_that_hear_themselves_alone_send_nothing_by_the_graph() -> None:
    """The optimum is known: a block a core, no packet."""
    pytest.importorskip("pymetis")
    own = blocks(6, 16, rng(1).permutation(96))
    placement = ByGraph().place(own, CoreSpec(neurons=16, axons=16), rng=rng())
    assert placement.count == 6
    assert CoreTraffic(placement, np.ones(96), 1.0).packets == 0
    at_random = CoreTraffic(AtRandom().place(own, CoreSpec(neurons=16, axons=96), rng=rng()),
                            np.ones(96), 1.0)  # fmt: skip
    assert at_random.packets > 300  # a line is heard on 5.7 cores in the mean: 450 are expected


def test_small_blocks_share_cores() -> None:
    """A core has room for four blocks of four, in neurons and in axons."""
    pytest.importorskip("pymetis")
    own = blocks(16, 4, rng(2).permutation(64))
    placement = ByGraph().place(own, CoreSpec(neurons=16, axons=16), rng=rng())
    assert placement.count == 4
    assert placement.neurons.tolist() == [16] * 4


def test_parts_that_fit_on_a_core_together_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight parts of four neurons, whatever the partition was, fill two cores."""
    own = blocks(8, 4, np.arange(32))
    monkeypatch.setattr(partition, "_divided", lambda *given: np.arange(32) // 4)
    cores = partition.partitioned(own, CoreSpec(neurons=16, axons=16), 0)
    assert np.bincount(cores).tolist() == [16, 16]


def test_cores_of_a_plane_lie_in_a_plane() -> None:
    """Of a grid of 6 x 6 cores the best layout has a hop a link, 60; shuffled it has 4, 240."""
    y, x = np.divmod(np.arange(36), 6)
    right, up = np.flatnonzero(x < 5), np.flatnonzero(y < 5)
    names = rng().permutation(36)
    ends = names[np.concatenate([right, up])], names[np.concatenate([right + 1, up + 6])]
    packets = sparse.csr_array((np.ones(60), ends), shape=(36, 36))
    hops = [int(np.abs(places[ends[0]] - places[ends[1]]).sum())
            for places in (layout.near(packets), layout.rows_of(36))]  # fmt: skip
    assert hops[0] < 1.25 * 60  # by modes alone 86
    assert hops[1] > 200
    assert len(np.unique(layout.near(packets), axis=0)) == 36


@pytest.mark.parametrize("make", [local_connectivity, small_world])
def test_limits_hold_and_every_packet_arrives(make: object, placer: Placer) -> None:
    """Received by cores is sent by lines, hops are loads of links, in every placement."""
    own = make(900, rng=rng())  # type: ignore[operator]
    core = CoreSpec(neurons=60, axons=100)
    placement = placer.place(own, core, rng=rng(1))
    assert placement.neurons.sum() == 900
    assert placement.neurons.max() <= 60
    assert placement.axons.max() <= 100
    spikes = rng(2).integers(0, 9, 900)
    traffic = CoreTraffic(placement, spikes, 0.1)
    hearing = [np.unique(placement.cores[own.matrix[[k]].indices]).size for k in range(900)]
    sent = float(spikes @ np.array(hearing))
    assert traffic.delivered.sum() == traffic.packets + traffic.local == sent
    assert sum(load.sum() for load in traffic.links.values()) == traffic.hops
    assert traffic.between.sum() == traffic.packets
    hops, packets = traffic.by_hops
    assert hops @ packets == traffic.hops
    assert packets[1:].sum() == traffic.packets
    assert traffic.events == spikes @ own.fan_out


def test_the_graph_sends_a_fraction_of_the_packets() -> None:
    """900 neurons in a plane: 9 packets in 10 are saved."""
    pytest.importorskip("pymetis")
    own, core = local_connectivity(900, rng=rng()), CoreSpec(neurons=60, axons=100)
    naive, graph = (CoreTraffic(p.place(own, core, rng=rng(1)), np.ones(900), 1.0)
                    for p in (InOrder(), ByGraph()))  # fmt: skip
    assert graph.packets < 0.1 * naive.packets
    assert graph.hops < 0.1 * naive.hops
    assert graph.placement.count < 0.3 * naive.placement.count


def test_energy_and_time_of_one_packet() -> None:
    """A neuron on core 0 reaches one on core 3, a column and a row away."""
    own = Connectivity.from_pairs([0], [3], neurons=4)
    placement = CorePlacement(own, CoreSpec(neurons=1, axons=1), np.arange(4),
                              np.array([[0, 0], [1, 0], [0, 1], [1, 1]]))  # fmt: skip
    traffic = CoreTraffic(placement, [10, 0, 0, 0], 2.0)
    assert traffic.energy == pytest.approx(
        {"spikes of neurons": 10 * 0.1e-12, "hops": 10 * 7e-12, "deliveries": 10 * 1.7e-12,
         "synaptic events": 10 * 0.9e-12, "neurons at rest": 4 * 2.0 * 1e-9},
        rel=1e-12,
    )  # fmt: skip
    assert traffic.latency == pytest.approx((12.7e-9, 12.7e-9), rel=1e-12)
    assert traffic.busiest == pytest.approx(10 * 6.5e-9 / 2.0, rel=1e-12)
    assert traffic.power == pytest.approx(sum(traffic.energy.values()) / 2.0, rel=1e-12)
    assert placement.power == pytest.approx(8e-3)
    assert traffic.links["east"].tolist() == [[0, 10, 0], [0, 0, 0]]  # along the row at first
    assert traffic.links["north"].tolist() == [[0, 10], [0, 0]]
    assert not traffic.links["west"].any()
    assert not traffic.links["south"].any()
    still = CoreTraffic(placement, [0, 1, 1, 1], 1.0)
    assert np.isnan(still.latency).all()


def test_inputs_come_in_at_the_corner() -> None:
    """Two inputs reach a core at (1, 1): a hop from the gate, then one along each side."""
    own = Connectivity(sparse.csr_array(np.array([[0, 0, 0, 1]] * 2 + [[0] * 4] * 4)), 2)
    placement = CorePlacement(own, CoreSpec(neurons=1, axons=2), np.arange(4),
                              np.array([[0, 0], [1, 0], [0, 1], [1, 1]]))  # fmt: skip
    traffic = CoreTraffic(placement, [3, 4, 0, 0, 0, 0], 1.0)
    assert (traffic.packets, traffic.hops) == (7, 21)
    assert traffic.links["east"][0, 0] == 7
    assert traffic.energy["spikes of neurons"] == 0


def model(seed: int) -> SpikingModel:
    """Two inputs, two groups that hear each other, with delays of every kind."""
    draws = rng(seed)
    network = SpikingNetwork(
        inputs={"in": 6}, groups={"a": Group(count=9), "b": Group(count=7, neuron=LIF())},
        synapses={
            "in-a": Synapses(source="in", target="a", charge=2e-13),
            "a-b": Synapses(source="a", target="b", charge=3e-13),
            "b-a": Synapses(source="b", target="a", charge=-2e-13, delay=1e-4),
        },
    )  # fmt: skip
    weights = {name: draws.random(shape) * (draws.random(shape) < 0.7)
               for name, shape in network.shapes.items()}  # fmt: skip
    delays = {"in-a": draws.uniform(0, 1e-4, 6), "a-b": draws.uniform(1e-5, 1e-4, (9, 7))}
    currents = {"a": np.array(1e-9), "b": draws.uniform(0, 1e-9, 7)}
    return SpikingModel(network=network, weights=weights, delays=delays, currents=currents)


def test_a_network_on_its_cores_fires_as_it_does_in_one_piece(placer: Placer) -> None:
    """Spike by spike: sums of charges differ by rounding alone."""
    own = model(0)
    wired = Connectivity.of(own)
    placement = placer.place(wired, CoreSpec(neurons=4, axons=16), rng=rng())
    cut = placed_model(own, placement)
    assert len(cut.network.groups) > 2
    times = np.sort(rng(5).uniform(0, 2e-3, 200))
    spikes = {"in": Spikes(times, rng(6).integers(0, 6, 200), 6)}
    whole, parts = (
        m.build(Digital(dtype=np.float64), Streams(0)).run(
            spikes, 3e-3, rng=rng(), currents=m.currents
        )
        for m in (own, cut)
    )
    assert len(whole.spikes["a"]) > 20
    assert len(whole.spikes["b"]) > 20
    for name, count in (("a", 9), ("b", 7)):
        begin = wired.parts[name] - wired.inputs
        cores = placement.cores[begin : begin + count]
        for core in np.unique(cores):
            piece, members = parts.spikes[f"{name}.{core}"], np.flatnonzero(cores == core)
            for k, neuron in enumerate(members):
                np.testing.assert_allclose(
                    piece.on(k), whole.spikes[name].on(int(neuron)), rtol=1e-9
                )
    counts = wired.counts(whole)
    assert counts.sum() == sum(len(one) for one in whole.spikes.values())
    assert counts[:6].tolist() == spikes["in"].counts().tolist()


def test_a_neuron_that_hears_more_lines_than_a_core_has_is_refused() -> None:
    own = Connectivity.from_pairs([0, 1, 2], [0, 0, 0], neurons=3)
    line = refused(InOrder().place, own, CoreSpec(neurons=3, axons=2), rng=rng())
    assert line.startswith("CoreSpec.axons: expected at most 2 lines to a neuron, ")
    assert "got 3 to neuron 0" in line
