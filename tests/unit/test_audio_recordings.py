"""Reading recordings: layouts, silence, and one clear error for each defect."""

import os
import subprocess
import sys
from dataclasses import fields

import numpy as np
import pytest
from sounds import RNG, raises, write

from crossbar.data import ByGroup, Dataset, Recordings, Spectrogram

FRONT = Spectrogram()
RATE = int(FRONT.rate)


@pytest.fixture
def folder(tmp_path):
    for name in ("bus", "car"):
        for take in range(3):
            write(tmp_path / name / f"{take}.wav")
    return tmp_path


def manifest(folder, *lines, header="file,class"):
    path = folder / "list.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def test_a_folder_has_one_class_a_sub_folder(folder):
    got = Recordings(path=folder).dataset()
    assert got.classes == ("bus", "car")
    assert got.counts() == {"bus": (9, 3), "car": (9, 3)}
    assert got.x.shape == (18, 28, 28)
    assert got.x.dtype == np.float32
    assert got.dropped == 0
    assert str(folder) in got.source


def test_other_files_are_not_recordings_and_are_counted(folder):
    assert Recordings(path=folder).dataset().skipped == ()
    for name in ("a.md", "b.md", "c.txt", "d.csv"):
        (folder / "car" / name).write_text("notes")
    (folder / "car" / "._0.wav").write_text("resource fork")
    (folder / ".hidden").mkdir()
    write(folder / "..a" / "0.wav")
    write(folder / "beside.wav")
    got = Recordings(path=folder).dataset()
    assert got.counts() == {"bus": (9, 3), "car": (9, 3)}
    assert got.skipped == (
        "hidden folders, no classes: 2 (..a, .hidden)",
        "files beside the folders of classes: 1 (beside.wav)",
        "hidden files: 1 (car/._0.wav)",
        "files without the ending of a sound file: 4 (car/a.md, car/b.md, car/c.txt, ...)",
    )
    again = Recordings(path=folder).dataset()  # from the cache
    assert again.skipped == got.skipped


def test_files_in_nested_folders_are_read_once(folder):
    write(folder / "car" / "2019" / "may" / "0.WAV", format="WAV")
    (folder / "car" / "2020").symlink_to(folder / "car" / "2019")
    (folder / "car" / "loop").symlink_to(folder)
    (folder / "bus" / "again.wav").symlink_to(folder / "bus" / "0.wav")
    got = Recordings(path=folder).dataset()
    assert got.counts() == {"bus": (9, 3), "car": (12, 4)}
    assert "links to what was read already" in " ".join(got.skipped)


def test_hidden_folders_alone_are_named(tmp_path):
    write(tmp_path / "..a" / "0.wav")
    with raises("expected one sub-folder a class, got hidden ones alone (..a)"):
        Recordings(path=tmp_path).dataset()


def test_classes_are_picked_in_the_given_order(folder):
    write(folder / "tram" / "0.wav")
    (folder / "empty").mkdir()
    got = Recordings(path=folder, classes=("car", "bus")).dataset()
    assert got.classes == ("car", "bus")
    first = Recordings(path=folder, classes=("bus", "car")).dataset()
    np.testing.assert_array_equal(got.y[got.y == 0], first.y[first.y == 1] - 1)


def test_examples_are_windows_of_the_set(folder):
    got = Recordings(path=folder).dataset()
    np.testing.assert_allclose(
        FRONT.images(got.examples["waveforms"].astype(np.float64)),
        got.x[got.example_index],
        atol=1e-3,  # the example is kept in single precision
    )
    np.testing.assert_array_equal(got.y[got.example_index], [0, 1])


def test_a_manifest_in_the_folder_takes_precedence(folder):
    manifest(folder, "car/0.wav,engine", "bus/0.wav,other").rename(folder / "manifest.csv")
    assert Recordings(path=folder).dataset().counts() == {"engine": (3, 1), "other": (3, 1)}


@pytest.mark.parametrize("column", ["group", "recording", "freesound_id"])
def test_files_of_one_group_are_one_recording(folder, column):
    lines = ["car/0.wav,car,7", "car/1.wav,car,7", "car/2.wav,car,8", "bus/0.wav,bus,9"]
    path = manifest(folder, *lines, header=f"file,class,{column}")
    assert Recordings(path=path).dataset().counts() == {"bus": (3, 1), "car": (9, 2)}


def test_silent_windows_are_left_out_and_counted(folder):
    sound = 0.1 * RNG.standard_normal(4 * FRONT.samples)
    sound[FRONT.samples : 2 * FRONT.samples] = 0
    write(folder / "car" / "0.wav", sound=sound)
    got = Recordings(path=folder).dataset()
    assert got.dropped == 1
    assert len(got) == 9 + 9


def test_progress_counts_files(folder):
    calls = []
    Recordings(path=folder).dataset(lambda done, total: calls.append((done, total)))
    assert calls == [(k, 6) for k in range(1, 7)]


def counted(path, **options):
    """Windows, and how many files were read for them."""
    calls = []
    got = Recordings(path=path, **options).dataset(lambda done, total: calls.append(done))
    return got, len(calls)


@pytest.fixture
def cache(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("CROSSBAR_CACHE", str(folder))
    return folder


def test_the_second_call_reads_the_cache(folder, cache):
    made, read = counted(folder)
    again, read_again = counted(folder)
    assert (read, read_again) == (6, 0)
    for field in fields(Dataset):
        np.testing.assert_equal(getattr(again, field.name), getattr(made, field.name))
    assert counted(folder, classes=("car", "bus"))[1] == 6
    assert len(list(cache.iterdir())) == 2


def test_a_changed_file_is_read_again(folder, cache):
    """By its size, or by its time alone; a file more or less is another set too."""
    made, _ = counted(folder)
    changed, other = folder / "car" / "1.wav", folder / "car" / "2.wav"
    write(changed)
    os.utime(changed, ns=(1, 1))  # the same size; a time that differs on any file system
    got, read = counted(folder)
    assert read == 6
    assert not np.array_equal(got.x, made.x)
    write(other, seconds=2.0)
    assert counted(folder)[1] == 6
    other.unlink()
    assert counted(folder)[1] == 5
    assert len(list(cache.iterdir())) == 4


def test_the_grouping_of_a_manifest_is_part_of_what_is_cached(folder, cache):
    lines = ["car/0.wav,car", "car/1.wav,car", "bus/0.wav,bus"]
    apart = Recordings(path=manifest(folder, *lines)).dataset()
    joined = Recordings(
        path=manifest(folder, *(f"{line},{line[:3]}" for line in lines), header="file,class,group")
    ).dataset()
    assert apart.counts()["car"] == (6, 2)
    assert joined.counts()["car"] == (6, 1)


def test_a_damaged_cache_file_is_made_again(folder, cache, caplog):
    made = Recordings(path=folder).dataset()
    (path,) = cache.iterdir()
    path.write_bytes(path.read_bytes()[:3_000])
    with caplog.at_level("WARNING"):
        got, read = counted(folder)
    assert read == 6
    assert "cannot be read" in caplog.text
    np.testing.assert_array_equal(got.x, made.x)


def test_processes_that_read_at_once_share_one_file(folder, cache):
    program = (
        "import sys; from pathlib import Path; from crossbar.data import Recordings\n"
        "print(Recordings(path=Path(sys.argv[1])).dataset().x.tobytes().hex())"
    )
    command = [sys.executable, "-W", "error", "-c", program, str(folder)]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = [process.communicate() for process in processes]
    here = Recordings(path=folder).dataset().x.tobytes().hex()
    assert {text.strip() for text, _ in told} == {here}
    assert all(not errors for _, errors in told)
    assert [path.suffix for path in cache.iterdir()] == [".npz"]


def test_a_silent_recording(folder):
    write(folder / "car" / "1.wav", sound=np.zeros(RATE))
    with raises("1.wav: expected a window with rms >= 0.001 of full scale, got silence"):
        Recordings(path=folder).dataset()


def test_a_short_recording(folder):
    write(folder / "car" / "1.wav", seconds=0.25)
    with raises("1.wav: expected at least 300 ms, got 250 ms"):
        Recordings(path=folder).dataset()


def test_channels_that_cancel(folder):
    sound = 0.1 * RNG.standard_normal(RATE)
    write(folder / "car" / "1.wav", sound=np.stack([sound, -sound], axis=1))
    with raises("got channels of opposite phase, whose mean is silence. Keep one channel"):
        Recordings(path=folder).dataset()


def test_a_missing_path(tmp_path):
    with raises("nowhere: expected a folder with one sub-folder a class, or a manifest"):
        Recordings(path=tmp_path / "nowhere").dataset()


def test_a_folder_without_classes(tmp_path):
    with raises("expected one sub-folder a class, got none"):
        Recordings(path=tmp_path).dataset()


def test_an_empty_class_folder(folder):
    (folder / "tram").mkdir()
    with raises("tram: expected recordings (.wav"):
        Recordings(path=folder).dataset()
    with raises("tram: expected recordings (.wav"):
        Recordings(path=folder, classes=("tram", "car")).dataset()


def test_an_unknown_class_names_the_nearest(folder):
    with raises(
        "Recordings.classes: expected classes that the data have, got cars. Did you mean 'car'?"
    ):
        Recordings(path=folder, classes=("bus", "cars")).dataset()


@pytest.mark.parametrize("classes", [("car",), ("car", "car")])
def test_one_class_is_too_few(folder, classes):
    with raises("expected two different classes or more"):
        Recordings(path=folder, classes=classes).dataset()


def test_one_recording_a_class_cannot_be_split_by_recording(folder):
    for name in ("bus", "car"):
        for take in (1, 2):
            (folder / name / f"{take}.wav").unlink()
    got = Recordings(path=folder).dataset()
    with raises("class bus: expected at least 3 recordings, got 1. Add recordings, or use"):
        ByGroup().split(got, rng=np.random.default_rng(0))


def test_a_manifest_without_a_column(folder):
    path = manifest(folder, "car/0.wav,1", header="file,fold")
    with raises("list.csv: expected a column 'class', got columns file, fold"):
        Recordings(path=path).dataset()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("car/9.wav,car", "list.csv:3: expected an existing file, got 'car/9.wav'"),
        ("car/1.wav", "list.csv:3: expected 2 cells, got 1"),
        ("car/1.wav,", "list.csv:3: expected an entry in 'class', got none"),
        (",car", "list.csv:3: expected an entry in 'file', got none"),
        ("car/../car/0.wav,car", "list.csv:3: expected a new file, got the file of line 2"),
    ],
)
def test_a_bad_line_of_a_manifest(folder, line, expected):
    with raises(expected):
        Recordings(path=manifest(folder, "car/0.wav,car", line)).dataset()


def test_a_manifest_without_lines(folder):
    with raises("list.csv: expected a line a file, got none"):
        Recordings(path=manifest(folder)).dataset()


def test_a_manifest_that_is_no_text(folder):
    path = folder / "list.csv"
    path.write_bytes(b"\x80\xff\x00\x01")
    with raises("list.csv:1: expected CSV text, got byte 0x80"):
        Recordings(path=path).dataset()
