"""Receipts tampered with, as somebody with the file in their hands could, and what `log verify` says of each."""

from __future__ import annotations

import sqlite3

import pytest
from click.testing import CliRunner

from tocsin.cli.log import log as log_command
from tocsin.log.check_receipts import flaws_of_receipts
from tocsin.log.port import Receipt

from .entries import entries, entry, receipts_of


def filled(shelf):
    """Nine entries: five orders of one, then two of two."""
    log = shelf.open()
    several = [*entries(1, 5), *(entry(n, order=f"pair-{(n - 6) // 2}") for n in range(6, 10))]
    pairs = [Receipt("ana", f"pair-{i}", b"\x07" * 32, 6 + 2 * i, 7 + 2 * i) for i in range(2)]
    log.append(several, 0, [*receipts_of(*several[:5]), *pairs])
    return log


def test_receipts_as_the_desk_writes_them_are_clean_in_every_store(shelf):
    log = filled(shelf)
    assert flaws_of_receipts(log, log.position()) == []
    assert flaws_of_receipts(log, 7) == []


SET = "UPDATE receipts SET "
PUT = "INSERT INTO receipts VALUES ('north', 'bo', 'x', x'07', "
TAMPERED = {
    "dropped": ("DELETE FROM receipts WHERE \"order\" = 'order-3'", [3], "order 'order-3' of 'ana' has no receipt"),
    "dropped pair": ("DELETE FROM receipts WHERE \"order\" = 'pair-0'", [6], "'pair-0' of 'ana' has no receipt"),
    "all dropped": ("DELETE FROM receipts", [1, 2, 3, 4, 5, 6, 8], "has no receipt"),
    "another's": (SET + "\"by\" = 'bo' WHERE \"order\" = 'order-2'", [2], "of 'bo' covers this entry"),
    "another key": (SET + "\"order\" = 'mine' WHERE \"order\" = 'order-2'", [2], "order 'mine' of 'ana' covers"),
    "stretched": (SET + '"first" = 2 WHERE "order" = \'order-3\'', [3], "covers what another covers"),
    "shrunk": (SET + '"first" = 7 WHERE "order" = \'pair-0\'', [6], "'pair-0' of 'ana' has no receipt"),
    "invented": (PUT + "4, 4)", [4], "covers"),
    "invented beyond": (PUT + "90, 90)", [9], "covers nothing"),
    "turned round": (SET + '"first" = 9, "last" = 8 WHERE "order" = \'pair-1\'', [8], "covers"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_receipt_that_does_not_fit_is_named_at_its_place(sqlite_shelf, tmp_path, what):
    filled(sqlite_shelf)
    statement, positions, words = TAMPERED[what]
    with sqlite3.connect(tmp_path / "decisions.db") as con:
        con.execute(statement)
    con.close()
    log = sqlite_shelf.open()
    flaws = flaws_of_receipts(log, log.position())
    assert sorted({flaw.position for flaw in flaws})[: len(positions)] == positions
    assert any(words in flaw.what for flaw in flaws), flaws
    told = CliRunner().invoke(log_command, ["verify", str(tmp_path)])
    assert told.exit_code == 1
    assert words in told.output
