"""What a sweep shows of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crossbar.report.sweeps.records import Sweep


def line(sweep: Sweep) -> str:
    """Return the sweep in one line."""
    varied = ", ".join(sweep.parameters) or "nothing varies"
    return f"<Sweep {sweep.name}: {varied}; {_finished(sweep)}>"


def facts(sweep: Sweep) -> dict[str, str]:
    """Return what the table of the sweep shows, by name."""
    varied = {n: ", ".join(f"{v}" for v in sweep.frame[n].unique()) for n in sweep.parameters}
    return {"path": str(sweep.path), "runs": _finished(sweep), **varied,
            "metrics": ", ".join(sweep.metrics)}  # fmt: skip


def _finished(sweep: Sweep) -> str:
    """Return how many runs are finished."""
    return f"{len(sweep.done)} of {len(sweep.frame)} finished"
