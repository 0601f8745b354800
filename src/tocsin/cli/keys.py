"""`tocsin keys`: the keys of personal data. Works while the server runs, but for a change of the master key."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from tocsin.cli.keys_at import key_store, keys_at
from tocsin.cli.log_stores import one_place, plainly
from tocsin.log.keyring_copy import copy_keys
from tocsin.log.master import FILE as MASTER
from tocsin.log.master import I3_LOG, MasterKey
from tocsin.log.port import LogError

Command = TypeVar("Command", bound=Callable[..., Any])
_FILE = click.Path(dir_okay=False, path_type=Path)


def where(command: Command) -> Command:
    """The options that say which centre's keys."""
    for option in (
        click.option(
            "--data", type=click.Path(file_okay=False, path_type=Path), default=Path("data"), show_default=True
        ),
        click.option("--store", envvar="TOCSIN_STORE", default="", help="The database, where one is used."),
        click.option("--centre", help="The centre, where there are several."),
        click.option("--master-key", type=_FILE, help="The master key's file. [data/master.key, or TOCSIN_MASTER_KEY]"),
    ):
        command = option(command)
    return command


@click.group()
def keys() -> None:
    """Keys of personal data: each call, incident and crew has its own; one master key wraps them all.

    Keep the master key away from the data folder and from its backups: together they tell everything, apart nothing.
    """


@keys.command()
@click.argument("file", type=_FILE)
def new(file: Path) -> None:
    """Make a master key in FILE, for a first start (`tocsin serve --master-key FILE`) or for `rotate`."""
    with plainly():
        MasterKey.new().save(file)
    click.echo(f"{file}: a new master key. Put a copy in a safe: without it, personal data are lost.")


@keys.command()
@where
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(data: Path, store: str, centre: str | None, master_key: Path | None, as_json: bool) -> None:
    """How many keys there are, and under which master key. Shows no key."""
    with plainly():
        centre = one_place(store or str(data), centre).centre
        with keys_at(data, store, centre, master_key, make=False) as found:
            count = sum(found.store.marks().values())
            told = {"centre": centre, "keys": count, "master_key": found.master.mark.hex()}
    click.echo(
        msgspec.json.encode(told).decode() if as_json else f"{centre}: {count:,} keys under {told['master_key']}"
    )


@keys.command()
@click.argument("source", metavar="SOURCE")
@click.argument("target", metavar="TARGET")
@click.option("--centre", help="The centre, where there are several.")
def copy(source: str, target: str, centre: str | None) -> None:
    """Copy the keys at SOURCE to TARGET: each a data folder or a postgresql:// address. They stay wrapped as they are.

    For a centre that moves (`tocsin log copy`): copy the record first and the keys after it, with the server stopped.
    Run it again to take over what was erased since.
    """
    with plainly():
        centre = one_place(source, centre).centre
        with closing(key_store(source, centre)) as here, closing(key_store(target, centre, make=True)) as there:
            count = copy_keys(here, there)
    click.echo(f"{centre}: {count:,} keys copied")


@keys.command()
@where
def i3(data: Path, store: str, centre: str | None, master_key: Path | None) -> None:
    """The public key that signs what neighbours read of the record (NENA i3), as a JWK. For them, and for anybody."""
    from tocsin.standards.jws import Signer

    with plainly():
        centre = one_place(store or str(data), centre).centre
        with keys_at(data, store, centre, master_key, make=False) as found:
            click.echo(msgspec.json.encode(Signer(found.master.derive(I3_LOG)).jwk).decode())


def _stopped(data: Path, store: str) -> AbstractContextManager[object]:
    """Holds the data folder while keys are changed, so that no server makes keys under the old one. Raises LogError."""
    from tocsin.app import AppError, locked

    if store:
        return nullcontext()
    try:
        return locked(data)
    except AppError as error:
        raise LogError(f"{error}; stop it first: what it sealed meanwhile, no key would open") from None


@keys.command()
@where
@click.option("--new", "new_key", type=_FILE, required=True, help="The new master key's file (`tocsin keys new FILE`).")
def rotate(data: Path, store: str, centre: str | None, master_key: Path | None, new_key: Path) -> None:
    """Wrap every key under a new master key, all or none. The record is not touched.

    Stop the server first (with a database, every node: only one in this folder is noticed), and start it with the
    new key afterwards. Where the old key lay in the data folder as master.key, the new one takes its place and the
    old one is kept as master.key.old: destroy it when backups made under it are no longer wanted.
    """
    with plainly(), _stopped(data, store):
        centre = one_place(store or str(data), centre).centre
        fresh = MasterKey.load(new_key)
        with keys_at(data, store, centre, master_key, make=False) as found:
            bound = centre.encode()
            count = found.store.rewrap(lambda one: fresh.wrap(found.master.unwrap(one, bound), bound), fresh.mark)
        own = data / MASTER
        if master_key is None and own.exists():
            own.rename(own.with_suffix(".key.old"))
            fresh.save(own)
    click.echo(f"{centre}: {count:,} keys are wrapped under {fresh.mark.hex()} now")
