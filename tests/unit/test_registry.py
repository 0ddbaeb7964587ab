"""What a kind may name, and what is said where it names nothing."""

from __future__ import annotations

import pickle
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crossbar import registry
from crossbar.errors import ConfigError
from crossbar.registry import Registry, registries, registry_of


class Law(ABC):
    """A law."""

    @abstractmethod
    def at(self, u: float) -> float:
        """Return its value."""


class Flat(Law):
    """The same everywhere.

    In more words.
    """

    def at(self, u: float) -> float:
        return 1.0


@pytest.fixture
def laws(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Return an empty registry that ends with the test."""
    monkeypatch.setattr(registry, "_REGISTRIES", {})
    return Registry(Law, "laws", "laws of nature")


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield the current folder, whose modules are forgotten with the test."""
    before = dict(sys.modules)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [p for p in sys.path if p])
    yield tmp_path
    for name in set(sys.modules) - set(before):
        del sys.modules[name]


def refusal(laws: Registry, kind: Any, where: str = "device.law") -> str:
    with pytest.raises(ConfigError) as caught:
        laws.resolve(kind, where)
    text = str(caught.value)
    assert text.startswith(f"{where}: expected ")
    assert "\n" not in text
    return text


def test_a_name_stands_for_its_class_and_has_its_words(laws: Registry) -> None:
    laws.register("flat")(Flat)
    laws.register("one", words="One, as an instance.")(Flat())
    assert laws.resolve("flat", "kind") is Flat
    assert laws.names == ("flat", "one")
    assert [laws.words(name) for name in laws.names] == [
        "The same everywhere.", "One, as an instance."]  # fmt: skip
    assert registry_of(Law) is laws
    assert registry_of(Flat) is registry_of("Law") is None
    assert registries() == (laws,)


@pytest.mark.parametrize("kind", ["flta", "", 3, None, ["flat"], "flat ", "a:b:c", "../x:Y", "x:"])
def test_what_is_no_kind_is_refused_with_the_names(laws: Registry, kind: Any) -> None:
    laws.register("flat")(Flat)
    assert "one of: flat, module:Class" in refusal(laws, kind)


def test_the_nearest_name_is_proposed(laws: Registry) -> None:
    laws.register("soft-bounds")(Flat)
    assert "Did you mean 'soft-bounds'?" in refusal(laws, "softbounds")


def test_a_name_has_one_meaning(laws: Registry) -> None:
    laws.register("flat")(Flat)
    laws.register("flat")(Flat)  # as when a module is imported again
    with pytest.raises(ConfigError, match=r"laws.flat: expected a name of its own"):
        laws.register("flat")(Flat())
    with pytest.raises(ConfigError, match=r"laws.x: expected a class of a Law, got the class int"):
        laws.register("x")(int)


SOURCE = """
from math import pi
from {law} import Law
class Slope(Law):
    "Falls."
    class Inner(Law):
        def at(self, u): return 2.0
    def at(self, u): return -u
class Partial(Law):
    "Says nothing."
def made(*, a: float = 1.0): return Slope()
instance = Slope()
"""


def written(folder: Path, name: str = "my_laws") -> None:
    (folder / f"{name}.py").write_text(SOURCE.format(law=__name__))


def test_a_module_of_the_current_folder_is_imported(laws: Registry, outside: Path) -> None:
    written(outside)
    (outside / "a_lab").mkdir()
    (outside / "a_lab" / "__init__.py").touch()
    (outside / "a_lab" / "laws.py").touch()
    slope = laws.resolve("my_laws:Slope", "device.law")
    assert slope().at(2.0) == -2.0
    assert laws.resolve("my_laws:Slope", "device.law") is slope
    assert laws.resolve("my_laws:Slope.Inner", "device.law")().at(0.0) == 2.0
    assert isinstance(laws.resolve("my_laws:instance", "device.law"), slope)
    assert isinstance(laws.resolve("my_laws:made", "device.law")(a=2.0), slope)
    assert pickle.loads(pickle.dumps(slope())).at(1.0) == -1.0
    cases = {
        "my_laws:Slpe": "Did you mean 'Slope'?",
        "my_laws:pi": "a Law, its class or a function that returns one, got 3.14",
        "my_laws:Partial": "a complete Law, got Partial without at. Write what is missing.",
        "pathlib:Path": "a class of a Law, got the class Path. Derive it from",
        "fractions:Fraction": "a class of a Law, got the class Fraction. Derive it from",
        "my_lwas:Slope": "the module my_lwas, got none of that name. Did you mean 'my_laws'?",
        "zzz:Slope": "the module zzz, got none of that name. Run in the folder that holds zzz",
        "my_laws.deeper:Slope": "the module my_laws.deeper, got none of that name. Run in the",
        "a_lab.lwas:Slope": "the module a_lab.lwas, got none of that name. Did you mean "
        "'a_lab.laws'?",
    }
    for kind, said in cases.items():
        assert said in refusal(laws, kind)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import numpyy", "ModuleNotFoundError: No module named 'numpyy', {file} line 1"),
        ("x = 1\nx = y", "NameError: name 'y' is not defined, {file} line 2"),
        ("def f(:", "SyntaxError: "),
        ("raise SystemExit(3)", "SystemExit: 3, {file} line 1"),
        ("raise ValueError('a\\nb')", "ValueError: a b, {file} line 1"),
    ],
)
def test_a_module_that_fails_is_named(laws: Registry, outside: Path, text: str, said: str) -> None:
    file = outside / "broken_laws.py"
    file.write_text(text)
    message = refusal(laws, "broken_laws:Slope")
    assert "expected the module broken_laws to import, got " in message
    assert said.format(file=file) in message
    assert message.endswith(". Correct the module.")


def test_an_installed_package_brings_names(laws: Registry, outside: Path,
                                           monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    written(outside, "their_laws")
    metadata = outside / "their_laws-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Name: their-laws\nVersion: 1.0\n")
    points = "[crossbar.laws]\nslope = their_laws:Slope\nbad = their_laws:pi\n"
    (metadata / "entry_points.txt").write_text(points)
    monkeypatch.syspath_prepend(outside)
    laws.register("flat")(Flat)
    assert laws.names == ("flat", "slope", "bad")
    assert laws.resolve("slope", "device.law")().at(1.0) == -1.0
    assert laws.words("slope") == "Falls."
    assert "a Law, its class" in refusal(laws, "bad")


def test_a_part_of_another_contract_is_sent_where_it_belongs() -> None:
    import crossbar.runs  # noqa: F401 (registers everything)
    from crossbar.devices import DEVICES
    from crossbar.devices.laws.steps import STEPS

    for kind, said in {
        "crossbar.devices:SoftBounds": "a class of a Device, got the class SoftBounds, a Step. It "
        "is a kind of device.step.",
        "crossbar.converters:SarAdc": "got the class SarAdc, an Adc. It is a kind of tile.adc.",
        "crossbar.nn:LayerState": "Derive it from crossbar.devices.Device.",
    }.items():
        assert said in refusal(DEVICES, kind, "device.kind")
    assert "got Ohmic(), a Conduction. It is a kind of device.conduction." in refusal(
        STEPS, "crossbar.devices.memristor:_OHMIC", "device.step"
    )


def test_a_registry_names_a_setting_of_its_contract() -> None:
    """Every part of the dotted name is a field of what stands above it, as far as those are."""
    from typing import get_args, get_type_hints

    from crossbar.data.text import TextData
    from crossbar.devices import Memristor
    from crossbar.nn import Training
    from crossbar.runs import Conditions
    from crossbar.runs.settings import Common
    from crossbar.runs.spiking_settings import SpikingRun
    from crossbar.runs.tile_settings import TileSettings
    from crossbar.spiking import Columns, Group, Synapses

    above = {"device": Memristor, "tile": TileSettings, "train": Training, "data": Common,
             "test": Conditions, "groups": Group, "synapses": Synapses,
             "run": SpikingRun, "columns": Columns}  # fmt: skip
    usual = {"neuron": "spike-response"}
    for one in registries():
        section, _, name = one.setting.replace(".NAME", "").partition(".")
        if section == "network" or one.setting == "device":
            continue
        hints = get_type_hints(above[section] if section in above and name else Common)
        if section == "data" and name:
            hints = get_type_hints(TextData)
        *way, last = (name or section).split(".")
        for part in way:
            kinds = next(filter(None, map(registry_of, (hints[part], *get_args(hints[part])))))
            hints = get_type_hints(kinds.resolve(usual.get(part, kinds.default), part))
        hint = hints[last]
        assert one.contract in (hint, *get_args(hint)), one.setting


def test_names_are_listed_once(laws: Registry) -> None:
    laws.register("flat")(Flat)
    assert refusal(laws, "zzz").count("flat") == 1


def test_none_is_the_kind_of_that_name_where_there_is_one() -> None:
    """The command line and files give None for the word."""
    from crossbar.runs import experiment

    plan = experiment({"data": {"normalise": None}})
    assert (
        type(plan.common.data.normalise).__name__
        == type(experiment({"data": {"normalise": "none"}}).common.data.normalise).__name__
    )
