"""What happened to the centre itself. Refuses to know who works there."""

from __future__ import annotations

from typing import Literal, TypeAlias

from tocsin.facts.base import FactBase

Mode: TypeAlias = Literal["live", "exercise"]


class CentreOpened(FactBase, tag="centre.opened", frozen=True):
    """The first fact of a log: whose it is, and whether its calls are real."""

    centre: str
    name: str
    mode: Mode
