"""`tocsin privacy`: what is due to be erased, erasing on request, legal holds. Works while the server runs."""

from __future__ import annotations

import asyncio
import getpass
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_args

import click
import msgspec

from tocsin.cli.keys import where
from tocsin.cli.keys_at import Keys, keys_at
from tocsin.cli.log_stores import one_place, open_place, plainly
from tocsin.desk.writer import Asked, Writer
from tocsin.domain.decide_privacy import overdue
from tocsin.domain.orders import AnyOrder
from tocsin.domain.orders_privacy import EraseDue, ErasePersonal, HoldPersonal, ReleaseHold
from tocsin.domain.refusals import Refusal
from tocsin.facts.privacy import Kind, PersonalErased
from tocsin.log.master import RECEIPTS
from tocsin.settings import SettingsError, load_catalogue
from tocsin.views.wire import Done

Command = TypeVar("Command", bound=Callable[..., Any])
_SUBJECT = "SUBJECT is incident:1007, call:12, crew:E1:20782 (a day counted from 1970) or report:L5."


class Record(NamedTuple):
    """A record opened to be added to."""

    keys: Keys
    writer: Writer

    def give(self, order: AnyOrder) -> Done:
        """Decide and record; raises click.ClickException with the refusal's words."""

        async def run() -> Done | Refusal:
            answer: asyncio.Future[Done | Refusal] = asyncio.get_running_loop().create_future()
            asked = Asked(order, f"command:{getpass.getuser()}", secrets.token_hex(8), self.writer.position, {}, answer)
            return (await self.writer.commit([asked])).answers[0][1]

        done = asyncio.run(run())
        if isinstance(done, Refusal):
            raise click.ClickException(f"{done.text} ({done.name})")
        for entry in done.entries:
            if isinstance(entry.fact, PersonalErased):
                self.keys.ring.erase_now(dict.fromkeys(entry.fact.keys, entry.position))
        return done


@contextmanager
def _record(
    data: Path, store: str, centre: str | None, master: Path | None, catalogue: Path | None
) -> Iterator[Record]:
    with plainly():
        place = one_place(store or str(data), centre)
        try:
            rules = load_catalogue(catalogue)
        except SettingsError as error:
            raise click.ClickException(str(error)) from None
        with (
            keys_at(data, store, place.centre, master, make=False) as keys,
            closing(open_place(place, write=True, codec=keys.codec)) as log,
        ):
            keys.ring.learn(log, keys.codec)
            writer = Writer(log, rules, time.time, secret=keys.master.derive(RECEIPTS))
            writer.begin(lambda _entry: None)
            try:
                yield Record(keys, writer)
            finally:
                writer.close()


def _with_rules(command: Command) -> Command:
    words = "The centre's file, whose [retention] holds. Without it: the packaged one."
    return click.option("--catalogue", type=click.Path(dir_okay=False, path_type=Path), help=words)(where(command))


@click.group()
def privacy() -> None:
    """What is known of people: for how long it is kept, erased on request, held for a court.

    Erasing destroys the keys of one call, incident or crew. The record stays byte for byte and still verifies; nobody
    can read any more who it was about. It cannot be undone, and backups made before must be let go of too.
    """


@privacy.command()
@_with_rules
@click.option("--erase", is_flag=True, help="Erase it now. A running server does so by itself every ten minutes.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def due(
    data: Path,
    store: str,
    centre: str | None,
    master_key: Path | None,
    catalogue: Path | None,
    erase: bool,
    as_json: bool,
) -> None:
    """List what has been kept as long as the centre's file says, and what a hold keeps beyond that."""
    with _record(data, store, centre, master_key, catalogue) as record:
        room, rules = record.writer.room, record.writer.catalogue.retention
        found = list(overdue(room, rules, time.time()))
        for subject, kind in found:
            told = {"subject": subject, "kind": kind}
            click.echo(msgspec.json.encode(told).decode() if as_json else f"{subject}  {kind}")
        click.echo(f"{len(found)} due, {len(room.holds)} on hold", err=True)
        erased = 0
        while erase and (done := record.give(EraseDue())).entries:
            erased += len(done.entries)
        if erase:
            click.echo(f"{erased} erased", err=True)


@privacy.command(epilog=_SUBJECT)
@click.argument("subject")
@_with_rules
@click.option("--kind", "kinds", multiple=True, type=click.Choice(get_args(Kind)), help="Only this. May be repeated.")
@click.option("--reason", type=click.Choice(["request", "court"]), default="request", show_default=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(
    subject: str,
    data: Path,
    store: str,
    centre: str | None,
    master_key: Path | None,
    catalogue: Path | None,
    kinds: tuple[Kind, ...],
    reason: Any,
    yes: bool,
) -> None:
    """Erase what is known of people in SUBJECT, before its time. Cannot be undone."""
    if not yes:
        click.confirm(f"Erase {subject} for ever?", abort=True)
    with _record(data, store, centre, master_key, catalogue) as record:
        done = record.give(_checked(ErasePersonal(subject, kinds, reason)))
        click.echo(f"{subject}: erased, entry {done.position}")


@privacy.command(epilog=_SUBJECT)
@click.argument("subject")
@click.argument("reference")
@_with_rules
def hold(
    subject: str,
    reference: str,
    data: Path,
    store: str,
    centre: str | None,
    master_key: Path | None,
    catalogue: Path | None,
) -> None:
    """Keep SUBJECT whatever the retention says. REFERENCE is the case's number at whoever asked, never a name."""
    with _record(data, store, centre, master_key, catalogue) as record:
        done = record.give(_checked(HoldPersonal(subject, reference)))
        click.echo(f"{subject}: held for {reference}, entry {done.position}")


@privacy.command(epilog=_SUBJECT)
@click.argument("subject")
@_with_rules
def release(
    subject: str, data: Path, store: str, centre: str | None, master_key: Path | None, catalogue: Path | None
) -> None:
    """End the hold on SUBJECT; retention runs again."""
    with _record(data, store, centre, master_key, catalogue) as record:
        done = record.give(_checked(ReleaseHold(subject)))
        click.echo(f"{subject}: released, entry {done.position}")


def _checked(order: AnyOrder) -> AnyOrder:
    """The order as the network would have had to say it."""
    try:
        checked: AnyOrder = msgspec.convert(msgspec.to_builtins(order), type(order))
    except msgspec.ValidationError as error:
        raise click.UsageError(f"{error}. {_SUBJECT}") from None
    return checked
