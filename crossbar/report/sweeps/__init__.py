"""What a sweep found: its runs read, compared and drawn."""

from crossbar.report.figures.canvas import Picture, save
from crossbar.report.sweeps.chooser import pictures
from crossbar.report.sweeps.curve import curve, drift
from crossbar.report.sweeps.maps import heatmap
from crossbar.report.sweeps.multiples import multiples
from crossbar.report.sweeps.pareto import pareto
from crossbar.report.sweeps.reading import read_sweep
from crossbar.report.sweeps.records import Sweep
from crossbar.report.sweeps.scatter import scatter
from crossbar.report.sweeps.shares import shares
from crossbar.report.sweeps.splits import Split
from crossbar.report.sweeps.tornado import tornado
from crossbar.report.sweeps.yields import yields

__all__ = [
    "Picture", "Split", "Sweep", "curve", "drift", "heatmap", "multiples", "pareto", "pictures",
    "read_sweep", "save", "scatter", "shares", "tornado", "yields",
]  # fmt: skip
