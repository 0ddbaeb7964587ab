"""Functions that tests sweep over: at the top of a module, where workers find them."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import time
from pathlib import Path
from typing import Any


def digest(point: dict[str, Any], seed: int) -> dict[str, float]:
    """Return a number that only the same point and seed give, after ``point["time"]`` seconds."""
    time.sleep(point.get("time", 0.0))
    text = repr((sorted(point.items()), seed))
    return {"value": int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") / 2**48}


def fragile(point: dict[str, Any], seed: int) -> dict[str, float]:
    """Fail as ``point["how"]`` says."""
    how = point["how"]
    if how == "raises":
        raise ZeroDivisionError("an error of the user")
    if how == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "exits":
        os._exit(3)
    if how == "memory":
        resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
        return {"value": float(len(bytearray(1 << 33)))}
    if how == "dies once":
        mark = Path(point["mark"])
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    if how == "surrogate":
        raise ValueError("\udcff")
    if how == "text":
        return {"value": "much"}  # type: ignore[dict-item]
    if how == "list":
        return [1.0]  # type: ignore[return-value]
    return {"value": 0.5}


def mended(point: dict[str, Any], seed: int) -> dict[str, float]:
    """Fail until the file ``point["mark"]`` exists."""
    if not Path(point["mark"]).exists():
        raise FileNotFoundError(point["mark"])
    return {"value": float(seed)}
