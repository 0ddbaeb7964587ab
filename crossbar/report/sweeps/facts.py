"""What a sweep shows of itself."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crossbar.displayed import Displayed


class SweepFacts(Displayed):
    """The line and the table of a sweep."""

    path: Path
    frame: pd.DataFrame
    parameters: tuple[str, ...]
    metrics: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name of the folder, or of the file where it is not ``runs.db``."""
        raise NotImplementedError

    def __repr__(self) -> str:
        varied = ", ".join(self.parameters) or "nothing varies"
        return f"<Sweep {self.name}: {varied}; {self._finished}>"

    @property
    def _finished(self) -> str:
        """How many runs are finished."""
        return f"{int((self.frame['status'] == 'done').sum())} of {len(self.frame)} finished"

    def _facts(self) -> dict[str, str]:
        varied = {n: ", ".join(f"{v}" for v in self.frame[n].unique()) for n in self.parameters}
        return {"path": str(self.path), "runs": self._finished, **varied,
                "metrics": ", ".join(self.metrics)}  # fmt: skip
