"""The Python of README runs as it stands, in order."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from crossbar import DifferentialPair, Memristor, Tile
from crossbar.devices import JumpTable, PulseTrains, Sinh
from crossbar.nn import LAYERS

ROOT = Path(__file__).parents[2]


def test_the_snippets_of_readme_run() -> None:
    snippets = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    assert len(snippets) == 5  # for device, circuit, machine-learning and spiking readers
    names: dict[str, object] = {}
    for snippet in snippets:
        exec(snippet, names)
    exact = 1.28e-3 * np.full((1, 32), 0.2)  # 64 cells of 20 uS, without line resistance
    assert (0.8 * exact < names["currents"]).all()
    assert (names["currents"] < exact).all()
    assert names["netlist"].count("\nR") > 64 * 32  # type: ignore[attr-defined]
    assert names["p"].shape == (2, 5)  # type: ignore[attr-defined]
    assert names["sums"].shape == (2, 10)  # type: ignore[attr-defined]
    assert names["joules"] > 0  # type: ignore[operator]
    assert list(names["traces"].layers) == ["hidden1"]  # type: ignore[attr-defined]


def test_the_snippets_on_networks_run_and_every_layer_is_in_the_table() -> None:
    text, names = (ROOT / "docs" / "networks.md").read_text(), {}
    for snippet in re.findall(r"```python\n(.*?)```", text, re.S):
        exec(snippet, names)
    assert names["ready"].held.keys() == {"conv", "out"}
    assert [kind for kind in LAYERS.names if f"`{kind}`" not in text] == []


def test_the_snippets_on_wires_run_and_newton_takes_the_steps_that_they_show() -> None:
    text, names = (ROOT / "docs" / "wires.md").read_text(), {}
    for snippet in re.findall(r"```python\n(.*?)```", text, re.S):
        exec(snippet, names)
    assert f"every read: {names['solution'].steps}" in text


def test_the_snippets_on_objects_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    text, names = (ROOT / "docs" / "objects.md").read_text(), {}
    for snippet in re.findall(r"```python\n(.*?)```", text, re.S):
        exec(snippet, names)
    assert f"{names['tile']!r}\n" in text


def test_the_snippets_of_the_guide_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, rng = (ROOT / "docs" / "guide.md").read_text(), np.random.default_rng(0)
    monkeypatch.chdir(tmp_path)
    (table,) = re.findall(r"```\n(u,up,.*?)```", text, re.S)
    Path("pulses.csv").write_text(table)
    np.savetxt("measured.csv", rng.uniform(2e-6, 3e-5, (6, 6)), delimiter=",")
    g_up = 50e-6 - 48e-6 * 0.97 ** np.arange(200.0)
    up, down = g_up + 1e-6 * rng.standard_normal((2, 200))
    names = {
        "np": np, "rng": rng, "weights": np.zeros((6, 3)), "x": np.ones((1, 6)), "rate": 0.1,
        "d": np.ones((1, 3)), "y": np.arange(2), "writer": np.arange(2), "g_up": up,
        "g_down": 52e-6 - down,
        "tile": Tile(device=Memristor(), mapping=DifferentialPair(w_max=1.0)),
    }  # fmt: skip
    for snippet in re.findall(r"```python\n(.*?)```", text, re.S):
        exec(snippet, names)
    assert names["fit"].device().asymmetry == pytest.approx(0, abs=0.1)
    assert names["set_pulses"].shape == (6, 6)


def test_the_files_and_snippets_on_measured_data_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, names = (ROOT / "docs" / "measured.md").read_text(), {}
    monkeypatch.chdir(tmp_path)
    examples = re.findall(r"File `(\S+)`:.*?```text\n(.*?)```", text, re.S)
    assert len(examples) == 6
    for name, content in examples:
        Path(name).write_text(content, encoding="utf-8")
    shipped = ROOT / "scripts" / "data" / "synthetic-pulse-traces.csv"
    Path("many-pulses.csv").write_bytes(shipped.read_bytes())
    for snippet in re.findall(r"```python\n(.*?)```", text, re.S):
        exec(snippet, names)
    assert JumpTable.from_file("from-trains.csv").size == pytest.approx(0.011, abs=0.002)
    assert len(PulseTrains.from_csv("after.csv").rising) == 4
    assert names["both"].devices == ("numbered: A7", "numbered: A7")
    assert JumpTable.from_file("jumps.csv").set.mean(np.array([0.0]))[0] == pytest.approx(0.07)
    assert names["fit"].nu.low < 0.025 < names["fit"].nu.high
    assert names["noise"].white.low < 0.01 < names["noise"].white.high
    assert isinstance(names["curve"].law, Sinh)
    assert names["measured"].v[-1] == pytest.approx(0.8)


@pytest.mark.parametrize(
    "page",
    ["spiking", "spike_times", "spike_events", "spiking_steps", "neurosemantic", "gradients"],
)
def test_the_snippets_of_pages_that_need_no_more_run(page: str) -> None:
    text, names = (ROOT / "docs" / f"{page}.md").read_text(), {}
    snippets = re.findall(r"```python\n(.*?)```", text, re.S)
    for snippet in snippets:
        exec(snippet, names)
    assert len(snippets) > 0


def test_links_of_the_documents_lead_somewhere() -> None:
    for document in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
            if "://" not in target:
                assert (document.parent / target).exists(), f"{document.name}: {target}"
