"""The golden trace that the console's fold is tested on: both sides must agree on what a tail means.

Run this file as a program to write the trace anew after the wire has changed.
"""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path

import msgspec
from tests.world import T0, story

from tocsin.facts.values import Move
from tocsin.views.board import BoardFold
from tocsin.views.wire import Picture, TailFacts

GOLDEN = Path(__file__).resolve().parents[1] / "samples" / "board_trace.json"
SEED, ORDERS, PICTURE_AT = 11, 500, 60


def made() -> bytes:
    """A picture, everything after it in batches of all sizes, and the picture at the end."""
    rng = random.Random(SEED)
    entries = story(rng, ORDERS)
    board = BoardFold()
    for entry in entries[:PICTURE_AT]:
        board.fold(entry)
    begin = msgspec.json.encode(picture(board))
    left = iter(entries[PICTURE_AT:])
    tail = []
    while batch := tuple(itertools.islice(left, rng.choice((1, 1, 2, 5, 13)))):
        for entry in batch:
            board.fold(entry)
        tail.append(msgspec.json.encode(TailFacts(board.position, batch, board.rows(batch))))
    end = msgspec.json.encode(picture(board))
    return b'{"picture":%b,\n"tail":[\n%b\n],\n"end":%b}\n' % (begin, b",\n".join(tail), end)


def picture(board: BoardFold) -> Picture:
    return Picture(board.picture(), (Move("E1", T0, 1.0, 2.0),), T0)


def test_the_trace_is_what_the_server_says_today():
    assert GOLDEN.read_bytes() == made()


def test_the_trace_is_worth_folding():
    trace = json.loads(GOLDEN.read_bytes())
    gone = [row for event in trace["tail"] for table in event["rows"].values() for row in table.values() if row is None]
    assert len(trace["tail"]) > 30
    assert gone
    seen = {table for event in trace["tail"] for table, rows in event["rows"].items() if any(rows.values())}
    assert {"calls", "incidents", "units"} <= seen


if __name__ == "__main__":
    GOLDEN.write_bytes(made())
