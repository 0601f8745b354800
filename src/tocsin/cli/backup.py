"""`tocsin backup`: copies of one moment, sealed, the keys apart; put back; and the drill that proves they can be."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec

from tocsin.access.copy import copy_accounts
from tocsin.cli.account_copy import account_store
from tocsin.cli.keys_at import key_store, keys_at
from tocsin.cli.log_stores import FILES, one_place, open_place, place_like, places_at, plainly
from tocsin.cli.media_at import Pictures, media_files, move_media
from tocsin.log.backup import open_files, seal_files
from tocsin.log.codec import CODEC
from tocsin.log.copy import Store, copy_log
from tocsin.log.keyring_copy import copy_keys
from tocsin.log.keyring_sqlite import FILE as KEYS
from tocsin.log.master import MasterKey
from tocsin.log.port import LogError

ACCOUNTS = "accounts.db"
_FILE = click.Path(dir_okay=False, path_type=Path)
_KEY = click.option("--key", type=_FILE, required=True, help="The backup's own key (`tocsin keys new FILE`).")


@click.group()
def backup() -> None:
    """Backups: the record in one file, the keys of personal data in another, each sealed under a key of its own.

    \b
      tocsin keys new backup.key                         once; a copy belongs in a safe
      tocsin backup make --key backup.key -o monday      writes monday.record and monday.keys
      tocsin backup drill monday --key backup.key --master-key master.key

    Keep the .record and the .keys file in different places, and let go of .keys files as soon as retention allows:
    whoever is erased today can still be read with last week's keys.
    """


@backup.command()
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=Path("data"), show_default=True)
@click.option("--store", envvar="TOCSIN_STORE", default="", help="The database, where one is used.")
@click.option("--centre", help="The centre, where a database has several.")
@click.option("-o", "--output", type=_FILE, required=True, help="Name of the two files, without their endings.")
@_KEY
def make(data: Path, store: str, centre: str | None, output: Path, key: Path) -> None:
    """Copy everything, of one moment.

    While the server runs.

    From a database too: record, keys and accounts of the centre are written as files, which a server can start with as
    they are, or which `log copy`, `keys copy` and `account copy` bring into a database again.
    """
    begun = time.monotonic()
    with plainly(), tempfile.TemporaryDirectory(dir=output.absolute().parent, prefix=".backup-") as scratch:
        secret = MasterKey.load(key)
        if store:
            record, keys = _from_database(store, one_place(store, centre).centre, Path(scratch))
        else:
            record = _copied(data, Path(scratch), FILES)
            record += _copied(data, Path(scratch), [ACCOUNTS])
            record += _shown(str(data), "", Path(scratch))
            keys = _copied(data, Path(scratch), [KEYS])  # last: every entry's and picture's key is among these
        seal_files(record, _record_of(output), secret.derive(b"backup of a record"))
        seal_files(keys, _keys_of(output), secret.derive(b"backup of keys"))
    for file in (_record_of(output), _keys_of(output)):
        click.echo(f"{file}: {file.stat().st_size / 1e6:,.1f} MB")
    click.echo(f"done in {time.monotonic() - begun:.1f} s")


@backup.command()
@click.argument("backup_name", metavar="NAME", type=_FILE)
@click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), required=True, help="An empty folder."
)
@_KEY
def restore(backup_name: Path, output: Path, key: Path) -> None:
    """Put a backup back, and prove it whole.

    NAME.record, and NAME.keys where it is, into an empty folder.
    """
    with plainly():
        _put_back(backup_name, output, MasterKey.load(key))
        flawed = _verified(output)
    if flawed:
        raise click.ClickException(f"{output}: put back, but the record is flawed: see `tocsin log verify {output}`")
    click.echo(f"{output}: put back, the record is whole")
    if not (output / KEYS).exists():
        gone = f"{_keys_of(backup_name)} is not here: nobody can be named or placed from what was put back"
        click.echo(f"{gone} until both are put back together", err=True)
    click.echo(f"start with: tocsin serve --data {output} --master-key FILE   (the one that was in use then)")


@backup.command()
@click.argument("backup_name", metavar="NAME", type=_FILE)
@_KEY
@click.option("--master-key", type=_FILE, required=True, help="The master key that wraps the keys in NAME.keys.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def drill(backup_name: Path, key: Path, master_key: Path, as_json: bool) -> None:
    """Practise: put a backup back and read it.

    In a scratch place: NAME is verified, every entry and picture read with its keys, all thrown away; says how long.
    Exit code 0: clean. 1: something is missing or flawed. 2: it could not be put back.
    """
    times: dict[str, float] = {}
    with plainly(), tempfile.TemporaryDirectory(dir=backup_name.absolute().parent, prefix=".drill-") as scratch:
        folder = Path(scratch) / "data"
        _timed(times, "restore_s", lambda: _put_back(backup_name, folder, MasterKey.load(key)))
        flawed = _timed(times, "verify_s", lambda: _verified(folder))
        read: Read = _timed(times, "read_s", lambda: _read_all(folder, master_key))
    clean = not flawed and not read.pictures_missing
    told = {"clean": clean, **read._asdict(), **times}
    if as_json:
        click.echo(msgspec.json.encode(told).decode())
    else:
        word = "clean" if clean else "FLAWED"
        click.echo(f"{word}: {read.entries:,} entries read, {read.erased:,} with people erased")
        click.echo(f"what callers showed: {read.pictures:,} there, {read.pictures_missing:,} missing")
        click.echo(", ".join(f"{name.removesuffix('_s')} {took_s:.1f} s" for name, took_s in times.items()))
    if not clean:
        raise click.exceptions.Exit(1)


def _timed(times: dict[str, float], name: str, work: Any) -> Any:
    begun = time.monotonic()
    found = work()
    times[name] = round(time.monotonic() - begun, 3)
    return found


Files = list[tuple[str, Path]]


def _from_database(store: str, centre: str, scratch: Path) -> tuple[Files, Files]:
    """The centre's logs, accounts and pictures as files, and its keys; these last, so that every key is among them."""
    for place in places_at(store, centre):
        with (
            closing(open_place(place)) as source,
            closing(open_place(place_like(str(scratch), place), write=True)) as to,
        ):
            copy_log(source, to)
    with closing(account_store(store, centre)) as here, closing(account_store(str(scratch), centre)) as there:
        copy_accounts(here, there)
    shown = _shown(store, centre, scratch)
    with closing(key_store(store, centre)) as keys, closing(key_store(str(scratch), centre, make=True)) as copied:
        copy_keys(keys, copied)
    for file in scratch.glob("*.db"):  # one file each: what lies in a journal would be left behind
        with closing(sqlite3.connect(file)) as con:
            con.execute("PRAGMA journal_mode = DELETE")
    record = [(name, scratch / name) for name in (*FILES, ACCOUNTS) if (scratch / name).exists()]
    return record + shown, [(KEYS, scratch / KEYS)]


def _shown(where: str, centre: str, scratch: Path) -> Files:
    """Sealed pictures, copied after the record: whatever it names and was not erased since is among them."""
    move_media(where, str(scratch), centre)
    return media_files(scratch)


def _copied(folder: Path, scratch: Path, names: tuple[str, ...] | list[str]) -> list[tuple[str, Path]]:
    """Copies by SQLite's own backup: of one moment each, whatever is being written."""
    found = []
    for name in names:
        if not (folder / name).is_file():
            continue
        source, target = sqlite3.connect(f"file:{folder / name}?mode=ro", uri=True), sqlite3.connect(scratch / name)
        try:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as error:
            raise LogError(f"{folder / name}: cannot be copied: {error}") from error
        finally:
            source.close()
            target.close()
        found.append((name, scratch / name))
    if not found:
        raise LogError(f"{folder}: holds none of {', '.join(names)}")
    return found


def _put_back(name: Path, folder: Path, secret: MasterKey) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise LogError(f"{folder}: is not empty; nothing is ever put over a record")
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=0o700)
    try:
        open_files(_record_of(name), part, secret.derive(b"backup of a record"))
        if _keys_of(name).exists():
            open_files(_keys_of(name), part, secret.derive(b"backup of keys"))
        for file in part.glob("*.db"):
            file.chmod(0o600)  # names, hashes and keys: for the eyes of the account that runs the server
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _verified(folder: Path) -> int:
    """How many flaws all logs in a folder have together."""
    flaws = 0
    for place in places_at(str(folder)):
        with closing(open_place(place)) as log:
            flaws += len(log.verify())
    return flaws


class Read(NamedTuple):
    """Entries of the record, how many of them have blanks, and the pictures that it names."""

    entries: int
    erased: int
    pictures: int
    pictures_missing: int
    """Named, not erased, and not there or not what was shown."""


def _read_all(folder: Path, master_key: Path) -> Read:
    place = one_place(str(folder))
    if not (folder / KEYS).exists():
        with closing(open_place(place, codec=CODEC)) as log:
            return _read(log, Pictures(folder, None))
    with (
        keys_at(folder, "", place.centre, master_key, make=False) as keys,
        closing(open_place(place, codec=keys.codec)) as log,
    ):
        return _read(log, Pictures(folder, keys.ring))


def _read(log: Store, pictures: Pictures) -> Read:
    count = erased = 0
    for entry in log.read():
        count, erased = count + 1, erased + entry.erased
        pictures.hear(entry)
    return Read(count, erased, pictures.there, pictures.missing)


def _record_of(name: Path) -> Path:
    return name.with_name(name.name + ".record")


def _keys_of(name: Path) -> Path:
    return name.with_name(name.name + ".keys")
