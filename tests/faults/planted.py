"""Bugs planted on purpose, one for each invariant and more: whoever proves by accident must find every one of them.

Those marked *lived here* were found by the simulation when it was new, and mended; the plant puts them back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

import tocsin.desk.desk as desk_module
import tocsin.log.memory as memory
from tocsin.desk.busy import Busy
from tocsin.desk.listening import Listening
from tocsin.desk.snapshot import Snapshots
from tocsin.desk.tail import Tail
from tocsin.desk.tail_agency import AgencyTail, AgencyTails
from tocsin.desk.writer import Writer
from tocsin.domain import assign, checks, decide_assignments
from tocsin.log.codec import Codec
from tocsin.log.keyring import KeyRing
from tocsin.log.media import Media
from tocsin.log.port import LogError, Raced
from tocsin.sim.faults import users
from tocsin.sim.faults.keys import Keys
from tocsin.views import eyes
from tocsin.views.eyes import Eyes
from tocsin.views.touched import Touched

Put = Callable[..., None]
"""`monkeypatch.setattr`."""


class Planted(NamedTuple):
    """A bug, and the invariant that must catch it."""

    invariant: str
    breaks: str
    plant: Callable[[Put], None]
    storm: dict[str, Any] = {}
    """Weather in which it bites sooner; none: any."""


def tail_skips_one(put: Put) -> None:
    plain = Tail._missed

    async def missed(self: Tail, at: int) -> Any:
        return await plain(self, at + 1 if at + 1 < self._board.position else at)

    put(Tail, "_missed", missed)


def answered_before_it_is_written(put: Put) -> None:
    plain = Writer._keep

    def keep(self: Writer, settled: Any, expected: int) -> None:
        try:
            plain(self, settled, expected)
        except Raced:
            raise
        except LogError:
            return

    put(Writer, "_keep", keep)


def no_receipt_is_kept(put: Put) -> None:
    plain = Writer._keep

    def keep(self: Writer, settled: Any, expected: int) -> None:
        settled.receipts.clear()
        plain(self, settled, expected)

    put(Writer, "_keep", keep)


def unsure_is_told_as_a_no(put: Put) -> None:
    put(desk_module, "not_recorded", lambda error: Busy("not_recorded", f"{error}; nothing was changed"))


def a_unit_on_an_incident_may_be_sent(put: Put) -> None:
    for module in (checks, assign, decide_assignments):
        if hasattr(module, "unassigned"):
            put(module, "unassigned", lambda *_: None)


def the_second_in_a_race_only_counts_on(put: Put) -> None:
    """The oldest bug of all: expected position as a counter, not as a promise."""
    plain = Writer._keep

    def keep(self: Writer, settled: Any, expected: int) -> None:
        while True:
            try:
                return plain(self, settled, expected)
            except Raced as raced:
                by = raced.position - expected
                moved = [msgspec.structs.replace(entry, position=entry.position + by) for entry in settled.entries]
                settled.entries[:] = moved
                expected = raced.position

    put(Writer, "_keep", keep)


def the_machine_s_clock_is_believed(put: Put) -> None:
    put(Writer, "now", lambda self: self._clock())


def shown_before_it_is_durable(put: Put) -> None:
    async def commit(self: Writer, batch: Any) -> Any:
        keys = list({(asked.by, asked.key): None for asked in batch})
        await self.catch_up()
        settled = self._decide(batch, await self._aside(self._done_before, keys))
        expected = self.position
        for entry in settled.entries:
            self.take(entry)
        self._news += settled.entries
        await self._aside(self._keep, settled, expected)
        return settled

    put(Writer, "commit", commit)


def a_row_is_not_told(put: Put) -> None:
    plain = Touched.add

    def add(self: Touched, fact: Any) -> None:
        plain(self, fact)
        self.alarms.clear()

    put(Touched, "add", add)


def a_frame_is_missed_while_the_screen_writes(put: Put) -> None:
    """Where a follower stands is noted after what it missed was sent, not before."""

    async def follow(self: Tail, after: int, now: float) -> Any:
        self._now = max(self._now, now)
        at, read = after, -1
        while True:
            if self._made - read > len(self._frames):
                for frame in (*await self._missed(at), self._whereabouts()):
                    yield frame
                at, read = self._board.position, self._made
            elif read == self._made:
                await self._woken()
            else:
                frame = self._frames[read - self._made]
                read += 1
                if frame.position is None or frame.position > at:
                    at = frame.position or at
                    yield frame

    put(Tail, "follow", follow)


def a_snapshot_leaves_something_out(put: Put) -> None:
    plain = Writer.begin_at

    def begin_at(self: Writer, room: Any, position: int, last_at: float) -> None:
        for unit in room.units.values():
            unit.duty_since = 0.0
        plain(self, room, position, last_at)

    put(Writer, "begin_at", begin_at)


def the_store_rewrites_a_row(put: Put) -> None:
    plain = memory.link

    def link(entries: Any, tip: Any, codec: Any) -> Any:
        rows = plain(entries, tip, codec)
        return [row._replace(raw=row.raw.replace(b'"E1"', b'"E2"')) for row in rows]

    put(memory, "link", link)


def erasing_only_forgets(put: Put) -> None:
    put(Keys, "erase", lambda *_: 0)


def erasing_takes_what_came_later(put: Put) -> None:
    """*Lived here*: each start erased again, by name, and took the words that were said after the erasure too."""
    plain = Keys.erase
    put(Keys, "erase", lambda self, names, at: plain(self, dict.fromkeys(names, 1 << 62), at))


def a_retired_key_is_used_again(put: Put) -> None:
    """*Lived here*: what was said after an erasure was sealed with the key that was about to be destroyed."""
    put(KeyRing, "retire", lambda *_: None)


def an_opened_key_outlives_its_erasure(put: Put) -> None:
    """*Lived here*: a node went on reading with keys that another node had destroyed first."""
    plain = KeyRing.erase

    def erase(self: KeyRing, names: Any, at: float) -> int:
        kept = dict(self._at_hand)
        gone = plain(self, names, at)
        self._at_hand.update(kept)
        return gone

    put(KeyRing, "erase", erase)


def whose_key_it_is_dies_with_the_node(put: Put) -> None:
    """*Lived here*: a node was killed before it wrote down whose keys it had used; nobody could erase them."""
    put(Codec, "settle", lambda _self: None)


def a_snapshot_before_the_keys_are_gone(put: Put) -> None:
    """*Lived here*: a node died before it destroyed the keys, and began again from a snapshot after the erasure."""
    plain = Snapshots.renew

    def renew(self: Snapshots) -> Any:
        self.destroy = lambda _keys: None
        return plain(self)

    put(Snapshots, "renew", renew)


def an_erasure_takes_every_picture(put: Put) -> None:
    """*Lived here*: pictures went by call, also those that were shown after the erasure."""
    plain = Media.forget

    def forget(self: Media, keys: Any) -> None:
        plain(self, keys)
        for call in (key.partition(":")[2] for key in keys if key.startswith("media/call:")):
            for media in self._blobs.names_of(call):
                self._blobs.remove(call, media)

    put(Media, "forget", forget)


def a_picture_goes_when_its_recording_is_not_answered(put: Put) -> None:
    """*Lived here*: it was recorded all the same, and whoever showed it again was told that it is there."""

    async def keep_and_tell(media: Media, call: str, name: str, plain: bytes, give: Any) -> Any:
        await asyncio.to_thread(media.put, call, name, plain)
        try:
            return await give()
        except Busy:
            await asyncio.to_thread(media.drop, call, name)
            raise

    put(users, "keep_and_tell", keep_and_tell)


def a_start_mends_every_glass(put: Put) -> None:
    plain = Snapshots.load

    def load(self: Snapshots) -> Any:
        folded = plain(self)
        if folded is not None:
            folded.board.glass.clear()
        return folded

    put(Snapshots, "load", load)


def nobody_looks_when_no_word_comes(put: Put) -> None:
    put(desk_module, "Listening", Deaf)


class Deaf(Listening):
    """Waits for word, however long."""

    async def _once(self) -> None:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._thread, self._log.wait_for, self._known() + 1, 1e6)
        if found > self._known():
            await self._heard()
        if self._trouble is not None:
            self._trouble.answers()


def a_share_does_not_end(put: Put) -> None:
    plain = Eyes.row

    def row(self: Eyes, row: Any) -> bool:
        seen = self.__dict__.setdefault("ever", set())
        if plain(self, row):
            seen.add(row.id)
        return row.id in seen

    put(Eyes, "row", row)


def a_row_stays_when_the_sharing_has_ended(put: Put) -> None:
    plain = eyes._put

    def put_row(rows: Any, shown: set[str], id_: str, row: Any) -> None:
        if row is not None:
            plain(rows, shown, id_, row)

    put(eyes, "_put", put_row)


def a_screen_waits_for_the_record(put: Put) -> None:
    """*Lived here*: a sharing that ended while the store took nothing stayed on the screens that were open."""
    put(AgencyTail, "look_again", lambda _self: None)


def a_picture_believes_the_record(put: Put) -> None:
    """*Lived here*: and came with every picture that was fetched meanwhile."""
    put(Eyes, "_shared", lambda self, share: share.agency == self.agency)


def calls_are_told_to_agencies(put: Put) -> None:
    plain = Eyes.fact
    put(Eyes, "fact", lambda self, fact: plain(self, fact) or hasattr(fact, "call"))


def an_agency_s_frame_is_the_centre_s(put: Put) -> None:
    """Whoever resumes is caught up from the log, as the whole centre's screens are."""
    put(AgencyTail, "_missed", Tail._missed)


def agencies_are_told_in_pieces(put: Put) -> None:
    """*Lived here*: who held another node's picture, of between two frames, kept rows that came and went within one."""
    whole = Tail.announce
    put(AgencyTails, "announce", lambda *_: None)

    def announce(self: Tail, entries: Any) -> None:
        whole(self, entries)
        for tail in self.agencies._tails.values() if self.agencies else ():
            tail.tell(entries, self._board.touched(entries))

    async def missed(self: AgencyTail, at: int) -> Any:
        if not self._covered <= at <= self._board.position:
            return [self._reset()]
        return [frame for frame in self._frames if frame.position is not None and frame.position > at]

    put(Tail, "announce", announce)
    put(AgencyTail, "_missed", missed)


ERASING = {
    **dict.fromkeys(("kill_every_s", "stop_every_s", "kill_after_write"), 0.0),
    "nodes": 1,
    "orders": 40,
    "storm_s": 20.0,
    "keys_fail": 0.8,
}
TORN = {"torn": 0.3, "answer_lost": 0.0, "order_lost": 0.0, "order_twice": 0.0}
KILLED = {"nodes": 3, "kill_every_s": 2.0, "keys_fail": 0.0, "orders": 30, "storm_s": 20.0}
SHOWN = {**TORN, "orders": 40, "storm_s": 30.0}
RACING = {"nodes": 3, "users": 3, "clock_step_every_s": 0.0, "orders": 14}
WANDERING = {
    **dict.fromkeys(("kill_every_s", "kill_after_write", "stop_every_s", "outage_every_s", "clock_step_every_s"), 0.0),
    **dict.fromkeys(
        ("fail_before", "torn", "answer_lost", "order_lost", "order_twice", "keys_fail", "screen_slow"), 0.0
    ),
    "nodes": 2,
    "users": 3,
    "screens": 6,
    "screen_cut": 0.4,
    "stall": 0.15,
    "orders": 20,
}
"""Screens go from node to node, and the nodes tell the same in other pieces."""
AWAY = {**WANDERING, "nodes": 1, "outage_every_s": 4.0, "screen_cut": 0.0, "storm_s": 20.0}
"""The store is away for seconds, and the screens stay where they are."""
DYING = {"nodes": 1, "kill_after_write": 0.12, "snapshot": 1.0, "snapshot_torn": 0.0, "keys_fail": 0.0}

PLANTED = (
    Planted("positions", "who resumes is not told the next fact", tail_skips_one),
    Planted("positions", "picture and tail are joined with a race", a_frame_is_missed_while_the_screen_writes),
    Planted("acknowledged", "a store that refuses is not heard", answered_before_it_is_written),
    Planted("once", "an order that is sent again is done again", no_receipt_is_kept),
    Planted("no_means_no", "written, and said not to be", unsure_is_told_as_a_no, TORN),
    Planted("one_unit_one_incident", "a rule is left out", a_unit_on_an_incident_may_be_sent),
    Planted("numbers", "decided on what another node had changed", the_second_in_a_race_only_counts_on, RACING),
    Planted("time", "a clock that steps back writes the past", the_machine_s_clock_is_believed),
    Planted("picture", "a screen shows what was never kept", shown_before_it_is_durable),
    Planted("tail", "an alarm changes and no screen hears of it", a_row_is_not_told),
    Planted("visible", "seen once, seen for ever", a_share_does_not_end),
    Planted("visible", "nobody takes the row off the screen", a_row_stays_when_the_sharing_has_ended),
    Planted("visible", "its end waits for the store", a_screen_waits_for_the_record, AWAY),
    Planted("visible", "a picture of what is over", a_picture_believes_the_record, AWAY),
    Planted("visible", "what callers said is in an agency's frame", calls_are_told_to_agencies),
    Planted("visible", "an agency that resumes is told everything", an_agency_s_frame_is_the_centre_s),
    Planted("visible", "between two frames of this node", agencies_are_told_in_pieces, WANDERING),
    Planted("room", "a start from a snapshot lacks a field", a_snapshot_leaves_something_out),
    Planted("evidence", "what is kept is not what was hashed", the_store_rewrites_a_row),
    Planted("erased", "the key is still there", erasing_only_forgets),
    Planted("erased", "words said after an erasure are lost at the next start", erasing_takes_what_came_later),
    Planted("erased", "words said after an erasure are lost at once", a_retired_key_is_used_again, ERASING),
    Planted("erased", "a node reads on", an_opened_key_outlives_its_erasure),
    Planted("erased", "a key that nobody finds", whose_key_it_is_dies_with_the_node, KILLED),
    Planted("erased", "an erasure that is never done", a_snapshot_before_the_keys_are_gone, DYING),
    Planted("erased", "what was shown after an erasure goes with it", an_erasure_takes_every_picture),
    Planted(
        "erased",
        "a picture whose recording went unanswered is gone",
        a_picture_goes_when_its_recording_is_not_answered,
        SHOWN,
    ),
    Planted("visible", "a broken glass is forgotten", a_start_mends_every_glass),
    Planted("alive", "a lost notice is never made good", nobody_looks_when_no_word_comes),
)
