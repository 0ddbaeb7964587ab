"""Columns that learn without labels: winner takes all."""

from crossbar.spiking.columns.columns import Columns
from crossbar.spiking.columns.labels import Labels, Vote
from crossbar.spiking.columns.race import Homeostasis, Race
from crossbar.spiking.columns.state import ColumnsState

__all__ = ["Columns", "ColumnsState", "Homeostasis", "Labels", "Race", "Vote"]
