"""Figures of objects in memory: what their lines and maps hold, against closed forms."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from crossbar import (
    Constant,
    DifferentialPair,
    Digital,
    FlashAdc,
    IdealCell,
    LogarithmicAdc,
    Memristor,
    Offset,
    Reading,
    SarAdc,
    SoftBounds,
    Streams,
    StringDac,
    Tile,
    Wires,
)
from crossbar.circuit.array import Array
from crossbar.converters.transfer import Transfer
from crossbar.devices import (
    DEVICES,
    IVSweeps,
    Jumps,
    JumpTable,
    PulseTrains,
    ReadTraces,
    Retention,
    RetentionTraces,
    Trace,
)
from crossbar.devices.statistics import train
from crossbar.errors import ConfigError
from crossbar.nn import Dense, Network
from crossbar.plots import plot
from crossbar.plots.arrays import lacking, read
from crossbar.plots.converters import outputs
from crossbar.plots.device_subject import Subject
from crossbar.plots.device_times import drifting
from crossbar.spiking import Group, Spikes, SpikingNetwork, Synapses


def tile(**parts: object) -> Tile:
    return Tile(**{"device": IdealCell(), "mapping": DifferentialPair(w_max=2.0)} | parts)


def labels(figure: Figure) -> list[str]:
    return [ax.get_xlabel() for ax in figure.axes]


@pytest.mark.parametrize("kind", DEVICES.names)
def test_every_device_is_drawn(kind: str) -> None:
    made = DEVICES.resolve(kind, "device")
    device = getattr(made, "device", None) or made()
    figure = device.plot(cells=4)
    assert isinstance(figure, Figure)
    assert labels(figure)[-1] == "voltage of a cell (V)"
    assert ("pulse" in labels(figure)) == (device.quantum > 0)


def test_pulses_of_equal_steps_are_a_straight_line_up_to_the_bound() -> None:
    device = Memristor(g_min=1e-6, g_max=11e-6, step=Constant(dw_min=0.01))
    pulses, g, turn = train(device, 3, rng=np.random.default_rng(0))
    low, high = 1e-6, 11e-6
    set_only = pulses <= turn
    ideal = np.minimum(low + device.quantum * pulses[set_only], high)
    np.testing.assert_allclose(g[set_only], np.tile(ideal, (3, 1)).T, rtol=1e-7)  # steps are single
    np.testing.assert_allclose(g[-1], low, rtol=1e-7)
    assert turn * device.quantum >= 3 * (high - low) * (1 - 1e-12)


def test_drift_has_the_exponent_of_the_device() -> None:
    figure = Memristor(nu=0.1, step=SoftBounds(dw_min=0.01)).plot(cells=2)
    ax = figure.axes[labels(figure).index("time since programming (s)")]
    for line in ax.lines:
        time, g = line.get_data()
        slope = np.diff(np.log(g[1:])) / np.diff(np.log(time[1:]))
        np.testing.assert_allclose(slope, -0.1, rtol=1e-6)


@pytest.mark.parametrize("rate", [1e-6, 1e-2], ids=["some is left", "nothing is left"])
def test_drift_that_is_no_power_of_time_is_shown_by_what_is_kept(rate: float) -> None:
    """Cells that reached 0 had an exponent of 0 or 6, by the least conductance that counted."""
    device = Memristor(drift=Retention(rate=rate), t0=1e-6)
    subject = Subject("mine", device, (), 2, Streams(0))
    data = drifting(subject).data
    assert "mean exponent" not in data
    kept = data["mean share kept"].dropna()
    np.testing.assert_allclose(kept, math.exp(-rate * 86400.0), rtol=1e-6, atol=1e-300)
    power = drifting(subject._replace(device=Memristor(nu=0.1))).data
    np.testing.assert_allclose(power["mean exponent"].dropna(), 0.1, rtol=1e-6)


def test_the_current_of_an_ohmic_cell_is_its_conductance_times_the_voltage() -> None:
    (ax,) = IdealCell(g_max=40e-6).plot().axes
    volts, microamperes = ax.lines[-1].get_data()
    np.testing.assert_allclose(microamperes, 40 * volts, rtol=1e-12)


def test_one_cell_loses_what_series_resistors_take() -> None:
    """Share r/(r + 1/g), of the driver, a segment of either line and the sense node."""
    wires = Wires(r_wl=1e3, r_bl=2e3, r_driver=4e3, r_sense=3e3)
    state = tile(mapping=DifferentialPair(w_max=1.0), wires=wires).program(
        np.array([[1.0]]), rng=Streams(0)("program")
    )
    g = np.array([[25e-6]])
    np.testing.assert_allclose(lacking(*read(state.array, g)), 1e4 / (1e4 + 1 / 25e-6), rtol=1e-10)


def test_lost_voltage_grows_along_the_lines_and_is_drawn() -> None:
    wired = tile(wires=Wires(r_wl=2.0, r_bl=2.0))
    state = wired.program(np.full((8, 6), 0.5), rng=Streams(0)("program"))
    figure = state.plot()
    assert len(figure.axes) == 10  # four with a scale
    ((_, _, _, g),) = state.array.physical()
    share = lacking(*read(state.array, np.full_like(g, 2e-5)))
    assert (np.diff(share, axis=1) > 0).all()  # away from the drivers, at the left
    assert (np.diff(share, axis=0) < 0).all()  # towards the virtual grounds, at the bottom
    shown = {ax.get_ylabel(): ax for ax in figure.axes}
    maps = [ax.images[0].get_array() for ax in figure.axes if ax.images]
    lost = lacking(*read(state.array, g))
    np.testing.assert_allclose(maps[1], 100 * lost)
    np.testing.assert_allclose((maps[2] - maps[3]) / 200, 1 - lost)  # mV of 0.2 V
    ideal, wired = (line.get_ydata() for line in shown["current (µA)"].lines)
    v = np.full((1, len(g)), 0.2)
    np.testing.assert_allclose(ideal, 1e6 * (v @ g)[0])
    np.testing.assert_allclose(wired, 1e6 * (v @ state.array.wires.operator(g))[0])


def test_wires_show_the_voltages_along_a_ladder() -> None:
    """Word lines alone have a resistance: a segment carries the current of the cells behind it."""
    g, r, v = 1e-4, 10.0, 0.1
    along, down, share = Wires(r_wl=r, r_bl=0.0).plot(rows=2, cols=3, g=g, v=v).axes[:3]
    nodes = along.lines[0].get_ydata() / 1e3
    before = np.concatenate([[v], nodes[:-1]])
    np.testing.assert_allclose((before - nodes) / r, g * nodes[::-1].cumsum()[::-1], rtol=1e-9)
    assert (down.lines[0].get_ydata() == 0).all()
    np.testing.assert_allclose(share.images[0].get_array()[0], 100 * (1 - nodes / v))
    with pytest.raises(ConfigError, match=r"plot.cols: expected a number in .2, 1000., got 1"):
        Wires(r_wl=r, r_bl=0.0).plot(cols=1)


def test_maps_show_the_conductances_at_their_places() -> None:
    weights = Streams(0)("weights").uniform(-1, 1, (5, 4))
    state = tile(mapping=Offset(w_max=1.0)).program(weights, rng=Streams(0)("program"))
    shown = state.plot().axes[0].images[0].get_array()
    ((_, _, _, g),) = state.array.physical()
    assert shown.mask[-1, -1]  # reference lines cross without a cell
    assert shown.mask.sum() == 1
    np.testing.assert_allclose(shown[:-1, :-1], 1e6 * g[:-1, :-1], rtol=1e-12)
    two = tile(size=(3, 4)).program(weights, rng=Streams(0)("program"))
    assert two.plot(number=1).axes[0].images[0].get_array().shape == (2, 8)
    with pytest.raises(ConfigError, match=r"plot.number: expected 0 to 1, got 2\."):
        two.plot(number=2)


@pytest.mark.parametrize("one", [SarAdc(bits=4), FlashAdc(bits=4), StringDac(bits=4)])
def test_a_uniform_converter_has_no_error(one: object) -> None:
    _, dnl, inl = one.plot(lines=2).axes
    for line in (*dnl.lines, *inl.lines):
        np.testing.assert_allclose(line.get_ydata(), 0, atol=1e-9)


def test_a_dac_is_judged_by_its_levels() -> None:
    """Levels 0, 1, 4, 6: the line through the ends is at 0, 2, 4, 6, a step is 2."""
    seen = outputs(Transfer(np.array([0.5, 2.5, 5.0]), np.array([0.0, 1.0, 4.0, 6.0])))
    np.testing.assert_allclose(seen.inl, [0, -0.5, 0, 0])
    np.testing.assert_allclose(seen.dnl, [-0.5, 0.5, 0])
    _, dnl, inl = StringDac(bits=4, resistor_d2d=0.1).plot(lines=3).axes
    spread = [np.abs(line.get_ydata()).max() for line in inl.lines[:3]]
    assert min(spread) > 0.01
    assert len({*spread}) == 3
    assert len(dnl.lines[0].get_ydata()) == len(inl.lines[0].get_ydata()) - 1


def test_a_logarithmic_adc_has_the_errors_of_its_thresholds() -> None:
    one = LogarithmicAdc(bits=4)
    inl = one.plot().axes[2].lines[0].get_ydata()
    np.testing.assert_allclose(inl, one.transfer().inl)
    assert any(a > b for a, b in pairwise(inl))


@pytest.mark.parametrize("held", [tile(), Digital()])
def test_a_chip_has_a_row_a_matrix(held: object) -> None:
    network = Network(input_shape=(6,), layers={"a": Dense(units=4), "b": Dense(units=2)})
    chip = network.build(held, Streams(0))
    figure = chip.plot()
    shown = [ax.images[0].get_array() for ax in figure.axes if ax.images]
    np.testing.assert_array_equal(shown[0], chip.held["a"].weights[0].T)
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_what_has_no_figure_is_refused() -> None:
    with pytest.raises(
        ConfigError, match="plot: expected a device, a measurement, a converter, wires, an array"
    ):
        Reading().plot()
    with pytest.raises(ConfigError, match="got 3"):
        plot(3)
    assert plot.dispatch(Array) is not plot.dispatch(object)


def test_measurements_are_drawn(tmp_path: Path) -> None:
    """A point of every figure against the number that it stands for."""
    g = np.array([1e-6, 2e-6, 2.5e-6])
    trains = PulseTrains.of([Trace(0, 0, True, g), Trace(0, 0, False, g[::-1])])
    left, right = trains.plot().axes
    np.testing.assert_allclose(left.lines[1].get_ydata(), [2.5, 2.0, 1.0])
    np.testing.assert_allclose(right.lines[0].get_ydata(), [1.0, 0.5])
    jumps = Jumps(u=(0, 1), change=(0, 0.1), cdf=((0, 1), (0, 1)))
    falls = Jumps(u=(0, 1), change=(-0.1, 0), cdf=((0, 1), (0, 1)))
    left, _ = JumpTable(set=jumps, reset=falls, g_min=1e-6, g_max=11e-6).plot().axes
    np.testing.assert_allclose(left.lines[0].get_ydata(), 0.5)
    t = np.arange(1.0, 257.0)
    noise = 1e-5 * (1 + 0.01 * np.random.default_rng(0).standard_normal(256))
    kelvin = np.where(t > 128, 350.0, 300.0)
    retention = RetentionTraces(np.zeros(256, int), t, noise, kelvin)
    assert [line.get_label() for line in retention.plot().axes[0].lines] == ["300 K", "350 K"]
    _, right = ReadTraces(np.zeros(256, int), t, noise).plot().axes
    assert np.ptp(right.lines[1].get_ydata()) < right.lines[1].get_ydata().max()
    path = tmp_path / "iv.csv"
    path.write_text("v_V,i_uA\n" + "".join(f"{k},{k}\n" for k in range(1, 9)))
    np.testing.assert_allclose(IVSweeps.from_csv(path).plot().axes[0].lines[0].get_ydata(), t[:8])


@pytest.mark.parametrize("sample", [None, 1e-4])
def test_a_recording_is_a_raster_with_voltages_where_they_were_sampled(sample):
    network = SpikingNetwork(
        inputs={"in": 3}, groups={"out": Group(count=2)},
        synapses={"fc": Synapses(source="in", target="out", charge=1e-12)},
    )  # fmt: skip
    chip = network.build(Digital(), Streams(0), weights={"fc": np.ones((3, 2))})
    given = Spikes([1e-4, 2e-4, 7e-4], [0, 2, 1], 3)
    recording = chip.run({"in": given}, 1e-3, rng=np.random.default_rng(0), sample=sample)
    figure = recording.plot()
    raster = figure.axes[0].lines[0]
    np.testing.assert_allclose(raster.get_xdata(), [0.1, 0.2, 0.7])  # ms
    assert raster.get_ydata().tolist() == [0, 2, 1]
    assert "time (ms)" in labels(figure)
    first = [ax for ax in figure.axes if ax.patches]
    assert [sum(bar.get_height() for bar in ax.patches) for ax in first] == [3, 2]
    assert [int(np.argmax([bar.get_height() for bar in ax.patches])) for ax in first] == [4, 4]
    drawn = [ax for ax in figure.axes if ax.get_legend() is not None]
    assert len(drawn) == (sample is not None)
    for ax in drawn:
        assert [len(line.get_xdata()) for line in ax.lines] == [10, 10]
