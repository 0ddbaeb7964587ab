"""The documentation builds as a site without a warning, and its reference leaves nothing out."""

from __future__ import annotations

import html
import importlib
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import typer
from waiting import HANG

import crossbar
from crossbar.cli import commands
from crossbar.meaning import named
from crossbar.registry import registries
from crossbar.runs import experiment
from crossbar.runs.results import meanings_of
from crossbar.toml import placed

ROOT = Path(__file__).parents[2]
REASON = "the documentation tools are not installed: pip install '.[docs]'"
NEEDED = {  # what layers have no default of
    "dense": {"units": 2}, "reshape": {"shape": [1]}, "transpose": {"axes": [0]},
    "pad": {"before": [0], "behind": [0]}, "quantise": {"scale": 1.0},
    "first-spike": {"units": 2}, "clocked": {"units": 2}, "coded": {"steps": 2},
    "repeated": {"steps": 2},
    "event-lif": {"units": 2},
}  # fmt: skip
RATES = {"retention": {"rate": 1e-9}, "log-retention": {"rate": 1e-9, "loss": 0.1}}

NO_SETTINGS = (  # functions, and the tables of layers as they were given
    "network.given",
    "network.layers.NAME.derivative",
    "network.layers.NAME.order",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("pydata_sphinx_theme", reason=REASON)
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    one = "sphinx_gallery_conf.filename_pattern=1_first"  # test_tutorials runs them all
    built = subprocess.run(
        [*command, "-D", one, "-d", folder / "doctrees", ROOT / "docs", folder / "html"],
        capture_output=True, text=True, timeout=HANG,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    return folder / "html"


def test_no_page_is_left_out_of_the_site(site: Path) -> None:
    pages = {page.stem for page in (ROOT / "docs").glob("*.md")}
    assert pages <= {page.stem for page in site.glob("*.html")}


def dead_links(site: Path) -> list[str]:
    """Return every link between pages of ``site`` that leads to no file, or to no place in it."""
    pages = {page: page.read_text() for page in site.rglob("*.html") if "_static" not in page.parts}
    places = {page: set(re.findall(r' id="([^"]+)"', text)) for page, text in pages.items()}
    dead = []
    for page, text in pages.items():
        for link in set(re.findall(r' (?:href|src)="([^"]+)"', text)):
            parts = urlsplit(html.unescape(link))
            if parts.scheme or parts.netloc:
                continue
            there = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            known = places.get(there)
            lost = known is not None and parts.fragment and unquote(parts.fragment) not in known
            if lost or not there.exists():
                dead.append(f"{page.relative_to(site)}: {link}")
    return dead


def test_every_link_within_the_site_leads_somewhere(site: Path, tmp_path: Path) -> None:
    assert dead_links(site) == []
    page = '<a href="no.html"><a id="here" href="#there"><a href="#here"><img src="a.html#here">'
    (tmp_path / "a.html").write_text(page)
    assert sorted(dead_links(tmp_path)) == ["a.html: #there", "a.html: no.html"]


def test_every_public_name_is_in_the_reference(site: Path) -> None:
    inventory = importlib.import_module("sphinx.util.inventory").InventoryFile
    loaded = inventory.loads((site / "objects.inv").read_bytes(), uri="")
    documented = {name for kind, names in loaded.data.items() if "py:" in kind for name in names}
    paths: dict[tuple[str, int], set[str]] = {}
    for package in pkgutil.walk_packages(crossbar.__path__, "crossbar."):
        module = importlib.import_module(package.name) if package.ispkg else crossbar
        if module.__name__ != "crossbar.cli":  # its reference is that of the commands
            for name in getattr(module, "__all__", ()):
                each = paths.setdefault((name, id(getattr(module, name))), set())
                each.add(f"{module.__name__}.{name}")
    assert len(paths) > 300
    assert [sorted(names) for names in paths.values() if not names & documented] == []


def spelt(name: str, command: Any) -> Iterator[tuple[str, list[str]]]:
    """Yield every command at and below ``command``, with what users write behind it."""
    arguments = [one.metavar or one.name for one in command.params if one.opts[0][0] != "-"]
    options = [
        opt for one in command.params for opt in one.opts if opt[0] == "-" and not one.hidden
    ]
    yield name, arguments + options
    for own, below in getattr(command, "commands", {}).items():
        yield from spelt(f"{name} {own}", below)


def test_every_command_argument_and_option_is_in_the_reference(site: Path) -> None:
    page = re.sub(r"<[^>]+>", "", (site / "reference" / "commands.html").read_text())
    _, *parts = re.split(r"^(crossbar[a-z -]*)#$", html.unescape(page), flags=re.M)
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    known = dict(spelt("crossbar", typer.main.get_command(commands.app)))
    assert sections.keys() == known.keys()
    lost = {
        name: [one for one in each if one not in sections[name]] for name, each in known.items()
    }
    assert {name: each for name, each in lost.items() if each} == {}


def onnx_file(folder: Path) -> Path:
    """Return a network in ONNX for the samples and classes of ``synthetic``."""
    reason = "no network in ONNX can be read: pip install '.[onnx]'"
    onnx_models = pytest.importorskip("onnx_models", reason=reason)
    model = onnx_models.Model(28, 28)
    model.add("Gemm", model.add("Flatten", "x"), model.constant(28 * 28, 2))
    return model.saved(folder)


# Data without a file.
GENERATED = ("synthetic", "random", "yin-yang", "isotropic-hardening", "commands")


def plans(folder: Path) -> Iterator[Any]:
    """Yield an experiment of every kind that settings of a training may name."""
    for registry in registries():
        if registry.setting.startswith(("test.", "groups.", "synapses.", "run.", "columns.")):
            continue  # of a test after training, or of spikes in a file of their own
        for kind in registry.names:
            given: dict[str, Any] = {"device": {"kind": "crossbar.devices:Memristor"}}
            if registry.setting == "network.layers":
                layer = {"name": "NAME", "kind": kind} | NEEDED.get(kind, {})
                given["network"] = {"layers": [layer]}
            elif registry.setting != "metrics":
                given = placed(given, f"{registry.setting}.kind", kind)
            if registry.setting == "data" and kind not in GENERATED:
                given["data"]["path"] = "x.npz"
            if registry.setting == "data.task":
                given["data"]["kind"] = "commands"
            if registry.setting == "network.delays":
                given["network"]["kind"] = "spiking"
            if registry.setting.startswith("network.neuron"):
                given["network"]["kind"] = "spiking-steps"
            if kind == "table":  # of a measured current: its numbers have no default
                numbers = {"v": [0.1, 0.2], "i": [[1e-7, 2e-7], [2e-7, 4e-7]]}
                given["device"]["conduction"] |= numbers
            if registry.setting == "device.drift":
                given["device"]["drift"] |= RATES.get(kind, {})
            if kind == "onnx":
                given["network"]["path"] = str(onnx_file(folder))
            yield experiment(given)


def test_every_setting_that_a_run_notes_is_in_the_reference_with_what_it_means(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.syspath_prepend(ROOT / "docs" / "_extensions")
    sections = importlib.import_module("setting_pages").sections()
    keys = {key.name: key for section in sections.values() for key in section}
    noted = {name for plan in plans(tmp_path) for name in meanings_of(plan)}
    assert len(noted) > 150
    parts = {name.rpartition(".")[0] for name in keys}
    parts |= {part.rpartition(".")[0] for part in parts}
    assert sorted(noted - keys.keys() - parts) == sorted(NO_SETTINGS)
    themselves = {"seed", "network.filters", "device.switching.temperature"} | {
        name for name in keys if name.endswith(".kind")
    }
    vague = [key.name for key in keys.values() if key.meaning == named(key.name).words]
    assert sorted(set(vague) - themselves) == []


def test_the_menu_of_versions_lists_the_newest_first(tmp_path: Path) -> None:
    for name in ("0.9.0", "0.10.0", "other"):
        (tmp_path / name).mkdir()
    for name in ("0.9.0", "0.10.0"):
        (tmp_path / name / "objects.inv").touch()
    script = ROOT / "scripts" / "site_versions.py"
    subprocess.run([sys.executable, script, tmp_path], check=True, timeout=HANG)
    listed = json.loads((tmp_path / "versions.json").read_text())
    assert [one["url"] for one in listed] == ["/0.10.0/", "/0.9.0/"]
    assert [one["version"] for one in listed if one["preferred"]] == ["0.10.0"]
    assert "url=0.10.0/index.html" in (tmp_path / "index.html").read_text()
