"""The tables under a log in PostgreSQL, and how an older database becomes today's. Refuses to know what an entry is.

Everything is in the schema `tocsin` of the database. Its version is a row; each step forward is one transaction, alone
(an advisory lock), and there are no steps back: a release refuses a database of a later one. Every row bears its
centre, first in every key, so that the tables can be distributed by it.
"""

from __future__ import annotations

from typing import Any, LiteralString

from tocsin.log.hashes import genesis
from tocsin.log.port import LogError, headless
from tocsin.log.postgres_session import Connection

LOCK = 0x546F_6373
"""The advisory lock for changes of the tables: 'Tocs'."""

_FIRST: tuple[LiteralString, ...] = (
    "CREATE SCHEMA tocsin",
    "CREATE TABLE tocsin.schema_version (version integer NOT NULL)",
    """CREATE TABLE tocsin.decisions (
        centre text COLLATE "C" NOT NULL, position bigint NOT NULL,
        raw bytea NOT NULL, leaf bytea NOT NULL, chain bytea NOT NULL, PRIMARY KEY (centre, position))""",
    # Partitioned by day, so that what retention let go of is a table dropped and not a table full of holes.
    """CREATE TABLE tocsin.tracks (
        centre text COLLATE "C" NOT NULL, position bigint NOT NULL, day integer NOT NULL,
        raw bytea NOT NULL, leaf bytea NOT NULL, chain bytea NOT NULL,
        PRIMARY KEY (centre, position, day)) PARTITION BY LIST (day)""",
    # Who and which order are bytes, because a text of PostgreSQL cannot hold every text; `key` is their hash, because
    # an index cannot hold long ones.
    """CREATE TABLE tocsin.receipts (
        centre text COLLATE "C" NOT NULL, log text COLLATE "C" NOT NULL, key bytea NOT NULL,
        by_whom bytea NOT NULL, order_id bytea NOT NULL, digest bytea NOT NULL,
        first bigint NOT NULL, last bigint NOT NULL, PRIMARY KEY (centre, log, key))""",
    # Room on the page for the next version of a row that changes with every append.
    """CREATE TABLE tocsin.heads (
        centre text COLLATE "C" NOT NULL, log text COLLATE "C" NOT NULL,
        position bigint NOT NULL, chain bytea NOT NULL, peaks bytea NOT NULL,
        start_position bigint NOT NULL, start_chain bytea NOT NULL, start_peaks bytea NOT NULL,
        fence bigint NOT NULL DEFAULT 0, PRIMARY KEY (centre, log)) WITH (fillfactor = 20)""",
    "INSERT INTO tocsin.schema_version VALUES (0)",
)

_LOOKS: tuple[LiteralString, ...] = (
    """CREATE TABLE tocsin.looks (
        centre text COLLATE "C" NOT NULL, position bigint NOT NULL,
        raw bytea NOT NULL, leaf bytea NOT NULL, chain bytea NOT NULL, PRIMARY KEY (centre, position))""",
)

# What callers showed, sealed (log/media_postgres.py): beside the record, so that a dump of one carries the other.
_MEDIA: tuple[LiteralString, ...] = (
    """CREATE TABLE tocsin.media (
        centre text COLLATE "C" NOT NULL, call text COLLATE "C" NOT NULL, media text COLLATE "C" NOT NULL,
        raw bytea NOT NULL, kept_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (centre, call, media))""",
    # Noise does not get smaller, and trying takes time.
    "ALTER TABLE tocsin.media ALTER COLUMN raw SET STORAGE EXTERNAL",
)

MIGRATIONS: tuple[tuple[LiteralString, ...], ...] = (_FIRST, _LOOKS, _MEDIA)
"""Step n leads from schema n to schema n + 1. Steps are only ever added."""


LASTING: tuple[LiteralString, ...] = ("decisions", "looks")
HEADLESS: dict[str, LiteralString] = {
    log: f"""WITH RECURSIVE one (centre) AS (SELECT min(centre) FROM tocsin.{log} UNION ALL
        SELECT (SELECT min(e.centre) FROM tocsin.{log} e WHERE e.centre > one.centre) FROM one
        WHERE one.centre IS NOT NULL)
        SELECT centre FROM one WHERE centre IS NOT NULL
        AND centre NOT IN (SELECT centre FROM tocsin.heads WHERE log = '{log}')"""  # noqa: S608 - our own constants
    for log in LASTING
}
"""Centres that have entries and no head: one step in the index for each centre, however many entries."""


def require(con: Connection, where: str) -> None:
    """Raises LogError unless the tables are there and of today's schema."""
    version = _version(con, where)
    if version is None:
        raise LogError(f"{where}: holds no Tocsin log")
    _refuse_later(version, where)
    if version < len(MIGRATIONS):
        raise LogError(f"{where}: has schema {version}, this release reads schema {len(MIGRATIONS)}; open it to write")


def prepare(con: Connection, where: str, centre: str, log: str) -> None:
    """Make or bring forward the tables, and the centre's head row. Raises LogError, psycopg.Error."""
    if _ask(con, "SELECT pg_is_in_recovery()"):
        raise LogError(f"{where}: the database may only be read (it is a standby)")
    if _version(con, where) != len(MIGRATIONS):
        with con.transaction():
            con.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            _forward(con, where)
    if log in HEADLESS:
        refuse_headless(con, where, log, centre)
    begin = (0, genesis(centre), b"")
    con.execute(
        """INSERT INTO tocsin.heads (centre, log, position, chain, peaks, start_position, start_chain, start_peaks)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
        (centre, log, *begin, *begin),
    )


def refuse_headless(con: Connection, where: str, log: str, only: str = "") -> None:
    """Raises LogError when a centre, or `only` this one, has entries in this log and no head."""
    for (centre,) in con.execute(HEADLESS[log]).fetchall():
        if only in ("", centre):
            raise LogError(f"{where}: {headless(centre)}")


def make_day(con: Connection, day: int) -> None:
    """The table for tracks of one day (counted from 1970), if it is not there."""
    with con.transaction():
        con.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        con.execute(
            f"CREATE TABLE IF NOT EXISTS tocsin.tracks_{int(day)} PARTITION OF tocsin.tracks FOR VALUES IN ({int(day)})"
        )


def drop_days(con: Connection, before: int) -> None:
    """Drop the tables of days before `before` that hold nothing any more."""
    with con.transaction():
        con.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        found = con.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'tocsin.tracks'::regclass"
        ).fetchall()
        for (name,) in found:
            if int(name.rsplit("_", 1)[1]) < before and not _ask(con, f"SELECT EXISTS (SELECT FROM {name})"):  # noqa: S608
                con.execute(f"DROP TABLE {name}")


def _forward(con: Connection, where: str) -> None:
    """Again inside the lock, because two nodes may come at once."""
    version = _version(con, where)
    if version is not None:
        _refuse_later(version, where)
    for step in MIGRATIONS[version or 0 :]:
        for statement in step:
            con.execute(statement)
    con.execute("UPDATE tocsin.schema_version SET version = %s", (len(MIGRATIONS),))


def _refuse_later(version: int, where: str) -> None:
    if version > len(MIGRATIONS):
        raise LogError(f"{where}: has schema {version}, this release reads schema {len(MIGRATIONS)}")


def _version(con: Connection, where: str) -> int | None:
    """None where there is no schema of ours. Raises LogError for somebody else's."""
    if _ask(con, "SELECT to_regclass('tocsin.schema_version')") is None:
        if _ask(con, "SELECT to_regnamespace('tocsin')") is not None:
            raise LogError(f"{where}: has a schema 'tocsin' that is not ours")
        return None
    version = _ask(con, "SELECT max(version) FROM tocsin.schema_version")
    if version is None:
        raise LogError(f"{where}: does not say which schema it has")
    return int(version)


def _ask(con: Connection, question: Any) -> Any:
    row = con.execute(question).fetchone()
    return None if row is None else row[0]
