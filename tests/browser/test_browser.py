"""The console as a person meets it: a real server, a real browser, a keyboard."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Drive = Callable[..., Any]
ROOT = Path(__file__).parents[2]
PICTURES = "TOCSIN_SCREENSHOTS"


def ring(house: Any, **more: Any) -> str:
    return str(house.give("receive_call", line="112", number="+356 555 0101", caller="Zita Caller", **more)[0]["call"])


def test_signing_in_needs_only_a_keyboard_and_ends_where_work_begins(drive: Drive) -> None:
    assert drive("sign_in") == {"who": "ana", "focus": "Command line"}


def test_a_passkey_of_this_device_signs_in_and_only_a_verified_person(house: Any, drive: Drive) -> None:
    seen = drive("passkey", base=house.base.replace("127.0.0.1", "localhost"))
    assert seen == {"who": "ana", "unverified": 401}


def test_an_account_is_added_by_keyboard_and_its_owner_comes_in_by_the_link(house: Any, drive: Drive) -> None:
    seen = drive("accounts")
    assert seen == {"at_fault": "call_taker", "serious": [], "own": []}
    entered = house.client.post("/api/session", json={"name": "clara", "password": "another long password"})
    assert entered.json()["roles"] == ["call_taker"]


def test_a_call_from_answer_to_dispatch_in_at_most_twelve_presses(house: Any, drive: Drive) -> None:
    call = ring(house)
    seen = drive("take_a_call", address="12 harb", type="structure fire")
    assert seen["presses"] <= 12
    assert "12 Harbour Road" in seen["offered"] or "Harbour Road 12" in seen["offered"]
    assert seen["searched"] >= 1, "the search answered before Enter was pressed"
    (incident,) = house.rows("incidents").values()
    kinds = [entry["fact"]["kind"] for entry in house.get(f"/api/incidents/{incident['id']}/timeline")["entries"]]
    wanted = ["call.received", "call.answered", "call.located", "incident.opened", "call.attached", "unit.dispatched"]
    assert [kind for kind in dict.fromkeys(kinds) if kind in wanted] == wanted
    assert incident["calls"] == [call]
    assert {on["status"] for on in incident["units"]} == {"dispatched"}


def test_cut_off_is_said_and_greyed_nothing_typed_is_lost_and_nothing_missed_after(house: Any, drive: Drive) -> None:
    house.incident("before the cut")
    ring(house)

    def change() -> None:
        house.give("note_incident", incident=house.incident(), text="after the cut")

    seen = drive("cut_off", {"kill": house.kill, "start": house.start, "change": change})
    assert seen["said"] == "cut off"
    assert "grayscale(1)" in seen["grey"]
    assert seen["typed"] == {"where": "half an addr", "command": "n kept while cut off and after"}
    assert len(seen["fresh"]) >= 7
    assert seen["resumed"] == seen["fresh"]


def test_text_of_any_script_is_shown_exactly_as_it_was_typed(house: Any, drive: Drive) -> None:
    texts = ["حريق في الطابق الثالث 3", "தீ மூன்றாவது மாடியில்", "👩‍🚒🔥 e\u0301 ≠ é", '<b>not bold</b> & "quoted"']
    incident = house.incident()
    for text in texts:
        house.give("note_incident", incident=incident, text=text)
    seen = drive("any_script", incident=incident, texts=texts)
    for text, shown in zip(texts, seen, strict=True):
        assert text in shown["text"]
        assert shown["dir"] == "auto"


def test_others_are_sent_at_once_explained_by_a_key_and_what_comes_up_is_taken_by_one(house: Any, drive: Drive) -> None:
    ring(house)
    incident = house.incident("smoke")
    seen = drive("choices", incident=incident, unit="M1")
    assert seen["plan"] == "Structure fire for this type"
    assert seen["found"] == []
    told = {e["fact"]["kind"]: e["fact"] for e in house.get(f"/api/incidents/{incident}/timeline")["entries"]}
    assert told["incident.units_chosen"]["verdict"] == "overridden"
    assert told["incident.choice_explained"]["reason"] == "Offered by the crew"
    assert told["incident.level_raised"]["level"] == 2
    assert told["proposal.accepted"]["proposal"] == told["proposal.made"]["proposal"]
    assert {"E1", "E2", "M1"} <= {on["unit"] for on in house.rows("incidents")[incident]["units"]}


def burst(house: Any, calls: int) -> str:
    """A crash that is open, callers around it whose phones said where they are, and one call about something else."""
    crash = {"lat": 35.903, "lon": 14.503, "text": "7 Mill Lane", "how": "address"}
    house.ring_answered("a crash, one car on its side", crash, "RESCUE-TRAFFIC")
    for i in range(calls):
        place = {
            "lat": 35.903 + (i % 7 - 3) * 8e-5,
            "lon": 14.503 + (i % 5 - 2) * 9e-5,
            "how": "caller",
            "radius_m": 25,
        }
        house.give("receive_call", line="112", number=f"+356 555 {1000 + i}", place=place)
    away = {"lat": 35.9095, "lon": 14.512, "how": "caller", "radius_m": 20}
    (odd, *_) = house.give("receive_call", line="112", number="+356 555 0199", place=away)
    return str(odd["call"])


def test_a_burst_is_one_row_the_odd_one_out_another_and_a_call_is_linked_by_one_key(house: Any, drive: Drive) -> None:
    burst(house, 40)
    seen = drive("burst", link=5, axe=True, pictures=os.environ.get("TOCSIN_LOOK", ""))
    assert len(seen["rows"]) == 2, seen["rows"]
    assert "40 calls" in seen["rows"][0]
    assert "RESCUE" not in seen["rows"][0]
    assert "Traffic collision" in seen["rows"][0]
    assert "555 0199" in seen["rows"][1]
    assert seen["keys"] == [*(["F2", "F5"] * 5), "Shift+F5"], "two keys a call; one splits the last off again"
    (why,) = seen["linked"]
    assert "very likely" in why
    assert "last word" in why
    (incident,) = house.rows("incidents").values()
    assert len(incident["calls"]) == 5, "the one that opened it, and five linked, one of which was split off again"
    assert "+356 555 1004" in seen["inHand"]


def test_silent_and_lost_callers_have_their_own_way(house: Any, drive: Drive) -> None:
    lost = house.give("receive_call", line="112", number="+356 555 0150")[0]["call"]
    house.give("release_call", call=lost, reason="abandoned")
    for _ in range(2):
        call = house.give("receive_call", line="112", number="+356 555 0101")[0]["call"]
        house.give("answer_call", call=call)
        house.give("release_call", call=call, reason="information")
    house.give("receive_call", line="112", number="+356 555 0101")
    seen = drive("lost_and_silent", lost=lost, pictures=os.environ.get("TOCSIN_LOOK", ""))
    assert seen["again"].startswith("3rd call, last ")
    assert seen["found"] == []
    (left,) = house.rows("calls").values()
    assert (left["status"], left["reason"], left["number"]) == ("released", "silent", "+356 555 0101")


def test_two_screens_see_the_same_and_the_second_is_told_who_has_the_unit(house: Any, drive: Drive) -> None:
    first, second = house.incident(), house.incident()
    seen = drive("two_screens", unit="E1", first=first, second=second)
    assert "E1" in seen["refusal"]
    assert re.search(rf"\b{re.escape(first)}\b", seen["refusal"])
    assert house.rows("units")["E1"]["incident"] == first


@pytest.mark.parametrize("theme", ["night", "day"])
def test_no_serious_accessibility_finding(house: Any, drive: Drive, theme: str) -> None:
    house.incident("smoke")
    house.give("dispatch_units", incident=house.incident(), units=["M1"])
    ring(house)
    assert drive("accessible", theme=theme) == []


def test_in_portuguese_no_english_is_left_in_the_chrome(house: Any, drive: Drive) -> None:
    house.give("dispatch_units", incident=house.incident(), units=["M1"])
    seen = drive("portuguese")
    english, portuguese = catalogue("En"), catalogue("Pt")
    for path in ("/", "/map", "/wall"):
        assert seen[f"{path} lang"] == "pt"
        left = sorted(set(seen[path]) & (english - portuguese))
        assert left == [], f"{path} still says {left}"
        assert len(set(seen[path]) & portuguese) > 8, "the Portuguese words are there"


def catalogue(language: str) -> set[str]:
    """Every fixed sentence of a language's catalogue, read from the sources, whichever file its words stand in."""
    files = sorted((ROOT / "console" / "src" / "i18n").glob("*.ts"))
    sources = "\n".join(path.read_text() for path in files)
    found: set[str] = set()
    for name in ("common", "desk", "map", "wall"):
        body = re.split(rf"export const {name}{language}\b", sources)[1].split("\nexport const ")[0]
        found |= {words for words in re.findall(r':\s*"((?:[^"\\]|\\.)+)",?$', body, re.M) if len(words) > 2}
    return found


def test_the_map_is_worked_without_a_mouse(house: Any, drive: Drive) -> None:
    incident = house.incident("smoke")
    seen = drive("map_by_keyboard", reason="fallen tree 🌳")
    assert seen["selected"] == incident
    assert seen["spoken"].startswith(f"Incident {incident}, ")
    (closure,) = seen["closures"]
    assert closure["reason"] == "fallen tree 🌳"
    assert closure["place"]["lat"] > 35.9


def test_what_is_selected_at_the_desk_is_selected_on_the_map_and_back(house: Any, drive: Drive) -> None:
    first, second = house.incident(), house.incident()
    house.give("dispatch_units", incident=first, units=["E1"])
    assert drive("shared_selection", first=first, second=second, unit="E1") == "E1"


def test_the_wall_never_scrolls_and_shows_no_caller_and_no_house(house: Any, drive: Drive) -> None:
    ring(house)
    for _ in range(40):
        house.incident("told by Zita", place={"lat": 35.903, "lon": 14.503, "text": "187 Mill Lane"})
    seen = drive("wall", secret=["Zita", "555", "187"])
    assert seen["scrolls"] == []
    assert seen["hidden"] == []
    assert seen["row_px"] >= 28, "read from five metres"
    assert "Mill Lane" in seen["words"]
    assert re.search(r"1 of [2-9]|[2-9] of [2-9]", seen["words"]), "rows that do not fit take turns"


def test_a_living_demo_fills_the_desk_and_the_map(demo: Any, drive: Drive, tmp_path: Path) -> None:
    """With TOCSIN_SCREENSHOTS set the pictures are kept in docs/images: they are the README's."""
    kept = bool(os.environ.get(PICTURES))
    folder = ROOT / "docs" / "images" if kept else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    wait_ms = 15_000 if kept else 1_500
    pictures = {"desk": str(folder / "desk.png"), "map": str(folder / "map.png")}
    drive("screenshots", base=demo.base, link=demo.link, wait_ms=wait_ms, **pictures)
    for name in ("desk.png", "map.png"):
        data = (folder / name).read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        assert 20_000 < len(data) < 400_000
