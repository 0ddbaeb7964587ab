"""A characterised CMOS synapse becomes a device, and its figures become costs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from crossbar.activity import Activity
from crossbar.devices import CmosSynapse
from crossbar.devices.measured.switching import Switching
from crossbar.energy import Costs, breakdown, read_costs
from crossbar.errors import ConfigError, DataError
from crossbar.runs.energy_record import costs
from crossbar.runs.experiment import experiment

RECORD = Switching(
    bits=3,
    g_unit=16e-6,
    loss=0.01,
    sigma_unit=0.02,
    settling=180e-12,
    slot=320e-12,
    v_in=0.35,
    v_dd=0.7,
    temperature=300.0,
    e_write=4e-15,
    e_rise=(1e-15, 2e-15, 4e-15),
    e_fall=(0.5e-15, 1e-15, 2e-15),
    t_on=120e-12,
    t_off=100e-12,
    p_hold=1e-9,
    source="ngspice 39: deck",
)


def test_record_survives_json(tmp_path: Path) -> None:
    path = tmp_path / "synapse.json"
    path.write_text(RECORD.to_json())
    assert Switching.from_json(path) == RECORD
    path.write_text(json.dumps({"switching": json.loads(RECORD.to_json()), "costs": {}}))
    assert Switching.from_json(path) == RECORD


def test_device_takes_the_record(tmp_path: Path) -> None:
    path = tmp_path / "synapse.json"
    path.write_text(RECORD.to_json())
    device = CmosSynapse.from_spice(path, sigma_read=0.01)
    assert (device.bits, device.quantum, device.sigma_unit) == (3, 16e-6, 0.02)
    assert device.sigma_read == 0.01
    assert device.switching == RECORD
    assert CmosSynapse.from_spice(RECORD) == replace(device, sigma_read=0.0)
    cells = device.fabricate((2, 2), rng=np.random.default_rng(0), dtype=np.float64)
    assert cells.g.mean() == pytest.approx(4 * 16e-6, rel=0.1)
    with pytest.raises(ConfigError, match="the bits of its circuit"):
        CmosSynapse.from_spice(RECORD, bits=8)


def test_energy_of_a_slot_by_hand() -> None:
    # 3 -> 6: bit 0 falls, bit 1 stays, bit 2 rises.
    write = 4e-15 + 0.5e-15 + 4e-15
    time = 1 * 100e-12 + 2 * 320e-12 + 4 * 200e-12
    assert RECORD.write_energy(3, 6) == pytest.approx(write)
    assert RECORD.energy(6, 0.3, 3) == pytest.approx(write + 16e-6 * 0.09 * time)
    held = 1e-9 * 320e-12 + 6 * 16e-6 * 0.09 * 320e-12
    assert RECORD.energy(6, 0.3) == pytest.approx(held)
    both = RECORD.energy(np.array([6, 6]), np.array([0.3, 0.0]), np.array([3, 6]))
    np.testing.assert_allclose(both, [RECORD.energy(6, 0.3, 3), 4e-15])


def test_a_step_is_the_mean_over_neighbours() -> None:
    steps = [RECORD.write_energy(c, c + d) for c in range(8) for d in (-1, 1) if 0 <= c + d < 8]
    assert RECORD.e_step == pytest.approx(np.mean(steps))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "a record in JSON"),
        ("[]", "a record of named values, got a list"),
        ('{"bitz": 8}', "Did you mean 'bits'"),
        (RECORD.to_json().replace('"slot"', '"slots"'), "fields of Switching, got 'slots'"),
        (RECORD.to_json().replace("1.6e-05", '"many"'), "g_unit"),
        (RECORD.to_json().replace('"bits": 3', '"bits": 4'), "4 energies"),
        ('{"switching": {"bits": 8}}', "the field g_unit"),
    ],
)
def test_a_bad_record_is_told(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(DataError, match=r"bad\.json") as error:
        Switching.from_json(path)
    assert told in str(error.value)
    with pytest.raises(DataError, match=r"missing\.json"):
        Switching.from_json(tmp_path / "missing.json")


def test_codes_outside_are_refused() -> None:
    for wrong in (-1, 8, 2.5):
        with pytest.raises(ConfigError, match="codes from 0 to 7"):
            RECORD.energy(wrong, 0.3)


def write_costs(path: Path, **entries: object) -> Path:
    path.write_text(json.dumps({"costs": entries}))
    return path


STEP = {"value": 8e-15, "unit": "J", "source": "derived: ngspice 39, cmos_synapse_8"}


def test_energy_is_charged_with_the_figure_of_the_circuit(tmp_path: Path) -> None:
    path = write_costs(tmp_path / "costs.json", code_steps=STEP)
    plan = experiment({"energy": {"costs": str(path)}})
    charged = costs(plan)
    assert charged.code_steps.value == 8e-15
    assert charged.adc == costs(experiment({})).adc  # the rest stays
    activity = Activity({("chip", "images"): 2.0, ("fc", "code_steps"): 10.0})
    (row,) = breakdown(activity, charged, phase="training")
    assert row.energy == pytest.approx(10 * 8e-15 / 2)
    assert row.source == "derived: ngspice 39, cmos_synapse_8"


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ({}, 'an object "costs"'),
        ({"code_step": STEP}, "Did you mean 'code_steps'"),
        ({"sense": {"value": 1e-15}}, "source"),
        ({"sense": STEP | {"value": -1.0}}, "Cost.value"),
        ({"sense": STEP | {"valu": 1.0}}, "valu"),
        ({"sense": 3}, "value, unit and source of sense"),
        ({"sense": STEP | {"source": "my circuit"}}, "begins with published:, derived:, assumed:"),
        ({"sense": STEP | {"unit": "A"}}, "a Cost in J"),
    ],
)
def test_bad_costs_are_told(tmp_path: Path, entries: dict[str, object], told: str) -> None:
    path = write_costs(tmp_path / "costs.json", **entries)
    with pytest.raises(DataError, match=r"costs\.json") as error:
        read_costs(path, Costs())
    assert told in str(error.value)
