"""`tocsin account show`, `bind`, `unbind`, `sign-out`, `forget-passkeys`: one account's ways in. Shows no secret."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click
import msgspec

from tocsin.access import Access, Account
from tocsin.cli.account_where import Where, data_option, granted, here, opened

_issuer = click.argument("issuer")
_subject = click.argument("subject")


@click.command()
@click.argument("name")
@data_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(name: str, data: Where, as_json: bool) -> None:
    """Show the ways in of NAME.

    Password, lock, passkeys, people of other providers, open sessions; no secret.
    """
    with opened(data) as access:
        found = _found(access, name)
        told = _told(access, found)
    click.echo(msgspec.json.encode(told).decode() if as_json else "\n".join(_lines(found, told)))


@click.command()
@click.argument("name")
@_issuer
@_subject
@data_option
def bind(name: str, issuer: str, subject: str, data: Where) -> None:
    """Bind NAME to somebody at another provider.

    OpenID Connect: that person's sign-in there opens this account from then on.

    ISSUER is the provider's, exactly as the settings name it; SUBJECT is its own name for the person (the claim `sub`).
    When somebody's sign-in was refused because the name is taken here, the server's log has both in one line.

    \b
      tocsin account bind ana https://id.example.org 248289761001
    """
    with opened(data) as access:
        made = granted(access.identities.bind(issuer, subject, name, here()))
    click.echo(f"{made.account} opens for {made.subject} of {made.issuer}")


@click.command()
@click.argument("name")
@_issuer
@_subject
@data_option
def unbind(name: str, issuer: str, subject: str, data: Where) -> None:
    """Undo `bind`.

    That person's sign-in there opens NAME no more. Open sessions stay; see `sign-out`.
    """
    with opened(data) as access:
        granted(access.identities.unbind(issuer, subject, name, here()))
    click.echo(f"{name} opens no more for {subject} of {issuer}")


@click.command("sign-out")
@click.argument("name")
@data_option
def sign_out(name: str, data: Where) -> None:
    """End every open session of NAME."""
    with opened(data) as access:
        ended = access.end_all_sessions(_found(access, name).name, here())
    click.echo(f"{name}: {ended} {'session' if ended == 1 else 'sessions'} ended")


@click.command("forget-passkeys")
@click.argument("name")
@data_option
def forget_passkeys(name: str, data: Where) -> None:
    """Remove every passkey of NAME.

    For whoever has lost a device; `link` lets them in to add a new one.
    """
    with opened(data) as access:
        gone = granted(access.passkeys.remove(_found(access, name).name, "*", here()))
    click.echo(f"{name}: {gone} {'passkey' if gone == 1 else 'passkeys'} removed")


def _found(access: Access, name: str) -> Account:
    found = access.account(name)
    if found is None:
        raise click.ClickException(f"There is no account {name!r}.")
    return found


def _told(access: Access, found: Account) -> dict[str, Any]:
    return {
        "account": found,
        "has_password": access.has_password(found.name),
        "locked_until": access.locked(found.name, time.time()),
        "passkeys": access.passkeys.of(found.name),
        "identities": [{"issuer": one.issuer, "subject": one.subject} for one in access.identities.of(found.name)],
        "sessions": access.sessions_of(found.name, time.time()),
    }


def _lines(found: Account, told: dict[str, Any]) -> Iterator[str]:
    state = "disabled" if found.disabled else "enabled"
    yield f"{found.name} · {found.display} · {', '.join(found.roles)} · {state}"
    yield "password: " + ("yes" if told["has_password"] else "none; opens by links, passkeys or another provider")
    if told["locked_until"]:
        yield f"locked by wrong passwords until {_when(told['locked_until'])}; `link` opens it, `enable` lifts the lock"
    for one in told["passkeys"]:
        used = f"last used {_when(one.used_at)}" if one.used_at else "never used"
        yield f"passkey: {one.label} · {used}"
    for one in told["identities"]:
        yield f"opens for: {one['subject']} of {one['issuer']}"
    for one in told["sessions"]:
        yield f"open session: since {_when(one.created_at)} by {one.how} from {one.remote or 'an unknown address'}"


def _when(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


COMMANDS = (show, bind, unbind, sign_out, forget_passkeys)
