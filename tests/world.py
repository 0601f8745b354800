"""A small centre for tests: its catalogue, facts in few words, and a source of random orders, valid and not.

Everything takes its dice and its clock from outside, so that a failure can be played again.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

from tocsin.domain import orders, orders_calls, orders_privacy
from tocsin.domain import orders_caller_links as links
from tocsin.domain import orders_plans as op
from tocsin.domain import orders_sharing as sharing
from tocsin.domain import orders_standby as standby
from tocsin.domain.decide import decide
from tocsin.domain.evolve import evolve
from tocsin.domain.given import Decision, Given
from tocsin.domain.orders import AnyOrder
from tocsin.domain.orders_glass import BreakGlass
from tocsin.domain.orders_locations import ReportLocation, StateEstimate
from tocsin.domain.orders_neighbours import LogEvent
from tocsin.domain.plan_words import read_requirement
from tocsin.domain.plans import NO_PLANS, Plan, Plans
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import RANK, STAGES, Room
from tocsin.domain.travel import Travel, Travels
from tocsin.domain.types import Catalogue, Disposition, IncidentType, Limits, Need
from tocsin.facts import assignments, calls, centre, incidents, units
from tocsin.facts.assignments import Drive
from tocsin.facts.base import Entry
from tocsin.facts.choices import Considered, Shown
from tocsin.facts.privacy import KINDS
from tocsin.facts.shapes import Circle
from tocsin.facts.union import AnyEntry, DecisionFact
from tocsin.facts.values import Place

T0 = 1_790_000_000.0
HERE = Place(38.70, -9.14, "Rua do Ouro 12", "address")
THERE = Place(38.75, -9.20, "Avenida da Liberdade 1", "address")
HOME = Place(38.72, -9.15, "Station 1", "registered")
LIMITS = Limits(call_unanswered_s=10, not_acknowledged_s=60, long_on_scene_s=2_700)


def kind(code: str, priority: int, *needs: tuple[str, int]) -> IncidentType:
    """An incident type with these needs."""
    return IncidentType(code, "fire", priority, {"en": code}, tuple(Need(*need) for need in needs))


CATALOGUE = Catalogue(
    (kind("FIRE", 1, ("engine", 2), ("ladder", 1)), kind("SICK", 2, ("als", 1), ("ambulance", 1)), kind("TALK", 5)),
    (Disposition("DONE", {"en": "Done"}), Disposition("FALSE", {"en": "False alarm"})),
    LIMITS,
    first_incident=1,
)


PLANS = Plans((Plan("fire", ((read_requirement("2 engine"),), (read_requirement("1 ladder"),)), types=("FIRE",)),))
"""One plan of two alarm levels."""


def given(
    now: float = T0 + 100,
    by: str = "ana",
    travels: Travels | None = None,
    plans: Plans = NO_PLANS,
    shown: Shown | None = None,
) -> Given:
    """What a decision is handed."""
    return Given(now, by, CATALOGUE, travels or {}, plans, shown)


def room_of(*facts: DecisionFact | Iterable[DecisionFact]) -> Room:
    """The room after these facts."""
    room = Room()
    for fact in flat(facts):
        evolve(room, fact)
    return room


def flat(facts: Iterable[DecisionFact | Iterable[DecisionFact]]) -> Iterator[DecisionFact]:
    """Facts out of facts and groups of them."""
    for fact in facts:
        if isinstance(fact, tuple | list):
            yield from flat(fact)
        else:
            yield fact  # type: ignore[misc]


def entries_of(*facts: DecisionFact | Iterable[DecisionFact], by: str = "ana", first: int = 1) -> list[AnyEntry]:
    """The facts as they would stand in a log."""
    return [Entry(first + i, fact.at, by, f"o{first + i}", 0, fact) for i, fact in enumerate(flat(facts))]


# -- facts in few words -----------------------------------------------------------------------------------------------

OPENED = centre.CentreOpened(T0, "north", "North", "exercise")


def ringing(call: str = "1", at: float = T0, place: Place | None = None) -> calls.CallReceived:
    """A line rings."""
    return calls.CallReceived(at, call, "112", place=place)


def answered(call: str = "1", by: str = "ana", at: float = T0 + 5) -> calls.CallAnswered:
    """Somebody took it."""
    return calls.CallAnswered(at, call, by)


def taken(call: str = "1", at: float = T0, place: Place | None = None) -> tuple[DecisionFact, ...]:
    """A call that rang and was answered five seconds later."""
    return ringing(call, at, place), answered(call, at=at + 5)


def opened(
    incident: str = "1", at: float = T0 + 10, code: str = "FIRE", place: Place = HERE, calls: tuple[str, ...] = ()
):
    """An incident."""
    return incidents.IncidentOpened(at, incident, code, 1, place, calls)


def closed(incident: str = "1", at: float = T0 + 50) -> incidents.IncidentClosed:
    """It is over."""
    return incidents.IncidentClosed(at, incident, "DONE")


def unit(
    name: str = "E1", *capabilities: str, crew: int | None = 4, crew_min: int = 2, home: Place = HOME
) -> tuple[DecisionFact, ...]:
    """A unit, on duty with `crew`, or off duty."""
    known = units.UnitRegistered(T0, name, "engine", "fire", capabilities or ("engine",), crew_min, home, "S1")
    return (known,) if crew is None else (known, units.UnitCameOnDuty(T0, name, crew))


NO_DRIVE = Drive("none")


def sent(name: str = "E1", incident: str = "1", at: float = T0 + 20, drive: Drive = NO_DRIVE):
    """A unit was sent."""
    return assignments.UnitDispatched(at, name, incident, drive)


STAGE_FACTS = dict(
    zip(
        STAGES[1:],
        (
            assignments.UnitAcknowledged,
            assignments.UnitEnRoute,
            assignments.UnitStaged,
            assignments.UnitOnScene,
            assignments.UnitAtPatient,
            assignments.UnitLeftScene,
            assignments.UnitAtHospital,
            assignments.UnitHandedOver,
        ),
        strict=True,
    )
)


def stage(status: str, name: str = "E1", incident: str = "1", at: float = T0 + 30) -> DecisionFact:
    """A crew reported a stage."""
    return STAGE_FACTS[status](at, name, incident)  # type: ignore[abstract,return-value]


def travel(eta_s: float, basis: str = "road", position_at: float | None = T0) -> Travel:
    """A drive."""
    return Travel(basis, eta_s, eta_s * 10, HOME.lat, HOME.lon, position_at)  # type: ignore[arg-type]


# -- random orders ----------------------------------------------------------------------------------------------------

UNITS = ("E1", "E2", "A1", "L1", "1", "2")
"""Two units are named like calls and incidents are, as they are in many a real centre."""
CAPABILITIES = ("engine", "ladder", "als", "ambulance")
AGENCIES = {"A1": "ems", "1": "ems", "2": "police"}
"""Whose units are no fire engines."""
NUMBERS = ("+351 912 345 678", "0912345678", "+351 913 000 111")
PLACES = (HERE, THERE, HOME)


class Dice:
    """Random orders in a room. Mostly such as make sense there, often enough such as do not."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def some(self, known: Iterable[str], *others: str) -> str:
        """One that is there, mostly."""
        pool = list(known)
        return self.rng.choice(pool) if pool and self.rng.random() < 0.93 else self.rng.choice(others or ("1", "99"))

    def order(self, room: Room, now: float) -> AnyOrder:
        """One order."""
        make = self.rng.choice(self.MAKERS)
        return make(self, room, now)

    def call(self, room: Room) -> str:
        """A call, mostly a live one."""
        live = [call.id for call in room.calls.values() if call.status in ("ringing", "answered")]
        return self.some(live or room.calls, "1", "77")

    def talking(self, room: Room) -> list[str]:
        """Calls that were answered."""
        return [call.id for call in room.calls.values() if call.status == "answered"]

    def incident(self, room: Room) -> str:
        """An incident, mostly an open one."""
        return self.some([i.id for i in room.incidents.values() if i.open] or room.incidents, "1", "88")

    def free(self, room: Room) -> list[str]:
        """Units that could be sent."""
        return [u.id for u in room.units.values() if u.on_duty and not u.assignment and u.crew_count >= u.crew_min]

    def at(self, now: float) -> float | None:
        """When it is said to have happened."""
        return self.rng.choice((None, None, None, now - self.rng.random() * 20, now + 1, now + 60, now - 90_000))

    def basis(self, room: Room) -> str:
        """What a place was taken from."""
        return self.rng.choice(("", "", self.some(room.bases, "L9")))

    def receive(self, room: Room, now: float) -> AnyOrder:
        """A call."""
        place = self.rng.choice((None, *PLACES))
        return orders.ReceiveCall("112", self.rng.choice(("", *NUMBERS)), place=place, at=self.at(now))

    def handle(self, room: Room, now: float) -> AnyOrder:
        """Something is done with a call."""
        call = self.call(room)
        if self.rng.random() < 0.5:
            return orders.AnswerCall(self.some(room.ringing, call))
        return self.rng.choice(
            (
                orders.LocateCall(call, self.rng.choice(PLACES), self.basis(room)),
                orders.NoteCall(call, self.rng.choice(("smoke", " ", "нет", "a\x00b"))),
                orders.ReleaseCall(call, self.rng.choice(("abandoned", "information", "silent"))),
                orders.AttachCall(self.some(self.talking(room), call), self.incident(room)),
            )
        )

    def after(self, room: Room, now: float) -> AnyOrder:
        """Calls are split off, silent, or called back."""
        inside = [call.id for call in room.calls.values() if call.status == "attached"]
        lost, live = self.some(room.backs, "1"), self.some(self.talking(room), "1")
        return self.rng.choice(
            (
                orders_calls.DetachCall(self.some(inside, "1"), self.rng.choice(("", "noch eine Straße"))),
                orders_calls.MarkSilent(live),
                orders.ReleaseCall(live, "silent"),
                orders_calls.CallBack(lost, self.rng.choice(("reached", "no_answer"))),
                orders_calls.CloseCallBack(lost, self.rng.choice(("well", "known", "nope"))),
                orders.AttachCall(lost, self.incident(room)),
            )
        )

    def respond(self, room: Room, now: float) -> AnyOrder:
        """An incident from calls, or from none."""
        talking = self.talking(room)
        chosen = tuple(self.rng.sample(talking, self.rng.randint(0, len(talking))))
        if self.rng.random() < 0.1:
            chosen = (*chosen, self.call(room), *chosen[:1])
        code = self.rng.choice(("FIRE", "SICK", "TALK", "FIRE", "SICK", "NOPE"))
        place = self.rng.choice((None, *PLACES))
        return orders.OpenIncident(code, place=place, calls=chosen, summary=self.rng.choice(("", "大火")))

    def change(self, room: Room, now: float) -> AnyOrder:
        """Something is done with an incident."""
        incident, rng = self.incident(room), self.rng
        silent = [room.units[a.subject].assignment for a in room.alarms.values() if a.alarm_kind == "long_on_scene"]
        if silent and rng.random() < 0.6:  # a word about a silent scene ends the alarms of all who are there
            return orders.NoteIncident(rng.choice(silent).incident, "all well")
        return rng.choice(
            (
                orders.NoteIncident(incident, rng.choice(("two trapped", "حريق", ""))),
                orders.RelocateIncident(incident, rng.choice(PLACES), self.basis(room)),
                orders.ReclassifyIncident(incident, rng.choice((None, "SICK", "FIRE")), rng.choice((None, 1, 4))),
                orders.LinkIncidents(incident, self.some(room.incidents)),
                orders.CloseIncident(incident, rng.choice(("DONE", "DONE", "FALSE", "NOPE"))),
                orders.ReopenIncident(self.some([i.id for i in room.incidents.values() if not i.open], incident)),
            )
        )

    def crew(self, room: Room, now: float) -> AnyOrder:
        """Something is done with a unit apart from incidents."""
        rng, name = self.rng, self.rng.choice(UNITS)
        agency = AGENCIES.get(name, "fire")
        can = tuple(rng.sample(CAPABILITIES, rng.randint(0, 3)))
        return rng.choice(
            (
                orders.RegisterUnit(name, "engine", agency, can, rng.choice(PLACES), rng.randint(0, 3)),
                orders.UnitOnDuty(name, rng.randint(0, 5)),
                orders.UnitOnDuty(name, 4, rng.choice(((), ("Ana", "Rui")))),
                orders.UnitOnDuty(name, 5),
                orders.UnitOffDuty(self.some(self.free(room), name)),
                orders.UnitAtStation(self.some([n for n in self.free(room) if not room.units[n].at_station], name)),
            )
        )

    def send(self, room: Room, now: float) -> AnyOrder:
        """Units are sent."""
        free = self.free(room)
        names = tuple(self.rng.sample(free, self.rng.randint(1, min(3, len(free))))) if free else ("E1",)
        if self.rng.random() < 0.1:
            names = (*names, self.rng.choice(UNITS))
        return orders.DispatchUnits(self.incident(room), names)

    def stamp(self, room: Room, now: float) -> AnyOrder:
        """A crew reports, or is called off."""
        rng, name = self.rng, self.some(room.busy, *UNITS)
        what = rng.random()
        if what < 0.12:
            return orders.CancelUnit(name, "not needed")
        if what < 0.3:
            return orders.DivertUnit(name, self.incident(room))
        known = room.units.get(name)
        later = STAGES[RANK[known.assignment.stage] + 1 :][:2] if known and known.assignment else ()
        status = rng.choice(later if later and rng.random() < 0.8 else (*STAGES[1:], "available"))
        return orders.StampUnit(name, status, self.at(now), rng.choice(("", "", "São José")))  # type: ignore[arg-type]

    def rest(self, room: Room, now: float) -> AnyOrder:
        """Roads, alarms, the clock."""
        return self.rng.choice(
            (
                orders.CloseRoad(HERE, 20.0, "flood"),
                orders.ReopenRoad(self.some(room.closures)),
                orders.AcknowledgeAlarm(self.some(room.alarms, "call_unanswered:1")),
                orders.OpenCentre("south", "South", "live"),
            )
        )

    def machines(self, room: Room, now: float) -> AnyOrder:
        """Where callers are, as machines say it."""
        rng = self.rng
        source = rng.choice(("aml", "aml", "cell", "held"))
        call = rng.choice(("", self.some(room.calls, "1")))
        number = rng.choice(("", *NUMBERS)) if not call else ""
        shape = rng.choice((None, Circle(38.7, -9.1, 30.0), Circle(38.71, -9.1, 900.0)))
        if rng.random() < 0.3:
            return StateEstimate(self.some(room.calls, "1"), 38.7, -9.1, 25.0, (), "spot", 0.95, ("L1",))
        if rng.random() < 0.15:
            incident = self.some(room.incidents, "1")
            return LogEvent(
                "recorder", "CallEndLogEvent", "a.example", "b.example", now - 1, call, incident, signed="x"
            )
        if rng.random() < 0.05:
            return BreakGlass(self.some(room.incidents, "1"), "their crew asks us")
        return ReportLocation(source, call, number, shape, fixed_at=self.at(now))  # type: ignore[arg-type]

    def page(self, room: Room, now: float) -> AnyOrder:
        """A link is sent to a caller, and what happens on their page."""
        rng = self.rng
        reachable = [call.id for call in room.calls.values() if call.number and call.status != "released"]
        live = [name for name in room.caller_links_open if now < room.caller_links[name].until]
        link = self.some(live[-2:] or room.caller_links, "K1", "K99")
        ones = "1" * 64
        if live and not room.caller_links[live[-1]].device and rng.random() < 0.6:
            return links.OpenLink(live[-1], ones, "sw")
        if any(one.gateway for one in room.caller_links.values()) and rng.random() < 0.3:
            return links.ReportDelivery("printer", rng.choice(("1", "7")), rng.choice(("delivered", "failed")))
        if not live or rng.random() < 0.2:
            return links.SendCallerLink(self.some(reachable, "1", "77"), rng.choice(("en", "ar")))
        return rng.choice(
            (
                links.IssueLink(link, f"{int(link[1:]):064x}"),
                links.PassLink(link, "printer", "1"),
                links.PassLink(link, "printer", "1"),
                links.OpenLink(link, rng.choice((ones, ones, "2" * 64)), "sw"),
                links.OpenLink(link, ones, "fr"),
                links.ShareLink(link),
                links.HearCaller(link, rng.choice(("here", "", "هنا")), rng.choice((None, "yes"))),
                links.TellCaller(link, rng.choice(("wait", " ")), rng.choice((None, "help_is_coming"))),
                links.ShowMedia(link, f"m{rng.random()}", "photo", 1_000, 8, 8, ones),
                links.ShareLink(link),
                links.HearCaller(link, "here"),
                links.StopLink(link, "caller"),
                links.EndCallerLink(self.some(room.caller_links, link)),
            )
        )

    def stand_by(self, room: Room, now: float) -> AnyOrder:
        """Units stand by elsewhere; hospitals say how they are."""
        rng, name = self.rng, self.some(self.free(room), *UNITS)
        away = [unit.id for unit in room.units.values() if unit.post] or [name]
        house = self.some(room.hospitals, "General", "1")
        driving = [unit for unit in away if unit in room.units and not room.units[unit].at_post]
        if driving and rng.random() < 0.5:
            return rng.choice((standby.UnitIsAtPost, standby.CallHomeUnit))(rng.choice(driving))
        if rng.random() < 0.6:
            return rng.choice(
                (
                    standby.UnitIsAtPost(rng.choice(away)),
                    standby.MoveUpUnit(name, rng.choice(("Bridge", "North", " ")), rng.choice(PLACES), "a", 0.5, 0.6),
                    standby.MoveUpUnit(name, "Bridge", THERE),
                    standby.UnitIsAtPost(rng.choice(away)),
                    standby.CallHomeUnit(rng.choice(away), "enough"),
                    standby.DeclineMove(name, "Bridge"),
                )
            )
        return rng.choice(
            (
                standby.RegisterHospital(rng.choice(("General", "1")), rng.choice(PLACES), ("trauma",), 9),
                standby.DivertHospital(house, "full", rng.choice((None, now + 600.0, now - 1.0))),
                standby.ReopenHospital(self.some([h.id for h in room.hospitals.values() if h.diverted], house)),
                standby.ReportHospital(house, 600.0, rng.choice((None, 3))),
            )
        )

    def clock(self, room: Room, now: float) -> AnyOrder:
        """Time passes."""
        return self.rng.choice((orders.RaiseAlarms(), orders.RaiseAlarms(), orders_privacy.EraseDue()))

    def privacy(self, room: Room, now: float) -> AnyOrder:
        """Somebody's data are erased or held."""
        rng = self.rng
        subject = self.some([subject for kind in KINDS for subject in room.kept(kind)], "incident:1", "call:1")
        held = self.some(room.holds, subject)
        return rng.choice(
            (
                orders_privacy.ErasePersonal(subject, rng.choice(((), ("record",), ("position", "call")))),
                orders_privacy.HoldPersonal(subject, "117/2026"),
                orders_privacy.ReleaseHold(held),
            )
        )

    def better(self, room: Room, now: float) -> AnyOrder:
        """An alarm level, a reason, a proposal made or answered."""
        rng, incident = self.rng, self.incident(room)
        known = room.incidents.get(incident)
        proposal = self.some((i.proposal.id for i in room.incidents.values() if i.proposal), "1-1")
        mine = tuple(known.units[:1]) if known else ()
        return rng.choice(
            (
                op.RaiseLevel(incident, rng.choice((None, None, 2, 3))),
                op.ExplainChoice(self.some(i.id for i in room.incidents.values() if i.owes), "closer"),
                op.AcceptProposal(proposal),
                op.AcceptProposal(proposal),
                op.AcceptProposal(proposal),
                op.DismissProposal(proposal, rng.choice(("", "nearly there"))),
                op.ProposeChange(incident, "unit_free", (self.some(self.free(room), "E1"),), mine, 130.0),
                op.ProposeChange(incident, "unit_free", (self.some(self.free(room), "E1"),)),
                op.LapseProposal(proposal),
            )
        )

    def share(self, room: Room, now: float) -> AnyOrder:
        """Somebody else may see an incident, or no longer."""
        rng, agency = self.rng, self.rng.choice(("fire", "ems", "police", "police"))
        until = rng.choice((None, now + 30.0, now + 600.0, now - 1.0))
        shared = self.some(room.shared, "1")
        standing = list(room.incidents[shared].shares) if shared in room.incidents else []
        return rng.choice(
            (
                sharing.ShareIncident(self.incident(room), agency, "their ladder is nearer", until),
                sharing.ShareIncident(self.incident(room), agency, "their boat is nearer", until),
                sharing.EndSharing(shared, self.some(standing, agency), rng.choice(("", "home"))),
            )
        )

    MAKERS = (
        share,
        privacy,
        receive,
        after,
        handle,
        handle,
        respond,
        change,
        crew,
        send,
        send,
        stamp,
        stamp,
        stamp,
        rest,
        machines,
        machines,
        page,
        page,
        page,
        stand_by,
        stand_by,
        stand_by,
        clock,
        clock,
        better,
        better,
    )


def shown_of(dice: Dice, order: AnyOrder) -> Shown | None:
    """Something on the screen when units are sent, mostly: what was sent, or another unit."""
    if not isinstance(order, orders.DispatchUnits) or dice.rng.random() < 0.3:
        return None
    proposed = order.units if dice.rng.random() < 0.6 else ("E1",)
    return Shown(T0, 0, "P", candidates=tuple(Considered(unit, True, "road", 60.0) for unit in proposed))


def travels_of(dice: Dice, room: Room) -> dict[str, Travel]:
    """Some drive for every unit but a few."""
    some = (travel(100.0), travel(250.0, "line", None), travel(0.0, "none", None))
    return {name: dice.rng.choice(some) for name in room.units if dice.rng.random() < 0.9}


def steps(rng: random.Random, count: int, room: Room | None = None) -> Iterator[tuple[Room, AnyOrder, Given, Decision]]:
    """Random orders, each decided, and folded once the taker comes back for the next."""
    room, now, dice = room or Room(), T0, Dice(rng)
    begin = [
        orders.OpenCentre("north", "North", "live"),
        orders.RegisterUnit("E1", "engine", "fire", ("engine",), HOME),
        orders.UnitOnDuty("E1", 4),
        orders.RegisterUnit("1", "ambulance", "ems", ("als", "ambulance"), HOME),
        orders.UnitOnDuty("1", 2),
        orders.OpenIncident("FIRE", place=HERE),
    ]
    for i in range(count):
        now += rng.choice((0.0, 1.0, 5.0, 15.0, 70.0, 3_000.0))
        order = begin[i] if i < len(begin) and not room.incidents else dice.order(room, now)
        told = given(now, rng.choice(("ana", "rui")), travels_of(dice, room), PLANS, shown_of(dice, order))
        decision = decide(room, order, told)
        yield room, order, told, decision
        if not isinstance(decision, Refusal):
            for fact in decision:
                evolve(room, fact)


def story(rng: random.Random, count: int) -> list[AnyEntry]:
    """The log that `count` random orders leave."""
    entries: list[AnyEntry] = []
    for i, (_room, _order, told, decision) in enumerate(steps(rng, count)):
        if not isinstance(decision, Refusal):
            entries += [
                Entry(len(entries) + 1 + j, told.now, told.by, f"o{i}", 0, fact) for j, fact in enumerate(decision)
            ]
    return entries
