"""Isotropic hardening in one dimension: closed forms of loading, of a cycle, and of its laws."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.data import IsotropicHardening

METAL = IsotropicHardening(samples=200)
E, Y, H = METAL.young, METAL.yields, METAL.hardening


def test_loading_is_elastic_and_then_of_the_tangent_modulus():
    """Beyond yield dsigma/dstrain = E H / (E + H)."""
    strain = np.linspace(0, 4e-3, 41)[None]
    tangent = E * H / (E + H)
    expected = np.where(E * strain < Y, E * strain, Y + tangent * (strain - Y / E))
    np.testing.assert_allclose(METAL.stresses(strain), expected, rtol=1e-12)


def test_a_reversed_metal_yields_at_the_raised_stress():
    """After loading to sigma it is elastic over 2 sigma, and not less as with kinematic laws."""
    there = 3e-3
    top = METAL.stresses(np.array([[there]]))[0, 0]
    back = there - 2 * top / E
    further = back - 1e-3
    stress = METAL.stresses(np.array([[there, back, further]]))[0]
    assert stress[1] == pytest.approx(-top, rel=1e-12)
    assert stress[2] == pytest.approx(-top - E * H / (E + H) * 1e-3, rel=1e-12)


def test_more_points_of_a_path_change_nothing():
    """Return mapping is exact where a strain does not turn."""
    rng = np.random.default_rng(0)
    ends = rng.uniform(-4e-3, 4e-3, (50, 6))
    fine = np.stack([np.interp(np.linspace(0, 5, 501), np.arange(6), path) for path in ends])
    np.testing.assert_allclose(
        METAL.stresses(ends), METAL.stresses(fine)[:, ::100], rtol=0, atol=1e-9 * Y
    )


def test_samples_are_the_stresses_of_their_strains():
    data = IsotropicHardening(samples=200, everywhere=True).dataset()
    assert data.x.shape == (200, 20, 1)
    stress = METAL.stresses(data.x[:, :, 0].astype(np.float64) * METAL.largest) / Y
    np.testing.assert_allclose(data.y, stress, rtol=0, atol=2e-4)  # single precision of strains
    ends = METAL.dataset()
    np.testing.assert_array_equal(ends.y[:, 0], data.y[:, -1])
    assert np.abs(ends.x).max() <= 1


def test_a_path_reaches_its_last_turning_point():
    """Ends are uniform: their spread is that of a uniform number, to 4 standard errors.

    That of a spread is sqrt((m4 - s^4) / (4 n s^2)) = 0.26 / sqrt(n), with m4 = 1/5 and s^2 = 1/3.
    """
    ends = IsotropicHardening(samples=4000).dataset().x[:, -1, 0]
    assert ends.std() == pytest.approx(1 / np.sqrt(3), abs=4 * 0.26 / np.sqrt(4000))
