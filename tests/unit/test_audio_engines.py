"""The synthesised set: reproducible, exact in its counts, cached on disk."""

import logging
from pathlib import Path

import numpy as np
import pytest

from crossbar.data import EngineSounds, Spectrogram
from crossbar.data.audio import PRESETS
from crossbar.errors import ConfigError

FRONT = Spectrogram()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("CROSSBAR_CACHE", str(folder))
    return folder


def same(a, b):
    np.testing.assert_array_equal(a.x, b.x)
    np.testing.assert_array_equal(a.y, b.y)
    np.testing.assert_array_equal(a.groups, b.groups)
    for name in a.examples.keys() | b.examples.keys():
        np.testing.assert_array_equal(a.examples[name], b.examples[name])
    assert (a.classes, a.source, a.dropped) == (b.classes, b.source, b.dropped)


def test_the_presets_make_7160_windows():
    for preset in PRESETS.values():
        assert 2 * 10 * preset.clips == 7_160


@pytest.mark.parametrize(
    ("name", "mean", "std"), [("aeroplane", -31.247933, 14.387645), ("car", -19.517328, 12.323494)]
)
def test_the_numbers_belong_to_this_format_of_the_cache(name, mean, std):
    # If they change on purpose, raise FORMAT in cache.py: old files would be taken for new ones.
    # Libraries of other platforms round the last digits differently, hence 1e-4 dB.
    images = FRONT.images(FRONT.windows(EngineSounds().waveform(name, 0)))
    assert images.mean() == pytest.approx(mean, abs=1e-4)
    assert images.std() == pytest.approx(std, abs=1e-4)


def test_counts_and_labels():
    got = EngineSounds(clips=3).dataset()
    assert got.classes == ("aeroplane", "car")
    assert got.counts() == {"aeroplane": (30, 3), "car": (30, 3)}
    assert got.x.dtype == np.float32
    np.testing.assert_array_equal(np.bincount(got.groups), [10] * 6)
    np.testing.assert_array_equal(got.y[got.example_index], [0, 1])


def test_a_clip_does_not_depend_on_the_number_of_clips():
    few, many = EngineSounds(clips=1).dataset(), EngineSounds(clips=3).dataset()
    np.testing.assert_array_equal(few.x[:10], many.x[:10])
    np.testing.assert_array_equal(few.x[10:], many.x[30:40])


def test_windows_are_those_of_the_waveform():
    spec = EngineSounds(clips=1)
    clip = FRONT.windows(spec.waveform("car", 0))
    got = spec.dataset()
    np.testing.assert_array_equal(got.x[10:], FRONT.images(clip).astype(np.float32))
    np.testing.assert_array_equal(got.examples["waveforms"][1], clip[0].astype(np.float32))


def test_a_seed_is_another_set():
    assert not np.array_equal(
        EngineSounds(seed=1).waveform("car", 0), EngineSounds(seed=2).waveform("car", 0)
    )


def test_progress_counts_clips():
    calls = []
    EngineSounds(clips=2).dataset(lambda done, total: calls.append((done, total)))
    assert calls == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_second_call_reads_the_cache(cache):
    calls = []
    made = EngineSounds(clips=1).dataset(lambda done, total: calls.append(done))
    assert [path.suffix for path in cache.iterdir()] == [".npz"]
    same(EngineSounds(clips=1).dataset(lambda done, total: calls.append(done)), made)
    assert calls == [1, 2]


def test_another_specification_has_another_file(cache):
    EngineSounds(clips=1).dataset()
    EngineSounds(clips=1, seed=1).dataset()
    EngineSounds(clips=1, tilt=2.0).dataset()
    assert len(list(cache.iterdir())) == 3


@pytest.mark.parametrize("damage", [b"", b"no archive", None])
def test_a_damaged_cache_file_is_made_again(cache, caplog, damage):
    made = EngineSounds(clips=1).dataset()
    (path,) = cache.iterdir()
    path.write_bytes(path.read_bytes()[:5_000] if damage is None else damage)
    with caplog.at_level(logging.WARNING):
        same(EngineSounds(clips=1).dataset(), made)
    assert "cannot be read" in caplog.text
    caplog.clear()
    same(EngineSounds(clips=1).dataset(), made)
    assert not caplog.text


def test_a_cache_that_cannot_be_written_is_done_without(cache, caplog):
    cache.write_text("a file where the folder should be")
    with caplog.at_level(logging.WARNING):
        EngineSounds(clips=1).dataset()
    assert "not cached" in caplog.text


def test_a_cache_that_cannot_even_be_looked_at_is_done_without(caplog, monkeypatch, tmp_path):
    monkeypatch.setenv("CROSSBAR_CACHE", str(tmp_path / ("x" * 300)))  # ENAMETOOLONG, as EACCES is
    with caplog.at_level(logging.WARNING):
        EngineSounds(clips=1).dataset()
    assert "not cached" in caplog.text


def test_a_user_without_a_home_has_no_cache(monkeypatch):
    from crossbar.data.cache import folder

    def no_home():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("CROSSBAR_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", no_home)
    assert folder() == Path("/nonexistent/.cache/crossbar")


def test_the_cache_folder_follows_the_platform(tmp_path, monkeypatch):
    from crossbar.data.cache import folder

    monkeypatch.delenv("CROSSBAR_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert folder() == tmp_path / "crossbar"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert folder() == tmp_path / ".cache" / "crossbar"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("clips", 0),
        ("clips", 1.5),
        ("snr", (40.0, 17.0)),
        ("snr", (17.0,)),
        ("tilt", -1.0),
        ("ripple", float("nan")),
        ("low_pass", (0.0, 1e4)),
        ("seed", -1),
    ],
)
def test_values_out_of_range(field, value):
    with pytest.raises(ConfigError, match=f"EngineSounds.{field}: expected"):
        EngineSounds(**{field: value})
