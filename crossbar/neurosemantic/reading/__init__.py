"""Events of logs and tables, and templates of their messages."""

from crossbar.neurosemantic.reading.lines import EventReader
from crossbar.neurosemantic.reading.templates import template

__all__ = ["EventReader", "template"]
