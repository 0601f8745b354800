"""Not now: what whoever gave an order is told when it could not be settled. Knows no order and no store."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.desk.writer import Asked
from tocsin.log.port import LogError, Unsure


class Busy(Exception):  # noqa: N818 - it is a state of the desk, and reads as one
    """Not now: `name` is `busy` (too much is waiting) or `not_recorded` (the store refused): nothing was changed. Or
    `not_known`: the store was lost under the write; the same order under the same key finds out."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name


def not_recorded(error: LogError) -> Busy:
    """What whoever asked is told when the store refused."""
    if isinstance(error, Unsure):
        return Busy("not_known", f"{error}; send the same order again: it is done once")
    return Busy("not_recorded", f"the record refused: {error}; nothing was changed")


def fail_all(batch: Sequence[Asked], error: Busy) -> None:
    """Tell everybody who waits."""
    for asked in batch:
        if not asked.answer.done():
            asked.answer.set_exception(error)
