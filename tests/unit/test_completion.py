"""The TAB key: commands, options, settings with their names, metrics and cells, in every shell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import HANG

from crossbar.cli.cells import CELLS
from crossbar.cli.completion import gathered
from crossbar.runs import METRICS
from crossbar.runs.hardware import kinds

PROGRAM = "from crossbar_start import main; main()"
BASH = """
crossbar() { "$PYTHON" -c "$PROGRAM" "$@"; }
eval "$(_CROSSBAR_COMPLETE=source_bash crossbar)"
while IFS= read -r line; do
    read -ra COMP_WORDS <<< "$line"
    COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
    _crossbar_completion crossbar
    (IFS=" "; echo "${COMPREPLY[*]}")
done
"""  # as Bash calls it, which makes three words of device.kind=reram
OFFERED = {
    "crossbar tr": ["train"],
    "crossbar netlist ce": ["cell"],
    "crossbar train --o": ["--out"],
    "crossbar train x.toml device.ki": ["device.kind="],
    "crossbar train x.toml seed=1 train.e": ["train.epochs="],
    "crossbar train x.toml device.kind =": [*kinds()],
    "crossbar train x.toml device.kind = ec": ["ecram", "ecram-metal-oxide"],
    "crossbar sweep x.toml tile.mapping = one": ["one-sided"],
    "crossbar evaluate x network.dropout = b": ["bernoulli"],
    "crossbar search x.toml --minimise en": ["energy_inference", "energy_training"],
    "crossbar netlist cell v": ["vteam"],
    "crossbar train x.toml no.setting =": [],
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return an environment in which words are gathered anew, once."""
    folder = str(tmp_path_factory.mktemp("words"))
    search = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    own = {"TMPDIR": folder, "PATH": search, "PYTHON": sys.executable, "PROGRAM": PROGRAM}
    return os.environ | own


def test_bash_completes(place: dict[str, str]) -> None:
    lines = "\n".join(OFFERED) + "\n"
    done = subprocess.run(["bash", "-c", BASH], input=lines, env=place, capture_output=True,
                          text=True, timeout=HANG, check=True)  # fmt: skip
    assert done.stderr == ""
    got = [line.split() for line in done.stdout.split("\n")][: len(OFFERED)]
    assert dict(zip(OFFERED, got, strict=True)) == OFFERED
    (kept,) = Path(place["TMPDIR"]).glob("crossbar-*/words-*.json")
    assert kept.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("shell", ["zsh", "fish"])
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("crossbar netlist ce", ["cell"]),
        ("crossbar train x.toml device.kind=re", ["device.kind=reram"]),
        ("crossbar train x.toml train.e", ["train.epochs="]),
    ],
)
def test_zsh_and_fish_get_whole_words(shell, line, words, place) -> None:
    asked = {"_CROSSBAR_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": line}
    asked |= {"_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=place | asked, capture_output=True,
                          text=True, timeout=HANG, check=True)  # fmt: skip
    assert [word for word in words if word not in done.stdout] == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_is_printed(shell, place) -> None:
    asked = {"_CROSSBAR_COMPLETE": f"source_{shell}"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=place | asked, capture_output=True,
                          text=True, timeout=HANG, check=True)  # fmt: skip
    assert f"_CROSSBAR_COMPLETE=complete_{shell}" in done.stdout


def test_every_name_can_be_completed() -> None:
    words = gathered()
    assert {"seed", "train.epochs", "tile.adc.bits", "tile.mapping"} <= {*words["settings"]}
    assert not {"train", "tile", "tile.reading"} & {*words["settings"]}
    assert words["metrics"] == [*METRICS.names]
    assert words["cells"] == [*CELLS]
