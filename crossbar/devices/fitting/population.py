"""What the numbers of the likelihood mean: fields of the device and their limits."""

from __future__ import annotations

import numpy as np

from crossbar.devices.fitting.model import Model
from crossbar.types import Doubles, Masks

LARGEST_STEP = 0.5  # of the range, for one pulse
LARGEST_TILT = 0.99
LARGEST_SPREAD = (10.0, 1.0, 0.3)  # of steps, tilts and bounds, as LogNormal has them
LARGEST_NOISE = (100.0, 1.0)  # from pulse to pulse, and of reads
NARROWEST = 1e-3  # range of the device, relative to what was measured


def allowed(model: Model, shared: Doubles, mu: Doubles, s: Doubles) -> Masks:
    """Return which parameters (sets, n) a device can have."""
    q = len(model.law.shapes)
    width = mu[:, 3] - mu[:, 2]
    fine = ((shared[:, :q] >= model.law.low) & (shared[:, :q] <= model.law.high)).all(axis=1)
    low, high = model.limits
    k = model.shared
    fine &= (mu[:, 2] >= low[k + 2]) & (mu[:, 3] <= high[k + 3]) & (width > NARROWEST)
    with np.errstate(over="ignore", invalid="ignore"):
        sigma, read = np.exp(shared[:, q:].T)
        fine &= np.exp(mu[:, 0] + s[:, 0] ** 2 / 2) <= LARGEST_STEP * width
        fine &= (sigma < LARGEST_NOISE[0]) & (read < LARGEST_NOISE[1] * width)
        fine &= np.expm1(s[:, 0] ** 2) < LARGEST_SPREAD[0] ** 2
    fine &= (np.abs(mu[:, 1]) < LARGEST_TILT) & (s[:, 1] < LARGEST_SPREAD[1])
    possible: Masks = fine & (s[:, 2] < LARGEST_SPREAD[2] * width)
    return possible


def named(model: Model, draws: Doubles) -> dict[str, Doubles]:
    """Return fields of a Memristor by name, of parameters (..., shared + 7).

    With s the standard deviation of the logarithm of the step, the mean step is exp(mu + s^2 / 2)
    and its relative spread sqrt(exp(s^2) - 1); steps, bounds and reads are relative to the range.
    """
    k, q = model.shared, len(model.law.shapes)
    shared, mu, s = draws[..., :k], draws[..., k : k + 4], draws[..., k + 4 :]
    width = mu[..., 3] - mu[..., 2]
    fields = {
        f"step.{name}": shared[..., i] * model.law.unit[i]
        for i, name in enumerate(model.law.shapes)
    }
    fields = (
        _sizes(model, shared[..., :q], np.exp(mu[..., 0] + s[..., 0] ** 2 / 2) / width) | fields
    )
    fields |= {
        "g_min": model.data.zero + model.data.span * mu[..., 2],
        "g_max": model.data.zero + model.data.span * mu[..., 3],
        "asymmetry": mu[..., 1],
        "sigma_c2c": np.exp(shared[..., q]),
        "sigma_read": np.exp(shared[..., q + 1]) / width,
    }
    if model.spreads:
        fields |= {
            "sigma_d2d": np.sqrt(np.expm1(s[..., 0] ** 2)),
            "sigma_asymmetry_d2d": s[..., 1],
            "sigma_bounds_d2d": s[..., 2] / width,
        }
    return fields


def _sizes(model: Model, shapes: Doubles, size: Doubles) -> dict[str, Doubles]:
    """Return the fields that scale the step, for steps of ``size`` at mid-range."""
    law = model.law
    if law.size and law.law.size == getattr(law.law, law.size):
        return {f"step.{law.size}": size}
    shape = shapes.reshape(size.size, len(law.shapes))
    steps = [law.step(float(one), x) for one, x in zip(size.ravel(), shape, strict=True)]
    names = (law.size,) if law.size else ("up", "down")
    each = {name: np.array([getattr(step, name) for step in steps]) for name in names}
    return {f"step.{n}": x.reshape(*size.shape, *x.shape[1:]) for n, x in each.items()}
