"""Labels, legends and axes of figures: none touches another."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from invented import chip, fill, grid

from crossbar.report.figures.canvas import COLUMN, DOUBLE
from crossbar.report.figures.layout import (
    DPI,
    LETTER,
    above,
    axes,
    empty,
    legend,
    settle,
    thinned,
)
from crossbar.report.sweeps import (
    read_sweep,
)
from crossbar.report.sweeps.scale import scale


def test_labels_do_not_touch() -> None:
    rng = np.random.default_rng(3)
    for count in range(1, 30):
        for at in (np.linspace(0, 3, count), np.sort(rng.uniform(0, 3, count))):
            sizes = rng.uniform(0.1, 0.6, count)
            kept = [k for k, text in enumerate(thinned(at, sizes, ["x"] * count)) if text]
            gaps = np.diff(at[kept]) - (sizes[kept][1:] + sizes[kept][:-1]) / 2
            assert kept
            assert (gaps >= 0).all()


def test_words_that_touch_are_slanted_and_all_stay(tmp_path: Path) -> None:
    ages = [1.0, 60.0, 3600.0, 86400.0, 604800.0, 2.592e6, 3.15576e7, 3.15576e8]
    along = scale(read_sweep(fill(tmp_path, grid(test__age=ages), [0], chip)), "test.age")
    for width, slanted in ((10.0, False), (2.0, True)):
        figure, ax = axes(width, 1.0)
        along.draw(ax)
        settle(figure)
        labels = ax.get_xticklabels()
        written = [text.get_text() for text in labels]
        assert written == ["1 s", "1 min", "1 h", "1 d", "7 d", "30 d", "1 y", "10 y"]
        boxes = [label.get_window_extent() for label in labels]
        assert all(box.y0 >= 0 and box.x0 >= 0 for box in boxes)
        angle = np.radians(labels[0].get_rotation())
        assert (angle > 0) == slanted
        at = ax.transData.transform([(tick, 0.0) for tick in ax.get_xticks()])[:, 0]
        if slanted:  # the distance of lines of text
            assert np.diff(at).min() * np.sin(angle) >= 0.95 * 8.5 * DPI / 72 * 0.72
        else:
            assert all(a.x1 < b.x0 for a, b in itertools.pairwise(boxes))


def test_axes_keep_their_height_under_any_legend() -> None:
    heights = []
    for count in (1, 12):
        figure, ax = axes(COLUMN, 2.0)
        lines = [ax.plot([0, 1], [0, k])[0] for k in range(count)]
        legend(figure, lines, [f"value number {k}" for k in range(count)], "values")
        settle(figure)
        box, above = ax.get_window_extent(), figure.legends[0].get_window_extent()
        assert box.height / DPI == pytest.approx(2.0, abs=1e-6)
        assert box.y1 < above.y0
        assert above.y1 <= figure.bbox.y1
        assert above.x1 <= figure.bbox.x1
        heights.append(figure.get_figheight())
    assert heights[1] > heights[0] + 3 * LETTER


def test_labels_measured_once_leave_the_layout_of_labels_measured_at_every_step() -> None:
    figure = empty(DOUBLE, 4.0)
    (image, square), (line, _) = figure.subplots(2, 2)
    figure.colorbar(image.imshow(np.outer(*np.indices((6, 9))[:, :6, 0]), aspect="auto"), ax=image)
    square.imshow(np.eye(30))
    line.plot([0, 1], [0, 1e-5], label="a line")
    line.set(xlim=(0, 1), xlabel="abscissa", ylabel="two\nlines")
    above(line, 1)
    settle(figure)
    heights = [ax.get_window_extent().height for ax in (image, line)]
    assert sum(heights) / DPI == pytest.approx(4.0, abs=1e-6)
    drawn = np.array([ax.get_window_extent().extents for ax in figure.axes])
    figure.set_layout_engine("constrained")
    for _ in range(3):  # until it changes no more
        figure.get_layout_engine().execute(figure)  # type: ignore[union-attr]
    again = [ax.get_window_extent().extents for ax in figure.axes]
    assert drawn == pytest.approx(np.array(again), abs=0.1)
