"""Placements of a network on cores, at reduced size."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


def test_ex34_the_graph_takes_fewer_cores_packets_and_hops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pymetis", reason="no partitioner: pip install '.[cores]'")
    monkeypatch.syspath_prepend(str(SCRIPTS))
    script = importlib.import_module("ex34_cores")
    table = script.main(["--neurons", "2500", "--core", "128", "--out", str(tmp_path)])
    table = table.set_index(["network", "placed"])
    for network in ("local", "small world"):
        graph, naive = table.loc[(network, "by graph")], table.loc[(network, "in order")]
        assert graph["cores"] < 0.6 * naive["cores"]
        assert graph["packets a spike"] < 0.3 * naive["packets a spike"]
        assert graph["hops a spike"] < 0.2 * naive["hops a spike"]
    assert (tmp_path / "cores.png").stat().st_size > 10_000
