"""How a long build tells its watcher where it is. Refuses to know what draws it (bar, log line, nothing)."""

from typing import Protocol


class Progress(Protocol):
    """Someone who watches a build."""

    def stage(self, name: str, total: float | None) -> None:
        """A new stage begins; `total` is its amount of work in the unit `advance` counts, None when unknown."""

    def advance(self, n: float) -> None:
        """`n` more of the current stage's work is done."""


class Quiet:
    """A watcher that does not look: for tests and for callers that need no bar."""

    def stage(self, name: str, total: float | None) -> None:
        """Ignore the stage."""

    def advance(self, n: float) -> None:
        """Ignore the step."""
