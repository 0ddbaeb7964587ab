"""The command line on folders and files that are damaged, taken or not to be used."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
from calling import call, refused

from crossbar.runs.store import Store


def test_a_folder_with_other_things_is_left_alone(config, tmp_path, monkeypatch, capsys) -> None:
    out = tmp_path / "photos"
    out.mkdir()
    (out / "holiday.jpg").write_text("mine")
    assert "other files" in refused(monkeypatch, capsys, "train", config, "--out", out)
    assert [p.name for p in out.iterdir()] == ["holiday.jpg"]
    assert "a file" in refused(monkeypatch, capsys, "train", config, "--out", out / "holiday.jpg")


def test_another_run_is_not_overwritten(config, tmp_path, monkeypatch, capsys) -> None:
    out = tmp_path / "run"
    assert call(monkeypatch, "train", config, "--out", out) == 0
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    capsys.readouterr()
    line = refused(monkeypatch, capsys, "train", config, "device.bits=6", "--out", out)
    assert "the same settings, got device.bits = 6" in line
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before


def test_an_unwritable_folder(config, monkeypatch, capsys) -> None:
    line = refused(monkeypatch, capsys, "train", config, "--out", "/proc/run")
    assert "/proc/run" in line


def test_a_corrupt_checkpoint(config, tmp_path, monkeypatch, capsys) -> None:
    out = tmp_path / "run"
    assert call(monkeypatch, "train", config, "--out", out) == 0
    capsys.readouterr()
    path = out / "seed-0" / "checkpoint.npz"
    whole = path.read_bytes()
    damages = (whole[: len(whole) // 2], b"", b"no archive")
    for damage in damages:
        path.write_bytes(damage)
        assert "checkpoint.npz" in refused(monkeypatch, capsys, "evaluate", out)
    with Store(out, write=True) as kept:
        kept.redo(1)
    for damage in damages:
        path.write_bytes(damage)
        assert "damaged" in refused(monkeypatch, capsys, "train", config, "--out", out)
        assert path.read_bytes() == damage


def test_a_checkpoint_of_another_chip(config, tmp_path, monkeypatch, capsys) -> None:
    for name, bits in (("eight", 8), ("six", 6)):
        out = tmp_path / name
        assert call(monkeypatch, "train", config, f"device.bits={bits}", "--out", out) == 0
    inner = "seed-0/checkpoint.npz"
    shutil.copy(tmp_path / "eight" / inner, tmp_path / "six" / inner)
    capsys.readouterr()
    assert "another" in refused(monkeypatch, capsys, "evaluate", tmp_path / "six")


def test_a_diverging_gamma_names_itself_and_the_epoch(
    config, tmp_path, monkeypatch, capsys
) -> None:
    out = tmp_path / "run"
    wrong = ("device.kind=float", "train.gamma=1e6")
    line = refused(monkeypatch, capsys, "train", config, *wrong, "--out", out)
    assert "train.gamma = 1e+06 in epoch 1" in line
    assert not out.exists()


def test_no_run_in_a_folder(tmp_path, monkeypatch, capsys) -> None:
    for command in ("evaluate", "report", "stress"):
        assert str(tmp_path) in refused(monkeypatch, capsys, command, tmp_path)


def write(path: Path, seconds: float, loudness: float) -> None:
    """Write a recording of noise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = loudness * np.random.default_rng(len(str(path))).standard_normal(int(16_000 * seconds))
    soundfile.write(path, np.clip(noise, -1, 1), 16_000)


@pytest.mark.parametrize("defect", ["silent", "empty", "text", "class", "single", "truncated"])
def test_bad_recordings(defect, config, tmp_path, monkeypatch, capsys) -> None:
    folder = tmp_path / "sounds"
    for name in ("a", "b"):
        for k in range(1 if defect == "single" else 4):
            write(folder / name / f"{k}{'x' * k}.wav", 1.0, 0.1)
    bad = folder / "a" / "bad.wav"
    if defect == "silent":
        write(bad, 1.0, 0.0)
    elif defect == "empty":
        bad.write_bytes(b"")
    elif defect == "text":
        bad.write_text("not a sound at all")
    elif defect == "truncated":
        write(bad, 1.0, 0.1)
        bad.write_bytes(bad.read_bytes()[:3000])
    elif defect == "class":
        (folder / "c").mkdir()
    line = refused(
        monkeypatch, capsys, "train", config, f"data.path={folder}", "--out", tmp_path / "run"
    )
    named = {"class": "c", "single": "class"}.get(defect, "bad.wav")
    assert named in line
    assert not (tmp_path / "run").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder(config, tmp_path, monkeypatch, capsys) -> None:
    tmp_path.chmod(0o555)
    line = refused(monkeypatch, capsys, "train", config, "--out", tmp_path / "run")
    tmp_path.chmod(0o755)
    assert "writable" in line
