"""Run every command that README and the documentation print, as printed, in a fresh clone.

    python scripts/run_commands.py                     # hours; --limit 60 for the quick ones
    python scripts/run_commands.py README.md docs/spice.md --limit 600

Commands are blocks marked ``sh``, or lines after ``$`` in blocks marked ``console``, of a page and
of the lessons. They run in order, page by page, in one clone, since later ones read what earlier
ones wrote. A command with a word in capitals needs something of your own, and so does a block below
a comment ``<!-- not run: why -->``; both are listed with the reason. The clone runs the package in
its own files with the environment of this Python, which needs the extras test, docs and search.
Exit status 1 if a command failed.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "docs/learn.md", "docs/learn", "docs", "CONTRIBUTING.md")
FENCE = re.compile(r"(<!-- not run: (.*?) -->\s*)?^```(sh|console)\n(.*?)^```", re.M | re.S)
LESSON = re.compile(r"^# \.\. code-block:: console\n#\n((?:#    .*\n)+)", re.M)
OWN = re.compile(r"(?<![\w$./])[A-Z]{3,}(?![\w=])")  # DIR, HOST: what a reader puts there


@dataclass(frozen=True)
class Command:
    """A command as printed on ``page``; ``needs`` is what keeps it from running here, or empty."""

    page: str
    text: str
    needs: str = ""


def commands(page: Path) -> Iterator[Command]:
    """Yield the commands of ``page`` in order."""
    name, text = str(page.relative_to(ROOT)), page.read_text()
    if page.suffix == ".py":
        lines = "".join(re.sub(r"^#    ", "", m[1], flags=re.M) for m in LESSON.finditer(text))
        text = f"```console\n{lines}```\n"
    for _, needs, kind, block in FENCE.findall(text):
        for line in re.sub(r"\\\n\s*", "", block).splitlines():
            if kind == "console" and not line.startswith("$ "):
                continue  # what a command prints
            line = re.sub(r"\s+# .*", "", line.removeprefix("$ ")).strip()
            own = OWN.findall(re.sub(r'"[^"]*"', "", line))
            if line and not line.startswith("#"):
                yield Command(name, line, needs or (f"your own {own[0]}" if own else ""))


def pages(given: list[str]) -> list[Path]:
    """Return the files that ``given`` names, each once; a folder stands for its pages."""
    files = []
    for one in given:
        path = ROOT / one
        files += sorted((*path.glob("*.md"), *path.glob("*.py"))) if path.is_dir() else [path]
    return [path for path in dict.fromkeys(files) if path.name != "conf.py"]


def run(command: Command, clone: Path, limit: float) -> tuple[str, str]:
    """Run ``command`` in ``clone`` and return how it ended, with the end of what it printed."""
    programs = [str(clone / ".venv" / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
    environment = os.environ | {"PATH": os.pathsep.join(programs), "PYTHONPATH": str(clone)}
    process = subprocess.Popen(
        ["bash", "-c", command.text], cwd=clone, env=environment, text=True, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        said, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            said, _ = process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            said, _ = process.communicate()
        return "too long", said
    return ("works" if process.returncode == 0 else "FAILS"), said


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("pages", nargs="*", default=list(PAGES), help="pages; all without")
    parser.add_argument("--limit", type=float, default=7200, help="seconds for a command")
    options = parser.parse_args(arguments)
    ends: Counter[str] = Counter()
    cut: set[str] = set()  # pages with a command that took too long
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "crossbar"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        (clone / ".venv").symlink_to(sys.prefix)
        for page in pages(options.pages):
            for command in commands(page):
                start = time.perf_counter()
                end, said = ("not run", "") if command.needs else run(command, clone, options.limit)
                if end == "FAILS" and command.page in cut:
                    end = "unsure"  # it may have needed what was not finished
                if end == "too long":
                    cut.add(command.page)
                ends[end] += 1
                note = f"needs {command.needs}" if command.needs else ""
                seconds = f"{time.perf_counter() - start:6.0f} s"
                print(f"{end:8} {seconds}  {command.page}: {command.text}  {note}", flush=True)
                if end in ("FAILS", "unsure"):
                    print("    " + "\n    ".join(said.splitlines()[-12:]), flush=True)
    print(", ".join(f"{end} {count}" for end, count in ends.items()))
    return 1 if ends["FAILS"] else 0


if __name__ == "__main__":
    sys.exit(main())
