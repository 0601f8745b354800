"""How a long job says where it is. Knows nothing of terminals; the command line draws the bar."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told each stage by name with its total of steps, then the steps done since the last word."""

    def stage(self, name: str, total: int) -> None:
        """A new stage begins; `total` steps are expected (0 when unknown)."""

    def advance(self, n: int) -> None:
        """`n` more steps of this stage are done."""


class Silent:
    """A progress that says nothing."""

    def stage(self, name: str, total: int) -> None:
        """Ignore the stage."""

    def advance(self, n: int) -> None:
        """Ignore the steps."""
