"""`tocsin log copy`: a centre's record from one store to another, verified entry by entry."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import click

from tocsin.cli.log_stores import Place, is_address, open_place, place_like, places_at, plainly
from tocsin.cli.media_at import move_media
from tocsin.facts.values import Position
from tocsin.log.copy import copy_log


@click.command()
@click.argument("source", metavar="SOURCE")
@click.argument("target", metavar="TARGET")
@click.option("--centre", help="Only the logs of this centre.")
def copy(source: str, target: str, centre: str | None) -> None:
    """Move the record to another store.

    Copies every log in SOURCE to TARGET: each a data directory, one file, or a postgresql:// address.

    What callers showed goes along, between directories and databases.

    Entries keep their bytes, their positions and their hashes; all are read back from both sides and compared. Run it
    again after a break, or to take over what was recorded since. A target that holds anything else is refused.
    """
    with plainly():
        places = places_at(source, centre)
        for place in places:
            _copy_one(place, place_like(target, place))
        if _is_whole(source) and _is_whole(target):
            for name in sorted({place.centre for place in places}):
                if count := move_media(source, target, name):
                    click.echo(f"{name}: {count:,} pictures copied, sealed as they are")


def _is_whole(where: str) -> bool:
    """Whether what callers showed has a place there."""
    return is_address(where) or Path(where).is_dir()


def _copy_one(place: Place, target: Place) -> None:
    with closing(open_place(place)) as here, closing(open_place(target, write=True)) as there:
        before = there.position()
        copied = _with_progress(here.position() - before, lambda told: copy_log(here, there, told), before)
        head = there.head()
    click.echo(
        f"{place.centre}, {place.kind}: {copied:,} entries copied, {head.position:,} in all, the same in both\n"
        f"  head: {head.position}:{head.chain.hex()}"
    )


def _with_progress(count: int, work: Callable[[Callable[[Position], None] | None], int], before: Position) -> int:
    if not sys.stderr.isatty():
        return work(None)
    with click.progressbar(length=max(0, count), label="copying", file=sys.stderr) as bar:
        return work(lambda position: bar.update(max(0, position - before - bar.pos)))
