"""No field may name or place a person unmarked: a new field is either marked or argued for in the list below."""

from __future__ import annotations

import typing
from typing import Annotated

import msgspec
import pytest

from tocsin.facts.base import FactBase
from tocsin.facts.calls import CallReceived
from tocsin.facts.personal import personal_fields
from tocsin.facts.roads import RoadClosed
from tocsin.facts.union import FACT_TYPES
from tocsin.facts.units import UnitCameOnDuty
from tocsin.facts.values import PERSONAL, PERSONAL_MEDIA, PERSONAL_POSITION, PersonalText, Place

IDS = {"call", "incident", "calls", "other", "unit", "to", "closure", "alarm", "subject", "centre", "kind", "proposal"}
CODES = {"type", "disposition", "line", "unit_kind", "agency", "capabilities", "mode", "alarm_kind", "basis", "how"}
IDS |= {"post", "group", "hospital"}
CODES |= {"source", "certainty", "method", "origin"}
IDS |= {"partner", "event", "element", "call_id", "incident_id"}  # identifiers of systems, none of people
IDS |= {"report", "estimate", "used", "disagree", "replaced"}
IDS |= {"link", "media"}
CODES |= {"tongue", "form", "phrase", "gateway"}
NOT_PERSONAL = {
    ("LinkSent", "by"),  # an account of the centre
    ("LinkMessage", "by"),
    ("LinkIssued", "token"),  # hashes of random secrets
    ("LinkOpened", "device"),
    ("LinkPassed", "reference"),  # the gateway's number of a message
    ("LinkReceipt", "state"),  # codes
    ("LinkReceipt", "why"),
    ("LinkEnded", "why"),  # a code, and a sentence of ours about the gateway
    ("LinkEnded", "text"),
    ("SharingEnded", "cause"),
    *((None, name) for name in IDS | CODES),
    ("CentreOpened", "name"),  # the organisation's
    ("CallAnswered", "by"),  # an account of the centre: who did what is the point of the record
    ("CallDetached", "by"),
    ("CallSilent", "by"),
    ("CallTriedBack", "by"),
    ("CallReached", "by"),
    ("CallBackClosed", "reason"),  # a code of the centre's file
    ("CallBackClosed", "later"),  # a call's number
    ("AlarmAcknowledged", "by"),
    ("ReportFlaw", "field"),  # names of attributes, and sentences of ours about them
    ("ReportFlaw", "what"),
    ("ReportFlaw", "text"),
    ("Confidence", "pdf"),
    ("CallReleased", "reason"),  # one of three codes
    ("UnitRegistered", "home"),  # a station
    ("UnitRegistered", "station"),
    ("PersonalErased", "kinds"),  # what was erased, by kind and by number
    ("PersonalErased", "keys"),
    ("PersonalErased", "reason"),
    ("HoldPlaced", "reference"),  # a case's number at whoever asked
    ("UnitMovedUp", "place"),  # a post of the centre
    ("HospitalRegistered", "place"),
    ("RoadClosed", "place"),  # a stretch of road
    ("RoadClosed", "reason"),  # words about the road, read out to everybody
    ("Drive", "lat"),  # where a vehicle of the centre was
    ("Drive", "lon"),
    ("UnitsChosen", "sent"),  # callsigns
    ("UnitsChosen", "verdict"),
    ("Shown", "plan"),
    ("Shown", "version"),
    ("Considered", "reason"),  # codes, and sentences made of callsigns and times
    ("Considered", "text"),
    ("ProposalMade", "cause"),
    ("ProposalMade", "send"),
    ("ProposalMade", "recall"),
    ("Move", "lat"),
    ("Move", "lon"),
    # The access log: kinds, ids, a keyed hash, and the words of staff, who are asked to name nobody (decision 0147).
    ("Looked", "what"),
    ("Looked", "why"),
    ("Looked", "shown"),
    ("Looked", "words"),
    ("Looked", "via"),
    ("LooksSampled", "week"),
    ("GlassBroken", "account"),
    ("AccountChanged", "account"),
    ("AccountChanged", "what"),
    ("AccountChanged", "more"),
    ("AccountChanged", "change"),
    ("LookReviewed", "mark"),
    ("LookReviewed", "word"),
}


def telling_fields(owner: type):
    """(struct, field) of everything reachable that could hold words or a place and is not marked on the way."""
    for name, hint in typing.get_type_hints(owner, include_extras=True).items():
        yield from _telling(owner, name, hint)


def _telling(owner, name, hint):
    metadata = getattr(hint, "__metadata__", ())
    if any(mark in metadata for mark in (PERSONAL, PERSONAL_POSITION, PERSONAL_MEDIA)):
        return
    if hint is str or typing.get_origin(hint) is typing.Literal or hint is Place or name in {"lat", "lon"}:
        yield owner.__name__, name
    elif isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield from telling_fields(hint)
    else:
        parts = [hint.__origin__] if metadata else typing.get_args(hint)
        for part in parts:
            yield from _telling(owner, name, part)


def unmarked(fact_type: type) -> set[tuple[str, str]]:
    return {
        (owner, name)
        for owner, name in telling_fields(fact_type)
        if (owner, name) not in NOT_PERSONAL and (None, name) not in NOT_PERSONAL
    }


@pytest.mark.parametrize("fact_type", FACT_TYPES, ids=lambda t: t.__struct_config__.tag)
def test_everything_that_names_or_places_a_person_is_marked(fact_type):
    assert unmarked(fact_type) == set()


def test_the_walk_sees_words_and_places_wherever_they_hide():
    class Rumour(FactBase, tag="test.rumour", frozen=True):
        teller: str
        seen: Place | None = None
        heard: tuple[str, ...] = ()
        where: Annotated[str, msgspec.Meta(max_length=5)] = ""
        closure: str = ""
        told: PersonalText = ""

    globals()["Rumour"] = Rumour
    names = {name for _, name in telling_fields(Rumour)}
    assert names == {"teller", "seen", "heard", "where", "closure"}
    assert {name for _, name in unmarked(Rumour)} == {"teller", "seen", "heard", "where"}


def test_personal_fields_are_found_by_their_mark():
    assert personal_fields(CallReceived) == ("number", "caller", "place", "earlier")
    assert personal_fields(UnitCameOnDuty) == ("crew",)
    assert personal_fields(RoadClosed) == ()


def test_a_mark_inside_a_nested_struct_is_found_by_its_path():
    inner = msgspec.defstruct("Inner", [("note", PersonalText), ("n", int)])
    outer = msgspec.defstruct("Outer", [("drive", inner), ("more", tuple[inner, ...]), ("maybe", PersonalText | None)])
    assert personal_fields(outer) == ("drive.note", "more.note", "maybe")


def test_only_structs_have_fields():
    with pytest.raises(TypeError, match="int"):
        personal_fields(int)
