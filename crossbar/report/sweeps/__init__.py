"""What a sweep found: its runs read, compared and drawn."""

from crossbar.report.sweeps.records import Sweep, read_sweep

__all__ = ["Sweep", "read_sweep"]
