"""What an auditor finds: every incident, newest first, by any word of its row, page after page."""

from __future__ import annotations

from tests.world import CATALOGUE, HERE, T0, closed, entries_of

from tocsin.facts import incidents
from tocsin.facts.values import Place
from tocsin.views.board import BoardFold
from tocsin.views.on_record import on_record


def opened(number: int, text: str = "", kind: str = "FIRE") -> incidents.IncidentOpened:
    return incidents.IncidentOpened(
        T0 + number, str(number), kind, 1, Place(HERE.lat, HERE.lon, text), (), f"n {number}"
    )


def board() -> BoardFold:
    fold = BoardFold()
    for entry in entries_of(opened(9), opened(10, "Rua da Prata"), closed("10"), opened(11, "شارع البحر", "SICK")):
        fold.fold(entry)
    return fold


def found(*more: object) -> list[str]:
    fold = board()
    rows = [*fold.incidents.values(), *fold.closed.values()]
    return [row.id for row in on_record(rows, lambda row: row, CATALOGUE, *more)]


def test_open_and_closed_ones_newest_first() -> None:
    assert found(50) == ["11", "10", "9"]
    assert found(2) == ["11", "10"]


def test_the_next_page_begins_where_the_last_one_ended() -> None:
    assert found(50, "", T0 + 11) == ["10", "9"]
    assert found(50, "", T0 + 9) == []


def test_any_word_of_the_row_finds_it_and_all_must_be_there() -> None:
    assert found(50, "PRATA") == ["10"]
    assert found(50, "البحر") == ["11"]
    assert found(50, "sick n") == ["11"]
    assert found(50, "prata sick") == []
