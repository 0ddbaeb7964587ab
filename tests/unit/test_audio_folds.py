"""Folds of manifests: published tables are read as they are, and no recording is in two parts."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from crossbar.data import ByFold, Recordings
from crossbar.data.manifest import from_manifest
from crossbar.errors import ConfigError, CrossbarError, DataError
from crossbar.report import write_report
from crossbar.runs import experiment, train
from crossbar.runs.build import parts_of
from crossbar.runs.sweep import sweep

RATE = 22_050
FOLDS = (1, 2, 3, 4)
CLASSES = ("dog", "rain")
ESC_50 = "filename,fold,target,category,esc10,src_file,take"
URBAN = "slice_file_name,fsID,start,end,salience,fold,classID,class"


def record(path: Path, kind: int, level: float = 0.1, seconds: float = 1.0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng([kind, len(path.name)]).standard_normal(round(seconds * RATE))
    soundfile.write(path, level * (np.cumsum(noise) / 50 if kind else noise), RATE)


@pytest.fixture
def esc_50(tmp_path: Path) -> Path:
    """Two clips of one source in each fold and class, in the folders of ESC-50."""
    lines = [ESC_50]
    for fold in FOLDS:
        for kind, name in enumerate(CLASSES):
            for take in "AB":
                file = f"{fold}-10{fold}{kind}-{take}-{kind}.wav"
                record(tmp_path / "audio" / file, kind)
                lines.append(f"{file},{fold},{kind},{name},True,10{fold}{kind},{take}")
    (tmp_path / "meta").mkdir()
    (tmp_path / "meta" / "esc50.csv").write_text("\n".join(lines) + "\n")
    return tmp_path


def test_esc_50_is_read_as_published(esc_50: Path) -> None:
    for path in (esc_50, esc_50 / "meta" / "esc50.csv"):
        dataset = Recordings(path=path).dataset()
        assert dataset.classes == CLASSES
        assert dataset.counts() == {"dog": (24, 4), "rain": (24, 4)}  # two takes are one recording
        assert dataset.folds is not None
        assert np.unique(dataset.folds, return_counts=True)[1].tolist() == [12, 12, 12, 12]


def test_urban_sound_8k_is_read_as_published(tmp_path: Path) -> None:
    """Slices shorter than a window and silent ones are skipped and counted: they are published."""
    lines = [URBAN]
    for fold in FOLDS:
        for kind, name in enumerate(CLASSES):
            file = f"{fold}{kind}-{kind}-0-0.wav"
            record(tmp_path / f"audio/fold{fold}" / file, kind)
            lines.append(f"{file},{fold}{kind},0.0,1.0,1,{fold},{kind},{name}")
    record(tmp_path / "audio/fold1/short.wav", 0, seconds=0.1)
    record(tmp_path / "audio/fold1/quiet.wav", 0, level=1e-5)
    lines += ["short.wav,10,0.0,0.1,1,1,0,dog", "quiet.wav,10,0.0,1,2,1,0,dog"]
    (tmp_path / "metadata").mkdir()
    (tmp_path / "metadata" / "UrbanSound8K.csv").write_text("\n".join(lines) + "\n")
    for _ in range(2):  # read, and from the cache
        dataset = Recordings(path=tmp_path).dataset()
        assert dataset.counts() == {"dog": (12, 4), "rain": (12, 4)}
        expected = "published files without a window to hear: 2 (short.wav, quiet.wav)"
        assert dataset.skipped == (expected,)


def test_a_manifest_of_ones_own_may_have_folds_and_refuses_what_cannot_be_heard(
    tmp_path: Path,
) -> None:
    record(tmp_path / "a.wav", 0, level=1e-5)
    record(tmp_path / "b.wav", 1)
    path = tmp_path / "list.csv"
    path.write_text("file,class,fold\na.wav,dog,1\nb.wav,rain,2\n")
    assert [clip.fold for clip in from_manifest(path).clips] == [1, 2]
    with pytest.raises(DataError, match="silence throughout"):
        Recordings(path=path).dataset()


def test_parts_are_folds(esc_50: Path) -> None:
    dataset = Recordings(path=esc_50).dataset()
    assert dataset.folds is not None
    rng = np.random.default_rng(0)
    for test, validation, following in ((1, None, 2), (4, None, 1), (2, 4, 4)):
        parts = ByFold(test=test, validation=validation).split(dataset, rng=rng)
        kept = [set(dataset.folds[part].tolist()) for part in parts]
        assert kept == [set(FOLDS) - {test, following}, {following}, {test}]
        assert sorted(np.concatenate(parts).tolist()) == list(range(len(dataset)))
        sides = [set(dataset.groups[part].tolist()) for part in parts]
        assert not sides[0] & sides[1]
        assert not sides[2] & (sides[0] | sides[1])


@pytest.mark.parametrize(
    ("lines", "match"),
    [
        (
            ["a.wav,dog,7,1", "b.wav,dog,7,2"],
            ":3: .*one fold, got group 7 in fold 2 and, line 2, in fold 1",
        ),
        (["a.wav,dog,7,1.5"], r":2: expected a whole number in 'fold', got '1\.5'"),
        (["a.wav,dog,7,one"], ":2: expected a whole number in 'fold', got 'one'"),
        (["a.wav,dog,7,"], ":2: expected an entry in 'fold', got none"),
    ],
)
def test_a_fold_that_leaks_or_is_none_is_named(
    tmp_path: Path, lines: list[str], match: str
) -> None:
    for name in ("a.wav", "b.wav"):
        record(tmp_path / name, 0)
    path = tmp_path / "list.csv"
    path.write_text("\n".join(["file,class,group,fold", *lines]) + "\n")
    with pytest.raises(DataError, match=match):
        from_manifest(path)


def test_folds_that_are_not_there_are_refused(esc_50: Path) -> None:
    data = {"path": str(esc_50), "split": {"kind": "fold", "test": 9}}
    plan = experiment({"data": data}).common.data
    with pytest.raises(DataError, match=r"test: expected one of the folds 1, 2, 3, 4, got 9"):
        parts_of(plan, plan.dataset(), 0)
    with pytest.raises(CrossbarError, match=r"data\.split\.\w+.*another fold than the test fold"):
        experiment({"data": data | {"split": {"kind": "fold", "test": 2, "validation": 2}}})
    with pytest.raises(ConfigError, match=r"ByFold\.test"):
        ByFold(test=-1)
    synthetic = experiment({"data": {"split": "fold", "clips": 3}}).common.data
    with pytest.raises(DataError, match="expected data with a column fold, got none"):
        parts_of(synthetic, synthetic.dataset(), 0)
    table = esc_50 / "meta" / "esc50.csv"
    kept = [line for line in table.read_text().splitlines() if not re.match(r"2-.*rain", line)]
    table.write_text("\n".join(kept) + "\n")
    plan = experiment({"data": data | {"split": {"kind": "fold", "test": 2}}}).common.data
    with pytest.raises(DataError, match="class rain: expected windows in the test part, got none"):
        parts_of(plan, plan.dataset(), 0)


SMALL = {"train": {"epochs": 1}, "network": {"hidden": 8}, "energy": {"images": 2}}


def test_a_run_says_that_its_seeds_share_the_folds(esc_50: Path, tmp_path: Path) -> None:
    data = {"path": str(esc_50), "split": {"kind": "fold", "test": 3}}
    run = tmp_path / "run"
    result = train(experiment(SMALL | {"seed": [0, 1], "data": data}), run)
    assert result["split"] == "fold"
    assert {seed["test_images"] for seed in result["per_seed"]} == {12}
    assert result["interval"].startswith("Student t, over 2 seeds")
    write_report(run)
    page = (run / "report.html").read_text()
    assert "test on fold 3, validation on the next, training on the others" in page
    assert "seeds share one test part" in page


def test_cross_validation_is_a_sweep_over_the_test_fold(esc_50: Path, tmp_path: Path) -> None:
    base = SMALL | {"data": {"path": str(esc_50), "split": "fold"}}
    frame = sweep(base, {"data.split.test": list(FOLDS)}, store=tmp_path / "runs.db", jobs=1)
    assert sorted(frame["data.split.test"]) == list(FOLDS)
    assert (frame["test_images"] == 12).all()
    assert (frame["resampling"] == 0).all()
