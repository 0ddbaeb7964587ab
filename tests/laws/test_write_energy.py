"""Energy of pulses: V^2 t times the sum of the conductances that they meet, bounds included."""

from __future__ import annotations

import numpy as np
import pytest
from mappings import of_one_plane

from crossbar.activity import EVENT
from crossbar.circuit.mapping import DifferentialPair, Mapping, Offset
from crossbar.circuit.one_sided import OneSidedPair
from crossbar.circuit.reading import Reading
from crossbar.devices import (
    Constant,
    Deterministic,
    Device,
    Exponential,
    ExponentialFloor,
    Jumps,
    JumpTable,
    Linear,
    Memristor,
    PulseTable,
    PulseTrain,
    Pulsing,
    SoftBounds,
    Step,
    StuckAt,
    Summed,
)
from crossbar.substrates.tile import Tile

STEPS: dict[str, Step] = {
    "constant": Constant(dw_min=0.01),
    "flat": Linear(dw_min=0.01, slope=0.1),
    "linear": Linear(dw_min=0.01, slope=0.5),
    "growing": Linear(dw_min=0.005, slope=-0.8),
    "soft bounds": SoftBounds(dw_min=0.01),
    "exponential": Exponential(dw_min=0.005, steepness=2.0),
    "measured": PulseTable(
        u=(0.0, 0.5, 1.0),
        up=(0.012, 0.01, 0.006),
        up_std=(0.004, 0.003, 0.002),
        down=(0.005, 0.008, 0.012),
        down_std=(0.002, 0.003, 0.004),
    ),
    "floor": ExponentialFloor(
        floor=0.005, rise=1.0, steepness=3.0, floor_reset=0.005, rise_reset=1.0, steepness_reset=3.0
    ),
    "jumps": JumpTable(
        set=Jumps(u=(0, 1), change=(0, 0.02), cdf=((0, 1), (0, 1))),
        reset=Jumps(u=(0, 1), change=(-0.02, 0), cdf=((0, 1), (0, 1))),
    ),
}
SPREADING = PulseTable, JumpTable  # with a spread of their own: 0.3 STEP at most
STEP = 0.02  # the largest of them, relative to the range
MAPPINGS: list[Mapping] = [Offset(w_max=1.0), DifferentialPair(w_max=1.0), OneSidedPair(w_max=1.0)]
ROWS, COLS = 20, 50
G_MIN, G_MAX = 1e-6, 100e-6
SPAN = G_MAX - G_MIN
every_step = pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
every_mapping = pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda m: type(m).__name__)


def leaves(kind: type) -> set[type]:
    below = kind.__subclasses__()
    return set().union(*map(leaves, below)) if below else {kind}


def test_every_step_and_mapping_has_a_case():
    steps = {kind for kind in leaves(Step) if kind.__module__.startswith("crossbar")}
    assert {type(step) for step in STEPS.values()} == steps
    assert {type(m) for m in MAPPINGS} == of_one_plane()


def memristor(step: Step, pulsing: Pulsing, **parts: float) -> Memristor:
    parts |= {"g_min": G_MIN, "g_max": G_MAX, "max_pulses": 1000}
    return Memristor(step=step, pulsing=pulsing, rounding=Deterministic(), **parts)


def met(device: Device, mapping: Mapping, start: float, change: float, n: int) -> float:
    """Mean conductance [S] that a pulse meets, as the energy counter has it.

    Every one of (ROWS, COLS) weights starts at ``start`` and is asked for ``change``, which takes
    ``n`` pulses a cell, or half of it where one cell of a weight takes all pulses.
    """
    tile = Tile(device=device, mapping=mapping, reading=Reading(temperature=0.0))
    state = tile.program(np.full((ROWS, COLS), start), rng=np.random.default_rng(1))
    cells = 1 if mapping.rising else len(mapping.signs)
    change = 0.5 * change if mapping.rising else change
    x, d = np.ones((1, ROWS)), np.full((1, COLS), -change)
    state.update(x, d, 1.0, rng=np.random.default_rng(2))
    counts = state.activity.of("tile")
    v, t = device.write_pulse
    pulses = counts[EVENT["pulses"]]
    assert pulses == n * ROWS * COLS * cells
    return counts[EVENT["write_energy"]] / (v * v * t * pulses)


@pytest.mark.parametrize("pulsing", [Summed(), PulseTrain()], ids=["summed", "train"])
def test_pulses_at_a_bound_meet_the_bound(pulsing):
    """125 linear reset pulses of a weight at -0.9 reach g_min after 6: the sum pulse by pulse."""
    step = Linear(dw_min=0.01, slope=0.1)
    u, path = 0.05, []
    for _ in range(125):
        path.append(u)
        u = max(u - 0.01 * (1 - 0.1 * (1 - 2 * u)), 0.0)
    got = met(memristor(step, pulsing), Offset(w_max=1.0), -0.9, -2.5, 125)
    assert got == pytest.approx(G_MIN + SPAN * np.mean(path), rel=1e-4)


@every_step
@every_mapping
@pytest.mark.parametrize("sigma", [0.0, 0.3])
@pytest.mark.parametrize("start", [-0.9, 0.2, 0.9])
@pytest.mark.parametrize("pulses", [1, 7, 30, 125, -2, -125])
def test_summed_pulses_meet_what_a_train_meets(step, mapping, sigma, start, pulses):
    """One seed: the same pulses to the same cells, other draws of their spread.

    5 standard errors, 6e-7 of false alarms: a path strays by at most sigma sqrt(n) STEP. At a bound
    the train is thrown back by its spread, on average by sigma^2 / 2 of a step. Strides along a
    table are off by 1 % of the change, the logarithmic mean of linear steps by 0.1 %.
    """
    change = 2 * pulses * step.size
    summed, train = (
        met(memristor(step, p, sigma_c2c=sigma), mapping, start, change, abs(pulses))
        for p in (Summed(), PulseTrain())
    )
    spread = 0.3 if isinstance(step, SPREADING) else sigma
    error = 5 * spread * np.sqrt(abs(pulses)) * STEP * np.sqrt(2 / (ROWS * COLS))
    off = 0.0 if step.straight is not None or abs(pulses) <= 8 else 0.01 * min(abs(change) / 2, 1)
    assert summed >= G_MIN * 0.999
    assert abs(summed - train) <= SPAN * (error + spread**2 / 2 * STEP + off) + 1e-3 * train


@every_step
@every_mapping
@pytest.mark.parametrize("change", [-2.5, 2.5])
def test_cells_of_any_bounds_and_pinned_cells_meet_what_a_train_meets(step, mapping, change):
    """Cells of spread bounds and steps, some of them pinned: energies never fall below zero."""
    spreads = {"sigma_d2d": 0.3, "sigma_bounds_d2d": 0.15, "sigma_asymmetry_d2d": 0.2}
    n = round(abs(change) / 2 / step.size)
    summed, train = (
        met(StuckAt(memristor(step, p, **spreads), p_on=0.1, p_off=0.1), mapping, 0.3, change, n)
        for p in (Summed(), PulseTrain())
    )
    assert summed > 0
    # 250 pulses in 8 strides from rest, the steep end of an exponential, are off by 2.2 %.
    assert summed == pytest.approx(train, rel=0.025 if mapping.rising else 0.02)
