"""The engine models against closed forms."""

import numpy as np
import pytest

from crossbar.data.audio.aeroplane import (
    ABSORPTION,
    ABSORPTION_BANDS,
    SOUND_SPEED,
    absorption,
    aeroplane,
    blades,
    doppler,
    ground,
)
from crossbar.data.audio.car import car, driving, idling
from crossbar.data.audio.engines import EngineSounds
from crossbar.data.audio.nuisance import LEVEL, background, microphone, record
from crossbar.data.audio.piston import combustion, gated_noise
from crossbar.data.audio.shaping import (
    CLIP,
    FREQUENCY,
    TIME,
    filtered,
    harmonics,
    high_pass,
    low_pass,
    noise,
    resonance,
    rms,
    slope,
    wander,
)


def generator(seed=0):
    return np.random.default_rng(seed)


def spectrum(waveform):
    return np.abs(np.fft.rfft(waveform)) * 2 / CLIP


def line(waveform, frequency):
    """Amplitude of the line at ``frequency``, a multiple of 1/3 Hz."""
    return spectrum(waveform)[round(3 * frequency)]


def test_harmonics_are_the_sum_of_cosines():
    amplitudes, angles = np.array([1.0, 0.5, 0.0, 0.2]), np.array([0.1, -2.0, 0.0, 1.0])
    periods = 37.3 * TIME
    k = np.arange(1, 5)[:, None]
    expected = amplitudes @ np.cos(2 * np.pi * k * periods + angles[:, None])
    # Linear interpolation errs by (2 pi k / 16384)**2 / 8 of order k: 3e-7 at order 4.
    np.testing.assert_allclose(harmonics(amplitudes, angles, periods), expected, atol=1e-6)


def test_firing_frequency_of_a_four_stroke_engine():
    # 4 cylinders at 3000 1/min fire 100 times a second; equal cylinders leave no other order.
    tone = combustion(
        np.full(CLIP, 3_000.0),
        cylinders=4,
        roll_off=1.0,
        uneven=0.0,
        jitter=0.0,
        rng=generator(),
    )
    assert rms(tone) == pytest.approx(1)
    assert np.argmax(spectrum(tone)) == 300
    others = np.delete(spectrum(tone), np.arange(0, len(FREQUENCY), 300))
    assert others.max() < 1e-2 * line(tone, 100)


def test_uneven_cylinders_add_half_orders():
    tone = combustion(
        np.full(CLIP, 3_000.0), cylinders=4, roll_off=1.0, uneven=0.3, jitter=0.0, rng=generator()
    )
    cycle = spectrum(tone)[75:1_500:75]  # multiples of 25 Hz
    between = np.delete(spectrum(tone)[:1_500], np.arange(0, 1_500, 75))
    assert np.median(cycle) > 30 * np.median(between)


def test_noise_is_gated_at_the_firing_frequency():
    # (1 + d c^4)^2 with c^4 = 3/8 + cos(w)/2 + cos(2w)/8, w the firing frequency: the noise
    # power has its strongest line there.
    sound = gated_noise(np.full(CLIP, 3_000.0), cylinders=4, fall=0.0, depth=4.0, rng=generator())
    power = spectrum(sound**2)
    assert np.argmax(power[100:2_000]) + 100 == 300


def test_blade_pass_frequency():
    tone = blades(np.full(CLIP, 2_400.0), count=3, roll_off=1.5, rng=generator())
    assert np.argmax(spectrum(tone)) == 3 * 120
    assert rms(tone) == pytest.approx(1)


def test_doppler_of_a_fly_past():
    near = doppler(speed=70.0, distance=100.0, closest=1.5)
    at = round(1.5 * 22_050)
    assert near[at] == pytest.approx(1, abs=1e-9)
    # d/dt (1 + v^2 t / (h c))^-1 = -v^2 / (h c) at the closest point
    assert (near[at + 1] - near[at]) * 22_050 == pytest.approx(
        -(70**2) / (100 * SOUND_SPEED), rel=1e-4
    )
    far = doppler(speed=70.0, distance=1e-3, closest=1.5)
    assert far[0] == pytest.approx(1 / (1 - 70 / SOUND_SPEED), rel=1e-9)
    assert far[-1] == pytest.approx(1 / (1 + 70 / SOUND_SPEED), rel=1e-9)


def test_air_absorbs_what_the_standard_says():
    # At 1 km the loss in decibels is the table itself.
    loss = -20 * np.log10(absorption(distance=1_000.0))
    bands = np.array(ABSORPTION_BANDS[1:-1])
    np.testing.assert_allclose(loss[3 * bands], ABSORPTION[1:-1], rtol=1e-12)
    assert np.all(np.diff(loss) >= 0)


def test_ground_reflection_is_a_comb():
    gain = ground(reflection=0.5, delay=5e-3)
    np.testing.assert_allclose(gain[3 * np.array([200, 400])], 1.5, rtol=1e-12)
    np.testing.assert_allclose(gain[3 * np.array([100, 300])], 0.5, rtol=1e-12)


def test_filters_have_their_textbook_magnitudes():
    np.testing.assert_allclose(low_pass(1_000, 2)[3_000], np.sqrt(0.5), rtol=1e-12)
    np.testing.assert_allclose(high_pass(300, 3)[900], np.sqrt(0.5), rtol=1e-12)
    np.testing.assert_allclose(slope(-6.0)[[3_000, 6_000]], [1, 10 ** (-6 / 20)], rtol=1e-12)
    peak = resonance(1_000, 4.0, 5.0)
    np.testing.assert_allclose(peak[3_000], 5, rtol=1e-12)
    assert np.argmax(peak) == 3_000
    assert peak[0] == pytest.approx(1, abs=1e-6)


def test_filtered_tone_takes_the_gain_at_its_frequency():
    tone = np.cos(2 * np.pi * 1_000 * TIME)
    np.testing.assert_allclose(filtered(tone, low_pass(1_000, 1)), tone * np.sqrt(0.5), atol=1e-10)


def test_noise_has_the_spectrum_of_its_gain():
    # Power in a band of m = 6000 independent lines: relative deviation 1/sqrt(m) = 1.3 %. Ratio of
    # two bands, five deviations (false alarm 6e-7): 5 sqrt(2) 1.3 % = 9.1 %.
    sound = noise(slope(-6.0), rng=generator(5))
    power = spectrum(sound) ** 2
    low, high = slice(6_000, 12_000), slice(12_000, 18_000)
    expected = (slope(-6.0)[high] ** 2).sum() / (slope(-6.0)[low] ** 2).sum()
    assert power[high].sum() / power[low].sum() == pytest.approx(expected, rel=0.091)
    assert rms(sound) == pytest.approx(1)


def test_slow_curve_turns_at_most_once_a_knot():
    curve = wander(2.0, rng=generator())
    turns = np.sum(np.diff(np.sign(np.diff(curve))) != 0)
    assert 1 <= turns <= 2 * 3 + 1
    assert rms(curve) == pytest.approx(1)


@pytest.mark.parametrize("seed", range(5))
def test_speeds_stay_within_their_ranges(seed):
    idle = idling(rng=generator(seed))
    assert idle.min() > 650 * 0.95
    assert idle.max() < 950 * 1.05
    drive = driving(rng=generator(seed))
    assert drive.min() > 1_100 * 0.98
    assert drive.max() < 4_500 * 1.02


@pytest.mark.parametrize("source", [aeroplane, car])
def test_sources_have_unit_rms(source):
    for seed in range(8):
        sound = source(rng=generator(seed))
        assert sound.shape == (CLIP,)
        assert rms(sound) == pytest.approx(1)


def test_background_lies_below_the_sound_by_the_ratio_of_powers():
    ranges = EngineSounds(snr=(20.0, 20.0), tilt=0.0, ripple=0.0, low_pass=(5e3, 5e3))
    assert rms(background(ranges, rng=generator(3))) == pytest.approx(0.1, rel=1e-12)


def test_ideal_microphone_is_its_corners():
    ranges = EngineSounds(snr=(20.0, 20.0), tilt=0.0, ripple=0.0, low_pass=(5e3, 5e3))
    gain = microphone(ranges, rng=generator())
    assert gain[15_000] == pytest.approx(np.sqrt(0.5), rel=1e-6)  # 5 kHz, second order
    assert gain[3_000] == pytest.approx(1, abs=1e-3)


def test_microphone_spread_is_the_given_deviation():
    # Tilt of n = 400 microphones at 4 kHz, two octaves above the reference. Relative spread of a
    # standard deviation 1/sqrt(2 n) = 3.5 %; five of them, false alarm 6e-7.
    ranges = EngineSounds(snr=(20.0, 20.0), tilt=1.0, ripple=0.0, low_pass=(1e6, 1e6))
    rng = generator(8)
    levels = [20 * np.log10(microphone(ranges, rng=rng)[12_000]) for _ in range(400)]
    assert np.std(levels) == pytest.approx(2.0, rel=5 * 0.0354)


def test_level_is_within_its_range():
    ranges = EngineSounds(snr=(20.0, 20.0), tilt=1.0, ripple=1.0, low_pass=(5e3, 1e4))
    levels = [
        20 * np.log10(rms(record(noise(slope(0.0), rng=generator(s)), ranges, rng=generator(s))))
        for s in range(6)
    ]
    assert min(levels) >= LEVEL[0]
    assert max(levels) <= LEVEL[1]
