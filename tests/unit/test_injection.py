"""Names are data: whatever stands in them, no terminal, page, table or simulator obeys it."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pages import Page
from recorded import make_run

from crossbar.bars import Plain
from crossbar.circuit.mapping import DifferentialPair
from crossbar.cli import console, main
from crossbar.cli.console import table
from crossbar.devices import PRESETS
from crossbar.nn import Dense, Network
from crossbar.random import Streams
from crossbar.report.sweeps.latex import latex
from crossbar.report.tables.table import Column, Number, Table
from crossbar.runs.store.table import export
from crossbar.spice.networks import network_deck
from crossbar.spreadsheet import FORMULA
from crossbar.substrates.tile import Tile

MARKUP = "car [/old] [bold]x[/bold] :smile:"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    shown = io.StringIO()
    plain = Plain()
    plain.file, plain.width = shown, 200
    monkeypatch.setattr(console, "out", plain)
    return shown


def test_a_terminal_shows_brackets_and_obeys_no_data(terminal: io.StringIO) -> None:
    console.out.print(f"Kept in {MARKUP}")
    table(MARKUP, [MARKUP, "\x1b[2J"], [[MARKUP, "\udcff"]])
    shown = terminal.getvalue()
    assert shown.count(MARKUP) == 4
    assert "\x1b" not in shown
    assert r"\x1b[2J" in shown
    assert r"\udcff" in shown


def test_spreadsheets_take_no_name_as_a_formula(tmp_path: Path) -> None:
    texts = ["=1+2", "+a", "-b", "@c", "'=d", "\t=e", "car", "-5", "'f'"]
    frame = pd.DataFrame({"=name": texts, "y": -np.arange(9.0)})
    export(frame, tmp_path / "x.csv")
    back = pd.read_csv(tmp_path / "x.csv", dtype={"'=name": str})
    assert list(back.columns) == ["'=name", "y"]
    cells = back["'=name"].tolist()
    assert not [cell for cell in cells if re.match(r"[=+@\t]|-\D", cell)]
    undone = [cell[1:] if cell[0] == "'" and FORMULA.match(cell) else cell for cell in cells]
    assert undone == texts
    assert back["y"].tolist() == frame["y"].tolist()
    shown = Table("t", "", (Column("=a"),), (("=b",), (Number(-1.0, "-1"),), ("-c to d",)))
    assert shown.csv() == "'=a\n'=b\n-1.0\n'-c to d\n"


NAMES = ("<script>alert(1)</script>", r"$\frac{$ a_b \input{x}")


def renamed(folder: Path) -> Path:
    """Make the records of a run whose classes have names that mean something to somebody."""

    def rename(detail: dict[str, Any]) -> dict[str, Any]:
        counts = {name: [120, 12] for name in NAMES}
        return detail | {"classes": NAMES, "data_source": NAMES[0], "windows_by_class": counts}

    make_run(folder, change=rename)
    return folder


def test_html_mathtext_and_terminal_take_names_as_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every figure of the report is drawn: mathtext would refuse the second name."""
    folder = renamed(tmp_path / "run[b] =x[/b]")
    monkeypatch.setattr(sys, "argv", ["crossbar", "report", str(folder)])
    with pytest.raises(SystemExit):
        main()
    assert f"Report: {folder / 'report.html'}" in capsys.readouterr().out
    page = Page((folder / "report.html").read_text())
    assert "script" not in page.tags
    assert NAMES[0] in page.plain
    assert NAMES[1] in page.plain


def test_latex_prints_what_it_would_obey() -> None:
    text = latex(Table("t", NAMES[1], (Column(NAMES[1]),), ((NAMES[1],),)))
    assert r"\input" not in text.replace(r"\textbackslash{}input", "")
    assert text.count(r"\$\textbackslash{}frac\{\$ a\_b") == 3


@pytest.mark.parametrize("name", ["out\nshell rm x\nend", "a b;c", "$x`y"])
def test_a_netlist_takes_a_layer_as_a_name(name: str) -> None:
    network = Network(input_shape=(2, 2), layers={name: Dense(units=2)})
    tile = Tile(device=PRESETS["reram"].device, mapping=DifferentialPair())
    deck = network_deck(network.build(tile, Streams(0)), np.ones((1, 2, 2), np.float32))
    assert "shell rm x" not in [line.strip() for line in deck.text.splitlines()]
    nodes = " ".join(line for line in deck.lines if not line.startswith("*"))
    assert not set(";`$") & set(nodes)
