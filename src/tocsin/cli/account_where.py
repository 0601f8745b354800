"""Where accounts are kept, for every command about them: the options that say so, and the opened store.

Every failure is one line.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from tocsin.access import FILE, Access, AccessError, AccessRefusal
from tocsin.access.changes import By
from tocsin.cli.log_stores import places_at
from tocsin.log.port import LogError
from tocsin.settings import Centre, Settings

V = TypeVar("V")
Command = TypeVar("Command", bound=Callable[..., Any])


class Where(NamedTuple):
    """Where accounts are kept: a data folder, or a database and the centre in it."""

    data: Path
    store: str
    centre: str


def data_option(command: Command) -> Command:
    """Adds --data, --store and --centre; the command is given them as `data`, one Where."""

    @functools.wraps(command)
    def called(*, data: Path, store: str, centre: str, **given: Any) -> Any:
        return command(data=Where(data, store, centre), **given)

    where = click.Path(path_type=Path, file_okay=False)
    words = "The data folder, as for `tocsin serve`."
    how: dict[str, Any] = {"default": Settings().data, "show_default": True, "envvar": "TOCSIN_DATA"}
    options: Any = called
    shared = "The PostgreSQL database that the nodes share, as for `tocsin serve`. [$TOCSIN_STORE]"
    options = click.option("--centre", default="", help="Whose accounts, in a database that several centres share.")(
        options
    )
    options = click.option("--store", metavar="ADDRESS", default="", envvar="TOCSIN_STORE", help=shared)(options)
    return click.option("--data", type=where, help=words, **how)(options)  # type: ignore[no-any-return]


@contextmanager
def opened(where: Where, *, make: bool = False) -> Iterator[Access]:
    """The accounts of a data directory; every failure is one line. Only `make` brings a new file into being."""
    data = where.data
    if not where.store and not make and not (data / FILE).exists():
        raise click.ClickException(f"{data}: holds no accounts; `tocsin account add` makes the first")
    access = None
    try:
        if where.store:
            access = Access.at(where.store, where.centre or _only_centre(where.store))
        else:
            if make:
                data.mkdir(mode=0o700, exist_ok=True)
            access = Access.open(data / FILE)
        yield access
    except AccessError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{data}: {error.strerror}") from error
    finally:
        if access is not None:
            access.close()


def _only_centre(store: str) -> str:
    """The one centre whose record is there; what `tocsin serve` would take where there is none yet."""
    try:
        found = {place.centre for place in places_at(store)}
    except LogError:  # nothing there yet, or out of reach: opening says so
        return Centre().id
    if len(found) > 1:
        raise click.UsageError(f"several centres are here ({', '.join(sorted(found))}): say whose with --centre")
    return found.pop() if found else Centre().id


def here() -> By:
    """Whoever is at this command line, now: so the access log names them."""
    return By(at=time.time())


def granted(answer: V | AccessRefusal) -> V:
    """What was done; a no is one line on standard error."""
    if isinstance(answer, AccessRefusal):
        raise click.ClickException(answer.text)
    return answer
