"""`tocsin log snapshot`: fold the record ahead of the next start, in a process of its own."""

from __future__ import annotations

import os
import time
from contextlib import closing, suppress
from pathlib import Path

import click

from tocsin.cli.keys_at import keys_at
from tocsin.cli.log_stores import one_place, open_place, plainly
from tocsin.log.master import SNAPSHOT


@click.command()
@click.argument("data", type=click.Path(path_type=Path, file_okay=False))
@click.option("--store", metavar="ADDRESS", envvar="TOCSIN_STORE", default="", help="The database, where one is used.")
@click.option("--centre", help="The log of this centre.")
def snapshot(data: Path, store: str, centre: str | None) -> None:
    """Keep the picture for a quick next start.

    Folds the record into the folder DATA, so that the next start reads only what came after.

    A running server does this by itself. The file is believed only by the node whose key made it, only at the same
    release, and only while the log's hash chain says that it is of this very log; deleting it loses nothing.
    """
    from tocsin.desk.snapshot import Snapshots

    begun = time.monotonic()
    with suppress(OSError):
        os.nice(10)
    with plainly():
        place = one_place(store or str(data), centre)
        with (
            keys_at(data, store, place.centre, make=True) as keys,
            closing(open_place(place, codec=keys.codec)) as log,
        ):
            snapshots = Snapshots(data, log, keys.master.derive(SNAPSHOT))
            snapshots.destroy = keys.ring.erase_now
            folded = snapshots.renew()
    click.echo(f"folded {folded.position:,} entries in {time.monotonic() - begun:.1f} s")
