"""Example recordings: waveform, and the spectrogram that the chip is given."""

from __future__ import annotations

from typing import Any

import numpy as np

from crossbar.data import Spectrogram
from crossbar.data.audio.spectrogram import hertz_to_mel
from crossbar.report.figures.canvas import COLOURS, WIDTH, Picture, picture, styled, uneven
from crossbar.report.figures.layout import empty
from crossbar.report.records import Run

KILOHERTZ = (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16)
LEAST = 0.04  # of the height, between two frequencies that are written


def sounds(run: Run) -> list[Picture]:
    """Return one picture a class; the scales are the same in all."""
    window, rate = (float(run.examples[name]) for name in ("window", "rate"))
    fft, hop, bands = (int(run.examples[name]) for name in ("fft", "hop", "bands"))
    size = run.examples["images"].shape[1:]
    front = Spectrogram(window=window, rate=rate, fft=fft, hop=hop, bands=bands, size=size)
    return [_sound(run, k, front) for k in range(len(run.examples["classes"]))]


@styled
def _sound(run: Run, k: int, front: Spectrogram) -> Picture:
    waveforms, images = run.examples["waveforms"], run.examples["images"]
    name, waveform, image = run.examples["classes"][k], waveforms[k], images[k]
    top = 1.05 * float(np.abs(waveforms).max())
    figure = empty(WIDTH, 3.6)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1, 2.4))
    ms = 1e3 / front.rate  # a sample
    above.plot(np.arange(len(waveform)) * ms, waveform, lw=0.5, color=COLOURS[0], rasterized=True)
    above.set(ylim=(-top, top), ylabel="amplitude\n(of full scale)")
    above.set_title(str(name), loc="left", weight="bold")
    # A frame stands at its centre and is as wide as the step to the next one.
    start = (front.fft - front.hop) / 2 * ms
    extent = (start, start + front.frames * front.hop * ms, 0.0, float(front.bands))
    shown = below.imshow(
        image, origin="lower", aspect="auto", extent=extent, cmap="magma", vmin=float(images.min()),
        vmax=float(images.max()), interpolation="nearest",
    )  # fmt: skip
    below.set(xlim=(0, len(waveform) * ms), xlabel="time (ms)")
    below.set_ylabel(f"mel band, of {front.bands}")
    below.set_yticks(np.linspace(0, front.bands, 5).round())
    below.grid(visible=False)
    _kilohertz(below, front)
    figure.colorbar(shown, ax=below, pad=0.02, aspect=18).set_label("mel power (dB)")
    rows, columns = image.shape
    return picture(
        figure,
        f"{run.name}-example-{k}",  # by number: the name of a class may hold what no file name can
        alt=f"waveform and spectrogram of one {name}",
        caption=f"One recording of the class {name}: {front.length} waveform, and the "
        f"{rows} x {columns} spectrogram that the chip is given, before normalisation. Frames "
        "are drawn at their centres.",
        data=uneven(
            **{
                "time [s]": 1e-3 * ms * np.arange(len(waveform)),
                "amplitude": waveform,
                "frame": np.tile(np.arange(columns), rows),
                "band": np.repeat(np.arange(rows), columns),
                "mel power [dB]": image.ravel(),
            }
        ),
    )


def _kilohertz(ax: Any, front: Spectrogram) -> None:
    """Write the frequencies of some bands beside the right edge."""
    top = float(hertz_to_mel(np.array([front.rate / 2]))[0])
    share = hertz_to_mel(np.array(KILOHERTZ) * 1e3) / top
    far = np.diff(share, prepend=-1.0) > LEAST
    chosen = [k for k in range(len(KILOHERTZ)) if far[k] and share[k] <= 1.0]
    right = ax.secondary_yaxis("right")
    right.set_yticks(
        share[chosen] * (front.bands + 1) - 0.5, labels=[f"{KILOHERTZ[k]:g}" for k in chosen]
    )
    right.set_ylabel("frequency (kHz)")
