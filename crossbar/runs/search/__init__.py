"""Searches: the settings that are best for one number while others keep their bounds."""

from crossbar.runs.search.goal import AtLeast, AtMost, Constraint, Goal, Maximise, Minimise
from crossbar.runs.search.search import search
from crossbar.runs.search.trial import SearchResult

__all__ = [
    "AtLeast",
    "AtMost",
    "Constraint",
    "Goal",
    "Maximise",
    "Minimise",
    "SearchResult",
    "search",
]
