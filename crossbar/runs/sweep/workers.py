"""Local worker processes, each of which may die without harm to the others; Dask's workers."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from typing import Any

from crossbar.errors import OutputError, SimulationError, message

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
STARTING = threading.Lock()  # the environment is the whole process's
PATIENCE = 20  # s, that the scheduler of a cluster may take to answer
Call = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class LostWorkerError(SimulationError):
    """The process that computed a result is gone."""


class WorkerStartError(SimulationError, BrokenExecutor):
    """Worker processes cannot start."""


class LocalWorkers(Executor):
    """Processes of this machine, one BLAS thread each.

    Unlike a ``ProcessPoolExecutor``, the death of a process costs its own call alone: the future
    gets :class:`LostWorkerError` with the signal, and the next call a new process. Workers start
    from a server that has imported the package once, end with the process that made them, and
    leave Ctrl-C to it.

    Parameters
    ----------
    jobs
        Number of processes.
    """

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        methods = multiprocessing.get_all_start_methods()
        self._context: Any = multiprocessing.get_context(
            "forkserver" if "forkserver" in methods else "spawn"
        )
        if "forkserver" in methods:
            self._context.set_forkserver_preload(["crossbar.runs.sweep.task"])
        self._calls: queue.SimpleQueue[tuple[Future[Any], Call] | None] = queue.SimpleQueue()
        self._processes: dict[int, Any] = {}
        self._open = True
        self._threads = [
            threading.Thread(target=self._serve, args=(k,), daemon=True) for k in range(jobs)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Let a process call ``fn``; see :class:`concurrent.futures.Executor`."""
        if not self._open:
            raise RuntimeError("LocalWorkers was shut down")
        future: Future[Any] = Future()
        self._calls.put((future, (fn, args, kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes, once their calls are done or, with ``cancel_futures``, at once."""
        self._open = False
        if cancel_futures:
            with contextlib.suppress(queue.Empty):
                while call := self._calls.get_nowait():
                    call[0].cancel()
        for _ in self._threads:
            self._calls.put(None)
        if cancel_futures:
            for process in list(self._processes.values()):
                process.kill()
        if wait:
            for thread in self._threads:
                thread.join()

    def _serve(self, slot: int) -> None:
        """Hand calls to the process of ``slot``, one after the other."""
        connection: Connection | None = None
        while (call := self._calls.get()) is not None:
            future, work = call
            if not future.set_running_or_notify_cancel():
                continue
            try:
                connection = connection or self._start(slot)
            except (EOFError, OSError, RuntimeError):
                future.set_exception(self._never_started())
                continue
            try:
                connection.send(work)
                result, error = connection.recv()
            except (EOFError, OSError):
                connection = None
                future.set_exception(self._died(slot))
            except BaseException as wrong:  # a call that cannot be pickled
                future.set_exception(wrong)
            else:
                if error is not None:
                    future.set_exception(error)
                else:
                    future.set_result(result)
        if connection is not None:
            connection.close()
            self._processes[slot].join()

    def _start(self, slot: int) -> Connection:
        """Start the process of ``slot`` and return the line to it."""
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs,), daemon=True)
        resource_tracker.ensure_running()  # which unblocks the signal where it starts the tracker
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # in this thread, and below
        with _one_thread():
            process.start()
        theirs.close()
        self._processes[slot] = process
        ours.recv()  # its first sign of life
        return ours  # type: ignore[no-any-return]

    def _never_started(self) -> WorkerStartError:
        """Return why processes do not start: they import the script that was started."""
        self._open = False
        remedy = 'In a script, call sweep below `if __name__ == "__main__":`.'
        got = "one that ended while it imported the program"
        return WorkerStartError(message("workers", "processes that start", got, remedy))

    def _died(self, slot: int) -> LostWorkerError:
        """Return what the process of ``slot`` ended of."""
        process = self._processes[slot]
        process.join(5.0)
        code = process.exitcode
        got = f"one that ended with status {code}"
        if code is not None and code < 0:
            got = f"one that was ended by {signal.Signals(-code).name}"
        if code == -signal.SIGKILL:
            got += ", as the system does when memory runs out"
        remedy = "Lower --jobs or the size of the run, then give --retry-failed."
        return LostWorkerError(message("worker", "a process that returns a result", got, remedy))


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Let processes that start meanwhile use one BLAS thread each, unless the user said more."""
    with STARTING:
        missing = [name for name in THREADS if name not in os.environ]
        os.environ.update(dict.fromkeys(missing, "1"))
        try:
            yield
        finally:
            for name in missing:
                os.environ.pop(name, None)


def _work(connection: Connection) -> None:
    """Answer calls until the line is cut; this is all that a worker process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    connection.send(None)
    while True:
        try:
            function, args, kwargs = connection.recv()
            answer: tuple[Any, BaseException | None] = (function(*args, **kwargs), None)
        except (EOFError, ConnectionError):
            return
        except BaseException as error:
            error.add_note(traceback.format_exc())
            answer = (None, error)
        try:
            connection.send(answer)
        except OSError:  # nobody waits for it any more
            return


def _end_with_parent() -> None:
    """End this process as soon as the one that started it is gone."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


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
