"""Devices in files: what is written is read again, draws of the posterior, what is refused."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from refusals import complaint, refused

from crossbar import toml
from crossbar.devices import (
    PRESETS,
    Memristor,
    PulseTable,
    Sinh,
    SoftBounds,
    StuckAt,
    read_device_file,
    write_device_file,
)
from crossbar.devices.posterior import read_posterior
from crossbar.runs import experiment
from crossbar.runs.fingerprint import module_files
from crossbar.runs.sweep import sweep
from crossbar.sources import derived, listed, numbers

CELL = Memristor(g_max=50e-6, step=SoftBounds(dw_min=0.005), sigma_c2c=0.3)
FITTED = {"g_min g_max step.dw_min sigma_c2c": derived("fit to pulses.csv")}
NOTES = {"fitted_to": ["pulses.csv"], "level": 0.9, "valid_for": "pulses of 1 V"}
DRAWS = {"step.dw_min": np.array([0.004, 0.005, 0.006]), "sigma_c2c": np.array([0.1, 0.2, 1 / 3])}
TABLE = PulseTable(u=(0.0, 1.0), up=(0.02, 0.01), up_std=(0.0, 0.0), down=(0.0, 0.02),
                   down_std=(0.0, 0.0))  # fmt: skip


@pytest.fixture
def fit(tmp_path: Path) -> Path:
    return write_device_file(tmp_path / "fit", CELL, FITTED, DRAWS, NOTES)


def device_of(**device: Any) -> Any:
    return experiment({"device": device}).device


def test_published_devices_are_what_their_files_say(tmp_path: Path) -> None:
    for name, preset in PRESETS.items():
        path = write_device_file(tmp_path / name, preset.device, preset.given, {}, {})
        again = read_device_file(path)
        assert (again.device, again.sources) == (preset.device, preset.sources), name


@pytest.mark.parametrize("device", [
    Memristor(step=TABLE, conduction=Sinh()), StuckAt(CELL, p_on=0.1), Memristor(tau_leak=1e3),
])  # fmt: skip
def test_parts_of_a_device_are_read_as_they_were(device: Any, tmp_path: Path) -> None:
    given = {" ".join(numbers(device)): derived("fit")}
    again = device_of(kind=str(write_device_file(tmp_path, device, given, {}, {})))
    assert (type(again), numbers(again)) == (type(device), numbers(device))
    assert repr(again) == repr(device)


def test_a_file_is_a_kind_with_its_sources(fit: Path) -> None:
    plan = experiment({"device": {"kind": str(fit), "sigma_d2d": 0.1}})
    assert plan.device == Memristor(g_max=50e-6, step=SoftBounds(dw_min=0.005), sigma_c2c=0.3,
                                    sigma_d2d=0.1)  # fmt: skip
    assert plan.hardware.sources["device.step.dw_min"] == derived("fit to pulses.csv")
    assert "device.sigma_d2d" not in plan.hardware.sources
    assert read_device_file(fit).valid_for == "pulses of 1 V"
    assert read_device_file(fit).notes["fitted_to"] == ["pulses.csv"]


def test_a_draw_is_a_row_of_the_posterior_to_the_last_bit(fit: Path) -> None:
    rows = read_posterior(fit.with_name("posterior.csv"), 3)
    assert sorted(zip(*rows.values(), strict=True)) == sorted(zip(*DRAWS.values(), strict=True))
    for k in range(3):
        plan = experiment({"device": {"kind": str(fit), "draw": k}})
        assert plan.device.step.dw_min == rows["step.dw_min"][k]
        assert plan.device.sigma_c2c == rows["sigma_c2c"][k]
        assert plan.device.g_max == CELL.g_max
        assert plan.configuration["device"]["draw"] == k
        assert f"draw {k} of the posterior" in listed(plan.hardware.sources)
    assert device_of(kind=str(fit), draw="none") == CELL
    assert device_of(kind=str(fit), draw=1, sigma_c2c=0.7).sigma_c2c == 0.7


def test_a_draw_of_a_table_moves_its_points(tmp_path: Path) -> None:
    draws = np.array([[0.02, 0.01], [0.03, 0.02]])
    given = {"step.u step.up step.up_std step.down step.down_std": derived("fit")}
    path = write_device_file(tmp_path, Memristor(step=TABLE), given, {"step.up": draws}, {})
    assert {device_of(kind=str(path), draw=k).step.up for k in (0, 1)} == {
        (0.02, 0.01),
        (0.03, 0.02),
    }


def test_layers_have_draws_of_their_own(fit: Path) -> None:
    rows = read_posterior(fit.with_name("posterior.csv"), 3)["sigma_c2c"]
    layers = {"fc": {"device": {"draw": 2}}, "out": {"device": "reram"}, "conv": {"adc": "none"}}
    plan = experiment({"device": {"kind": str(fit), "draw": 0}, "layers": layers})
    assert plan.layers["fc"].device.sigma_c2c == rows[2]
    assert plan.layers["conv"].device.sigma_c2c == rows[0]
    assert plan.layers["out"].draw is None


def test_a_path_is_found_from_the_folder_that_names_it(fit: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(fit.parent)
    plan = experiment({"device": "device.toml", "layers": {"fc": {"device": "./device.toml"}}})
    assert plan.kind == str(fit) == plan.settings["device"] == plan.layers["fc"].kind
    monkeypatch.chdir("/")
    assert experiment(plan.settings).device == CELL


def test_a_sweep_takes_draws_and_sees_files_that_change(fit: Path, tmp_path: Path) -> None:
    settings = {"device": {"kind": str(fit)}, "train": {"epochs": 0}, "data": {"clips": 6}}
    axes = {"device.draw": [0, 2]}
    runs = sweep(settings, axes, store=tmp_path / "s", jobs=1, progress=False)
    assert list(runs["device.draw"]) == [0, 2]
    assert set(runs["status"]) == {"done"}
    stamp = fit.with_name("posterior.csv").stat().st_mtime_ns + 10**9
    os.utime(fit.with_name("posterior.csv"), ns=(stamp, stamp))
    line = refused(sweep, settings, axes, store=tmp_path / "s", jobs=1, progress=False)
    assert "posterior.csv" in line


@pytest.mark.parametrize(("draw", "words"), [
    (3, "got 3. The posterior in {} has 3 draws"), (-1, "got -1"), (0.5, "a whole number"),
    ("first", "a whole number"),
])  # fmt: skip
def test_a_draw_that_there_is_not_is_refused(draw: Any, words: str, fit: Path) -> None:
    line = refused(device_of, kind=str(fit), draw=draw)
    assert line.startswith("device.draw: expected ")
    assert words.format(fit) in line


def test_devices_without_a_posterior_refuse_draws(fit: Path, tmp_path: Path) -> None:
    alone = write_device_file(tmp_path / "alone", CELL, FITTED, {}, NOTES)
    for kind in ("reram", "crossbar.devices:Memristor", str(alone)):
        assert refused(device_of, kind=kind, draw=0).startswith("device.draw: expected no draw")
    assert "float" in refused(device_of, kind="float", draw=0)
    layers = {"fc": {"device": {"kind": "reram", "draw": 0}}}
    line = refused(experiment, {"device": str(fit), "layers": layers})
    assert line.startswith("layers.fc.device.draw")


def test_files_that_do_not_fit_are_refused_by_name(fit: Path) -> None:
    posterior, content = fit.with_name("posterior.csv"), fit.read_text()
    rows = posterior.read_text()
    posterior.write_text(rows.rsplit("\n", 2)[0] + "\n")
    assert "3 rows of draws, got 2" in refused(device_of, kind=str(fit), draw=0)
    posterior.write_text(rows.replace("sigma_c2c", "sigma_c2"))
    assert "'sigma_c2c'" in refused(device_of, kind=str(fit), draw=0)
    posterior.write_text(rows.replace("0.004", "-1"))
    lines = [complaint(lambda k=k: device_of(kind=str(fit), draw=k)) for k in range(3)]  # type: ignore[misc]
    assert sum("step.dw_min" in line for line in lines) == 1
    posterior.write_text(rows.replace("0.004", "low"))
    assert "column 1: expected a finite number" in refused(device_of, kind=str(fit), draw=0)
    posterior.unlink()
    assert device_of(kind=str(fit)) == CELL
    assert str(posterior) in refused(device_of, kind=str(fit), draw=0)
    for old, new, words in [
        ("[notes]", "[note]", "Did you mean 'notes'"),
        ("g_max = 5e-05", "g_maxx = 5e-05", "Did you mean 'g_max'"),
        ("g_max = 5e-05", "g_max = 57", "g_max"),
        ("[device]", "[sources", "TOML"),
        ('kind = "crossbar.devices:Memristor"', 'kind = "other.toml"', "names no other"),
        ("derived: fit", "measured: fit", "a source that begins"),
        ("g_min g_max step", "g_min g_mix step", "Did you mean 'g_min'"),
    ]:
        fit.write_text(content.replace(old, new))
        line = refused(device_of, kind=str(fit))
        assert str(fit) in line, line
        assert words in line, line


def test_what_cannot_be_read_again_is_not_written(tmp_path: Path) -> None:
    class Local(Memristor):
        pass

    for device, sources, posterior, words in [
        (CELL, {}, {}, "a source of every number"),
        (CELL, FITTED, {"sigma_c2": np.ones(3)}, "Did you mean 'sigma_c2c'"),
        (CELL, FITTED, {"sigma_c2c": np.ones(3), "nu": np.zeros(2)}, "as many draws of each"),
        (CELL, FITTED, {"sigma_c2c": np.array([0.1, np.nan])}, "finite numbers"),
        (CELL, FITTED, {"sigma_c2c": np.array([0.1, -0.1])}, "draw 1, sigma_c2c"),
        (Local(), {}, {}, "Local"),
    ]:
        assert words in refused(write_device_file, tmp_path / "f", device, sources, posterior, {})
    assert not (tmp_path / "f").exists()


def test_a_file_by_hand_lies_over_a_published_device(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[device]\nkind = "reram"\nsigma_c2c = "50 %"\n')
    plan, reram = experiment({"device": str(path)}), PRESETS["reram"]
    assert plan.device.sigma_c2c == 0.5
    assert plan.hardware.sources["device.g_max"] == reram.sources["g_max"]
    assert str(plan.hardware.sources["device.sigma_c2c"]) == f"given: set in {path}"


def test_written_toml_is_read_as_it_was() -> None:
    settings = {"a": 1, "b c": ["x", '"\\', "µ"], "d": {"e": {"f": float("inf"), "g": True}},
                "h": {"i": [[1.5, 2], []]}}  # fmt: skip
    assert toml.parsed(toml.written(settings)) == settings


def test_modules_that_a_device_file_names_are_known(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "my_cells.py").write_text(
        "from dataclasses import dataclass\n\nfrom crossbar.devices import Memristor\n\n\n"
        "@dataclass(frozen=True, kw_only=True)\nclass MyCell(Memristor):\n    pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "mine.toml").write_text('[device]\nkind = "my_cells:MyCell"\n')
    plan = experiment({"device": str(tmp_path / "mine.toml")})
    assert [*module_files(plan.settings)] == ["my_cells"]


def test_the_package_is_no_module_of_the_user(fit: Path) -> None:
    """Or no sweep of a fitted device could be continued after an update of the package."""
    assert module_files(experiment({"device": str(fit)}).settings) == {}
    assert module_files({"device": {"kind": "crossbar.devices:Memristor"}}) == {}
