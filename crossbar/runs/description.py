"""Experiments as plain names and values, for records and reports."""

from __future__ import annotations

from crossbar.data import Data, Dataset
from crossbar.runs.experiment import Experiment
from crossbar.runs.hardware import Hardware
from crossbar.runs.plain import describe
from crossbar.runs.toml import Settings


def configuration(plan: Experiment) -> Settings:
    """Return every setting of ``plan``, defaults included, as plain values."""
    common = plan.common
    described = {"device": describe(plan.device), "tile": describe(plan.tile)}
    if plan.layers:
        described["layers"] = {n: layer_record(one) for n, one in plan.layers.items()}
    return described | {k: describe(getattr(common, k)) for k in common.__dataclass_fields__}


def layer_record(hardware: Hardware) -> Settings:
    """Return the hardware of a layer under the names of its settings."""
    tile = {"device": describe(hardware.device), **describe(hardware.tile)}
    return {"kind": hardware.kind} | {k: v for k, v in tile.items() if k != "type"}


def samples(data: Data, dataset: Dataset) -> Settings:
    """Return what the samples are, for records and reports."""
    words = dataset.words
    return {
        "sample": words.sample,
        "group": words.group,
        "grouped": dataset.groups is not None,
        "regression": dataset.regression,
        "seen": dataset.seen,
        "form": dataset.form,
        "made": words.made,
        "normalised": data.normalise.words,
        "limits": list(dataset.limits),
    }
