"""Compiled loops and whole pulses, cell by cell, do the same to every device.

Cells are offered the same change three times: through the loop of their law, through
:meth:`Cells.pulse` as an array calls it for cells without a loop, and through a train of single
pulses in NumPy, which knows nothing of the loops. Bounds are 5 standard errors of each estimate,
6e-7 of false alarms each; seeds are fixed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest

from crossbar.circuit.array import Array
from crossbar.circuit.layout import Layout
from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.reading import Reading
from crossbar.circuit.updates import CellUpdates
from crossbar.devices import (
    PRESETS,
    Cells,
    Constant,
    Device,
    Exponential,
    ExponentialFloor,
    Jumps,
    JumpTable,
    Linear,
    Memristor,
    PulseTable,
    PulseTrain,
    SoftBounds,
    Step,
    StuckAt,
    Tally,
    single_pulses,
)
from crossbar.devices.cmos_cells import CmosCells
from crossbar.devices.compiled import alone
from crossbar.devices.laws.steps import STEPS
from crossbar.devices.library import DEVICES as KINDS
from crossbar.devices.memristor_cells import MemristorCells
from crossbar.errors import ConfigError

OUTSIDE = Path(__file__).parents[1] / "extending"
MEASURED = PulseTable(
    u=(0.0, 0.3, 0.7, 1.0),
    up=(0.004, 0.003, 0.0015, 0.0),
    up_std=(0.0008, 0.001, 0.0006, 0.0002),
    down=(0.0, 0.001, 0.002, 0.003),
    down_std=(0.0001, 0.0004, 0.0008, 0.001),
)
SKEWED = JumpTable(
    set=Jumps(u=(0, 1), change=(-0.002, 0, 0.01, 0.02), cdf=((0, 0.2, 0.7, 1), (0.1, 0.3, 0.9, 1))),
    reset=Jumps(u=(0, 1), change=(-0.03, 0, 0.001), cdf=((0.05, 0.8, 1), (0.1, 0.9, 0.95))),
)
FORMS: list[Step] = [
    Constant(dw_min=0.004),
    Linear(dw_min=0.004, slope=-0.5),
    SoftBounds(dw_min=0.004),
    Exponential(dw_min=0.004, steepness=4.0),
    ExponentialFloor(floor=0.002, rise=3.0, floor_reset=0.001, noise_floor=0.001),
    MEASURED,
    SKEWED,
]
DEVICES: dict[str, Device] = {name: p.device for name, p in PRESETS.items() if name != "ideal"}
DEVICES |= {f"step {type(s).__name__}": Memristor(step=s, sigma_c2c=0.4) for s in FORMS}
DEVICES |= {
    "linear, own reset": Memristor(
        step=Linear(dw_min=0.004, slope=0.3, dw_min_reset=0.006, slope_reset=-0.5), sigma_c2c=0.4
    ),
    "linear, own reset, flat": Memristor(
        step=Linear(dw_min=0.004, slope=-0.2, dw_min_reset=0.002, slope_reset=0.7, spread=0.002),
        sigma_d2d=0.1,
    ),
    "soft bounds, own reset, flat": Memristor(
        step=SoftBounds(dw_min=0.004, dw_min_reset=0.006, spread=0.004), asymmetry=0.1
    ),
    "both spreads": Memristor(step=SoftBounds(dw_min=0.004, spread=0.004), sigma_c2c=0.5),
    "train": Memristor(step=SoftBounds(dw_min=0.004), sigma_c2c=0.4, pulsing=PulseTrain()),
    "coarse": Memristor(step=SoftBounds(dw_min=0.2), sigma_d2d=0.1, asymmetry=0.1),
    "stuck": StuckAt(PRESETS["reram"].device, p_on=0.1, p_off=0.2),
}
outside = spec_from_file_location("by_law", OUTSIDE / "device_by_law.py")
by_law = module_from_spec(outside)
outside.loader.exec_module(by_law)
DEVICES["from outside, by law"] = by_law.CELL.device
STARTS = (0.3, 0.75)
ROWS, EACH = 200, 50  # cells at each start: ROWS x EACH
SHAPE = (ROWS, EACH * len(STARTS))
every_device = pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES)


def healthy(device: Device) -> Device:
    return device.device if isinstance(device, StuckAt) else device


def numpy_memristors(cells: MemristorCells, counts: np.ndarray, *, rng) -> Tally:
    """Single pulses by the formula of the step, with the spread of every cell drawn again."""
    spec, again = cells.spec, np.random.default_rng(1)

    def normal() -> np.ndarray:
        return again.standard_normal(SHAPE[::-1], dtype=np.float32).astype(np.float64).T

    size, tilt, low, high = spec.spread_law.draw(spec.window, normal)
    scale, tilt = (spec.g_max - spec.g_min) * size, spec.asymmetry + tilt
    tally, step = Tally(), spec.step
    for sign in single_pulses(counts):
        u = np.clip((cells.g - low) / (high - low), 0, 1)
        up = step.set_mean(u), step.set_spread(u)
        down = step.reset_mean(u), step.reset_spread(u)
        mean, spread = (np.where(sign > 0, a, b) for a, b in zip(up, down, strict=True))
        drawn = mean + np.hypot(spread, spec.sigma_c2c * mean) * rng.standard_normal(SHAPE)
        rate = scale * np.where(sign > 0, 1 + tilt, 1 - tilt)
        tally.add(cells.move(cells.g + sign * rate * drawn, sign))
    return tally


def numpy_codes(cells: CmosCells, counts: np.ndarray, *, rng) -> Tally:
    """Codes as whole numbers, and the sum of the branches that are on."""
    top = 2**cells.spec.bits - 1
    code = np.where(cells.free, np.clip(cells.code + counts, 0, top), cells.code)
    taken = np.abs(code - cells.code)
    on = [((code >> b) & 1) * branch.T for b, branch in enumerate(cells.branches)]
    tally = Tally.of(
        pulses=taken.sum(),
        changed=np.count_nonzero(taken),
        saturated=np.count_nonzero(cells.free & (code != cells.code + counts)),
        conductance=(taken * cells.g).sum(),
    )
    cells.code[...], cells.g[...] = code, np.sum(on, axis=0)
    return tally


ORACLES: dict[type[Cells], Callable[..., Tally]] = {
    MemristorCells: numpy_memristors,
    CmosCells: numpy_codes,
}


@dataclass
class Response:
    """Changes (starts, cells) relative to the range, and what was counted."""

    change: np.ndarray
    tally: Tally


def respond(device: Device, pulses: float, path: str) -> Response:
    """Offer the same change to every cell, by one of the paths."""
    cells = device.fabricate(SHAPE, rng=np.random.default_rng(1), dtype=np.float64)
    low, _, high = device.window
    start = np.repeat(low + (high - low) * np.array(STARTS), EACH)
    cells.program(np.broadcast_to(start, SHAPE), rng=np.random.default_rng(2))
    updates, before = CellUpdates(cells, alone(cells.g.T)), cells.g.copy()
    if path != "compiled":
        updates.compiled = None
    if path == "numpy":
        cells.pulse = partial(ORACLES[type(cells)], cells)
    x, d = np.ones((1, ROWS)), np.full((1, SHAPE[1], 1), pulses * device.quantum)
    tally, rng = Tally(), np.random.default_rng(3)
    updates.change((x, d, 1.0, 1.0), tally, updates.key(rng), rng=rng)
    moved = ((cells.g - before) / (high - low)).reshape(ROWS, len(STARTS), EACH)
    return Response(np.moveaxis(moved, 1, 0).reshape(len(STARTS), -1), tally)


def variance_error(sample: np.ndarray) -> np.ndarray:
    """Standard error of the variance of each row, from its fourth moment."""
    centred = sample - sample.mean(axis=1, keepdims=True)
    fourth, second = (centred**4).mean(axis=1), (centred**2).mean(axis=1)
    return np.sqrt((fourth - second**2) / sample.shape[1])


def test_every_device_and_step_law_has_a_case() -> None:
    assert set(KINDS.names) == {*PRESETS}
    classes = {STEPS.resolve(name, "step") for name in STEPS.names} | {PulseTable, JumpTable}
    assert {type(step) for step in FORMS} == classes


@every_device
@pytest.mark.parametrize("pulses", [1.3, -1.3, 12.0, -12.0])
def test_both_paths_and_numpy_move_cells_alike(device: Device, pulses: float) -> None:
    """Strides of tables are off by up to 0.4 % of the change and 4 % of the variance.

    A bound cuts the sum of a change, not every pulse. Where the spread does not vanish at a bound,
    up to 1 % of the cells begin and end there by the sum, and move by the train.
    """
    compiled, *others = (respond(device, pulses, p) for p in ("compiled", "general", "numpy"))
    step = getattr(healthy(device), "step", None)
    line = getattr(step, "straight", None)
    table = step is not None and (line is None or bool(line.spread and healthy(device).sigma_c2c))
    off, off_variance = (4e-3, 0.04) if table and abs(pulses) > 8 else (3e-5, 3e-4)
    low, _, high = device.window
    a = compiled.change
    for other in others:
        b = other.change
        size, n = np.abs(b.mean(axis=1)), a.shape[1]
        error = np.sqrt((a.var(axis=1) + b.var(axis=1)) / n)
        assert np.all(np.abs(a.mean(axis=1) - b.mean(axis=1)) <= 5 * error + off * size)
        error = np.hypot(variance_error(a), variance_error(b))
        limit = 5 * error + off_variance * b.var(axis=1) + (3e-5 * size) ** 2
        assert np.all(np.abs(a.var(axis=1) - b.var(axis=1)) <= limit)
        assert compiled.tally.pulses == other.tally.pulses > 0
        share = other.tally.changed / b.size
        error = 5 * np.sqrt(2 * share * (1 - share) * b.size)
        error += 0.01 * b.size * (line is not None and line.spread > 0)
        assert abs(compiled.tally.changed - other.tally.changed) <= error
        scatter = 5 * np.sqrt((a.var(axis=1) + b.var(axis=1)).sum() * n)
        each = (scatter + 0.01 * np.abs(b).sum()) * (high - low) * max(abs(pulses), 1)
        met = compiled.tally.conductance, other.tally.conductance
        assert abs(met[0] - met[1]) <= each + 3e-5 * met[1]


def array_of(device: Device, mapping, *, general: bool) -> Array:
    array = Array.fabricate(
        device,
        mapping,
        Layout(rows=9, cols=7, copies=1, size=(4, 3)),
        Reading(),
        None,
        rng=np.random.default_rng(1),
        dtype=np.float64,
    )
    array.program(np.zeros((9, 7)), rng=np.random.default_rng(2))
    if general:
        for one in array._updates.cells:
            one.compiled = None
    return array


@every_device
@pytest.mark.parametrize("mapping", [Offset(w_max=1.0), DifferentialPair(w_max=1.0)],
                         ids=["offset", "pair"])  # fmt: skip
def test_an_array_follows_cells_that_it_pulses_as_those_of_a_loop(device, mapping) -> None:
    """Sums equal those of the cells, of several samples; pulses are those that were foretold."""
    for general in (False, True):
        array, rng = array_of(device, mapping, general=general), np.random.default_rng(4)
        x, d = rng.normal(0, 2, (3, 9)), rng.normal(0, 2, (3, 7, 1))
        step = device.quantum * len(array.cells)
        given = array.pulses(x, d, step, rng=np.random.default_rng(5))
        tally, offered = array.change(x, d, step, rng=np.random.default_rng(5))
        assert offered == x.size * 7
        if healthy(device).write_event == "pulses":
            assert tally.pulses == sum(one.sum() for one in given)
        lines, groups = array.lines[0], [c.g for c in array.cells]
        total, signed = sum(groups), groups[0] - (groups[1] if len(groups) > 1 else 0.0)
        down, across = array.layout.row_slices(), array.layout.col_slices()
        sums = np.stack([total[:, k].sum(axis=1) for k in across])
        np.testing.assert_allclose(lines.row_total, sums, rtol=1e-12)
        sums = np.stack([total[r].sum(axis=0) for r in down])
        np.testing.assert_allclose(lines.col_total, sums, rtol=1e-12)
        np.testing.assert_allclose(lines.seen, signed, rtol=0, atol=1e-12 * total.max())


def test_ideal_cells_take_no_whole_pulses() -> None:
    array = array_of(PRESETS["ideal"].device, Offset(w_max=1.0), general=True)
    with pytest.raises(ConfigError, match=r"IdealCell\.quantum: expected a conductance above 0"):
        array.change(np.ones((1, 9)), np.ones((1, 7, 1)), 1e-6, rng=np.random.default_rng(0))
