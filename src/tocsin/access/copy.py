"""All accounts of a centre from one store to another: a file and a database hold the same tables. Shows no secret.

Nothing is ever put over accounts that are there.
"""

from __future__ import annotations

import re
from typing import Any

from tocsin.access.people import AccessError
from tocsin.access.tables import LATER, TABLES, AnyTables, Con

_STEPS = (*TABLES, *(one for step in LATER for one in step))
NAMES = tuple(
    found[1] for statement in _STEPS
    if (found := re.match(r"\s*CREATE TABLE (\w+)", statement)) and f"DROP TABLE {found[1]}" not in _STEPS
)  # fmt: skip
"""Every table there is, in the order they are made."""
_BOOLEAN = 16
"""PostgreSQL's number for the type; SQLite keeps 0 and 1."""


def copy_accounts(source: AnyTables, target: AnyTables) -> int:
    """Everything in `source`, as it is at one moment; answers how many accounts. Raises AccessError."""
    with source.writing() as here:  # alone, so that no table is of another moment
        told = {name: _read(here, name) for name in NAMES}
    with target.writing() as there:
        if any(there.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in NAMES):  # noqa: S608
            raise AccessError("there are accounts already; nothing is put over them")
        for name, (columns, rows) in told.items():
            _write(there, name, columns, rows)
    return len(told["accounts"][1])


def _columns(con: Con, table: str) -> list[tuple[str, Any]]:
    asked: Any = con.execute(f"SELECT * FROM {table} LIMIT 0")  # noqa: S608 - a name of ours
    return [(column[0], column[1]) for column in asked.description]


def _read(con: Con, table: str) -> tuple[list[str], list[Any]]:
    columns = [name for name, _ in _columns(con, table)]
    return columns, con.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()  # noqa: S608


def _write(con: Con, table: str, columns: list[str], rows: list[Any]) -> None:
    kinds = dict(_columns(con, table))
    if missing := [name for name in columns if name not in kinds]:
        raise AccessError(f"{table}: the other side knows no {', '.join(missing)}; open it with this release first")
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' for _ in columns)})"  # noqa: S608
    for row in rows:
        values = zip(columns, row, strict=True)
        con.execute(statement, [bool(value) if kinds[name] == _BOOLEAN else value for name, value in values])
