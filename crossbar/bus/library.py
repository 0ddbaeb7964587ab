"""The libraries of the extra `bus`."""

from __future__ import annotations

import functools
import importlib
import logging
from typing import Any

from crossbar.errors import ConfigError, message


@functools.cache
def library(name: str) -> Any:
    """Return a module, or raise if it is missing; the log of pymodbus is shown to nobody."""
    log = logging.getLogger("pymodbus")
    if not log.handlers:
        log.addHandler(logging.NullHandler())
    try:
        return importlib.import_module(name)
    except ImportError:
        package = name.partition(".")[0]
        remedy = "Install it: pip install 'crossbar-sim[bus]'."
        raise ConfigError(message("serve", f"the package {package}", "none", remedy)) from None
