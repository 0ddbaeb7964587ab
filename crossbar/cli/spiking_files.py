"""Files of spiking networks: from TOML to NIR and back."""

from __future__ import annotations

from pathlib import Path

from crossbar.cli.console import err
from crossbar.errors import fail
from crossbar.imports import read_nir, write_nir
from crossbar.spiking import SpikingModel, write_spiking
from crossbar.spiking.networks.files import OTHERS, spiking_model
from crossbar.toml import read

TOML, NIR = ".toml", ".nir"
UNUSED = "Leave it out."


def convert(source: Path, target: Path, dt: float | None, g_leak: float | None) -> SpikingModel:
    """Write the network in ``source`` as ``target``, say what is left out, and return it.

    Raises
    ------
    ConfigError
        If ``target`` has another ending, or an option is given that neither file takes.
    """
    begin, end = source.suffix.lower(), target.suffix.lower()
    if end not in (TOML, NIR):
        fail(str(target), f"a file that ends in {TOML} or {NIR}", end or "none", "Rename it.")
    if g_leak is not None and begin != NIR:
        fail("--leak", "a network that is read from NIR", str(source), UNUSED)
    if dt is not None and NIR not in (begin, end):
        fail("--dt", "a network in NIR, to read or to write", f"{source} and {target}", UNUSED)
    others: list[str] = []
    if begin == NIR:
        model = read_nir(source, dt=dt, g_leak=1.0 if g_leak is None else g_leak)
    else:
        settings = read(source)
        model = spiking_model(settings, source.parent)
        others = [name for name in settings if name in OTHERS]
    if end == NIR:
        write_nir(model, target, dt=dt)
    else:
        write_spiking(model, target)
    if others:
        err.print(f"Left out, as no part of the network: {', '.join(others)}.", soft_wrap=True)
    return model
