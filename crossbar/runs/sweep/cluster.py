"""Runs on a cluster: Dask's workers as an executor."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import Executor
from typing import Any

from crossbar.errors import OutputError, SimulationError, message

PATIENCE = 20  # s, that a scheduler may take to answer


@contextlib.contextmanager
def dask(scheduler: str) -> Iterator[Executor]:
    """Yield the executor of the Dask cluster whose scheduler listens at ``scheduler``.

    Dask itself runs again what a worker that died had in hand. Workers need this package, and
    see the folder of the sweep under the same path where trained chips are shared.

    Parameters
    ----------
    scheduler
        Address, such as ``tcp://10.0.0.1:8786``.

    Raises
    ------
    OutputError
        If Dask is not installed.
    SimulationError
        If no scheduler answers.
    """
    try:
        from distributed import Client
    except ImportError:
        remedy = "Install it: pip install 'crossbar-sim[dask]'."
        raise OutputError(message("--dask", "Dask", "none", remedy)) from None
    try:
        client: Any = Client(scheduler, timeout=PATIENCE)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        remedy = "Start one with `dask scheduler`, and workers with `dask worker ADDRESS`."
        text = message("--dask", f"a scheduler at {scheduler}", error, remedy)
        raise SimulationError(text) from None
    with client:
        yield client.get_executor(pure=False)
