"""Analog in-memory computing, simulated: devices, arrays, on-chip learning, energy."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crossbar.names import *  # noqa: F403
    from crossbar.names import __all__ as __all__
else:  # what is used is imported, as all of it takes seconds

    def __getattr__(name: str) -> Any:
        """Return a module of the package, or what :mod:`crossbar.names` has."""
        try:
            return importlib.import_module(f"{__name__}.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"{__name__}.{name}":
                raise
        names = importlib.import_module(f"{__name__}.names")
        if name not in ("__all__", *names.__all__):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value = getattr(names, name)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__getattr__("__all__")})
