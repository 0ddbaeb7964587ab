"""Networks in ONNX on the command line: `evaluate`, `map`, and the kind `onnx` of a network."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

onnx = pytest.importorskip("onnx")
import onnx_models  # noqa: E402
from onnx import helper, numpy_helper  # noqa: E402
from onnx.reference import ReferenceEvaluator  # noqa: E402

from crossbar.cli.commands import app  # noqa: E402
from crossbar.errors import ConfigError  # noqa: E402
from crossbar.runs import build  # noqa: E402
from crossbar.runs.imported import imported_experiment  # noqa: E402

FEATURES, HIDDEN, CLASSES, SAMPLES = 12, 6, 3, 120


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a network of two layers, and samples that it mostly gets right."""
    folder, rng = tmp_path_factory.mktemp("imported"), np.random.default_rng(1)
    weights = {"fc": (FEATURES, HIDDEN), "out": (HIDDEN, CLASSES)}
    arrays = {f"{name}.weight": rng.normal(size=s) for name, s in weights.items()}
    arrays |= {f"{name}.bias": 0.1 * rng.normal(size=s[1]) for name, s in weights.items()}
    given = [numpy_helper.from_array(a.astype(np.float32), name) for name, a in arrays.items()]
    nodes = [helper.make_node("Gemm", ["x", "fc.weight", "fc.bias"], ["h"]),
             helper.make_node("Relu", ["h"], ["r"]),
             helper.make_node("Gemm", ["r", "out.weight", "out.bias"], ["y"])]  # fmt: skip
    ends = [
        helper.make_tensor_value_info(n, 1, ["n", k]) for n, k in (("x", FEATURES), ("y", CLASSES))
    ]
    graph = helper.make_graph(nodes, "small", ends[:1], ends[1:], given)
    sets = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=sets, ir_version=9), folder / "small.onnx")
    x = rng.normal(size=(SAMPLES, FEATURES)).astype(np.float32)
    y = reference(folder, x)
    y[: SAMPLES // 10] = (y[: SAMPLES // 10] + 1) % CLASSES
    np.savez(folder / "samples.npz", x=x, y=y)
    return folder


def reference(folder: Path, x: np.ndarray) -> np.ndarray:
    """Return what the file decides by the reference of its format."""
    (scores,) = ReferenceEvaluator(str(folder / "small.onnx")).run(None, {"x": x})
    return scores.argmax(axis=1)


def ran(place: Path, monkeypatch: pytest.MonkeyPatch, *words: str):
    monkeypatch.chdir(place)
    return CliRunner().invoke(app, [*words])


def evaluated(place: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> dict:
    given = ran(place, monkeypatch, "evaluate", "small.onnx", "samples.npz", *words, "--json")
    assert given.exit_code == 0, given.output
    return json.loads(given.stdout)


def part_for_test(place: Path) -> tuple[np.ndarray, np.ndarray]:
    plan = imported_experiment(place / "small.onnx", place / "samples.npz")
    return build.parts_of(plan.common.data, plan.common.data.read(), 0).test


def test_an_ideal_chip_decides_as_the_reference_of_the_format(place, monkeypatch) -> None:
    record = evaluated(place, monkeypatch, "device.kind=ideal")
    x, y = part_for_test(place)
    assert len(y) >= 0.85 * SAMPLES
    assert record["accuracy_float"] == np.mean(reference(place, x) == y)
    assert record["accuracy"] == record["accuracy_float"]
    assert record["agreement"] == 1.0
    assert 0.8 < record["accuracy"] < 1.0


def test_real_chips_have_an_interval_and_lose_some_decisions(place, monkeypatch) -> None:
    words = ("device.kind=reram", "device.sigma_program=0.2", "layers.out.device.sigma_read=0.1")
    record = evaluated(place, monkeypatch, *words, "tile.adc.bits=5", "--chips", "3")
    low, high = record["accuracy_ci95"]
    assert low < record["accuracy"] < high
    assert record["chips"] == 3
    assert record["agreement"] < 1
    assert record["config"]["layers"]["out"]["device"]["sigma_read"] == 0.1


def test_the_run_is_made_once_and_can_be_swept(place, monkeypatch, tmp_path) -> None:
    evaluated(place, monkeypatch, "device.kind=ideal")
    (folder,) = (place / "runs").glob("small-*")
    checkpoint = next(folder.rglob("*checkpoint*"))
    written = checkpoint.stat().st_mtime_ns
    evaluated(place, monkeypatch, "device.kind=cmos")
    assert [*(place / "runs").glob("small-*")] == [folder]
    assert checkpoint.stat().st_mtime_ns == written
    store = str(tmp_path / "sweep")
    given = ran(place, monkeypatch, "sweep", str(folder), "test.device.kind=cmos,reram",
                "test.chip=0:2", "--jobs", "1", "--out", store, "--json")  # fmt: skip
    assert given.exit_code == 0, given.output


def test_a_network_in_a_file_learns_on_the_chip_from_its_weights(place) -> None:
    plan = imported_experiment(place / "small.onnx", place / "samples.npz", ["device.kind=ideal"])
    data = plan.common.data.read()
    chip = build.chip(plan, data.ends, plan.streams(0))
    x, y = part_for_test(place)
    assert np.array_equal(
        chip.scores(x, rng=plan.streams(0)("read")).argmax(1), reference(place, x)
    )
    before = chip.held["out"].weights.copy()
    chip.learn(x[:8], y[:8], 0.1, rng=plan.streams(0)("learn"))
    assert not np.allclose(before, chip.held["out"].weights)


def test_the_map_of_a_file_has_its_layers(place, monkeypatch) -> None:
    words = ("map", "small.onnx", "samples.npz", "tile.size=8,8", "device.kind=pcm", "--json")
    given = ran(place, monkeypatch, *words)
    assert given.exit_code == 0, given.output
    layers = json.loads(given.stdout)["layers"]
    assert [(one["name"], one["rows"], one["cols"], one["tiles"]) for one in layers] == [
        ("fc", FEATURES + 1, HIDDEN, 2), ("out", HIDDEN + 1, CLASSES, 1)
    ]  # fmt: skip


def test_samples_have_to_follow_the_file(place, monkeypatch) -> None:
    given = ran(place, monkeypatch, "evaluate", "small.onnx", "device.kind=cmos")
    assert "expected samples after it, x and y, got device.kind=cmos" in str(given.exception)
    assert "crossbar evaluate small.onnx DATA.npz" in str(given.exception)


def mapped(place: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> dict:
    given = ran(place, monkeypatch, "map", *words, "--json")
    assert given.exit_code == 0, given.exception
    return json.loads(given.stdout)


def test_a_map_without_samples_counts_on_random_numbers(place, monkeypatch) -> None:
    """Arrays, areas, conversions and times are those with samples."""
    words = ("tile.size=8,8", "device.kind=pcm", "tile.adc.bits=6")
    alone = mapped(place, monkeypatch, "small.onnx", *words)
    beside = mapped(place, monkeypatch, "small.onnx", "samples.npz", *words)
    for name in ("name", "tiles", "cells", "area", "conversions", "latency"):
        assert [one[name] for one in alone["layers"]] == [one[name] for one in beside["layers"]]
    assert alone["total"]["energy"] > 0
    notes = [[note for note in one["notes"] if "random numbers" in note] for one in (alone, beside)]
    assert [len(one) for one in notes] == [1, 0]


def test_a_shape_that_the_file_leaves_open_is_asked_for(tmp_path, monkeypatch) -> None:
    model = onnx_models.Model(2, "wide")
    model.add("Conv", "x", model.constant(3, 2, 3))
    model.saved(tmp_path)
    asked = ran(tmp_path, monkeypatch, "map", "model.onnx")
    assert str(asked.exception).endswith(
        "model.onnx: expected samples of a fixed shape as input 'x', got (n, 2, wide). "
        "Give input_shape=(...) without the batch, in settings data.shape, or samples."
    )
    (layer,) = mapped(tmp_path, monkeypatch, "model.onnx", "data.shape=2,11")["layers"]
    assert (layer["rows"], layer["cols"], layer["reads"]) == (6, 3, 9)


def test_a_convolution_in_groups_that_wastes_arrays_is_named(tmp_path, monkeypatch) -> None:
    """Nine weights and a bias of a channel, on 16 x 16: 10 of 256 cells."""
    model = onnx_models.Model(4, 6, 6)
    y = model.add("Conv", "x", model.constant(5, 4, 1, 1, name="mix.weight"))
    weights = model.constant(5, 1, 3, 3, name="deep.weight"), model.constant(5, name="deep.bias")
    model.add("Conv", y, *weights, group=5)
    model.saved(tmp_path)
    words = ("map", "model.onnx", "device.kind=pcm", "tile.size=16,16")
    printed = " ".join(ran(tmp_path, monkeypatch, *words).stdout.split())
    assert "Note: deep uses 3.9 % of the cells: every group of channels has a matrix" in printed
    fitting = ran(tmp_path, monkeypatch, *words, "layers.deep.size=10,1")
    assert fitting.exit_code == 0, fitting.exception
    assert "every group of channels" not in " ".join(fitting.stdout.split())


def test_samples_of_other_shapes_or_classes_are_refused(place, monkeypatch, tmp_path) -> None:
    x = np.zeros((30, FEATURES))
    np.savez(tmp_path / "few.npz", x=x, y=np.arange(30) % 2)
    plan = imported_experiment(place / "small.onnx", tmp_path / "few.npz")
    with pytest.raises(ConfigError, match="expected data of 3 classes or targets, as the model"):
        build.network(plan, plan.common.data.read().ends)
    np.savez(tmp_path / "narrow.npz", x=x[:, 1:], y=np.arange(30) % 3)
    given = ran(place, monkeypatch, "evaluate", "small.onnx", str(tmp_path / "narrow.npz"))
    assert "small.onnx: expected an input_shape that fits (12,), got (11,)" in str(given.exception)
