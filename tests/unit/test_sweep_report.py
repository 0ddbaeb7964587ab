"""The report of a sweep: what its store says, once, with conditions, in every format."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
from pages import Page
from recorded import energy_record, make_run
from scipy import stats
from stored import COMMAND, SOURCE, accuracy, make_function_sweep, make_sweep, resolved

from crossbar.cli import main
from crossbar.report import write_report
from crossbar.report.account import Account
from crossbar.report.limits import assumed_energy
from crossbar.report.sweeps.latex import latex
from crossbar.report.sweeps.points import points
from crossbar.report.sweeps.reading import holds_sweep, read_sweep
from crossbar.report.sweeps.verdict import Verdict
from crossbar.report.tables.table import Column, Number, Table


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Report of six points with three seeds each."""
    place = make_sweep(tmp_path_factory.mktemp("sweep"), about={"command": COMMAND})
    write_report(place)
    return place


def verdict(place: Path) -> Verdict:
    return Verdict(read_sweep(place))


def test_page_stands_alone(sweep: Path) -> None:
    html = (sweep / "report.html").read_text()
    page = Page(html)
    assert "script" not in page.tags
    assert "link" not in page.tags
    assert "url(" not in html.partition("</style>")[0]
    for link in page.links:
        if not link.startswith("data:image/"):
            assert link.removeprefix("#") in page.ids or (sweep / unquote(link)).is_file(), link
    assert {"result", "configuration", "parameters", "points", "energy",
            "assumptions", "limits", "again", "versions"} <= page.ids  # fmt: skip
    assert "failures" not in page.ids
    assert COMMAND in page.plain


def test_means_and_intervals_are_those_of_the_seeds(sweep: Path) -> None:
    table = pd.read_csv(sweep / "tables" / "points.csv")
    assert len(table) == 6
    for row in table.to_dict("records"):
        point = {k: row[k] for k in ("device.bits", "device.sigma_read")}
        values = np.array([accuracy(point, seed) for seed in range(3)])
        half = stats.t.ppf(0.975, 2) * values.std(ddof=1) / np.sqrt(3)
        # Sums of three doubles below one.
        assert row["accuracy mean"] == pytest.approx(values.mean(), rel=1e-12)
        assert row["accuracy low"] == pytest.approx(values.mean() - half, rel=1e-12)
        assert row["accuracy high"] == pytest.approx(min(1.0, values.mean() + half), rel=1e-12)
        assert row["seeds"] == 3
    assert table["accuracy mean"].is_monotonic_decreasing


def test_the_best_point_leads(sweep: Path) -> None:
    found = verdict(sweep)
    assert found.best == {"device.bits": 8, "device.sigma_read": 0.0}
    table = points(found)
    assert table.leading == 1
    assert [cell.value for cell in table.rows[0][:2]] == [8, 0.0]  # type: ignore[union-attr]
    page = Page((sweep / "report.html").read_text())
    assert "Highest accuracy: 91.0 % [88.5 %, 93.5 %] at bits 8, sigma_read 0 %" in page.plain
    assert "Chosen as the best of 6 points" in page.plain


def test_the_parameter_that_matters_is_named_with_its_paired_change(sweep: Path) -> None:
    _, matters = verdict(sweep).sentences()
    assert matters == (
        "device.bits matters most for the accuracy: from 4 to 8 it changes by +20.0 [+20.0, +20.0] "
        "percentage points, runs of equal seed and other parameters compared."
    )


def test_no_parameter_matters_where_only_luck_does(tmp_path: Path) -> None:
    luck = np.random.default_rng(5).normal(0.5, 0.1, (9, 200))
    place = make_sweep(tmp_path, measure=lambda p, s: float(luck[p["device.bits"], s]),
                       seeds=range(4))  # fmt: skip
    assert (
        "No change of the accuracy stands out from the differences between seeds"
        in (verdict(place).sentences()[1])
    )


def test_a_small_change_that_is_certain_outranks_a_large_one_that_is_not(tmp_path: Path) -> None:
    luck = np.random.default_rng(5).normal(0.5, 0.1, (9, 200))
    place = make_sweep(
        tmp_path, seeds=range(4),
        measure=lambda p, s: float(luck[p["device.bits"], s]) - 0.4 * p["device.sigma_read"],
    )  # fmt: skip
    assert (
        "The largest change of the accuracy that stands out from the differences between seeds is "
        "that by device.sigma_read: from 0 % to 5 % it changes by -2.0 [-2.0, -2.0]"
    ) in verdict(place).sentences()[1]


def test_every_point_is_compared_with_the_reference_seed_by_seed(tmp_path: Path) -> None:
    luck = np.random.default_rng(6).normal(0.7, 0.05, (9, 3))
    place = make_sweep(tmp_path, measure=lambda p, s: float(luck[p["device.bits"], s]))
    found = verdict(place)
    table = points(found)
    assert found.sweep.reference == {"device.bits": 4, "device.sigma_read": 0.0}
    change = [column.title for column in table.columns].index("change")
    for cells, row in zip(table.rows, found.compared.to_dict("records"), strict=True):
        point = (row["device.bits"], row["device.sigma_read"])
        if point == (4, 0.0):
            assert cells[change : change + 2] == ("reference", "")
            continue
        if point == (4, 0.05):
            assert cells[change + 1] == "+0.0 to +0.0"
            continue
        oracle = stats.ttest_rel(luck[point[0]], luck[4]).confidence_interval(0.95)
        mean = 100 * (luck[point[0]] - luck[4]).mean()  # percentage points
        half = f"{50 * (oracle.high - oracle.low):.1e}"  # two digits of it are written
        form = f"+.{max(0, -int(Decimal(half).as_tuple().exponent))}f"
        assert cells[change].text == f"{mean:{form}}"  # type: ignore[union-attr]
        assert cells[change + 1] == f"{100 * oracle.low:{form}} to {100 * oracle.high:{form}}"
        assert row["change low"] == pytest.approx(oracle.low, rel=1e-9)
    written = table.csv().splitlines()[0].split(",")
    assert {"accuracy change mean", "accuracy change high", "accuracy change pairs"} <= {*written}
    assert "seed by seed" in table.caption


def test_points_without_a_pair_say_so(tmp_path: Path) -> None:
    def error(p: dict[str, float], seed: int) -> str:
        lost = (p["device.bits"] == 4 and seed > 0) or (p["device.bits"] == 6 and seed == 0)
        return "did not converge" if lost else ""

    axes = {"device.bits": (4, 6, 8), "device.sigma_read": (0.0,)}
    table = points(verdict(make_sweep(tmp_path, axes, error=error)))
    rows = {row[0].text: row for row in table.rows}  # type: ignore[union-attr]
    assert rows["6"][3:5] == ("no pair", "")
    assert rows["8"][4] == "one pair"


def test_the_page_holds_what_tells_and_names_what_only_csv_has(tmp_path: Path) -> None:
    table = points(verdict(make_sweep(tmp_path)))
    titles = [column.title for column in table.columns]
    assert "loss" in titles
    assert not {"F1 score", "energy of an inference"} & set(titles)  # as the accuracy; all equal
    assert "The CSV file holds F1 score too." in table.caption
    assert "f1 mean" in table.csv()


def test_chips_of_one_seed_are_called_so(tmp_path: Path) -> None:
    axes = {"test.faults.p_off": (0.0, 0.1), "test.chip": (0, 1, 2, 3)}
    place = make_sweep(
        tmp_path, axes, seeds=(7,), whole=lambda p: resolved({}),
        measure=lambda p, s: 0.9 - p["test.faults.p_off"] * (1 + 0.1 * p["test.chip"]),
    )  # fmt: skip
    found = verdict(place)
    assert found.basis() == "95 % interval, Student t over 4 chips of one seed"
    assert "runs of equal chip" in found.sentences()[1]
    table = points(found)
    assert table.columns[-1].title == "chips"
    assert "chip by chip" in table.caption
    page = Page(write_report(place).read_text())
    assert "8 runs over 1 seed and 4 fabricated chips" in page.plain
    assert "Mean over 4 chips of one seed" in page.plain


def test_the_lowest_is_best_of_what_costs(tmp_path: Path) -> None:
    place = make_function_sweep(tmp_path / "ring.db")
    page = write_report(place)
    assert page == tmp_path / "ring-report" / "report.html"
    shown = Page(page.read_text())
    assert "Ring <b>oscillator</b> & 50 %" in shown.plain
    assert "Lowest power: 105 nW" in shown.plain
    assert "at amplitude 100 mV" in shown.plain
    assert not {"energy", "assumptions", "limits"} & shown.ids  # nothing of the package was run


def test_one_departure_at_a_time_is_compared_with_the_reference(tmp_path: Path) -> None:
    axes = {"device.bits": (8, 4, 6), "device.sigma_read": (0.0,), "device.nu": (0.0,)}
    place = make_sweep(tmp_path, axes)
    make_sweep(place, {"device.bits": (8,), "device.sigma_read": (0.05, 0.1), "device.nu": (0.0,)})
    assert (
        verdict(place)
        .sentences()[1]
        .startswith(
            "device.bits matters most for the accuracy: 4 in place of 8 changes it by -20.0"
        )
    )


def test_of_very_many_points_the_page_shows_some_and_csv_all(tmp_path: Path) -> None:
    axes = {"device.sigma_read": [k / 1000 for k in range(201)], "device.bits": (6, 8)}
    place = make_sweep(tmp_path, axes, seeds=(0,))
    table = points(verdict(place))
    assert len(table.rows) == 200
    assert "The best 200 of 402: the CSV file holds all." in table.caption
    assert len(table.csv().splitlines()) == 403
    assert r"\begin{longtable}" in latex(table)


def test_one_seed_has_the_interval_of_its_windows(tmp_path: Path) -> None:
    found = verdict(make_sweep(tmp_path, seeds=(0,)))
    # Wilson's interval, from the formula, for 0.9 of 10 independent windows.
    low, high = 0.5958499732047615, 0.9821237869049271
    assert found.interval(0).low == pytest.approx(low, rel=1e-9)
    assert found.interval(0).high == pytest.approx(high, rel=1e-9)
    assert "Wilson" in found.sentences()[0]
    assert "one seed gives no interval" in found.sentences()[1]


def test_limits_follow_what_was_used_and_name_the_points(tmp_path: Path) -> None:
    axes = {"tile.reading.temperature": (0.0, 300.0), "device.nu": (0.0, 0.1)}
    place = make_sweep(tmp_path, axes, measure=lambda p, s: 0.8)
    limits = Account(read_sweep(place)).limits()
    assert "temperature 0 K: thermal noise is off." in limits
    drift = "the device model has no drift: its curve against time is flat by assumption."
    assert f"nu 0: {drift}" in limits
    assert any(s.startswith("The sound is synthesised") for s in limits)
    assert any(s.startswith("Wires are ideal") for s in limits)


def test_assumed_energy_is_given_once_from_least_to_most() -> None:
    counted = energy_record()
    parts = [dict(row) for row in counted["physical"]["breakdown"]]  # type: ignore[index]
    parts[1]["energy"] = 3e-9  # assumed: then as much as what is derived
    sentences = list(assumed_energy([counted, {**counted, "physical": {"breakdown": parts}}]))
    rest = "% of the physical energy of inference rests on assumed costs of circuit blocks."
    assert [s for s in sentences if "of inference" in s] == [f"25 to 50 {rest}"]


def test_energy_is_told_by_every_convention_with_its_sources(sweep: Path) -> None:
    table = pd.read_csv(sweep / "tables" / "energies.csv")
    assert set(table["convention"]) == {"leti-2026", "exact", "physical", "circuit", "digital"}
    physical = table[table["convention"] == "physical"]
    assert physical["inference [J]"].tolist() == [4e-9, 4e-9]  # best and reference point
    assert physical["sources"].str.contains("assumed").all()
    assert table["sources"].str.len().min() > 10
    parts = pd.read_csv(sweep / "tables" / "best-point-energy-breakdown.csv")
    total = parts[parts["phase"] == "inference"]["energy a sample [J]"].sum()
    assert total == pytest.approx(4e-9, rel=1e-12)  # one sum of two doubles


def test_sources_and_settings_of_the_device_are_told(sweep: Path) -> None:
    sources = pd.read_csv(sweep / "tables" / "reram-sources.csv")
    assert sources["source"].tolist()[:2] == SOURCE.split("; ")
    assert sources["number is"].tolist()[:2] == ["published", "assumed"]
    settings = pd.read_csv(sweep / "tables" / "reram-settings.csv", index_col="setting")
    assert settings.loc["device.bits", "value"] == "8"


def test_every_figure_and_table_has_every_format(sweep: Path) -> None:
    for folder, endings in (("figures", ("svg", "png", "csv")), ("tables", ("csv", "tex"))):
        names = [{p.stem for p in (sweep / folder).glob(f"*.{e}")} for e in endings]
        assert names[0]
        assert all(own == names[0] for own in names)
    text = (sweep / "report.md").read_text()
    for target in re.findall(r"\]\((figures/[^)]+)\)", text):
        assert (sweep / target).is_file(), target
    # The first section of the page has no heading, and its contents have one.
    assert text.count("\n## ") == (sweep / "report.html").read_text().count("<h2>")


def test_markdown_tables_have_as_many_cells_in_every_row(sweep: Path) -> None:
    for block in re.findall(r"(?:^\|.*\n)+", (sweep / "report.md").read_text(), re.MULTILINE):
        counts = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(counts) == 1, block


def test_latex_is_escaped_and_balanced(sweep: Path) -> None:
    for path in (sweep / "tables").glob("*.tex"):
        text = re.sub(r"\\[{}]", "", path.read_text())
        assert text.count("{") == text.count("}"), path.name
        assert text.count(r"\begin") == text.count(r"\end{"), path.name
        body = text.partition(r"\midrule")[2].partition(r"\bottomrule")[0]
        columns = {len(re.findall(r"(?<!\\)&", line)) for line in body.splitlines() if line}
        assert len(columns) == 1, path.name
    table = Table("t", r"50 % of a_b & c^2 ~ \x", (Column("µ"),), (("#1",), (Number(1.0, "10⁶"),)))
    assert r"50 \% of a\_b \& c\textasciicircum{}2 \textasciitilde{} \textbackslash{}x" in (
        latex(table)
    )
    assert r"10\textsuperscript{6}" in latex(table)


def test_the_same_store_makes_the_same_files(sweep: Path) -> None:
    files = {p: p.read_bytes() for p in sweep.rglob("*") if p.is_file() and p.suffix != ".db"}
    write_report(sweep)
    assert len(files) > 20
    for path, before in files.items():
        assert path.read_bytes() == before, path.name


def test_the_command_reports_whatever_the_folder_holds(
    sweep: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def call(path: Path) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["crossbar", "report", str(path)])
        with pytest.raises(SystemExit) as stop:
            main()
        return (int(stop.value.code or 0), *capsys.readouterr())

    assert call(sweep)[:2] == (0, f"Report: {sweep / 'report.html'}\n")
    assert not holds_sweep(make_run(tmp_path / "run"))
    status, printed, error = call(tmp_path / "nothing")
    assert (status, printed) == (2, "")
    assert error.count("\n") == 1
    assert "the store of a sweep" in error
