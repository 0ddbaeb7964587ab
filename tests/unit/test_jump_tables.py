"""Jump tables: draws follow the distributions of the file, and exchanged axes are noticed.

By the inequality of Dvoretzky, Kiefer and Wolfowitz the Kolmogorov distance of n draws exceeds
sqrt(ln(2 / a) / (2 n)) with the probability a at most: 1e-6 here.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from skewed import G_MAX, G_MIN, sides, skewed, uniform

from crossbar.devices import (
    Jumps,
    JumpTable,
    Memristor,
    PulseTable,
    PulseTrains,
    Trace,
    measured_step,
)
from crossbar.devices.device_file import write_device_file
from crossbar.devices.measured import jump_files
from crossbar.errors import ConfigError, CrossbarError, DataError
from crossbar.runs import experiment
from crossbar.runs.plain import describe
from crossbar.sources import derived

N = 40_000
KOLMOGOROV = math.sqrt(math.log(2e6) / (2 * N))
SPAN = G_MAX - G_MIN


def drawn(table: JumpTable, u: float, sign: int, **device: float) -> np.ndarray:
    """Changes of u by one pulse to cells that all stand at ``u``, by the compiled loop."""
    cell = Memristor(step=table, **device)
    cells = cell.fabricate((200, N // 200), rng=np.random.default_rng(1), dtype=np.float64)
    low, _, high = cell.window
    cells.write(np.full(cells.g.shape, low + u * (high - low)))
    before = cells.g.copy()
    tally = cells.pulse(np.full(cells.g.shape, sign), rng=np.random.default_rng(2))
    assert tally.pulses == N
    return ((cells.g - before) / (high - low)).ravel()


def distance(sample: np.ndarray, change: np.ndarray, cdf: np.ndarray) -> float:
    """Kolmogorov distance to a distribution that is straight between the points of ``cdf``.

    Its largest value lies at a sample, on one side of it or on the other.
    """
    ordered = np.sort(sample)
    expected = np.interp(ordered, change, cdf)
    steps = np.arange(len(ordered) + 1) / len(ordered)
    return float(max((steps[1:] - expected).max(), (expected - steps[:-1]).max()))


def saved(path: Path, **parts: np.ndarray) -> Path:
    """Write the archive of :func:`sides`, with arrays exchanged for ``parts``."""
    arrays = {f"{side}_{name}": array for side, table in sides().items()
              for name, array in zip(jump_files.ARRAYS, table, strict=True)}  # fmt: skip
    np.savez(path, **{name: a for name, a in (arrays | parts).items() if a.size})
    return path


@pytest.mark.parametrize("level", [4, 8, 13])
def test_changes_follow_the_row_of_their_conductance(tmp_path: Path, level: int) -> None:
    """And not that of the exchanged table, which would be three bounds off at least."""
    table = JumpTable.from_file(saved(tmp_path / "jumps.npz"))
    g, change, cdf = sides()["set"]
    u, x = (g[level] - G_MIN) / SPAN, change / SPAN
    sample = drawn(table, u, 1)
    assert sample.max() <= 1 - u + 1e-9
    assert distance(sample[sample < 1 - u - 1e-9], x, cdf[level] / np.interp(1 - u, x, cdf[level])
                    ) < KOLMOGOROV  # the others are cut at the bound  # fmt: skip
    column = np.interp(x, (g - G_MIN) / SPAN * np.ptp(x) + x[0], cdf[:, level + 5])
    assert distance(sample, x, column) > 3 * KOLMOGOROV


def test_between_levels_quantiles_are_interpolated() -> None:
    """Uniform changes at both levels are uniform between, from ends between theirs."""
    jumps = uniform([(0.0, 0.1), (0.02, 0.06)], [0.0, 1.0])
    table = JumpTable(set=jumps, reset=uniform([(-0.1, 0.0), (-0.1, 0.0)], [0.0, 1.0]))
    low, high = 0.7 * 0.0 + 0.3 * 0.02, 0.7 * 0.1 + 0.3 * 0.06
    assert distance(drawn(table, 0.3, 1), np.array([low, high]), np.array([0.0, 1.0])) < KOLMOGOROV
    at = np.array([0.3])
    assert jumps.mean(at)[0] == pytest.approx(0.5 * (low + high), rel=1e-12)
    assert jumps.spread(at)[0] == pytest.approx((high - low) / math.sqrt(12.0), rel=1e-12)
    p = np.array([0.01, 0.25, 0.5, 0.99])
    np.testing.assert_allclose(jumps.quantile(0 * p + 0.3, p), low + p * (high - low), rtol=1e-12)
    np.testing.assert_allclose(jumps.probability(0 * p + 0.3, low + p * (high - low)), p, atol=1e-9)


def test_mean_and_spread_are_those_of_straight_pieces_and_ends() -> None:
    """Closed form: a piece [a, b] of mass m has mean (a + b)/2 and variance (b - a)^2/12."""
    x, cdf = np.array([-0.1, 0.0, 0.3]), np.array([0.2, 0.5, 0.9])  # 0.2 and 0.1 at the ends
    jumps = Jumps(u=[0.0, 1.0], change=x, cdf=[cdf, cdf])
    mass = np.array([0.2, 0.3, 0.4, 0.1])
    centre, width = np.array([-0.1, -0.05, 0.15, 0.3]), np.array([0.0, 0.1, 0.3, 0.0])
    mean = mass @ centre
    variance = mass @ (centre**2 + width**2 / 12) - mean**2
    assert jumps.mean(np.array([0.4]))[0] == pytest.approx(mean, rel=1e-12)
    assert jumps.spread(np.array([0.4]))[0] == pytest.approx(math.sqrt(variance), rel=1e-12)
    assert jumps.outside == pytest.approx(0.2)


@pytest.mark.parametrize("sign", [1, -1])
def test_mean_and_variance_of_draws_are_those_of_the_table(sign: int) -> None:
    """Five standard errors, of the variance by the fourth moment; bounds are far off."""
    table, u = skewed(), np.array([0.43])
    sample = drawn(table, 0.43, sign)
    mean = (table.set_mean(u) if sign > 0 else -table.reset_mean(u))[0]
    spread = (table.set_spread(u) if sign > 0 else table.reset_spread(u))[0]
    cut = 1e-3 * spread  # of exp(-0.57/0.066) = 2e-4 of draws beyond 0.57
    assert sample.mean() == pytest.approx(mean, abs=5 * spread / math.sqrt(N) + cut)
    fourth = np.mean((sample - sample.mean()) ** 4)
    error = math.sqrt((fourth - spread**4) / N)
    assert sample.var() == pytest.approx(spread**2, abs=5 * error + 20 * cut * spread)


def test_numpy_draws_equal_those_of_the_loop_in_distribution() -> None:
    """Two samples: sqrt(ln(2 / a) (n + m) / (2 n m)) for a = 1e-6."""
    table = skewed()
    one = np.sort(drawn(table, 0.31, -1))
    other = np.sort(table.draw(np.full(N, 0.31), False, rng=np.random.default_rng(7)))
    other = np.sort(np.maximum(other, -0.31))
    each = np.searchsorted(one, np.concatenate([one, other]), side="right") / N
    both = np.searchsorted(other, np.concatenate([one, other]), side="right") / N
    assert np.abs(each - both)[: N - 10].max() < math.sqrt(2.0) * KOLMOGOROV


def test_cells_of_their_own_size_draw_larger_changes() -> None:
    table = skewed()
    larger, plain = drawn(table, 0.43, 1, asymmetry=0.5), drawn(table, 0.43, 1)
    np.testing.assert_allclose(larger, np.minimum(1.5 * plain, 0.57), rtol=1e-5, atol=1e-12)
    assert Memristor(step=table).window == (G_MIN, pytest.approx(22e-6), G_MAX)


def test_moments_alone_make_a_pulse_table() -> None:
    table, u = skewed(), np.linspace(0.0, 1.0, 21)
    moments = table.moments()
    np.testing.assert_allclose(moments.set_mean(u), table.set_mean(u), rtol=1e-12)
    np.testing.assert_allclose(moments.reset_spread(u), table.reset_spread(u), rtol=1e-12)
    back = JumpTable(set=uniform([(0.0, 0.1), (-0.04, 0.0)], [0.0, 1.0]), reset=table.reset)
    assert "means that go back, by 2 % of the range" in back.moments().note


def test_files_of_both_kinds_are_steps_of_a_device(tmp_path: Path) -> None:
    archive, text = saved(tmp_path / "jumps.npz"), tmp_path / "jumps.csv"
    jump_files.write(text, sides(), ["own"])
    first, second = measured_step(archive), measured_step(text)
    assert isinstance(first, JumpTable)
    assert isinstance(second, JumpTable)
    np.testing.assert_allclose(second.set.cdf, first.set.cdf, atol=1e-9)
    assert (second.g_min, second.g_max) == pytest.approx((G_MIN, G_MAX))
    for path in (archive, text):
        device = experiment({"device": {"kind": "constant", "step": str(path)}}).device
        assert isinstance(device, Memristor)
        assert device.step == measured_step(path)
        assert (device.g_min, device.g_max) == pytest.approx((G_MIN, G_MAX))
    record = describe(first)
    assert record["set"] == {"type": "Jumps", "digest": first.set.digest}
    assert record["note"].startswith("every pulse is drawn from a measured table; up to 0.2 %")
    assert first != JumpTable.of(sides(changes=35))
    plain = tmp_path / "pulses.csv"
    plain.write_text("u,up,up_std,down,down_std\n0,0.1,0,0.1,0\n1,0.1,0,0.1,0\n")
    assert isinstance(measured_step(plain), PulseTable)
    assert len(repr(first)) < 120


def pulsed(count: int) -> PulseTrains:
    """Trains of a device that draws from the skewed table, each pulse read before and after."""
    cell = Memristor(step=skewed())
    rng = np.random.default_rng(9)
    cells = cell.fabricate((1, count // 80), rng=rng, dtype=np.float64)
    cells.write(np.full(cells.g.shape, 0.5 * (G_MIN + G_MAX)))
    seen = [cells.g[0].copy()]
    for k in range(80):
        cells.pulse(np.full(cells.g.shape, 1 if k % 8 < 4 else -1), rng=rng)
        seen.append(cells.g[0].copy())
    g = np.array(seen)
    return PulseTrains.of([Trace(d, k, k % 2 == 0, g[4 * k : 4 * k + 5, d])
                           for d in range(g.shape[1]) for k in range(20)])  # fmt: skip


def test_a_table_comes_back_from_pulses_that_were_drawn_from_it(tmp_path: Path) -> None:
    """At mid-range, where bounds cut little. A tenth of the 20 000 set pulses begin in the band:
    their Kolmogorov distance is below 0.06 but for 1e-6.
    """
    trains = pulsed(40_000)
    table = JumpTable.of_trains(trains)
    assert (table.g_min, table.g_max) == trains.range
    low, span = trains.range[0], trains.range[1] - trains.range[0]
    true, x = skewed(), np.linspace(-0.1, 0.35, 181)
    for u in (0.4, 0.5, 0.6):
        own = np.full(x.shape, (G_MIN + u * SPAN - low) / span)
        guess = table.set.probability(own, x * SPAN / span)
        exact = true.set.probability(np.full(x.shape, u), x)
        assert np.abs(guess - exact).max() < 0.06
    again = tmp_path / "table.csv"
    table.write(again, ["a table made here"])
    np.testing.assert_allclose(measured_step(again).set_mean(u), table.set_mean(u), rtol=1e-4)
    few = PulseTrains.of(list(trains.traces[:4]))
    with pytest.raises(DataError, match="expected 50 set pulses or more, got 8"):
        JumpTable.of_trains(few)


def test_a_device_file_holds_its_table(tmp_path: Path) -> None:
    device = Memristor(step=skewed())
    why = {"g_min g_max step.g_min step.g_max": derived("a table made here")}
    path = write_device_file(tmp_path, device, why, {}, {})
    assert experiment({"device": {"kind": str(path)}}).device == device
    text = path.read_text()
    path.write_text(text.replace("[0.0, 0.05,", '["a", 0.05,', 1))
    with pytest.raises(CrossbarError, match=r"Jumps\.u: expected finite numbers"):
        experiment({"device": {"kind": str(path)}})


def test_exchanged_rows_and_columns_are_noticed(tmp_path: Path) -> None:
    g, change, cdf = sides(33, 33)["set"]
    parts = {"set_axis_level_G": g, "set_axis_level_dG": change}
    JumpTable.from_file(saved(tmp_path / "right.npz", **parts, set_cdf=cdf))
    path = saved(tmp_path / "wrong.npz", **parts, set_cdf=cdf.T)
    with pytest.raises(DataError, match=r"wrong\.npz: Jumps\.cdf: .*rows and columns exchanged"):
        JumpTable.from_file(path)
    falling = uniform([(0.1, 0.2), (0.05, 0.15), (0.0, 0.1)], [0.0, 0.5, 1.0])  # rises both ways
    with pytest.raises(ConfigError, match="exchanged"):
        Jumps(u=falling.change, change=falling.u, cdf=falling.cdf.T)


HEAD = "polarity,g_uS,dg_uS,cdf\n"
ROWS = "".join(f"{w},{g},{s * x},{p}\n" for w, s in (("set", 1), ("reset", -1)) for g in (1, 5)
               for x, p in ((0, 0.0 if s > 0 else 1.0), (1, 1.0 if s > 0 else 0.0)))  # fmt: skip
BROKEN = {
    "no such file": (None, "gone.csv: .*No such file"),
    "no cdf": (HEAD.replace(",cdf", ",p") + ROWS, "csv:1: .*no column cdf"),
    "a gap": (HEAD + ROWS.replace("set,5,1,1.0\n", "", 1), "a set row for .*none for 5e-06 S and"),
    "twice": (HEAD + ROWS + "set,5,1,1.0\n", "csv:10: expected each .* once"),
    "one polarity": (HEAD + ROWS[: len(ROWS) // 2 - 8], "expected rows of reset pulses, got none"),
    "NaN": (HEAD + ROWS.replace("set,5,1,1.0", "set,5,1,nan", 1), "csv:5, column 4: .*'nan'"),
    "a density": (HEAD + ROWS.replace("set,1,0,0.0", "set,1,0,1.5"), "never fall .*level 0"),
    "57 S": (HEAD.replace("g_uS,d", "g_S,d") + ROWS.replace("t,5", "t,57"), "up to 1 S, got 57 S"),
    "signs": (HEAD + ROWS.replace("reset,1,-1", "reset,1,1").replace("reset,5,-1", "reset,5,1")
              .replace("reset,1,0,1.0", "reset,1,0,0.0").replace("reset,5,0,1.0", "reset,5,0,0.0")
              .replace("1,1,0.0", "1,1,1.0").replace("5,1,0.0", "5,1,1.0"),
              "JumpTable.reset: expected a mean reset pulse that lowers"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "match"), BROKEN.values(), ids=BROKEN)
def test_a_broken_table_is_refused(tmp_path: Path, text: str | None, match: str) -> None:
    path = tmp_path / "gone.csv"
    if text is not None:
        path.write_text(text)
    with pytest.raises(CrossbarError, match=match) as error:
        JumpTable.from_file(path)
    assert str(error.value).startswith(str(tmp_path))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("parts", "match"), [
    ({"reset_cdf": np.array([])}, "reset_cdf: expected an array, got none"),
    ({"set_cdf": np.array([["a"]])}, "set_cdf: expected finite numbers"),
    ({"set_axis_level_G": np.array([1.0, 57.0])}, "set_axis_level_G: .*up to 1 S, got 57 S"),
    ({"set_axis_level_G": np.array([1e-6, 2e-6])}, r"Jumps.cdf: expected \(levels, changes\)"),
])  # fmt: skip
def test_a_broken_archive_is_refused(
    tmp_path: Path, parts: dict[str, np.ndarray], match: str
) -> None:
    with pytest.raises(DataError, match=match):
        JumpTable.from_file(saved(tmp_path / "jumps.npz", **parts))
    (tmp_path / "text.npz").write_text("no archive")
    with pytest.raises(DataError, match=r"text\.npz: .*damaged"):
        JumpTable.from_file(tmp_path / "text.npz")
