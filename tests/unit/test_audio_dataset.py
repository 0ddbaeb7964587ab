"""Window sets, normalisations and splits."""

import numpy as np
import pytest

from crossbar.data.audio import ByRecording, ByWindow, Db80, WindowSet, ZScore
from crossbar.errors import ConfigError, DataError, ShapeError

SPLITS = [ByRecording(), ByWindow()]


def generator(seed=0):
    return np.random.default_rng(seed)


def layout(recordings=(24, 20), windows=16):
    """Labels and groups of two classes, with recordings of unequal length."""
    counts = [windows - k % 3 for k in range(sum(recordings))]
    groups = np.repeat(np.arange(sum(recordings)), counts)
    return (groups >= recordings[0]).astype(np.int64), groups


def test_a_window_set_checks_its_shapes():
    good = {
        "images": np.zeros((4, 28, 28), np.float32),
        "labels": np.array([0, 0, 1, 1]),
        "groups": np.arange(4),
        "classes": ("a", "b"),
        "source": "test",
        "dropped": 0,
        "examples": np.zeros((2, 6_615), np.float32),
        "example_index": np.array([0, 2]),
        "files": ("a.wav", "b.wav"),
        "digests": ("0", "1"),
        "file_index": np.array([0, 0, 1, 1]),
    }
    assert WindowSet(**good).counts() == {"a": (2, 2), "b": (2, 2)}
    assert len(WindowSet(**good)) == 4
    with pytest.raises(ShapeError, match=r"WindowSet.groups: expected shape \(4,\), got \(3,\)"):
        WindowSet(**good | {"groups": np.arange(3)})


def test_zscore_has_mean_0_and_deviation_1_on_what_it_was_fitted_to():
    images = generator().normal(-30, 7, (50, 28, 28)).astype(np.float32)
    scaled = ZScore.fit(images).apply(images)
    assert scaled.dtype == np.float32
    # Single precision of the result, averaged.
    assert scaled.mean(dtype=np.float64) == pytest.approx(0, abs=1e-6)
    assert scaled.std(dtype=np.float64) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("images", [np.ones((2, 28, 28)), np.zeros((0, 28, 28))])
def test_zscore_refuses_what_carries_no_information(images):
    with pytest.raises(DataError, match="ZScore"):
        ZScore.fit(images.astype(np.float32))


def test_db80_maps_80_decibels_to_one():
    image = np.array([[[-10.0, -50.0], [-90.0, -130.0]]], dtype=np.float32)
    scaled = Db80.fit(image).apply(image)
    np.testing.assert_array_equal(scaled, [[[1, 0.5], [0, 0]]])
    np.testing.assert_allclose(Db80().apply(image + 20), scaled)  # of each image: level drops out


@pytest.mark.parametrize("split", SPLITS, ids=lambda s: type(s).__name__)
def test_a_split_is_a_stratified_partition(split):
    labels, groups = layout()
    parts = split.split(labels, groups, rng=generator())
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(len(labels)))
    for part, fraction in zip(parts, split.fractions, strict=True):
        assert np.all(np.diff(part) > 0)
        for label in (0, 1):
            total = np.sum(labels == label)
            # By recording: to within one recording of 16 windows.
            assert abs(np.sum(labels[part] == label) - fraction * total) <= 16


@pytest.mark.parametrize("split", SPLITS, ids=lambda s: type(s).__name__)
def test_a_seed_reproduces_a_split_and_another_changes_it(split):
    labels, groups = layout()
    once, again, other = (split.split(labels, groups, rng=generator(s))[2] for s in (1, 1, 2))
    np.testing.assert_array_equal(once, again)
    assert set(once.tolist()) != set(other.tolist())


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("recordings", [(3, 3), (4, 9), (24, 20)])
def test_no_recording_stands_on_two_sides_and_none_is_empty(recordings, seed):
    labels, groups = layout(recordings)
    parts = ByRecording().split(labels, groups, rng=generator(seed))
    sides = [set(groups[part].tolist()) for part in parts]
    assert sum(len(side) for side in sides) == len(set.union(*sides)) == sum(recordings)
    for part in parts:
        assert set(labels[part].tolist()) == {0, 1}


def test_a_recording_of_two_classes_stays_on_one_side():
    labels = np.array([0, 0, 1, 1] * 8)
    groups = np.repeat(np.arange(8), 4)
    parts = ByRecording().split(labels, groups, rng=generator())
    sides = [set(groups[part].tolist()) for part in parts]
    assert sum(len(side) for side in sides) == 8


def test_a_split_by_window_puts_recordings_on_both_sides():
    labels, groups = layout()
    train, _, test = ByWindow().split(labels, groups, rng=generator())
    assert set(groups[train].tolist()) & set(groups[test].tolist())


def test_every_recording_is_tested_in_turn():
    # 20 recordings of a class, about 2 in the test part: each is missed by 200 seeds with
    # probability 0.9**200 = 7e-10.
    labels, groups = layout()
    seen = [
        groups[ByRecording().split(labels, groups, rng=generator(seed))[2]] for seed in range(200)
    ]
    assert set(np.concatenate(seen).tolist()) == set(groups.tolist())


def test_too_few_recordings_or_windows():
    labels, groups = np.array([0] * 9 + [1] * 9), np.array([0] * 3 + [1] * 3 + [2] * 3 + [3] * 9)
    with pytest.raises(DataError, match="class 1: expected at least 3 recordings, got 1"):
        ByRecording().split(labels, groups, rng=generator())
    with pytest.raises(DataError, match="class 0: expected at least 3 windows, got 2"):
        ByWindow().split(np.array([0, 0]), np.array([0, 1]), rng=generator())


@pytest.mark.parametrize("kind", [ByRecording, ByWindow])
@pytest.mark.parametrize("fractions", [(0.8, 0.1, 0.2), (0.9, 0.1, 0.0), (0.5, 0.5)])
def test_fractions_are_three_and_sum_to_one(kind, fractions):
    with pytest.raises(ConfigError, match=f"{kind.__name__}.fractions"):
        kind(fractions=fractions)
