"""Convolutions on cells that are not ohmic: windows, gradients and updates, cell by cell."""

from __future__ import annotations

import math

import numpy as np
import pytest

from crossbar.activity import Activity
from crossbar.circuit.mapping import DifferentialPair
from crossbar.circuit.reading import Reading
from crossbar.devices import Conduction, IdealCell, IVTable, Power, Sinh, TransistorSelector
from crossbar.errors import SolverError
from crossbar.nn import Convolution, Dense, Network, Place, Relu, pace
from crossbar.nn.training import Training, fit
from crossbar.random import Streams
from crossbar.substrates.tile import Tile
from crossbar.wires import Wires, newton

QUIET = Reading(temperature=0.0)
LAWS: dict[str, Conduction] = {
    "sinh": Sinh(v0=0.08),
    "power": Power(p=1.6),
    "table": IVTable(v=(0.1, 0.25), i=((1e-6, 4e-6),)),
    "table of states": IVTable(v=(0.1, 0.25), i=((1e-6, 4e-6), (2e-5, 6e-5))),
    "selector": TransistorSelector(r_on=2e3, i_sat=2e-6),
}
R_WL, R_BL, R_DRIVER, R_SENSE = 30.0, 50.0, 400.0, 170.0
LINES = {
    "ideal": None,
    "resistive": Wires(r_wl=R_WL, r_bl=R_BL, r_driver=R_DRIVER, r_sense=R_SENSE),
}
every_law = pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
every_line = pytest.mark.parametrize("wires", LINES.values(), ids=LINES)


def tile(law: Conduction, wires: Wires | None, **fields) -> Tile:
    cell = IdealCell(g_min=1e-6, g_max=40e-6, conduction=law)
    fields = {"reading": QUIET, "dtype": np.float64} | fields
    return Tile(device=cell, mapping=DifferentialPair(), wires=wires, **fields)


def balance(g: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """Return the matrix of Kirchhoff's laws of all nodes, those of word lines first."""
    rows, cols = g.shape
    a = np.zeros((2 * g.size, 2 * g.size))

    def join(one: int, other: int | None, siemens: float) -> None:
        a[one, one] += siemens
        if other is not None:
            a[other, other] += siemens
            a[one, other] -= siemens
            a[other, one] -= siemens

    for r in range(rows):
        for c in range(cols):
            w, b = r * cols + c, g.size + r * cols + c
            join(w, b, slope[r, c])
            join(w, w - 1 if c else None, 1 / (R_WL if c else R_WL + R_DRIVER))
            last = r == rows - 1
            join(b, None if last else b + cols, 1 / (R_BL + R_SENSE if last else R_BL))
    return a


def flowing(law: Conduction, g: np.ndarray, wl: np.ndarray, bl: np.ndarray, lossy: bool) -> tuple:
    """Return the currents out of the word-line sources and into the bit-line ends, for one read."""
    rows, cols = g.shape
    if not lossy:
        i = np.array([[float(law.current(g[r, c], np.float64(wl[r] - bl[c]))[0])
                       for c in range(cols)] for r in range(rows)])  # fmt: skip
        return i.sum(axis=1), i.sum(axis=0)
    source = np.zeros((2, rows, cols))
    source[0, :, 0], source[1, -1] = wl / (R_WL + R_DRIVER), bl / (R_BL + R_SENSE)
    w, b = (np.broadcast_to(a, g.shape) for a in (wl[:, None], bl))
    for _ in range(60):  # Newton's method on all nodes at once
        i, slope = law.current(g, w - b)
        rest = i - slope * (w - b)
        known = source - np.stack([rest, -rest])
        new = np.linalg.solve(balance(g, slope), known.ravel()).reshape(2, rows, cols)
        moved = max(np.abs(new[0] - w).max(), np.abs(new[1] - b).max())
        w, b = new
        if moved < 1e-15:
            break
    return (wl - w[:, 0]) / (R_WL + R_DRIVER), (b[-1] - bl) / (R_BL + R_SENSE)


def product(state, x: np.ndarray, *, back: bool = False) -> np.ndarray:
    """Return what ``state`` makes of the vectors ``x`` (n, positions, lines), cell by cell."""
    array, law = state.array, state.spec.device.conduction
    ((_, _, _, g),) = array.physical()
    out = np.empty((*x.shape[:2], state.shape[0 if back else 1]))
    for s, sample in enumerate(x):
        gain = QUIET.v_read / np.abs(sample).max()
        for p, v in enumerate(gain * sample):
            wl, bl = np.zeros(len(g)), np.zeros(g.shape[1])
            if back:
                bl[::2], bl[1::2] = v, -v
                out[s, p] = -flowing(law, g, wl, bl, state.spec.wires is not None)[0]
            else:
                lines = flowing(law, g, v, bl, state.spec.wires is not None)[1]
                out[s, p] = lines[::2] - lines[1::2]
        out[s] /= gain * array.scale
    return out


def cut(x: np.ndarray, kernel: int) -> np.ndarray:
    """Return the windows of images (n, height, width, channels), one a row."""
    n, height, width, _ = x.shape
    places = [(r, c) for r in range(height - kernel + 1) for c in range(width - kernel + 1)]
    own = [[x[s, r : r + kernel, c : c + kernel].ravel() for r, c in places] for s in range(n)]
    return np.array(own)


def laid(parts: np.ndarray, shape: tuple[int, ...], kernel: int) -> np.ndarray:
    """Return images whose windows were ``parts`` (n, positions, entries), added where they meet."""
    n, _, width, channels = shape
    total, across = np.zeros(shape), width - kernel + 1
    for s in range(n):
        for p, part in enumerate(parts[s]):
            r, c = divmod(p, across)
            own = part.reshape(kernel, kernel, channels)
            total[s, r : r + kernel, c : c + kernel] += own
    return total


@every_line
@every_law
@pytest.mark.parametrize("plain", [True, False], ids=["dense windows", "others"])
def test_a_convolution_infers_and_learns_cell_by_cell(law, wires, plain):
    """Outputs, gradients at the image and the changed weights, to 1e-9 of the largest."""
    fields = {} if plain else {"bias": True}
    spec, shape = Convolution(filters=2, kernel=2, **fields), (3, 4, 1)
    (matrix,) = spec.matrices(shape)
    rng = np.random.default_rng(0)
    held = tile(law, wires).program(
        rng.normal(size=(matrix.rows, matrix.cols)), rng=rng, activity=Activity()
    )
    place = Place("c", (shape,), spec.output_shape(shape), {matrix.part: held}, held.activity)
    state = spec.state(place)
    x, d = rng.normal(size=(2, *shape)), rng.normal(size=(2, 2, 3, 2))
    windows = cut(x, 2)
    if not plain:
        windows = np.concatenate([windows, np.ones((*windows.shape[:2], 1))], axis=2)
    flat = d.reshape(2, 6, 2)
    expected, returned = product(held, windows), product(held, flat, back=True)[:, :, :4]

    got = state.forward(x, rng=rng).reshape(expected.shape)
    np.testing.assert_allclose(got, expected, atol=1e-9 * np.abs(expected).max())
    state.d = d
    (back,) = state.backward(d, rng=rng)
    image = laid(returned, x.shape, 2)
    np.testing.assert_allclose(back, image, atol=1e-9 * np.abs(image).max())
    before = held.weights[0]
    state.update(1e-3, rng=rng)
    change = -1e-3 * np.einsum("npi,npj->ij", windows, flat)
    np.testing.assert_allclose(held.weights[0] - before, change, atol=1e-9 * np.abs(change).max())


NETWORK = Network(
    input_shape=(4, 4),
    layers={"c": Convolution(filters=4, kernel=2), "relu": Relu(), "out": Dense(units=2)},
)


@every_line
def test_a_network_with_a_convolution_learns_on_such_cells(wires):
    """Lines that stand against lines that lie: the loss falls to a fifth."""
    chip = NETWORK.build(tile(Sinh(v0=0.1, v_ref=0.2), wires), Streams(1))
    x = np.zeros((8, 4, 4))
    for k in range(4):
        x[k, k], x[4 + k, :, k] = 1.0, 1.0
    labels, losses = np.repeat([0, 1], 4), []
    rng = np.random.default_rng(2)
    for _ in range(60):
        p = chip.learn(x, labels, 0.1, rng=rng)
        losses.append(-math.log(math.prod(p[np.arange(8), labels])) / 8)
    assert losses[-1] < 0.2 * losses[0]
    assert (chip.outputs(x, rng=rng).argmax(axis=1) == labels).all()


def test_an_array_that_is_not_solved_is_named_and_no_divergence(monkeypatch):
    """Of a training, which does not take it for a rate that is too large."""
    chip = NETWORK.build(tile(Sinh(v0=0.05), LINES["resistive"], size=(3, 4)), Streams(1))
    samples = np.ones((2, 4, 4)), np.array([0, 1])
    monkeypatch.setattr(newton, "STEPS", 1)
    expected = (
        r"^array 'c-0': Wires\.solve: expected .* after 1 steps, in 3 x 8 cells at up to 0\.2 V"
    )
    with pytest.raises(SolverError, match=expected):
        fit(chip, samples, samples, Training(epochs=1), streams=Streams(1))


@pytest.mark.parametrize(("seconds", "hours"), [(6.0, "4.2"), (1.0, None)])
@every_line
def test_a_training_of_hours_says_so_once(wires, seconds, hours, monkeypatch, caplog):
    """By a clock that moves on by ``seconds`` at every step, and by a minute as loops compile."""
    chip = NETWORK.build(tile(Sinh(v0=0.1), wires), Streams(1))
    clock = iter([0.0, *(60.0 + seconds * np.arange(100))])
    monkeypatch.setattr(pace.time, "perf_counter", lambda: next(clock))
    watch = pace.Pace(chip, 2503)
    watch.begin()
    for _ in range(20):
        watch.see(1)
    lines = [record.getMessage() for record in caplog.records]
    if hours is None:
        assert lines == []
        return
    (line,) = lines
    assert line.startswith(f"training takes about {hours} h more: 2500 samples are left, and the ")
    assert "fastest of the first 3 steps took 6 s a sample." in line
    assert ("Newton's method reads c, out vector by vector" in line) == (wires is not None)


@every_line
@every_law
def test_signals_that_are_no_numbers_stay_so(law, wires):
    """A training that diverges ends as one, and not in an error of the solver."""
    held = tile(law, wires).program(np.ones((3, 2)), rng=np.random.default_rng(0))
    for read, lines in ((held.read, 3), (held.read_back, 2)):
        x = np.ones((2, lines))
        x[1, 0] = np.nan
        assert np.isnan(read(x, rng=np.random.default_rng(1))[1]).all()
