"""Figures of sweeps: which are chosen, what they say, and that nothing runs off their edges."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from invented import chip, fill, grid
from matplotlib import colors, image
from matplotlib.figure import Figure

from crossbar.errors import ConfigError, DataError, OutputError
from crossbar.report.figures.canvas import COLUMN, DOUBLE, Picture, look
from crossbar.report.figures.layout import DPI
from crossbar.report.sweeps import (
    Sweep,
    curve,
    drift,
    heatmap,
    lines,
    maps,
    multiples,
    pareto,
    pictures,
    read_sweep,
    save,
    scatter,
    tornado,
    yields,
)
from crossbar.report.sweeps.losses import losses
from crossbar.report.sweeps.paired import gained, plotted
from crossbar.report.sweeps.quantities import level_text, measured, parameter, short
from crossbar.report.sweeps.scale import scale
from crossbar.report.sweeps.statistics import means

AGES = [None, 60.0, 3600.0, 86400.0, 3.15576e7, 3.15576e8]
CENTRE = {"device.bits": 6, "device.sigma_read": 0.01, "tile.wires.r_wl": 0.0,
          "device.kind": "reram"}  # fmt: skip
STAR = [CENTRE, *({**CENTRE, "device.bits": b} for b in (3, 4, 5, 8)),
        *({**CENTRE, "device.sigma_read": s} for s in (0.0, 0.05)),
        *({**CENTRE, "tile.wires.r_wl": r} for r in (1.0, 5.0)),
        *({**CENTRE, "device.kind": k} for k in ("cmos", "pcm"))]  # fmt: skip


def sampled() -> list[dict[str, float]]:
    rng = np.random.default_rng(4)
    return [{"device.bits": int(rng.integers(3, 9)), "device.sigma_read": rng.uniform(0, 0.1),
             "faults.p_on": 10 ** rng.uniform(-4, -1.3), "tile.wires.r_wl": rng.uniform(0, 8)}
            for _ in range(30)]  # fmt: skip


DESIGNS: dict[str, tuple[list[Any], range]] = {
    "noise": (grid(device__sigma_read=[0, 0.001, 0.003, 0.01, 0.03, 0.1]), range(4)),
    "map": (grid(device__sigma_read=[0, 0.02, 0.05], device__bits=[3, 4, 6, 8]), range(3)),
    "kinds": (grid(device__bits=[4, 6], device__kind=["cmos", "reram", "pcm"]), range(3)),
    "three": (grid(device__sigma_read=[0, 0.02, 0.05], device__bits=[3, 4, 6],
                   device__kind=["cmos", "pcm"]), range(2)),
    "dense": (grid(device__sigma_read=[0.01 * k for k in range(10)],
                   device__bits=[*range(1, 10)], device__kind=["cmos", "pcm"]), range(1)),
    "four": (grid(device__sigma_read=[0, 0.05], device__bits=[3, 6],
                  device__kind=["cmos", "pcm"], tile__wires__r_wl=[0, 5]), range(2)),
    "aged": (grid(test__age=AGES, test__compensate=[False, True]), range(4)),
    "stuck": (grid(test__faults__p_on=[0, 0.01, 0.02, 0.05], test__chip=range(6)), range(2)),
    "chips": (grid(test__chip=range(30)), range(1)),
    "star": (STAR, range(4)),
    "sampled": (sampled(), range(2)),
    "single": (grid(device__bits=[6]), range(3)),
}  # fmt: skip

CHOSEN = {
    "noise": ["curve-accuracy-device.sigma_read"],
    "map": ["curve-accuracy-device.bits-device.sigma_read",
            "map-accuracy-device.bits-device.sigma_read", "pareto-accuracy-energy_inference"],
    "kinds": ["curve-accuracy-device.bits-device.kind", "pareto-accuracy-energy_inference"],
    "three": ["panels-accuracy-device.sigma_read-device.bits-device.kind",
              "pareto-accuracy-energy_inference"],
    "dense": ["panels-accuracy-device.sigma_read-device.bits-device.kind",
              "pareto-accuracy-energy_inference"],
    "four": ["curve-accuracy-device.sigma_read", "curve-accuracy-device.bits",
             "curve-accuracy-device.kind", "curve-accuracy-tile.wires.r_wl",
             "pareto-accuracy-energy_inference"],
    "aged": ["drift-accuracy-test.compensate"],
    "stuck": ["curve-accuracy-test.faults.p_on", "yield-accuracy-test.faults.p_on"],
    "chips": ["yield-accuracy"],
    "star": ["tornado-accuracy", "curve-accuracy-device.bits", "pareto-accuracy-energy_inference"],
    "sampled": ["scatter-accuracy"],
    "single": [],
}  # fmt: skip


@pytest.fixture(scope="module")
def sweeps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Sweep]:
    place = tmp_path_factory.mktemp("sweeps")
    return {
        name: read_sweep(fill(place / name, points, seeds, chip))
        for name, (points, seeds) in DESIGNS.items()
    }


@pytest.fixture(scope="module")
def drawn(sweeps: Mapping[str, Sweep]) -> dict[str, list[Picture]]:
    return {name: pictures(sweep) for name, sweep in sweeps.items()}


def pixels(picture: Picture) -> npt.NDArray[np.float32]:
    return np.asarray(image.imread(io.BytesIO(picture.png), format="png"))[:, :, :3]


@pytest.mark.parametrize("design", DESIGNS)
def test_what_varied_chooses_the_figures(design: str, drawn: Mapping[str, list[Picture]]) -> None:
    assert [picture.name for picture in drawn[design]] == CHOSEN[design]


@pytest.mark.parametrize("design", DESIGNS)
def test_figures_are_whole(design: str, drawn: Mapping[str, list[Picture]]) -> None:
    for picture in drawn[design]:
        found = pixels(picture)
        assert found.shape[1] == round((DOUBLE if picture.wide else COLUMN) * DPI)
        border = np.concatenate([found[[0, -1]].reshape(-1, 3), found[:, [0, -1]].reshape(-1, 3)])
        assert (border == 1.0).all(), picture.name  # ink there would be cut off
        assert (found < 0.9).any(axis=2).mean() > 0.005
        assert ET.fromstring(picture.svg).tag.endswith("svg")
        assert b"<text" not in picture.svg  # letters are drawn: the same on every machine
        assert "nan" not in picture.alt + picture.caption
        assert picture.alt
        assert picture.caption.endswith(".")


def test_the_csv_file_of_a_figure_holds_what_is_drawn(
    sweeps: Mapping[str, Sweep], tmp_path: Path
) -> None:
    sweep = sweeps["aged"]
    picture = drift(sweep, "test.compensate")
    save(picture, tmp_path)
    table = pd.read_csv(tmp_path / f"{picture.name}.csv")
    young = table[table["test.age [s]"].isna() & table["test.compensate"]]
    own = sweep.done[sweep.done["test.age"].isna() & sweep.done["test.compensate"]]
    assert young["accuracy mean"].item() == pytest.approx(own["accuracy"].mean(), rel=1e-6)
    assert young["accuracy change mean"].item() == 0
    assert young["seeds"].item() == 4
    assert len(table) == 12
    effects = tornado(sweeps["star"], "energy_inference").data
    assert set(effects["parameter"]) == set(CENTRE)
    assert "energy_inference change mean [J]" in effects


def test_a_figure_is_the_same_every_time(sweeps: Mapping[str, Sweep]) -> None:
    again = curve(sweeps["noise"])
    assert curve(sweeps["noise"]) == again


FIGURES: dict[str, Callable[[dict[str, Sweep]], Picture]] = {
    "curve": lambda s: curve(s["noise"], "device.sigma_read", "loss"),
    "lines": lambda s: curve(s["kinds"], "device.kind", by="device.bits"),
    "energy": lambda s: heatmap(s["map"], "device.sigma_read", "device.bits", "energy_inference"),
    "multiples": lambda s: multiples(s["three"], "device.bits", "device.kind", "device.sigma_read"),
    "tornado": lambda s: tornado(s["map"], "energy_inference"),
    "pareto": lambda s: pareto(s["map"], "loss", "accuracy"),
    "drift": lambda s: drift(s["aged"], metric="loss"),
    "yields": lambda s: yields(s["stuck"], thresholds=[0.7, 0.8, 0.9]),
    "loss": lambda s: yields(s["chips"], metric="loss"),
    "scatter": lambda s: scatter(s["three"], "latency"),
    "label": lambda s: multiples(s["dense"], "device.bits", "device.sigma_read", "device.kind"),
    "duration": lambda s: curve(s["noise"], metric="duration", width=DOUBLE),
}


@pytest.mark.parametrize("figure", FIGURES)
def test_figures_take_names_captions_and_metrics(
    figure: str, sweeps: dict[str, Sweep], tmp_path: Path
) -> None:
    picture = FIGURES[figure](sweeps)
    assert (pixels(picture)[:, [0, -1]] == 1.0).all()
    save(picture, tmp_path / "figures")
    names = {path.name for path in (tmp_path / "figures").iterdir()}
    assert names == {f"{picture.name}.{ending}" for ending in ("svg", "png", "csv")}


def test_below_a_curve_stands_its_paired_change(sweeps: Mapping[str, Sweep]) -> None:
    sweep, names = sweeps["map"], ["device.sigma_read", "device.bits"]
    reference = sweep.reference[names[0]]
    change = gained(sweep, names, "accuracy", reference)
    made = plotted(sweep, names, "accuracy", change, reference, COLUMN)
    top, low = made.figure.axes
    values = sweep.done.pivot_table("accuracy", ["seed", "device.bits"], "device.sigma_read")
    wanted = 100 * values.sub(values[reference], axis=0).groupby("device.bits").mean()
    marked = [
        one for one in low.lines if len(one.get_ydata()) == 3 and one.get_linestyle() != "None"
    ]
    for line, (_, row) in zip(marked, wanted.iterrows(), strict=True):
        assert line.get_ydata() == pytest.approx(row.to_numpy(), abs=1e-12)  # percentage points
    assert low.get_xlim() == top.get_xlim()
    caption = curve(sweep, *names[:1], by=names[1]).caption
    assert "Below: its change from that at sigma_read 0 %, seed by seed." in caption
    assert caption.count("bars: 95 % interval (corrected resampled t)") == 1  # of both axes


def test_a_change_that_tells_no_more_than_means_is_not_drawn(
    sweeps: Mapping[str, Sweep], tmp_path: Path
) -> None:
    one = read_sweep(fill(tmp_path, DESIGNS["noise"][0], [0], chip))
    assert gained(one, ["device.sigma_read"], "accuracy", 0.0).empty  # no pairs of seeds
    sweep = sweeps["noise"]
    assert gained(sweep, ["device.sigma_read"], "cells", 0.0).empty  # no seed differs
    assert len(gained(sweep, ["device.sigma_read"], "accuracy", 0.0)) == 6
    assert "Below" not in curve(one).caption
    assert "Below" in curve(sweep).caption


def test_intervals_of_lines_overlap_where_neighbours_share_values() -> None:
    table = pd.DataFrame({"x": [1, 1, 1, 2, 2, 2], "mean": [3.0, 1.0, 2.0, 1.0, 2.0, 3.0]})
    for half, expected in ((0.4, False), (0.6, True), (np.nan, False)):
        wide = table.assign(low=table["mean"] - half, high=table["mean"] + half)
        assert lines.overlapping(wide, "x") == expected
    assert not lines.overlapping(wide[wide["mean"] == 1.0], "x")  # one line


def test_own_names_and_captions_stay(sweeps: Mapping[str, Sweep], tmp_path: Path) -> None:
    picture = curve(sweeps["noise"], name="fig2", caption="Noise.")
    assert (picture.name, picture.caption) == ("fig2", "Noise.")
    (tmp_path / "taken").touch()
    with pytest.raises(OutputError, match="a writable folder"):
        save(picture, tmp_path / "taken")


def test_captions_say_what_they_average_and_what_is_missing(
    sweeps: Mapping[str, Sweep], tmp_path: Path
) -> None:
    caption = curve(sweeps["map"], "device.bits").caption
    assert "Mean over 3 seeds; band: 95 % interval (corrected resampled t)." in caption
    assert "Averaged over read noise, standard deviation relative to the range (3 val" in caption
    part = read_sweep(fill(tmp_path, DESIGNS["map"][0], range(3), chip, unfinished=5))
    assert heatmap(part, "device.bits", "device.sigma_read").caption.endswith(
        "Hatched: no finished run. 31 of 36 runs are finished."
    )
    single = curve(read_sweep(fill(tmp_path / "one", DESIGNS["map"][0], [0], chip)))
    assert "One seed; band: 95 % interval (Wilson, over independent test samples)." in (
        single.caption
    )
    assert "each averaged over its fabricated chips" in curve(sweeps["stuck"]).caption


def test_a_front_names_its_points(sweeps: Mapping[str, Sweep]) -> None:
    # Energy rises with bits alone, accuracy with bits and falls with noise: no noise on the front.
    alt = pareto(sweeps["map"]).alt
    assert "A bits 3; B bits 4; C bits 6; D bits 8; all: sigma_read 0 %" in alt


def test_no_noise_level_is_an_efficient_design(drawn: Mapping[str, list[Picture]]) -> None:
    (front,) = [one for one in drawn["map"] if one.name.startswith("pareto")]
    assert front.alt.endswith("A bits 3; B bits 4; C bits 6; D bits 8")
    assert front.caption.endswith(" All with sigma_read 0 %.")
    assert not [one for one in drawn["noise"] + drawn["aged"] if one.name.startswith("pareto")]


def test_a_front_goes_by_the_direction_of_its_metrics(tmp_path: Path) -> None:
    def measure(point: Mapping[str, Any], seed: int) -> dict[str, float]:
        a = point["a"]
        return {"loss": 1 / a + (5.0 if a == 3 else 0.0), "accuracy": a / 10, "latency": 1e-9 * a}

    sweep = read_sweep(fill(tmp_path, grid(a=[1, 2, 3, 4]), [0], measure))
    assert "A a 1; B a 2; C a 4" in pareto(sweep, "latency", "loss").alt  # both lower
    assert "of 1 points" in pareto(sweep, "accuracy", "loss").alt  # the highest, at the lowest


def test_a_yield_of_what_is_better_lower_counts_chips_below(sweeps: Mapping[str, Sweep]) -> None:
    sweep = sweeps["chips"]
    loss = sweep.done["loss"].to_numpy()
    table = yields(sweep, metric="loss").data
    wanted = [(loss <= value).mean() for value in table["loss"]]
    assert table["yield"].tolist() == pytest.approx(wanted)
    assert table["yield"].iloc[-1] == 1.0
    accuracy = yields(sweep).data
    assert accuracy["yield"].iloc[0] == 1.0


def test_metrics_that_are_missing_are_named(tmp_path: Path) -> None:
    def partial(point: Mapping[str, Any], seed: int) -> dict[str, float]:
        value = {"gain": 2.0 * point["a"], "nothing": float("nan")}
        return value if seed else value | {"gain": float("nan")}

    found = read_sweep(fill(tmp_path, grid(a=[0.1, 0.2]), [0, 1], partial, units={"a": "V"}))
    assert "2 finished runs without gain are omitted." in curve(found).caption
    with pytest.raises(DataError, match="expected finished runs with nothing, got none"):
        curve(found, metric="nothing")


def test_what_cannot_be_drawn_says_why(sweeps: Mapping[str, Sweep]) -> None:
    with pytest.raises(DataError, match=r"Did you mean 'device.bits'\?"):
        curve(sweeps["map"], "device.bit")
    with pytest.raises(DataError, match=r"Did you mean 'accuracy'\?"):
        curve(sweeps["map"], metric="acuracy")
    with pytest.raises(ConfigError, match=r"by: expected a parameter of up to 7 values, got 9"):
        curve(sweeps["dense"], "device.sigma_read", by="device.bits")
    with pytest.raises(ConfigError, match=r"panel: expected a parameter of up to 9 values"):
        multiples(sweeps["dense"], "device.bits", "device.kind", "device.sigma_read")
    with pytest.raises(ConfigError, match="x: expected a parameter that varies"):
        curve(sweeps["single"])
    with pytest.raises(ConfigError, match="depart from the reference in one parameter"):
        tornado(sweeps["sampled"])
    with pytest.raises(ConfigError, match="thresholds: expected values of loss"):
        yields(sweeps["stuck"], metric="loss")


def test_zero_and_none_stand_left_of_a_logarithmic_axis(sweeps: Mapping[str, Sweep]) -> None:
    noise = scale(sweeps["noise"], "device.sigma_read")
    assert noise.logarithmic
    assert noise.quantity.label.endswith("(%)")
    assert noise.labels == ["0", "0.1", "0.3", "1", "3", "10"]
    assert noise.places[1:] == pytest.approx([0.1, 0.3, 1, 3, 10])
    assert 0 < noise.places[0] < noise.places[1] / 2
    age = scale(sweeps["aged"], "test.age")
    assert age.labels == ["at once", "1 min", "1 h", "1 d", "1 y", "10 y"]
    assert list(age.apart(pd.Series([None, 60.0], dtype=float))) == [True, False]
    assert not scale(sweeps["star"], "device.bits").logarithmic


def test_lines_and_maps_show_the_means(sweeps: Mapping[str, Sweep]) -> None:
    sweep, names = sweeps["map"], ["device.sigma_read", "device.bits"]
    table = means(sweep, names, "accuracy")
    quantity = measured(sweep, "accuracy", 1.0)
    along, across = (scale(sweep, name) for name in names)
    ax = Figure().add_subplot()
    handles = lines.draw(ax, along, table, table.iloc[:0], quantity, names[1], across.values,
                         losses(sweep, names))  # fmt: skip
    shown = maps.grid(along, across, table, quantity, losses(sweep, names)).values
    for row, (bits, handle) in enumerate(zip(across.values, handles, strict=True)):
        mine = sweep.at({"device.bits": bits}).done.groupby("device.sigma_read")["accuracy"]
        wanted = 100 * mine.mean().to_numpy()  # %
        assert handle.get_ydata() == pytest.approx(wanted, rel=1e-12)
        assert shown[row] == pytest.approx(wanted, rel=1e-12)


def test_quantities_have_units_and_prefixes(sweeps: Mapping[str, Sweep]) -> None:
    sweep = sweeps["star"]
    assert measured(sweep, "energy_inference", 3e-9).label == "energy of an inference (nJ)"
    assert measured(sweep, "loss", 0.4).label == "loss"
    assert measured(sweep, "accuracy", 0.9).change().unit == "percentage points"
    assert parameter(sweep, "tile.reading.v_read", 5.0).unit == "V"
    assert level_text(sweep, "device.g_max", 2e-5) == "20 µS"
    assert level_text(sweep, "test.compensate", True) == "on"
    assert short(sweep, "tile.adc.bits") == "adc.bits"  # beside device.bits


def test_lines_differ_in_grey() -> None:
    looks = [look(k) for k in range(7)]
    assert len({(str(one["linestyle"]), one["marker"]) for one in looks}) == 7
    light = np.array([0.2126, 0.7152, 0.0722])
    first = [float(light @ colors.to_rgb(one["color"])) for one in looks[:2]]
    assert len({one["marker"] for one in looks}) == 7
    assert abs(first[0] - first[1]) > 0.02
