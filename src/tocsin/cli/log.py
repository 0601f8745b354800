"""`tocsin log`: prove that a log is whole, and take it out as text. Reads only; works while the server runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, TypeAlias

import click
import msgspec

from tocsin.facts.values import Position
from tocsin.log.codec import CODEC
from tocsin.log.hashes import HASH_BYTES
from tocsin.log.port import Flaw, Head, LogError
from tocsin.log.sqlite import SqliteLog, centres_in

FILES = ("decisions.db", "tracks.db")

Noted: TypeAlias = tuple[Position, bytes]
"""A head as `verify` prints it, POSITION:CHAIN, the chain being 32 bytes."""


class Unreadable(click.ClickException):
    """The log could not be read at all; not the same as a log that was read and found flawed (exit code 1)."""

    exit_code = 2


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


@click.group()
def log() -> None:
    """The record: prove it whole, take it out."""


@log.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--head", "heads", metavar="POSITION:CHAIN", multiple=True, callback=_heads, help="A head noted earlier, to check."
)
@click.option("--centre", help="Only the log of this centre.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line for each log.")
def verify(path: Path, heads: tuple[Noted, ...], centre: str | None, as_json: bool) -> None:
    """Read the log in PATH (a data directory, or one file) back and check every entry.

    Prints the head to note down. Exit code 0: clean. 1: flaws were found and are listed. 2: it could not be read.
    """
    with _plainly():
        logs = list(_logs(path, centre))
        judged = [log for log in logs if log[2]] or logs
        if heads and len(judged) != 1:
            raise click.UsageError("heads belong to one log: say which with --centre")
        clean = True
        for file, name, durable in logs:
            noted = heads if (file, name, durable) in judged else ()
            clean &= _verify_one(file, name, durable, noted, as_json)
    if not clean:
        sys.exit(1)


@log.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write here; otherwise to stdout."
)
@click.option("--after", type=click.IntRange(min=0), default=0, help="Only entries after this position.")
@click.option("--centre", help="The log of this centre.")
def export(path: Path, output: Path | None, after: Position, centre: str | None) -> None:
    """Write the log in PATH (a data directory's decisions, or one file) as JSON lines.

    Each line is the entry exactly as stored, with its position in front and its RFC 6962 leaf hash at the end.
    """
    with _plainly():
        logs = list(_logs(path / FILES[0] if path.is_dir() else path, centre))
        if len(logs) != 1:
            raise click.UsageError("there are several logs here: say which with --centre")
        file, name, _ = logs[0]
        with closing(SqliteLog.open(file, name, read_only=True)) as opened, _writing_to(output) as out:
            count = 0
            for line in _lines(opened, after):
                out.write(line)
                count += 1
    click.echo(f"{count:,} entries exported", err=True)


def _logs(path: Path, centre: str | None) -> Iterator[tuple[Path, str, bool]]:
    """(file, centre, durable) of every log in a directory or file. Raises LogError when there is none."""
    files = [path / name for name in FILES if (path / name).exists()] if path.is_dir() else [path]
    found = [(file, name, durable) for file in files for name, durable in centres_in(file)]
    chosen = [log for log in found if centre is None or log[1] == centre]
    if not chosen:
        raise LogError(f"{path}: holds no log" + (f" of centre {centre!r}" if centre is not None else ""))
    yield from chosen


def _verify_one(file: Path, centre: str, durable: bool, noted: tuple[Noted, ...], as_json: bool) -> bool:
    with closing(SqliteLog.open(file, centre, read_only=True)) as opened:
        head = opened.head()
        # The head about to be printed is checked like a noted one, so that exactly what is printed was proven.
        against = [head, *(Head(centre, position, chain, b"") for position, chain in noted)]
        flaws = list(dict.fromkeys(_with_progress(opened, head, against, quiet=as_json)))
    if file.name == FILES[0] and not durable:
        # Only tracks may be let go: with this mark, the beginning of a record could be cut off unseen.
        flaws.insert(0, Flaw(0, "the decisions are marked as tracks, of which the beginning may be gone"))
    click.echo(_as_json(file, head, flaws) if as_json else _as_words(file, head, flaws))
    return not flaws


def _with_progress(opened: SqliteLog, head: Head, against: list[Head], *, quiet: bool) -> list[Flaw]:
    if quiet or not sys.stderr.isatty():
        return opened.verify(against)
    with click.progressbar(length=head.position, label=f"reading {head.centre}", file=sys.stderr) as bar:
        return opened.verify(against, lambda position: bar.update(max(0, position - bar.pos)))


def _as_words(file: Path, head: Head, flaws: list[Flaw]) -> str:
    if flaws:
        lines = [f"{file}, centre {head.centre}: {len(flaws)} flaw{'s' if len(flaws) > 1 else ''}"]
        return "\n".join([*lines, *(f"  entry {flaw.position}: {flaw.what}" for flaw in flaws)])
    return (
        f"{file}, centre {head.centre}: clean, {head.position:,} entries\n"
        f"  head to note down: {head.position}:{head.chain.hex()}\n"
        f"  Merkle root:       {head.root.hex()}"
    )


def _as_json(file: Path, head: Head, flaws: list[Flaw]) -> str:
    said = {
        "file": str(file),
        "centre": head.centre,
        "clean": not flaws,
        "position": head.position,
        "chain": head.chain.hex(),
        "root": head.root.hex(),
        "flaws": flaws,
    }
    return msgspec.json.encode(said).decode()


def _lines(opened: SqliteLog, after: Position) -> Iterator[bytes]:
    """The stored bytes themselves, so that anybody can hash them again. Raises LogError at a gap or a broken entry."""
    last: Position | None = None
    for row in opened.rows(after):
        if last is not None and row.position != last + 1:
            raise LogError(f"entry {last + 1} is missing; `tocsin log verify` tells more")
        last = row.position
        CODEC.decode(row.position, row.raw)
        yield b'{"position":%d,%s,"leaf":"%s"}\n' % (row.position, row.raw[1:-1], row.leaf.hex().encode())


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


@contextmanager
def _plainly() -> Iterator[None]:
    try:
        yield
    except LogError as error:
        raise Unreadable(str(error)) from error
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Unreadable(f"{error.filename or 'the output'}: {error.strerror}") from error
