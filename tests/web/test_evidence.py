"""Checkpoint and tiles of a living server: a witness follows over HTTP, cosigns, and sees a rewriting."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from contextlib import contextmanager

import msgspec
import pytest
import requests
from click.testing import CliRunner

from tocsin.access import Access
from tocsin.app import AppError, build
from tocsin.cli import main
from tocsin.log.notes import Checkpoint, Note, PrivateKey, PublicKey
from tocsin.log.notes_keys import load_key, save_key
from tocsin.log.port import LogError
from tocsin.settings import Centre, Settings
from tocsin.web.evidence import KEY, SIGNED, Evidence

NAME = ["--centre", "north", "--name", "North", "--mode", "exercise"]


@contextmanager
def serving(data, config=None):
    words = ["serve", "--data", str(data), "--port", "0", *NAME, *(["--config", str(config)] if config else [])]
    command = [sys.executable, "-c", "from tocsin.cli import main; main()", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, line + process.stdout.read()
        yield found[0]
    finally:
        process.terminate()
        process.communicate(timeout=60)


def give(data, address, count):
    """Somebody gives orders; the record grows."""
    access = Access.open(data / "accounts.db")
    if access.account("ana") is None:
        access.add_account("ana", None, ("dispatcher", "supervisor"), time.time())
    session = access.sign_in_by_link(str(access.sign_in_link("ana", time.time())), "", time.time())
    headers = {"Cookie": f"tocsin_session={session.token}", "X-Tocsin-CSRF": session.csrf}
    for n in range(count):
        body = {"id": f"{time.time()}-{n}", "order": {"kind": "receive_call", "line": "112", "caller": "Maria Silva"}}
        assert requests.post(f"{address}/api/orders", json=body, headers=headers, timeout=30).status_code == 200
    access.close()
    return headers


def told(*words):
    result = CliRunner().invoke(main, [str(word) for word in words])
    return result.exit_code, result.output


def test_a_witness_follows_a_living_server_cosigns_and_sees_a_rewriting(tmp_path):
    data, config, mine = tmp_path / "data", tmp_path / "tocsin.toml", tmp_path / "my.key"
    ombud = PrivateKey.make("ombud.example", witness=True)
    save_key(mine, ombud)
    config.write_text(f'witnesses = ["{ombud.public}"]\n')
    with serving(data, config) as address:
        key = load_key(data / KEY).public
        headers = give(data, address, 300)
        time.sleep(1.1)
        watch = ["log", "witness", address, "--key", key, "--memory", tmp_path / "memory", "--cosign", mine, "--send"]
        code, said = told(*watch)
        assert (code, "seen for the first time" in said) == (0, True), said
        note = Note.parse(requests.get(f"{address}/checkpoint", timeout=30).content)
        assert {one.name for one in note.check([key, ombud.public])} == {"north", "ombud.example"}
        assert Checkpoint.read(note.text).size >= 301
        view = requests.get(f"{address}/api/log/record", headers=headers, timeout=30).json()
        assert (view["origin"], view["keys"], view["trouble"]) == ("north", [str(key)], "")
        assert view["witnesses"][0]["cosigned_at"] > 1_700_000_000
        tile = requests.get(f"{address}/tile/0/000", timeout=30)
        assert (tile.status_code, len(tile.content)) == (200, 256 * 32)
        assert "immutable" in tile.headers["cache-control"]
        assert requests.get(f"{address}/tile/entries/000", timeout=30).status_code == 404  # words of callers
        assert requests.get(f"{address}/tile/0/999", timeout=30).status_code == 404
        assert b"Maria" not in tile.content
        give(data, address, 5)
        time.sleep(1.1)
        code, said = told(*watch)
        assert (code, "nothing altered" in said) == (0, True), said
        stranger = PrivateKey.make("stranger", witness=True)
        text = Note.parse(requests.get(f"{address}/checkpoint", timeout=30).content).text
        forged = Note(text, ()).signed([stranger], 1)
        body = {"note": forged.bytes().decode()}
        answer = requests.post(f"{address}/api/log/cosignatures", json=body, timeout=30)
        assert answer.status_code == 422
        assert answer.json()["field"] == "note"
    # Somebody with the key and the disk writes another history, and takes away what was signed.
    for file in (*data.glob("decisions.db*"), *(data / SIGNED).iterdir()):
        file.unlink()
    with serving(data, config) as address:
        give(data, address, 320)
        time.sleep(1.1)
        code, said = told(*watch[:2], address, *watch[3:-3])
        assert (code, "REWRITTEN" in said) == (1, True), said


def test_a_record_that_is_not_what_was_signed_is_shown_to_nobody_as_if_it_were(tmp_path):
    data = tmp_path / "data"
    with serving(data) as address:
        give(data, address, 3)
        assert requests.get(f"{address}/checkpoint", timeout=30).status_code == 200
    for file in data.glob("decisions.db*"):
        file.unlink()
    with serving(data) as address:
        answer = requests.get(f"{address}/checkpoint", timeout=30)
        assert (answer.status_code, answer.json()["name"]) == (503, "not_signed")
        headers = give(data, address, 0)
        assert "cut short" in requests.get(f"{address}/api/log/record", headers=headers, timeout=30).json()["trouble"]


def test_a_record_that_was_cut_short_is_said_in_the_server_s_log_once_for_each_cause(caplog):
    causes = iter(("it was cut short", "it was cut short", "it was rewritten"))

    def opening():
        raise LogError(next(causes))

    evidence = Evidence(opening, (), ())
    for _ in range(3):
        with pytest.raises(LogError):
            asyncio.run(evidence.checkpoint())
    assert [record.message for record in caplog.records] == [
        "no checkpoint can be signed: it was cut short",
        "no checkpoint can be signed: it was rewritten",
    ]


def test_the_key_is_made_at_the_first_start_and_a_bad_one_is_refused_in_one_line(tmp_path):
    settings = Settings(data=tmp_path / "data", port=0, centre=Centre("north", "North", "exercise"))
    build(settings).close()
    first = (tmp_path / "data" / KEY).read_text()
    assert (tmp_path / "data" / KEY).stat().st_mode & 0o077 == 0
    build(settings).close()
    assert (tmp_path / "data" / KEY).read_text() == first
    with pytest.raises(AppError, match="No such file"):
        build(msgspec.structs.replace(settings, signing_key=tmp_path / "none"))
    with pytest.raises(AppError, match="key"):
        build(msgspec.structs.replace(settings, witnesses=("nonsense",)))
    save_key(tmp_path / "w", PrivateKey.make("w", witness=True))
    with pytest.raises(AppError, match="this is a witness's key"):
        build(msgspec.structs.replace(settings, signing_key=tmp_path / "w"))
    assert isinstance(PublicKey.parse(str(load_key(tmp_path / "data" / KEY).public)), PublicKey)


def test_a_site_without_evidence_says_so(run):
    async def test(world):
        client = world.client()
        for path in ("/checkpoint", "/tile/0/000"):
            answer = await client.ask("GET", path)
            assert (answer.status, answer.json()["name"]) == (404, "not_found")

    run(test)


def test_a_centre_that_gets_a_key_of_its_own_signs_with_both_until_the_first_is_taken_away(tmp_path):
    data, config, fresh = tmp_path / "data", tmp_path / "tocsin.toml", tmp_path / "own.key"
    save_key(fresh, PrivateKey.make("north"))
    with serving(data) as address:
        first = load_key(data / KEY).public
        give(data, address, 3)
        assert told("log", "witness", address, "--key", first, "--memory", tmp_path / "memory")[0] == 0
    config.write_text(f'signing_key = "{fresh}"\n')
    for here, known in ((True, first), (True, load_key(fresh).public), (False, load_key(fresh).public)):
        if not here:
            (data / KEY).unlink()
        with serving(data, config) as address:  # also while the record stands still
            memory = tmp_path / f"memory{'' if known == first else ' of another'}"
            code, output = told("log", "witness", address, "--key", known, "--memory", memory)
            assert code == 0, output
