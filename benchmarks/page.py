"""Write the tables and figures of docs/performance.md from the measured files.

    python benchmarks/page.py

It takes benchmarks/results.json (of run.py) and benchmarks/scaling.json (of scaling.py), and
replaces what stands between ``<!-- NAME -->`` and ``<!-- end -->`` in the page.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from bench.figures import draw
from bench.parts import write_parts
from bench.table import figure, markdown

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs"
QUIET = 0.95  # least processor time over time of an undisturbed measurement


def machine(record: dict[str, Any]) -> str:
    """Return machine and versions in a few lines."""
    seen = record["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in record["versions"].items())
    return (
        f"Machine: {seen['processor']} ({seen['vector']}), {seen['cores']} cores, "
        f"{seen['memory_gib']} GiB, {seen['system']}.\nVersions: {versions}."
    )


def spread(rows: list[dict[str, Any]]) -> str:
    """Return a sentence on the spread of the turns and on what else the machine did."""
    wide = [(r["quartile_high"] - r["quartile_low"]) / r["value"] for r in rows]
    shares = [r["processor_share"] for r in rows if r["threads_asked"] == 1]
    text = (
        f"Distance of the quartiles over the turns: {100 * sorted(wide)[len(wide) // 2]:.0f} % of "
        f"the figure in the median case, {100 * max(wide):.0f} % in the worst. Processor time over "
        f"time, at one thread: {min(shares):.2f} or more (1 on a machine with nothing else to do)."
    )
    if min(shares) < QUIET:
        text += " **Other work shared the machine: these figures are preliminary.**"
    return text


def missed(rows: list[dict[str, Any]]) -> str:
    """Return the marks missed at one thread, with the floors."""
    lines = []
    for row in (r for r in rows if r["mark"] is not None and r["threads_asked"] == 1):
        worse = row["value"] > row["mark"] if row["unit"] == "s" else row["value"] < row["mark"]
        if worse:
            unit = row["unit"]
            each = "" if unit == "s" else f" {unit}"
            lines.append(
                f"- `{row['name']}`, {row['case']}: {figure(row['value'], unit)}{each}, mark "
                f"{figure(row['mark'], unit)}, floor {figure(row['floor'], unit)} "
                f"({row['floor_limit']})."
            )
    return "\n".join(lines) or "None."


def deviations(rows: list[dict[str, Any]]) -> str:
    """Return the deviations of the rows of line resistance from sparse LU, as a table."""
    lines = ["| row | size | deviation from sparse LU |", "|---|---|---|"]
    lines += [
        f"| {r['name']} | {r['case']} | {r['deviation']:.1e} |"
        for r in rows
        if "deviation" in r and r["threads_asked"] == 1
    ]
    return "\n".join(lines)


def happened(rows: list[dict[str, Any]]) -> str:
    """Return what the learning and updating rows changed, as a table."""
    heading = "| row | case | offered | changed cells | pulses or code steps |"
    lines = [heading, "|---|---|---|---|---|"]
    for r in (r for r in rows if r["threads_asked"] == 1):
        counts = {key.split("_per_")[0]: value for key, value in r.items() if "_per_" in key}
        steps = counts.get("pulses", counts.get("code_steps"))
        if steps is None:
            continue
        offered = counts.get("weights_offered")
        lines.append(
            f"| {r['name']} | {r['case']} | {'' if offered is None else figure(offered, '')} | "
            f"{figure(counts['cells_changed'], '')} | {figure(steps, '')} |"
        )
    return "\n".join(lines)


def others(rows: list[dict[str, Any]]) -> str:
    """Return every peer's figure and memory at one thread, as a table."""
    lines = [
        "| row | case | peer | figure | crossbar is faster | MiB |",
        "|---|---|---|---|---|---|",
    ]
    for r in (r for r in rows if r["threads_asked"] == 1):
        for name, peer in r["peers"].items():
            ours, theirs = r["value"], peer["value"]
            ratio = theirs / ours if r["unit"] == "s" else ours / theirs
            each = "" if r["unit"] == "s" else f" {r['unit']}"
            memory = "" if peer["memory_mib"] is None else f"{peer['memory_mib']:.0f}"
            lines.append(
                f"| {r['name']} | {r['case']} | {name} | {figure(theirs, r['unit'])}{each} | "
                f"{ratio:.2g} | {memory} |"
            )
    return "\n".join(lines)


def growth(points: list[dict[str, Any]]) -> str:
    """Return a sentence on the spread of the times in the figures."""
    spreads = [(p["quartile_high"] - p["quartile_low"]) / p["seconds"] for p in points]
    wide = sorted(spread for spread in spreads if spread > 0)  # 0: a single turn
    if not wide:
        return ""
    return (
        f"Distance of the quartiles over the turns: {100 * wide[len(wide) // 2]:.0f} % of the time "
        f"in the median case, {100 * wide[-1]:.0f} % in the worst."
    )


def _points(path: Path) -> list[dict[str, Any]]:
    """Return the points of the figures."""
    points: list[dict[str, Any]] = json.loads(path.read_text())["points"]
    return points


def main(given: list[str] | None = None) -> None:
    """Rewrite the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--results", type=Path, default=HERE / "results.json")
    parser.add_argument("--scaling", type=Path, default=HERE / "scaling.json")
    options = parser.parse_args(given)
    record, points = json.loads(options.results.read_text()), _points(options.scaling)
    rows = record["rows"]
    parts = {
        "machine": machine(record),
        "one thread": markdown(rows, 1),
        "two threads": markdown(rows, 2),
        "spread": spread(rows),
        "missed": missed(rows),
        "deviations": deviations(rows),
        "happened": happened(rows),
        "others": others(rows),
        "growth": growth(points),
    }
    write_parts(DOCS / "performance.md", parts)
    draw(points, DOCS / "figures")


if __name__ == "__main__":
    main()
