"""What docstrings need to become pages: their signs are plain text, their names become links."""

from __future__ import annotations

import importlib
import re
from dataclasses import is_dataclass
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains.python import PythonDomain
from sphinx.environment import BuildEnvironment
from sphinx.util import inspect

LITERAL = re.compile(r"(``.*?``|`.*?`)")
SUFFIX = 1  # mode of Sphinx's search in which a name may be the end of a full path
SIGN = re.compile(r"\||(?<!\*)\*(?!\*)")  # |v| is a magnitude, *rest an argument


class Names(PythonDomain):
    """The names of Python; a type in a signature that has no page is not looked for at length."""

    _ends: tuple[int, frozenset[str]] = (0, frozenset())

    def find_obj(
        self, env: BuildEnvironment, module: Any, kind: Any, name: str, *how: Any
    ) -> list[Any]:
        """Return what ``name`` may mean: nothing, if no documented name has its last part."""
        if self._ends[0] != len(self.objects):
            ends = frozenset(one.rpartition(".")[2] for one in self.objects)
            self._ends = len(self.objects), ends
        if name.removesuffix("()").rpartition(".")[2] not in self._ends[1]:
            return []
        return super().find_obj(env, module, kind, name, *how)


def plain_signs(
    app: Sphinx, kind: str, name: str, value: Any, options: Any, lines: list[str]
) -> None:
    """Take | and a single * for themselves, not for marks of reStructuredText."""
    for k, line in enumerate(lines):
        if line.strip() == "Examples":
            break
        parts = LITERAL.split(line)
        parts[::2] = [SIGN.sub(lambda sign: "\\" + sign[0], part) for part in parts[::2]]
        lines[k] = "".join(parts)


def fields_for_signature(
    app: Sphinx, kind: str, name: str, value: Any, options: Any, given: str, returned: str
) -> tuple[str, str] | None:
    """Return the fields of a dataclass, with ... for a default that is made anew each time."""
    if kind != "class" or not is_dataclass(value):
        return None
    aliases = app.config.autodoc_type_aliases
    signature = inspect.signature(value.__init__, bound_method=True, type_aliases=aliases)
    written = inspect.stringify_signature(signature, unqualified_typehints=True)
    return written.removesuffix(" -> None").replace("<factory>", "..."), ""


def linked(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, text: nodes.Node
) -> nodes.Node | None:
    """Return what a name that is no full path leads to; None, a warning, if there is no such name.

    A name that is not public, and a type in a signature, is text without a link.
    """
    if node.get("refdomain") != "py":
        return None
    domain, target = env.domains["py"], node["reftarget"]
    matches = domain.find_obj(env, None, None, target, None, SUFFIX)
    documented = [name for name, entry in matches if not entry.aliased]
    if len(documented) == 1:
        return domain.resolve_xref(
            env, node["refdoc"], app.builder, node["reftype"], documented[0], node, text
        )
    parents, parent = [], node.parent
    while parent is not None:
        parents.append(parent)
        parent = parent.parent
    in_signature = any(isinstance(one, addnodes.desc_signature) for one in parents)
    return text if in_signature or _exists(target) else None


def _exists(path: str) -> bool:
    """Return whether ``path`` names something that can be imported."""
    parts = path.split(".")
    for k in range(len(parts), 0, -1):
        try:
            value: Any = importlib.import_module(".".join(parts[:k]))
            for name in parts[k:]:
                value = getattr(value, name)
        except (ImportError, AttributeError):
            continue
        return True
    return False


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect them."""
    app.add_domain(Names, override=True)
    app.connect("autodoc-process-docstring", plain_signs, priority=100)
    app.connect("autodoc-process-signature", fields_for_signature)
    app.connect("missing-reference", linked)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
