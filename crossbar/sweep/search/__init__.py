"""Searches: the settings that are best for one number while others keep their bounds."""

from crossbar.sweep.search.goal import AtLeast, AtMost, Constraint, Goal, Maximise, Minimise
from crossbar.sweep.search.search import Found, search

__all__ = ["AtLeast", "AtMost", "Constraint", "Found", "Goal", "Maximise", "Minimise", "search"]
