"""The front end against librosa, SciPy and closed forms."""

import librosa
import numpy as np
import pytest
import soundfile
from scipy.ndimage import map_coordinates

from crossbar.data.audio.spectrogram import (
    FLOOR,
    Spectrogram,
    decibels,
    filter_bank,
    hertz_to_mel,
    mel_to_hertz,
    resize,
)

FRONT = Spectrogram()
WINDOW, FFT, HOP, BANDS = FRONT.samples, FRONT.fft, FRONT.hop, FRONT.bands
SAMPLE_RATE = int(FRONT.rate)


def sounds(n=4):
    rng = np.random.default_rng(1)
    levels = np.array([1e-3, 0.1, 1, 1])[:n, None]
    noise = rng.standard_normal((n, WINDOW)) * levels
    noise[-1] = np.sin(0.3 * np.arange(WINDOW))
    return noise


def librosa_mel(waveform, dtype):
    return librosa.feature.melspectrogram(
        y=np.pad(waveform, (0, FRONT.padding)),
        sr=SAMPLE_RATE,
        n_fft=FFT,
        hop_length=HOP,
        center=False,
        n_mels=BANDS,
        dtype=dtype,
    )


def test_mel_equals_librosa():
    # Both in double precision: rounding of a 2048-point transform is all that differs.
    ours = FRONT.mel(sounds())
    theirs = np.array([librosa_mel(w, np.float64) for w in sounds()])
    np.testing.assert_allclose(ours, theirs, rtol=1e-11)


def test_mel_equals_librosa_with_its_default_single_precision_filters():
    # librosa rounds a filter weight twice to single precision: 2 * 2**-24.
    ours = FRONT.mel(sounds())
    theirs = np.array([librosa_mel(w, np.float32) for w in sounds()])
    np.testing.assert_allclose(ours, theirs, rtol=2 * 2**-24)


def test_decibels_equal_librosa():
    power = np.array([[1e-20, FLOOR, 1e-3, 1.0, 30.0]])
    theirs = librosa.power_to_db(power, ref=1.0, amin=FLOOR, top_db=None)
    np.testing.assert_allclose(decibels(power), theirs, atol=1e-12)


def test_sine_on_a_bin_has_the_power_of_the_hann_window():
    # A cos at bin k: |X_k| = A N / 4, its neighbours half of that, the others nothing.
    amplitude, bin_ = 0.3, 200
    tone = amplitude * np.cos(2 * np.pi * bin_ * np.arange(WINDOW) / FFT)
    peak = (amplitude * FFT / 4) ** 2
    bank = filter_bank(FRONT.rate, FFT, BANDS).toarray()
    expected = peak * (bank[:, bin_] + (bank[:, bin_ - 1] + bank[:, bin_ + 1]) / 4)
    frames = FRONT.mel(tone[None])[0, :, :9]  # the tenth holds padding
    # Leakage of an exact-bin tone is rounding only, relative to the peak of the spectrum.
    np.testing.assert_allclose(frames, np.tile(expected[:, None], 9), atol=1e-11 * peak)


def test_mel_scale_inverts_and_has_its_fixed_points():
    frequency = np.array([0.0, 200.0, 1_000.0, 6_400.0])
    number = hertz_to_mel(frequency)
    np.testing.assert_allclose(number, [0, 3, 15, 42], rtol=1e-14)
    np.testing.assert_allclose(mel_to_hertz(number), frequency, rtol=1e-14)


def test_bands_have_unit_area():
    # Sum times bin width is the trapezoidal rule on a triangle; it errs by at most
    # (bin / half-width)**2 / 4 of the area, 5 % in the narrowest bands (10.8 Hz in 25.8 Hz).
    area = filter_bank(FRONT.rate, FFT, BANDS).sum(axis=1) * SAMPLE_RATE / FFT
    np.testing.assert_allclose(area, 1, atol=0.05)


def test_doubling_the_amplitude_adds_6_decibels():
    sound = sounds()[1:3]
    np.testing.assert_allclose(
        FRONT.images(2 * sound) - FRONT.images(sound), 20 * np.log10(2), rtol=1e-9
    )


@pytest.mark.parametrize("shape", [(128, 10), (28, 28), (7, 40)])
def test_resize_equals_interpolation_at_half_pixel_centres(shape):
    images = np.random.default_rng(2).standard_normal((2, *shape))
    axes = [(np.arange(28) + 0.5) * size / 28 - 0.5 for size in shape]
    grid = np.meshgrid(*axes, indexing="ij")
    expected = [map_coordinates(image, grid, order=1, mode="nearest") for image in images]
    np.testing.assert_allclose(resize(images, (28, 28)), expected, rtol=1e-12, atol=1e-13)


def test_resize_keeps_a_linear_ramp():
    # Rows are reduced 128 to 28, so no centre is clamped: the ramp is reproduced exactly.
    ramp = np.arange(128.0)[None, :, None] * np.ones((1, 1, 10))
    expected = (np.arange(28) + 0.5) * 128 / 28 - 0.5
    np.testing.assert_allclose(
        resize(ramp, (28, 28))[0], np.tile(expected[:, None], 28), rtol=1e-13
    )


def test_spectrograms_do_not_depend_on_their_neighbours():
    sound = np.tile(sounds(), (40, 1))  # more than one chunk
    np.testing.assert_allclose(FRONT.images(sound)[150:], FRONT.images(sound[150:]), rtol=1e-12)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
def test_resampling_keeps_a_tone(tmp_path, rate):
    tone = 0.5 * np.sin(2 * np.pi * 500 * np.arange(rate) / rate)
    soundfile.write(tmp_path / "tone.wav", tone, rate, subtype="DOUBLE")
    got = FRONT.load(tmp_path / "tone.wav")
    assert len(got) == SAMPLE_RATE
    expected = 0.5 * np.sin(2 * np.pi * 500 * np.arange(SAMPLE_RATE) / SAMPLE_RATE)
    inner = slice(2_000, -2_000)  # the filter rings at the ends
    # Pass-band ripple of SciPy's Kaiser filter (beta 5): below 3e-3.
    np.testing.assert_allclose(got[inner], expected[inner], atol=0.5 * 3e-3)


def test_stereo_is_the_mean_of_the_channels(tmp_path):
    stereo = np.random.default_rng(3).uniform(-1, 1, (1_000, 2))
    soundfile.write(tmp_path / "stereo.wav", stereo, SAMPLE_RATE, subtype="DOUBLE")
    np.testing.assert_allclose(FRONT.load(tmp_path / "stereo.wav"), stereo.mean(axis=1), rtol=1e-15)


def test_windows_are_consecutive_and_drop_the_remainder():
    waveform = np.arange(2.0 * WINDOW + 5)
    got = FRONT.windows(waveform)
    np.testing.assert_array_equal(got.ravel(), waveform[: 2 * WINDOW])
    assert FRONT.windows(np.zeros(WINDOW - 1)).shape == (0, WINDOW)
    assert FRONT.images(FRONT.windows(np.zeros(10))).shape == (0, 28, 28)


def test_ten_frames_end_exactly_at_the_padding():
    assert FRONT.padding == 41
    assert FRONT.mel(np.zeros((1, WINDOW))).shape == (1, 128, 10)


@pytest.mark.parametrize(
    ("tone", "left"), [(8e3, 0.0), (10e3, -0.83), (11.2e3, -7.66), (12e3, -19.7)]
)
def test_resampling_weakens_a_tone_as_the_theory_page_says(tone, left, tmp_path):
    """Read back at half the rate: sound above 11 025 Hz comes back at a lower frequency."""
    path, rate = tmp_path / "tone.wav", 2 * SAMPLE_RATE
    x = 0.5 * np.sin(2 * np.pi * tone * np.arange(rate) / rate)
    soundfile.write(path, x, rate, subtype="DOUBLE")
    y = FRONT.load(path)[1000:-1000]  # without the ends, where the filter has half its samples
    assert 20 * np.log10(y.std() / x.std()) == pytest.approx(left, abs=0.03)
