"""Names on disk: today's facts, facts of made-up older releases, and bytes that are no entry at all."""

from __future__ import annotations

import msgspec
import pytest

from tocsin.facts.base import FactBase
from tocsin.log.codec import CODEC, Codec
from tocsin.log.port import LogError

from .entries import T0, an_incident, entries, entry


class BellRung(FactBase, tag="bell.rung", frozen=True):
    """Today's shape: it was `bell.tolled` with `times`, then `bell.struck` with `strokes`, then got a tower."""

    strokes: int
    tower: str = ""


class LampLit(FactBase, tag="lamp.lit", frozen=True):
    """Kept its name; its field `colour` was once `color`, which a decoder would pass over without a word."""

    colour: str = "white"


def _struck(raw):
    raw["kind"] = "bell.struck"
    raw["strokes"] = raw.pop("times")
    return raw


def _rung(raw):
    raw["kind"] = "bell.rung"
    return raw


def _colour(raw):
    if "color" in raw:
        raw["colour"] = raw.pop("color")
    return raw


NEW = Codec((BellRung, LampLit), {"bell.tolled": _struck, "bell.struck": _rung, "lamp.lit": _colour})


def stored(fact: dict) -> bytes:
    return msgspec.json.encode({"recorded_at": T0, "by": "ana", "order": "o", "seen": 0, "fact": fact})


def test_an_entry_comes_back_whole():
    written = entry(7)
    assert CODEC.decode(7, CODEC.encode(written)) == written


def test_the_same_entry_gives_the_same_bytes_wherever_it_stands():
    fact = an_incident(1, T0)
    assert CODEC.encode(entry(7, fact, order="o", at=T0)).replace(b'"seen":6', b'"seen":8') == CODEC.encode(
        entry(9, fact, order="o", at=T0)
    )


@pytest.mark.parametrize(
    ("raw", "fact"),
    [
        ({"kind": "bell.rung", "at": T0, "strokes": 3, "tower": "west"}, BellRung(T0, 3, "west")),
        ({"kind": "bell.struck", "at": T0, "strokes": 3}, BellRung(T0, 3)),
        ({"kind": "bell.tolled", "at": T0, "times": 3}, BellRung(T0, 3)),
        ({"kind": "lamp.lit", "at": T0, "color": "red"}, LampLit(T0, "red")),
        ({"kind": "lamp.lit", "at": T0, "colour": "red"}, LampLit(T0, "red")),
        ({"kind": "lamp.lit", "at": T0}, LampLit(T0)),
    ],
)
def test_facts_of_older_releases_are_read_as_todays(raw, fact):
    assert NEW.decode(4, stored(raw)).fact == fact


def test_old_and_new_facts_are_read_side_by_side_in_order():
    old = stored({"kind": "bell.tolled", "at": T0, "times": 2})
    new = NEW.encode(entry(2, BellRung(T0, 5)))
    lamp = stored({"kind": "lamp.lit", "at": T0, "color": "red"})
    back = NEW.decode_all([(1, old), (2, new), (3, lamp)])
    assert [(e.position, e.fact) for e in back] == [(1, BellRung(T0, 2)), (2, BellRung(T0, 5)), (3, LampLit(T0, "red"))]


def test_new_facts_are_written_in_todays_shape():
    assert b'"kind":"bell.rung"' in NEW.encode(entry(1, BellRung(T0, 5)))


def test_upcasts_that_go_in_circles_end_with_an_error():
    circle = Codec((BellRung,), {"a": lambda raw: raw | {"kind": "b"}, "b": lambda raw: raw | {"kind": "a"}})
    with pytest.raises(LogError, match="entry 4"):
        circle.decode(4, stored({"kind": "a", "at": T0}))


def test_a_kind_nobody_knows_is_named_with_its_position():
    with pytest.raises(LogError, match=r"entry 4 .*'bell\.cracked'"):
        NEW.decode(4, stored({"kind": "bell.cracked", "at": T0}))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe",
        b'{"recorded_at":1}',
        stored({}),
        stored({"kind": 5}),
        stored({"kind": "bell.rung", "at": T0}),
        stored({"kind": "bell.rung", "at": T0, "strokes": "three"}),
        stored({"kind": "bell.tolled", "at": T0}),
        stored({"kind": "bell.rung", "at": T0, "strokes": 1}).replace(b"ana", b"\xff"),
    ],
)
def test_bytes_that_are_no_entry_are_one_error_with_the_position(raw):
    with pytest.raises(LogError, match="entry 4 "):
        NEW.decode(4, raw)
    with pytest.raises(LogError, match="entry 4 "):
        NEW.check(4, raw)


def test_checking_takes_what_reading_takes():
    for raw in (NEW.encode(entry(1, BellRung(T0, 5))), stored({"kind": "bell.tolled", "at": T0, "times": 2})):
        NEW.check(1, raw)
    with pytest.raises(LogError, match=r"lamp\.lit"):
        Codec((LampLit,), {"lamp.lit": lambda raw: {"kind": raw["colour"]}}).check(
            1, stored({"kind": "lamp.lit", "at": T0})
        )


def test_one_bad_row_among_many_is_the_one_that_is_named():
    rows = [(e.position, CODEC.encode(e)) for e in entries(1, 5)]
    rows[2] = (3, rows[2][1][:-1])
    with pytest.raises(LogError, match="entry 3 "):
        CODEC.decode_all(rows)


def test_one_row_cannot_pass_for_two():
    one = CODEC.encode(entry(1))
    with pytest.raises(LogError, match="entry 1 "):
        CODEC.decode_all([(1, one + b"," + one)])
    with pytest.raises(LogError, match="entry 1 "):
        CODEC.decode_all([(1, one[:-1]), (2, b'"x":1}')])


def test_an_entry_tells_when_it_was_recorded():
    assert CODEC.recorded_at(1, CODEC.encode(entry(1))) == T0 + 1.25
    with pytest.raises(LogError, match="entry 9 "):
        CODEC.recorded_at(9, b"{}")
