"""Invented hospitals and the people in them: what each can do, how full it says it is, a diversion now and then.

What a hospital can do is drawn from its name, so that a city keeps its hospitals from one run to the next.
"""

from __future__ import annotations

from random import Random

from tocsin.domain.orders_standby import DivertHospital, RegisterHospital, ReportHospital
from tocsin.sim.common import Common
from tocsin.views.rows import HospitalRow

NAME = "hospital desks"
CAN = ("trauma", "cath_lab", "stroke", "maternity", "paediatrics")
NEEDS: dict[str, tuple[str, ...]] = {
    "MED-CARDIAC": ("cath_lab",),
    "MED-STROKE": ("stroke",),
    "MED-BIRTH": ("maternity",),
}
"""What patients of the packaged types need, where an invented hospital has it."""
REPORT_S = 1_800.0
DIVERTS_EVERY_S = 10_800.0
"""Mean time between two diversions of one hospital."""
REASONS = ("emergency ward full", "no free intensive care bed", "CT scanner down", "power cut in the ward")


class Wards:
    """One bot for all hospitals. Says nothing of hospitals that somebody else has described."""

    def __init__(self, common: Common) -> None:
        self._c = common

    async def open(self) -> None:
        """Say what each can do. A patient's need that no hospital here has is no need."""
        rows = sorted(self._c.desk.board.hospitals.values(), key=lambda row: row.id)
        for n, row in enumerate(rows):
            if not row.capabilities:
                can, beds = self._can(row, first=n == 0)
                await self._c.hands.give(NAME, RegisterHospital(row.id, row.place, can, beds))
        known = {can for row in self._c.desk.board.hospitals.values() for can in row.capabilities}
        rules = self._c.desk.hospitals.rules
        if not rules.needs:
            needs = {code: what for code, what in NEEDS.items() if set(what) <= known}
            self._c.desk.hospitals.rules = type(rules)(rules.hospitals, needs, rules.map)

    def _can(self, row: HospitalRow, *, first: bool) -> tuple[tuple[str, ...], int]:
        dice = Random(f"hospital/{row.id}")  # the same whatever the seed of the day
        can = CAN if first else tuple(one for one in CAN if dice.random() < 0.45)
        return can, dice.randint(8, 60)

    async def watch(self) -> None:
        """For ever."""
        dice = self._c.dice.of("hospitals", "days")
        while True:
            for row in list(self._c.desk.board.hospitals.values()):
                await self._report(row, dice)
            await self._c.clock.sleep(REPORT_S)

    async def _report(self, row: HospitalRow, dice: Random) -> None:
        now = self._c.clock.now()
        wait_s = 60.0 * round(dice.lognormvariate(2.2, 0.7))
        free = max(0, round((row.beds or 20) * dice.uniform(-0.1, 0.5)))
        await self._c.hands.give(NAME, ReportHospital(row.id, min(wait_s, 7_200.0), free))
        diverts = row.diverted_since is not None and (row.diverted_until is None or row.diverted_until > now)
        if not diverts and dice.random() < REPORT_S / DIVERTS_EVERY_S:
            until = now + 60.0 * dice.choice((30, 45, 60, 90))
            await self._c.hands.give(NAME, DivertHospital(row.id, dice.choice(REASONS), until))
