"""The report: one page that stands alone, from records alone, the same every time."""

from __future__ import annotations

import ast
import json
import re
import shutil
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crossbar.energy import (
    NETWORK,
    Costs,
    OperationCounts,
    digital,
    exact,
    latency_table,
    leti_2026,
)
from crossbar.errors import DataError, OutputError
from crossbar.report import write_report
from crossbar.report.intervals import wilson
from crossbar.report.limits import limits
from crossbar.report.records import read_runs
from crossbar.report.tables.accuracy import robustness
from crossbar.report.tables.energy import beside_table1
from crossbar.report.wording import is_assumed

PACKAGE = Path(__file__).parents[2] / "crossbar" / "report"
MATRICES = (("conv", 16, 3, 625), ("fc", 30, 8, 1), ("out", 8, 2, 1))
DEVICE = {
    "type": "Memristor",
    "g_min": 1e-6,
    "g_max": 40e-6,
    "step": {"type": "SoftBounds", "dw_min": 0.002},
    "sigma_read": 0.01,
    "nu": 0.0,
    "tau_leak": float("inf"),
}
IDEAL = {"type": "Errors", "gain_error": 0.0, "offset": 0.0, "noise": 0.0,
         "saturation": float("inf")}  # fmt: skip


def config(*, analog: bool, path: str | None = None) -> dict[str, object]:
    return {
        "device": DEVICE if analog else None,
        "tile": {
            "type": "TileSettings",
            "mapping": {"type": "DifferentialPair", "w_max": None, "headroom": 5.0},
            "reading": {"type": "Reading", "v_read": 0.2, "t_read": 1e-8, "temperature": 300.0,
                        "fano": 0.0},
            "wires": None, "size": None, "dac": None, "adc": None, "refresh": 1,
            "precision": "single",
        },
        "data": {"type": "Data", "path": path, "classes": None, "preset": "default", "clips": 12,
                 "split": {"type": "ByRecording", "fractions": [0.8, 0.1, 0.1]},
                 "normalise": "ZScore"},
        "network": {"type": "NetworkSettings", "filters": 3, "kernel": 4, "hidden": 8, "copies": 1,
                    "dropout": {"type": "ExactDropout", "keep": 0.5}},
        "faults": {"type": "Faults", "p_on": 0.0, "p_off": 0.0, "map": None},
        "blocks": {"type": "Blocks", "softmax": {"type": "Softmax", "errors": IDEAL}},
        "train": {"type": "Training", "epochs": 3, "gamma": 0.0005, "batch": 1},
        "energy": {"type": "EnergySettings", "rate": 3000.0, "images": 5},
        "seed": [0, 1],
    }  # fmt: skip


def energy_record(scale: float = 1.0) -> dict[str, object]:
    counts = OperationCounts.of(MATRICES)
    rows = [
        {"phase": phase, "part": part, "event": event, "count": 100.0, "energy": scale * joules,
         "source": source}
        for phase in ("inference", "training")
        for part, event, joules, source in (
            ("fc", "read_energy", 3e-9, "V^2 G t, counted"),
            ("conv", "normaliser", 1e-9, "assumed: like one operation"),
        )
    ]  # fmt: skip
    plain = leti_2026(counts).record()
    return {
        "leti-2026": plain,
        "exact": exact(counts).record(),
        "digital": digital(counts).record(),
        "physical": plain | {"energy_inference": 4e-9 * scale, "breakdown": rows,
                             "sources": sorted({str(r["source"]) for r in rows})},
        "rate": 3000.0,
        "t_cycle": 1e-8,
        "latency": [vars(row) for row in latency_table(MATRICES, t_cycle=1e-8)],
        "device": "reram",
    }  # fmt: skip


def seed_record(seed: int) -> dict[str, object]:
    return {"seed": seed, "accuracy": 0.8 + 0.1 * seed, "accuracy_ci95": [0.6, 0.95],
            "loss": 0.4, "precision": 0.8, "recall": 0.8, "f1": 0.8,
            "confusion": [[8, 2], [2 - seed, 8 + seed]], "test_images": 20, "epochs": 3,
            "weight_changes_cut": 3.0 * seed}  # fmt: skip


def make_run(folder: Path, *, analog: bool = True, stressed: bool = True, energy: bool = True,
             seeds: tuple[int, ...] = (0, 1)) -> Path:  # fmt: skip
    rng = np.random.default_rng(0)
    folder.mkdir(parents=True)
    kind = "reram" if analog else "float"
    result = {
        "accuracy": 0.85, "accuracy_ci95": [0.7, 1.0], "interval": "Student t, over 2 seeds",
        "loss": 0.4, "precision": 0.8, "recall": 0.8, "f1": 0.8, "split": "recording",
        "seeds": list(seeds), "device": kind, "classes": ["<car> & bus", "plane"], "windows": 240,
        "windows_by_class": {"<car> & bus": [120, 12], "plane": [120, 12]},
        "silent_windows_dropped": 1, "data_source": "synthesised engine sound",
        "device_source": "Somebody et al., 2020; read noise 1 % assumed",
        "per_seed": [seed_record(seed) for seed in seeds],
        "config": config(analog=analog), "versions": {"python": "3.11", "numpy": "2.0"},
    }  # fmt: skip
    (folder / "result.json").write_text(json.dumps(result))
    settings = {"seed": list(seeds), "device": {"kind": kind}, "train": {"epochs": 3}}
    (folder / "run.json").write_text(json.dumps({"format": 1, "settings": settings}))
    sound = {"waveforms": 0.1 * rng.standard_normal((2, 6615)), "classes": result["classes"]}
    np.savez(folder / "windows.npz", images=rng.uniform(-50, 10, (2, 28, 28)), **sound)
    for seed in seeds:
        place = folder / f"seed-{seed}"
        place.mkdir()
        history = {"epoch": range(3), "loss": [0.6, 0.5, 0.4], "accuracy": [0.6, 0.7, 0.8]}
        history |= {f"validation_{name}": history[name] for name in ("loss", "accuracy")}
        pd.DataFrame(history).to_csv(place / "history.csv", index=False)
        np.savez(place / "cells.npz", **cells(rng, analog))
        if energy:
            (place / "energy.json").write_text(json.dumps(energy_record(1.0 + seed)))
    if stressed:
        rows = [
            {
                "device": result["device"],
                "changes": "",
                "stress": name,
                "unit": "",
                "value": value,
                "seed": seed,
                "accuracy": 0.9 - 0.1 * k,
            }
            for name in ("stuck", "read noise", "drift")
            for k, value in enumerate((0.0, 0.01, 100.0 if name == "drift" else 0.1))
            for seed in seeds
        ]
        pd.DataFrame(rows).to_csv(folder / "robustness.csv", index=False)
    return folder


def cells(rng: np.random.Generator, analog: bool) -> dict[str, np.ndarray]:
    found = {}
    for when in ("before", "after"):
        for name, rows, cols, _ in MATRICES:
            found[f"{when}/{name}/weights"] = rng.normal(size=(1, rows, cols))
            for k in range(2 if analog else 0):
                found[f"{when}/{name}/cells{k}"] = rng.uniform(1e-6, 40e-6, (rows, cols))
    return found


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Report about an analog run and a float run."""
    folder = tmp_path_factory.mktemp("runs")
    make_run(folder / "chip")
    make_run(folder / "afloat", analog=False, stressed=False)
    write_report(folder)
    return folder


class Page(HTMLParser):
    """Tags, anchors, addresses and plain text of a page; unbalanced tags fail."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.plain = ""
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        values = dict(attrs)
        self.ids |= {str(values["id"])} if "id" in values else set()
        self.links += [str(values[k]) for k in ("href", "src") if k in values]
        if tag == "img":
            assert values.get("alt")
        if tag not in ("meta", "img", "br", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.plain += data


def test_page_stands_alone(two: Path) -> None:
    page = Page((two / "report.html").read_text())
    assert "script" not in page.tags
    assert "link" not in page.tags
    for link in page.links:
        assert link.startswith("data:image/") or link.removeprefix("#") in page.ids, link[:80]
    sections = {"result", "setup", "comparison", "data", "run-chip", "run-afloat", "robustness",
                "energy", "published", "assumptions", "limits", "versions"}  # fmt: skip
    assert sections <= page.ids


def test_names_from_records_are_escaped(two: Path) -> None:
    html = (two / "report.html").read_text()
    assert "&lt;car&gt; &amp; bus" in html
    assert "<car>" not in html


def test_the_analog_run_leads(two: Path) -> None:
    table = pd.read_csv(two / "tables" / "comparison.csv")
    assert list(table["run"]) == ["chip", "afloat"]
    page = (two / "report.html").read_text()
    assert page.index('id="run-chip"') < page.index('id="run-afloat"')


def test_no_accuracy_without_split_seeds_and_interval(two: Path) -> None:
    page = Page((two / "report.html").read_text())
    for found in re.finditer(r"0\.850|85\.0 %", page.plain):
        near = page.plain[max(0, found.start() - 700) : found.end() + 400]
        assert "recording" in near
        assert "0, 1" in near
        assert re.search(r"0\.700|70\.0", near)


def test_same_records_make_the_same_files(two: Path, tmp_path: Path) -> None:
    for name in ("chip", "afloat"):
        shutil.copytree(two / name, tmp_path / name)
    write_report(tmp_path)
    names = [p.relative_to(two) for p in two.rglob("*") if p.is_file()]
    assert len(names) > 60
    for name in names:
        assert (two / name).read_bytes() == (tmp_path / name).read_bytes(), name


def test_every_figure_is_svg_and_png(two: Path) -> None:
    drawn = {p.stem for p in (two / "figures").glob("*.svg")}
    assert drawn == {p.stem for p in (two / "figures").glob("*.png")}
    wanted = {"learning-loss", "learning-accuracy", "confusion", "histogram-conv", "histogram-fc",
              "map-conv", "map-fc", "energy-inference", "energy-training"}  # fmt: skip
    assert {f"chip-{name}" for name in wanted} <= drawn
    assert {"robustness-stuck", "robustness-read-noise", "robustness-drift", "latency"} <= drawn
    for path in (two / "figures").glob("*.svg"):
        assert ET.fromstring(path.read_bytes()).tag.endswith("svg")
        assert b"<text" not in path.read_bytes()  # paths look the same on every machine


def test_confusion_is_the_sum_over_seeds(two: Path) -> None:
    table = pd.read_csv(two / "tables" / "chip-decisions.csv")
    assert table.iloc[:, 1:3].to_numpy().tolist() == [[16.0, 4.0], [3.0, 17.0]]
    assert table["recall"].tolist() == [0.8, 0.85]


def test_table1_prints_the_published_digits(tmp_path: Path) -> None:
    (run,) = read_runs(make_run(tmp_path / "run"))
    record = energy_record() | {"leti-2026": leti_2026(OperationCounts.of(NETWORK)).record()}
    table = beside_table1([(run, record)])
    rows = {str(row[0]): row for row in table.rows}
    assert [row[4] for row in table.rows] == ["yes"] * 9
    assert rows["E_INF"][2] == "13.104 nJ"
    other = beside_table1([(run, energy_record())])  # of another network
    assert "no" in [row[4] for row in other.rows]


def test_physical_energy_adds_up_and_is_sorted(two: Path) -> None:
    table = pd.read_csv(two / "tables" / "chip-energy-breakdown.csv")
    own = table[table["phase"] == "inference"]
    # Exact but for the rounding of one sum of two doubles.
    assert own["energy an image [J]"].sum() == pytest.approx(4e-9, rel=1e-12)
    assert own["energy an image [J]"].is_monotonic_decreasing
    assert own["share"].tolist() == pytest.approx([0.75, 0.25], rel=1e-12)
    assert own["cost is"].tolist() == ["sourced", "assumed"]


def test_default_costs_are_told_apart_by_their_source() -> None:
    costs = Costs().table()
    assert is_assumed(costs["sense"].source)
    assert not is_assumed(costs["update_adc"].source)


def test_missing_parts_are_left_out_with_a_reason(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", stressed=False, energy=False)
    page = Page(write_report(run).read_text())
    assert "Left out for run: there is no robustness.csv." in page.plain
    assert "Left out for run: its folder holds no energy.json." in page.plain
    assert "comparison" not in page.ids
    assert not list((run / "figures").glob("robustness*"))


def test_one_seed_has_the_interval_of_its_windows(tmp_path: Path) -> None:
    (run,) = read_runs(make_run(tmp_path / "run", seeds=(0,)))
    assert any(sentence.startswith("One seed:") for sentence in limits([run]))
    rows = robustness(run).rows
    assert rows[0][3] == "{0.low:.3f} to {0.high:.3f}".format(wilson(0.9, 20))
    assert {row[5] for row in rows} == {"", "one seed"}


def test_limits_follow_what_was_used(two: Path, tmp_path: Path) -> None:
    sentences = limits(read_runs(two))
    assert any(s.startswith("The sound is synthesised") for s in sentences)
    assert any(s.startswith("chip: the device model has no drift") for s in sentences)
    folder = make_run(tmp_path / "run")
    result = json.loads((folder / "result.json").read_text())
    result["config"]["data"]["path"] = "/recordings"
    result["config"]["device"]["nu"] = 0.05
    result["split"] = "window"
    (folder / "result.json").write_text(json.dumps(result))
    changed = " ".join(limits(read_runs(folder)))
    assert "synthesised" not in changed
    assert "no drift" not in changed
    assert "The split is by window: windows of one recording stand in training" in changed


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("result.json", "{"),
        ("result.json", "{}"),
        ("run.json", None),
        ("windows.npz", "no archive"),
        ("robustness.csv", "a,b\n1,2\n"),
        ("seed-0/history.csv", None),
        ("seed-0/history.csv", ""),
        ("seed-0/cells.npz", None),
        ("seed-0/energy.json", "[]"),
    ],
)
def test_damage_is_named(tmp_path: Path, name: str, damage: str | None) -> None:
    run = make_run(tmp_path / "run")
    path = run / name
    path.unlink() if damage is None else path.write_text(damage)
    with pytest.raises(DataError, match=re.escape(path.name)):
        write_report(run)
    assert not (run / "report.html").exists()


def test_a_folder_without_runs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a finished run"):
        write_report(tmp_path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    (run / "figures").write_text("in the way")
    with pytest.raises(OutputError, match="writable folder"):
        write_report(run)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: p.stem)
def test_the_report_imports_nothing_that_could_run(path: Path) -> None:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    ours = {name.split(".")[1] for name in names if name.startswith("crossbar.")}
    assert ours <= {"report", "energy", "audio", "errors", "units"}
    assert not any("pyplot" in name for name in names)
