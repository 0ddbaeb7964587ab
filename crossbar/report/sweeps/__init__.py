"""What a sweep found: its runs read, compared and drawn."""

from crossbar.report.sweeps.chooser import pictures
from crossbar.report.sweeps.curve import curve
from crossbar.report.sweeps.records import Sweep, read_sweep

__all__ = ["Sweep", "curve", "pictures", "read_sweep"]
