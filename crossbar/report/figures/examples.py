"""Example recordings: waveform, and the spectrogram that the chip sees."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from crossbar.data.audio.spectrogram import (
    BANDS,
    FFT,
    FRAMES,
    HOP,
    SAMPLE_RATE,
    hertz_to_mel,
)
from crossbar.report.figures.canvas import COLOURS, Picture, empty, picture, styled
from crossbar.report.records import Run

KILOHERTZ = (0.25, 0.5, 1, 2, 4, 8)
MS = 1e3 / SAMPLE_RATE  # ms a sample
# A frame stands at its centre and is as wide as the step to the next one.
SPAN = ((FFT - HOP) / 2 * MS, ((FFT - HOP) / 2 + FRAMES * HOP) * MS)


def examples(run: Run) -> list[Picture]:
    """Return one picture a class; the scales are the same in all."""
    waveforms, images = run.examples["waveforms"], run.examples["images"]
    top = 1.05 * float(np.abs(waveforms).max())
    limits = (float(images.min()), float(images.max()))
    return [
        _example(f"{run.name}-example-{k}", str(name), waveforms[k], images[k], top, limits)
        for k, name in enumerate(run.examples["classes"])
    ]


@styled
def _example(
    file: str,
    name: str,
    waveform: npt.NDArray[np.float32],
    image: npt.NDArray[np.float32],
    top: float,
    limits: tuple[float, float],
) -> Picture:
    figure = empty(4.7, 4.4)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1, 2.4))
    above.plot(np.arange(len(waveform)) * MS, waveform, lw=0.5, color=COLOURS[0], rasterized=True)
    above.set_ylim(-top, top)
    above.set_ylabel("amplitude\n(of full scale)")
    above.set_title(name, loc="left", weight="bold")
    extent = (*SPAN, 0.0, float(BANDS))
    shown = below.imshow(
        image, origin="lower", aspect="auto", extent=extent, cmap="magma", vmin=limits[0],
        vmax=limits[1], interpolation="nearest",
    )  # fmt: skip
    below.set_xlim(0, len(waveform) * MS)
    below.set_xlabel("time (ms)")
    below.set_ylabel("mel band, of 128")
    below.set_yticks([0, 32, 64, 96, 128])
    below.grid(visible=False)
    _kilohertz(below)
    figure.colorbar(shown, ax=below, pad=0.02, aspect=18).set_label("mel power (dB)")
    rows, columns = image.shape
    return picture(
        figure,
        file,  # by number: the name of a class may hold what no file name can
        alt=f"waveform and spectrogram of one {name}",
        caption=f"One recording of the class {name}: 300 ms waveform, and the {rows} x {columns} "
        "spectrogram that the chip is given, before normalisation. Frames stand at their centres.",
    )


def _kilohertz(ax: Any) -> None:
    """Write the frequencies of some bands beside the right edge."""
    top = float(hertz_to_mel(np.array([SAMPLE_RATE / 2]))[0])
    bands = hertz_to_mel(np.array(KILOHERTZ) * 1e3) / top * (BANDS + 1) - 0.5
    right = ax.secondary_yaxis("right")
    right.set_yticks(bands, labels=[f"{f:g}" for f in KILOHERTZ])
    right.set_ylabel("frequency (kHz)")
