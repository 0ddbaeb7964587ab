"""Reading recordings: layouts, silence, and one clear error for each defect."""

import os
import re
import subprocess
import sys
from dataclasses import fields

import numpy as np
import pytest
import soundfile

from crossbar.audio import (
    SAMPLE_RATE,
    WINDOW,
    ByRecording,
    Recordings,
    WindowSet,
    load,
    spectrograms,
)
from crossbar.audio.soundfiles import SUFFIXES, read
from crossbar.errors import DataError

RNG = np.random.default_rng(0)


def write(path, seconds=1.0, sound=None, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    if sound is None:
        sound = 0.1 * RNG.standard_normal(round(seconds * SAMPLE_RATE)).clip(-9, 9)
    soundfile.write(path, sound, SAMPLE_RATE, **options)
    return path


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


def raises(expected):
    return pytest.raises(DataError, match=re.escape(expected))


def test_a_folder_has_one_class_a_sub_folder(folder):
    got = Recordings(path=folder).windows()
    assert got.classes == ("bus", "car")
    assert got.counts() == {"bus": (9, 3), "car": (9, 3)}
    assert got.images.shape == (18, 28, 28)
    assert got.images.dtype == np.float32
    assert got.dropped == 0
    assert str(folder) in got.source


def test_other_files_are_not_recordings_and_are_counted(folder):
    assert Recordings(path=folder).windows().skipped == ()
    for name in ("a.md", "b.md", "c.txt", "d.csv"):
        (folder / "car" / name).write_text("notes")
    (folder / "car" / "._0.wav").write_text("resource fork")
    (folder / ".hidden").mkdir()
    write(folder / "..a" / "0.wav")
    write(folder / "beside.wav")
    got = Recordings(path=folder).windows()
    assert got.counts() == {"bus": (9, 3), "car": (9, 3)}
    assert got.skipped == (
        "hidden folders, no classes: 2 (..a, .hidden)",
        "files beside the folders of classes: 1 (beside.wav)",
        "hidden files: 1 (car/._0.wav)",
        "files without the ending of a sound file: 4 (car/a.md, car/b.md, car/c.txt, ...)",
    )
    again = Recordings(path=folder).windows()  # from the cache
    assert again.skipped == got.skipped


def test_files_in_nested_folders_are_read_once(folder):
    write(folder / "car" / "2019" / "may" / "0.WAV", format="WAV")
    (folder / "car" / "2020").symlink_to(folder / "car" / "2019")
    (folder / "car" / "loop").symlink_to(folder)
    (folder / "bus" / "again.wav").symlink_to(folder / "bus" / "0.wav")
    got = Recordings(path=folder).windows()
    assert got.counts() == {"bus": (9, 3), "car": (12, 4)}
    assert "links to what was read already" in " ".join(got.skipped)


def test_hidden_folders_alone_are_named(tmp_path):
    write(tmp_path / "..a" / "0.wav")
    with raises("expected one sub-folder a class, got hidden ones alone (..a)"):
        Recordings(path=tmp_path).windows()


def test_classes_are_picked_in_the_given_order(folder):
    write(folder / "tram" / "0.wav")
    (folder / "empty").mkdir()
    got = Recordings(path=folder, classes=("car", "bus")).windows()
    assert got.classes == ("car", "bus")
    first = Recordings(path=folder, classes=("bus", "car")).windows()
    np.testing.assert_array_equal(got.labels[got.labels == 0], first.labels[first.labels == 1] - 1)


def test_examples_are_windows_of_the_set(folder):
    got = Recordings(path=folder).windows()
    np.testing.assert_allclose(
        spectrograms(got.examples.astype(np.float64)),
        got.images[got.example_index],
        atol=1e-3,  # the example is kept in single precision
    )
    np.testing.assert_array_equal(got.labels[got.example_index], [0, 1])


def test_a_manifest_in_the_folder_takes_precedence(folder):
    manifest(folder, "car/0.wav,engine", "bus/0.wav,other").rename(folder / "manifest.csv")
    assert Recordings(path=folder).windows().counts() == {"engine": (3, 1), "other": (3, 1)}


@pytest.mark.parametrize("column", ["group", "recording", "freesound_id"])
def test_files_of_one_group_are_one_recording(folder, column):
    lines = ["car/0.wav,car,7", "car/1.wav,car,7", "car/2.wav,car,8", "bus/0.wav,bus,9"]
    path = manifest(folder, *lines, header=f"file,class,{column}")
    assert Recordings(path=path).windows().counts() == {"bus": (3, 1), "car": (9, 2)}


def test_silent_windows_are_left_out_and_counted(folder):
    sound = 0.1 * RNG.standard_normal(4 * WINDOW)
    sound[WINDOW : 2 * WINDOW] = 0
    write(folder / "car" / "0.wav", sound=sound)
    got = Recordings(path=folder).windows()
    assert got.dropped == 1
    assert len(got) == 9 + 9


def test_progress_counts_files(folder):
    calls = []
    Recordings(path=folder).windows(lambda done, total: calls.append((done, total)))
    assert calls == [(k, 6) for k in range(1, 7)]


def counted(path, **options):
    """Windows, and how many files were read for them."""
    calls = []
    got = Recordings(path=path, **options).windows(lambda done, total: calls.append(done))
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
    for field in fields(WindowSet):
        np.testing.assert_array_equal(getattr(again, field.name), getattr(made, field.name))
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
    assert not np.array_equal(got.images, made.images)
    write(other, seconds=2.0)
    assert counted(folder)[1] == 6
    other.unlink()
    assert counted(folder)[1] == 5
    assert len(list(cache.iterdir())) == 4


def test_the_grouping_of_a_manifest_is_part_of_what_is_cached(folder, cache):
    lines = ["car/0.wav,car", "car/1.wav,car", "bus/0.wav,bus"]
    apart = Recordings(path=manifest(folder, *lines)).windows()
    joined = Recordings(
        path=manifest(folder, *(f"{line},{line[:3]}" for line in lines), header="file,class,group")
    ).windows()
    assert apart.counts()["car"] == (6, 2)
    assert joined.counts()["car"] == (6, 1)


def test_a_damaged_cache_file_is_made_again(folder, cache, caplog):
    made = Recordings(path=folder).windows()
    (path,) = cache.iterdir()
    path.write_bytes(path.read_bytes()[:3_000])
    with caplog.at_level("WARNING"):
        got, read = counted(folder)
    assert read == 6
    assert "cannot be read" in caplog.text
    np.testing.assert_array_equal(got.images, made.images)


def test_processes_that_read_at_once_share_one_file(folder, cache):
    program = (
        "import sys; from pathlib import Path; from crossbar.audio import Recordings\n"
        "print(Recordings(path=Path(sys.argv[1])).windows().images.tobytes().hex())"
    )
    command = [sys.executable, "-W", "error", "-c", program, str(folder)]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = [process.communicate() for process in processes]
    here = Recordings(path=folder).windows().images.tobytes().hex()
    assert {text.strip() for text, _ in told} == {here}
    assert all(not errors for _, errors in told)
    assert [path.suffix for path in cache.iterdir()] == [".npz"]


def test_a_silent_recording(folder):
    write(folder / "car" / "1.wav", sound=np.zeros(SAMPLE_RATE))
    with raises("1.wav: expected a window with rms >= 0.001 of full scale, got silence"):
        Recordings(path=folder).windows()


def test_a_short_recording(folder):
    write(folder / "car" / "1.wav", seconds=0.25)
    with raises("1.wav: expected at least 300 ms, got 250 ms"):
        Recordings(path=folder).windows()


def test_a_recording_with_nan(tmp_path):
    sound = np.zeros(1_000)
    sound[17] = np.nan
    path = write(tmp_path / "a.wav", sound=sound, subtype="DOUBLE")
    with raises("a.wav: expected finite samples, got NaN or inf at 17"):
        load(path)


ENDINGS = {
    "wav": ("WAV", "PCM_16"), "wave": ("WAVEX", "FLOAT"), "bwf": ("WAV", "PCM_24"),
    "rf64": ("RF64", None), "w64": ("W64", None), "flac": ("FLAC", None), "ogg": ("OGG", "VORBIS"),
    "oga": ("OGG", "VORBIS"), "opus": ("OGG", "OPUS"), "mp3": ("MP3", None), "aif": ("AIFF", None),
    "aiff": ("AIFF", None), "aifc": ("AIFF", "FLOAT"), "au": ("AU", None), "snd": ("AU", "ULAW"),
    "caf": ("CAF", None), "sf": ("IRCAM", None), "ircam": ("IRCAM", None), "sph": ("NIST", None),
    "nist": ("NIST", None), "voc": ("VOC", None), "pvf": ("PVF", None), "htk": ("HTK", None),
    "mat": ("MAT5", None), "iff": ("SVX", None), "8svx": ("SVX", "PCM_S8"), "svx": ("SVX", None),
    "16svx": ("SVX", "PCM_16"), "avr": ("AVR", None), "mpc": ("MPC2K", None), "paf": ("PAF", None),
    "sds": ("SDS", None), "wve": ("WVE", None), "xi": ("XI", None),
}  # fmt: skip
UNWRITTEN = {".mp1", ".mp2", ".sd2"}  # read by libsndfile, which writes none, or not in one file
RATES = {"OPUS": 24_000, "HTK": 16_000, "WVE": 8_000}
# XI and MPC2K keep no rate, or that of their machine.


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_ending_that_libsndfile_writes_is_read(tmp_path, ending):
    form, subtype = ENDINGS[ending]
    rate = RATES.get(subtype, RATES.get(form, 16_000))
    for k, name in enumerate(("bus", "car")):
        (tmp_path / name).mkdir()
        sound = 0.5 * np.sin(2 * np.pi * 300 * (k + 1) * np.arange(rate) / rate)
        path = tmp_path / name / f"a.{ending}"
        soundfile.write(path, sound, rate, format=form, subtype=subtype)
        got, _ = read(path)
        assert len(got) == pytest.approx(rate, abs=2_000)
        assert np.std(got[:, 0]) == pytest.approx(0.5 / np.sqrt(2), rel=0.1)
    assert set(Recordings(path=tmp_path).windows().counts()) == {"bus", "car"}


def test_every_ending_is_tried():
    assert {f".{ending}" for ending in ENDINGS} | UNWRITTEN == set(SUFFIXES)


@pytest.mark.parametrize("seconds", [0.3, 10.0])
@pytest.mark.parametrize("suffix", ["wav", "aiff", "flac", "ogg", "mp3"])
def test_every_type_is_read(tmp_path, suffix, seconds):
    got = load(write(tmp_path / f"a.{suffix}", seconds))
    assert len(got) == round(seconds * SAMPLE_RATE)


@pytest.mark.parametrize("suffix", ["wav", "aiff", "flac", "ogg", "mp3"])
@pytest.mark.parametrize("part", [0.3, 0.8])
def test_a_truncated_recording(tmp_path, suffix, part):
    path = write(tmp_path / f"a.{suffix}")
    path.write_bytes(path.read_bytes()[: int(part * path.stat().st_size)])
    with raises("truncated"):
        load(path)


@pytest.mark.parametrize(
    "ending", sorted(set(ENDINGS) - {"sf", "ircam", "pvf", "paf", "xi", "mat"})
)
def test_a_truncated_recording_of_any_type_that_tells_its_length(tmp_path, ending):
    form, subtype = ENDINGS[ending]
    rate = RATES.get(subtype, RATES.get(form, 16_000))
    path, sound = tmp_path / f"a.{ending}", 0.1 * RNG.standard_normal(rate)
    soundfile.write(path, sound, rate, format=form, subtype=subtype)
    path.write_bytes(path.read_bytes()[: int(0.7 * path.stat().st_size)])
    with raises("truncated"):
        read(path)


def lying(path, whole=None, samples=None, cut=None):
    """Write a second of noise under a header that gives other sizes, and return the samples."""
    sound = 0.1 * RNG.standard_normal(SAMPLE_RATE)
    soundfile.write(path, sound, SAMPLE_RATE, subtype="PCM_16")
    content = bytearray(path.read_bytes())
    order = "big" if path.suffix == ".aiff" else "little"
    place = content.index(b"SSND" if order == "big" else b"data")
    if whole is not None:
        content[4:8] = (len(content) if whole == "8 too large" else whole).to_bytes(4, order)
    if samples is not None:
        content[place + 4 : place + 8] = samples.to_bytes(4, order)
    path.write_bytes(bytes(content[:cut]))
    return sound


@pytest.mark.parametrize("suffix", ["wav", "aiff"])
@pytest.mark.parametrize(
    ("whole", "samples"),
    [
        ("8 too large", None),
        (0xFFFF_FFFF, None),
        (0, None),
        (0x7FFF_F000 + 36, 0x7FFF_F000),  # of sox that writes into a pipe
        (2_000_000_036, 2_000_000_000),
        (0xFFFF_FFFF, 0xFFFF_FFFF),  # of ffmpeg
        (0x8000_0024, 0x8000_0000),  # of arecord
        (0, 0),
        (36, 0),  # of a recorder that was switched off
    ],
)
def test_a_header_that_lies_costs_no_sample(tmp_path, suffix, whole, samples):
    path = tmp_path / f"a.{suffix}"
    sound = lying(path, whole, samples)
    np.testing.assert_allclose(load(path), sound, atol=2**-15)


def test_a_stream_of_rf64_is_read(tmp_path):
    path, sound = tmp_path / "a.rf64", 0.1 * RNG.standard_normal(SAMPLE_RATE)
    soundfile.write(path, sound, SAMPLE_RATE, subtype="PCM_16", format="RF64")
    content = bytearray(path.read_bytes())
    place = content.index(b"ds64") + 8
    content[place : place + 24] = bytes(24)
    path.write_bytes(bytes(content))
    np.testing.assert_allclose(load(path), sound, atol=2**-15)


@pytest.mark.parametrize("samples", [None, 0x7FFF_F000, 0])
def test_a_header_that_lies_hides_no_cut(tmp_path, samples):
    """Of a stream of unknown length only a part of a sample shows a cut."""
    lying(tmp_path / "a.wav", 0, samples, cut=-1)
    with raises("truncated"):
        load(tmp_path / "a.wav")


def test_what_follows_the_samples_may_be_cut(tmp_path):
    path = tmp_path / "a.wav"
    sound = lying(path)
    path.write_bytes(path.read_bytes() + b"LIST\x64\x00\x00\x00INFO")
    np.testing.assert_allclose(load(path), sound, atol=2**-15)


def test_gsm_which_cannot_seek_is_read(tmp_path):
    path = write(tmp_path / "a.wav", sound=np.sin(np.arange(SAMPLE_RATE) / 9), subtype="GSM610")
    assert len(load(path)) == pytest.approx(SAMPLE_RATE, abs=640)  # blocks of 320


@pytest.mark.parametrize("suffix", ["wav", "aiff", "ogg", "au", "w64", "caf"])
def test_a_complete_file_without_samples(tmp_path, suffix):
    with raises(f"a.{suffix}: expected samples, got a complete file without any"):
        load(write(tmp_path / f"a.{suffix}", sound=np.zeros(0)))


def test_channels_that_cancel(folder):
    sound = 0.1 * RNG.standard_normal(SAMPLE_RATE)
    write(folder / "car" / "1.wav", sound=np.stack([sound, -sound], axis=1))
    with raises("got channels of opposite phase, whose mean is silence. Keep one channel"):
        Recordings(path=folder).windows()


@pytest.mark.parametrize("rate", [1, 999, 1_000_001, 1_800_000_000])
def test_a_rate_that_no_sound_has(tmp_path, rate):
    """Half a second at 1 Hz became seconds of work and gigabytes."""
    path = tmp_path / "a.wav"
    soundfile.write(path, 0.1 * RNG.standard_normal(SAMPLE_RATE), rate)
    with raises(f"a.wav: expected a sample rate from 1000 to 1000000 Hz, got {rate} Hz"):
        load(path)


def test_an_empty_file(tmp_path):
    (tmp_path / "a.wav").touch()
    with raises("a.wav: expected a recording, got an empty file"):
        load(tmp_path / "a.wav")


@pytest.mark.parametrize("suffix", ["wav", "flac"])
def test_text_named_as_sound(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    path.write_text("no sound at all " * 100)
    with raises(f"a.{suffix}: expected an audio file, got"):
        load(path)


def test_a_missing_recording(tmp_path):
    with raises("a.wav: expected an existing file, got none"):
        load(tmp_path / "a.wav")


def test_a_missing_path(tmp_path):
    with raises("nowhere: expected a folder with one sub-folder a class, or a manifest"):
        Recordings(path=tmp_path / "nowhere").windows()


def test_a_folder_without_classes(tmp_path):
    with raises("expected one sub-folder a class, got none"):
        Recordings(path=tmp_path).windows()


def test_an_empty_class_folder(folder):
    (folder / "tram").mkdir()
    with raises("tram: expected recordings (.wav"):
        Recordings(path=folder).windows()
    with raises("tram: expected recordings (.wav"):
        Recordings(path=folder, classes=("tram", "car")).windows()


def test_an_unknown_class_names_the_nearest(folder):
    with raises("Recordings.classes: expected classes with files, got cars. Did you mean 'car'?"):
        Recordings(path=folder, classes=("bus", "cars")).windows()


@pytest.mark.parametrize("classes", [("car",), ("car", "car")])
def test_one_class_is_too_few(folder, classes):
    with raises("expected two different classes or more"):
        Recordings(path=folder, classes=classes).windows()


def test_one_recording_a_class_cannot_be_split_by_recording(folder):
    for name in ("bus", "car"):
        for take in (1, 2):
            (folder / name / f"{take}.wav").unlink()
    got = Recordings(path=folder).windows()
    with raises("class 0: expected at least 3 recordings, got 1. Add recordings, or use split = w"):
        ByRecording().split(got.labels, got.groups, rng=np.random.default_rng(0))


def test_a_manifest_without_a_column(folder):
    path = manifest(folder, "car/0.wav,1", header="file,fold")
    with raises("list.csv: expected a column 'class', got columns file, fold"):
        Recordings(path=path).windows()


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
        Recordings(path=manifest(folder, "car/0.wav,car", line)).windows()


def test_a_manifest_without_lines(folder):
    with raises("list.csv: expected a line a file, got none"):
        Recordings(path=manifest(folder)).windows()


def test_a_manifest_that_is_no_text(folder):
    path = folder / "list.csv"
    path.write_bytes(b"\x80\xff\x00\x01")
    with raises("list.csv:1: expected CSV text, got byte 0x80"):
        Recordings(path=path).windows()
