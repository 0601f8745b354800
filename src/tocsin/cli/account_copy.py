"""`tocsin account copy`: the accounts of a centre that moves. Shows no secret."""

from __future__ import annotations

import importlib
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from tocsin.access import FILE, AccessError
from tocsin.access.copy import copy_accounts
from tocsin.access.tables import Tables
from tocsin.cli.log_stores import ADDRESSES, one_place, plainly
from tocsin.log.port import LogError


def account_store(where: str, centre: str) -> Any:
    """The tables of accounts at a data folder or a database address, made where there are none. Raises LogError."""
    try:
        if not where.startswith(ADDRESSES):
            return Tables(Path(where) / FILE)
        return importlib.import_module("tocsin.access.tables_postgres").PostgresTables(where, centre)
    except AccessError as error:
        raise LogError(str(error)) from None
    except ImportError:
        raise LogError("PostgreSQL needs the extra `postgres`: pip install 'tocsin[postgres]'") from None


@click.command("copy")
@click.argument("source", metavar="SOURCE")
@click.argument("target", metavar="TARGET")
@click.option("--centre", help="The centre, where there are several.")
def copy_command(source: str, target: str, centre: str | None) -> None:
    """Copy all accounts of a centre that moves.

    From SOURCE to TARGET, where there are none yet: each a data folder or a postgresql:// address. For a centre that
    moves (`tocsin log copy`), with the server stopped.
    """
    with plainly():
        centre = one_place(source, centre).centre
        with closing(account_store(source, centre)) as here, closing(account_store(target, centre)) as there:
            try:
                count = copy_accounts(here, there)
            except AccessError as error:
                raise LogError(f"{error}") from None
    click.echo(f"{centre}: {count:,} accounts copied")
