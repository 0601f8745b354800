"""`tocsin account`: who may sign in, and as what. Works while the server runs; it notices within a second."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from typing import Any

import click
import msgspec

from tocsin.access import ROLES, Account
from tocsin.access.people import LINK_S, PASSWORD_MAX, PASSWORD_MIN
from tocsin.access.rules import refuse_password
from tocsin.cli.account_copy import copy_command
from tocsin.cli.account_tokens import token
from tocsin.cli.account_ways import COMMANDS
from tocsin.cli.account_where import Command, Where, data_option, granted, here, opened


def _password(command: Command) -> Command:
    words = "Read the password from the first line of standard input."
    return click.option("--password-stdin", is_flag=True, help=words)(command)


@click.group()
def account() -> None:
    """People: who may sign in, and as what.

    \b
      tocsin account add maria --role administrator        the first; she adds the others in the window Accounts
      tocsin account link maria                            lets her in once, also when her password is locked
      tocsin account show maria                            how she gets in: password, passkeys, providers, sessions
      tocsin account token add cad --scope watch           a key for a machine

    Each takes --data (the server's data folder) or --store, works while the server runs, and is told to the access log.
    """


@account.command()
@click.argument("name")
@data_option
@_password
@click.option("--no-password", is_flag=True, help="Opens by sign-in links alone.")
@click.option(
    "--role", "roles", multiple=True, type=click.Choice(ROLES), required=True, help="May be given repeatedly."
)
@click.option("--unit", default="", help="The unit of a field account.")
@click.option("--agency", default="", help="Whose account it is; none: the whole centre's.")
@click.option("--display", default="", help="The name to show, if another.")
@click.option("--language", default="en", show_default=True, help="The language of the screens.")
def add(
    name: str,
    data: Where,
    password_stdin: bool,
    no_password: bool,
    roles: tuple[str, ...],
    unit: str,
    agency: str,
    display: str,
    language: str,
) -> None:
    """Add the account NAME; asks for its password.

    Without one (--no-password) it opens by links, and whoever comes in by one may set a password.
    """
    if no_password and password_stdin:
        raise click.UsageError("either --no-password or --password-stdin")
    password = None if no_password else _ask_password(name, password_stdin)
    with opened(data, make=True) as access:
        how: dict[str, Any] = {"display": display, "unit": unit, "language": language, "agency": agency}
        added = granted(access.add_account(name, password, roles, time.time(), **how))
    click.echo(f"added {added.name}: {', '.join(added.roles)}")


@account.command(name="list")
@data_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_(data: Where, as_json: bool) -> None:
    """List all accounts."""
    with opened(data) as access:
        for found in access.accounts():
            click.echo(msgspec.json.encode(found).decode() if as_json else _line(found))


@account.command()
@click.argument("name")
@data_option
@_password
def passwd(name: str, data: Where, password_stdin: bool) -> None:
    """Give the account NAME a new password.

    Its open sessions end, and a lock on it is lifted.
    """
    with opened(data) as access:
        if access.account(name) is None:
            raise click.ClickException(f"There is no account {name!r}.")
        granted(access.change(name, password=_ask_password(name, password_stdin), by=here()))
    click.echo(f"{name} has a new password")


@account.command()
@click.argument("name")
@data_option
@click.option(
    "--role", "roles", multiple=True, type=click.Choice(ROLES), required=True, help="May be given repeatedly."
)
def roles(name: str, data: Where, roles: tuple[str, ...]) -> None:
    """Give the account NAME other roles.

    Instead of those it has; open sessions follow at once.
    """
    with opened(data) as access:
        changed = granted(access.change(name, roles=roles, by=here()))
    click.echo(f"{changed.name}: {', '.join(changed.roles)}")


@account.command()
@click.argument("name")
@data_option
@click.option("--display", help="The name to show.")
@click.option("--unit", help="The unit of a field account.")
@click.option("--language", help="The language of the screens: en, pt, …")
def edit(name: str, data: Where, display: str | None, unit: str | None, language: str | None) -> None:
    """Change the name to show, unit or language.

    What is left out stays.
    """
    if display is unit is language is None:
        raise click.UsageError("what is to change? --display, --unit or --language")
    with opened(data) as access:
        changed = granted(access.change(name, display=display, unit=unit, language=language, by=here()))
    click.echo(_line(changed))


@account.command()
@click.argument("name")
@click.argument("agency", required=False, default="")
@data_option
def agency(name: str, agency: str, data: Where) -> None:
    """Move NAME to AGENCY, or to the whole centre.

    Without AGENCY it is the whole centre's. Open sessions follow at once.
    """
    with opened(data) as access:
        changed = granted(access.change(name, agency=agency, by=here()))
    click.echo(f"{changed.name}: {changed.agency or 'the whole centre'}")


@account.command()
@click.argument("name")
@data_option
def disable(name: str, data: Where) -> None:
    """Close the account NAME; sessions and links end."""
    with opened(data) as access:
        granted(access.change(name, disabled=True, by=here()))
    click.echo(f"{name} is disabled")


@account.command()
@click.argument("name")
@data_option
def enable(name: str, data: Where) -> None:
    """Open the account NAME again; a lock is lifted."""
    with opened(data) as access:
        granted(access.change(name, disabled=False, by=here()))
    click.echo(f"{name} is enabled")


@account.command()
@click.argument("name")
@data_option
def link(name: str, data: Where) -> None:
    """Print a link that signs NAME in once.

    Put the server's address in front: https://desk.example + what is printed.
    """
    with opened(data) as access:
        token = granted(access.sign_in_link(name, time.time()))
    click.echo(f"/#link={token}")
    click.echo(f"opens once, within {LINK_S / 60:.0f} minutes; put the server's address in front", err=True)


def _ask_password(name: str, from_stdin: bool) -> str:
    """Asked for twice and unseen, and again when it cannot be; from a pipe, the first line as it is."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    while True:
        words = f"Password ({PASSWORD_MIN} to {PASSWORD_MAX:,} characters)"
        password: str = click.prompt(words, hide_input=True, confirmation_prompt=True)
        no = refuse_password(password, name)
        if no is None:
            return password
        click.echo(no.text, err=True)


def _line(found: Account) -> str:
    state = "disabled" if found.disabled else "enabled"
    made = datetime.fromtimestamp(found.created_at, UTC).strftime("%Y-%m-%d")
    unit = f" · {found.unit}" if found.unit else ""
    unit += f" · of {found.agency}" if found.agency else ""
    return (
        f"{found.name} · {found.display} · {', '.join(found.roles)}{unit} · {found.language} · {state} · since {made}"
    )


for command in COMMANDS:
    account.add_command(command)
account.add_command(token)
account.add_command(copy_command)
