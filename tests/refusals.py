"""The line that refuses what a test gives, read from the error with its parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crossbar.errors import CrossbarError


def refused(make: Callable[..., Any], *given: Any, **named: Any) -> str:
    """Return the line of the error that a call must raise: what, expected, got and a remedy."""
    with pytest.raises(CrossbarError) as caught:
        make(*given, **named)
    error, line = caught.value, str(caught.value)
    assert all((error.field, error.expected, error.got, error.remedy)), line
    assert line.endswith(error.remedy), line
    assert "\n" not in line, line
    return line


def complaint(call: Callable[[], Any]) -> str:
    """Return what an error of the package says of a call; empty where it is taken."""
    try:
        call()
    except CrossbarError as error:
        return str(error)
    return ""
