"""A caller's phone and the desk that sent it a link: from the key that sends it to the tap that ends it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.gateways.callers.lobby import jpeg

Drive = Callable[..., Any]
SHOTS = os.environ.get("TOCSIN_CALLER_SHOTS", "")


def ring(house: Any) -> str:
    return str(house.give("receive_call", line="112", number="+356 7955 0101", caller="Zita Caller")[0]["call"])


def test_from_the_key_that_sends_the_link_to_the_callers_own_stop(house: Any, drive: Drive, tmp_path: Path) -> None:
    call = ring(house)
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(jpeg(1_200, 900))

    links: list[Any] = []

    def close() -> str:
        links.extend(house.rows("caller_links").values())
        kind = house.get("/api/catalogue")["types"][0]["code"]
        place = {"lat": 35.903, "lon": 14.503, "text": "7 Mill Lane"}
        incident = str(house.give("open_incident", type=kind, calls=[call], place=place)[0]["incident"])
        house.give("close_incident", incident=incident, disposition="handled")
        return incident

    seen = drive("caller_link", {"link": house.link, "close": close}, photo=str(photo), shots=SHOTS)
    assert "Your location, while this page is open" in seen["asked"]
    assert "Found to within" in seen["sum"]
    assert seen["spot"].startswith("\u206635.90320, 14.50210\u2069")
    assert [line.split("\n")[-1] for line in seen["talk"]] == [
        "Which floor are you on?",
        "Third floor, blue door <b>!</b>",
        "I cannot talk",
    ]
    assert seen["said"][-1] == "I cannot talk"
    assert "another phone" in seen["second"]
    assert seen["ended"] == "You stopped. Nothing more is sent."
    assert seen["kept"] == '[{},""]', "nothing stays on the caller's phone"
    assert seen["found"] == []
    before, source = seen["later"]
    assert before == 0, "nobody is shown a picture they did not ask for"
    assert source.endswith("?why=case%20review")
    assert [(link["call"], link["status"], link["why"]) for link in links] == [(call, "ended", "caller")]


@pytest.mark.parametrize(("lang", "dir_"), [("ar", "rtl"), ("sw", "ltr"), ("pt-PT", "ltr"), ("xx", "ltr")])
def test_the_page_comes_in_the_phones_language_and_fits_a_small_one(
    house: Any, drive: Drive, lang: str, dir_: str
) -> None:
    call = ring(house)
    house.give("answer_call", call=call)
    house.give("send_caller_link", call=call)
    said = "هنا" if lang == "ar" else ""
    seen = drive("caller_page", path=house.link(), lang=lang, shots=SHOTS, share=True, said=said)
    titles = {"ar": "أرِنا أين أنت", "sw": "Tuonyeshe ulipo", "pt-PT": "Mostre-nos onde está"}
    titles["xx"] = "Show us where you are"
    assert (seen["dir"], seen["title"], seen["wide"]) == (dir_, titles[lang], False)
    assert seen["switched"]["ar"] == [titles["ar"], "rtl"]
    assert seen["switched"]["en"] == [titles["xx"], "ltr"]
    assert seen["found"] == []


def test_a_phone_that_gives_no_position_says_so_and_can_still_write(house: Any, drive: Drive) -> None:
    call = ring(house)
    house.give("send_caller_link", call=call)
    seen = drive("caller_page", path=house.link(), lang="en", allow=False, share=True, said="Behind the mill")
    assert "Allow location" in seen["spot"]
    assert seen["state"] == "You are not sharing your location", "and can try once more"
    (link,) = house.rows("caller_links").values()
    assert [said["text"] for said in link["messages"]] == ["Behind the mill"]


def test_who_said_yes_without_a_network_shares_once_it_is_back_and_need_not_ask_again(house: Any, drive: Drive) -> None:
    house.give("send_caller_link", call=ring(house))
    seen = drive("caller_page", path=house.link(), lang="en", share=True, lose=True)
    assert seen["lost"] == "No connection. Trying again…"
    assert seen["state"] == "You are sharing your location"
