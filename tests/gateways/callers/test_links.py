"""One link from the order to its end: sent once, opened once, shared, written and shown on, over; what is kept."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from PIL import Image
from tests.desk.hall import facts_of, give
from tests.gateways.callers.lobby import NUMBER, URL, Lobby, Phone, in_lobby, jpeg, token_in
from tests.world import HERE

from tocsin.desk.busy import Busy
from tocsin.domain import orders as o
from tocsin.domain.orders_caller_links import EndCallerLink, SendCallerLink, TellCaller
from tocsin.domain.orders_privacy import ErasePersonal
from tocsin.domain.phrases import CALLER_PHRASES, DESK_PHRASES, phrase_in
from tocsin.facts import caller_links as facts
from tocsin.facts.caller_links import TONGUES
from tocsin.facts.privacy import PersonalErased
from tocsin.facts.values import Place
from tocsin.gateways.callers.sending import WORDS
from tocsin.gateways.callers.sms import NotSent


def test_a_link_goes_out_by_sms_and_only_the_hash_of_its_token_is_kept(tmp_path):
    async def test(lobby: Lobby) -> None:
        token = await lobby.send(await lobby.call(), "pt")
        (message,) = lobby.messages
        assert message.startswith(f"SMS to +351912345678: {WORDS['pt'].format(service='112')} {URL}/c#")
        assert lobby.row.status == "passed"
        assert (lobby.row.gateway, lobby.row.sent_by, lobby.row.tongue) == ("printer", "ana", "pt")
        link = lobby.desk.room.caller_links["K1"]
        assert link.token == hashlib.sha256(token.encode()).hexdigest()
        assert lobby.grep(token) == []
        assert lobby.grep(link.token) != []

    in_lobby(tmp_path, test)


def test_the_message_fits_one_sms_or_two():
    for tongue in TONGUES:
        text = f"{WORDS[tongue].format(service='112')} {URL}/c#{'x' * 22}"
        assert len(text) <= (134 if tongue in ("pt", "es", "fr", "ar") else 160), tongue


def test_the_first_device_has_it_and_a_second_is_told_so(tmp_path):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone()
        assert lobby.row.status == "opened"
        other = Phone(lobby.app, phone.token, "198.51.100.9")
        answer = await other.open()
        assert (answer.status, answer.json()) == (403, {"name": "link_taken"})
        other.device = "A" * 22
        for way in ("open", "share", "news", "stop", "say", "place"):
            assert (await other.post(way, {"tongue": "en"})).json()["name"] == "link_taken"
        again = await phone.open("fr")
        assert again.json()["device"] == phone.device
        assert lobby.row.tongue == "fr"
        assert lobby.grep(phone.device) == []

    in_lobby(tmp_path, test)


def test_a_position_is_shared_only_after_a_yes_and_stands_with_the_call(tmp_path):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone()
        assert (await phone.place()).json() == {"name": "not_shared"}
        assert lobby.desk.call("1").reports == ()
        assert (await phone.post("share")).json()["sharing"] is True
        assert (await phone.place(38.7, -9.14, 12.5, age_s=3.0, speed_mps=1.5)).status == 200
        (report,) = lobby.desk.call("1").reports
        assert (report.source, report.percent, report.spot.radius_m) == ("caller_link", 95.0, 12.5)
        assert report.fixed_at == lobby.clock.at - 3.0
        assert lobby.row.status == "sharing"

    in_lobby(tmp_path, test)


def test_both_write_and_phrases_come_in_the_callers_language(tmp_path):
    async def test(lobby: Lobby) -> None:
        phone = Phone(lobby.app, await lobby.send(await lobby.call()))
        await phone.open("ar")
        await give(lobby.desk, TellCaller("K1", phrase="help_is_coming"), TellCaller("K1", "Qual é a porta?"))
        assert (await phone.say("الباب الأزرق 🔵")).status == 200
        assert (await phone.post("say", {"id": "q1", "phrase": "yes"})).status == 200
        state = (await phone.post("news", {"after": 0})).json()
        assert [(one["mine"], one["text"]) for one in state["messages"]] == [
            (False, phrase_in("help_is_coming", "ar")),
            (False, "Qual é a porta?"),
            (True, "الباب الأزرق 🔵"),
            (True, "نعم"),
        ]
        assert [(one.by, one.phrase) for one in lobby.row.messages] == [
            ("ana", "help_is_coming"),
            ("ana", ""),
            ("", ""),
            ("", "yes"),
        ]
        assert lobby.grep("الباب") == []

    in_lobby(tmp_path, test)


def test_every_phrase_is_there_in_every_language():
    for phrase in (*DESK_PHRASES, *CALLER_PHRASES):
        said = {phrase_in(phrase, tongue) for tongue in TONGUES}
        assert "" not in said
        assert len(said) >= 5, phrase  # "No" is English and Spanish


def test_a_message_sent_twice_is_written_once(tmp_path):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone()
        for _ in range(3):
            assert (await phone.post("say", {"id": "same", "text": "fire"})).status == 200
        assert [one.text for one in lobby.row.messages] == ["fire"]

    in_lobby(tmp_path, test)


def test_a_photo_is_kept_sealed_without_its_place_and_erased_with_the_call(tmp_path):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone()
        answer = await phone.show(jpeg(2_400, 1_800))
        assert (answer.status, answer.json()["done"], answer.json()["form"]) == (200, True, "photo")
        (shown,) = lobby.row.media
        assert (shown.form, shown.width_px, shown.height_px) == ("photo", 1_600, 1_200)
        kept = lobby.media.get("1", shown.id)
        assert kept is not None
        assert len(kept) == shown.size_b
        (fact,) = [e.fact for e in lobby.desk._log.read() if isinstance(e.fact, facts.LinkMedia)]
        assert hashlib.sha256(kept).hexdigest() == fact.sha256
        image = Image.open(io.BytesIO(kept))
        assert dict(image.getexif()) == {}
        assert not any(word in kept for word in (b"Exif", b"SECRET", b"GPS", b"ICC_PROFILE"))
        assert lobby.grep(kept[200:260]) == []  # sealed, on disk
        await give(lobby.desk, o.ReleaseCall("1", "abandoned"), ErasePersonal("call:1"))
        assert lobby.media.get("1", shown.id) is None
        assert list((tmp_path / "media").rglob("*")) == []

    in_lobby(tmp_path, test)


def test_a_photo_shown_after_an_erasure_stays_however_often_it_is_done(tmp_path):
    """An incident is closed, erased, and opened again: what its caller shows then is not what was erased."""

    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone()
        await give(lobby.desk, o.OpenIncident("TALK", place=HERE, calls=("1",)))
        await phone.show(jpeg())
        media = ErasePersonal("incident:1", ("media",))
        await give(lobby.desk, o.CloseIncident("1", "DONE"), media, o.ReopenIncident("1"))
        assert (await phone.show(jpeg(320, 240), upload="u2")).status == 200
        before, after = (e.fact.media for e in lobby.desk._log.read() if isinstance(e.fact, facts.LinkMedia))
        (erased,) = [e for e in lobby.desk._log.read() if isinstance(e.fact, PersonalErased)]
        for _ in range(2):  # another node, or this one after a start
            lobby.desk.eraser.destroy(dict.fromkeys(erased.fact.keys, erased.position))
            assert lobby.media.get("1", before) is None
            assert lobby.media.get("1", after) is not None
            assert [file.name for file in (tmp_path / "media" / "1").iterdir()] == [after]

    in_lobby(tmp_path, test)


@pytest.mark.parametrize("recorded", [True, False], ids=["recorded", "not recorded"])
def test_a_photo_of_which_nobody_knows_whether_it_was_recorded_is_not_thrown_away(tmp_path, recorded):
    """The store was lost under the write; the phone sends it again, as it was told to."""

    async def test(lobby: Lobby) -> None:
        phone, give_it = await lobby.phone(), lobby.desk.give

        async def once(*order: Any, **more: Any) -> Any:
            lobby.desk.give = give_it
            if recorded:
                await give_it(*order, **more)
            raise Busy("not_known", "the store was lost under the write")

        lobby.desk.give = once
        assert (await phone.show(jpeg())).status == 503
        assert (await phone.show(jpeg())).status == 200
        (shown,) = lobby.row.media
        assert lobby.media.get("1", shown.id) is not None
        lobby.media.sweep(lambda name: name in lobby.desk.room.caller_media)
        assert [file.name for file in (tmp_path / "media" / "1").iterdir()] == [shown.id]
        lobby.desk.give = refused
        assert (await phone.show(jpeg(), upload="u3")).status == 503
        assert [file.name for file in (tmp_path / "media" / "1").iterdir()] == [shown.id]

    async def refused(*_: Any, **__: Any) -> Any:
        raise Busy("not_recorded", "the disk is full")

    in_lobby(tmp_path, test)


def test_a_photo_held_sideways_is_turned_and_nothing_else_is_done_to_it(tmp_path):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone()
        await phone.show(jpeg(400, 200, orientation=6))
        (shown,) = lobby.row.media
        assert (shown.width_px, shown.height_px) == (200, 400)

    in_lobby(tmp_path, test)


def test_stop_ends_it_at_once_and_for_good(tmp_path):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone(sharing=True)
        assert (await phone.post("stop")).status == 200
        assert (lobby.row.status, lobby.row.why) == ("ended", "caller")
        for way, body in (("open", {"tongue": "en"}), ("share", {}), ("news", {}), ("stop", {})):
            answer = await phone.post(way, body)
            assert (answer.status, answer.json()) == (410, {"name": "link_ended", "why": "caller"}), way
        assert (await phone.place()).status == 410
        assert (await phone.say("still there?")).status == 410
        assert (await phone.show(jpeg())).status == 410

    in_lobby(tmp_path, test)


@pytest.mark.parametrize(
    ("ends", "why"),
    [
        ((o.ReleaseCall("1", "abandoned"),), "call_ended"),
        (
            (o.OpenIncident("TALK", place=Place(1.0, 2.0), calls=("1",)), o.CloseIncident("1", "DONE")),
            "incident_closed",
        ),
        ((EndCallerLink("K1"),), "desk"),
    ],
    ids=["released", "closed", "desk"],
)
def test_it_ends_with_the_call_or_the_incident_or_at_the_desks_word(tmp_path, ends, why):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone(sharing=True)
        await give(lobby.desk, *ends)
        answer = await phone.place()  # refused before anything has tidied up
        assert (answer.status, answer.json()) == (410, {"name": "link_ended", "why": why})
        await lobby.callers.sending.look()
        assert lobby.desk.room.caller_links["K1"].why == why
        assert lobby.desk.room.caller_links_open == {}

    in_lobby(tmp_path, test)


def test_it_goes_on_when_the_call_becomes_an_incident(tmp_path):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone(sharing=True)
        await give(lobby.desk, o.OpenIncident("TALK", place=Place(1.0, 2.0), calls=("1",)))
        await lobby.callers.sending.look()
        assert (await phone.place()).status == 200
        assert [report.source for report in lobby.desk.incident("1").reports] == ["caller_link"]

    in_lobby(tmp_path, test)


def test_it_ends_after_half_an_hour(tmp_path):
    async def test(lobby: Lobby) -> None:
        phone = await lobby.phone(sharing=True)
        lobby.clock.at += 1_799
        assert (await phone.place()).status == 200
        lobby.clock.at += 2
        assert (await phone.place()).json()["why"] == "expired"
        await lobby.callers.sending.look()
        assert lobby.row.why == "expired"
        (done,) = await give(lobby.desk, SendCallerLink("1"))
        assert facts_of([done])[0].link == "K2"

    in_lobby(tmp_path, test)


def test_one_that_nobody_opened_ends_after_half_an_hour_too(tmp_path):
    async def test(lobby: Lobby) -> None:
        token = await lobby.send(await lobby.call())
        lobby.clock.at += 1_801
        assert (await Phone(lobby.app, token).open()).json() == {"name": "link_ended", "why": "expired"}

    in_lobby(tmp_path, test)


class Failing:
    name = "broken"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def send(self, number: str, text: str) -> str:
        raise self.error


@pytest.mark.parametrize(
    ("error", "said"), [(NotSent("unreachable", "no"), "unreachable"), (RuntimeError(NUMBER), "gateway_failed")]
)
def test_a_message_that_is_not_sent_is_recorded_and_delays_nothing(tmp_path, error, said):
    async def test(lobby: Lobby) -> None:
        call = await lobby.call()
        await give(lobby.desk, SendCallerLink(call))
        await give(lobby.desk, o.NoteCall(call, "smoke"))
        await lobby.settled()
        assert (lobby.row.status, lobby.row.why, lobby.row.text) == ("ended", "not_sent", said)
        assert facts_of(await give(lobby.desk, SendCallerLink(call)))  # another try is allowed at once
        await lobby.settled()

    in_lobby(tmp_path, test, sms=Failing(error))


def test_a_restart_while_it_was_sent_is_said_to_be_one(tmp_path):
    async def test(lobby: Lobby) -> None:
        call = await lobby.call()
        lobby.desk.listeners.remove(lobby.callers.sending._hear)
        await give(lobby.desk, SendCallerLink(call))
        lobby.clock.at += 91
        await lobby.callers.sending.look()
        assert lobby.row.why == "not_sent"

    in_lobby(tmp_path, test)


def test_two_nodes_that_hear_of_it_send_one_message(tmp_path):
    async def test(lobby: Lobby) -> None:
        from tocsin.gateways.callers.sending import Sending

        other = Sending(lobby.desk, lobby.sms, "112", URL)
        await lobby.send(await lobby.call())
        while other._tasks:
            await next(iter(other._tasks))
        other.close()
        assert len(lobby.messages) == 1
        assert token_in(lobby.messages[0])

    in_lobby(tmp_path, test)
