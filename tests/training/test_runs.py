"""One seed, one result; a killed run goes on to the same weights."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from waiting import until

from crossbar.errors import ConfigError, OutputError
from crossbar.nn import fit
from crossbar.random import Streams
from crossbar.report import write_report
from crossbar.report.limits import limits
from crossbar.report.records import read_runs
from crossbar.report.robustness import stressed
from crossbar.report.sweeps import read_sweep
from crossbar.runs import (
    Conditions,
    Experiment,
    build,
    by_stress,
    evaluate_run,
    experiment,
    load_plan,
    stress,
    train,
)
from crossbar.runs.store import Store
from crossbar.runs.store.places import STRESSES

SETTINGS = {
    "seed": [3],
    "data": {"clips": 6, "preset": "hard"},
    "train": {"epochs": 2},
    "network": {"hidden": 8},
}
TIMES = ("images_per_second", "training_images_per_second")


def timeless(record: object) -> object:
    """Return a record without the figures that are times."""
    if isinstance(record, dict):
        return {k: timeless(v) for k, v in record.items() if k not in TIMES}
    if isinstance(record, (list, tuple)):
        return [timeless(v) for v in record]
    return record


@pytest.mark.parametrize("kind", ["float", "ideal", "cmos", "reram", "pcm"])
def test_one_seed_gives_one_result(kind: str, tmp_path: Path) -> None:
    plan = experiment(SETTINGS | {"device": {"kind": kind}})
    results = [train(plan, tmp_path / name) for name in ("a", "b")]
    assert timeless(results[0]) == timeless(results[1])
    for name in ("checkpoint.npz", "cells.npz"):
        first, second = (np.load(tmp_path / run / "seed-3" / name) for run in ("a", "b"))
        for key in first.files:
            if key != "story":
                np.testing.assert_array_equal(first[key], second[key])


def test_another_seed_gives_another_chip(tmp_path: Path) -> None:
    for seed in (0, 1):
        train(experiment(SETTINGS | {"seed": [seed]}), tmp_path / str(seed))
    first, second = (np.load(tmp_path / s / f"seed-{s}/cells.npz") for s in "01")
    assert not np.array_equal(first["before/fc/cells0"], second["before/fc/cells0"])


def command(out: Path) -> list[str]:
    """Return a training long enough to be killed in."""
    config = out.parent / "run.toml"
    config.write_text('[data]\nclips = 12\npreset = "hard"\n[train]\nepochs = 12\n')
    program = [sys.executable, "-c", "from crossbar.cli import main; main()"]
    return [*program, "train", str(config), "--out", str(out), "--json"]


def written(file: Path) -> int:
    """Return when ``file`` was written [ns], or 0 if there is none."""
    return file.stat().st_mtime_ns if file.exists() else 0


def test_a_killed_run_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    whole = subprocess.run(command(tmp_path / "whole"), capture_output=True, check=True)
    cut = tmp_path / "cut"
    kept = cut / "seed-0" / "checkpoint.npz"
    for _ in range(2):
        process = subprocess.Popen(command(cut), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        before = written(kept)
        until(lambda before=before: written(kept) > before, process)
        process.kill()
        process.communicate()
        assert not (cut / "seed-0" / "predictions.csv").exists()
    last = subprocess.run(command(cut), capture_output=True, check=True)
    assert timeless(json.loads(last.stdout)) == timeless(json.loads(whole.stdout))
    first, second = (np.load(tmp_path / d / "seed-0/checkpoint.npz") for d in ("whole", "cut"))
    for key in set(first.files) - {"story"}:
        np.testing.assert_array_equal(first[key], second[key])


def test_a_finished_run_is_returned_as_it_is(tmp_path: Path) -> None:
    plan = experiment(SETTINGS)
    first = train(plan, tmp_path / "run")
    stamp = (tmp_path / "run" / "seed-3" / "checkpoint.npz").stat().st_mtime_ns
    assert json.loads(json.dumps(first)) == train(plan, tmp_path / "run")
    assert (tmp_path / "run" / "seed-3" / "checkpoint.npz").stat().st_mtime_ns == stamp


def test_evaluate_gives_what_training_gave_and_feels_every_non_ideality(tmp_path: Path) -> None:
    trained = train(experiment(SETTINGS | {"train": {"epochs": 8}}), tmp_path / "run")
    again = evaluate_run(load_plan(tmp_path / "run", []), tmp_path / "run")
    assert again["accuracy"] == trained["accuracy"]
    assert again["loss"] == trained["loss"]
    for change in ("device.sigma_read=0.3", "faults.p_on=0.3", "tile.adc.bits=2"):
        plan = load_plan(tmp_path / "run", [change])
        assert evaluate_run(plan, tmp_path / "run")["loss"] != trained["loss"], change


def test_drift_moves_a_memristor_and_not_a_latch(tmp_path: Path) -> None:
    for kind in ("cmos", "pcm"):
        plan = experiment(SETTINGS | {"device": {"kind": kind}})
        trained = train(plan, tmp_path / kind)
        aged = evaluate_run(plan, tmp_path / kind, conditions=Conditions(age=1e6))
        assert (aged["loss"] == trained["loss"]) == (kind == "cmos")


def test_stress_covers_every_stress_and_seed_and_is_a_stored_sweep(tmp_path: Path) -> None:
    plan = experiment(SETTINGS | {"seed": [0, 1], "train": {"epochs": 1}})
    trained = train(plan, tmp_path / "run")
    frame = stress(tmp_path / "run", jobs=2)
    table = by_stress(frame)
    assert set(table.stress) == {"stuck", "read_noise", "age"}
    assert (table.groupby(["stress", "value"]).seed.nunique() == 2).all()
    assert len(frame) == 2 * (1 + 5 + 5 + 6)  # the chips without stress stand in it once
    free = table[(table.value == 0) & (table.stress == "stuck")]
    assert list(free.accuracy) == [one["accuracy"] for one in trained["per_seed"]]
    assert read_sweep(tmp_path / "run" / "stress").complete


def test_tests_under_stress_with_other_changes_are_told_apart(tmp_path: Path) -> None:
    """A mean over several devices would be that of none."""
    plans = {"cmos": {"kind": "cmos"}, "float": {"kind": "float"}}
    for name, device in plans.items():
        train(experiment(SETTINGS | {"device": device, "train": {"epochs": 1}}), tmp_path / name)
    changes = (["device.kind=pcm"], ["device.kind=reram"],
               ["device.kind=reram", "device.sigma_read=0.1"])  # fmt: skip
    with ThreadPoolExecutor(1) as pool:
        stress(tmp_path / "cmos", executor=pool, jobs=1)
        for change in changes:
            frame = stress(tmp_path / "float", change, executor=pool, jobs=1)
            assert len(frame) == len(frame.drop_duplicates([*STRESSES])) == 17
            kind = change[0].removeprefix("device.kind=")
            assert set(frame["test.device.kind"]) == {kind}
    tests = stressed(read_runs(tmp_path))
    assert tests is not None
    assert tests.frame.groupby("chips").size().to_dict() == {
        "cmos": 17,
        "float in pcm, sigma_read 0 %": 17,
        "float in reram, sigma_read 1 %": 17,
        "float in reram, sigma_read 10 %": 17,
    }


def test_tests_under_stress_of_fewer_seeds_are_not_taken_for_those_of_all(tmp_path: Path) -> None:
    plan = experiment(SETTINGS | {"train": {"epochs": 1}})
    train(plan, tmp_path / "run")
    with ThreadPoolExecutor(1) as pool:
        stress(tmp_path / "run", executor=pool, jobs=1)
    train(plan.with_seeds([3, 4]), tmp_path / "run")
    with pytest.raises(OutputError, match=r"Delete .*runs\.db: its tests are of other chips, or"):
        stress(tmp_path / "run")


def test_a_report_leaves_out_a_stress_that_has_no_test_yet(tmp_path: Path) -> None:
    train(experiment(SETTINGS | {"train": {"epochs": 1}}), tmp_path / "run")
    Store(tmp_path / "run" / "stress", write=True).close()  # as a kill at once leaves it
    assert read_runs(tmp_path / "run")[0].stress is None


def test_several_seeds_are_averaged(tmp_path: Path) -> None:
    result = train(experiment(SETTINGS | {"seed": [0, 1, 2]}), tmp_path / "run")
    each = [r["accuracy"] for r in result["per_seed"]]
    assert result["accuracy"] == pytest.approx(np.mean(each))
    low, high = result["accuracy_ci95"]
    assert 0 <= low <= result["accuracy"] <= high <= 1
    assert result["seeds"] == [0, 1, 2]
    assert result["split"] == "recording"


def test_a_run_is_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "maps").mkdir()
    np.savetxt(tmp_path / "maps" / "conv.csv", np.eye(16, 3), delimiter=",")
    monkeypatch.chdir(tmp_path)
    plan = experiment(SETTINGS | {"faults": {"map": "maps"}})
    trained = train(plan, Path("run"))
    monkeypatch.chdir("/")
    again = evaluate_run(load_plan(tmp_path / "run", []), tmp_path / "run")
    assert again["loss"] == trained["loss"]
    for result in (again, trained):
        stuck = result["per_seed"][0]["stuck_cells"]
        assert stuck == {"conv": [3, 0, 68], "fc": [0, 0, 16884], "out": [0, 0, 27]}


def test_another_device_gets_the_trained_weights_and_says_so(tmp_path: Path) -> None:
    train(experiment(SETTINGS | {"device": {"kind": "pcm"}}), tmp_path / "run")
    losses = {}
    for changes in (
        [],
        ["device.flicker=none"],
        ["device.drift=none", "device.nu=0.3"],
        ["device.kind=cmos"],
    ):
        plan = load_plan(tmp_path / "run", changes)
        result = evaluate_run(plan, tmp_path / "run", conditions=Conditions(age=1e7))
        losses[" ".join(changes)] = result["loss"]
        new = changes and "flicker" not in changes[0]
        assert result["weights"] == (
            "programmed into new cells" if new else "as training left them"
        )
    assert len(set(losses.values())) == 4


def test_float_weights_have_no_hardware_to_set() -> None:
    for settings in ({"faults": {"p_on": 0.1}}, {"tile": {"adc": {"bits": 4}}}):
        with pytest.raises(ConfigError, match="no hardware"):
            experiment({"device": {"kind": "float"}} | settings)


def test_stress_refuses_what_it_cannot_tell_apart(tmp_path: Path) -> None:
    train(experiment(SETTINGS | {"faults": {"p_on": 0.1}}), tmp_path / "faulty")
    train(experiment(SETTINGS | {"device": {"kind": "float"}}), tmp_path / "float")
    for name, word in (("faulty", "faults"), ("float", "device.kind")):
        with pytest.raises(ConfigError, match=word):
            stress(tmp_path / name)


def converted(**more: object) -> Experiment:
    settings = {"device": {"kind": "cmos"}, "tile": {"adc": {"bits": 5}}} | more
    return experiment(SETTINGS | settings)


def test_ranges_of_the_converters_stand_in_the_record_and_come_again(tmp_path: Path) -> None:
    """Of training images alone: the test part may be anything."""
    first = train(converted(), tmp_path / "a")
    ranges = first["per_seed"][0]["adc"]
    assert ranges.keys() == {"conv", "fc", "out"}
    assert all(r["calibrated"] and r["used"] == 1.0 and r["reach"] < 0.7 for r in ranges.values())
    again = evaluate_run(load_plan(tmp_path / "a", []), tmp_path / "a")
    assert again["per_seed"][0]["adc"] == ranges
    assert again["accuracy"] == first["accuracy"]
    given = evaluate_run(load_plan(tmp_path / "a", ["tile.adc.reach=2"]), tmp_path / "a")
    for name, r in given["per_seed"][0]["adc"].items():
        assert not r["calibrated"]
        assert r["used"] == pytest.approx(ranges[name]["reach"] / 2, rel=1e-6)


def test_a_chip_with_converters_resumes_to_the_same_weights(tmp_path: Path) -> None:
    plan, streams = converted(), Streams(3)
    dataset = plan.common.data.dataset()
    parts = build.parts_of(plan.common.data, dataset, 3)
    blind = replace(parts, test=(np.full_like(parts.test[0], np.nan), parts.test[1]))
    chips = []
    for path, epochs in ((None, (2,)), (tmp_path / "checkpoint.npz", (1, 2))):
        for n in epochs:
            chip = build.chip(plan, dataset.ends, streams)
            training = replace(plan.common.train, epochs=n)
            fit(chip, parts.train, parts.validation, training, streams=streams, path=path)
        chips.append(chip)
    once, twice = chips
    for name, array in once.arrays().items():
        np.testing.assert_array_equal(array, twice.arrays()[name])
    assert build.ranged(once, parts, streams) == build.ranged(twice, blind, streams)


def test_a_report_speaks_of_the_cells_of_a_single_layer(tmp_path: Path) -> None:
    """The chip has none but those of ``fc``, whose law and lines the rest does not have."""
    device = {"kind": "reram", "conduction": {"kind": "sinh"}}
    cells = {"device": device, "wires": {"r_wl": 1.0, "r_bl": 1.0}}
    one = {"device": {"kind": "float"}, "layers": {"fc": cells}, "train": {"epochs": 1}}
    train(experiment(SETTINGS | one), tmp_path / "run")
    write_report(tmp_path / "run")
    said = " ".join(limits(read_runs(tmp_path / "run")))
    assert "Cells follow Sinh (v0 = 0.25, v_ref = 0)" in said
    assert "Line resistance is static: no capacitance." in said
    assert "Line resistance was exact: every vector was solved by Newton's method." in said
    assert "Cells are ohmic" not in said
    assert "Wires are ideal" not in said
