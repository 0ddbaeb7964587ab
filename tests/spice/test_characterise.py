"""From circuit to device: trains against closed forms, energies, spreads, and the way to CSV."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import numpy as np
import pytest

from crossbar.devices import (
    Deterministic,
    Memristor,
    PulseTable,
    PulseTrain,
    SoftBounds,
)
from crossbar.devices.equations import Pulses, Spread, StanfordPku, Vteam
from crossbar.errors import ConfigError, DataError
from crossbar.plots import hysteresis as loop_figures
from crossbar.plots import pulses as pulse_figures
from crossbar.runs import experiment
from crossbar.spice.engine.ngspice import run
from crossbar.spice.memristors.characterise import characterise, drawn
from crossbar.spice.memristors.datasheet import datasheet, responses, write
from crossbar.spice.memristors.hysteresis import loop
from crossbar.spice.memristors.pulse_response import PulseResponse
from crossbar.spice.memristors.trains import Operations, operations, response, schedule, train_deck

pytestmark = pytest.mark.ngspice
STEADY = Vteam()


def states(g: np.ndarray) -> np.ndarray:
    """Return the states of VTEAM cells from their conductances."""
    return (STEADY.r_off - 1 / g) / (STEADY.r_off - STEADY.r_on)


def over_threshold(v: float, threshold: float, width: float, edge: float, power: float) -> float:
    """Return the integral of (v(t)/threshold - 1)^power over a trapezoidal pulse."""
    above = v / threshold - 1
    ramps = 2 * edge * (1 - threshold / v) / (power + 1)
    return above**power * (width + ramps)


@pytest.fixture(scope="module")
def stanford() -> PulseResponse:
    rng = np.random.default_rng(3)
    return characterise(StanfordPku(), rng=rng, samples=4, cycles=2)


@pytest.fixture(scope="module")
def stanford_alone() -> PulseResponse:
    return characterise(StanfordPku(), rng=np.random.default_rng(3), samples=1, cycles=1)


def test_pulses_move_vteam_by_the_integral_of_its_rate() -> None:
    pulses = STEADY.pulses
    plan = schedule(pulses)
    seen = response(run(train_deck(STEADY, pulses, plan)), pulses, plan)
    up = 10 / 3e-9 * over_threshold(-0.24, -0.2, pulses.t_set, pulses.t_edge, 3)
    down = 5e-4 / 3e-9 * over_threshold(0.1, 0.02, pulses.t_reset, pulses.t_edge, 1)
    rising, falling = states(seen.rising), states(seen.falling)
    k = rising < 0.95  # the last percent is the ramp's
    # 0.3 %: what ngspice leaves of edges of 0.1 ns (found: 0.13 %).
    np.testing.assert_allclose(np.diff(rising)[k[:-1]][1:], up, rtol=3e-3)
    k = (falling > 0.05) & (falling < 0.98)
    np.testing.assert_allclose(-np.diff(falling)[k[:-1]], down, rtol=3e-3)


def test_energy_of_reads_and_pulses_is_that_of_their_charge() -> None:
    pulses, spent = STEADY.pulses, operations(STEADY)
    # V^2 G over a trapezoid, whose edges count for two thirds of one.
    length = pulses.t_read + 2 * pulses.t_edge / 3
    for energy, g in ((spent.read_off, spent.g_min), (spent.read_on, spent.g_max)):
        assert energy == pytest.approx(pulses.v_read**2 * g * length, rel=1e-6)
    assert spent.on_off == pytest.approx(20.0, rel=1e-3)  # r_off / r_on: both ends are reached
    least = pulses.v_reset**2 * spent.g_min * (pulses.t_reset + 2 * pulses.t_edge / 3)
    assert spent.reset_pulse_min == pytest.approx(least, rel=1e-6)
    length = pulses.t_set + 2 * pulses.t_edge / 3
    least = pulses.v_set**2 * spent.g_min * length
    assert least < spent.set_pulse_min < 1.0262 * least  # g after the first pulse, see above
    assert spent.set_train == pytest.approx(spent.set_pulse * pulses.count)
    assert "spice_models/vteam.sub, default parameters" in spent.source
    shifted = operations(dataclasses.replace(STEADY, r_on=60.0)).source
    assert "vteam.sub, r_on=60" in shifted


def test_the_access_resistance_is_read_and_paid_too() -> None:
    pulses = dataclasses.replace(STEADY.pulses, r_access=1000.0, v_set=-0.7, v_reset=0.3)
    spent = operations(STEADY, pulses)
    assert spent.g_min == pytest.approx(1 / 2000, rel=1e-3)
    assert spent.g_max <= 1 / 1050 * (1 + 1e-6)


def test_stanford_pku_answers_gradually_and_forgets_its_start() -> None:
    """What its docstring says of the default pulses."""
    cell, spent = StanfordPku(), operations(StanfordPku())
    assert spent.g_min == pytest.approx(4.54e-6, rel=0.01)
    assert spent.g_max == pytest.approx(52.2e-6, rel=0.01)
    plan = schedule(cell.pulses)
    seen = response(run(train_deck(cell, cell.pulses, plan)), cell.pulses, plan)
    span = spent.g_max - spent.g_min
    assert 0.009 < np.diff(seen.rising).min() / span < np.diff(seen.rising).max() / span < 0.027
    assert (-np.diff(seen.falling)).max() / span < 0.036
    assert seen.falling[-1] == pytest.approx(seen.rising[0], rel=1e-3)


def test_trains_that_do_not_forget_their_start_are_refused() -> None:
    weak = dataclasses.replace(StanfordPku.pulses, v_reset=-2.0)
    with pytest.raises(DataError, match="trains that forget their start"):
        operations(StanfordPku(), weak)


def test_the_mean_steps_lead_from_end_to_end(stanford_alone: PulseResponse) -> None:
    table, low, high = stanford_alone.table, stanford_alone.g_min, stanford_alone.g_max
    rising, falling = (trace.g for trace in stanford_alone.traces)
    for trace, step, sign in ((rising, table.up, 1), (falling, table.down, -1)):
        g, path = trace[0], [trace[0]]
        for _ in trace[1:]:
            u = (g - low) / (high - low)
            g = min(max(g + sign * np.interp(u, table.u, step) * (high - low), low), high)
            path.append(g)
        # 2 %: steps averaged over a tenth of the range, where they bend within it.
        np.testing.assert_allclose(path, trace, atol=0.02 * (high - low))
    assert stanford_alone.sigma_d2d == stanford_alone.sigma_bounds_d2d == 0


def test_the_cells_that_learn_follow_the_circuit(stanford_alone: PulseResponse) -> None:
    """One pulse at a time through the compiled loop of training, beside the reads of ngspice."""
    device = stanford_alone.device(pulsing=PulseTrain(), rounding=Deterministic())
    span = device.g_max - device.g_min
    cells = device.fabricate((3, 2), rng=np.random.default_rng(0), dtype=np.float64)
    for trace in stanford_alone.traces:
        cells.g[...] = trace.g[0]
        path = [trace.g[0]]
        for k in range(len(trace.g) - 1):
            counts = np.full((3, 2), 1 if trace.rising else -1)
            cells.pulse(counts, rng=np.random.default_rng(k))
            path.append(float(cells.g.mean()))
        # 2 % of the smoothing, as above; the spread of this table, one cell's, is rounding.
        np.testing.assert_allclose(path, trace.g, atol=0.025 * span)


def test_spread_of_the_rates_becomes_spread_of_the_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """VTEAM steps are proportional to k_on and k_off, and both bounds are reached by all."""
    spreads = {"k_on": Spread(d2d=0.15), "k_off": Spread(d2d=0.15)}
    monkeypatch.setattr(Vteam, "spreads", spreads)
    cell = Vteam()
    cells = drawn(cell, 8, 1, np.random.default_rng(11)).values()
    on, off = (np.array([c.parameters()[n] for c in cells]) for n in ("k_on", "k_off"))
    on, off = on / on.mean(), off / off.mean()
    found = characterise(cell, rng=np.random.default_rng(11), samples=8, cycles=1)
    # Steps of up to 0.4 of the range are no longer proportional to the rate: 25 %.
    assert found.sigma_d2d == pytest.approx(np.std((on + off) / 2, ddof=1), rel=0.25)
    expected = np.std((on - off) / (on + off), ddof=1)
    assert found.sigma_asymmetry_d2d == pytest.approx(expected, rel=0.25)
    assert found.sigma_bounds_d2d < 0.01


def test_one_seed_gives_one_response_whatever_the_jobs(stanford: PulseResponse) -> None:
    rng = np.random.default_rng(3)
    calls: list[tuple[str, int, int, str]] = []
    again = characterise(
        StanfordPku(),
        rng=rng,
        samples=4,
        cycles=2,
        jobs=1,
        progress=lambda *call: calls.append(call),
    )
    assert again.table == stanford.table
    assert again.sigma_d2d == stanford.sigma_d2d > 0
    assert calls[-1] == ("ngspice", 8, 8, "")


def test_cycles_spread_the_steps_of_one_device() -> None:
    rng = np.random.default_rng(5)
    alone = characterise(StanfordPku(), rng=rng, samples=1, cycles=4)
    middle = len(alone.table.u) // 2
    # vel0 varies by 10 % from cycle to cycle, and a step is about proportional to it.
    assert 0.03 < alone.table.up_std[middle] / alone.table.up[middle] < 0.2
    assert alone.sigma_d2d == 0


def test_the_response_becomes_a_device_and_a_csv(stanford: PulseResponse, tmp_path: Path) -> None:
    path = tmp_path / "cell.csv"
    stanford.to_csv(path)
    device = stanford.device(nu=0.01)
    assert device.step == stanford.table
    assert (device.g_min, device.sigma_d2d, device.nu) == (stanford.g_min, stanford.sigma_d2d, 0.01)
    assert device.v_write**2 * device.t_write == pytest.approx(
        (2.1**2 + 2.2**2) / 2 * 10e-9, rel=1e-12
    )
    assert isinstance(stanford.device(step=SoftBounds()).step, SoftBounds)
    back = PulseTable.from_csv(path)
    np.testing.assert_allclose(back.up, stanford.table.up, rtol=1e-6)
    read = characterise(path)
    assert read.g_max == pytest.approx(stanford.g_max, rel=1e-8)
    settings = dict(word.removeprefix("device.").split("=") for word in stanford.settings)
    told = {name: float(value) for name, value in settings.items()}
    settled = experiment({"device": {"kind": "constant", "step": str(path)} | told}).device
    assert isinstance(settled, Memristor)
    for name in told:
        assert getattr(settled, name) == pytest.approx(getattr(stanford.device(), name), rel=1e-5)
    stanford.traces_to_csv(tmp_path / "traces.csv")
    traces = characterise(tmp_path / "traces.csv")
    assert traces.sigma_d2d == pytest.approx(stanford.sigma_d2d, rel=1e-3)
    with pytest.raises(DataError, match="use to_csv"):
        read.traces_to_csv(tmp_path / "none.csv")


def test_what_cannot_be_characterised_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"characterise\.rng"):
        characterise(StanfordPku())  # type: ignore[call-overload]
    path = tmp_path / "u.csv"
    path.write_text("u,up,up_std,down,down_std\n0,0.1,0,0,0\n1,0.1,0,0.1,0\n")
    with pytest.raises(DataError, match="expected conductances in siemens"):
        characterise(path)
    with pytest.raises(ConfigError, match=r"Pulses\.v_reset"):
        dataclasses.replace(StanfordPku.pulses, v_reset=1.0)
    with pytest.raises(ConfigError, match=r"Pulses\.count"):
        dataclasses.replace(StanfordPku.pulses, count=2)
    assert isinstance(StanfordPku.pulses, Pulses)


def test_the_data_sheet_names_every_figure_with_its_unit(
    stanford: PulseResponse, tmp_path: Path
) -> None:
    one = loop(Vteam())
    rows = datasheet(one) + responses(stanford)
    assert len({row.name for row in rows}) == len(rows)
    words = [f.metadata["words"] for f in dataclasses.fields(Operations) if f.name != "source"]
    assert all(words)
    assert set(words) <= {row.name for row in rows}
    write(tmp_path / "sheet.csv", rows)
    with (tmp_path / "sheet.csv").open() as file:
        back = list(csv.DictReader(file))
    assert [float(row["value"]) for row in back] == [row.value for row in rows]
    for picture in (
        loop_figures.loops({"vteam": one}),
        pulse_figures.response(stanford, "cell"),
    ):
        assert len(picture.png) > 10_000
        assert picture.svg.startswith(b"<?xml")
