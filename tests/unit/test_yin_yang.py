"""The yin-yang figure: its classes, its symmetry, its draws."""

from __future__ import annotations

import numpy as np

from crossbar.data import YinYang
from crossbar.data.yin_yang import classes


def test_points_have_the_class_of_the_figure():
    points = [
        [0.5, 0.9], [0.25, 0.7], [0.5, 0.1], [0.75, 0.3],  # the halves, and their heads
        [0.25, 0.59], [0.25, 0.61], [0.75, 0.41], [0.75, 0.39],  # ends of the eyes
        [0.05, 0.05], [1.1, 0.5],
    ]  # fmt: skip
    assert classes(np.array(points)).tolist() == [1, 1, 0, 0, 2, 1, 2, 0, -1, -1]


def test_turning_the_figure_by_half_a_turn_exchanges_its_halves():
    points = np.random.default_rng(0).random((10_000, 2))
    exchanged = np.array([1, 0, 2, -1])
    np.testing.assert_array_equal(classes(1 - points), exchanged[classes(points)])


def test_samples_are_points_of_their_class_all_alike_and_fill_it_evenly():
    """Classes are binomial: 4 sd of 7 000 in thirds are 158. Eyes have uniform radii squared."""
    data = YinYang().dataset()
    points = data.x[:, :2].astype(float)
    np.testing.assert_array_equal(classes(points), data.y)
    np.testing.assert_allclose(data.x[:, 2:], 1 - points, rtol=0, atol=1e-7)  # single precision
    assert np.abs(np.bincount(data.y) - 7000 / 3).max() < 158
    eyes = points[data.y == 2]
    left = eyes[:, 0] < 0.5
    centres = np.where(left[:, None], [0.25, 0.5], [0.75, 0.5])
    share = ((eyes - centres) ** 2).sum(axis=1) / 0.1**2
    assert abs(left.mean() - 0.5) < 4 * 0.5 / np.sqrt(len(eyes))
    assert abs(share.mean() - 0.5) < 4 * np.sqrt(1 / 12 / len(eyes))  # false alarms: 1 in 8 000


def test_the_same_seed_draws_the_same_and_another_others():
    first, again, other = (YinYang(seed=seed, samples=30).dataset().x for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_parts_are_of_the_published_sizes():
    data = YinYang()
    parts = data.split.parts(data.dataset(), rng=np.random.default_rng(0))
    sizes = [len(part) for part in parts]
    assert np.abs(np.subtract(sizes, [5000, 1000, 1000])).max() <= 2  # rounded in every class
