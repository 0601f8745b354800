"""The public page as an attacker meets it: guessed tokens, second devices, floods, bombs, disguises, other sites."""

from __future__ import annotations

import asyncio
import contextlib
import io
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st
from PIL import Image
from tests.desk.hall import give
from tests.gateways.callers.lobby import Lobby, Phone, film, in_lobby, jpeg, png_of
from tests.web.asgi import Client

from tocsin.domain import orders as o
from tocsin.domain.orders_caller_links import HearCaller
from tocsin.domain.texts import unreadable
from tocsin.gateways.callers import site, uploads
from tocsin.gateways.callers.forms import clean
from tocsin.gateways.callers.limits import Buckets
from tocsin.gateways.callers.media import Maker
from tocsin.gateways.callers.uploads import NotTaken, Uploads, form_of

WAYS = ("open", "share", "place", "say", "news", "stop", "piece")


def test_a_guessed_token_opens_nothing_and_is_soon_slowed_down(tmp_path):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone()
        names = []
        for n in range(40):
            guess = Phone(lobby.app, f"{n:022d}", "203.0.113.5")
            names.append((await guess.open()).json()["name"])
        assert names[0] == "unknown_link"
        assert names[-1] == "too_often"
        neighbour = Phone(lobby.app, phone.token, "203.0.113.5")
        neighbour.device = phone.device
        assert (await neighbour.say("help")).status == 200, "a real caller behind the same address is not turned away"

    in_lobby(tmp_path, test)


@pytest.mark.parametrize(
    "token", ["", "x", "a" * 21, "a" * 23, "../../etc/passwd\x00", "K1", "a" * 5_000, "é" * 22, "' OR 1=1 --        "]
)
def test_what_is_no_token_is_an_unknown_link(tmp_path, token):
    async def test(lobby: Lobby) -> None:
        await lobby.phone()
        for way in WAYS:
            kind = "application/octet-stream" if way == "piece" else "application/json"
            answer = await Phone(lobby.app, token).post(way, raw=b"{}", content_type=kind)
            assert (answer.status, answer.json()) == (404, {"name": "unknown_link"})

    in_lobby(tmp_path, test)


def test_two_devices_that_open_at_once_are_one_that_has_it_and_one_that_has_not(tmp_path):
    async def test(lobby: Lobby) -> None:
        token = await lobby.send(await lobby.call())
        phones = [Phone(lobby.app, token, f"192.0.2.{n}") for n in range(6)]
        answers = await asyncio.gather(*[phone.open() for phone in phones])
        assert sorted(answer.status for answer in answers) == [200, 403, 403, 403, 403, 403]

    in_lobby(tmp_path, test)


def test_before_it_is_opened_the_token_alone_does_nothing(tmp_path):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone(opened=False)
        before = lobby.desk.position()
        for way, body in (("share", {}), ("say", {"id": "a", "text": "x"}), ("news", {}), ("stop", {})):
            assert (await phone.post(way, body)).json()["name"] == "link_not_opened"
        assert (await phone.place()).json()["name"] == "link_not_opened"
        assert (await phone.show(jpeg())).json()["name"] == "link_not_opened"
        assert lobby.desk.position() == before

    in_lobby(tmp_path, test)


def test_the_console_and_the_page_know_nothing_of_each_other(tmp_path):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone()
        phone.client.token, phone.client.csrf = "a" * 43, "b" * 43  # a dispatcher's browser, its cookie sent along
        answer = await phone.say("hello")
        assert answer.status == 200
        page = await phone.client.ask("GET", "/c")
        assert not {"set-cookie"} & {*answer.headers, *page.headers}
        for path in ("/", "/cc", "/desk", "/api/board", "/c.html"):
            assert (await Client(lobby.app).ask("GET", path)).raw == b"console"

    in_lobby(tmp_path, test)


def test_no_page_elsewhere_can_speak_for_a_caller(tmp_path):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone()
        for heads in ({"origin": "https://evil.example"}, {"sec_fetch_site": "cross-site"}, {"origin": "null"}):
            answer = await phone.post("say", {"id": "x", "text": "x"}, **heads)
            assert (answer.status, answer.json()["name"]) == (403, "wrong_origin")
        for way in WAYS:
            answer = await phone.client.ask("OPTIONS", f"/c/{way}", origin="https://evil.example")
            assert answer.status == 405
            assert not [name for name in answer.headers if name.startswith("access-control")]

    in_lobby(tmp_path, test)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", None])
def test_only_what_a_foreign_form_cannot_send_is_read(tmp_path, kind):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone()
        for way in WAYS:
            answer = await phone.post(way, {"id": "x", "text": "x"}, content_type=kind)
            assert (answer.status, answer.json()["name"]) == (415, "wrong_content_type")

    in_lobby(tmp_path, test)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "TRACE", "HEAD", "X" * 300])
def test_other_methods_do_nothing(tmp_path, method):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone()
        for way in WAYS:
            assert (await phone.client.ask(method, f"/c/{way}")).status == 405
        assert (await phone.client.ask(method, "/c/none")).status == 404

    in_lobby(tmp_path, test)


BODIES = [
    b"", b"{", b"null", b"[]", b'"x"', b"\xff\xfe", b"[" * 4_000, b'{"id": "x", "text": 7}', b'{"id": "x", "a": 1}',
    b'{"id": "../x", "text": "x"}', b'{"id": "x", "text": "' + b"x" * 501 + b'"}', b'{"id":"x","phrase":"get_out"}',
    b'{"id": "x", "text": "\\ud800"}',
]  # fmt: skip


@pytest.mark.parametrize("raw", BODIES, ids=range(len(BODIES)))
def test_a_body_that_is_none_is_refused_and_nothing_is_written(tmp_path, raw):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone(sharing=True)
        before = lobby.desk.position()
        for way in ("say", "place", "open"):
            answer = await phone.post(way, raw=raw)
            assert (answer.status, answer.json()["name"]) == (400, "malformed")
        assert lobby.desk.position() == before

    in_lobby(tmp_path, test)


@pytest.mark.parametrize(
    "wrong",
    [
        {"lat": 91},
        {"lon": 181},
        {"accuracy_m": -1},
        {"accuracy_m": 1e300},
        {"age_s": -5},
        {"speed_mps": 1e9},
        {"lat": "1"},
    ],
)
def test_a_position_that_cannot_be_is_refused(tmp_path, wrong):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone(sharing=True)
        answer = await phone.post("place", {"lat": 1.0, "lon": 2.0, "accuracy_m": 3.0, **wrong})
        assert answer.status == 400
        raw = b'{"lat": NaN, "lon": 1, "accuracy_m": 1}'
        assert (await phone.post("place", raw=raw)).status == 400
        assert lobby.desk.call("1").reports == ()

    in_lobby(tmp_path, test)


TEXTS = {
    "controls": ("fire\x00\x07\x1b[31m here", "fire   [31m here"),
    "turned round": ("abc\u202egnp.exe", "abc gnp.exe"),
    "many scripts": ("நெருப்பு 火事 пожар 🔥👩‍🚒 حريق", "நெருப்பு 火事 пожар 🔥👩‍🚒 حريق"),
    "markup": (
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
    ),
    "lines": ("one\r\ntwo\nthree", "one \ntwo\nthree"),
    "headers": ("x\r\nSet-Cookie: a=b", "x \nSet-Cookie: a=b"),
    "not characters": ("a\ufffe\uffffb", "a  b"),
}


@pytest.mark.parametrize(("said", "kept"), TEXTS.values(), ids=TEXTS)
def test_nobody_in_need_is_refused_for_a_character(tmp_path, said, kept):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone()
        assert (await phone.say(said)).status == 200
        assert lobby.row.messages[-1].text == kept
        assert (await phone.post("news", {"after": 0})).json()["messages"][-1]["text"] == kept

    in_lobby(tmp_path, test)


@settings(max_examples=60, deadline=None)
@examples(st.text(max_size=60))
def test_any_text_is_taken_or_is_empty(said):

    assert unreadable(HearCaller("K1", clean(said))) is None


def test_a_flood_is_slowed_down_and_other_callers_are_not(tmp_path):
    async def test(lobby: Lobby) -> None:
        loud, quiet = await lobby.phone(sharing=True), await lobby.phone(sharing=True)
        said = [(await loud.say("a")).status for _ in range(30)]
        assert said.count(200) <= 12
        assert said[-1] == 429
        placed = [(await loud.place()).status for _ in range(20)]
        assert placed.count(200) <= 8
        assert (await quiet.say("help")).status == 200
        assert (await quiet.place()).status == 200
        crowd = Client(lobby.app, "203.0.113.77")
        assert 429 in [(await crowd.ask("GET", "/c")).status for _ in range(200)]
        assert (await quiet.say("still here")).status == 200

    in_lobby(tmp_path, test)


def test_callers_behind_one_address_do_not_lock_each_other_out(tmp_path):
    async def test(lobby: Lobby) -> None:
        phone, lost = await lobby.phone(sharing=True), await lobby.phone(sharing=True)
        loud = Client(lobby.app, "192.0.2.7")
        assert 429 in [(await loud.ask("GET", "/c")).status for _ in range(200)]
        assert (await phone.say("help")).status == 200
        assert (await phone.place()).status == 200
        thief = Phone(lobby.app, lost.token, "203.0.113.9")
        assert {(await thief.say("x")).json()["name"] for _ in range(100)} == {"link_taken", "too_often"}
        assert (await lost.say("help")).status == 200, "nor can one who only read the message"

    in_lobby(tmp_path, test)


def test_buckets_fill_again_and_are_forgotten():
    now = [0.0]
    buckets = Buckets(1.0, 2.0, lambda: now[0])
    assert [buckets.take("a") for _ in range(3)] == [True, True, False]
    assert buckets.take("b")
    now[0] += 1.0
    assert [buckets.take("a") for _ in range(2)] == [True, False]
    for n in range(30_000):
        buckets.take(str(n))
    assert len(buckets._left) <= 20_000


def test_a_body_longer_than_it_may_be_is_refused_by_its_word_and_by_its_length(tmp_path):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone()
        big = b'{"id":"x","text":"' + b" " * 9_000 + b'"}'
        assert (await phone.post("say", raw=big)).status == 413
        assert (await phone.post("say", raw=big, content_length="2")).status == 413
        assert (await phone.post("say", raw=b"{}", content_length="9" * 30)).status == 400
        assert (await phone.post("say", raw=b"{}", content_length="-1")).status == 400

    in_lobby(tmp_path, test)


def test_a_body_that_does_not_come_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(site, "PATIENCE_S", 0.05)

    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone()
        heads = {
            "host": "localhost:9110",
            "content-type": "application/json",
            "x-link": phone.token,
            "x-device": phone.device,
        }
        scope = phone.client.scope("POST", "/c/say", heads)
        told: list[Any] = []

        async def receive() -> dict[str, Any]:
            await asyncio.sleep(30)
            raise AssertionError("nobody waited so long")

        async def send(message: dict[str, Any]) -> None:
            told.append(message)

        await lobby.app(scope, receive, send)
        assert told[0]["status"] == 408

    in_lobby(tmp_path, test)


def test_many_that_wait_for_news_keep_nobody_out(tmp_path, monkeypatch):
    monkeypatch.setattr(site, "HANDS", 3)
    monkeypatch.setattr(site, "NEWS_S", 2.0)

    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone()
        waiting = [asyncio.create_task(phone.post("news", {"after": 99})) for _ in range(12)]
        await asyncio.sleep(0.05)
        assert (await phone.say("help")).status == 200
        await asyncio.gather(*waiting)
        assert lobby.callers.site._hands == 0

    in_lobby(tmp_path, test)


# -- pictures ---------------------------------------------------------------------------------------------------------

REFUSED = {
    "an SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", 415, "unknown_format"),
    "a page": (b"<!doctype html><script>alert(1)</script>", 415, "unknown_format"),
    "a GIF": (b"GIF89a" + b"\0" * 100, 415, "unknown_format"),
    "a zip": (b"PK\x03\x04" + b"\0" * 100, 415, "unknown_format"),
    "a program": (b"\x7fELF" + b"\0" * 100, 415, "unknown_format"),
    "a HEIC": (b"\0\0\0\x18ftypheic" + b"\0" * 100, 415, "unknown_format"),
    "a playlist": (b"#EXTM3U\nfile:///etc/passwd\n", 415, "unknown_format"),
    "a JPEG of noise": (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20, 422, "broken"),
    "half a JPEG": (jpeg(800, 600)[:4_000], 422, "broken"),
    "a PNG of 3.6 billion pixels": (png_of(60_000, 60_000, b"\0" * 1_000), 413, "too_many_pixels"),
    "a PNG that unpacks to more than it says": (png_of(100, 100, b"\0" * 60_000_000), 200, ""),
    "a PNG of 49 million black pixels": (png_of(7_000, 7_000, b"\0" * (7_000 * 21_001)), 200, ""),
    "a film of noise": (b"\0\0\0\x18ftypisom" + bytes(range(256)) * 30, 422, "broken"),
    "a WebM of noise": (b"\x1a\x45\xdf\xa3" + bytes(range(256)) * 30, 422, "broken"),
}


@pytest.mark.parametrize(("raw", "status", "name"), REFUSED.values(), ids=REFUSED)
def test_bombs_and_disguises_are_refused_and_the_page_lives_on(tmp_path, raw, status, name):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone()
        answer = await phone.show(raw)
        assert (answer.status, answer.json().get("name", "")) == (status, name)
        assert (await phone.say("still here")).status == 200
        if status != 200:
            assert lobby.row.media == ()
            assert not list((tmp_path / "media").rglob("*-*"))

    in_lobby(tmp_path, test)


def test_a_polyglot_leaves_nothing_of_its_other_face(tmp_path):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone()
        page = b"<script>alert(document.domain)</script>PK\x05\x06" + b"\0" * 18
        for n, raw in enumerate((jpeg(tail=page), png_of(64, 64, b"\0" * (64 * 193), text=page))):
            assert (await phone.show(raw, upload=f"u{n}")).status == 200
        for shown in lobby.row.media:
            kept = lobby.media.get("1", shown.id)
            assert kept is not None
            assert b"script" not in kept
            assert b"PK" not in kept[-40:]
            assert kept.endswith(b"\xff\xd9")

    in_lobby(tmp_path, test)


def test_a_film_is_made_anew_without_where_it_was_filmed(tmp_path):
    pytest.importorskip("av", reason="the extra `clips` is not installed")

    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone()
        raw = film(2)
        assert b"38.7083" in raw
        assert (await phone.show(raw)).json()["form"] == "clip"
        (shown,) = lobby.row.media
        assert (shown.form, shown.width_px, shown.height_px) == ("clip", 320, 240)
        assert 1.5 < shown.duration_s < 2.5
        kept = lobby.media.get("1", shown.id)
        assert kept is not None
        assert kept.startswith(b"\x1a\x45\xdf\xa3")
        assert not any(word in kept for word in (b"38.7083", b"SECRET", b"location"))

    in_lobby(tmp_path, test)


def test_a_decoder_that_never_ends_or_eats_all_memory_is_ended(tmp_path, monkeypatch):
    async def test() -> None:
        from tocsin.gateways.callers import media

        monkeypatch.setitem(media.PATIENCE_S, "photo", 0.001)
        with pytest.raises(NotTaken) as no:
            await Maker().make("photo", jpeg())
        assert no.value.name == "broken"

    asyncio.run(test())


def test_the_process_that_decodes_has_limits_and_knows_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("TOCSIN_MASTER_KEY", "SECRET")
    seen: dict[str, Any] = {}
    real = asyncio.create_subprocess_exec

    async def spy(*words: str, **more: Any) -> Any:
        seen.update(more, words=words)
        return await real(*words, **more)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", spy)
    asyncio.run(Maker().make("photo", jpeg()))
    assert set(seen["env"]) == {"PATH"}
    assert "-I" in seen["words"]
    import subprocess
    import sys

    code = (
        "import resource; from tocsin.gateways.callers.decode import limit; limit('photo');"
        "print(resource.getrlimit(resource.RLIMIT_AS)[0] < 2**31, resource.getrlimit(resource.RLIMIT_CPU)[0],"
        " resource.getrlimit(resource.RLIMIT_FSIZE)[0])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["True", "12", "0"]


def test_uploads_are_bounded_each_and_together(monkeypatch):
    now = [0.0]
    held = Uploads(lambda: now[0])
    start = jpeg()[:1_000]
    with pytest.raises(NotTaken, match="too_large"):
        held.piece("K1", "a", 0, uploads.PHOTO_B + 1, start)
    with pytest.raises(NotTaken, match="too_large"):
        held.piece("K1", "a", 0, 0, start)
    with pytest.raises(NotTaken, match="out_of_order"):
        held.piece("K1", "a", 5, 10_000, start)
    assert held.piece("K1", "a", 0, 3_000, start) == 1_000
    assert held.piece("K1", "a", 0, 3_000, start) == 1_000, "a piece sent twice is taken once"
    for offset, raw in ((2_000, b"x"), (1_000, b"x" * 2_001)):
        with pytest.raises(NotTaken, match="out_of_order"):
            held.piece("K1", "a", offset, 3_000, raw)
    with pytest.raises(NotTaken, match="out_of_order"):
        held.piece("K1", "a", 1_000, 9_000_000, b"x")
    assert held.finished("K1") is None
    monkeypatch.setattr(uploads, "ALL_B", 10_000)
    with pytest.raises(NotTaken, match="busy"):
        held.piece("K2", "a", 0, 8_000, start)
    now[0] += 91
    assert held.piece("K2", "a", 0, 8_000, start) == 1_000, "one that stands still is let go of"


@examples(st.binary(max_size=64))
def test_the_form_is_told_by_the_bytes_alone(raw):
    assert form_of(raw) in (None, "photo", "clip")
    assert form_of(b"<svg" + raw) is None


def test_an_upload_header_is_no_way_in(tmp_path):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone()
        for upload, offset, total in (
            ("../../x", "0", "9"), ("", "0", "9"), ("a", "-1", "9"), ("a", "0", "1e9"),
            ("a", "0x1", "9"), ("a", "", ""),
        ):  # fmt: skip
            heads = {"x_upload": upload, "x_offset": offset, "x_total": total}
            answer = await phone.post("piece", raw=jpeg()[:99], content_type="application/octet-stream", **heads)
            assert (answer.status, answer.json()["name"]) == (400, "malformed")

    in_lobby(tmp_path, test)


def test_pictures_end_where_a_link_is_full(tmp_path):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone()
        lobby.desk.room.caller_links["K1"].media = 24
        answer = await phone.show(jpeg(64, 64))
        assert (answer.status, answer.json()["name"]) == (409, "link_full")
        assert not [p for p in (tmp_path / "media").rglob("*") if p.is_file()], "what is not recorded is not kept"

    in_lobby(tmp_path, test)


def test_what_a_power_cut_left_behind_is_swept_up(tmp_path):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone()
        await phone.show(jpeg(64, 64))
        lobby.media.put("1", "lost", b"a picture no fact names")
        known = lobby.desk.room.caller_media
        assert lobby.media.sweep(lambda media: media in known) == 1
        assert lobby.media.get("1", "lost") is None
        assert lobby.media.get("1", lobby.row.media[0].id)

    in_lobby(tmp_path, test)


def test_a_kept_picture_that_was_altered_or_moved_is_not_shown(tmp_path):
    from tocsin.log.port import LogError

    async def test(lobby: Lobby) -> None:
        one, other = await lobby.phone(), await lobby.phone()
        await one.show(jpeg(64, 64))
        await other.show(jpeg(64, 64))
        rows = list(lobby.desk.board.caller_links.values())
        first, second = (tmp_path / "media" / row.call / row.media[0].id for row in rows)
        raw = second.read_bytes()
        second.write_bytes(first.read_bytes())
        with pytest.raises(LogError):
            lobby.media.get(rows[1].call, rows[1].media[0].id)
        second.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
        with pytest.raises(LogError):
            lobby.media.get(rows[1].call, rows[1].media[0].id)
        with pytest.raises(LogError):
            lobby.media.get("../..", "passwd")

    in_lobby(tmp_path, test)


def test_posts_after_the_end_change_nothing(tmp_path):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone(sharing=True)
        await phone.piece(jpeg()[:100], 0, 5_000)
        await give(lobby.desk, o.ReleaseCall("1", "abandoned"))
        before = lobby.desk.position()
        for way, body in (("open", {"tongue": "en"}), ("say", {"id": "z", "text": "x"}), ("share", {}), ("stop", {})):
            assert (await phone.post(way, body)).status == 410
        assert (await phone.piece(jpeg()[100:200], 100, 5_000)).status == 410
        assert (await phone.place()).status == 410
        assert lobby.desk.position() == before
        assert lobby.callers.site._uploads._coming == {}

    in_lobby(tmp_path, test)


def test_the_jpeg_bomb_of_many_scans_costs_bounded_time():
    """A progressive JPEG may ask for the same pixels over and over: the child's clock ends it (RLIMIT_CPU)."""
    out = io.BytesIO()
    Image.effect_noise((3_000, 3_000), 90).save(out, "JPEG", progressive=True, quality=60)
    raw = out.getvalue()
    begin = raw.index(b"\xff\xda")
    bomb = raw[:begin] + raw[begin:-2] * 6 + b"\xff\xd9"
    told: list[int | str] = []

    async def make() -> None:
        with contextlib.suppress(NotTaken):
            made = await Maker().make("photo", bomb)
            told.append(max(made.width, made.height))

    asyncio.run(make())
    assert told in ([], [1_600])
