"""Reading files of sound: every ending, headers that lie, and one clear error for each defect."""

import numpy as np
import pytest
import soundfile
from sounds import RATE, RNG, raises, write

from crossbar.data import Recordings, Spectrogram
from crossbar.data.audio.soundfiles import SUFFIXES, read


def test_a_recording_with_nan(tmp_path):
    sound = np.zeros(1_000)
    sound[17] = np.nan
    path = write(tmp_path / "a.wav", sound=sound, subtype="DOUBLE")
    with raises("a.wav: expected finite samples, got NaN or inf at 17"):
        Spectrogram().load(path)


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
    assert set(Recordings(path=tmp_path).dataset().counts()) == {"bus", "car"}


def test_every_ending_is_tried():
    assert {f".{ending}" for ending in ENDINGS} | UNWRITTEN == set(SUFFIXES)


@pytest.mark.parametrize("seconds", [0.3, 10.0])
@pytest.mark.parametrize("suffix", ["wav", "aiff", "flac", "ogg", "mp3"])
def test_every_type_is_read(tmp_path, suffix, seconds):
    got = Spectrogram().load(write(tmp_path / f"a.{suffix}", seconds))
    assert len(got) == round(seconds * RATE)


@pytest.mark.parametrize("suffix", ["wav", "aiff", "flac", "ogg", "mp3"])
@pytest.mark.parametrize("part", [0.3, 0.8])
def test_a_truncated_recording(tmp_path, suffix, part):
    path = write(tmp_path / f"a.{suffix}")
    path.write_bytes(path.read_bytes()[: int(part * path.stat().st_size)])
    with raises("truncated"):
        Spectrogram().load(path)


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
    sound = 0.1 * RNG.standard_normal(RATE)
    soundfile.write(path, sound, RATE, subtype="PCM_16")
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
    np.testing.assert_allclose(Spectrogram().load(path), sound, atol=2**-15)


def test_a_stream_of_rf64_is_read(tmp_path):
    path, sound = tmp_path / "a.rf64", 0.1 * RNG.standard_normal(RATE)
    soundfile.write(path, sound, RATE, subtype="PCM_16", format="RF64")
    content = bytearray(path.read_bytes())
    place = content.index(b"ds64") + 8
    content[place : place + 24] = bytes(24)
    path.write_bytes(bytes(content))
    np.testing.assert_allclose(Spectrogram().load(path), sound, atol=2**-15)


@pytest.mark.parametrize("samples", [None, 0x7FFF_F000, 0])
def test_a_header_that_lies_hides_no_cut(tmp_path, samples):
    """Of a stream of unknown length only a part of a sample shows a cut."""
    lying(tmp_path / "a.wav", 0, samples, cut=-1)
    with raises("truncated"):
        Spectrogram().load(tmp_path / "a.wav")


def test_what_follows_the_samples_may_be_cut(tmp_path):
    path = tmp_path / "a.wav"
    sound = lying(path)
    path.write_bytes(path.read_bytes() + b"LIST\x64\x00\x00\x00INFO")
    np.testing.assert_allclose(Spectrogram().load(path), sound, atol=2**-15)


def test_gsm_which_cannot_seek_is_read(tmp_path):
    path = write(tmp_path / "a.wav", sound=np.sin(np.arange(RATE) / 9), subtype="GSM610")
    assert len(Spectrogram().load(path)) == pytest.approx(RATE, abs=640)  # blocks of 320


@pytest.mark.parametrize("suffix", ["wav", "aiff", "ogg", "au", "w64", "caf"])
def test_a_complete_file_without_samples(tmp_path, suffix):
    with raises(f"a.{suffix}: expected samples, got a complete file without any"):
        Spectrogram().load(write(tmp_path / f"a.{suffix}", sound=np.zeros(0)))


@pytest.mark.parametrize("rate", [1, 999, 1_000_001, 1_800_000_000])
def test_a_rate_that_no_sound_has(tmp_path, rate):
    """Half a second at 1 Hz became seconds of work and gigabytes."""
    path = tmp_path / "a.wav"
    soundfile.write(path, 0.1 * RNG.standard_normal(RATE), rate)
    with raises(f"a.wav: expected a sample rate from 1000 to 1000000 Hz, got {rate} Hz"):
        Spectrogram().load(path)


def test_an_empty_file(tmp_path):
    (tmp_path / "a.wav").touch()
    with raises("a.wav: expected a recording, got an empty file"):
        Spectrogram().load(tmp_path / "a.wav")


@pytest.mark.parametrize("suffix", ["wav", "flac"])
def test_text_named_as_sound(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    path.write_text("no sound at all " * 100)
    with raises(f"a.{suffix}: expected an audio file, got"):
        Spectrogram().load(path)


def test_a_missing_recording(tmp_path):
    with raises("a.wav: expected an existing file, got none"):
        Spectrogram().load(tmp_path / "a.wav")
