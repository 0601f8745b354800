"""Service URNs: what was asked for, and which of our groups answers."""

from __future__ import annotations

from typing import get_args

import pytest
from tests.standards.samples import SHARED, needs_shared

from tocsin.settings import load_catalogue
from tocsin.standards.emergency import Group, service_of


@pytest.mark.parametrize(
    ("urn", "name", "group"),
    [
        ("urn:service:sos", "sos", None),
        ("urn:service:sos.ambulance", "sos.ambulance", "medical"),
        ("URN:SERVICE:SOS.FIRE", "sos.fire", "fire"),
        ("urn:service:sos.gas", "sos.gas", "hazard"),
        ("urn:service:sos.mountain", "sos.mountain", "rescue"),
        ("urn:service:sos.police.municipal", "sos.police.municipal", "police"),
        ("urn:service:sos.animal-control", "sos.animal-control", None),
        ("urn:emergency:service:responder.police.federal.fbi", "responder.police.federal.fbi", "police"),
        ("urn:nena:service:responder.ems", "responder.ems", "medical"),
    ],
)
def test_a_service_has_a_group(urn, name, group):
    service = service_of(urn)
    assert (service.name, service.group, service.emergency, service.test) == (name, group, True, False)


def test_test_calls_and_counselling_are_no_emergencies_of_the_usual_kind():
    assert service_of("urn:service:test.sos.fire").test
    assert service_of("urn:service:test.sos.fire").group == "fire"
    assert not service_of("urn:service:counseling.children").emergency


@pytest.mark.parametrize(("kind", "manual"), [("manual", True), ("automatic", False)])
def test_a_car_says_whether_a_hand_did_it(kind, manual):
    service = service_of(f"urn:service:sos.ecall.{kind}")
    assert (service.manual, service.group) == (manual, "rescue")
    assert service_of("urn:service:sos").manual is None


@pytest.mark.parametrize("urn", ["", "sos", "urn:service:", "urn:service:sos..fire", "urn:service:sos fire", "tel:112"])
def test_what_is_no_service_is_none(urn):
    assert service_of(urn) is None


def test_our_groups_are_the_catalogues():
    assert set(get_args(Group)) == {kind.group for kind in load_catalogue().types}


@needs_shared
def test_every_urn_of_the_registry_is_read():
    urns = (SHARED / "service_urns_seen.txt").read_text(encoding="utf-8").split()
    assert len(urns) > 30
    assert [urn for urn in urns if service_of(urn) is None] == []
