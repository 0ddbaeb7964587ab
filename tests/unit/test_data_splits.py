"""Data sets, normalisations and splits."""

import numpy as np
import pytest

from crossbar.data import (
    NORMALISATIONS,
    ByGroup,
    BySample,
    Dataset,
    Db80,
    Features,
    Unit,
    Unscaled,
    Words,
    ZScore,
)
from crossbar.errors import ConfigError, DataError, ShapeError

SPLITS = [ByGroup(), BySample()]


def generator(seed=0):
    return np.random.default_rng(seed)


def data(labels, groups, **more):
    """Samples of nothing with these labels and groups."""
    return Dataset(x=np.ones((len(labels), 1)), y=labels, groups=groups, **more)


def layout(recordings=(24, 20), windows=16):
    """Labels and groups of two classes, with recordings of unequal length."""
    counts = [windows - k % 3 for k in range(sum(recordings))]
    groups = np.repeat(np.arange(sum(recordings)), counts)
    return data((groups >= recordings[0]).astype(np.int64), groups)


def test_a_dataset_checks_its_shapes():
    good = {"x": np.zeros((4, 28, 28)), "y": np.array([0, 0, 1, 1]), "groups": np.arange(4)}
    made = Dataset(**good, classes=("a", "b"))
    assert made.counts() == {"a": (2, 2), "b": (2, 2)}
    assert len(made) == 4
    assert made.x.dtype == np.float32
    assert made.ends[:2] == ((28, 28), 2)
    assert made.example_index.tolist() == [0, 2]
    with pytest.raises(ShapeError, match=r"Dataset.groups: expected shape \(4,\), got \(3,\)"):
        Dataset(**good | {"groups": np.arange(3)})


def test_whole_numbers_are_classes_and_real_numbers_are_targets():
    x = np.zeros((3, 2))
    classes = Dataset(x=x, y=[0, 2, 1])
    assert (classes.regression, classes.names, classes.ends.outputs) == (False, ("0", "1", "2"), 3)
    one, two = Dataset(x=x, y=[0.0, 2.0, 1.0]), Dataset(x=x, y=np.ones((3, 2)))
    assert (one.regression, one.names, one.ends.outputs, two.ends.outputs) == (True, (), 1, 2)
    assert one.counts() == {"all samples": (3, 3)}
    with pytest.raises(ConfigError, match=r"Dataset.classes: expected none beside real numbers"):
        Dataset(x=x, y=[0.0, 2.0, 1.0], classes=("a", "b"))
    with pytest.raises(DataError, match="class 1: expected a sample or more, got none"):
        Dataset(x=x, y=[0, 2, 0])
    with pytest.raises(DataError, match="class c: expected a sample or more, got none"):
        Dataset(x=x, y=[0, 1, 0], classes=("a", "b", "c"))


def test_the_origin_of_arrays_is_their_content_class_by_class():
    rng = generator()
    x, y = rng.random((6, 2)), np.array([0, 1, 0, 1, 1, 0])
    made, again = Dataset(x=x, y=y).origin, Dataset(x=x.copy(), y=y.astype(np.int8)).origin
    assert made.names == ("class 0", "class 1")
    assert made.digests == again.digests
    other = Dataset(x=x + (y == 1)[:, None], y=y).origin
    assert other.digests[0] == made.digests[0]
    assert other.digests[1] != made.digests[1]
    grouped = Dataset(x=x, y=y, groups=[0, 0, 0, 1, 1, 1]).origin
    assert not set(grouped.digests) & set(made.digests)


def test_zscore_has_mean_0_and_deviation_1_on_what_it_was_fitted_to():
    images = generator().normal(-30, 7, (50, 28, 28)).astype(np.float32)
    scaled = ZScore().fit(images)(images)
    assert scaled.dtype == np.float32
    # Single precision of the result, averaged.
    assert scaled.mean(dtype=np.float64) == pytest.approx(0, abs=1e-6)
    assert scaled.std(dtype=np.float64) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("images", [np.ones((2, 28, 28)), np.zeros((0, 28, 28))])
def test_zscore_refuses_what_carries_no_information(images):
    with pytest.raises(DataError, match="ZScore"):
        ZScore().fit(images.astype(np.float32))


def test_db80_maps_80_decibels_to_one():
    image = np.array([[[-10.0, -50.0], [-90.0, -130.0]]], dtype=np.float32)
    scaled = Db80().fit(image)(image)
    np.testing.assert_array_equal(scaled, [[[1, 0.5], [0, 0]]])
    np.testing.assert_allclose(
        Db80().fit(image)(image + 20), scaled
    )  # of each image: level drops out


@pytest.mark.parametrize("split", SPLITS, ids=lambda s: type(s).__name__)
def test_a_split_is_a_stratified_partition(split):
    made = layout()
    labels = made.y
    parts = split.split(made, rng=generator())
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(len(labels)))
    for part, fraction in zip(parts, split.fractions, strict=True):
        assert np.all(np.diff(part) > 0)
        for label in (0, 1):
            total = np.sum(labels == label)
            # By recording: to within one recording of 16 windows.
            assert abs(np.sum(labels[part] == label) - fraction * total) <= 16


@pytest.mark.parametrize("split", SPLITS, ids=lambda s: type(s).__name__)
def test_a_seed_reproduces_a_split_and_another_changes_it(split):
    once, again, other = (split.split(layout(), rng=generator(s))[2] for s in (1, 1, 2))
    np.testing.assert_array_equal(once, again)
    assert set(once.tolist()) != set(other.tolist())


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("recordings", [(3, 3), (4, 9), (24, 20)])
def test_no_recording_stands_on_two_sides_and_none_is_empty(recordings, seed):
    made = layout(recordings)
    labels, groups = made.y, made.groups
    parts = ByGroup().split(made, rng=generator(seed))
    sides = [set(groups[part].tolist()) for part in parts]
    assert sum(len(side) for side in sides) == len(set.union(*sides)) == sum(recordings)
    for part in parts:
        assert set(labels[part].tolist()) == {0, 1}


def test_a_recording_of_two_classes_stays_on_one_side():
    labels = np.array([0, 0, 1, 1] * 8)
    groups = np.repeat(np.arange(8), 4)
    parts = ByGroup().split(data(labels, groups), rng=generator())
    sides = [set(groups[part].tolist()) for part in parts]
    assert sum(len(side) for side in sides) == 8


def test_a_split_by_window_puts_recordings_on_both_sides():
    made = layout()
    groups = made.groups
    train, _, test = BySample().split(made, rng=generator())
    assert set(groups[train].tolist()) & set(groups[test].tolist())


def test_every_recording_is_tested_in_turn():
    # 20 recordings of a class, about 2 in the test part: each is missed by 200 seeds with
    # probability 0.9**200 = 7e-10.
    made = layout()
    groups = made.groups
    seen = [groups[ByGroup().split(made, rng=generator(seed))[2]] for seed in range(200)]
    assert set(np.concatenate(seen).tolist()) == set(groups.tolist())


def test_too_few_groups_or_samples():
    labels, groups = np.array([0] * 9 + [1] * 9), np.array([0] * 3 + [1] * 3 + [2] * 3 + [3] * 9)
    words = Words(sample="window", group="recording")
    with pytest.raises(DataError, match=r"class 1: expected at least 3 groups, got 1\. Add groups"):
        ByGroup().split(data(labels, groups), rng=generator())
    named = data(labels, groups, classes=("bus", "car"), words=words)
    with pytest.raises(DataError, match=r"class car: .* 3 recordings, got 1\. .*new"):
        ByGroup().split(named, rng=generator())
    few = data(np.array([0, 0, 1, 1, 1]), np.arange(5), words=words)
    with pytest.raises(DataError, match="class 0: expected at least 3 windows, got 2"):
        BySample().split(few, rng=generator())
    with pytest.raises(DataError, match=r"class 0: .* 3 samples, got 2\. Add samples"):
        ByGroup().split(data(few.y, None), rng=generator())


def test_without_groups_every_sample_is_its_own():
    alone = data(np.repeat([0, 1], 50), None)
    numbered = data(np.repeat([0, 1], 50), np.arange(100))
    pairs = zip(*(ByGroup().split(d, rng=generator()) for d in (alone, numbered)), strict=True)
    for part, same in pairs:
        np.testing.assert_array_equal(part, same)
    assert (ByGroup().of(alone), ByGroup().of(numbered)) == ("sample", "group")


def test_targets_are_split_without_classes():
    made = Dataset(x=np.ones((50, 1)), y=np.linspace(0, 1, 50))
    for split in SPLITS:
        parts = split.split(made, rng=generator())
        assert [len(part) for part in parts] == [40, 5, 5]
        np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(50))


def test_unit_takes_the_training_part_to_0_and_1_and_cuts_nothing():
    scaled = Unit().fit(np.array([[2.0], [6.0]]))(np.array([[2.0], [4.0], [8.0]]))
    np.testing.assert_array_equal(scaled, [[0], [0.5], [1.5]])


def test_features_are_scaled_one_by_one_and_constant_ones_are_shifted():
    x = np.array([[1.0, 100.0, 7.0], [3.0, 300.0, 7.0]])
    np.testing.assert_allclose(Features().fit(x)(x), [[-1, -1, 0], [1, 1, 0]])


def test_unscaled_samples_stay():
    x = generator().random((3, 2)).astype(np.float32)
    np.testing.assert_array_equal(Unscaled().fit(x)(x), x)


def test_every_normalisation_says_how():
    for name in NORMALISATIONS.names:
        assert f"({name})" in NORMALISATIONS.resolve(name, "normalise")().words


@pytest.mark.parametrize("kind", [ByGroup, BySample])
@pytest.mark.parametrize("fractions", [(0.8, 0.1, 0.2), (0.9, 0.1, 0.0), (0.5, 0.5)])
def test_fractions_are_three_and_sum_to_one(kind, fractions):
    with pytest.raises(ConfigError, match=f"{kind.__name__}.fractions"):
        kind(fractions=fractions)
