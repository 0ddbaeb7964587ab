"""What the settings of a run mean, and their units: the names of the configuration in words."""

from __future__ import annotations

import math
from typing import Any

from crossbar.report.wording import quantity_text

# name -> (meaning, SI unit). "%": a share, written as a percentage.
FIELDS: dict[str, tuple[str, str]] = {
    "bits": ("resolution (bits)", ""),
    "g_unit": ("conductance of one code step; none: full range / 2^bits", "S"),
    "g_full": ("conductance of the full code", "S"),
    "sigma_unit": ("mismatch of a unit conductance, relative to it", "%"),
    "g_min": ("lowest conductance", "S"),
    "g_max": ("highest conductance", "S"),
    "dw_min": ("mean step of a pulse, relative to the range", "%"),
    "slope": ("change of the step along the range", ""),
    "steepness": ("steepness of the exponential step", ""),
    "asymmetry": ("asymmetry of set and reset steps", ""),
    "sigma_d2d": ("spread of the step from cell to cell, relative", "%"),
    "sigma_asymmetry_d2d": ("spread of the asymmetry from cell to cell", ""),
    "sigma_bounds_d2d": ("spread of the bounds from cell to cell, relative to the range", "%"),
    "sigma_c2c": ("spread of the step from pulse to pulse, relative", "%"),
    "max_pulses": ("most pulses for one change of a cell", ""),
    "rounding": ("how a change becomes whole pulses or codes", ""),
    "sigma_program": ("programming error relative to the range, polynomial in the conductance", ""),
    "sigma_read": ("read noise, standard deviation relative to the range", "%"),
    "sigma_read_value": ("read noise, standard deviation relative to the conductance", "%"),
    "flicker": ("law of 1/f read noise", ""),
    "amplitude": ("1/f noise at full conductance, relative to it, before the root of ln t", ""),
    "power": ("power of its growth towards small conductances", ""),
    "most": ("largest 1/f noise, relative to the conductance, before the root of ln t", ""),
    "t_r": ("time of a read of the measured 1/f noise", "s"),
    "nu": ("drift exponent, or a, b, low, high of clip(a ln(g/g_max) + b, low, high)", ""),
    "sigma_nu": ("spread of the drift exponent", ""),
    "drift": ("law of the drift exponent; none: nu and its spread", ""),
    "t0": ("time of the programming read, from which drift counts", "s"),
    "tau_leak": ("time constant of leakage", "s"),
    "v_write": ("voltage of a write pulse", "V"),
    "t_write": ("time of a write pulse", "s"),
    "mapping": ("cells of a weight", ""),
    "w_max": ("largest weight; none: headroom times the largest initial weight", ""),
    "headroom": ("room for weights to grow while they learn", ""),
    "v_read": ("largest voltage of a read", "V"),
    "t_read": ("time of a read", "s"),
    "temperature": ("temperature, of thermal noise", "K"),
    "fano": ("shot noise of the cells; 0: ohmic, 1: tunnelling", ""),
    "r_wl": ("resistance of a word-line segment", "ohm"),
    "r_bl": ("resistance of a bit-line segment", "ohm"),
    "r_driver": ("resistance of a word-line driver", "ohm"),
    "r_sense": ("resistance before a sense amplifier", "ohm"),
    "wires": ("line resistance", ""),
    "size": ("largest array; none: one array a layer", ""),
    "dac": ("converters of inputs", ""),
    "adc": ("converters of outputs", ""),
    "reach": ("full scale of the converter, relative", ""),
    "driven": ("ends of the word lines that are driven", ""),
    "sensed": ("ends of the bit lines that are sensed", ""),
    "refresh": ("most updates between exact recalculations of line resistance", ""),
    "tolerance": ("movement of conductances that calls for an exact recalculation", "%"),
    "follow": ("updates between corrections of line resistance by an estimate", ""),
    "pulsing": ("how several pulses of one change act", ""),
    "precision": ("floating-point type of the simulation", ""),
    "p_on": ("share of cells stuck at the highest conductance", "%"),
    "p_off": ("share of cells stuck at the lowest conductance", "%"),
    "map": ("map of stuck cells", ""),
    "errors": ("gain error, offset, noise and saturation of the block", ""),
    "gain_error": ("error of the gain, relative", "%"),
    "offset": ("offset, relative to full scale", "%"),
    "noise": ("noise, standard deviation relative to full scale", "%"),
    "saturation": ("largest output, relative to full scale", ""),
    "span": ("full scale of the sense amplifier, relative to the largest possible current", ""),
    "rate": ("images per second, for power", "Hz"),
    "images": ("images that events were counted over", ""),
    "device.kind": ("device", ""),
    "adc.bits": ("resolution of the output converters (bits)", ""),
    "dac.bits": ("resolution of the input converters (bits)", ""),
    "adc.reach": ("full scale of the output converters, relative", ""),
    "seed": ("seed", ""),
    "run.folder": ("folder of the trained chips", ""),
    "run.result": ("digest of what their training left", ""),
    "preset": ("synthetic sound", ""),
    "clips": ("clips a class", ""),
    "split": ("parts are split by", ""),
    "normalise": ("scale of the spectrograms", ""),
    "filters": ("filters", ""),
    "kernel": ("side of a filter (pixels)", ""),
    "hidden": ("hidden neurons", ""),
    "copies": ("copies of the convolution array", ""),
    "keep": ("share of neurons kept while learning", "%"),
    "epochs": ("epochs", ""),
    "gamma": ("learning rate", ""),
    "batch": ("images a step", ""),
    "age": ("time since programming", "s"),
    "chip": ("fabricated chip", ""),
    "compensate": ("drift compensation", ""),
}

# What a run measures: name -> (words, SI unit). "%" as above.
METRICS: dict[str, tuple[str, str]] = {
    "accuracy": ("accuracy", "%"),
    "loss": ("cross-entropy loss", "nats"),
    "precision": ("precision", "%"),
    "recall": ("recall", "%"),
    "f1": ("F1 score", "%"),
    "test_images": ("test images", ""),
    "independent_images": ("independent test images", ""),
    "resampling": ("test samples a training sample, split anew by every seed", ""),
    "energy_inference": ("energy of an inference", "J"),
    "energy_training": ("energy of a training step", "J"),
    "latency": ("time of an inference", "s"),
    "cells": ("cells", ""),
    "duration": ("duration of a run", "s"),
}


def meaning(name: str) -> str:
    """Return what the setting called ``name`` is; its last name where nothing is known.

    Examples
    --------
    >>> meaning("bits"), meaning("tile.adc.bits"), meaning("my.own_setting")
    ('resolution (bits)', 'resolution of the output converters (bits)', 'own setting')
    """
    return _field(name)[0]


def unit_of(name: str) -> str:
    """Return the SI unit of the setting called ``name``; empty where there is none.

    Examples
    --------
    >>> unit_of("device.g_max"), unit_of("test.age"), unit_of("device.bits")
    ('S', 's', '')
    """
    return _field(name)[1]


def _field(name: str) -> tuple[str, str]:
    """Return meaning and unit: of the full name, or of the longest end of it that is known."""
    parts = name.split(".")
    ends = (".".join(parts[k:]) for k in range(len(parts)))
    return next((FIELDS[end] for end in ends if end in FIELDS), (parts[-1].replace("_", " "), ""))


def value_text(name: str, value: Any) -> str:
    """Return the value of the setting called ``name`` with its unit.

    Examples
    --------
    >>> value_text("t_read", 3.2e-10), value_text("sigma_read", 0.005), value_text("wires", None)
    ('320 ps', '0.5 %', 'none')
    """
    unit = unit_of(name)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "none"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return _other(value)
    if math.isinf(value):
        return "infinite"
    if unit == "%":
        return f"{100 * value:.4g} %"
    return quantity_text(float(value), unit) if unit else f"{value:g}"


def _other(value: Any) -> str:
    if isinstance(value, list):
        shown = [f"{v:.4g}" if isinstance(v, float) else str(v) for v in value[:6]]
        return ", ".join(shown) + (f", ... ({len(value)} values)" if len(value) > 6 else "")
    return str(value)


def flat(record: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Return the settings of ``record`` by dotted name; the kind of a part stands under its name.

    Examples
    --------
    >>> flat({"step": {"type": "SoftBounds", "dw_min": 0.002}})
    [('step', 'SoftBounds'), ('step.dw_min', 0.002)]
    """
    values: list[tuple[str, Any]] = []
    for name, value in record.items():
        path = f"{prefix}.{name}" if prefix else name
        if name == "type":
            if prefix:
                values.append((prefix, value))
        elif isinstance(value, dict):
            values.extend(flat(value, path))
        else:
            values.append((path, value))
    return values
