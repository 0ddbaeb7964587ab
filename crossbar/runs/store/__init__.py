"""Runs of a sweep, kept in one SQLite file that survives whatever stops the work."""

from crossbar.runs.store.rows import Claimed, Finished, Point
from crossbar.runs.store.store import Store

__all__ = ["Claimed", "Finished", "Point", "Store"]
