"""What cores refuse, and what their command prints and writes."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from calling import call
from calling import refused as line_of_refusal
from refusals import refused
from scipy import sparse

from crossbar.spiking import Recording, Spikes
from crossbar.spiking.cores import (
    ByGraph,
    Connectivity,
    CorePlacement,
    CoreSpec,
    CoreTraffic,
    InOrder,
    Placer,
    local_connectivity,
    placed_model,
    ring,
)
from crossbar.spiking.networks import read_spiking

LOOP = Path(__file__).parents[2] / "scripts" / "spiking_loop.toml"
RING, CORE = ring(4), CoreSpec(neurons=2, axons=4)
PLACES = np.array([[0, 0], [1, 0]])
RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("cores", "places", "begin"),
    [
        ([0, 0, 0, 1], PLACES, "CorePlacement.cores: expected at most 2 neurons a core, got 3"),
        ([0, 0, 2, 2], [[0, 0], [1, 0], [2, 0]], "CorePlacement.cores: expected neurons on every"),
        ([0, 0, 1, 1], [[0, 0], [0, 0]], "CorePlacement.positions: expected a place for each"),
        ([0, 0, 1, 1], [[0, 0]], "CorePlacement.positions: expected 2 places"),
        ([0.5, 0, 1, 1], PLACES, "CorePlacement.cores: expected whole numbers"),
        ([0, 0, 1], PLACES, "CorePlacement.cores: expected shape (4,)"),
    ],
)
def test_a_placement_that_cannot_be(cores: list[float], places: object, begin: str) -> None:
    assert refused(CorePlacement, RING, CORE, cores, places).startswith(begin)


def test_too_many_axons_are_refused() -> None:
    line = refused(CorePlacement, RING, CoreSpec(neurons=2, axons=1), [0, 0, 1, 1], PLACES)
    assert line.startswith("CorePlacement.cores: expected at most 1 axons a core, got 2 on core 0")


@pytest.mark.parametrize(
    ("make", "begin"),
    [
        (lambda: Connectivity(np.eye(2)), "Connectivity.matrix: expected a sparse matrix"),
        (lambda: Connectivity(sparse.csr_array(np.eye(2)), 1), "Connectivity.matrix: expected 1"),
        (lambda: Connectivity.from_pairs([0], [2], neurons=2), "Connectivity.from_pairs.targets"),
        (lambda: Connectivity.from_pairs([0], [0, 1], neurons=2), "Connectivity.from_pairs"),
        (lambda: ring(1), "ring.neurons"),
        (lambda: local_connectivity(4, rng=RNG, reach=2), "local_connectivity.reach"),
        (lambda: CoreSpec().budget(0), "CoreSpec.budget.neurons"),
    ],
)
def test_what_is_no_network_or_no_number(make: object, begin: str) -> None:
    assert refused(make).startswith(begin)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("spikes", "seconds", "begin"),
    [
        ([1, 1, 1], 1.0, "CoreTraffic.spikes: expected shape (4,)"),
        ([1, 1, 1, -1], 1.0, "CoreTraffic.spikes: expected numbers from 0, got -1"),
        ([1, 1, 1, 1], 0.0, "CoreTraffic.seconds: expected"),
    ],
)
def test_spikes_are_one_number_from_0_a_line(spikes: object, seconds: float, begin: str) -> None:
    placement = CorePlacement(RING, CORE, [0, 0, 1, 1], PLACES)
    assert refused(CoreTraffic, placement, spikes, seconds).startswith(begin)


def test_zeros_are_no_synapses_and_doubles_are_one() -> None:
    stored = sparse.coo_array(([1.0, 0.0, 2.0], ([0, 1, 0], [1, 0, 1])), shape=(2, 2))
    assert Connectivity(stored).synapses == 1


def test_two_matrices_between_the_same_groups_are_refused() -> None:
    model = read_spiking(LOOP)
    own = model.network.synapses
    network = replace(model.network, synapses=own | {"again": own["hidden-out"]})
    weights = model.weights | {"again": model.weights["hidden-out"]}
    twice = replace(model, network=network, weights=weights)
    assert "hidden-out and again" in refused(Connectivity.of, twice)


def test_a_recording_and_a_placement_are_of_the_model() -> None:
    model = read_spiking(LOOP)
    other = Recording({"x": Spikes.none(2)}, (), 1.0, np.empty(0), {}, {})
    line = refused(Connectivity.of(model).counts, other)
    assert line.startswith("Connectivity.counts.recording: expected spikes of in of 4, hidden of 3")
    assert "got x of 2." in line
    narrow = {name: Spikes.none(2) for name in Connectivity.of(model).parts}
    line = refused(Connectivity.of(model).counts, Recording(narrow, (), 1.0, np.empty(0), {}, {}))
    assert "got in of 2, hidden of 2" in line
    assert "expected spikes of a model" in refused(RING.counts, other)
    placement = InOrder().place(RING, CORE, rng=RNG)
    assert "placed_model.placement" in refused(placed_model, model, placement)


def test_without_its_library_the_graph_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pymetis", None)
    line = refused(ByGraph().place, RING, CORE, rng=RNG)
    assert line.endswith("Install it: pip install 'crossbar-sim[cores]'.")


@dataclass(frozen=True, kw_only=True)
class TwoNeurons(Placer):
    """A placer from outside that says of two neurons where they are, however many there are."""

    def assign(self, connectivity, core, *, rng):
        return np.zeros(2, int)


def test_a_placer_from_outside_answers_for_every_neuron() -> None:
    assert "a core for each of 4 neurons" in refused(TwoNeurons().place, RING, CORE, rng=RNG)


def test_the_command_prints_cores_and_power(monkeypatch, capsys) -> None:
    assert call(monkeypatch, "cores", "1e6", "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["cores"], record["power"]) == (1954, pytest.approx(3.908))
    assert [one["cores"] for one in record["printed"]] == [1954, 1953125, 256, 16]
    assert call(monkeypatch, "cores", "1e6") == 0
    text = capsys.readouterr().out
    assert "1,954" in text
    assert "4.38 mW" in text


def test_the_command_places_a_network_that_ran(monkeypatch, capsys) -> None:
    pytest.importorskip("pymetis")
    words = ("cores", LOOP, "--neurons", "2", "--axons", "7")
    assert call(monkeypatch, *words, "--json") == 0
    record = json.loads(capsys.readouterr().out)
    each = record["placements"]
    assert {one["cores"] for one in each.values()} == {3}
    assert len({one["spikes"] for one in each.values()}) == 1
    assert call(monkeypatch, *words) == 0
    assert "hop_x: published: Davies" in capsys.readouterr().out


def test_the_command_places_a_network_by_rule_and_draws_it(tmp_path, monkeypatch, capsys) -> None:
    pytest.importorskip("pymetis")
    words = ["cores", "400", "--like", "local", "--neurons", "40", "--axons", "80"]
    assert call(monkeypatch, *words, "--out", tmp_path, "--json") == 0
    each = json.loads(capsys.readouterr().out)["placements"]
    assert each["at random"]["packets"] > 0.9 * each["in order"]["packets"]  # draws of its own
    assert each["by graph"]["packets"] < 0.3 * each["in order"]["packets"]
    table = pd.read_csv(tmp_path / "placements.csv")
    assert table.groupby("placement").neurons.sum().tolist() == [400] * 3
    assert (tmp_path / "cores.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("words", "begin"),
    [
        (["1.5"], "crossbar cores: expected a whole number of neurons such as 1e6, or a file"),
        (["many"], "crossbar cores: expected a whole number of neurons such as 1e6, or a file"),
        (["0"], "crossbar cores: expected a whole number of neurons such as 1e6, or a file"),
        (["10", "a=1"], "crossbar cores: expected a number alone, got a=1."),
        ([LOOP, "--like", "local"], "--like: expected a number of neurons before it, got"),
        (["10", "--out", "x"], "--out: expected a network that is placed, got a number alone."),
        (["10", "--rate", "5"], "--rate: expected a network that is placed, got a number alone."),
        ([LOOP, "--rate", "5"], "--rate: expected no rate where a run says how many spikes there"),
    ],
)
def test_the_command_refuses_in_one_line(words, begin, monkeypatch, capsys) -> None:
    line = line_of_refusal(monkeypatch, capsys, "cores", *words)
    assert line.startswith(f"crossbar: {begin}")
