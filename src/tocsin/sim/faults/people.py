"""What the people of a room order, by dice: mostly what makes sense on the board they look at, often too late.

Several grab at the same few units, calls and incidents on purpose. Whatever they say of persons is a word that occurs
once in the whole world, so that it can be looked for after it was erased.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

from msgspec.structs import replace

from tocsin.domain import orders as o
from tocsin.domain import orders_caller_links as links
from tocsin.domain import orders_plans as plans
from tocsin.domain import orders_privacy as privacy
from tocsin.domain import orders_sharing as sharing
from tocsin.domain import orders_standby as standby
from tocsin.domain.orders import AnyOrder
from tocsin.domain.orders_glass import BreakGlass
from tocsin.domain.orders_locations import ReportLocation
from tocsin.domain.room import STAGES
from tocsin.facts.shapes import Circle
from tocsin.facts.values import Place
from tocsin.sim.faults.scene import AGENCIES, HERE, HOME, THERE, UNITS, WHOSE
from tocsin.views.board import BoardFold

TOKEN = "a" * 64
PICTURE = links.ShowMedia("K1", "", "photo", 9, 8, 8, TOKEN)
STAMPS = (*STAGES[1:], "available", "available", "available")


class People:
    """Orders of one person."""

    def __init__(self, dice: Random, name: str) -> None:
        self.dice, self.name = dice, name
        self._words = 0

    def order(self, board: BoardFold) -> AnyOrder:
        """The next one, as this board makes them think."""
        return self.dice.choice(MAKERS)(self, board)

    def begin(self) -> list[AnyOrder]:
        """What stands before the first call."""
        told: list[AnyOrder] = []
        for name in UNITS:
            kind = "engine" if name.startswith("E") else "ambulance"
            told += [
                o.RegisterUnit(name, kind, WHOSE[name], (kind,), HOME),
                o.UnitOnDuty(name, 3, (self.word(), "Rui")),
            ]
        told += [o.OpenIncident(kind, None, self.place(), (), self.word()) for kind in ("FIRE", "SICK", "SICK")]
        told += [o.ReceiveCall("112", "+351910000000", self.word()), o.AnswerCall("1"), o.CloseIncident("3", "DONE")]
        shared = (sharing.ShareIncident("1", "ems", self.word()), sharing.ShareIncident("2", "aid", self.word()))
        told += [o.ReleaseCall("1", "information", self.word()), *shared]
        told += [o.ReceiveCall("112", "+351910000001", self.word()), o.AnswerCall("2")]
        told += [o.OpenIncident("SICK", None, self.place(), ("2",), self.word()), links.SendCallerLink("2")]
        told += [links.IssueLink("K1", TOKEN), links.OpenLink("K1", TOKEN, "en"), PICTURE]
        # What is shown on K1 from here on is shown after an erasure.
        told += [o.CloseIncident("4", "DONE"), privacy.ErasePersonal("incident:4", ("media",)), o.ReopenIncident("4")]
        return told

    def first(self) -> AnyOrder:
        """What can always be done."""
        return o.ReceiveCall("112", "", self.word())

    def word(self) -> str:
        """Something personal that nobody else ever says."""
        self._words += 1
        return f"§{self.name}{self._words}§"

    def place(self) -> Place:
        """Somewhere, in words of its own."""
        return replace(self.dice.choice((HERE, THERE)), text=self.word())

    def some(self, pool: Iterable[str], other: str = "1") -> str:
        """One of them, mostly."""
        known = list(pool)
        return self.dice.choice(known) if known and self.dice.random() < 0.95 else other

    # -- what they think of ---------------------------------------------------------------------------------------

    def call(self, _board: BoardFold) -> AnyOrder:
        """A line rings."""
        place = self.place() if self.dice.random() < 0.3 else None
        return o.ReceiveCall("112", self.dice.choice(("", f"+35191{self.dice.randrange(100):07}")), self.word(), place)

    def talk(self, board: BoardFold) -> AnyOrder:
        """Something is done with a call."""
        ringing = [row.id for row in board.calls.values() if row.status == "ringing"]
        if ringing and self.dice.random() < 0.7:
            return o.AnswerCall(self.some(ringing))
        call = self.some(board.calls)
        return self.dice.choice(
            (
                o.NoteCall(call, self.word()),
                o.LocateCall(call, self.place()),
                o.ReleaseCall(call, "information", self.word()),
                o.AttachCall(call, self.some(board.incidents)),
            )
        )

    def open(self, board: BoardFold) -> AnyOrder:
        """An incident, from a call or from none."""
        talking = [row.id for row in board.calls.values() if row.status == "answered"]
        calls = tuple(talking[:1]) if self.dice.random() < 0.8 else ()
        return o.OpenIncident(self.dice.choice(("FIRE", "SICK")), None, self.place(), calls, self.word())

    def send(self, board: BoardFold) -> AnyOrder:
        """Units are sent; two people send the same one."""
        free = [row.id for row in board.units.values() if row.status == "available"]
        return o.DispatchUnits(self.some(board.incidents), (self.some(free, "E1"),))

    def stamp(self, board: BoardFold) -> AnyOrder:
        """A crew reports, is diverted or called off."""
        busy = [row.id for row in board.units.values() if row.incident]
        unit, what = self.some(busy, "E1"), self.dice.random()
        if what < 0.15:
            return o.DivertUnit(unit, self.some(board.incidents))
        if what < 0.25:
            return o.CancelUnit(unit, self.word())
        return o.StampUnit(unit, self.dice.choice(STAMPS))  # type: ignore[arg-type]

    def change(self, board: BoardFold) -> AnyOrder:
        """Something is done with an incident."""
        incident = self.some(board.incidents)
        return self.dice.choice(
            (
                o.NoteIncident(self.some([incident, *board.closed], incident), self.word()),
                o.RelocateIncident(incident, self.place()),
                o.ReclassifyIncident(incident, self.dice.choice(("FIRE", "SICK"))),
                o.LinkIncidents(incident, self.some(board.incidents)),
                plans.RaiseLevel(incident),
            )
        )

    def close(self, board: BoardFold) -> AnyOrder:
        """It is over; or it was not."""
        empty = [row.id for row in board.incidents.values() if not row.units]
        if board.closed and self.dice.random() < 0.15:
            return o.ReopenIncident(self.some(board.closed), self.word())
        return o.CloseIncident(self.some(empty), "DONE", self.word())

    def crew(self, _board: BoardFold) -> AnyOrder:
        """A crew comes or goes, or stands by elsewhere."""
        unit = self.some(UNITS)
        return self.dice.choice(
            (
                o.UnitOnDuty(unit, 3, (self.word(),)),
                o.UnitOffDuty(unit),
                o.UnitAtStation(unit),
                standby.MoveUpUnit(unit, "Bridge", THERE),
                standby.UnitIsAtPost(unit),
                standby.CallHomeUnit(unit),
            )
        )

    def rest(self, board: BoardFold) -> AnyOrder:
        """Roads, alarms, proposals."""
        proposed = [row.proposal.id for row in board.incidents.values() if row.proposal]
        if proposed:
            return self.dice.choice((plans.AcceptProposal, plans.DismissProposal))(self.some(proposed))
        return self.dice.choice(
            (
                o.CloseRoad(HERE, 20.0, "flood"),
                o.ReopenRoad(self.some(board.closures)),
                o.AcknowledgeAlarm(self.some(board.alarms, "call_unanswered:1")),
            )
        )

    def share(self, board: BoardFold) -> AnyOrder:
        """Somebody else sees an incident too, for a time; or no longer."""
        shared = [row for row in board.incidents.values() if row.shares]
        if shared and self.dice.random() < 0.5:
            row = self.dice.choice(shared)
            return sharing.EndSharing(row.id, self.dice.choice(row.shares).agency, self.word())
        incident = self.some(board.incidents)
        last = max((row.changed_at for row in board.incidents.values()), default=0.0)
        until = self.dice.choice((None, last + 1.0, last + 3.0))
        return sharing.ShareIncident(incident, self.dice.choice(tuple(AGENCIES)), self.word(), until)

    def privacy(self, board: BoardFold) -> AnyOrder:
        """Somebody asks to be forgotten, or must not be; or time has passed."""
        if board.closed and self.dice.random() < 0.4:  # something has still to be said about it
            return o.NoteIncident(self.dice.choice((next(iter(board.closed)), self.some(board.closed))), self.word())
        subjects = [f"incident:{name}" for name in board.closed] + [f"call:{n}" for n in range(1, 6)]
        subject = self.dice.choice((subjects[0], self.some(subjects)))
        if self.dice.random() < 0.25:
            return self.dice.choice((privacy.HoldPersonal(subject, "117/26"), privacy.ReleaseHold(subject)))
        return self.dice.choice((privacy.ErasePersonal(subject), privacy.ErasePersonal(subject), privacy.EraseDue()))

    def caller(self, board: BoardFold) -> AnyOrder:
        """A caller's link: sent, opened, written on, a picture shown, over; also when the incident was erased since."""
        over = [row.id for row in board.closed.values() if row.calls]
        if over and self.dice.random() < 0.5:
            incident = self.some(over)
            return self.dice.choice(
                (privacy.ErasePersonal(f"incident:{incident}", ("media",)), o.ReopenIncident(incident, self.word()))
            )
        live, what = [*board.caller_links, "K1", "K2"], self.dice.random()
        if what < 0.2:
            return links.SendCallerLink(self.some(board.calls))
        link = self.dice.choice(live)
        if what < 0.6:
            return replace(PICTURE, link=link)
        return self.dice.choice(
            (
                links.IssueLink(link, TOKEN),
                links.OpenLink(link, TOKEN, "en"),
                links.ShareLink(link),
                links.HearCaller(link, self.word()),
                links.TellCaller(link, self.word()),
                links.StopLink(link, "caller"),
            )
        )

    def glass(self, board: BoardFold) -> AnyOrder:
        """Somebody must see an incident that is not theirs to see."""
        return BreakGlass(self.some([*board.incidents, *board.closed]), self.word())

    def machine(self, board: BoardFold) -> AnyOrder:
        """A handset says where it is."""
        if self.dice.random() < 0.7:  # combining them is real work
            return self.talk(board)
        shape = Circle(38.7 + self.dice.random() / 1e3, -9.1, 30.0)
        return ReportLocation("aml", self.some(board.calls), "", shape, text=self.word())


MAKERS: tuple[Callable[[People, BoardFold], AnyOrder], ...] = (
    People.call, People.call, People.talk, People.talk, People.talk, People.open, People.open, People.send, People.send,
    People.send, People.send, People.stamp, People.stamp, People.stamp, People.stamp, People.change, People.change,
    People.close, People.close, People.crew, People.rest, People.share, People.share, People.privacy, People.privacy,
    People.machine, People.caller, People.caller, People.glass,
)  # fmt: skip
