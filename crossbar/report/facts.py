"""Results as facts and sentences: the figure of merit, and how two runs differ."""

from __future__ import annotations

from crossbar.intervals import student
from crossbar.report.document import Fact
from crossbar.report.merit import SHARE, merit_interval
from crossbar.report.records import Run
from crossbar.report.wording import seeds_of


def merit_fact(run: Run) -> Fact:
    """Return the figure of merit of ``run`` with its interval and conditions."""
    r = run.result
    shown, span = _texts(run)
    where = r["device"] if run.analog else f"{r['device']}, digital"
    return Fact(
        f"test {run.merit_words}, {run.name} ({where})" if run.name != r["device"]
        else f"test {run.merit_words}, {run.name}" + ("" if run.analog else " (digital)"),
        shown,
        f"{span} ({r['interval']}); split by {r['split']}; {seeds_of(r)}",
    )  # fmt: skip


def _texts(run: Run) -> tuple[str, str]:
    """Return the figure of merit and its 95 % interval: a share in percent, others as they are."""
    share = run.result["metrics"][run.merit]["unit"] == SHARE
    interval = merit_interval(run.result).times(100 if share else 1)
    unit, digits = " %" if share else "", interval.decimals if interval.tells else 3 - 2 * share
    mean, low, high = (f"{v:.{digits}f}" for v in (interval.mean, interval.low, interval.high))
    span = f" {low} to {high}{unit}" if interval.known else ""
    return f"{mean}{unit}", f"95 % interval{span}"


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
        f"{change.text(sign='+')} percentage points (95 %, {lead.student_kind} over "
        f"{len(lead.seeds)} "
        f"seeds; split by {lead.result['split']}; {seeds_of(lead.result)}); {verdict} the interval."
    )
