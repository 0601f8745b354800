"""`tocsin log key`, `publish`, `witness` and `judge`: a record that others can watch without reading it."""

from __future__ import annotations

import json
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import click

from tocsin.cli.log_stores import one_place, open_place, plainly
from tocsin.log.notes import COSIGNATURE, NoteError, PrivateKey, PublicKey
from tocsin.log.notes_keys import load_key, save_key
from tocsin.log.port import LogError
from tocsin.log.tiles_published import Published
from tocsin.log.witness import COSIGNED, Outcome, Witness
from tocsin.log.witness_evidence import Evidence
from tocsin.log.witness_source import Web, source_at


def _keys(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[PublicKey, ...]:
    try:
        return tuple(PublicKey.parse(value) for value in values)
    except NoteError as error:
        raise click.BadParameter(str(error)) from error


_public = click.option(
    "--key", "keys", metavar="PUBLIC_KEY", required=True, multiple=True, callback=_keys, help="The centre's public key."
)


@click.group()
def key() -> None:
    """Signing keys: make one, see its public part."""


@key.command("new")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--name", required=True, help="Whose key it is: the centre's id, or a witness's name.")
@click.option("--witness", is_flag=True, help="A key to cosign other people's checkpoints with.")
def new(file: Path, name: str, witness: bool) -> None:
    """Make a key in FILE, readable by you alone, and print its public part."""
    with plainly():
        made = PrivateKey.make(name, witness=witness)
        save_key(file, made)
    click.echo(str(made.public))


@key.command("show")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def show(file: Path) -> None:
    """Print the public part of the key in FILE."""
    with plainly():
        click.echo(str(load_key(file).public))


@click.command()
@click.argument("where", metavar="PATH")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--signing-key", "files", type=click.Path(path_type=Path), required=True, multiple=True, help="Key file.")
@click.option("--centre", help="The log of this centre.")
@click.option("--origin", default="", help="What the log is called in its checkpoints; otherwise the centre's id.")
def publish(where: str, folder: Path, files: tuple[Path, ...], centre: str | None, origin: str) -> None:
    """Write checkpoint and tiles for witnesses.

    A signed checkpoint and tiles of hashes of the log in PATH go to FOLDER.

    No entry's words are in them. Run it again to add what is new: nothing is signed that contradicts what was signed.
    """
    with plainly():
        keys = [load_key(file) for file in files]
        if any(one.public.kind == COSIGNATURE for one in keys):
            raise NoteError("this is a witness's key; a centre signs with one of its own")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LogError(f"{folder}: {error.strerror}") from error
        with closing(open_place(one_place(where, centre))) as opened:
            last = Published(opened, keys, folder, origin).write_to(folder)
    click.echo(f"{last.origin}: {last.size:,} entries, root {last.root.hex()}")


@click.command()
@click.argument("source", metavar="FOLDER_OR_ADDRESS")
@_public
@click.option("--memory", type=click.Path(path_type=Path, file_okay=False), required=True, help="Your own folder.")
@click.option("--origin", default="", help="What the log is called in its checkpoints; otherwise the key's name.")
@click.option("--cosign", type=click.Path(path_type=Path), help="Your key file: sign what you find to be fine.")
@click.option("--send", is_flag=True, help="Also hand your signature to the centre, which shows it. Needs --cosign.")
@click.option("--every", "every_s", type=click.IntRange(min=1), metavar="SECONDS", help="Look again and again.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line for each look.")
def witness(
    source: str,
    keys: tuple[PublicKey, ...],
    memory: Path,
    origin: str,
    cosign: Path | None,
    send: bool,
    every_s: int | None,
    as_json: bool,
) -> None:
    """Watch a centre's record from outside.

    Reads its tiles and checkpoint, in a folder or at an http address.

    Remembers hashes and no words. Exit code 0: nothing altered. 1: entries were rewritten or are gone; a rewriting is
    proven by a file of evidence. 2: nothing could be said. With --every it goes on until one of the latter two.
    """
    with plainly():
        cosigner = load_key(cosign) if cosign else None
        if cosigner is not None and cosigner.public.kind != COSIGNATURE:
            raise NoteError(f"{cosign}: this key is not for cosigning; make one with --witness")
        place = source_at(source)
        if send and (cosigner is None or not isinstance(place, Web)):
            raise click.UsageError("--send needs --cosign, and the http address of a centre")
        watching = Witness(memory, place, keys, origin)
        while True:
            outcome = watching.look(cosigner)
            _say(outcome, as_json)
            if not outcome.fine:
                sys.exit(1)
            if send and isinstance(place, Web):
                place.send((memory / COSIGNED).read_bytes())
            if every_s is None:
                return
            time.sleep(every_s)


@click.command()
@click.argument("file", type=click.File("rb"))
@_public
def judge(file: BinaryIO, keys: tuple[PublicKey, ...]) -> None:
    """Judge a witness's file of evidence.

    By the centre's public key alone. Exit code 0 when a rewriting is proven.
    """
    with plainly():
        words = Evidence.decode(file.read(1_000_000)).judge(keys)
    click.echo(f"proven: {words}")


def _say(outcome: Outcome, as_json: bool) -> None:
    if as_json:
        evidence = str(outcome.evidence) if outcome.evidence else ""
        click.echo(json.dumps({"fine": outcome.fine, "words": outcome.words, "evidence": evidence}))
        return
    click.echo(outcome.words)
    if outcome.evidence is not None:
        click.echo(
            f"  evidence: {outcome.evidence}\n  anybody can check it: tocsin log judge {outcome.evidence} --key …"
        )
