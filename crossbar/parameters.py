"""Functions as kinds: their keyword parameters are the settings."""

from __future__ import annotations

import functools
import inspect
from dataclasses import field, make_dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from crossbar.checks import check_fields
from crossbar.errors import fail


@functools.cache
def parameters(function: Any, given: tuple[str, ...] = (), base: type = object) -> Any:
    """Return a dataclass of the parameters of ``function`` that are not ``given`` by the caller.

    It derives from ``base``, and has the function itself as ``function``.

    Raises
    ------
    ConfigError
        If a parameter has no annotation, or is positional or of any number.
    """
    where = f"{function.__module__}:{function.__qualname__}"
    hints = get_type_hints(function, include_extras=True)
    entries: list[Any] = []
    for name, one in inspect.signature(function).parameters.items():
        if name in given:
            continue
        if one.kind is not inspect.Parameter.KEYWORD_ONLY or name not in hints:
            remedy = "Write it like def network(*, width: int = 8)."
            fail(f"{where}, {name}", "keyword parameters with types", str(one), remedy)
        hint, *limits = get_args(hints[name]) if get_origin(hints[name]) is Annotated else (
            hints[name],)  # fmt: skip
        metadata = limits[0].metadata if limits else {}
        default = one.default
        least: dict[str, Any] = {"metadata": metadata}
        if default is not inspect.Parameter.empty:
            least["default_factory"] = lambda value=default: value
        entries.append((name, hint, field(**least)))
    space = {"__post_init__": check_fields, "__doc__": function.__doc__}
    space |= {"function": staticmethod(function)}
    return make_dataclass(
        function.__name__, entries, bases=(base,), namespace=space, frozen=True, kw_only=True
    )
