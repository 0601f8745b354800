"""The door for neighbours as a server has it: from its settings to its answers, and the pages that tell of it."""

from __future__ import annotations

import asyncio
import re
import tomllib
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ed25519
from tests.gateways.test_i3_log import EVENT, TOKEN, pem, signed
from tests.web.asgi import Client

from tocsin.app import AppError, build
from tocsin.cli import main
from tocsin.settings import SettingsError, load_settings
from tocsin.standards.i3_log import MEANING
from tocsin.standards.i3_types import MEMBERS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/standards/i3-logging.md").read_text()
HOW_TO = (ROOT / "docs/how-to/let-neighbours-log.md").read_text()
KEY = ed25519.Ed25519PrivateKey.generate()
LINES = f"""
[logging_service]
domain = "centre.example.org"
[[logging_service.partners]]
name = "recorder"
domains = ["recorder.example"]
keys = ["keys/recorder.pem"]
token = "{TOKEN}"
"""


def settings_of(folder: Path, text: str = LINES) -> Path:
    (folder / "keys").mkdir()
    pem(folder / "keys" / "recorder.pem", KEY)
    file = folder / "tocsin.toml"
    file.write_text(f'data = "data"\n{text}')
    return file


def test_a_server_with_partners_logs_and_reads_and_its_key_is_the_one_that_is_told(tmp_path):
    app = build(load_settings(settings_of(tmp_path)))

    async def run() -> None:
        await app.desk.start("centre", "Centre", "live")
        client = Client(app.web)
        name = (await client.ask("POST", "/i3/Logging/v1/LogEvents", signed(EVENT, KEY))).json()
        one = await client.ask("GET", f"/i3/Logging/v1/LogEvents/{name}", authorization=f"Bearer {TOKEN}")
        assert one.json() == signed(EVENT, KEY)
        assert [entry.by for entry in await app.site.looks.latest(5, lambda _entry: True)] == ["i3:recorder"]
        told = (await client.ask("GET", "/i3/Logging/Versions")).json()["fingerprint"]
        jwk = CliRunner().invoke(main, ["keys", "i3", "--data", str(tmp_path / "data")])
        assert msgspec.json.decode(jwk.output)["kid"] == told
        await app.site.looks.stop()
        await app.desk.stop()

    try:
        asyncio.run(run())
    finally:
        app.close()


def test_without_partners_there_is_no_door(tmp_path):
    app = build(load_settings(settings_of(tmp_path, "")))

    async def run() -> None:
        for path in ("Versions", "v1/LogEvents"):
            assert (await Client(app.web).ask("GET", f"/i3/Logging/{path}")).status == 404

    try:
        asyncio.run(run())
    finally:
        app.close()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"centre.example.org"', '"centre"', "logging_service.domain: "),
        ('["recorder.example"]', "[]", "domains: "),
        (f'"{TOKEN}"', '"short"', "token: "),
        ('name = "recorder"', 'name = "A B"', "name: "),
        ("token =", 'reads = "everything"\ntoken =', "reads: "),
        ("token =", "surprise = 1\ntoken =", "unknown field 'surprise'"),
        ("[[logging", LINES.partition('org"')[2] + "[[logging", "'recorder' stands there twice"),
    ],
)
def test_a_wrong_setting_is_one_line(tmp_path, old, new, words):
    with pytest.raises(SettingsError, match=re.escape(words)):
        load_settings(settings_of(tmp_path, LINES.replace(old, new, 1)))


def test_a_partner_whose_key_is_not_there_stops_the_start_and_lets_go_of_everything(tmp_path):
    settings = load_settings(settings_of(tmp_path))
    (tmp_path / "keys" / "recorder.pem").unlink()
    with pytest.raises(SettingsError, match=r"recorder\.pem: No such file"):
        build(settings)
    pem(tmp_path / "keys" / "recorder.pem", KEY)
    try:
        build(settings).close()
    except AppError as error:  # the folder would still be locked
        pytest.fail(str(error))


def test_what_the_how_to_writes_can_be_set(tmp_path):
    (block,) = re.findall(r"^```toml\n(.*?)^```", HOW_TO, re.M | re.S)
    told = tomllib.loads(block)["logging_service"]
    (tmp_path / "t.toml").write_text(block)
    door = load_settings(tmp_path / "t.toml").logging_service
    assert door is not None
    assert [partner.name for partner in door.partners] == [one["name"] for one in told["partners"]]


def test_the_page_names_every_code_and_every_reason():
    source = "".join(
        (ROOT / "src/tocsin" / file).read_text()
        for file in ("gateways/i3_ask.py", "gateways/i3_log.py", "gateways/i3_partners.py", "standards/i3_log.py")
    )
    named = set(re.findall(r'(?:NotLogged|Wrong)\(\s*4[36]\d, "(\w+)"', source))
    named |= set(re.findall(r'_bad\(\s*"(\w+)"', source)) | set(re.findall(r'Wrong\(454, "(\w+)"', source))
    assert len(named) >= 15
    assert [name for name in sorted(named) if f"`{name}`" not in PAGE] == []
    for code, meaning in MEANING.items():
        assert f"| {code} | {meaning} |" in PAGE
    assert f"| {len(MEMBERS) - 1}, with their members" in PAGE
