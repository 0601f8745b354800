"""Who is signed in: sessions in the table, and those in use in memory, because every request asks.

Knows tokens only as digests in the file. A change made by another process (the command line) is seen within a second of
`now`; a change made through this one at once.
"""

from __future__ import annotations

from collections.abc import Callable

from tocsin.access.changes import By, note
from tocsin.access.hashing import new_token, token_digest
from tocsin.access.people import IDLE_S, SESSION_S, AccessRefusal, Account, How, Instant, OpenSession, Session
from tocsin.access.tables import AnyTables, Con

SAVE_SEEN_S = 60.0
"""How stale the last-seen of a session may be in the file: it is written at most this often."""
LOOK_ELSEWHERE_S = 1.0
ID_HEX = 16
"""So much of a session's digest is its name among an account's own."""

ACCOUNT_COLUMNS = "name, display, roles, unit, language, disabled, created_at, agency"


class _Held:
    """A session in use."""

    __slots__ = ("saved_at", "seen_at", "session")

    def __init__(self, session: Session, seen_at: Instant) -> None:
        self.session = session
        self.seen_at = seen_at
        self.saved_at = seen_at


class Sessions:
    """All sessions of one file. Thread-safe."""

    def __init__(self, tables: AnyTables) -> None:
        self._tables = tables
        self._held: dict[bytes, _Held] = {}
        self._looked_at: Instant = 0.0
        self.on_change: list[Callable[[], object]] = [self._held.clear]
        """Called when another process has written: whatever is held in memory is asked for again."""

    def begin(self, con: Con, account: Account, now: Instant, how: How, remote: str = "") -> Session:
        """Sign in, inside the caller's transaction. Sessions that have ended are swept out on the way."""
        token, csrf, ends = new_token(), new_token(), now + SESSION_S
        con.execute("DELETE FROM sessions WHERE expires_at <= ? OR seen_at <= ?", (now, now - IDLE_S))
        con.execute(
            "INSERT INTO sessions (digest, account, csrf, created_at, seen_at, expires_at, how, remote)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (token_digest(token), account.name, csrf, now, now, ends, how, remote[:64]),
        )
        self._let_go(lambda held: _is_over(held, now))
        return _session(account, csrf, token, now, ends)

    def is_at_hand(self, token: str, now: Instant) -> bool:
        """Whether `find` would answer from memory, without asking the store. Made for every request."""
        self.look_elsewhere(now)
        held = self._held.get(token_digest(token))
        return held is not None and not _is_over(held, now)

    def look_elsewhere(self, now: Instant) -> None:
        """Once a second: has another process written?"""
        if abs(now - self._looked_at) >= LOOK_ELSEWHERE_S:
            self._looked_at = now
            if self._tables.changed_elsewhere():
                for forget in self.on_change:
                    forget()

    def find(self, token: str, now: Instant) -> Session | None:
        """The session of this token, if it is good at `now`: a few microseconds when in use."""
        self.is_at_hand(token, now)
        digest = token_digest(token)
        held = self._held.get(digest) or self._load(token, digest)
        if held is None:
            return None
        if _is_over(held, now):
            self.end(token)
            return None
        self._see(digest, held, now)
        return held.session

    def end(self, token: str) -> None:
        """Sign out. A token that is none is no error."""
        digest = token_digest(token)
        with self._tables.writing() as con:
            con.execute("DELETE FROM sessions WHERE digest = ?", (digest,))
        self._held.pop(digest, None)

    def of(self, account: str, now: Instant, current: str = "") -> list[OpenSession]:
        """The open sessions of an account, the latest first; `current` is the token of the one that asks."""
        with self._tables.reading() as con:
            rows = con.execute(
                "SELECT digest, created_at, seen_at, expires_at, how, remote FROM sessions"
                " WHERE account = ? AND expires_at > ? AND seen_at > ? ORDER BY created_at DESC",
                (account, now, now - IDLE_S),
            ).fetchall()
        own = token_digest(current)
        return [
            OpenSession(bytes(digest).hex()[:ID_HEX], begun, seen, ends, how, remote, bytes(digest) == own)
            for digest, begun, seen, ends, how, remote in rows
        ]

    def end_one(self, account: str, session: str) -> AccessRefusal | None:
        """End one of an account's sessions, by its id."""
        for digest in self._digests(account):
            if digest.hex()[:ID_HEX] == session:
                self._end([digest])
                return None
        return AccessRefusal("unknown_session", "There is no open session with this id.", "id")

    def end_others(self, account: str, current: str) -> int:
        """End all of an account's sessions but this one; answers how many."""
        others = [digest for digest in self._digests(account) if digest != token_digest(current)]
        self._end(others)
        return len(others)

    def end_all(self, account: str, by: By) -> int:
        """End every session of an account, for an administrator; answers how many."""
        with self._tables.writing() as con:
            done = con.execute("DELETE FROM sessions WHERE account = ?", (account,)).rowcount
            if done:
                note(con, by, account, "sessions_ended", str(done))
        self.refresh(account)
        return done

    def _digests(self, account: str) -> list[bytes]:
        with self._tables.reading() as con:
            rows = con.execute("SELECT digest FROM sessions WHERE account = ?", (account,)).fetchall()
        return [bytes(row[0]) for row in rows]

    def _end(self, digests: list[bytes]) -> None:
        with self._tables.writing() as con:
            for digest in digests:
                con.execute("DELETE FROM sessions WHERE digest = ?", (digest,))
        for digest in digests:
            self._held.pop(digest, None)

    def refresh(self, account: str) -> None:
        """Forget what is held in memory of this account: the file knows better now."""
        self._let_go(lambda held: held.session.account == account)

    def _let_go(self, unwanted: Callable[[_Held], bool]) -> None:
        # In place, one by one: a dictionary built anew could bring back what another thread has just thrown out.
        for digest, held in list(self._held.items()):
            if unwanted(held):
                self._held.pop(digest, None)

    def _load(self, token: str, digest: bytes) -> _Held | None:
        # Loaded and held under one lock, so that a change made meanwhile is not hidden by what was read before it.
        with self._tables.reading() as con:
            row = con.execute(
                f"SELECT csrf, s.created_at, seen_at, expires_at, {_qualified()} FROM sessions s "  # noqa: S608
                "JOIN accounts a ON a.name = s.account WHERE digest = ? AND NOT disabled",
                (digest,),
            ).fetchone()
            if row is None:
                return None
            held = _Held(_session(account_of(row[4:]), row[0], token, row[1], row[3]), row[2])
            self._held[digest] = held
        return held

    def _see(self, digest: bytes, held: _Held, now: Instant) -> None:
        held.seen_at = max(held.seen_at, now)
        if held.seen_at - held.saved_at < SAVE_SEEN_S:
            return
        held.saved_at = seen_at = held.seen_at

        def save() -> None:
            with self._tables.writing(lasting=False) as con:
                con.execute("UPDATE sessions SET seen_at = ? WHERE digest = ?", (seen_at, digest))

        self._tables.later(save)


def account_of(row: tuple[str, str, str, str, str, int, float, str]) -> Account:
    """An account from ACCOUNT_COLUMNS."""
    name, display, roles, unit, language, disabled, created_at, agency = row
    return Account(name, display, tuple(roles.split()), unit, language, bool(disabled), created_at, agency)


def _session(account: Account, csrf: str, token: str, created_at: Instant, expires_at: Instant) -> Session:
    who = (account.name, account.display, account.roles, account.unit, account.language)
    return Session(*who, csrf, token, created_at, expires_at, account.agency)


def _is_over(held: _Held, now: Instant) -> bool:
    return now >= held.session.expires_at or now - held.seen_at >= IDLE_S


def _qualified() -> str:
    return ", ".join(f"a.{column}" for column in ACCOUNT_COLUMNS.split(", "))
