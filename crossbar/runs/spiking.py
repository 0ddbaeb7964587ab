"""A run of a spiking network: from its file and spikes to what it did and what that took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from crossbar.energy import RulesOfThumb, charged
from crossbar.errors import UNKNOWN, fail, nearest
from crossbar.errors import shown as written
from crossbar.imports import read_nir
from crossbar.overlay import built, table
from crossbar.paths import place
from crossbar.progress import Progress, reporting, shown
from crossbar.random import Streams
from crossbar.runs import build
from crossbar.runs.energy_record import costs
from crossbar.runs.experiment import Experiment, experiment
from crossbar.runs.settings import SEEDS
from crossbar.runs.spiking_settings import NirSettings, SpikingRun
from crossbar.spiking import Recording, Spikes, SpikingModel
from crossbar.spiking.networks.files import OTHERS, SECTIONS, spiking_model
from crossbar.toml import Settings, override, placed, read
from crossbar.types import Record

HARDWARE = tuple(name for name in OTHERS if name not in ("run", "seed"))
IDEAL: Settings = {"device": "float", "tile": {"precision": "double"}}
DEFAULT = "rate"  # kind of a code
SAMPLES = 400  # of a run, where nothing else is asked for


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
        TOML file of a network, which may have sections of its run and its hardware; or a graph in
        NIR.
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
    own = {} if _in_nir(source) else _located(read(source), source.parent)
    settings = {**below, **own}
    if code is not None and _code(settings) != code:
        settings = placed(settings, "run.code", code)
    if not _in_nir(source):
        _require_known(own, given)
    settings = override(settings, given)
    model = _model(source, settings)
    run = built(SpikingRun, table(settings.get("run", {}), "run"), "run")
    parts = {name: settings[name] for name in HARDWARE if name in settings}
    if not parts.keys() - {"energy"}:
        parts |= IDEAL
    seed = settings.get("seed", 0)
    if type(seed) is not int or not 0 <= seed <= SEEDS:
        fail("seed", "a whole number from 0", written(seed), "Write seed = 0.")
    return SpikingPlan(model=model, run=run, hardware=experiment(parts), seed=seed)


def _require_known(own: Settings, given: Sequence[str]) -> None:
    """Raise if one of ``given`` is of an input, a group or synapses that the file has not."""
    for assignment in given:
        section, *rest = assignment.partition("=")[0].strip().split(".")
        if section in SECTIONS and rest:
            known = table(own.get(section, {}), section)
            if rest[0] not in known:
                expected = f"one of the {section} of the file"
                fail(f"{section}.{rest[0]}", expected, UNKNOWN, nearest(rest[0], known))


def _in_nir(source: Path) -> bool:
    """Return whether a file is a graph in NIR, by its name."""
    return source.suffix.lower() == ".nir"


def _model(source: Path, settings: Settings) -> SpikingModel:
    """Return the network of a file, with the settings over it."""
    if not _in_nir(source):
        return spiking_model(settings, source.parent)
    for name in settings:
        if name not in (*OTHERS, "nir"):
            remedy = "Write it as TOML first: read_nir, then write_spiking."
            fail(name, "no sections of a network in NIR", "some", remedy)
    given = built(NirSettings, table(settings.get("nir", {}), "nir"), "nir")
    return read_nir(source, dt=given.dt, g_leak=given.g_leak)


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


def _require_early(run: SpikingRun, given: Mapping[str, Spikes]) -> None:
    """Raise unless all spikes are before the end."""
    last = {name: float(one.times[-1]) for name, one in given.items() if len(one)}
    late = {name: at for name, at in last.items() if at >= run.until}
    for name, at in late.items():
        code = run.spikes is None and hasattr(run.code, "duration")
        remedy = "Raise --until, or shorten run.code.duration." if code else "Raise --until."
        expected, got = f"spikes of input '{name}' before {run.until:g} s", f"one at {at:g} s"
        fail("run.until", expected, got, remedy)


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
    _require_early(run, given)
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
