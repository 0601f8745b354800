"""Dispatchers: bots that send what the desk recommends, watch, and close. They never touch a person's incident."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tocsin.domain.candidates import Candidate
from tocsin.domain.orders import AcknowledgeAlarm, CancelUnit, CloseIncident, DispatchUnits
from tocsin.domain.orders_plans import AcceptProposal
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import RANK
from tocsin.facts import choices, incidents, watch
from tocsin.facts.values import Instant
from tocsin.sim.clock import Signal
from tocsin.sim.common import Common
from tocsin.sim.ears import Heard
from tocsin.sim.happening import Sent, Truth
from tocsin.views.advice import Recommendation
from tocsin.views.rows import IncidentRow

NAMES = ("Rui", "Sofia", "Tomás", "Vera")
AGAIN_S = 25.0
"""When not everybody needed could be sent, ask again after so long."""
GIVE_UP_S = 1_800.0
"""Nobody could be sent for so long: the incident is passed on."""
INSTEAD = {"ambulance": ("private ambulance",), "private ambulance": ("ambulance",)}
"""Kinds that may go for one another when none is free."""
WAIT_FOR_KIND_S = 900.0
FREE = (
    None, "farther", "not_needed", "not_capable", "not_served", "resting", "neighbour", "leaves_gap", "less_certain",
    "other_way",
)  # fmt: skip


class Dispatchers:
    """The bots that send units."""

    def __init__(self, common: Common, openers: Collection[str]) -> None:
        self._c = common
        self._openers = openers
        self._signals: dict[str, Signal] = {}
        common.hands.names |= {f"dispatcher {name}" for name in NAMES}
        common.ears.on_any(self._stirs)
        common.ears.on(incidents.IncidentOpened, self._opened)
        common.ears.on(watch.AlarmRaised, self._alarm)
        common.ears.on(choices.ProposalMade, self._proposed)

    def resume(self) -> None:
        """Take up what bots left open in an older run."""
        for row in self._c.desk.board.incidents.values():
            if row.opened_by in self._openers:
                self._c.clock.start(self._work(row.id), f"incident {row.id}")

    def _stirs(self, entry: Heard) -> None:
        signal = self._signals.get(getattr(entry.fact, "incident", ""))
        if signal:
            signal.set()

    def _opened(self, entry: Heard) -> None:
        if entry.by in self._openers:
            self._c.clock.start(self._work(entry.fact.incident), f"incident {entry.fact.incident}")

    def _mine(self, incident: str) -> IncidentRow | None:
        row = self._c.desk.incident(incident)
        mine = row is not None and row.status == "open" and incident not in self._c.persons_incidents
        return row if mine else None

    async def _work(self, incident: str) -> None:
        dice = self._c.dice.of("dispatcher", incident)
        by = f"dispatcher {NAMES[int(incident) % len(NAMES)]}"
        signal = self._signals[incident] = Signal()
        row = self._mine(incident)
        if row is None:
            return
        truth = self._c.truth(incident)
        if row.first_dispatched_at is None:
            await self._c.clock.sleep(self._c.times.draw("sending", "", row.priority, dice))
        if truth.happening and truth.happening.sent:
            await self._send_recorded(by, incident, truth.happening.sent)
        else:
            await self._send(by, incident)
        await self._close(by, incident, truth, signal, dice.uniform(5.0, 45.0))
        self._signals.pop(incident, None)

    # -- sending ----------------------------------------------------------------------------------------------------

    async def _send(self, by: str, incident: str) -> None:
        """What the desk recommends, until every need is met once, or whoever came has left again."""
        since, again_s = self._c.clock.now(), AGAIN_S
        while (row := self._mine(incident)) is not None:
            if row.first_on_scene_at is not None and not row.units:
                return
            told = await self._c.desk.recommend(incident)
            if isinstance(told, Refusal):
                return
            chosen = tuple(c.unit for c in told.candidates if c.chosen)
            if chosen and await self._c.hands.give(by, DispatchUnits(incident, chosen, told.id)) is None:
                await self._c.clock.sleep(1.0)
                continue
            if all(need.assigned + need.chosen >= need.count for need in told.needs):
                return
            if not row.units and self._c.clock.now() - since > GIVE_UP_S:
                return
            await self._c.clock.sleep(again_s)
            again_s = min(4 * AGAIN_S, again_s * 1.4)

    async def _send_recorded(self, by: str, incident: str, sent: Sequence[Sent]) -> None:
        """The kinds the record sent, when it sent them, each the nearest that is free."""
        first_at = self._c.clock.now()
        later = sorted(sent, key=lambda one: one.after_s)
        wanted: list[tuple[Sent, Instant]] = []
        while (later or wanted) and (row := self._mine(incident)) is not None:
            now = self._c.clock.now()
            while later and first_at + later[0].after_s <= now:
                wanted.append((later.pop(0), now))
            wanted = [(one, since) for one, since in wanted if now - since < WAIT_FOR_KIND_S]
            wanted = await self._send_kinds(by, incident, wanted)
            if row.first_on_scene_at is not None and not row.units and not wanted:
                return
            again_at = now + AGAIN_S if wanted else float("inf")
            if later or wanted:
                await self._c.clock.sleep_until(min(again_at, first_at + later[0].after_s if later else again_at))

    async def _send_kinds(
        self, by: str, incident: str, wanted: list[tuple[Sent, Instant]]
    ) -> list[tuple[Sent, Instant]]:
        """Send the nearest free unit of each kind; answers what is still wanted."""
        if not wanted:
            return []
        told = await self._c.desk.recommend(incident)
        if isinstance(told, Refusal):
            return []
        chosen, missing = self._nearest(told, wanted)
        if chosen and await self._c.hands.give(by, DispatchUnits(incident, tuple(chosen))) is None:
            return wanted
        for unit, one in chosen.items():
            if one.called_off_after_s is not None:
                self._c.clock.start(self._call_off(by, incident, unit, one.called_off_after_s), f"call off {unit}")
        return missing

    def _nearest(
        self, told: Recommendation, wanted: list[tuple[Sent, Instant]]
    ) -> tuple[dict[str, Sent], list[tuple[Sent, Instant]]]:
        free = sorted((c for c in told.candidates if c.reason in FREE and c.eta_s is not None), key=_eta)
        kind_of = {c.unit: row.unit_kind for c in free if (row := self._c.desk.unit(c.unit))}
        chosen: dict[str, Sent] = {}
        missing: list[tuple[Sent, Instant]] = []
        for one, since in wanted:
            for kind in (one.unit_kind, *INSTEAD.get(one.unit_kind, ())):
                unit = next((c.unit for c in free if kind_of[c.unit] == kind and c.unit not in chosen), None)
                if unit:
                    chosen[unit] = one
                    break
            else:
                missing.append((one, since))
        return chosen, missing

    async def _call_off(self, by: str, incident: str, unit: str, after_s: float) -> None:
        await self._c.clock.sleep(after_s)
        row = self._c.desk.unit(unit)
        if row and row.incident == incident and RANK[row.status] < RANK["on_scene"] and self._mine(incident):
            await self._c.hands.give(by, CancelUnit(unit, "not needed any more"))

    # -- closing ----------------------------------------------------------------------------------------------------

    async def _close(self, by: str, incident: str, truth: Truth, signal: Signal, after_s: float) -> None:
        """When the last unit has left."""
        since = self._c.clock.now()
        while (row := self._mine(incident)) is not None:
            idle = not row.units
            if idle and row.first_dispatched_at is not None:
                await self._c.clock.sleep(after_s)
                if (row := self._mine(incident)) is not None and not row.units:
                    end = truth.happening.disposition if truth.happening else "handled"
                    await self._c.hands.give(by, CloseIncident(incident, "transported" if truth.taken else end))
                continue
            if idle and self._c.clock.now() - since > GIVE_UP_S:
                text = "no unit of ours was free for half an hour; passed on"
                await self._c.hands.give(by, CloseIncident(incident, "other_service", text))
                continue
            await self._c.clock.sleep(AGAIN_S * 4, signal)

    # -- proposals --------------------------------------------------------------------------------------------------

    def _proposed(self, entry: Heard) -> None:
        fact: choices.ProposalMade = entry.fact
        if fact.incident in self._signals:
            self._c.clock.start(self._weigh(fact), f"proposal {fact.proposal}")

    async def _weigh(self, fact: choices.ProposalMade) -> None:
        """Take what is better, as a dispatcher would; a person's incident is left to the person."""
        dice = self._c.dice.of("proposal", fact.proposal)
        await self._c.clock.sleep(dice.uniform(4.0, 20.0))
        row = self._mine(fact.incident)
        if row and row.proposal and row.proposal.id == fact.proposal:
            by = f"dispatcher {NAMES[int(fact.incident) % len(NAMES)]}"
            await self._c.hands.give(by, AcceptProposal(fact.proposal))

    # -- alarms -----------------------------------------------------------------------------------------------------

    def _alarm(self, entry: Heard) -> None:
        fact: watch.AlarmRaised = entry.fact
        if fact.incident and fact.incident in self._signals:
            self._c.clock.start(self._see(fact), f"alarm {fact.alarm}")

    async def _see(self, fact: watch.AlarmRaised) -> None:
        dice = self._c.dice.of("alarm", fact.alarm, fact.at)
        await self._c.clock.sleep(dice.uniform(15.0, 70.0))
        if fact.alarm in self._c.desk.board.alarms and self._mine(fact.incident):
            by = f"dispatcher {NAMES[int(fact.incident) % len(NAMES)]}"
            await self._c.hands.give(by, AcknowledgeAlarm(fact.alarm))


def _eta(candidate: Candidate) -> tuple[float, str]:
    return (float("inf") if candidate.eta_s is None else candidate.eta_s, candidate.unit)
