"""A chip is never tested, trained on or swept with other samples than those that it learned from.

Windows that moved from the training into the test part are remembered, not classified: of 18 test
windows 6 had been training windows after five recordings were added and three removed.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from crossbar.errors import DataError
from crossbar.nn import checkpoint
from crossbar.runs import evaluate_run, experiment, load_plan, stress, train, trials
from crossbar.runs.circuits import trained_deck
from crossbar.runs.fingerprint import difference, fingerprint
from crossbar.runs.folder import accept
from crossbar.runs.store import Store
from crossbar.runs.store.store import located
from crossbar.runs.sweep import sweep

RATE = 22_050


def record(path: Path, seed: int, seconds: float = 1.3) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).standard_normal(int(seconds * RATE))
    soundfile.write(path, 0.1 * np.cumsum(noise) / 50 if "car" in str(path) else 0.1 * noise, RATE)


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    for kind in range(2):
        for k in range(5):
            record(tmp_path / "data" / ("car", "plane")[kind] / f"{k}.wav", 10 * kind + k)
    return tmp_path / "data"


def settings(data: Path, **train: object) -> dict[str, object]:
    return {
        "data": {"path": str(data), "split": "recording"},
        "train": {"epochs": 1} | train,
        "network": {"hidden": 8},
    }


def add(data: Path) -> str:
    record(data / "car" / "new.wav", 99)
    return r"new: car/new\.wav"


def remove(data: Path) -> str:
    (data / "plane" / "3.wav").unlink()
    return r"gone: plane/3\.wav"


def replace(data: Path) -> str:
    record(data / "car" / "2.wav", 77)
    return r"other content: car/2\.wav"


def relabel(data: Path) -> str:
    (data / "car" / "1.wav").rename(data / "plane" / "5.wav")
    return r"gone: car/1\.wav; new: plane/5\.wav"


CHANGES = [add, remove, replace, relabel]


@pytest.mark.parametrize("change", CHANGES, ids=lambda f: f.__name__)
def test_a_trained_chip_is_not_tested_on_other_samples(
    change: Callable[[Path], str], sounds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, plan = tmp_path / "run", experiment(settings(sounds))
    trained = train(plan, out)
    assert evaluate_run(load_plan(out, []), out)["loss"] == trained["loss"]
    words = change(sounds)
    uses: list[Callable[[], object]] = [
        lambda: evaluate_run(load_plan(out, []), out),
        lambda: evaluate_run(load_plan(out, ["device.kind=reram"]), out),
        lambda: stress(out, jobs=1),
        lambda: trained_deck(load_plan(out, []), out, 1, None),
        lambda: sweep(out, {"faults.p_on": [0.0, 0.1]}, store=tmp_path / "swept", jobs=1),
    ]
    monkeypatch.setattr(trials, "evaluate", None)  # nothing is tested before it is refused
    refusal = r"seed-0/checkpoint\.npz: expected the samples of its training"
    for use in uses:
        with pytest.raises(DataError, match=refusal) as told:
            use()
        assert re.search(words, str(told.value))
    assert not located(tmp_path / "swept").exists()
    assert not (out / "stress").exists()


def cut(out: Path) -> None:
    """Leave of the run in ``out`` what a kill in its last epoch would."""
    (out / "seed-0" / "cells.npz").unlink()
    with Store(out, write=True) as kept:
        kept.redo(1)


@pytest.mark.parametrize("change", CHANGES, ids=lambda f: f.__name__)
def test_a_training_is_not_resumed_on_other_samples(
    change: Callable[[Path], str], sounds: Path, tmp_path: Path
) -> None:
    out, plan = tmp_path / "run", experiment(settings(sounds))
    train(plan, out)
    cut(out)
    words = change(sounds)
    with pytest.raises(DataError, match=words):
        train(plan, out)
    assert not (out / "seed-0" / "cells.npz").exists()


def test_the_same_files_elsewhere_are_the_same_samples(sounds: Path, tmp_path: Path) -> None:
    """Neither place nor times of files matter, nor the cache of spectrograms."""
    out = tmp_path / "run"
    trained = train(experiment(settings(sounds)), out)
    shutil.copytree(sounds, tmp_path / "moved")  # with times of now
    shutil.rmtree(sounds)
    plan = load_plan(out, [f"data.path={tmp_path / 'moved'}"])
    assert evaluate_run(plan, out)["loss"] == trained["loss"]


def test_a_manifest_that_calls_a_file_otherwise_is_noticed(sounds: Path, tmp_path: Path) -> None:
    manifest = sounds / "manifest.csv"
    files = sorted(path.relative_to(sounds) for path in sounds.rglob("*.wav"))
    lines = [f"{path},{path.parent}" for path in files]
    manifest.write_text("\n".join(["file,class", *lines]) + "\n")
    out = tmp_path / "run"
    train(experiment(settings(sounds)), out)
    manifest.write_text("\n".join(["file,class", "car/0.wav,plane", *lines[1:]]) + "\n")
    with pytest.raises(DataError, match=r"another class: car/0\.wav"):
        evaluate_run(load_plan(out, []), out)


def test_a_window_in_another_part_is_noticed(sounds: Path) -> None:
    windows = experiment(settings(sounds)).common.data.dataset()
    every = np.arange(len(windows))
    then = fingerprint(windows, (every[8:], every[4:8], every[:4]))
    assert difference(then, then) == ""
    now = fingerprint(windows, (every[9:], every[4:8], np.append(every[:4], 8)))
    assert difference(then, now) == "another part: car/2.wav"
    assert then["files"]["car/1.wav"][3] == "validation"


def test_synthesised_sound_has_a_fingerprint_that_no_machine_changes() -> None:
    """Digests come from the recipe, not from spectrograms, which differ in their last bits."""
    known = {"data": {"clips": 3, "preset": "hard"}}
    windows = experiment(known).common.data.dataset()
    origin = windows.origin
    assert origin.names[:2] == ("aeroplane 0", "aeroplane 1")
    assert origin.digests[0] == "c21193a19fad07c8"
    more = experiment({"data": {"clips": 4, "preset": "hard"}}).common.data.dataset()
    assert more.origin.digests[:3] == origin.digests[:3]
    other = experiment({"data": {"clips": 3, "preset": "clear"}}).common.data.dataset()
    assert not set(other.origin.digests) & set(origin.digests)


def test_settings_edited_by_hand_are_compared_with_the_result(tmp_path: Path) -> None:
    """Without data.clips a chip was tested on 716 clips that it had partly learned: .61."""
    out = tmp_path / "run"
    train(experiment({"data": {"clips": 6}, "train": {"epochs": 1}, "network": {"hidden": 8}}), out)
    path = out / "seed-0" / "checkpoint.npz"
    arrays = dict(np.load(path))
    story = json.loads(str(arrays["story"]))
    del story["about"]["settings"]["data"]["clips"]
    np.savez(path, **arrays | {"story": np.array(json.dumps(story))})
    with pytest.raises(DataError, match=r"checkpoint\.npz: .*damaged or edited"):
        load_plan(out, [])
    accept(out)
    with pytest.raises(DataError, match=r"checkpoint\.npz: expected data\.clips = 6, .* got 358"):
        load_plan(out, [])
    with pytest.raises(DataError, match=r"data\.clips = 6"):
        sweep(out, {"faults.p_on": [0.0]}, store=tmp_path / "swept", jobs=1)


def test_a_checkpoint_of_an_older_version_is_used_with_a_word(
    sounds: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, plan = tmp_path / "run", experiment(settings(sounds))
    kept = checkpoint.save

    def unsigned(path, chip, history, about, *more):
        known = {name: value for name, value in about.items() if name != "samples"}
        kept(path, chip, history, known, *more)

    monkeypatch.setattr(checkpoint, "save", unsigned)
    trained = train(plan, out)
    with caplog.at_level(logging.WARNING):
        assert evaluate_run(load_plan(out, []), out)["loss"] == trained["loss"]
    assert "no fingerprint" in caplog.text
    assert "Train anew" in caplog.text
