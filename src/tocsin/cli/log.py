"""`tocsin log`: prove that a log is whole, take it out, move it, let others watch it. Works while the server runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, TypeAlias

import click
import msgspec

from tocsin.cli.log_copy import copy
from tocsin.cli.log_proofs import check, proof_of_consistency, proof_of_inclusion
from tocsin.cli.log_snapshot import snapshot
from tocsin.cli.log_stores import FILES, Place, one_place, open_place, places_at, plainly
from tocsin.cli.log_witness import judge, key, publish, witness
from tocsin.facts.values import Position
from tocsin.log.check_receipts import flaws_of_receipts
from tocsin.log.codec import CODEC
from tocsin.log.copy import Store
from tocsin.log.hashes import HASH_BYTES, leaf_hash
from tocsin.log.port import Flaw, Head, LogError
from tocsin.log.tiles import Tiles

Noted: TypeAlias = tuple[Position, bytes]
"""A head as `verify` prints it, POSITION:CHAIN, the chain being 32 bytes."""

Old: TypeAlias = tuple[Position, bytes]
"""An earlier position, and the Merkle root that was noted there (empty when it was not)."""


def _heads(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[Noted, ...]:
    return tuple(_head(value) for value in values)


def _head(value: str) -> Noted:
    position, _, chain = value.partition(":")
    try:
        found = int(position), bytes.fromhex(chain)
    except ValueError:
        found = -1, b""
    if found[0] < 0 or len(found[1]) != HASH_BYTES:
        raise click.BadParameter(f"{value!r} is not a head: a position, a colon and 64 hexadecimal digits")
    return found


def _old(_ctx: click.Context, _param: click.Parameter, value: str | None) -> Old | None:
    if value is None:
        return None
    position, colon, root = value.partition(":")
    try:
        found = int(position), bytes.fromhex(root)
    except ValueError:
        found = 0, b""
    if found[0] < 1 or (colon and len(found[1]) != HASH_BYTES):
        raise click.BadParameter(f"{value!r} is not a position, or a position, a colon and 64 hexadecimal digits")
    return found


@click.group()
def log() -> None:
    """The record: prove it whole, take it out, move it, let others watch it."""


@log.command()
@click.argument("where", metavar="PATH")
@click.option(
    "--head", "heads", metavar="POSITION:CHAIN", multiple=True, callback=_heads, help="A head noted earlier, to check."
)
@click.option(
    "--inclusion", type=click.IntRange(min=1), metavar="N", help="Also prove that entry N is in it: one JSON object."
)
@click.option(
    "--consistency",
    metavar="POSITION[:ROOT]",
    callback=_old,
    help="Also prove that it begins with the log as it stood there: one JSON object.",
)
@click.option("--centre", help="Only the log of this centre.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line for each log.")
def verify(
    where: str,
    heads: tuple[Noted, ...],
    inclusion: Position | None,
    consistency: Old | None,
    centre: str | None,
    as_json: bool,
) -> None:
    """Check every entry, receipt and hash.

    PATH is a data directory, one file, or a postgresql:// address. Prints the head to note down. Exit code 0: clean.
    1: flaws were found and are listed. 2: it could not be read.

    \b
      tocsin log verify data
      tocsin log verify data --inclusion 17 > proof.json    the proof alone; words go to standard error
    """
    with plainly():
        places = places_at(where, centre)
        judged = [place for place in places if place.durable] or places
        if (heads or inclusion or consistency) and len(judged) != 1:
            raise click.UsageError("heads and proofs belong to one log: say which with --centre")
        clean = True
        for place in places:
            with closing(open_place(place)) as opened:
                head = opened.head()
                flaws = _verify_one(opened, head, place, heads if place in judged else (), as_json)
                words = _as_json(place.file, head, flaws) if as_json else _as_words(place.file, head, flaws)
                click.echo(words, err=not as_json and bool(inclusion or consistency))
                ok = not flaws
                if ok and place in judged:
                    ok = _proofs(opened, head, inclusion, consistency)
                clean &= ok
    if not clean:
        sys.exit(1)


@log.command()
@click.argument("where", metavar="PATH")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write here; otherwise to stdout."
)
@click.option("--after", type=click.IntRange(min=0), default=0, help="Only entries after this position.")
@click.option("--centre", help="The log of this centre.")
def export(where: str, output: Path | None, after: Position, centre: str | None) -> None:
    """Write the record out as JSON lines.

    PATH is a data directory (its decisions), one file, or a postgresql:// address.
    Each line is the entry exactly as stored, with its position in front and its RFC 6962 leaf hash at the end.
    """
    with plainly(), closing(open_place(one_place(where, centre))) as opened, _writing_to(output) as out:
        count = altered = 0
        for line, fits in _lines(opened, after):
            out.write(line)
            count, altered = count + 1, altered + (not fits)
    click.echo(f"{count:,} entries exported", err=True)
    if altered:
        words = "one of them does" if altered == 1 else f"{altered:,} of them do"
        click.echo(f"{words} not give the leaf hash that stands beside: see `tocsin log verify`", err=True)
        sys.exit(1)


def _verify_one(opened: Store, head: Head, place: Place, noted: tuple[Noted, ...], as_json: bool) -> list[Flaw]:
    # The head about to be printed is checked like a noted one, so that exactly what is printed was proven.
    against = [head, *(Head(place.centre, position, chain, b"") for position, chain in noted)]
    flaws = list(dict.fromkeys(_with_progress(opened, head, against, quiet=as_json)))
    if place.durable:
        flaws += flaws_of_receipts(opened, head.position)
        flaws.sort(key=lambda flaw: flaw.position)
    if Path(place.file).name == FILES[0] and not place.durable:
        # Only other kinds may be let go: with this mark, the beginning of a record could be cut off unseen.
        flaws.insert(0, Flaw(0, f"the decisions are marked as {place.kind}, of which the beginning may be gone"))
    return flaws


def _proofs(opened: Store, head: Head, inclusion: Position | None, consistency: Old | None) -> bool:
    """Print what was asked for, each checked as its reader would; False when the log does not begin as was said."""
    if not inclusion and not consistency:
        return True
    tiles = Tiles.of(opened)
    tiles.grow(head.position, head.root)
    if inclusion:
        click.echo(proof_of_inclusion(opened, tiles, head, inclusion))
    if consistency:
        position, root = consistency
        if position > head.position:
            click.echo(f"{head.centre}: the log ends at {head.position}, before {position}")
            return False
        if root and tiles.root(position) != root:
            click.echo(f"{head.centre}: at {position} the log has another root: it does not begin as was noted")
            return False
        click.echo(proof_of_consistency(tiles, head, position))
    return True


def _with_progress(opened: Store, head: Head, against: list[Head], *, quiet: bool) -> list[Flaw]:
    if quiet or not sys.stderr.isatty():
        return opened.verify(against)
    with click.progressbar(length=head.position, label=f"reading {head.centre}", file=sys.stderr) as bar:
        return opened.verify(against, lambda position: bar.update(max(0, position - bar.pos)))


def _as_words(file: str, head: Head, flaws: list[Flaw]) -> str:
    if flaws:
        lines = [f"{file}, centre {head.centre}: {len(flaws)} flaw{'s' if len(flaws) > 1 else ''}"]
        lines += [f"  entry {flaw.position}: {flaw.what}" for flaw in flaws]
        lines.append("  altered or damaged after it was written: copy it as it is before anything else; a backup")
        return "\n".join([*lines, "  (`tocsin backup drill`) or a witness tells what stood there"])
    return (
        f"{file}, centre {head.centre}: clean, {head.position:,} entries\n"
        f"  head to note down: {head.position}:{head.chain.hex()}\n"
        f"  Merkle root:       {head.root.hex()}"
    )


def _as_json(file: str, head: Head, flaws: list[Flaw]) -> str:
    said = {
        "file": file,
        "centre": head.centre,
        "clean": not flaws,
        "position": head.position,
        "chain": head.chain.hex(),
        "root": head.root.hex(),
        "flaws": flaws,
    }
    return msgspec.json.encode(said).decode()


def _lines(opened: Store, after: Position) -> Iterator[tuple[bytes, bool]]:
    """The stored bytes themselves, so that anybody can hash them again; and whether they give the hash beside them.

    Raises LogError at a gap or a broken entry.
    """
    last: Position | None = None
    for row in opened.rows(after):
        if last is not None and row.position != last + 1:
            raise LogError(f"entry {last + 1} is missing; `tocsin log verify` tells more")
        last = row.position
        CODEC.decode(row.position, row.raw)
        line = b'{"position":%d,%s,"leaf":"%s"}\n' % (row.position, row.raw[1:-1], row.leaf.hex().encode())
        yield line, leaf_hash(row.raw) == row.leaf


@contextmanager
def _writing_to(output: Path | None) -> Iterator[IO[bytes]]:
    """Stdout, or a file that appears under its name only when it is whole."""
    if output is None:
        yield sys.stdout.buffer
        return
    part = output.with_name(output.name + ".part")
    try:
        with part.open("wb") as out:
            yield out
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)


for command in (check, copy, judge, key, publish, snapshot, witness):
    log.add_command(command)
