"""Every fact ever released, byte for byte as first written, still reads, and today's are still written like that.

`python tests/facts/test_golden.py` writes the file of each kind that has none yet. It never rewrites one: a golden file
is the promise made to every log that holds such a fact. When a shape changes, its old file stays and is upcast.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tocsin.facts import (
    assignments,
    caller_links,
    calls,
    centre,
    choices,
    glass,
    incidents,
    locations,
    looks,
    neighbours,
    privacy,
    roads,
    sharing,
    standby,
    units,
    watch,
)
from tocsin.facts.base import Entry
from tocsin.facts.confidence import Confidence
from tocsin.facts.shapes import ArcBand
from tocsin.facts.union import FACT_TYPES
from tocsin.facts.values import Move, Place
from tocsin.log.codec import CODEC

SAMPLES = Path(__file__).parents[1] / "samples" / "facts"
AT = 1_700_000_000.25
HOME = Place(35.8989, 14.5146, "14, Triq ir-Repubblika, Valletta", "address", 25.0)
DRIVE = assignments.Drive("road", 214.5, 2890.0, 35.89, 14.51, AT - 3)
RANGED = assignments.Drive("line", 214.5, 2890.0, 35.89, 14.51, AT - 3, 120.4, 382.1, siren=False)
STAMPED = {"unit": "E12", "incident": "I-1"}

EXAMPLES: dict[str, Any] = {
    "glass.broken": glass.GlassBroken(AT, "I-1", "bo", AT + 900, "their crew asks us on the radio"),
    "incident.shared": sharing.IncidentShared(AT, "I-1", "fire", AT + 3_600, "their ladder is nearer"),
    "incident.sharing_ended": sharing.SharingEnded(AT, "I-1", "fire", "ordered", "they are home"),
    "centre.opened": centre.CentreOpened(AT, "malta", "Malta Emergency Control", "exercise"),
    "call.received": calls.CallReceived(AT, "C-1", "112-3", "+356 2122 4001", "Rita Borg", HOME),
    "call.answered": calls.CallAnswered(AT, "C-1", "ana"),
    "call.located": calls.CallLocated(AT, "C-1", HOME),
    "call.noted": calls.CallNoted(AT, "C-1", "حريق في الطابق الثالث 🔥"),
    "call.released": calls.CallReleased(AT, "C-1", "information", "asked for the pharmacy on duty"),
    "call.attached": calls.CallAttached(AT, "C-1", "I-1"),
    "call.detached": calls.CallDetached(AT, "C-1", "I-1", "rui", "another street"),
    "call.silent": calls.CallSilent(AT, "C-1", "rui"),
    "call.tried_back": calls.CallTriedBack(AT, "C-1", "rui"),
    "call.reached": calls.CallReached(AT, "C-1", "rui"),
    "call.back_closed": calls.CallBackClosed(AT, "C-1", "known", "told the caller", "C-2"),
    "incident.opened": incidents.IncidentOpened(AT, "I-1", "fire.structure", 1, HOME, ("C-1", "C-2"), "third floor"),
    "incident.noted": incidents.IncidentNoted(AT, "I-1", "two people on the balcony"),
    "incident.relocated": incidents.IncidentRelocated(AT, "I-1", HOME),
    "incident.reclassified": incidents.IncidentReclassified(AT, "I-1", "fire.alarm", 3),
    "incident.linked": incidents.IncidentsLinked(AT, "I-1", "I-2"),
    "incident.closed": incidents.IncidentClosed(AT, "I-1", "handled", "fire out"),
    "incident.reopened": incidents.IncidentReopened(AT, "I-1", "smoke again"),
    "unit.registered": units.UnitRegistered(AT, "E12", "engine", "fire", ("fire", "rescue"), 4, HOME, "Floriana"),
    "unit.on_duty": units.UnitCameOnDuty(AT, "E12", 2, ("Rita Borg", "Ġużè Camilleri")),
    "unit.off_duty": units.UnitWentOffDuty(AT, "E12"),
    "unit.at_station": units.UnitReturned(AT, "E12"),
    "unit.dispatched": assignments.UnitDispatched(AT, **STAMPED, drive=DRIVE),
    "unit.acknowledged": assignments.UnitAcknowledged(AT, **STAMPED),
    "unit.en_route": assignments.UnitEnRoute(AT, **STAMPED),
    "unit.staged": assignments.UnitStaged(AT, **STAMPED),
    "unit.on_scene": assignments.UnitOnScene(AT, **STAMPED),
    "unit.at_patient": assignments.UnitAtPatient(AT, **STAMPED),
    "unit.left_scene": assignments.UnitLeftScene(AT, **STAMPED, destination="Mater Dei"),
    "unit.at_hospital": assignments.UnitAtHospital(AT, **STAMPED),
    "unit.handed_over": assignments.UnitHandedOver(AT, **STAMPED),
    "unit.available": assignments.UnitAvailable(AT, **STAMPED),
    "unit.cancelled": assignments.UnitCancelled(AT, **STAMPED, reason="not needed"),
    "unit.diverted": assignments.UnitDiverted(AT, **STAMPED, to="I-2", drive=DRIVE, reason="closer"),
    "incident.units_chosen": choices.UnitsChosen(
        AT,
        "I-1",
        1,
        "changed",
        ("E12", "L3"),
        choices.Shown(
            AT - 4,
            812,
            "structure-fire",
            2,
            "22a6febe4efc",
            1,
            0.0125,
            (
                choices.Considered("E12", True, "road", 214.5, 150.0, 310.5, 0.93, "", "for engine"),
                choices.Considered(
                    "E7", False, "road", 190.0, reason="leaves_gap", text="0:24 closer but leaves the north"
                ),
            ),
        ),
        "asked for by the scene",
    ),
    "incident.choice_explained": choices.ChoiceExplained(AT, "I-1", 1, "closer than the map knows"),
    "incident.level_raised": choices.LevelRaised(AT, "I-1", 2, "fire through the roof"),
    "proposal.made": choices.ProposalMade(AT, "I-1-3", "I-1", "unit_free", ("E12",), ("E7",), 184.0, (DRIVE,)),
    "proposal.accepted": choices.ProposalAccepted(AT, "I-1-3", "I-1"),
    "proposal.dismissed": choices.ProposalDismissed(AT, "I-1-3", "I-1", "nearly there"),
    "proposal.lapsed": choices.ProposalLapsed(AT, "I-1-3", "I-1"),
    "units.moved": units.UnitsMoved(AT, (Move("E12", AT, 35.89, 14.51, 13.9, 271.5), Move("A3", AT, 35.9, 14.5))),
    "alarm.raised": watch.AlarmRaised(AT, "A-1", "not_acknowledged", "E12", AT - 60, "I-1"),
    "alarm.acknowledged": watch.AlarmAcknowledged(AT, "A-1", "ana"),
    "road.closed": roads.RoadClosed(AT, "R-1", HOME, 40.0, "burst main"),
    "location.reported": locations.LocationReported(
        AT,
        "L7",
        "aml",
        "C-1",
        "+356 2122 4001",
        ArcBand(35.89, 14.51, 500.0, 1_500.0, 30.0, 120.0),
        Confidence(68.0, "normal", True),
        AT - 4,
        "gnss",
        "14, Triq ir-Repubblika",
        31.5,
        "3",
        1.4,
        271.5,
        "melita",
        (locations.ReportFlaw("ml", "wrong_length", "It says 90 characters and has 88."),),
        True,
        'A"ML=1;...',
    ),
    "location.matched": locations.LocationMatched(AT, "L7", "C-1"),
    "location.expired": locations.LocationExpired(AT, "L7"),
    "location.taken": locations.PlaceTaken(AT, "E3", "C-1", "I-1"),
    "location.estimated": locations.AreaEstimated(
        AT,
        "C-1",
        "E3",
        35.89,
        14.51,
        42.5,
        (((35.8, 14.5), (35.9, 14.5), (35.9, 14.6)),),
        "spot",
        0.95,
        ("L7", "place"),
        ("L6",),
        ("L5",),
    ),
    "link.sent": caller_links.LinkSent(AT, "K7", "C-1", "ana", "pt", AT + 1800),
    "link.issued": caller_links.LinkIssued(AT, "K7", "C-1", "5f" * 32),
    "link.passed": caller_links.LinkPassed(AT, "K7", "C-1", "operator", "9f31"),
    "link.receipt": caller_links.LinkReceipt(AT, "K7", "C-1", "failed", "undeliverable"),
    "link.opened": caller_links.LinkOpened(AT, "K7", "C-1", "a0" * 32, "ar", AT + 1800),
    "link.shared": caller_links.LinkSharing(AT, "K7", "C-1"),
    "link.said": caller_links.LinkMessage(
        AT, "K7", "C-1", 3, "ana", "المساعدة في الطريق إليك.", "help_is_coming", "ar"
    ),
    "link.shown": caller_links.LinkMedia(
        AT, "K7", "C-1", "6d0f3a7c91b24e58", "clip", 812_344, 640, 360, 7.5, "c3" * 32
    ),
    "link.ended": caller_links.LinkEnded(AT, "K7", "C-1", "not_sent", "unreachable"),
    "unit.moved_up": standby.UnitMovedUp(AT, "M4", "Station 7", HOME, DRIVE, "ambulance", 0.81, 0.86),
    "unit.at_post": standby.UnitAtPost(AT, "M4", "Station 7"),
    "unit.called_home": standby.UnitCalledHome(AT, "M4", "Station 7", "the north is covered again"),
    "unit.move_declined": standby.MoveDeclined(AT, "M4", "Station 7", "the crew has had no meal"),
    "hospital.registered": standby.HospitalRegistered(AT, "Mater Dei", HOME, ("trauma", "stroke"), 40),
    "hospital.diverted": standby.HospitalDiverted(AT, "Mater Dei", "no CT", AT + 3600),
    "hospital.reopened": standby.HospitalReopened(AT, "Mater Dei"),
    "hospital.load": standby.HospitalLoad(AT, "Mater Dei", 1200.0, 3),
    "road.reopened": roads.RoadReopened(AT, "R-1"),
    "neighbour.event_logged": neighbours.EventLogged(
        AT,
        "recorder",
        "MessageLogEvent",
        "recorder.example.org",
        "psap.example.org",
        AT - 2,
        "C-1",
        "I-1",
        "urn:emergency:uid:callid:0000000001:tocsin.example.org",
        "urn:emergency:uid:incidentid:0000000001:tocsin.example.org",
        "eyJ.eyJ.c2ln",
        "eyJ.eyJw.c2ln",
        "eyJ.eyJt.c2ln",
    ),
    "look.taken": looks.Looked(
        AT, "search", "complaint 12/2026", True, "I-1", "C-1", ("I-1", "I-2"), 2, "9f86d081884c7d65", "recorder"
    ),
    "look.sampled": looks.LooksSampled(AT, "2026-W48", 20_261_123, (12, 871), 1_204),
    "account.changed": looks.AccountChanged(AT, "bea", "roles", "dispatcher supervisor", "0c1d2e3f4a5b6c7d"),
    "look.reviewed": looks.LookReviewed(AT, 871, "question", "asked the shift's lead"),
    "personal.erased": privacy.PersonalErased(
        AT,
        "incident:I-1",
        ("record", "position"),
        ("record/incident:I-1", "position/call:C-1"),
        "request",
        "I-1",
        "C-1",
    ),
    "personal.held": privacy.HoldPlaced(AT, "incident:I-1", "Court of Magistrates 117/2026", "I-1", "C-1"),
    "personal.released": privacy.HoldLifted(AT, "incident:I-1", "I-1", "C-1"),
}

EARLIER = (calls.Earlier("C-0", AT - 900, "I-0"),)
LATER: dict[str, Any] = {
    "call.received.again": calls.CallReceived(AT, "C-1", "112-3", "+356 2122 4001", "Rita Borg", HOME, EARLIER),
    "unit.dispatched.ranged": assignments.UnitDispatched(AT, **STAMPED, drive=RANGED),
    "unit.diverted.ranged": assignments.UnitDiverted(AT, **STAMPED, to="I-2", drive=RANGED, reason="closer"),
}
"""Kinds that learned new fields: the files above stay as they were written, these show what is written since."""
LEARNED = {"call.received": LATER["call.received.again"]}
"""Kinds whose first example lacks a field that they learned."""
EXAMPLES_AND_LATER = {**EXAMPLES, **LATER}


def example(kind: str) -> Entry:
    return Entry(12, AT + 0.5, "ana", "7f3c9a", 11, EXAMPLES_AND_LATER[kind])


def golden_bytes(kind: str) -> bytes:
    return (SAMPLES / f"{kind}.json").read_bytes().removesuffix(b"\n")


KINDS = [fact_type.__struct_config__.tag for fact_type in FACT_TYPES]


def test_kinds_are_told_apart():
    assert len(set(KINDS)) == len(KINDS)


@pytest.mark.parametrize("kind", [*KINDS, *LATER])
def test_every_kind_has_a_golden_file_that_reads_as_its_example(kind):
    assert CODEC.decode(12, golden_bytes(kind)) == example(kind)


@pytest.mark.parametrize("kind", [*KINDS, *LATER])
def test_every_kind_is_still_written_byte_for_byte_as_in_its_golden_file(kind):
    assert CODEC.encode(example(kind)) == golden_bytes(kind)
    assert CODEC.encode(CODEC.decode(12, golden_bytes(kind))) == golden_bytes(kind)


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("*.json")), ids=lambda file: file.stem)
def test_every_golden_file_ever_written_still_reads(file):
    entry = CODEC.decode(12, file.read_bytes().removesuffix(b"\n"))
    assert entry.fact.at == AT


@pytest.mark.parametrize("kind", KINDS)
def test_an_example_leaves_no_field_at_its_default(kind):
    fact = LEARNED.get(kind, EXAMPLES[kind])
    for field in type(fact).__struct_fields__:
        assert getattr(fact, field) not in (None, "", ()), f"{kind}.{field} is not shown in the golden file"


def write_missing() -> int:
    """Write the golden file of each kind that has none; returns how many."""
    missing = [kind for kind in (*KINDS, *LATER) if not (SAMPLES / f"{kind}.json").exists()]
    for kind in missing:
        (SAMPLES / f"{kind}.json").write_bytes(CODEC.encode(example(kind)) + b"\n")
    return len(missing)


if __name__ == "__main__":
    sys.stdout.write(f"{write_missing()} golden files written to {SAMPLES}\n")
