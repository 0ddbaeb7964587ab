"""What a design notes in the store beside its runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from crossbar.runs.store.designed import FACT, FrontPoint, SettingEffect
from crossbar.runs.store.store import Store, located
from crossbar.types import Record


class Notes:
    """Predictions, sensitivities and front of the design in a store.

    Parameters
    ----------
    path
        Of the store, which need not be there yet.

    Attributes
    ----------
    runs
        That are done at first.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.record: Record = {}
        self.runs = 0
        if located(path).exists():
            with Store(path) as kept:
                self.record = kept.about.get(FACT, {})
                self.runs = kept.counts().get("done", 0)

    @property
    def predictions(self) -> dict[str, Record]:
        """What was predicted of points, by their keys."""
        return dict(self.record.get("predictions", {}))

    def predict(self, key: str, prediction: Record) -> None:
        """Note what is predicted of the point with ``key``, before it is run."""
        self._note(predictions=self.predictions | {key: prediction})

    def conclude(self, effects: Sequence[SettingEffect], front: Sequence[FrontPoint]) -> None:
        """Note the sensitivities at the best point, and the front if there is one."""
        said = {"front": [asdict(one) for one in front]} if front else {}
        self._note(effects=[asdict(one) for one in effects], **said)

    def _note(self, **parts: object) -> None:
        self.record = self.record | parts
        with Store(self.path, write=True) as kept:
            kept.note(**{FACT: self.record})
