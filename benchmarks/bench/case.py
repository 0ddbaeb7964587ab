"""A case: one figure of the table, with what is timed and what the hardware would allow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Work:
    """What one call at least moves and computes: the ground of its floor.

    ``moved`` bytes of data that lie in ``footprint`` bytes; ``operations`` of ``precision``
    (multiplications and additions, one each); ``normals`` drawn.
    """

    moved: float = 0.0
    footprint: float = 0.0
    operations: float = 0.0
    precision: str = "float32"
    normals: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Job:
    """Something that can be timed.

    Attributes
    ----------
    run
        One call.
    amount
        Images, samples or updates of one call; 1 where the value is the time of a call.
    before
        Called before each turn, untimed.
    work
        Returns the work of one call; may run some calls to count it.
    notes
        Returns further fields of the row, after the timing.
    """

    run: Callable[[], object]
    amount: float = 1.0
    before: Callable[[], object] = lambda: None
    work: Callable[[], Work] = Work
    notes: Callable[[], dict[str, float]] = dict


@dataclass(frozen=True, kw_only=True)
class Case:
    """One figure.

    Attributes
    ----------
    name, case
        Row, and what tells its cases apart.
    unit
        ``images/s``, ``samples/s`` or ``updates/s``, more is better; ``s``, less is better.
    mark
        The figure to reach, None for none.
    memory_mark
        The memory to stay below [MiB], None for none.
    ours
        Builds the job.
    warm
        Builds the same at a small size, run once so that loading of compiled code enters neither
        time nor memory.
    beside
        Jobs of what crossbar itself depends on, or of another way of its own: always measured.
    peers
        Jobs of other software that is installed, by name: measured on request.
    """

    name: str
    case: str
    unit: str
    mark: float | None
    memory_mark: float | None = None
    ours: Callable[[], Job]
    warm: Callable[[], Job]
    beside: dict[str, Callable[[], Job]] = field(default_factory=dict)
    peers: dict[str, Callable[[], Job]] = field(default_factory=dict)

    @property
    def timed(self) -> bool:
        """Whether the value is a time, not a rate."""
        return self.unit == "s"
