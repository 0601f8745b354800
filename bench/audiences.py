"""What each agency whose screens are open costs: announcing an entry and a second's moves, for 0, 5, 10 and 20 of them.

The worst case: every agency sees every incident. The line with 0 agencies is what the whole centre alone costs.
"""

from __future__ import annotations

import sys
import time

from common import ROOT, say

sys.path.insert(0, str(ROOT))

from tests.world import CATALOGUE, OPENED, T0, entries_of, opened, sent, unit

from tocsin.desk.tail import Tail
from tocsin.desk.tail_agency import AgencyTails
from tocsin.domain.plans import Agency, Plans
from tocsin.facts.incidents import IncidentNoted
from tocsin.facts.values import Move
from tocsin.log.memory import MemoryLog
from tocsin.views.audience import Audience
from tocsin.views.board import BoardFold
from tocsin.views.eyes import Eyes

INCIDENTS, UNITS, ENTRIES, ROUNDS = 2_000, 300, 2_000, 50
MOST = 20
PLANS = Plans(agencies=tuple(Agency(f"a{i}", types=("FIRE",)) for i in range(MOST)))


def full_board() -> BoardFold:
    """A busy centre."""
    facts = [OPENED, *(unit(f"U{i}") for i in range(UNITS)), *(opened(str(i + 1)) for i in range(INCIDENTS))]
    board = BoardFold()
    for entry in entries_of(facts, [sent(f"U{i}", str(i + 1)) for i in range(UNITS // 2)]):
        board.fold(entry)
    return board


def measure(agencies: int) -> None:
    """One line of the report."""
    board, log = full_board(), MemoryLog("north")
    tail = Tail(log, board)
    tail.agencies = AgencyTails(log, board, tail, lambda name: Eyes(Audience(name), board, CATALOGUE, PLANS))
    for i in range(agencies):
        tail.agencies.of(f"a{i}", T0)
    notes = [IncidentNoted(T0 + 99, str(1 + i % 150), "two floors, smoke") for i in range(ENTRIES)]
    batches = [entries_of(note, first=board.position + 1 + i) for i, note in enumerate(notes)]
    begun = time.perf_counter()
    for batch in batches:
        board.fold(batch[0])
        tail.agencies.announce(batch)
        tail.announce(batch)
    announce_us = (time.perf_counter() - begun) / ENTRIES * 1e6
    moves = [Move(f"U{i}", T0, 1.0, 2.0) for i in range(UNITS)]
    begun = time.perf_counter()
    for _ in range(ROUNDS):
        tail.announce_tracks(moves, T0)
    tracks_us = (time.perf_counter() - begun) / ROUNDS * 1e6
    say("an entry and a second's moves, by agencies that look", agencies=agencies, incidents=INCIDENTS, units=UNITS,
        announce_us=round(announce_us), moves_us=round(tracks_us))  # fmt: skip


def main() -> None:
    for agencies in (0, 5, 10, MOST):
        measure(agencies)


if __name__ == "__main__":
    main()
