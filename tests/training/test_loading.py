"""A folder becomes a run with its chips, samples and figures, or a sweep with its table."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

import crossbar
from crossbar.cli import main
from crossbar.errors import ConfigError, DataError
from crossbar.loading import LoadedRun
from crossbar.nn import evaluate
from crossbar.random import Streams
from crossbar.report.sweeps import Sweep
from crossbar.runs import experiment, train
from crossbar.runs.store import Finished, Point, Store

SETTINGS = {
    "seed": [0, 1],
    "data": {"clips": 12},
    "train": {"epochs": 1},
    "network": {"hidden": 8},
    "device": {"kind": "ideal"},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "ideal"
    train(experiment(SETTINGS), folder)
    return folder


@pytest.fixture(scope="module")
def run(folder: Path) -> LoadedRun:
    loaded = crossbar.load(folder)
    assert isinstance(loaded, LoadedRun)
    return loaded


def test_a_run_has_what_training_left(run: LoadedRun) -> None:
    assert run.seeds == (0, 1)
    assert list(run.history.index) == [(0, 0), (1, 0)]
    assert run.history.loc[(1, 0), "loss"] == run.records.chips[1].history["loss"].iloc[0]
    assert len(run.data) == run.result["windows"]
    assert repr(run).startswith("<LoadedRun ideal: ideal, seeds (0, 1), accuracy 0.")
    assert len(repr(run)) <= 100
    assert "recording" in run._repr_html_()


def test_its_chip_classifies_as_in_the_test_of_the_run(run: LoadedRun) -> None:
    """Reads of this device have the noise of resistors alone, which turns no decision here."""
    for record, (seed, chip) in zip(run.result["per_seed"], run.chips.items(), strict=True):
        seen = evaluate(chip, *run.parts(seed).test, rng=Streams(seed)("again"))
        assert seen.record()["accuracy"] == pytest.approx(record["accuracy"], abs=0.02)


def test_a_chip_is_a_new_one_every_time(run: LoadedRun) -> None:
    changed = run.chip()
    x, labels = (part[:4] for part in run.parts().train)
    before = run.chip().trained()["fc"]
    changed.learn(x, labels, 0.1, rng=Streams(0)("learn"))
    assert not np.array_equal(changed.trained()["fc"], before)
    assert np.array_equal(run.chip().trained()["fc"], before)


def test_its_figures_are_those_of_the_report(run: LoadedRun) -> None:
    assert {"ideal-confusion", "ideal-learning-loss", "ideal-map-fc"} <= run.figures.keys()
    picture = run.figures["ideal-confusion"]
    assert picture._repr_svg_().lstrip().startswith("<?xml")
    assert len(repr(picture)) < 100


def test_its_plot_is_that_of_the_report(run: LoadedRun) -> None:
    loss, accuracy = run.plot().axes
    assert (loss.get_ylabel(), accuracy.get_ylabel()) == ("loss", "accuracy (%)")
    trained = run.history["loss"].unstack("seed").mean(axis=1)
    means = [line for line in loss.lines if line.get_label() == "training"]
    np.testing.assert_allclose(means[0].get_ydata(), trained)


def test_its_chips_are_exported_each_into_a_folder(run: LoadedRun, tmp_path: Path) -> None:
    names = {str(path.relative_to(tmp_path)) for path in crossbar.export(run, tmp_path)}
    assert {"seed-0/weights.npz", "seed-1/conductances.csv", "seed-1/netlists/fc.cir"} <= names
    assert "seed-0/pulses.csv" not in names  # ideal cells have no pulses
    weights = np.load(tmp_path / "seed-1" / "weights.npz")["fc"]
    np.testing.assert_array_equal(weights, run.chip(1).trained()["fc"])


def test_a_command_exports_the_chips_of_a_run(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["crossbar", "export", str(folder), "--out", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert capsys.readouterr().out == f"{len(written)} files are in {tmp_path}.\n"
    assert tmp_path / "seed-1" / "conductances.npz" in written


def test_what_is_no_run_is_refused(run: LoadedRun, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"the folder of a run, got none\. .*ideal"):
        crossbar.load(folder.with_name("idael"))
    with pytest.raises(DataError, match=r"folder of one run, got a folder of runs: ideal\. Load "):
        crossbar.load(folder.parent)
    with pytest.raises(DataError, match=r"a finished run, got none"):
        crossbar.load(tmp_path)
    (tmp_path / "seed-0").mkdir()
    with pytest.raises(DataError, match="got an unfinished one"):
        crossbar.load(str(tmp_path))
    with pytest.raises(ConfigError, match=r"LoadedRun.seed: expected one of: 0, 1, got 7\."):
        run.chip(7)


def store_two_runs(folder: Path) -> None:
    with Store(folder, write=True) as store:
        store.add([Point({"bits": bits}, {"bits": bits}) for bits in (4, 8)], seeds=[0])
        session = store.enter()
        claimed = store.step(session, [], 2)
        done = [
            Finished(one.run, 0.0, 1.0, "host", {}, metrics={"accuracy": 0.5}) for one in claimed
        ]
        store.step(session, done, 0)


def test_a_store_is_a_sweep(tmp_path: Path) -> None:
    store_two_runs(tmp_path)
    loaded = crossbar.load(tmp_path)
    assert isinstance(loaded, Sweep)
    assert repr(loaded) == f"<Sweep {tmp_path.name}: bits; 2 of 2 finished>"
    assert "4, 8" in loaded._repr_html_()
    assert loaded.plot().axes[0].get_ylabel() == loaded.plot(x="bits").axes[0].get_ylabel() != ""
    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert loaded.plot(ax=right) is figure
    assert right.get_ylabel() == loaded.plot().axes[0].get_ylabel()
    assert not left.lines
    with Store(tmp_path) as store:
        assert repr(store) == f"<Store {tmp_path / 'runs.db'}>"
    assert store.plot(x="bits").axes[0].get_ylabel() == right.get_ylabel()  # closed by now
    assert "2 done" in store._repr_html_()
    assert loaded.plot()._repr_png_().startswith(b"\x89PNG")
    assert loaded.plot().get_figheight() < 5


def test_a_sweep_is_called_as_its_file_is(tmp_path: Path) -> None:
    store_two_runs(tmp_path)
    renamed = (tmp_path / "runs.db").rename(tmp_path / "bits.db")
    assert repr(crossbar.load(renamed)) == "<Sweep bits: bits; 2 of 2 finished>"


def test_neither_pandas_nor_matplotlib_come_with_the_package() -> None:
    code = "import sys, crossbar; print({'matplotlib', 'pandas'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
