"""Texts as samples: characters and words on input lines, commands of a plant, key phrases."""

from crossbar.data.text.commands import Commands
from crossbar.data.text.hashing import Hashing
from crossbar.data.text.labelled import Labelled, Span
from crossbar.data.text.spans import SpanScore, span_score, spans_of_tags, tags_of_spans
from crossbar.data.text.split import ByText
from crossbar.data.text.table import Texts
from crossbar.data.text.tasks import TASKS, Intents, KeyPhrases, Task
from crossbar.data.text.texts import TextData
from crossbar.data.text.tokens import Token, tokens
from crossbar.data.text.weighting import TfIdf

__all__ = [
    "TASKS",
    "ByText",
    "Commands",
    "Hashing",
    "Intents",
    "KeyPhrases",
    "Labelled",
    "Span",
    "SpanScore",
    "Task",
    "TextData",
    "Texts",
    "TfIdf",
    "Token",
    "span_score",
    "spans_of_tags",
    "tags_of_spans",
    "tokens",
]
