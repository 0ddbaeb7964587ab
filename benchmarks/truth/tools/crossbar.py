"""crossbar, by its public classes."""

from __future__ import annotations

import math
from importlib import metadata
from typing import Any

import numpy as np

from truth.nodal import Read
from truth.task import Answer, Tool
from truth.tasks.adc_error import Ramp
from truth.tasks.delay_gradient import Delayed
from truth.tasks.drift import Drift
from truth.tasks.mel import Sound
from truth.tasks.nonlinear import V0
from truth.tasks.pulse_mean import Train
from truth.tasks.read_noise import Noise
from truth.tasks.reproducible import Seeded
from truth.tasks.saturation import There
from truth.tasks.spike_period import Driven
from truth.tasks.spike_times import Reached
from truth.tasks.stuck_cells import Stuck

TOOL = Tool(name="crossbar", version=lambda: metadata.version("crossbar-sim"))


def _wires(asked: Read) -> Any:
    from crossbar import Wires

    return Wires(
        r_wl=asked.r_wl, r_bl=asked.r_bl, r_driver=asked.r_driver, r_sense=asked.r_sense
    )  # fmt: skip


def ir_drop(asked: Read) -> Answer:
    """`v @ Wires(...).operator(g)`"""
    currents: Answer = asked.v @ _wires(asked).operator(asked.g)
    return currents


driver_resistance = sense_resistance = ir_drop


def transposed(asked: Read) -> Answer:
    """`v @ Wires(...).operator(g).T`"""
    currents: Answer = asked.v @ _wires(asked).operator(asked.g).T
    return currents


def nonlinear(asked: Read) -> Answer:
    """`Wires(...).solve(g, v, cell=Sinh(v0=0.1)).currents`"""
    from crossbar.devices import Sinh

    currents: Answer = _wires(asked).solve(asked.g, asked.v, cell=Sinh(v0=V0)).currents
    return currents


def energy_balance(asked: Read) -> Answer:
    """`Wires(...).solve(g, v).power`"""
    power: Answer = _wires(asked).solve(asked.g, asked.v).power
    return power


def _tile(device: Any, weights: Answer, rng: Any, **parts: Any) -> Any:
    """Return a programmed tile of pairs of cells without thermal noise."""
    from crossbar import DifferentialPair, Reading, Tile

    mapping, quiet = DifferentialPair(w_max=1.0), Reading(temperature=0.0)
    tile = Tile(device=device, mapping=mapping, reading=quiet, dtype=np.float64, **parts)
    return tile.program(weights, rng=rng)


def _cells(device: Any, shape: tuple[int, int], x: float, rng: Any) -> Any:
    """Return cells that are programmed to ``x`` of their range."""
    cells = device.fabricate(shape, rng=rng, dtype=np.float64)
    low, _, high = device.window
    cells.program(np.full(shape, low + x * (high - low)), rng=rng)
    return cells


def _place(device: Any, cells: Any) -> Answer:
    """Return conductances relative to the range."""
    low, _, high = device.window
    place: Answer = (cells.g - low) / (high - low)
    return place


def read_noise(asked: Noise) -> Answer:
    """`Tile(device=Memristor(sigma_read=0.05))`; a pair has sqrt(2) of that"""
    from crossbar import Memristor

    rng = np.random.default_rng(asked.seed)
    tile = _tile(Memristor(sigma_read=asked.sigma), np.ones((1, 1)), rng)
    y: Answer = tile.matvec(np.ones((asked.n, 1)), rng=rng)[:, 0]
    return (y - 1) / (math.sqrt(2) * asked.sigma)


noise_tails = read_noise


def drift(asked: Drift) -> Answer:
    """`Memristor(nu=, sigma_nu=, t0=)`, `Cells.age`"""
    from crossbar import Memristor

    rng = np.random.default_rng(asked.seed)
    device = Memristor(nu=asked.nu, sigma_nu=asked.sigma, t0=asked.t0)
    cells = _cells(device, (asked.n // 100, 100), 0.5, rng)
    before = cells.g.copy()
    cells.age(asked.t)
    ratio: Answer = (cells.g / before).ravel()
    return ratio


def pulse_mean(asked: Train) -> Answer:
    """`Memristor(step=SoftBounds(dw_min=step / 2), sigma_c2c=)`, one `Cells.pulse` of the train"""
    from crossbar import Memristor, SoftBounds

    rng = np.random.default_rng(asked.seed)
    device = Memristor(step=SoftBounds(dw_min=asked.step / 2), sigma_c2c=asked.sigma)
    cells = _cells(device, (asked.n // 100, 100), 0.0, rng)
    cells.pulse(np.full(cells.g.shape, asked.pulses), rng=rng)
    return _place(device, cells).ravel()


pulse_spread = pulse_mean


def saturation(asked: There) -> Answer:
    """`Memristor(step=Constant(dw_min=0.01))`, `Cells.pulse` up, then down"""
    from crossbar import Constant, Memristor

    rng = np.random.default_rng(0)
    device = Memristor(step=Constant(dw_min=asked.step))
    cells = _cells(device, (10, 10), 0.5, rng)
    for count in (asked.up, -asked.down):
        cells.pulse(np.full((10, 10), count), rng=rng)
    return _place(device, cells)


def stuck_cells(asked: Stuck) -> Answer:
    """`StuckAt(Memristor(), p_on=, p_off=)`"""
    from crossbar import Memristor, StuckAt

    rng = np.random.default_rng(asked.seed)
    device = StuckAt(Memristor(), p_on=asked.p_on, p_off=asked.p_off)
    return _place(device, _cells(device, (asked.rows, asked.cols), 0.5, rng))


def adc_error(asked: Ramp) -> Answer:
    """`Tile(device=IdealCell(), adc=SarAdc(bits=8, reach=1 / sqrt(rows)))`, a weight of 1"""
    from crossbar import IdealCell, SarAdc

    rng = np.random.default_rng(0)
    weights = np.array([[1.0], [0.0]])  # inputs are relative to the largest, which has weight 0
    reach = 1 / math.sqrt(2)  # full scale of two rows is their root
    tile = _tile(IdealCell(), weights, rng, adc=SarAdc(bits=asked.bits, reach=reach))
    x = np.stack([asked.x, np.ones(asked.x.size)], axis=1)
    y: Answer = tile.matvec(x, rng=rng)[:, 0]
    return y


def spike_period(asked: Driven) -> Answer:
    """`LIF(threshold=1, capacitance=tau, g_leak=1, tau_s=0).step(200, drive)`"""
    from crossbar.spiking import LIF

    neuron = LIF(threshold=1.0, capacitance=asked.tau, g_leak=1.0, tau_s=0.0)
    state = neuron.fabricate(1, rng=np.random.default_rng(0))
    times: Answer = neuron.step(asked.until, asked.drive, state).times
    return times


def spike_times(asked: Reached) -> Answer:
    """`LIF(...).respond`, event by event"""
    from crossbar.spiking import LIF, Spikes

    given, count = asked.parameters, len(asked.times)
    neuron = LIF(threshold=given["V_th"], reset=given["V_reset"], rest=given["E_L"],
                 capacitance=given["C_m"], g_leak=given["C_m"] / given["tau_m"],
                 tau_s=given["tau_syn_ex"], refractory=given["t_ref"])  # fmt: skip
    arrivals = Spikes(asked.times, np.zeros(count, int), 1)
    state = neuron.fabricate(1, rng=np.random.default_rng(0))
    charges = given["tau_syn_ex"] * asked.weights
    times: Answer = neuron.respond(arrivals, charges, asked.until, state,
                                   current=given["I_e"]).times  # fmt: skip
    return times


def delay_gradient(asked: Delayed) -> Answer:
    """`Deliveries.gradient` of all six queues"""
    from crossbar import spiking

    queues = [spiking.FifoRing(), spiking.SortedArray(), spiking.BinaryHeap(),
              spiking.DelayRing(largest=10.0, width=1.0), spiking.LossyRing(),
              spiking.SingleSpike()]  # fmt: skip
    gradients = []
    for queue in (spec.build() for spec in queues):
        queue.send([asked.spike], asked.delay)
        arrived = queue.deliver(asked.until)
        decayed = np.exp(-(asked.until - arrived.times) / asked.tau)
        gradients.append(arrived.gradient(decayed / asked.tau, 1, 1)[1][0])
    return np.array(gradients)


def mel(asked: Sound) -> Answer:
    """`Spectrogram(window=, rate=, fft=, hop=, bands=, size=None).mel`"""
    from crossbar.data.audio.spectrogram import Spectrogram

    front = Spectrogram(window=asked.waveforms.shape[1] / asked.rate, rate=asked.rate,
                        fft=asked.fft, hop=asked.hop, bands=asked.bands, size=None)  # fmt: skip
    power: Answer = front.mel(asked.waveforms)
    return power


def reproducible(asked: Seeded) -> Answer:
    """`Streams(seed)`, a tile with errors of writes and noise of reads"""
    from crossbar import Memristor, Streams

    streams = Streams(asked.seed)
    weights = np.full((asked.rows, asked.cols), 0.5)
    device = Memristor(sigma_program=(0.02,), sigma_read=0.01)
    tile = _tile(device, weights, streams("program"))
    y: Answer = tile.matvec(np.ones((asked.reads, asked.rows)), rng=streams("read"))
    return y
