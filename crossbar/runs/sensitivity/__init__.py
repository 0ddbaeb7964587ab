"""How figures of a trained chip depend on its settings: derivatives in two passes, no training."""

from __future__ import annotations

from crossbar.runs.sensitivity.chip import SensitiveChip, Sensitivity

__all__ = ["SensitiveChip", "Sensitivity"]
