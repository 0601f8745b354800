"""The desk: the only door for change, and the picture every screen lives on.

An order is given here, decided, made durable, folded and announced, in that order. Knows no HTTP, account or store.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import groupby

import msgspec

from tocsin.desk.adviser import Adviser
from tocsin.desk.busy import Busy, fail_all, not_recorded
from tocsin.desk.coverage import Coverage
from tocsin.desk.driving import Driving
from tocsin.desk.eraser import Eraser
from tocsin.desk.ground import Ground
from tocsin.desk.hospitals import HospitalRules, Hospitals
from tocsin.desk.listening import Listening, Trouble
from tocsin.desk.locating import Locating
from tocsin.desk.second_look import SecondLook
from tocsin.desk.snapshot import Snapshots, undisturbed
from tocsin.desk.standby import Standby
from tocsin.desk.tail import Frame, Tail
from tocsin.desk.tail_agency import AgencyTails
from tocsin.desk.tally import Tally
from tocsin.desk.together import Together
from tocsin.desk.tracks import Tracks
from tocsin.desk.trail import TRAIL_S
from tocsin.desk.view import View
from tocsin.desk.writer import Asked, Writer
from tocsin.domain.checks import known_incident
from tocsin.domain.cover_rules import CoverRules
from tocsin.domain.lexicon import Attribute
from tocsin.domain.orders import AnyOrder, OpenCentre, RaiseAlarms
from tocsin.domain.orders_privacy import EraseDue
from tocsin.domain.plans import NO_PLANS, Plans
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import Room
from tocsin.domain.types import Catalogue
from tocsin.facts.centre import Mode
from tocsin.facts.union import AnyEntry, DecisionFact
from tocsin.facts.values import Instant, Move, Position
from tocsin.log.port import Head, Log, LogError
from tocsin.views.advice import Recommendation
from tocsin.views.audience import WHOLE, Audience
from tocsin.views.board import BoardFold
from tocsin.views.day import DayFigures, day_figures
from tocsin.views.eyes import Eyes
from tocsin.views.rows import CallRow, IncidentRow, UnitRow
from tocsin.views.timeline import TimelineIndex
from tocsin.views.wire import Done, Picture, Route, Timeline

QUEUE = 4_096
BATCH = 256
TICK_S = 1.0
PULSE_TICKS = 2
PATIENCE_S = 2.0
ERASE_TICKS = 600

_say = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


class Desk:
    """One centre's desk over its two logs."""

    def __init__(
        self,
        log: Log,
        tracks_log: Log,
        catalogue: Catalogue,
        clock: Callable[[], Instant],
        ground: Ground | None = None,
        plans: Plans = NO_PLANS,
        *,
        shared: bool = False,
        coverage: Coverage | None = None,
        hospitals: HospitalRules | None = None,
        secret: bytes = b"",
        attributes: Sequence[Attribute] = (),
    ) -> None:
        self._log = log
        self.catalogue = catalogue
        self.ground = ground
        self.now = clock
        if ground is not None:
            ground.now = clock
        self.sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
        """How the tick waits; a world on another clock sets its own before `start`."""
        self.board = BoardFold()
        self._timelines = TimelineIndex()
        self._writer = Writer(log, catalogue, clock, plans, secret)
        self.tracks = Tracks(tracks_log)
        self.driving = Driving(ground, self.board, self.tracks, self.now, catalogue.siren)
        self.adviser = Adviser(
            catalogue, plans, lambda: self._writer.room, self.board.incidents.get, lambda: list(self.board.units),
            self.driving.to, self.now,
        )  # fmt: skip
        self._second_look = SecondLook(
            self.adviser, lambda: self._writer.room, self.board.incidents.get,
            lambda order, key: self.give(order, by="clock", key=key),
        )  # fmt: skip
        self.hospitals = Hospitals(
            hospitals or HospitalRules(map=False), self.board, ground, lambda: self._writer.room, self.driving.standing,
            self.driving.closures, clock,
        )  # fmt: skip
        self.standby = Standby(coverage or Coverage(None, CoverRules()), self.board, self.tracks)
        self.adviser.loss = lambda _room: self.standby.coverage.now
        self.together = Together(catalogue, attributes, self.board, lambda: self._writer.room, clock)
        self._tail = Tail(log, self.board)
        self._tail.latest, self._tail.recent_s = self.tracks.latest, catalogue.access.recent_h * 3_600.0
        self._eyes: dict[str, Eyes] = {}
        self._tail.agencies = self._agencies = AgencyTails(log, self.board, self._tail, self.eyes)
        self._queue: asyncio.Queue[Asked] = asyncio.Queue(QUEUE)
        self._tasks: list[asyncio.Task[None]] = []
        self._recording: asyncio.Task[None] | None = None
        self._due: asyncio.Task[None] | None = None
        self._reports = ThreadPoolExecutor(1, "reports")
        """Reading a whole year takes long: whoever asks for one waits for who asked before, and for nobody else."""
        self._taking = False
        self.snapshots: Snapshots | None = None
        """Where a folded picture is kept between starts, if anywhere; set before `start`."""
        self.snapshot_at: Position = 0
        """Position of the snapshot that this desk began with."""
        self._turn = asyncio.Lock()
        """Held while entries are decided, recorded and folded: by the writer, or for what another node recorded."""
        self._trouble = Trouble(self._troubled)
        self._ears = self._ears_for(log, tracks_log) if shared else []
        self.eraser = Eraser()
        self._writer.taken = self.eraser.hear
        self.tally = Tally(clock())
        """What machines sent in, taken or not."""
        self.listeners: list[Callable[[AnyEntry], None]] = [self.tally.hear]
        """Told of each entry once it is durable and in the picture, in order; must be quick."""
        self._locating = Locating(self.give, Busy)

    def _ears_for(self, log: Log, tracks_log: Log) -> list[Listening]:
        """Where several nodes share one store: ears for what the others record."""
        return [
            Listening(log, lambda: self.board.position, self._hear_others, self._trouble),
            Listening(tracks_log, lambda: self.tracks.position, self._hear_tracks),
        ]

    @property
    def room(self) -> Room:
        """As decisions see it. For reading alone."""
        return self._writer.room

    @property
    def centre(self) -> str:
        """Whose log it is."""
        return self.board.centre

    @property
    def name(self) -> str:
        """The centre's name."""
        return self.board.name

    @property
    def mode(self) -> Mode:
        """Whether calls are real."""
        mode: Mode = self.board.mode
        return mode

    async def start(self, centre: str = "", name: str = "", mode: Mode = "live") -> None:
        """Fold what is remembered, open the centre if its log is empty, and begin to take orders."""
        await asyncio.to_thread(self._begin)
        await asyncio.to_thread(self.tracks.restore, self.now() - TRAIL_S)
        await self.eraser.settle()
        ears = [asyncio.create_task(ear.listen()) for ear in self._ears]
        self._tasks = [*ears, asyncio.create_task(self._tick()), asyncio.create_task(self._write())]
        self._taking = True
        self._locating.start()
        try:
            if not self.board.centre:
                await self.give(OpenCentre(centre, name, mode), by="clock", key="open")
            if self.ground:
                await self.ground.warm()
            for i, order in enumerate(self.hospitals.unknown()):
                await self.give(order, by="clock", key=f"hospital-{self.position()}-{i}")
            self.standby.start()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Take no more orders, settle what is waiting, then end."""
        self._taking = False
        await self._locating.stop()
        tasks, self._tasks = self._tasks, []
        for task in tasks:  # the clock first; the writer only when nothing waits for it
            if task is tasks[-1]:
                await self._queue.join()
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for left in (self._recording, self._due):
            if left is not None:
                await left
        await self.tracks.record(self.now())
        for ear in self._ears:
            ear.close()
        await self.standby.stop()
        self._writer.close()
        self._reports.shutdown(wait=False, cancel_futures=True)
        if self.ground:
            self.ground.close()

    def _begin(self) -> None:
        """The last snapshot, if there is one to be believed, and every entry after it. Blocks."""
        with undisturbed():
            folded = self.snapshots.load() if self.snapshots else None
            if folded is not None:
                self.snapshot_at = folded.position
                self._writer.begin_at(folded.room, folded.position, folded.last_at)
                for name in self.board.__struct_fields__:
                    setattr(self.board, name, getattr(folded.board, name))
                self._timelines = folded.timelines
                self._locating.recall(folded, self._log)
            self._writer.begin(self._told)

    def _told(self, entry: AnyEntry) -> None:
        """Whatever is folded here stands in `snapshot.Folded` too, or a start from a snapshot would lack it."""
        self._timelines.fold(entry)
        self.board.fold(entry)
        self.standby.heard(entry)
        self._locating.hear(entry)

    async def give(self, order: AnyOrder, *, by: str, key: str, seen: Position = 0, agency: str = "") -> Done | Refusal:
        """Have an order decided and, if it may be, recorded. Returns when it is durable. Raises Busy."""
        if self._queue.full():
            raise Busy("busy", "too many orders are waiting; nothing was changed, try again")
        if self._trouble.lost:
            raise Busy("not_recorded", f"the record cannot be reached: {self._trouble.lost}; nothing was changed")
        order = await self.standby.figured(order)
        travels = await self.driving.before(order)
        if not self._taking:
            raise Busy("busy", "the desk takes no orders now; nothing was changed")
        answer: asyncio.Future[Done | Refusal] = asyncio.get_running_loop().create_future()
        try:
            self._queue.put_nowait(Asked(order, by, key, seen, travels, answer, self.adviser.evidence(order), agency))
        except asyncio.QueueFull:
            raise Busy("busy", "too many orders are waiting; nothing was changed, try again") from None
        return await answer

    async def _write(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while len(batch) < BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            try:
                async with self._turn:
                    await self._settle(batch)
            except Exception:  # noqa: BLE001 - whatever broke, the next order must find a desk
                _say.exception("a batch of %d orders failed", len(batch))
                fail_all(batch, Busy("not_recorded", "the desk failed; nothing was changed"))
            finally:
                for _ in batch:
                    self._queue.task_done()

    async def _settle(self, batch: Sequence[Asked]) -> None:
        try:
            settled = await self._writer.commit(batch)
        except LogError as error:
            _say.error("not recorded: %s", error)
            self._trouble.refused(str(error))
            await self._hear(self._writer.news())
            fail_all(batch, not_recorded(error))
            return
        await self._hear(self._writer.news())
        if settled.entries:
            self._trouble.took()
        await self.eraser.settle()
        for asked, answer in settled.answers:
            if not asked.answer.done():
                asked.answer.set_result(answer)

    async def _hear_others(self) -> None:
        """Another node recorded something: fold and announce it, though nobody here gave an order."""
        async with self._turn:
            await self._writer.catch_up()
            news = self._writer.news()
            await self._hear(news)
            await self.eraser.settle()
            if news:  # whatever the store refused us before, it takes groups now
                self._trouble.took()

    async def _hear_tracks(self) -> None:
        moves = await self.tracks.hear()
        if moves:
            self._tail.announce_tracks(moves, self.now())

    def _troubled(self) -> None:
        """The record was lost, or is back: screens are told at once."""
        self._tail.recording = self.recording
        self._tail.pulse(self.now())

    async def _hear(self, entries: Sequence[AnyEntry]) -> None:
        """Fold and announce all that is durable and new: ours, and what another writer did before it.

        What is recorded stays true when this fails: it is said, and the next batch tries again from where it stood.
        """
        heard: list[AnyEntry] = []
        untold: list[AnyEntry] = []
        try:
            board, position = self.board, self._writer.position
            if position > board.position and (not entries or entries[0].position != board.position + 1):
                missed = position - board.position
                entries = await asyncio.to_thread(lambda: list(self._log.read(board.position, missed)))
            for _, group in groupby(entries, key=lambda entry: (entry.by, entry.order)):
                for entry in group:
                    self._told(entry)
                    heard.append(entry)
                    untold.append(entry)
                    self._second_look.told(entry)
                self._agencies.announce(untold)
                untold = []
        except Exception:  # noqa: BLE001 - an order that is recorded must not be answered as if it were not
            _say.exception("recorded, but the picture stands at %d", self.board.position)
        if heard:  # whatever happened after: what the picture holds, every screen is told
            self._agencies.announce(untold)
            self._tail.announce(heard)
        for listener in self.listeners:
            for entry in heard:
                listener(entry)

    async def _tick(self) -> None:
        """Time passes: alarms, positions, a pulse."""
        ticks = 0
        while True:
            await self.sleep(TICK_S)
            ticks += 1
            try:
                await self._moment(ticks)
            except Exception:  # noqa: BLE001 - a clock that stops would hide every later alarm
                _say.exception("a tick failed")

    async def _moment(self, ticks: int) -> None:
        now = self.now()
        moves = self.tracks.take_fresh()
        if moves:
            self._tail.announce_tracks(moves, now)
        if self._recording is None or self._recording.done():  # a slow disk costs trail, never an alarm
            self._recording = asyncio.create_task(self.tracks.record(now))
        if ticks % PULSE_TICKS == 0:
            self._tail.pulse(now)
        self.standby.moment(now)
        self._locating.moment(now)
        if self._due is None or self._due.done():
            self._due = asyncio.create_task(self._record_due(ticks, now))
        await asyncio.wait((self._due,), timeout=PATIENCE_S)  # a store that stalls does not stop the clock
        self._agencies.look_again()  # what is over and could not be recorded

    async def _record_due(self, ticks: int, now: Instant) -> None:
        try:
            await self.eraser.settle()
            if ticks % ERASE_TICKS == 0:
                with suppress(Busy):
                    await self.give(EraseDue(), by="clock", key=f"erase-{now}")
            with suppress(Busy):  # said where it happened; what is overdue still is at the next tick
                await self.give(RaiseAlarms(), by="clock", key=f"alarms-{now}")
                await self._second_look.look(now)
        except Exception:  # noqa: BLE001 - a clock that stops would hide every later alarm
            _say.exception("what is due was not recorded")

    @property
    def recording(self) -> bool:
        """Whether orders are recorded: false from the moment the store fails until it has taken an order again."""
        return not self._trouble

    # -- pictures ---------------------------------------------------------------------------------------------------

    def position(self) -> Position:
        """Up to here everything is durable and in the picture."""
        return self.board.position

    def picture(self) -> Picture:
        """The board at a durable position, the latest vehicle positions, and the clock."""
        return Picture(self.board.picture(), tuple(self.tracks.latest.values()), self.now())

    def picture_bytes(self) -> bytes:
        """The picture, encoded; the board part once per position however many ask."""
        board = self._tail.board_bytes()
        tracks = _encode(list(self.tracks.latest.values()))
        return b'{"board":%b,"tracks":%b,"now":%b,"view":""}' % (board, tracks, _encode(self.now()))

    def follow(self, after: Position) -> AsyncIterator[Frame]:
        """Everything after `after`, then live, for as long as it is read."""
        return self._tail.follow(after, self.now())

    def view(self, audience: Audience = WHOLE) -> View:
        """What this audience sees, now. People read through nothing else."""
        return View(self, audience, self.now())

    def eyes(self, agency: str) -> Eyes:
        """What an agency sees of the board; the empty one is the whole centre."""
        found = self._eyes.get(agency)
        if found is None:
            found = self._eyes[agency] = Eyes(
                Audience(agency), self.board, self.catalogue, self.adviser.plans, self.now
            )
        return found

    def tail_of(self, agency: str) -> Tail:
        """The tail an agency follows."""
        return self._agencies.of(agency, self.now()) if agency else self._tail

    def unit(self, unit: str) -> UnitRow | None:
        """A unit's row."""
        return self.board.units.get(unit)

    def call(self, call: str) -> CallRow | None:
        """A live call's row."""
        row = self.board.calls.get(call)
        return row if row is not None and row.status in ("ringing", "answered") else None

    def incident(self, incident: str) -> IncidentRow | None:
        """An incident's row, open or closed."""
        return self.board.incidents.get(incident) or self.board.closed.get(incident)

    def closed(self, limit: int) -> list[IncidentRow]:
        """Incidents that ended, the latest first."""
        rows = list(self.board.closed.values())
        return rows[: -limit - 1 : -1]

    async def timeline(self, incident: str) -> Timeline | Refusal:
        """Everything recorded about one incident and its calls."""
        known = known_incident(self._writer.room, incident)
        if isinstance(known, Refusal):
            return known
        positions = self._timelines.positions(incident)
        return Timeline(incident, tuple(await asyncio.to_thread(self._log.at, positions)))

    async def day(
        self, since: Instant, until: Instant, keep: Callable[[DecisionFact], bool] | None = None
    ) -> DayFigures:
        """Response times between two instants; of the facts to `keep`, or all."""

        def figures() -> DayFigures:
            entries = self._log.read()
            return day_figures((e for e in entries if keep(e.fact)) if keep else entries, since, until)

        return await asyncio.get_running_loop().run_in_executor(self._reports, figures)

    async def head(self) -> Head:
        """Where the record stands."""
        return await asyncio.to_thread(self._log.head)

    # -- the ground -------------------------------------------------------------------------------------------------

    async def report(self, moves: Sequence[Move]) -> int:
        """Vehicle positions. Answers how many were news of units we know."""
        known = [move for move in moves if move.unit in self.board.units]
        return self.tracks.report(known, self.now())

    def trail(self, unit: str, minutes: float) -> list[Move]:
        """Where it was."""
        return self.tracks.trail(unit, self.now() - minutes * 60)

    async def recommend(self, incident: str, own: Callable[[str], bool] | None = None) -> Recommendation | Refusal:
        """Who should go, and why not the others; given `own`, of the others only one's own."""
        return await self.adviser.recommend(incident, self.position, own)

    async def routes(self, incident: str) -> tuple[Route, ...] | Refusal:
        """The ways of those who are coming."""
        known = known_incident(self._writer.room, incident)
        return known if isinstance(known, Refusal) else await self.driving.routes(incident)
