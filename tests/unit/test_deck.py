"""Netlists as text, numbers in them, and the headers of the subcircuits that they use."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from crossbar.errors import ConfigError, DataError
from crossbar.spice.engine import models
from crossbar.spice.engine.deck import CARDS, WIDTH, Deck
from crossbar.spice.engine.log import complaint
from crossbar.spice.engine.numbers import number, parsed

FILES = sorted(models.folder().glob("*.sub"))
NAMES = [file.stem for file in FILES]
# The letters as ngspice's manual has them, written down apart from the package.
SCALE = {"f": -15, "p": -12, "n": -9, "u": -6, "m": -3, "k": 3, "meg": 6, "g": 9, "t": 12}


def by_hand(text: str) -> float:
    """Return the float nearest to what ``text`` says, in exact arithmetic."""
    found = re.fullmatch(r"(-?\d+(?:\.\d+)?)(?:e([-+]\d+))?([a-z]*)", text)
    assert found is not None, text
    power = int(found[2] or 0) + (SCALE[found[3]] if found[3] else 0)
    return float(Fraction(found[1]) * Fraction(10) ** power)


def test_a_number_reads_back_to_the_same_float() -> None:
    rng = np.random.default_rng(1)
    mantissas = rng.uniform(1.0, 10.0, 2000)
    values = mantissas * 10.0 ** rng.integers(-307, 307, 2000) * rng.choice([-1.0, 1.0], 2000)
    edges = [5e-324, -5e-324, 2.2e-308, 1.7976931348623157e308, 0.1, 1 / 3, 1e15, 1e-15, 999.5]
    edges += [10.0**k for k in range(-30, 31)] + [0.999999 * 10.0**k for k in range(-18, 18)]
    for value in [*values.tolist(), *edges]:
        text = number(value)
        assert by_hand(text) == value
        assert parsed(text) == value


def test_a_number_is_short_and_in_engineering_notation() -> None:
    shown = {6e4: "60k", 1e6: "1meg", 1e-3: "1m", -0.35: "-350m", 320e-12: "320p", 12.5: "12.5"}
    assert {value: number(value) for value in shown} == shown
    assert number(0.0) == number(-0.0) == "0"
    for value in np.random.default_rng(2).uniform(1e-15, 1e-14, 50).tolist():
        assert 1 <= abs(float(number(value).rstrip("f"))) < 1000


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_must_be_finite(value: float) -> None:
    with pytest.raises(ConfigError, match="number: expected a finite number"):
        number(value)


def test_long_lines_are_folded_and_mean_the_same() -> None:
    deck = Deck("folded")
    line = "Vlong a 0 PWL(" + " ".join(f"{k}n {k}" for k in range(60)) + ")"
    deck.add(line)
    deck.save(*(f"v(node{k})" for k in range(40)))
    lines = deck.text.splitlines()
    assert max(map(len, lines)) <= WIDTH
    whole = deck.text.replace("\n+", "")
    assert line in whole
    assert ".save " + " ".join(f"v(node{k})" for k in range(40)) in whole


def test_comments_are_folded_and_never_become_lines_of_the_circuit() -> None:
    deck = Deck("told")
    deck.comment("word " * 60 + "\nRevil a 0 1")
    assert all(line.startswith("*") for line in deck.lines)
    assert max(map(len, deck.lines)) <= WIDTH


def test_models_are_included_once_and_after_what_they_need() -> None:
    deck = Deck("synapse")
    deck.use("cmos_synapse_bit", "nmos45", "cmos_synapse_bit")
    assert len(deck.used) == len(set(deck.used))
    for name in deck.used:
        for needed in models.model(name).needs:
            assert deck.used.index(needed) < deck.used.index(name)
    assert deck.text.count('.include "spice_models/nmos45.sub"') == 1


def test_a_foundry_card_takes_the_place_of_our_own(tmp_path: Path) -> None:
    card = tmp_path / "foundry.lib"
    card.write_text("* theirs\n")
    for before in (True, False):
        deck = Deck("synapse")
        if before:
            deck.use("inverter45")
        deck.card(card)
        deck.use("inverter45")
        assert not set(CARDS) & set(deck.used)
        assert f'.include "{card}"' in deck.text
    with pytest.raises(ConfigError, match=r"Deck\.card: expected a file of transistor models"):
        Deck("synapse").card(tmp_path / "none.lib")


def test_a_written_deck_stands_with_its_models_and_is_the_same_twice(tmp_path: Path) -> None:
    deck = Deck("cell")
    deck.instance("x1", "vteam", "top", "0", "state", r_on=60.0)
    for name in ("a.cir", "b.cir"):
        deck.write(tmp_path / "new" / name)
    assert (tmp_path / "new" / "a.cir").read_bytes() == (tmp_path / "new" / "b.cir").read_bytes()
    copied = tmp_path / "new" / "spice_models" / "vteam.sub"
    assert copied.read_bytes() == models.path("vteam").read_bytes()


def test_a_title_is_one_line() -> None:
    for title in ("", " ", "two\nlines"):
        with pytest.raises(ConfigError, match=r"Deck\.title: expected one line of text"):
            Deck(title)


def declared(name: str) -> tuple[list[str], dict[str, str]]:
    """Return pins and parameters of the ``.subckt`` line of a model, read apart from the header."""
    text = models.path(name).read_text().replace("\n+", " ")
    (line,) = re.findall(rf"^\.subckt {name}\s(.*)$", text, re.MULTILINE)
    words = re.sub(r"\s*=\s*", "=", line).split()
    given = dict(word.split("=", 1) for word in words if "=" in word)
    return [word for word in words if "=" not in word], given


@pytest.mark.parametrize("name", NAMES)
def test_header_and_subckt_line_agree(name: str) -> None:
    model = models.model(name)
    pins, given = declared(name)
    assert list(model.pins) == pins
    defaults = {key: parsed(parameter.default) for key, parameter in model.parameters.items()}
    assert defaults == {key: parsed(value) for key, value in given.items()}
    assert list(model.parameters) == list(given)


@pytest.mark.parametrize("name", NAMES)
def test_header_is_complete(name: str) -> None:
    model = models.model(name)
    first = models.path(name).read_text().splitlines()[0]
    assert first.startswith(f"* {name}: ")
    assert model.summary
    assert re.match(r"(transistor|behavioural)\b", model.level)
    assert model.source
    assert model.valid_for
    assert model.pins
    assert all(model.pins.values())
    for parameter in model.parameters.values():
        assert parameter.unit
        assert parameter.meaning


@pytest.mark.parametrize("name", NAMES)
def test_readme_tells_its_level(name: str) -> None:
    level = models.model(name).level.split()[0].strip(":,")
    told = (models.folder() / "README.md").read_text()
    assert re.search(rf"^\|[^|]*\| `{name}` \| {level} \|", told, re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
def test_file_holds_what_it_uses_or_names_it(name: str) -> None:
    model, text = models.model(name), models.path(name).read_text()
    assert ".include" not in text
    assert text.rstrip().endswith(f".ends {name}")
    instances = re.findall(r"^x(.*)$", text.replace("\n+", " "), re.MULTILINE | re.IGNORECASE)
    called = {re.split(r"\s\w+\s*=", line)[0].split()[-1] for line in instances}
    assert called <= set(model.needs)
    assert all(models.path(needed).is_file() for needed in model.needs)


@pytest.mark.parametrize("name", NAMES)
def test_defaults_are_numbers_with_units(name: str) -> None:
    for parameter in models.model(name).parameters.values():
        assert math.isfinite(parsed(parameter.default))
        assert re.fullmatch(r"[\w/^*%. -]+", parameter.unit)


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of models of the test's own, in place of the shipped one."""
    monkeypatch.setattr(models, "folder", lambda: tmp_path)
    models.model.cache_clear()
    yield tmp_path
    models.model.cache_clear()


HEADER = """\
* own: a resistor
* level: behavioural
* source: assumed
* valid for: any
*   voltage
* pins: a (V) b (V)
* needs: nothing
* parameters:
*   r = 1k [ohm] its resistance
.subckt own a b r=1k
R1 a b {r}
.ends own
"""


def test_a_header_is_read(own: Path) -> None:
    (own / "own.sub").write_text(HEADER)
    model = models.model("own")
    assert (model.summary, model.level, model.source) == ("a resistor", "behavioural", "assumed")
    assert model.valid_for == "any voltage"
    assert model.pins == {"a": "V", "b": "V"}
    assert model.needs == ("nothing",)
    (r,) = model.parameters.values()
    assert (r.name, r.default, r.unit, r.meaning) == ("r", "1k", "ohm", "its resistance")


@pytest.mark.parametrize("field", ["level", "source", "valid for", "pins"])
def test_a_file_without_a_part_of_its_header_fails(own: Path, field: str) -> None:
    kept = [line for line in HEADER.splitlines() if not line.startswith(f"* {field}:")]
    (own / "own.sub").write_text("\n".join(kept))
    with pytest.raises(DataError, match=rf"own\.sub: expected a header line '\* {field}: "):
        models.model("own")


def test_an_unknown_model_is_refused_with_the_nearest(own: Path) -> None:
    (own / "own.sub").write_text(HEADER)
    with pytest.raises(ConfigError, match="Did you mean 'own'"):
        Deck("x").use("owm")


STEPS = "Warning: singular matrix:  check node b\nNote: Starting dynamic gmin stepping\n"
FAILED = STEPS + "Warning: Dynamic gmin stepping failed\nNote: Starting true gmin stepping\n"
SOURCES = FAILED + "Warning: True gmin stepping failed\nNote: Starting source stepping\n"
LOGS = {
    "gmin stepping helped": (STEPS + "Note: Dynamic gmin stepping completed", None),
    "its second kind helped": (FAILED + "Note: True gmin stepping completed", None),
    "source stepping helped": (SOURCES + "Note: Source stepping completed", None),
    "names and a title": ("Circuit: error: aborted\nerror: 1.5\naborted  -1e-3  2.0 *", None),
    "nothing helped": (SOURCES + "Warning: source stepping failed\nNote: Transient op started\n"
                       "Note: Transient op finished successfully", "line 3: .*node b with none"),
    "an older ngspice": ("Note: Starting source stepping\niteration limit reached\n"
                         "run simulation(s) aborted", "an operating point, got 'iteration limit"),
    "something new": ("Error: a word never heard", "without error, got 'a word never heard'"),
}  # fmt: skip


@pytest.mark.parametrize(("log", "said"), LOGS.values(), ids=LOGS)
def test_a_log_is_read_to_its_end(log: str, said: str | None, tmp_path: Path) -> None:
    path = tmp_path / "deck.cir"
    path.write_text("title with b\nV1 a 0 1\nC1 a b 1p\n.op\n.end\n")
    found = complaint(log, path)
    assert (found is None) == (said is None)
    if said is not None:
        assert re.search(said, found or "")
