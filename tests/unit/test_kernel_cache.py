"""Compiled code that is damaged, that cannot be kept, and that has another place."""

from __future__ import annotations

import os
import pickle
import resource
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from alone import kernels_alone
from numba.core import config
from numba.core.caching import UserProvidedCacheLocator

from crossbar.kernels import cache
from crossbar.kernels.compiling import jit


def total(x: Any) -> Any:
    """Return the sum of x."""
    y = 0.0
    for k in range(x.shape[0]):
        y += x[k]
    return y


def compiled() -> bool:
    """Return whether a process that begins now compiles the loop; it gives the sum all the same."""
    loop = jit(total)
    assert loop(np.arange(4.0)) == 6.0
    (misses,) = loop.stats.cache_misses.values() or (0,)
    return bool(misses)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a cache of its own."""
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(cache, "_warned", set())
    return tmp_path / "cache"


def file(folder: Path) -> Path:
    (found,) = (path for path in folder.rglob("*") if path.is_file())
    return found


def flipped(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "one byte": lambda path: path.write_bytes(b"\x80"),
    "cut in the checksum": lambda path: path.write_bytes(path.read_bytes()[:20]),
    "checksum alone": lambda path: path.write_bytes(path.read_bytes()[: cache.SUM]),
    "last byte missing": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
    "bit in the checksum": lambda path: flipped(path, 3),
    "bit in the middle": lambda path: flipped(path, path.stat().st_size // 2),
    "last bit": lambda path: flipped(path, -1),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "a pickle of something else": lambda path: path.write_bytes(pickle.dumps("what")),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_is_told_once_and_compiled_anew(
    damage: Callable[[Path], object], folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert compiled()
    assert not compiled()
    damage(file(folder))
    assert caplog.records == []
    assert compiled()
    assert caplog.messages == [f"compiled code: {file(folder)} was damaged, and is compiled anew"]
    assert not compiled()
    damage(file(folder))
    assert compiled()
    assert len(caplog.records) == 1


def test_what_cannot_be_read_is_told_and_left(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert compiled()
    path = file(folder)
    path.unlink()
    path.mkdir()
    assert compiled()
    assert "cannot be read (Is a directory), and is compiled anew" in caplog.messages[0]
    assert len(caplog.messages) == 1
    assert list(path.parent.iterdir()) == [path]  # and no half of a file


@contextmanager
def largest(size: int) -> Iterator[None]:
    """Let no file grow beyond ``size`` bytes, which looks like a full disk from inside."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_costs_a_warning(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    loop = jit(total)
    with largest(1000):
        assert loop(np.arange(4.0)) == 6.0
    assert "got File too large. Raise the limit of file sizes" in caplog.text
    assert "Set NUMBA_CACHE_DIR to a folder that can be written." in caplog.text
    assert not any(path.is_file() for path in folder.rglob("*"))
    assert compiled()
    assert not compiled()


def test_signatures_that_two_processes_compile_at_once_stay_apart(folder: Path) -> None:
    """An index that both had read before either wrote would lose or exchange code."""
    first, second = (cache.Entries(folder, "loop", "same") for _ in range(2))
    assert first.load("float32") is second.load("float64") is None
    first.save("float32", 1)
    second.save("float64", 2)
    assert (second.load("float32"), first.load("float64")) == (1, 2)


def test_code_of_another_origin_goes_when_new_code_is_kept(folder: Path) -> None:
    cache.Entries(folder, "loop", "old").save("key", 1)
    cache.Entries(folder, "loops", "old").save("key", 2)
    new = cache.Entries(folder, "loop", "new")
    assert new.load("key") is None
    new.save("key", 3)
    assert len(list(folder.iterdir())) == 2
    assert cache.Entries(folder, "loops", "old").load("key") == 2
    new.flush()
    assert new.load("key") is None


@pytest.fixture
def nowhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Leave Numba no place: a file stands where its folder should be; return where TMPDIR is."""
    folder.write_text("no folder")
    places = [UserProvidedCacheLocator, cache._TemporaryLocator]
    monkeypatch.setattr(cache._Places, "_locator_classes", places)
    temporary = folder.with_name("temporary")
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    return temporary


def test_a_private_folder_where_nothing_else_can_be_written(nowhere: Path) -> None:
    assert compiled()
    assert not compiled()
    private = nowhere / f"crossbar-{os.geteuid()}"
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert file(private).suffix == ".nbc"
    said = cache.unusual() or ""
    assert said.startswith(f"The code is kept in {private}/")
    assert said.endswith("/cache cannot be written.")


@pytest.mark.parametrize("how", ["open to others", "a link", "a file", "no temporary files"])
def test_no_cache_rather_than_one_that_others_write(
    how: str, nowhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = nowhere / f"crossbar-{os.geteuid()}"
    if how == "open to others":
        private.mkdir()
        private.chmod(0o777)
    elif how == "a link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        private.symlink_to(tmp_path / "elsewhere")
    elif how == "a file":
        private.touch()
    else:
        monkeypatch.setattr(tempfile, "tempdir", str(nowhere / "missing"))
    assert jit(total)(np.arange(4.0)) == 6.0
    assert not any(tmp_path.rglob("*.nbc"))
    assert cache.unusual() == (
        "No folder that can be written keeps the code for the next command. "
        "Set NUMBA_CACHE_DIR to a folder that can be written."
    )


def test_its_place_is_not_worth_a_word_otherwise(folder: Path) -> None:
    assert cache.unusual() is None


SCRIPT = """
import numpy as np
from crossbar.kernels.cache import unusual
from crossbar.kernels.compiling import telling
from crossbar.kernels.draws import fill_normals
with telling(lambda: print(unusual())):
    fill_normals(np.empty(3, np.float32), np.uint64(1))
"""


def test_a_container_whose_package_and_home_are_read_only(tmp_path: Path) -> None:
    """Both are mounted read-only in a private name space."""
    unshare = shutil.which("unshare")
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    for made in (home, temporary):
        made.mkdir()
    package = kernels_alone(tmp_path / "package")
    mount = " && ".join(
        f"mount --bind {path} {path} && mount -o remount,bind,ro {path}" for path in (package, home)
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("NUMBA", "XDG"))}
    environment |= {"PYTHONPATH": str(package), "HOME": str(home), "TMPDIR": str(temporary)}

    def inside(command: str) -> subprocess.CompletedProcess[str]:
        words = [str(unshare), "-rm", "sh", "-c", command, sys.executable, SCRIPT]
        return subprocess.run(words, env=environment, cwd=temporary, capture_output=True,
                              text=True, check=False)  # fmt: skip

    if unshare is None or inside(mount).returncode:
        pytest.skip("this system does not let tests mount a file system of their own")
    first, second = (inside(f'{mount} && "$0" -c "$1"') for _ in range(2))
    assert (first.stderr, second.stderr) == ("", "")
    assert first.stdout.startswith(f"The code is kept in {temporary}/crossbar-0/kernels_")
    assert "as neither the package nor the home can be written. Set NUMBA" in first.stdout
    assert second.stdout == ""
