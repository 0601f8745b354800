"""A real server over a small town, and Chromium driven by Node. What this machine lacks is named when skipping."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CONSOLE = ROOT / "console"
PASSWORD = "correct horse battery"
CHROMIUMS = (
    os.environ.get("TOCSIN_CHROMIUM", ""),
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
)


def lacking() -> str:
    """What keeps these tests from running here, or nothing."""
    if not chromium():
        return "no Chromium on this machine (Debian: apt install chromium)"
    if not node():
        return "no Node on this machine"
    if not (CONSOLE / "node_modules" / "playwright-core").exists():
        return "the console's packages are not installed (python console/build.py)"
    if not (ROOT / "src" / "tocsin" / "web" / "static" / "index.html").exists():
        return "the console is not built (python console/build.py)"
    return ""


def chromium() -> str:
    return next((path for path in CHROMIUMS if path and Path(path).exists()), "")


def node() -> str:
    beside = Path(sys.executable).parent / "node"
    return shutil.which("node") or (str(beside) if beside.exists() else "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = lacking()
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.browser)
            if missing:
                item.add_marker(pytest.mark.skip(reason=missing))


@pytest.fixture(scope="session")
def region(request: pytest.FixtureRequest) -> Path:
    """The town, built once and kept in pytest's cache until the town or the builder's format changes."""
    import tocsin.geo.region as built_by
    from tocsin.geo import manifest
    from tocsin.geo.places import columns

    formats = f"{manifest.VERSION} {columns.FORMAT}".encode()
    parts = (HERE / "town.py").read_bytes() + Path(built_by.__file__).read_bytes() + formats
    mark = hashlib.sha256(parts).hexdigest()[:16]
    cache = request.config.cache.mkdir("browser-town")
    folder = cache / mark
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "manifest.json").exists():
            town = cache / "town.osm.pbf"
            subprocess.run([sys.executable, str(HERE / "town.py"), str(town)], check=True)
            words = [
                "-c",
                "from tocsin.cli import main; main()",
                "region",
                "build",
                str(town),
                "-o",
                str(folder),
                "--force",
            ]
            done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
    return folder


class House:
    """A server that can be killed and started again on the same port, and a client of it."""

    def __init__(self, data: Path, region: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.data, self.region = data, region
        self.base = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[str] | None = None
        self.start()

    def start(self) -> None:
        words = [sys.executable, str(HERE / "server.py"), str(self.data), str(self.region), str(self.port)]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert re.match(r"ready at http", line), f"the server did not start: {line!r}"
        self.client = httpx.Client(base_url=self.base)
        session = self.client.post("/api/session", json={"name": "ana", "password": PASSWORD}).raise_for_status().json()
        self.client.headers["X-Tocsin-CSRF"] = session["csrf"]

    def kill(self) -> None:
        assert self.process
        self.client.close()
        self.process.kill()
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()

    def give(self, kind: str, **order: Any) -> Any:
        body = {"id": uuid.uuid4().hex, "order": {"kind": kind, **order}}
        answer = self.client.post("/api/orders", json=body)
        assert answer.status_code == 200, answer.text
        return [entry["fact"] for entry in answer.json()["entries"]]

    def incident(self, summary: str = "", kind: str = "FIRE-STRUCTURE", **more: Any) -> str:
        types = [each["code"] for each in self.get("/api/catalogue")["types"]]
        place = more.pop("place", {"lat": 35.903, "lon": 14.503, "text": "7 Mill Lane"})
        code = kind if kind in types else types[0]
        return str(self.give("open_incident", type=code, place=place, summary=summary, **more)[0]["incident"])

    def ring_answered(self, said: str, place: dict[str, Any], kind: str) -> str:
        """A call that was answered, said something and opened an incident; the incident."""
        call = self.give("receive_call", line="112", number="+356 555 0100")[0]["call"]
        self.give("answer_call", call=call)
        self.give("note_call", call=call, text=said)
        self.give("locate_call", call=call, place=place)
        return str(self.give("open_incident", type=kind, calls=[call], summary=said)[0]["incident"])

    def get(self, path: str) -> Any:
        return self.client.get(path).raise_for_status().json()

    def link(self) -> str:
        """The newest link that was sent, from its message."""
        for _ in range(100):
            messages = (self.data / "sms.txt").read_text().split() if (self.data / "sms.txt").exists() else []
            if messages and "/c#" in messages[-1]:
                return messages[-1].removeprefix(self.base)
            time.sleep(0.05)
        raise AssertionError("no message was sent")

    def rows(self, table: str) -> dict[str, Any]:
        return dict(self.get("/api/board")["board"]["rows"].get(table, {}))


class Demo:
    """`tocsin demo` in a town of its own, an hour into its day, kept in pytest's cache."""

    def __init__(self, data: Path) -> None:
        words = ["-c", "from tocsin.cli import main; main()", "demo", "--data", str(data), "--fresh", "--port", "0"]
        words = [sys.executable, *words, "--people", "120000"]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert self.process.stdout
        found = next(filter(None, (re.search(r"(http://\S+)/(#link=\S+)", line) for line in self.process.stdout)), None)
        assert found, "the demo did not start"
        self.base, self.link = found.groups()

    def stop(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=60)


@pytest.fixture
def demo(request: pytest.FixtureRequest) -> Iterator[Demo]:
    made = Demo(request.config.cache.mkdir("demo"))
    yield made
    made.stop()


@pytest.fixture
def house(tmp_path: Path, region: Path) -> Iterator[House]:
    made = House(tmp_path / "data", region)
    yield made
    made.kill()


Drive = Callable[..., Any]


@pytest.fixture
def drive(house: House) -> Drive:
    """Runs a scenario and answers with its result, once no error was logged and nothing was asked of another host."""

    def run(scenario: str, on: dict[str, Callable[[], object]] | None = None, base: str = "", **given: Any) -> Any:
        words = [
            node(),
            str(HERE / "drive.mjs"),
            str(CONSOLE),
            chromium(),
            base or house.base,
            scenario,
            json.dumps(given),
        ]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdin
            assert process.stdout
            for line in process.stdout:
                said = json.loads(line)
                if "ask" not in said:
                    break
                answer = (on or {})[said["ask"]]()
                process.stdin.write(f"{answer if isinstance(answer, str) else 'done'}\n")
                process.stdin.flush()
            else:
                pytest.fail(f"{scenario} ended without a word")
        assert "failed" not in said, said["failed"]
        assert said["errors"] == []
        assert said["outside"] == []
        return said["result"]

    return run
