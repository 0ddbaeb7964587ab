"""Results as facts and sentences: the figure of merit, and how two runs differ."""

from __future__ import annotations

from crossbar.intervals import student
from crossbar.report.document import Fact
from crossbar.report.merit import SHARE
from crossbar.report.records import Run
from crossbar.report.wording import seeds_of


def merit_fact(run: Run) -> Fact:
    """Return the figure of merit of ``run`` with its interval and conditions."""
    r = run.result
    where = r["device"] if run.analog else f"{r['device']}, digital"
    return Fact(
        f"test {run.merit_words}, {run.name} ({where})" if run.name != r["device"]
        else f"test {run.merit_words}, {run.name}" + ("" if run.analog else " (digital)"),
        _shown(run, r[run.merit]),
        f"{_span(run)} ({r['interval']}); split by {r['split']}; {seeds_of(r)}",
    )  # fmt: skip


def _shown(run: Run, value: float) -> str:
    """Return the figure of merit: a share in percent, others as they are."""
    return f"{100 * value:.1f} %" if _share(run) else f"{value:.3f}"


def _share(run: Run) -> bool:
    """Return whether the figure of merit is a share."""
    return bool(run.result["metrics"][run.merit]["unit"] == SHARE)


def _span(run: Run) -> str:
    """Return the 95 % interval of the figure of merit."""
    low, high = run.result[f"{run.merit}_ci95"]
    if low is None:
        return "95 % interval"
    if not _share(run):
        return f"95 % interval {low:.3f} to {high:.3f}"
    return f"95 % interval {100 * low:.1f} to {100 * high:.1f} %"


def difference(lead: Run, other: Run) -> str:
    """Return how two runs differ, seed by seed, where both had the same samples."""
    same = all(lead.result["config"][k] == other.result["config"][k] for k in ("data", "seed"))
    if not same or len(lead.seeds) < 2 or not (lead.decides and other.decides):
        return ""
    change = student(
        [100 * (a.record[lead.merit] - b.record[lead.merit])
         for a, b in zip(lead.seeds, other.seeds, strict=True)], resampling=lead.resampling
    )  # fmt: skip
    verdict = "zero lies inside" if change.low <= 0 <= change.high else "zero lies outside"
    return (
        f"{lead.name} minus {other.name}, seed by seed on the same test "
        f"{lead.sample}s: "
        f"{change.text(1, sign='+')} percentage points (95 %, {lead.student_kind} over "
        f"{len(lead.seeds)} "
        f"seeds; split by {lead.result['split']}; {seeds_of(lead.result)}); {verdict} the interval."
    )
