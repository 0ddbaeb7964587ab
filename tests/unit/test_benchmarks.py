"""The benchmarks run and write what they promise; how fast is not asked here."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FIELDS = {
    "name", "case", "value", "unit", "quartile_low", "quartile_high", "turns", "mark", "peer",
    "peer_name", "ratio", "peers", "floor", "floor_limit", "floor_parts", "threads", "memory_mib",
}  # fmt: skip


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    path = tmp_path_factory.mktemp("benchmarks") / "quick.json"
    command = [sys.executable, ROOT / "benchmarks" / "run.py", "--quick", "--threads", "1"]
    command += ["--only", "mvm_512", "update_256", "--json", path]
    subprocess.run(command, check=True, capture_output=True)
    return json.loads(path.read_text())


def test_every_row_has_its_fields(record):
    assert [r["name"] for r in record["rows"]] == ["mvm_512"] * 2 + ["update_256"] * 5
    assert len({(r["name"], r["case"]) for r in record["rows"]}) == 7
    for row in record["rows"]:
        assert row.keys() >= FIELDS
        assert row["threads"] == 1
        assert row["quartile_low"] <= row["value"] <= row["quartile_high"]
        assert row["value"] > 0
        if row["case"].startswith("small"):
            assert row["peer_name"] == "visiting"
        else:
            assert row["peer"] is row["ratio"] is row["peer_name"] is None
        assert row["floor_limit"] in ("bandwidth", "products", "normals")
        assert row["turns"] == 3


def test_units_machine_and_versions_are_named(record):
    assert {r["unit"] for r in record["rows"]} == {"samples/s", "updates/s"}
    assert record["machine"]["cores"] >= 1
    assert {"python", "numpy", "numba", "crossbar-sim"} <= record["versions"].keys()


def test_updates_apply_the_pulses_that_their_case_names(record):
    pulses = [r["pulses_per_update"] for r in record["rows"] if r["name"] == "update_256"]
    # 64 updates from 64 uniform vector pairs: the mean of |x d| over a pair has sd 0.013 (256
    # entries of sd 0.29 each), so the mean of 64 pairs is within 4 sd = 2.6 % of 1/4. The
    # smallest cases are Poisson counts of 64: 4 sd = 50 %.
    expected = [1.0, 1.0] + [n * 256**2 for n in (1, 31, 127)]
    assert pulses[:2] == pytest.approx(expected[:2], rel=0.55)
    assert pulses[2:] == pytest.approx(expected[2:], rel=0.03)


def test_sweeps_are_timed(tmp_path):
    command = [sys.executable, ROOT / "benchmarks" / "sweeps.py"]
    command += ["--runs", "6", "--turns", "1", "--stored", "400"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    record = json.loads(done.stdout)
    assert record["overhead, whole"] > record["overhead, started"] > 0
    assert record["report [MiB]"] > record["list and filter [MiB]"] / 2 > 10


def test_jump_tables_are_predicted_where_they_were_not_fitted(tmp_path):
    """Of skewed changes neither law nor mean and spread tell what the drawn table tells."""
    command = [sys.executable, ROOT / "benchmarks" / "jump_tables.py"]
    done = subprocess.run([*command, "--halves", "1", "--out", tmp_path / "figures"], check=True,
                          capture_output=True, text=True)  # fmt: skip
    rows = dict(re.findall(r"^(.{17}) +\S+ \+- \S+ +(\S+) \+- ", done.stdout, re.MULTILINE))
    distance = {name.strip(): float(value) for name, value in rows.items() if value[0].isdigit()}
    assert distance["exact rows"] < distance["jump table"] < 0.5 * distance["best law"]
    assert distance["jump table"] < 0.5 * distance["mean and spread"]
    assert "a skewness of up to 2" in done.stdout
    assert (tmp_path / "figures" / "jump-tables.png").stat().st_size > 10_000


def test_coverage_of_accuracies_is_printed_from_kept_cases(tmp_path):
    case = {
        "law": "linear", "chosen": "linear", "one": [0.7, 0.9], "mean": [0.75, 0.85],
        "alone": [0.78, 0.84], "alone mean": [0.8, 0.82], "truth": [0.8, 0.72],
        "shares": {"device": 0.5, "chip": 0.2, "seed": 0.2, "rest": 0.1},
        "resolved": {"device": True, "chip": False, "seed": True, "rest": True},
    }  # fmt: skip
    cases = [case | {"number": 0}, case | {"number": 1, "truth": [0.6, 0.65]}]
    kept = tmp_path / "cases.jsonl"
    kept.write_text("".join(f"{json.dumps(one)}\n" for one in cases))
    command = [sys.executable, ROOT / "benchmarks" / "posterior.py", "--cases", "2"]
    done = subprocess.run([*command, "--json", kept], capture_output=True, text=True, check=False)
    assert done.returncode == 1  # half of the cases are covered, of which 85 % are asked for
    assert "50 [" in done.stdout
    assert "2 of 2" in done.stdout


def test_training_in_pytorch_is_measured(monkeypatch):
    pytest.importorskip("torch", reason="torch is not installed: pip install '.[torch]'")
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    steps, aware = map(importlib.import_module, ("torch_steps", "torch_noise_aware"))
    times = steps.main(["--steps", "1"])
    assert {"PyTorch", "crossbar", "crossbar, converters, ranges learn"} <= times.keys()
    assert min(times.values()) > 0
    monkeypatch.setattr(aware, "ERRORS", (0.2,))
    table = aware.main(["--seeds", "2", "--chips", "1", "--epochs", "1"])
    assert (
        table["gain"].tolist() == (table["aware"] - table[["plain", "longer"]].max(axis=1)).tolist()
    )
    assert table["seed"].tolist() == [0, 1]


def test_queues_and_spiking_neurons_are_timed(monkeypatch, capsys):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    spikes = importlib.import_module("spikes")
    monkeypatch.setattr(spikes, "WAITING", (1000,))
    rows = spikes.main(["--events", "1000"])
    assert rows.keys() == {"FifoRing", "BinaryHeap", "DelayRing", "SortedArray", *spikes.NEURONS}
    assert all(len(row) == 1 and row[0] > 0 for row in rows.values())
    assert capsys.readouterr().out.count("\n|") == 13


def test_the_event_processor_forgets_nothing_and_is_timed(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    monitors = importlib.import_module("monitors")
    results = monitors.main(["--events", "5000", "--seeds", "1", "--kinds", "openssh"])
    assert results["openssh"]["caught"] == results["openssh"]["planted"] > 0
    assert results["openssh"]["events/s"] > 0
    assert results["growth"]["new at the second presentation"] == 0
    checks = ("growth", "exact"), ("growth", "same neurons"), ("compaction", "exact")
    checks += (("continual", "task 1 replayed after task 5"), ("continual", "same neurons"))
    assert all(results[part][check] is True for part, check in checks)


def test_results_that_are_kept_are_not_made_again(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    resumed = importlib.import_module("bench.kept").resumed
    path = tmp_path / "results.jsonl"

    def new(done):
        return ({"seed": k, "value": k / 3} for k in range(3) if (k,) not in done)

    first = resumed(path, ("seed",), new)
    begun = [next(first), next(first)]  # and stopped
    every = list(resumed(path, ("seed",), new))
    assert every[:2] == begun
    assert every == list(new(set()))
    assert len(path.read_text().splitlines()) == 3
