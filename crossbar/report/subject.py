"""What tables, figures and limits need to know about the chips that they are about."""

from __future__ import annotations

from typing import Protocol

from crossbar.types import Record


class Subject(Protocol):
    """Tested chips: those of a run folder, or those of one point of a sweep."""

    @property
    def name(self) -> str:
        """What figures and tables call them."""

    @property
    def result(self) -> Record:
        """Settings, seeds, split and data of the chips, what cells they have, and sources."""

    @property
    def settings(self) -> Record:
        """What was set, without the defaults."""

    @property
    def energy(self) -> Record | None:
        """Energy by convention, or None where it was not counted."""

    @property
    def analog(self) -> bool:
        """Whether the weights are conductances."""
