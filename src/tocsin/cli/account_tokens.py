"""`tocsin account token`: keys for machines. The secret is printed once, on standard output and alone."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import click
import msgspec

from tocsin.access.scopes import GROUPS, scopes_there_are
from tocsin.access.tokens import Token
from tocsin.cli.account_where import Where, data_option, granted, opened


@click.group()
def token() -> None:
    """Machines: which may use the interface, and for what."""


@token.command()
@click.argument("name")
@data_option
@click.option(
    "--scope", "scopes", multiple=True, required=True, metavar="SCOPE", help="May be given repeatedly; see `scopes`."
)
@click.option("--days", type=float, default=90.0, show_default=True, help="How long it opens.")
@click.option("--agency", default="", help="It sees and does only what is this agency's.")
def add(name: str, data: Where, scopes: tuple[str, ...], days: float, agency: str) -> None:
    """Make a token for the machine NAME and print its secret, once."""
    with opened(data) as access:
        secret, made = granted(access.tokens.add(name, scopes, days, "command line", time.time(), agency=agency))
    click.echo(secret)
    click.echo(f"{_line(made)}\nsent as `Authorization: Bearer …`; it is shown this once", err=True)


@token.command(name="list")
@data_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_(data: Where, as_json: bool) -> None:
    """List all tokens, those that ended too; no secret is among them."""
    with opened(data) as access:
        for one in access.tokens.all():
            click.echo(msgspec.json.encode(one).decode() if as_json else _line(one))


@token.command()
@click.argument("token_id", metavar="ID")
@data_option
def revoke(token_id: str, data: Where) -> None:
    """End the token ID: it opens nothing from now on."""
    with opened(data) as access:
        ended = granted(access.tokens.revoke(token_id, time.time()))
    click.echo(f"{ended.name} is revoked")


@token.command()
def scopes() -> None:
    """List the scopes there are."""
    for scope in scopes_there_are():
        click.echo(f"{scope}: {', '.join(GROUPS[scope])}" if scope in GROUPS else scope)


def _line(one: Token) -> str:
    state = "revoked" if one.revoked_at else "expired" if one.expires_at <= time.time() else "opens"
    used = f"last used {_day(one.used_at)}" if one.used_at else "never used"
    agency = f" · {one.agency}" if one.agency else ""
    return f"{one.id} · {one.name} · {', '.join(one.scopes)}{agency} · {state} · until {_day(one.expires_at)} · {used}"


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
