"""Nominatim beside us: a private PostgreSQL, an import of the same map, and answers to the same queries.

It needs `initdb` and PostGIS (Debian: postgresql-15-postgis-3), `osm2pgsql`, and the `nominatim` command of the
packages `nominatim-db` and `nominatim-api` (with `asyncpg`) in an environment of its own: on PATH, or named by
TOCSIN_NOMINATIM. What is missing is said, and nothing is measured. Nothing listens on a network; everything lies in one
folder that is gone afterwards.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common import note

_ASK = """
import json, sys, time
import nominatim_api as napi
with napi.NominatimAPI(sys.argv[1]) as api:
    for line in sys.stdin:
        start = time.perf_counter()
        found = api.search(json.loads(line), max_results=1, address_details=True)
        took = time.perf_counter() - start
        row = None
        if found:
            one = found[0]
            napi.Locales().localize_results(found)
            road = next((r.local_name for r in one.address_rows or [] if r.rank_address == 26 and r.isaddress), None)
            row = {"lat": one.centroid.y, "lon": one.centroid.x, "name": one.display_name, "road": road}
        print(json.dumps({"found": row, "ms": took * 1000}), flush=True)
"""


def _programs() -> tuple[dict[str, str], list[str]]:
    bins = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    where = os.pathsep.join([os.environ.get("PATH", ""), *map(str, bins)])
    names = {"initdb": "initdb", "pg_ctl": "pg_ctl", "psql": "psql", "osm2pgsql": "osm2pgsql"}
    names["nominatim"] = os.environ.get("TOCSIN_NOMINATIM", "nominatim")
    found = {name: shutil.which(program, path=where) for name, program in names.items()}
    return {k: v for k, v in found.items() if v}, [k for k, v in found.items() if not v]


class Nominatim:
    """One imported map, asked through a process in Nominatim's own environment."""

    def __init__(self, python: Path, project: Path, env: dict[str, str]):
        self._child = subprocess.Popen(
            [str(python), "-c", _ASK, str(project)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env,
        )  # fmt: skip

    def ask(self, text: str) -> tuple[dict[str, Any] | None, float]:
        """The first answer (lat, lon, name, road), or None, and the milliseconds it took inside its process."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps(text) + "\n")
        self._child.stdin.flush()
        answer = json.loads(self._child.stdout.readline())
        return answer["found"], answer["ms"]

    def close(self) -> None:
        assert self._child.stdin is not None
        self._child.stdin.close()
        self._child.wait(20)


@contextlib.contextmanager
def nominatim(source: Path) -> Iterator[Nominatim | str]:
    """Import the map and hand out the searcher; a string says why there is none."""
    programs, missing = _programs()
    if missing:
        yield f"not here: {', '.join(missing)}"
        return
    base = Path(tempfile.mkdtemp(prefix="tocsin-nominatim-", dir="/tmp"))
    try:
        with _cluster(base, programs) as env:
            project = base / "project"
            project.mkdir()
            note("nominatim: importing the same map")
            command = [programs["nominatim"], "import", "--project-dir", str(project), "--osm-file", str(source)]
            done = subprocess.run(
                [*command, "--no-updates", "-j", "2"], env=env, capture_output=True, text=True, check=False
            )
            if done.returncode:
                yield f"import failed: {done.stderr.strip().splitlines()[-1:]}"
                return
            searcher = Nominatim(Path(programs["nominatim"]).with_name("python"), project, env)
            try:
                yield searcher
            finally:
                searcher.close()
    finally:
        shutil.rmtree(base, ignore_errors=True)


@contextlib.contextmanager
def _cluster(base: Path, programs: dict[str, str]) -> Iterator[dict[str, str]]:
    as_whom: dict[str, Any] = {"user": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    if as_whom:
        shutil.chown(base, "postgres")
    base.chmod(0o755)
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "cwd": base}
    data = base / "data"
    subprocess.run(
        [programs["initdb"], "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8"], **as_whom, **quiet, check=True
    )
    options = f"-c listen_addresses= -c unix_socket_directories={base} -c fsync=off -c shared_buffers=128MB -c jit=off"
    start = [programs["pg_ctl"], "-D", data, "-o", options, "-l", base / "log", "-w", "start"]
    subprocess.run(start, **as_whom, **quiet, check=True)
    try:
        sql = [programs["psql"], "-q", "-h", str(base), "-U", "postgres", "-c", 'CREATE ROLE "www-data" LOGIN']
        subprocess.run(sql, **quiet, check=True)
        dsn = f"pgsql:dbname=nominatim;host={base};user=postgres"
        yield {**os.environ, "NOMINATIM_DATABASE_DSN": dsn, "PGHOST": str(base), "PGUSER": "postgres"}
    finally:
        subprocess.run([programs["pg_ctl"], "-D", data, "-m", "immediate", "stop"], **as_whom, **quiet, check=True)


if __name__ == "__main__":
    import sys

    with nominatim(Path(sys.argv[1])) as rival:
        for text in sys.argv[2:]:
            note(rival if isinstance(rival, str) else repr(rival.ask(text)))
