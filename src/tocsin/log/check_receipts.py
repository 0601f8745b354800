"""Receipts read against the entries they stand for. A lost receipt would let an order sent again be done twice.

Every order that changed anything has one receipt, written in the same transaction as its entries; so the receipts of a
log of decisions tile its positions, and each bears the person and the key of the entries it covers. What cannot be
proven here: that a receipt's digest is the order's, because the order's own bytes are not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice, takewhile

from tocsin.facts.values import Position
from tocsin.log.check import MAX_FLAWS
from tocsin.log.codec import CODEC, Codec
from tocsin.log.copy import Store
from tocsin.log.port import Flaw, LogError, Receipt, Row


def flaws_of_receipts(log: Store, end: Position, codec: Codec = CODEC) -> list[Flaw]:
    """Walk the entries up to `end` and the receipts side by side, while others may append; [] means that they agree.

    Entries that cannot be read are passed over: `verify` has named them.
    """
    walk = _Walk(takewhile(lambda row: row.position <= end, log.rows()), codec)
    receipts = takewhile(lambda receipt: receipt.last <= end, log.receipts())
    flaws = list(islice(walk.flaws(receipts, end), MAX_FLAWS))
    beyond = [receipt for receipt in log.receipts(end) if receipt.last > end]
    stands = log.position()
    return flaws + [Flaw(end, f"{_named(one)} covers nothing: the log ends") for one in beyond if one.last > stands]


class _Walk:
    def __init__(self, rows: Iterator[Row], codec: Codec) -> None:
        self._rows = rows
        self._codec = codec
        self._held: Row | None = None
        self._due: Position = 1

    def flaws(self, receipts: Iterable[Receipt], end: Position) -> Iterator[Flaw]:
        for receipt in receipts:
            if not self._due <= receipt.first <= receipt.last:
                yield Flaw(receipt.last, f"{_named(receipt)} covers what another covers, or nothing")
                continue
            yield from self._uncovered(receipt.first - 1)
            yield from self._covered(receipt)
            self._due = receipt.last + 1
        yield from self._uncovered(end)

    def _uncovered(self, last: Position) -> Iterator[Flaw]:
        before: tuple[str, str] | None = None
        for row in self._up_to(last):
            who = self._who(row)
            if who is not None and who != before:
                yield Flaw(row.position, f"order {who[1]!r} of {who[0]!r} has no receipt: sent again it is done again")
            before = who

    def _covered(self, receipt: Receipt) -> Iterator[Flaw]:
        for row in self._up_to(receipt.last):
            who = self._who(row)
            if who is not None and who != (receipt.by, receipt.order):
                yield Flaw(
                    row.position, f"{_named(receipt)} covers this entry, which is of order {who[1]!r} of {who[0]!r}"
                )

    def _up_to(self, last: Position) -> Iterator[Row]:
        while (row := self._held or next(self._rows, None)) is not None:
            self._held = row
            if row.position > last:
                return
            self._held = None
            yield row

    def _who(self, row: Row) -> tuple[str, str] | None:
        try:
            return self._codec.whose(row.position, row.raw)
        except LogError:
            return None


def _named(receipt: Receipt) -> str:
    return f"the receipt of order {receipt.order!r} of {receipt.by!r}"
