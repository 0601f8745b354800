"""Which rows facts can have changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from tocsin.facts.union import DecisionFact
from tocsin.facts.watch import CALL_ALARMS, UNIT_ALARMS, alarm_id

R = TypeVar("R")


def pick(rows: Mapping[str, R], ids: Iterable[str]) -> dict[str, R | None]:
    """These rows, None where there is none."""
    return {id_: rows.get(id_) for id_ in ids}


class Touched:
    """Ids of the rows that facts can have changed. Dicts, not sets: the order of the facts is kept."""

    def __init__(self) -> None:
        self.calls: dict[str, None] = {}
        self.incidents: dict[str, None] = {}
        self.units: dict[str, None] = {}
        self.alarms: dict[str, None] = {}
        self.closures: dict[str, None] = {}
        self.hospitals: dict[str, None] = {}
        self.caller_links: dict[str, None] = {}

    def add(self, fact: DecisionFact) -> None:
        """Every id that `fact` names, and the alarms whose cause it may end."""
        told: dict[str, Any] = {name: getattr(fact, name) for name in fact.__struct_fields__}
        for name, into in (
            ("call", self.calls), ("unit", self.units), ("closure", self.closures), ("hospital", self.hospitals),
            ("link", self.caller_links),
        ):  # fmt: skip
            if told.get(name):
                into[told[name]] = None
        for name in ("incident", "other", "to"):
            if told.get(name):
                self.incidents[told[name]] = None
        if "alarm" in told:
            self.alarms[told["alarm"]] = None
        for name, kinds in (("call", CALL_ALARMS), ("unit", UNIT_ALARMS)):
            if told.get(name):
                self.alarms |= {alarm_id(alarm_kind, told[name]): None for alarm_kind in kinds}
