"""A real PostgreSQL of our own for the tests: a private cluster behind a unix socket, gone when the tests are.

PostgreSQL refuses to run as root; then its programs run as `nobody` or `postgres`.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

ROOM_B = 2 << 30
SETTINGS = {"listen_addresses": "", "shared_buffers": "32MB", "max_connections": "150", "log_min_messages": "warning"}


def programs() -> Path | None:
    """Where PostgreSQL's server programs are: from PATH, or where Debian hides them; None without one (15 or later)."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()), None)


def _memory() -> str | None:
    """Where there is room in memory: a commit is synced as ever, and waits for no disk. A kill is a process's, and
    what a disk loses in a power cut no test here can tell."""
    place = "/dev/shm"
    if not os.access(place, os.W_OK) or shutil.disk_usage(place).free < ROOM_B or "TMPDIR" in os.environ:
        return None
    return place


def _as_user() -> dict:
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise RuntimeError("there is no unprivileged user to run PostgreSQL as")


def _is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False


class Server:
    """One cluster. `make` builds it; `start`, `stop` and `kill` are what happens to servers."""

    def __init__(self, bin_dir: Path, base: Path) -> None:
        self._bin = bin_dir
        self.base = base
        self.data = base / "data"
        self.settings = dict(SETTINGS)

    @classmethod
    def make(cls, bin_dir: Path) -> Server:
        # A short path of its own: a socket's name may have 107 bytes, and others must be able to reach it.
        base = Path(tempfile.mkdtemp(prefix="pg-", dir=_memory()))
        server = cls(bin_dir, base)
        server.own(base)
        server.run("initdb", "-D", server.data, "-U", "tocsin", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        return server

    def own(self, path: Path) -> None:
        user = _as_user()
        if user:
            os.chown(path, user["user"], user["group"])

    def run(self, program: str, *words: object) -> str:
        done = subprocess.run(
            [self._bin / program, *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.base,
            timeout=60,
            **_as_user(),
        )
        if done.returncode:
            log = self.base / "log"
            said = log.read_text()[-2_000:] if log.exists() else ""
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}{said}")
        return done.stdout

    @property
    def conninfo(self) -> str:
        return f"postgresql://tocsin@/postgres?host={self.base}"

    def start(self) -> None:
        words = " ".join(f"-c {name}='{value}'" for name, value in self.settings.items())
        options = f"{words} -c unix_socket_directories='{self.base}'"
        self.run("pg_ctl", "-D", self.data, "-l", self.base / "log", "-w", "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        self.run("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop")

    def kill(self) -> None:
        """As a power cut would, as far as processes go."""
        pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
        pids = [pid, *map(int, found.split())]
        for one in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        until = time.monotonic() + 20
        while any(_is_alive(one) for one in pids) and time.monotonic() < until:
            time.sleep(0.01)
        # Nobody may have reaped the dead yet; after a power cut no process of that number would be there.
        for mark in (self.data / "postmaster.pid", *self.base.glob(".s.PGSQL.*")):
            mark.unlink(missing_ok=True)

    def execute(self, query: str, *parameters: object) -> list[tuple]:
        with psycopg.connect(self.conninfo, autocommit=True) as con:
            cursor = con.execute(query, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def cut(self, which: str = "true") -> int:
        """Cut connections, as a broken network does; how many."""
        query = f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {which}"
        return self.execute(query + " AND pid <> pg_backend_pid() AND backend_type = 'client backend'")[0][0]

    def wipe(self) -> None:
        """Take away every table of ours, between one test and the next."""
        self.execute("SET client_min_messages = error; DROP SCHEMA IF EXISTS tocsin CASCADE")

    def remove(self) -> None:
        if (self.data / "postmaster.pid").exists():
            try:
                self.stop("immediate")
            except RuntimeError:
                self.kill()
        shutil.rmtree(self.base, ignore_errors=True)
