"""The sweeps of the gallery run at reduced size, show the physics, and run nothing twice."""

from __future__ import annotations

import importlib
import math
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
SMALL = ["--data", "clear", "--clips", "12", "--epochs", "2", "--seeds", "2", "--jobs", "1"]
Run = Callable[..., pd.DataFrame]


def attempts(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return which runs every store in ``folder`` has done, when and how often."""
    runs = {}
    for path in sorted(folder.glob("*.db")):
        with sqlite3.connect(path) as store:
            runs[path.name] = store.execute(
                "SELECT id, status, attempt, began FROM runs"
            ).fetchall()
    return runs


def accuracies(store: Path) -> np.ndarray:
    """Return the stored accuracies, (draws, seeds)."""
    with sqlite3.connect(store) as database:
        rows = database.execute(
            "SELECT json_extract(parameters, '$.\"device.draw\"'), seed,"
            " json_extract(metrics, '$.accuracy') FROM runs JOIN points ON points.id = point"
            " WHERE role = 'run'"
        ).fetchall()
    return pd.DataFrame(rows).pivot_table(index=0, columns=1, values=2).to_numpy()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Return what runs a script twice, with some values of its sweep replaced, and checks it."""
    monkeypatch.syspath_prepend(str(SCRIPTS))

    def twice(name: str, *figures: str, arguments: tuple[str, ...] = (), **values: Any) -> Any:
        script = importlib.import_module(name)
        for constant, value in values.items():
            monkeypatch.setattr(script, constant, value)
        words = [*SMALL, *arguments, "--out", str(tmp_path)]
        table = script.main(words)
        done = attempts(tmp_path)
        assert done
        again = script.main(words)
        assert attempts(tmp_path) == done
        pd.testing.assert_frame_equal(again, table)
        for figure in figures:
            assert (tmp_path / f"{figure}.png").stat().st_size > 5_000
            assert b"<svg" in (tmp_path / f"{figure}.svg").read_bytes()[:1000]
        return table

    return twice


def test_ex11_strong_read_noise_costs_accuracy(run: Run) -> None:
    table = run("ex11_noise", "noise", LEARNABLE=(0.0, 0.02), NOISE=(0.0, 0.02, 1.0))
    only = table[table.iloc[:, 0] == "in the test only"]["mean"].tolist()
    # Noise as large as the range leaves chance, 0.5, where two epochs reach three quarters.
    assert only[-1] < only[0] - 0.1
    assert len(table) == 2 + 3


def test_ex12_dropped_neurons_take_no_energy(run: Run) -> None:
    table = run("ex12_dropout", "dropout").set_index("network.dropout.keep")
    assert list(table.index) == [0.3, 0.5, 0.7, 1.0]
    # A dropped neuron drives no line, forwards or in the update: energy rises with the share kept.
    assert table["energy_training"].is_monotonic_increasing


def test_ex13_two_bits_hold_no_weights(run: Run) -> None:
    table = run("ex13_bits", "bits", BITS=(2, 10)).set_index(["weights", "device.bits"])["mean"]
    assert table["float, programmed into it", 2] < table["float, programmed into it", 10]


def test_ex14_stuck_cells_cost_yield(run: Run) -> None:
    table = run("ex14_yield", "yield-stuck", "yield-mismatch", arguments=("--chips", "3"),
                SHARES=(0.0, 0.3), SPREADS=(0.0, 0.03))  # fmt: skip
    stuck = table[table["cause"] == "share of stuck cells"]["mean"].tolist()
    assert stuck[0] == 1.0  # a chip keeps what it has
    assert stuck[-1] < 1.0
    assert (table["chips"] == 6).all()


def test_ex15_lines_cost_most_on_large_tiles(run: Run) -> None:
    table = run(
        "ex15_tile_size", "lines", OHMS=(0.0, 300.0), TOLD=300.0, SIZES=([32, 32], [512, 64])
    )
    cells = table.set_index(["test.tile.size", "test.tile.wires.r_wl"])["mean"]
    lost = [cells[size, 0.0] - cells[size, 300.0] for size in ("[32, 32]", "[512, 64]")]
    assert lost[1] > lost[0] + 0.1


def test_ex16_compensation_restores_probabilities_and_moves_no_decision(run: Run) -> None:
    pairs = {"one-sided": "one-sided"}
    table = run("ex16_drift", "drift", "drift-cells", AGES=(1.0, 3e8), PAIRS=pairs)
    names = ["exponent, pair", "test.compensate", "test.age"]
    table = table.set_index(names)
    cells = ["constant, one-sided", "published, one-sided"]
    assert list(table.index.get_level_values(0).unique()) == cells
    for kind in cells:
        chips = table.loc[kind]
        assert chips.loc[(False, 3e8), "mean"] > chips.loc[(False, 1.0), "mean"]
        # The clear sounds are mostly decided right, and gains make right decisions sure again.
        assert chips.loc[(True, 3e8), "mean"] < chips.loc[(False, 3e8), "mean"]
        assert chips.loc[(True, 3e8), "accuracy"] == chips.loc[(False, 3e8), "accuracy"]


def test_ex17_thermal_noise_matters_at_low_voltage_only(run: Run) -> None:
    table = run("ex17_temperature", "temperature", TEMPERATURES=(0.0, 77.0, 400.0),
                VOLTAGES=(0.35, 1e-4))  # fmt: skip
    usual, low = (
        table[table["test.tile.reading.v_read"] == v]["mean"].to_numpy() for v in (0.35, 1e-4)
    )
    assert np.ptp(usual) <= 0.05  # one window of twenty
    # At 0.1 mV the noise of 77 K is most of the range: chance, where two epochs reach more.
    assert low[0] == pytest.approx(usual[0], abs=0.05)
    assert low[1:].max() < low[0] - 0.1


def test_ex18_copies_share_the_windows(run: Run) -> None:
    table = run("ex18_latency_area", "latency-area")
    for row in table.itertuples():
        assert row.cycles == math.ceil(625 / row.copies) + 2  # and the two dense layers
        t_read = {"cmos": 320e-12, "reram": 10e-9}[row[1]]
        assert row.arrays == pytest.approx(row.cycles * t_read, rel=1e-12)
        assert row.latency - row.arrays > 3e-6 > row.arrays * (row[1] == "cmos")  # the softmax
        per_weight = {"cmos": 1, "reram": 2}[row[1]]
        assert row.cells == per_weight * (48 * row.copies + 1875 * 64 + 64 * 2)


def test_ex19_voltage_and_bits_cost_energy(run: Run) -> None:
    names = ["test.device.kind", "test.tile.reading.v_read", "test.tile.adc.bits"]
    axes = dict(zip(names, (("cmos", "pcm"), (0.2, 0.05), (4, 8)), strict=True))
    table = run("ex19_energy_accuracy", "energy-accuracy", AXES=axes)
    energy = table.set_index(names)["energy"].unstack().to_numpy().reshape(2, 2, 2)
    assert (np.diff(energy, axis=1) > 0).all()
    assert (np.diff(energy, axis=2) > 0).all()


def test_ex22_a_law_that_bends_little_costs_little(run: Run) -> None:
    table = run("ex22_conduction", "conduction", V0=(0.02, 1.0))
    only = table[table.iloc[:, 0] == "in the test only"].set_index("device.conduction.v0")["mean"]
    # At v_read / v0 = 10 an input of half size counts a 150th of a whole one.
    assert only[1.0] > only[0.02]


def test_ex23_inputs_in_time_leave_their_rounding(run: Run) -> None:
    """The closed forms are those of inputs that reach 1: the largest of 256 is scaled to it."""
    table = run("ex23_inputs", "inputs", STEEP=(0.5, 2.0), VECTORS=60)
    error = table.set_index(["input", "read voltage / v0"])["error"]
    for a in (0.5, 2.0):
        theory = error["amplitude, closed form", a]
        assert error["amplitude", a] == pytest.approx(theory, rel=0.05)
        for one in ("bit-serial", "pulse-width"):
            assert error[one, a] == pytest.approx(error["rounding, closed form", a], rel=0.05)
        assert error["amplitude", a] > 1.5 * error["pulse-width", a]


def test_ex20_bounds_that_few_cells_reach_cost_little(run: Run) -> None:
    table = run("ex20_nonidealities", "nonidealities-off", "nonidealities-on",
                arguments=("--seeds", "1"))  # fmt: skip
    assert table.groupby("design").size().to_dict() == {"off": 9, "on": 9}
    changes = table.set_index(["design", "name"])["loss"]
    # Weights start at a fifth of the range and move little in two epochs; of bounds that spread by
    # 15 % of the range, one in fifty stands within this fifth of the middle.
    assert abs(changes["on", "device.sigma_bounds_d2d"]) < 1e-3
    assert (changes != 0).all()


def test_ex24_errors_cost_more_than_the_bits_of_converters_or_cells(run: Run) -> None:
    table = run("ex24_programmed", "adc-bits", "bits-a-cell", "programming-error",
                arguments=("--chips", "1"), BITS=(2, 8), A_CELL=(1, 8),
                ERRORS=(0.0, 1.0))  # fmt: skip
    means = table.set_index(["figure", "value"])["mean"]
    # Cells that are written anywhere in their range hold nothing: chance, 0.5.
    assert means["programming-error", 1.0] < means["programming-error", 0.0] - 0.1
    assert means["adc-bits", 2] <= means["adc-bits", 8]
    assert abs(means["bits-a-cell", 1] - means["bits-a-cell", 8]) < 0.2


def test_ex25_repairs_win_back_what_drift_takes(run: Run) -> None:
    table = run("ex25_repair", "repair", "repair-age", arguments=("--chips", "1"),
                AGES=(3600.0, 3e8), REPAIRS=("none", "column", "refresh"))  # fmt: skip
    chips = table.set_index(["test.repair", "test.age"])
    old = chips.xs(3e8, level="test.age")
    assert old.loc["column", "mean"] > old.loc["none", "mean"] + 0.1
    assert old.loc["refresh", "mean"] > old.loc["none", "mean"] + 0.1
    assert math.isnan(old.loc["none", "energy"])
    assert old.loc["column", "energy"] > 0 < old.loc["refresh", "time"]


def test_ex26_more_cells_leave_less_of_the_device_unknown(run: Run, tmp_path: Path) -> None:
    """Of ten times as many cells: asymmetry and bounds at least twice as well, and the step.

    The shares in the figure are those of the stored results by the table of Fisher's analysis of
    variance: of n draws and k seeds, mean squares estimate the variances n seed + rest, k device +
    rest and rest, and what is below 0 counts as 0.
    """
    table = run("ex26_measured_cells", "measured-cells", CELLS=(2, 20), DRAWS=3, CHIPS=1)
    assert table["cells measured"].tolist() == ["2", "20"]
    few, many = (pd.read_csv(tmp_path / f"{n}-cells" / "posterior.csv") for n in (2, 20))
    for name in ("asymmetry", "g_max", "sigma_bounds_d2d"):
        assert many[name].std() < 0.5 * few[name].std(), name
    assert many["step.dw_min"].std() < few["step.dw_min"].std()
    figure = pd.read_csv(tmp_path / "measured-cells.csv")
    for cells, row in zip((2, 20), figure.to_dict("records"), strict=True):
        y = accuracies(tmp_path / f"cells-{cells}.db")
        assert y.shape == (3, 2)
        draw, seed = y.mean(axis=1, keepdims=True), y.mean(axis=0, keepdims=True)
        rest = ((y - draw - seed + y.mean()) ** 2).sum() / 2
        variances = {"device": (2 * draw.var(ddof=1) - rest) / 2,
                     "seed": (3 * seed.var(ddof=1) - rest) / 3, "rest": rest}  # fmt: skip
        whole = sum(max(one, 0.0) for one in variances.values())
        assert row["accuracy mean"] == pytest.approx(y.mean(), rel=1e-6)
        for cause, one in variances.items():
            assert row[f"share {cause}"] == pytest.approx(max(one, 0.0) / whole, abs=1e-6), cause
