"""One tool in a process of its own: its version, or its answer to one task with time and memory.

The process needs NumPy and the tool, and neither crossbar nor SciPy: a tool may stand in another
environment. A description of what came is the last line that is printed.
"""

from __future__ import annotations

import inspect
import json
import sys
import time
from typing import Any

import numpy as np
from bench.timing import Memory

from truth.task import task, tool

SHORT = 20.0  # s: an answer that takes less is timed a second time, when all is compiled


def version_of(name: str) -> dict[str, Any]:
    """Return name and version of a tool and the settings of its answers; None where not here."""
    made, methods = tool(name)
    try:
        version = made.version()
    except ImportError as error:
        return {"name": made.name, "version": None, "absent": str(error), "cannot": made.cannot}
    settings = {
        t: " ".join((inspect.getdoc(method) or "").split()) for t, method in methods.items()
    }
    return {"name": made.name, "version": version, "settings": settings, "cannot": made.cannot}


def answered(name: str, asked_by: str, path: str) -> dict[str, Any]:
    """Write the answer of a tool to a task; return time [s] and memory [MiB]."""
    made, methods = tool(name)
    made.version()  # imports it
    question, memory = task(asked_by).asked(), Memory()
    start = time.perf_counter()
    try:
        answer = methods[asked_by](question)
        took = time.perf_counter() - start
        if took < SHORT:
            memory, start = Memory(), time.perf_counter()
            methods[asked_by](question)
            took = time.perf_counter() - start
    except Exception as error:
        text = " ".join(str(error).split()) or "no message"
        return {"failed": f"{type(error).__name__}: {text[:200]}"}
    np.save(path, np.asarray(answer, np.float64))
    return {"seconds": took, "mib": memory.taken()}


if __name__ == "__main__":
    given = sys.argv[1:]
    print("\n" + json.dumps(version_of(*given) if len(given) == 1 else answered(*given)))
