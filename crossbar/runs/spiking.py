"""A run of a spiking network: from its file and spikes to what it did and what that took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from crossbar.checks import Checked
from crossbar.energy import RulesOfThumb, charged
from crossbar.errors import ShapeError, fail, message
from crossbar.errors import shown as written
from crossbar.overlay import built, table
from crossbar.paths import place
from crossbar.progress import Progress, reporting, shown
from crossbar.random import Streams
from crossbar.runs import build
from crossbar.runs.energy_record import costs
from crossbar.runs.experiment import Experiment, experiment
from crossbar.runs.settings import SEEDS
from crossbar.spiking import Code, PeriodicRate, Recording, Spikes, SpikingModel, read_spikes
from crossbar.spiking.networks.files import OTHERS, spiking_model
from crossbar.toml import Settings, override, placed, read
from crossbar.types import Record
from crossbar.units import quantity

HARDWARE = tuple(name for name in OTHERS if name not in ("run", "seed"))
IDEAL: Settings = {"device": "float", "tile": {"precision": "double"}}
DEFAULT = "rate"  # kind of a code
SAMPLES = 400  # of a run, where nothing else is asked for


@dataclass(frozen=True, kw_only=True)
class SpikingRun(Checked):
    """What a spiking network is given, and for how long it runs.

    Parameters
    ----------
    until : [s]
        When the run ends.
    sample : [s]
        Time between recorded voltages of membranes; without it a 400th of the run.
    spikes
        File of the spikes of the inputs, a table or an archive; see
        :func:`crossbar.spiking.read_spikes`.
    numbers
        Numbers from 0 to 1, which the code makes spikes of, for all inputs in their order.
    code
        What the numbers become in time.
    """

    until: float = quantity(above=0, high=1e15, unit="s")
    sample: float | None = quantity(None, above=0, high=1e15, unit="s")
    spikes: str | None = field(default=None, metadata={"path": True})
    numbers: tuple[float, ...] | None = quantity(None, low=0, high=1)
    code: Code = field(default_factory=PeriodicRate)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.spikes is not None and self.numbers is not None:
            fail("run.numbers", "spikes or numbers", "both", "Give only one of them.")

    def given(self, inputs: dict[str, int], streams: Streams) -> dict[str, Spikes]:
        """Return the spikes of every input that has some.

        Raises
        ------
        DataError, ShapeError
            If a file cannot be read, or there are fewer or more numbers than the inputs take.
        """
        if self.spikes is not None:
            return read_spikes(self.spikes, inputs)
        if self.numbers is None:
            return {}
        takes = {name: self._takes(width) for name, width in inputs.items()}
        if sum(takes.values()) != len(self.numbers):
            expected = ", ".join(f"{n} of input '{name}'" for name, n in takes.items())
            got = f"{len(self.numbers)} numbers"
            remedy = "A number takes as many lines as the code says."
            raise ShapeError(message("run.numbers", expected, got, remedy))
        edges = np.cumsum([0, *takes.values()])
        return {
            name: self.code.encode(self.numbers[edges[k] : edges[k + 1]],
                                   rng=streams("encode", input=name))
            for k, name in enumerate(inputs)
        }  # fmt: skip

    def _takes(self, width: int) -> int:
        """Return how many numbers fill ``width`` lines."""
        n = next(n for n in range(1, width + 1) if self.code.lines(n) >= width)
        if self.code.lines(n) != width:
            expected = f"{width} lines, as the input has"
            remedy = "Let the input have a multiple of the lines of a number."
            fail("run.code", expected, f"{self.code.lines(n)} of {n} numbers", remedy)
        return n


@dataclass(frozen=True, kw_only=True)
class SpikingPlan:
    """A network, what it is given, and the hardware that it runs on.

    Attributes
    ----------
    model
        The network with its weights.
    run
        What it is given.
    hardware
        What holds the weights, as an experiment describes it.
    seed
        Of fabrication, programming, read noise and codes that draw.
    """

    model: SpikingModel
    run: SpikingRun
    hardware: Experiment
    seed: int


def spiking_plan(
    source: Path, given: Sequence[str] = (), *, config: Path | None = None, code: str | None = None
) -> SpikingPlan:
    """Return the plan that a file describes, with ``given`` settings ``key=value`` over it.

    Parameters
    ----------
    source
        TOML file of a network, which may have sections of its run and its hardware.
    config
        TOML file with sections of hardware, for those that ``source`` does not have.
    code
        Kind of the code, in place of another one of the file with its settings.

    Raises
    ------
    ConfigError, DataError, ShapeError
        If a setting or an array cannot be, by its dotted name.
    """
    below = {} if config is None else {k: v for k, v in read(config).items() if k in HARDWARE}
    settings = {**below, **_located(read(source), source.parent)}
    if code is not None and _code(settings) != code:
        settings = placed(settings, "run.code", code)
    settings = override(settings, given)
    model = spiking_model(settings, source.parent)
    run = built(SpikingRun, table(settings.get("run", {}), "run"), "run")
    parts = {name: settings[name] for name in HARDWARE if name in settings}
    if not parts.keys() - {"energy"}:
        parts |= IDEAL
    seed = settings.get("seed", 0)
    if type(seed) is not int or not 0 <= seed <= SEEDS:
        fail("seed", "a whole number from 0", written(seed), "Write seed = 0.")
    return SpikingPlan(model=model, run=run, hardware=experiment(parts), seed=seed)


def _located(settings: Settings, folder: Path) -> Settings:
    """Return the settings of a file in ``folder``, with the path of its spikes from here."""
    spikes = table(settings.get("run", {}), "run").get("spikes")
    if not isinstance(spikes, str) or spikes == "none":
        return settings
    return placed(settings, "run.spikes", str(folder / place(spikes, "run.spikes")))


def _code(settings: Settings) -> str:
    """Return the kind of the code that settings have."""
    code = settings.get("run", {}).get("code", {})
    return str(code.get("kind", DEFAULT) if isinstance(code, dict) else code)


@reporting
def run_spiking(plan: SpikingPlan, *, progress: Progress = shown) -> tuple[Recording, Record]:
    """Build the chip of ``plan``, run it, and return its recording and what it took.

    Returns
    -------
    recording, record
        Spikes and voltages; and plain values: spikes, share of active neurons, synaptic events,
        dropped events, energy as it is counted on the chip and by rules of thumb.
    """
    model, run, streams = plan.model, plan.run, Streams(plan.seed)
    given = run.given(dict(model.network.inputs), streams)
    prices = costs(plan.hardware)
    chip = model.build(build.substrate(plan.hardware), streams)
    before = chip.activity.copy()
    recording = chip.run(
        given, run.until, rng=streams("read"), currents=model.currents,
        sample=run.sample or run.until / SAMPLES, progress=progress,
    )  # fmt: skip
    rows = charged(chip.activity.since(before), prices, phase="run")
    fired = {name: len(recording.spikes[name]) for name in recording.groups}
    reached = {
        name: len(recording.spikes[one.source]) * model.network.width(one.target)
        for name, one in model.network.synapses.items()
    }
    rule = RulesOfThumb(spikes=sum(fired.values()), events=sum(reached.values()), seconds=run.until)
    record: Record = {
        "until": run.until,
        "seed": plan.seed,
        "device": plan.hardware.kind,
        "inputs": {name: len(recording.spikes[name]) for name in model.network.inputs},
        "spikes": fired,
        "active": recording.active,
        "events": reached,
        "dropped": recording.dropped,
        "energy": {
            "counted": sum(row.energy for row in rows),
            "parts": [asdict(row) for row in rows],
            "by_spikes": rule.spiking,
            "by_events": rule.spiking_by_events,
        },
    }
    return recording, record
