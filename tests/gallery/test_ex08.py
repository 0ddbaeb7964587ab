"""The gallery script that derives the energy of a synapse runs, and sets it beside print."""

import json
import runpy
from pathlib import Path

import pytest

from crossbar.devices import CmosSynapse
from crossbar.energy import Costs, read_costs
from crossbar.energy.published import A_AV

pytestmark = pytest.mark.ngspice
SCRIPT = Path(__file__).parents[2] / "scripts" / "ex08_synapse_energy.py"


def test_ex08_derives_the_energy_of_an_operation(tmp_path, capsys):
    arguments = ["--quick", "--records", str(tmp_path / "records"), "--out", str(tmp_path)]
    found = runpy.run_path(str(SCRIPT))["main"](arguments)
    out = capsys.readouterr().out
    for told in ("87.36 fJ", "390 uA", "320 ps", "bit 7: rise", "mismatch set to 3 %"):
        assert told in out
    mean, spread = found.uniform
    assert A_AV / 1.5 < mean < 1.5 * A_AV
    assert 0.2 < spread / mean < 0.5
    assert (tmp_path / "synapse-energy.png").stat().st_size > 10_000
    # One record makes the device and the costs.
    record = tmp_path / "records" / "cmos_synapse.json"
    assert CmosSynapse.from_spice(record).quantum == found.switching.g_unit
    costs = read_costs(record, Costs())
    assert costs.code_steps.value == found.switching.e_step
    assert costs.sense.source.kind == "assumed"  # a behavioural amplifier
    assert "ngspice" in costs.sense.source.text
    assert len(json.loads(record.read_text())["points"]) == 3
    levels = (tmp_path / "records" / "cmos_synapse_levels.csv").read_text().splitlines()
    assert levels[0] == "code,conductance_S"
    assert len(levels) == 257
