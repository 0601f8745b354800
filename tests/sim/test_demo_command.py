"""`tocsin demo`: what it says, what it refuses, and what it keeps."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tocsin import app
from tocsin.cli.demo import demo
from tocsin.cli.demo_ground import LOCK, map_region, move_aside
from tocsin.geo.region import Region


def _demo(*words: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(demo, [str(word) for word in words])
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--calls", "calls.csv"], "--calls needs --map"),
        (["--map", "nowhere.osm.pbf", "--headless"], "nowhere.osm.pbf: no such file"),
        (["--map", "m.pbf", "--calls", "nowhere.csv"], "nowhere.csv: cannot be read: No such file"),
        (["--people", "12"], "--people"),
    ],
)
def test_a_mistake_is_one_clear_line(tmp_path: Path, words: list[str], said: str) -> None:
    code, _, err = _demo("--data", tmp_path, *words)
    assert code != 0
    assert said in err
    assert "Traceback" not in err


def test_an_invented_hour_without_a_server_is_the_same_every_time(tmp_path: Path, region: Region) -> None:
    asked = ("--data", tmp_path, "--map", region.path, "--people", 60_000, "--headless", "--hours", 1, "--json")
    code, out, err = _demo(*asked, "--calls-per-hour", 20)
    assert code == 0, err
    day = json.loads(out)
    assert day["calls"] > 5
    assert {figure["interval"] for figure in day["figures"]} == {
        "answering", "processing", "turnout", "travel", "response",
    }  # fmt: skip
    assert _demo(*asked, "--calls-per-hour", 20)[1] == out
    assert _demo(*asked, "--calls-per-hour", 20, "--seed", 8)[1] != out


def test_rows_left_out_are_said_and_listed_in_a_file(tmp_path: Path, region: Region) -> None:
    west, south, east, north = region.manifest.bbox
    good = f"1,2019-05-01T10:00:00Z,{(south + north) / 2},{(west + east) / 2},Alarms,E1\n"
    bad = "".join(f"{n},not a time,1,1,Alarms,E1\n" for n in range(2, 9))
    (tmp_path / "calls.csv").write_text("id,received,lat,lon,type,unit\n" + good + bad, encoding="utf-8")
    asked = (
        "--data",
        tmp_path / "var",
        "--map",
        region.path,
        "--calls",
        tmp_path / "calls.csv",
        "--headless",
        "--json",
    )
    code, out, err = _demo(*asked)
    assert code == 0, err
    assert "7 of 8 rows could not be read" in err
    assert err.count("is not a time like") == 5
    listed = (tmp_path / "var" / "rows-left-out.tsv").read_text(encoding="utf-8").splitlines()
    assert len(listed) == 8
    assert listed[1].startswith("3\treceived\t")
    assert json.loads(out)["comparison"]["replayed_calls"] == 1


def test_a_map_is_built_once_and_again_when_it_changed(tmp_path: Path, town: Path) -> None:
    from rich.console import Console

    quiet = Console(quiet=True)
    source = tmp_path / "town.osm.pbf"
    source.write_bytes(town.read_bytes())
    first = map_region(tmp_path / "var", source, quiet).manifest.built_at
    label = tmp_path / "var" / "map-town" / "manifest.json"
    before = label.stat().st_mtime_ns
    assert map_region(tmp_path / "var", source, quiet).manifest.built_at == first
    assert label.stat().st_mtime_ns == before
    label.write_text(label.read_text("utf-8").replace(f'"source_bytes": {source.stat().st_size}', '"source_bytes": 1'))
    assert map_region(tmp_path / "var", source, quiet).manifest.source_bytes == source.stat().st_size


def test_an_old_record_is_moved_aside_and_never_lost(tmp_path: Path) -> None:
    assert move_aside(tmp_path / "centre") is None
    for n in (1, 2):
        (tmp_path / "centre").mkdir()
        (tmp_path / "centre" / "decisions.db").write_text(str(n), encoding="utf-8")
        assert move_aside(tmp_path / "centre") == tmp_path / f"centre.{n}"
    assert (tmp_path / "centre.1" / "decisions.db").read_text(encoding="utf-8") == "1"
    assert (tmp_path / "centre.2" / "decisions.db").read_text(encoding="utf-8") == "2"


def test_a_folder_in_which_a_server_works_is_not_moved(tmp_path: Path) -> None:
    (tmp_path / "centre").mkdir()
    with (tmp_path / "centre" / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(click.ClickException, match="another server works in this folder"):
            move_aside(tmp_path / "centre")
    assert (tmp_path / "centre").exists()
    assert LOCK == app.LOCK


def _start(tmp_path: Path, region: Region) -> tuple[subprocess.Popen[str], str, str]:
    """A demo with a server; answers the process, its address and its sign-in link's token."""
    words = ["demo", "--data", str(tmp_path), "--map", str(region.path), "--people", "60000", "--port", "0"]
    code = "from tocsin.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, *words], stderr=subprocess.PIPE, text=True, env={**os.environ, "COLUMNS": "200"}
    )
    guard = threading.Timer(120.0, process.kill)
    guard.daemon = True
    guard.start()
    assert process.stderr
    for line in process.stderr:
        found = re.search(r"Open\s+(http://\S+)/#link=(\S+)", line)
        if found:
            return process, found[1], found[2]
    raise AssertionError("the demo never said where it is")


def _board(address: str, token: str) -> dict[str, object]:
    body = json.dumps({"link": token}).encode()
    ask = urllib.request.Request(f"{address}/api/session", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(ask) as answer:
        cookie = answer.headers["Set-Cookie"].split(";")[0]
    with urllib.request.urlopen(urllib.request.Request(f"{address}/api/board", headers={"Cookie": cookie})) as answer:
        board: dict[str, object] = json.loads(answer.read())["board"]
        return board


def test_the_link_opens_a_living_room_and_a_second_start_goes_on_with_it(tmp_path: Path, region: Region) -> None:
    positions = []
    for _ in range(2):
        process, address, token = _start(tmp_path, region)
        try:
            board = _board(address, token)
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
        assert process.returncode == 0
        assert board["mode"] == "exercise"
        rows = board["rows"]
        assert isinstance(rows, dict)
        assert len(rows["units"]) >= 10
        positions.append(board["position"])
    assert positions[1] > positions[0] >= 10
