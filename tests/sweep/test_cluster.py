"""Sweeps on a Dask cluster: a real scheduler, real workers, one of them killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from measured import digest
from waiting import HANG, until

from crossbar.cli import main
from crossbar.errors import DataError, SimulationError
from crossbar.runs.store import Store
from crossbar.runs.sweep import sweep
from crossbar.runs.sweep.workers import dask

HERE = Path(__file__).parent


@dataclass
class Cluster:
    address: str
    workers: list[subprocess.Popen[bytes]]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    file = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = os.environ | {"PYTHONPATH": str(HERE)}

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", *arguments]
        return subprocess.Popen(command, env=environment, cwd=tmp_path, **quiet)

    scheduler = start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
                      "--no-show", "--scheduler-file", str(file))  # fmt: skip
    processes = [scheduler]
    try:
        until(lambda: file.exists() and bool(file.read_text()), scheduler)
        address = json.loads(file.read_text())["address"]
        workers = [
            start("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
                  "--local-directory", str(tmp_path / f"worker-{k}"))
            for k in range(3)
        ]  # fmt: skip
        processes += workers
        yield Cluster(address, workers)
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


def test_a_killed_worker_costs_no_run(cluster: Cluster, tmp_path: Path) -> None:
    axes = {"a": range(40), "time": [0.03]}

    def done() -> int:
        try:
            with Store(tmp_path / "s") as store:
                return store.counts().get("done", 0)
        except DataError:  # its tables are being made
            return 0

    def kill() -> None:
        until(lambda: done() >= 40)
        cluster.workers[0].kill()

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    with dask(cluster.address) as executor:
        frame = sweep(digest, axes, seeds=range(5), store=tmp_path / "s", executor=executor, jobs=6)
    killer.join(timeout=HANG)
    assert cluster.workers[0].wait(timeout=HANG) < 0
    assert len(frame) == 200
    assert (frame.status == "done").all()
    assert not frame.duplicated(["a", "seed"]).any()
    for _, row in frame.iterrows():
        assert row["value"] == digest({"a": row["a"], "time": 0.03}, row["seed"])["value"]


def test_the_command_line_runs_on_a_cluster(
    cluster: Cluster, tmp_path: Path, monkeypatch, capsys
) -> None:
    config = tmp_path / "small.toml"
    config.write_text('[data]\npreset = "clear"\nclips = 10\n[train]\nepochs = 1\n')
    command = ["sweep", str(config), "test.device.sigma_read=0,0.05", "device.bits=6,8",
               "--dask", cluster.address, "--out", str(tmp_path / "s"), "--json"]  # fmt: skip
    monkeypatch.setattr(sys, "argv", ["crossbar", *command])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code in (0, None)
    assert json.loads(capsys.readouterr().out)["done"] == 4
    with Store(tmp_path / "s") as store:
        assert store.run(int(store.frame().run[0]))["needs"] is not None
        assert store.frame().accuracy.between(0, 1).all()


def test_a_missing_scheduler_is_told(monkeypatch) -> None:
    monkeypatch.setattr("crossbar.runs.sweep.workers.PATIENCE", 1)
    with (
        pytest.raises(SimulationError, match=r"a scheduler at tcp://127\.0\.0\.1:9"),
        dask("tcp://127.0.0.1:9"),
    ):
        pass
