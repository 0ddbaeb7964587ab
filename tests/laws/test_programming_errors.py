"""Errors of programming: what is published of a device, and what codes leave."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.devices import PRESETS, CmosSynapse, Device


def written(device: Device, u: float) -> tuple[np.ndarray, float]:
    low, _, high = device.window
    target = low + u * (high - low)
    cells = device.fabricate((200, 200), rng=np.random.default_rng(1), dtype=np.float64)
    cells.program(np.full((200, 200), target), rng=np.random.default_rng(2))
    return cells.g - target, target


def programming_sigma(name: str, target: float) -> float:
    """Published programming error [S], written out apart from the package."""
    micro = target * 1e6
    x = micro / 25.0
    reram = 1.536e-4 * micro**3 - 1.167e-2 * micro**2 + 0.2374 * micro + 1.053
    pcm = -1.1731 * x**2 + 1.9650 * x + 0.26348
    published = {"reram": reram, "reram-exponential": reram, "pcm": pcm, "ideal": 0, "constant": 0}
    published |= dict.fromkeys(("ecram", "ecram-metal-oxide", "capacitor"), 0.005 * 90.0)
    return published[name] * 1e-6


NAMED = ("ideal", "constant", "reram", "reram-exponential", "pcm", "ecram", "ecram-metal-oxide",
         "capacitor")  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("u", [0.4, 0.5, 0.62])
def test_programming_error_has_the_published_mean_and_spread(name, u):
    """5 sigma of mean and spread over 40 000 cells; the bounds are 4 spreads or more away."""
    error, target = written(PRESETS[name].device, u)
    sigma = programming_sigma(name, target)
    n = error.size
    assert abs(error.mean()) <= 5 * sigma / np.sqrt(n) + 1e-18
    assert abs(error.std() - sigma) <= 5 * sigma / np.sqrt(2 * n) + 1e-18


@pytest.mark.parametrize("code", [1, 77, 128, 200, 255])
def test_a_code_is_its_branches_with_the_mismatch_of_as_many_unit_conductances(code):
    device = PRESETS["cmos"].device
    error, _ = written(device, code / 255)
    sigma = 0.03 * np.sqrt(code) / 60e3
    assert device.quantum == pytest.approx(1 / 60e3)
    assert abs(error.mean()) < 5 * sigma / np.sqrt(error.size)
    assert abs(error.std() - sigma) < 5 * sigma / np.sqrt(2 * error.size)


def test_codes_round_to_the_nearest_level():
    cells = CmosSynapse(bits=4, g_unit=1e-6, sigma_unit=0.0).fabricate(
        (1, 5), rng=np.random.default_rng(0), dtype=np.float64
    )
    target = np.array([[0.0, 0.4e-6, 6.6e-6, 15.0e-6, 15.4e-6]])
    cells.program(target, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(cells.code, [[0, 0, 7, 15, 15]])
    np.testing.assert_allclose(cells.g, cells.code * 1e-6, rtol=1e-12)
