"""Where the compiled code of the loops is kept, and how damage to it is noticed.

Numba keeps an index for each loop and a file for each of its signatures, and trusts what it reads.
Here a file is named after everything that its code depends on, so that no index can disagree with
it, and begins with a checksum, which is compared before anything is unpickled.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import pickle
from pathlib import Path
from typing import Any, Self

import numba
from numba.core import config
from numba.core.caching import (
    CompileResultCacheImpl,
    FunctionCache,
    InTreeCacheLocator,
    UserProvidedCacheLocator,
)
from numba.core.serialize import dumps

from crossbar.errors import OutputError
from crossbar.files import make_folder, private_folder, write

LOG = logging.getLogger(__name__)
SUM = hashlib.sha256().digest_size  # bytes of the checksum, before the code
REMEDY = "Set NUMBA_CACHE_DIR to a folder that can be written."


class Entries:
    """The files that hold the compiled code of one loop, one for each of its signatures.

    Parameters
    ----------
    folder
        Where they are.
    base
        What their names begin with.
    origin
        What makes all of them out of date when it changes; its ``repr`` counts.
    """

    def __init__(self, folder: Path, base: str, origin: object) -> None:
        self.folder, self.base, self.current = folder, base, f"{base}.{_digest(origin)}."

    def path(self, key: object) -> Path:
        """Return the file of ``key``; its ``repr`` counts."""
        return self.folder / f"{self.current}{_digest(key)}.nbc"

    def load(self, key: object) -> Any:
        """Return what is kept for ``key``, or None; a damaged file is removed with a warning."""
        path = self.path(key)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            _warn(self.folder, f"{path} cannot be read ({error.strerror}), and is compiled anew")
            return None
        if hashlib.sha256(content[SUM:]).digest() == content[:SUM]:
            return pickle.loads(content[SUM:])
        with contextlib.suppress(OSError):
            path.unlink()
        _warn(self.folder, f"{path} was damaged, and is compiled anew")
        return None

    def save(self, key: object, data: object) -> None:
        """Keep ``data``, whole or not at all, and nothing that is out of date."""
        content = dumps(data)
        try:
            make_folder(self.folder)
            for stale in self._files() - self._files(self.current):
                stale.unlink(missing_ok=True)
            write(self.path(key), hashlib.sha256(content).digest() + content)
        except (OutputError, OSError) as error:
            _warn(self.folder, f"{error} {REMEDY}")

    def flush(self) -> None:
        """Remove all of them."""
        for path in self._files():
            path.unlink(missing_ok=True)

    def _files(self, start: str = "") -> set[Path]:
        """Return the files of the loop whose names begin with ``start``."""
        return set(self.folder.glob(f"{start or self.base + '.'}*"))


class _TemporaryLocator(InTreeCacheLocator):
    """A private folder among the temporary files, where Numba has no place to offer."""

    def __init__(self, loop: Any, file: str) -> None:
        super().__init__(loop, file)
        self._cache_path = str(private_folder() / self.get_suitable_cache_subpath(file))

    @classmethod
    def from_function(cls, loop: Any, file: str) -> Self | None:
        """Return the place, or None if there is no such folder."""
        try:
            place: Self | None = super().from_function(loop, file)
        except OSError:
            return None
        return place


class _Places(CompileResultCacheImpl):
    """The places where Numba keeps compiled code, and one more."""

    _locator_classes = [*CompileResultCacheImpl._locator_classes, _TemporaryLocator]  # noqa: RUF012


class LoopCache(FunctionCache):
    """The cache of one loop, for Numba.

    Parameters
    ----------
    loop
        The function that is compiled.
    digest
        Hash of all code that it may have inlined.

    Raises
    ------
    RuntimeError
        If there is no folder that can be written.
    """

    _impl_class = _Places

    def __init__(self, loop: Any, digest: str) -> None:
        super().__init__(loop)
        origin = (numba.__version__, self._impl.locator.get_source_stamp(), digest)
        self._cache_file: Any = Entries(Path(self.cache_path), self._impl.filename_base, origin)


def unusual() -> str | None:
    """Return where compiled code is kept, if it is not where it should be, and why."""
    try:
        place = _Places(unusual).locator
    except RuntimeError:
        return f"No folder that can be written keeps the code for the next command. {REMEDY}"
    asked: str = vars(config)["CACHE_DIR"]
    kept = f"The code is kept in {place.get_cache_path()}, as"
    if asked and not isinstance(place, UserProvidedCacheLocator):
        return f"{kept} NUMBA_CACHE_DIR={asked} cannot be written."
    if isinstance(place, _TemporaryLocator):
        return f"{kept} neither the package nor the home can be written. {REMEDY}"
    return None


def _digest(key: object) -> str:
    """Return a hash of the ``repr`` of ``key``."""
    return hashlib.sha256(repr(key).encode()).hexdigest()[:32]


_warned: set[Path] = set()  # folders of this process whose trouble was told: one line is enough


def _warn(folder: Path, text: str) -> None:
    """Warn of trouble with the compiled code in ``folder``, unless that was done before."""
    if folder not in _warned:
        _warned.add(folder)
        LOG.warning("compiled code: %s", text)
