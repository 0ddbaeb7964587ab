"""Networks in ONNX on the command line: the file, and the samples that follow it."""

from __future__ import annotations

from pathlib import Path

from crossbar.errors import fail

ONNX = ".onnx"
SAMPLES = (".npz", ".csv")
OWN = ("data.", "network.", "seed=")  # settings of the run, not of a test


def names_model(path: Path) -> bool:
    """Return whether ``path`` is that of a network in ONNX."""
    return path.suffix.lower() == ONNX


def names_data(words: list[str]) -> bool:
    """Return whether the first of ``words`` is a file of samples."""
    return bool(words) and "=" not in words[0] and words[0].lower().endswith(SAMPLES)


def samples_of(model: Path, words: list[str]) -> tuple[Path, list[str]]:
    """Return the samples for ``model``, which begin ``words``, and the other words.

    Raises
    ------
    ConfigError
        If there are none.
    """
    if not names_data(words):
        got = words[0] if words else "none"
        remedy = f"crossbar evaluate {model.name} DATA.npz"
        fail(model.name, "samples after it, x and y", got, remedy)
    return Path(words[0]), words[1:]


def run_of(given: Path, words: list[str]) -> tuple[Path, list[str]]:
    """Return the folder of a run, made of a network in ONNX if ``given`` is one, and settings."""
    if not names_model(given):
        return given, words
    from crossbar.cli.console import Bars
    from crossbar.runs.imported import imported_run

    samples, settings = samples_of(given, words)
    own = [word for word in settings if word.startswith(OWN)]
    with Bars() as bars:
        folder = imported_run(given, samples, own, progress=bars)
    return folder, [word for word in settings if word not in own]
