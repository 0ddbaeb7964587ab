"""A repair from outside: in Python, in TOML, on the command line, in a sweep and in a report."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from crossbar.circuit.mapping import DifferentialPair
from crossbar.circuit.reading import Reading
from crossbar.cli.commands import app
from crossbar.devices import Memristor
from crossbar.errors import ConfigError
from crossbar.nn import Dense, Host, Network, Repair, repaired
from crossbar.random import Streams
from crossbar.substrates import Tile

LONGEST = 25
CELLS = '[device]\nkind = "constant"\nnu = 0.1\nt0 = 1.0\n'


def test_it_is_as_short_as_it_is_said_to_be() -> None:
    assert len(Path(__file__).with_name("repair.py").read_text().splitlines()) <= LONGEST


def test_from_python_the_clock_restores_what_one_exponent_took() -> None:
    """Exponents are kept in single precision, 1e-7 of nu times 14 e-folds."""
    from repair import Clock

    tile = Tile(device=Memristor(nu=0.1), mapping=DifferentialPair(),
                reading=Reading(temperature=0.0), dtype=np.float64)  # fmt: skip
    network = Network(input_shape=(8,), layers={"out": Dense(units=3)})
    chip = network.build(tile, Streams(1))
    host = Host(programmed=chip)
    better, counts = repaired(chip.aged(1e6), Clock(nu=0.1), host, streams=Streams(2))
    np.testing.assert_allclose(better.held["out"].weights, chip.held["out"].weights, rtol=1e-5)
    assert counts.counts == {}  # no read


def test_from_the_command_line_beside_those_of_the_package(lab) -> None:
    lab.train(CELLS)
    words = ["evaluate", str(lab.folder / "run"), "--age", "1e6 s", "--json",
             "test.repair=none,global,repair:Clock"]  # fmt: skip
    done = json.loads(CliRunner().invoke(app, words).stdout)["tests"]
    assert [one["point"]["test.repair"] for one in done] == ["none", "global", "repair:Clock"]
    assert [one["repair"] and one["repair"]["type"] for one in done] == [
        None, "GlobalFactor", "Clock"]  # fmt: skip
    costs = [(one.get("repair_energy"), one.get("repair_time")) for one in done]
    assert costs[0] == (None, None)
    assert min(costs[1]) > 0
    assert costs[2] == (0.0, 0.0)


def test_in_a_sweep_of_its_own_field_and_in_its_report(lab) -> None:
    text = f'{CELLS}[test]\nage = 1e6\n[test.repair]\nkind = "repair:Clock"\n'
    frame = lab.sweep(text, {"test.repair.nu": [0.0, 0.1]})
    assert frame["loss"].nunique() == 2
    assert "exponent that the host knows" in lab.sweep_report()


class Broken(Repair):
    """A repair that leaves no numbers."""

    def apply(self, chip, host, *, streams):
        for held in chip.held.values():
            for cells in held.tile.array.cells:
                cells.g[...] = np.nan
            held.tile.array.renew()


class Failing(Repair):
    """A repair with a mistake."""

    def apply(self, chip, host, *, streams):
        chip.held["nothing"].copy()


@pytest.mark.parametrize(
    ("kind", "words"),
    [(Broken, r"Broken\.apply: expected finite weights of 'out'"),
     (Failing, r"Failing\.apply: expected an answer, got .*'nothing'")],
)  # fmt: skip
def test_what_it_does_wrong_is_said_in_one_line(kind, words) -> None:
    from dataclasses import dataclass

    repair = dataclass(frozen=True)(kind)()
    tile = Tile(device=Memristor(nu=0.1), mapping=DifferentialPair())
    chip = Network(input_shape=(8,), layers={"out": Dense(units=3)}).build(tile, Streams(1))
    with pytest.raises(ConfigError, match=words):
        repaired(chip, repair, Host(programmed=chip), streams=Streams(2))
