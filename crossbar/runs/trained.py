"""The chips of a run folder, as training left them or newly programmed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

from crossbar.checks import require_path
from crossbar.data import Dataset, Ends
from crossbar.errors import DataError, fail, message
from crossbar.nn import Chip, Network, checkpoint, folded
from crossbar.random import Streams
from crossbar.runs import build, chip_files
from crossbar.runs.experiment import Experiment, experiment
from crossbar.runs.fingerprint import stamp
from crossbar.runs.hardware import Hardware
from crossbar.runs.plain import describe
from crossbar.runs.store import Store, places
from crossbar.runs.store.store import located
from crossbar.toml import override
from crossbar.types import Floats, Record


def load_plan(out: Path | str, assignments: Sequence[str] = ()) -> Experiment:
    """Return the experiment of a finished run in ``out``, with ``key=value`` changes.

    Raises
    ------
    ConfigError
        If a change would test the chip on what it learned from, or on another network.
    DataError
        If the run is not finished, or its settings are not those that it was trained with.
    """
    out = require_path("load_plan.out", out)
    trained = _settled(out)
    if not assignments:
        return trained
    plan = experiment(override(trained.settings, list(assignments)))
    if plan.common.seed != trained.common.seed:
        refuse("seed")
    refuse_relearning(plan, trained)
    return plan


def _settled(out: Path) -> Experiment:
    """Return the experiment of the finished run in ``out``, as its store and its chips have it."""
    if not places.holds_run(out) or not located(out).exists():
        raise DataError(message(str(out), "a finished run", *_instead(out)))
    with Store(out) as store:
        frame = store.frame()
        if frame.empty or (frame["status"] != "done").any():
            raise DataError(message(str(out), "a finished run", *_instead(out)))
        settings = store.run(int(frame["run"].iloc[0]))["settings"]
    trained = experiment(settings).with_seeds(list(map(int, frame["seed"])))
    for seed in trained.common.seed:
        own, _, _ = _kept(out, seed)
        if own.configuration != trained.with_seeds([seed]).configuration:
            path, remedy = places.checkpoint_of(out, seed), "Put its own back, or train it anew."
            raise DataError(message(str(path), "the chip of this run", "that of another", remedy))
    return trained


def _instead(out: Path) -> tuple[str, str]:
    """Return what ``out`` is in place of a finished run, and the remedy."""
    if places.holds_run(out):
        remedy = "Finish it with `crossbar train`, which resumes from the last epoch."
        return "an unfinished one", remedy
    if any(out.glob("*.db")):
        remedy = "Train one of its points: `crossbar runs show DIR RUN` prints its settings."
        return "a sweep", f"{remedy} Or sweep names that begin with test."
    return "none", "Give the folder that `crossbar train --out` wrote."


def digest(out: Path, seeds: Sequence[int]) -> str:
    """Return what tells the trained chips of the run in ``out`` from those of another training."""
    whole = hashlib.sha256()
    for seed in seeds:
        whole.update(places.checkpoint_of(out, seed).read_bytes())
    return whole.hexdigest()[:12]


def refuse_relearning(plan: Experiment, trained: Experiment) -> None:
    """Raise if ``plan`` would test chips of ``trained`` on what they learned, or another network.

    Raises
    ------
    ConfigError
        If learning, network or samples differ; the message names the setting.
    """
    if plan.common.chip != trained.common.chip:
        refuse("chip")
    for section in ("data", "network", "train", "learner"):
        now, then = getattr(plan.common, section), getattr(trained.common, section)
        if type(now) is not type(then):
            refuse(f"{section}.kind")
        for name in (f.name for f in fields(now)):
            if (section, name) != ("data", "path") and getattr(now, name) != getattr(then, name):
                refuse(f"{section}.{name}")


def refuse(setting: str) -> NoReturn:
    """Raise the error that names a ``setting`` which training has settled."""
    remedy = "Train anew with it: crossbar train ... --out another folder."
    fail(setting, "a setting that may change after training", "one that may not", remedy)


def trained_chip(
    plan: Experiment, dataset: Dataset, seed: int, out: Path, anew: Streams | None = None,
    *, fold: bool = True,
) -> Chip:  # fmt: skip
    """Return the chip of ``seed`` as training left it, with the non-idealities of ``plan``.

    Read noise, faults, converters, blocks and reading may differ from the run; cells that ``plan``
    calls stuck are stuck, whatever training left in them. Where the device itself, the mapping, the
    arrays or the way of programming differ, or where there are streams ``anew``, the chip is a new
    one; see :func:`new_chip`.
    """
    trained, learned = learned_chip(out, seed, dataset)
    if anew is not None or not same_cells(plan, trained):
        return new_chip(plan, learned, anew or plan.streams(seed), fold=fold)
    chip = build.chip(plan, dataset.ends, plan.streams(seed))
    chip.restore(learned.arrays())
    chip.activity.replace(learned.activity)
    return chip


def new_chip(plan: Experiment, learned: Chip, streams: Streams, *, fold: bool = True) -> Chip:
    """Return a chip that ``streams`` fabricate, programmed with the weights of ``learned``.

    The weights use its whole range (headroom 1) unless ``plan`` sets a headroom. Normalisations
    are folded into them, or stay in digital memory without ``fold``.
    """
    network, weights = written(learned, fold=fold)
    blocks, cells = plan.common.blocks, build.substrate(build.filled(plan))
    return network.build(cells, streams, blocks=blocks, loss=learned.loss, weights=weights)


def after_training(plan: Experiment, learner: Chip, streams: Streams) -> Chip:
    """Return the chip that is tested: ``learner``, or one that is programmed with its weights."""
    return new_chip(plan, learner, streams) if plan.common.train.weights.programs else learner


def written(learned: Chip, *, fold: bool) -> tuple[Network, dict[str, Floats]]:
    """Return the network and the weights that a new chip is programmed with; see new_chip."""
    return folded(learned) if fold else (learned.network, learned.trained())


def learned_chip(out: Path, seed: int, dataset: Dataset) -> tuple[Experiment, Chip]:
    """Return the experiment of the run in ``out`` and its chip of ``seed``; change neither.

    Both are cached until the files change. ``dataset`` must be what the chip learned from
    and is tested on.

    Raises
    ------
    DataError
        If the run is not finished, has no such seed or a damaged checkpoint, or ``dataset``
        is another.
    """
    trained, path, state = _kept(out, seed, dataset)
    return trained, _learned_chip(path, seed, dataset.ends, state)


def require_chips(out: Path, seeds: Sequence[int], dataset: Dataset) -> None:
    """Raise, before any work, unless the chips of ``seeds`` in ``out`` learned from ``dataset``."""
    for seed in seeds:
        _kept(out, seed, dataset)


def _kept(out: Path, seed: int, dataset: Dataset | None = None) -> tuple[Experiment, Path, str]:
    """Return the experiment of a trained chip, its checkpoint, and the stamp of that file.

    It must have learned from ``dataset``, unless that is None.
    """
    path = places.checkpoint_of(out, seed).absolute()
    if not places.finished(out, seed):
        remedy = "Finish the run with `crossbar train`, or choose a seed that it has."
        raise DataError(message(str(path), "the checkpoint of a trained chip", "none", remedy))
    state = stamp(path)
    trained, about = _trained(path, seed, state)
    parts = None if dataset is None else build.parts_of(trained.common.data, dataset, seed)
    chip_files.require_same(path, about, trained, parts)
    return trained, path, state


@lru_cache(maxsize=64)
def _trained(path: Path, seed: int, state: str) -> tuple[Experiment, Record]:
    """Return the experiment that the chip in ``path`` was trained by, and what is kept of it."""
    about = checkpoint.about(path)
    if "settings" not in about:
        remedy = "Train it anew: older versions kept the settings elsewhere."
        raise DataError(message(str(path), "settings of a training", "none", remedy))
    return experiment(about["settings"] | {"seed": [seed]}), about


@lru_cache(maxsize=4)
def _learned_chip(path: Path, seed: int, ends: Ends, state: str) -> Chip:
    """Return the chip in ``path``; the stamp of the file is a key of the cache."""
    trained, _ = _trained(path, seed, state)
    chip = build.chip(trained, ends, trained.streams(seed))
    checkpoint.load(path, chip)
    return chip


WRITTEN = (
    "mapping", "scaling", "size", "programming", "remap", "compensation", "spare_rows", "mismatch",
)  # fmt: skip
"""Settings of a tile that say which hardware there is, and what is written into it how."""


def same_cells(plan: Experiment, trained: Experiment) -> bool:
    """Return whether ``plan`` has the cells of ``trained``, except for read noise and faults."""
    if trained.common.train.weights.programs:
        return False
    names = {"", *plan.layers, *trained.layers}
    same = plan.common.network == trained.common.network and all(
        _same_cells(plan.of(name), trained.of(name)) for name in names
    )
    return same or not (plan.analog or trained.analog)


def _same_cells(one: Hardware, other: Hardware) -> bool:
    """Return whether the cells of ``one`` are those of ``other``, but for how they are read."""
    around = [(h.kind, *(getattr(h.tile, name) for name in WRITTEN)) for h in (one, other)]
    devices = [h.device for h in (one, other)]
    if around[0] != around[1] or describe(devices[0]) == describe(devices[1]):
        return around[0] == around[1]
    quiet = [device and describe(device.without_read_noise()) for device in devices]
    return bool(quiet[0] == quiet[1])
