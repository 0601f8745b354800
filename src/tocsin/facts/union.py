"""Every fact there is, in one union; a new fact is not real until it stands here and has a golden file."""

from __future__ import annotations

from typing import Any, TypeAlias, get_args

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

DecisionFact: TypeAlias = (
    centre.CentreOpened
    | calls.CallReceived
    | calls.CallAnswered
    | calls.CallLocated
    | calls.CallNoted
    | calls.CallReleased
    | calls.CallAttached
    | calls.CallDetached
    | calls.CallSilent
    | calls.CallTriedBack
    | calls.CallReached
    | calls.CallBackClosed
    | incidents.IncidentOpened
    | incidents.IncidentNoted
    | incidents.IncidentRelocated
    | incidents.IncidentReclassified
    | incidents.IncidentsLinked
    | incidents.IncidentClosed
    | incidents.IncidentReopened
    | units.UnitRegistered
    | units.UnitCameOnDuty
    | units.UnitWentOffDuty
    | units.UnitReturned
    | assignments.UnitDispatched
    | assignments.UnitAcknowledged
    | assignments.UnitEnRoute
    | assignments.UnitStaged
    | assignments.UnitOnScene
    | assignments.UnitAtPatient
    | assignments.UnitLeftScene
    | assignments.UnitAtHospital
    | assignments.UnitHandedOver
    | assignments.UnitAvailable
    | assignments.UnitCancelled
    | assignments.UnitDiverted
    | choices.UnitsChosen
    | choices.ChoiceExplained
    | choices.LevelRaised
    | choices.ProposalMade
    | choices.ProposalAccepted
    | choices.ProposalDismissed
    | choices.ProposalLapsed
    | watch.AlarmRaised
    | watch.AlarmAcknowledged
    | roads.RoadClosed
    | roads.RoadReopened
    | standby.UnitMovedUp
    | standby.UnitAtPost
    | standby.UnitCalledHome
    | standby.MoveDeclined
    | standby.HospitalRegistered
    | standby.HospitalDiverted
    | standby.HospitalReopened
    | standby.HospitalLoad
    | glass.GlassBroken
    | sharing.IncidentShared
    | sharing.SharingEnded
    | locations.LocationReported
    | locations.LocationMatched
    | locations.LocationExpired
    | locations.AreaEstimated
    | locations.PlaceTaken
    | caller_links.LinkSent
    | caller_links.LinkIssued
    | caller_links.LinkPassed
    | caller_links.LinkReceipt
    | caller_links.LinkOpened
    | caller_links.LinkSharing
    | caller_links.LinkMessage
    | caller_links.LinkMedia
    | caller_links.LinkEnded
    | neighbours.EventLogged
    | privacy.PersonalErased
    | privacy.HoldPlaced
    | privacy.HoldLifted
)
"""Facts of the decisions log: durable before they are acknowledged."""

TrackFact: TypeAlias = units.UnitsMoved
"""Facts of the tracks log: relaxed durability, a retention of their own."""

LookFact: TypeAlias = looks.Looked | looks.LooksSampled | looks.LookReviewed | looks.AccountChanged
"""Facts of the access log: durable, with a retention of their own."""

Fact: TypeAlias = DecisionFact | TrackFact | LookFact
AnyEntry: TypeAlias = Entry[Any]

FACT_TYPES: tuple[type, ...] = (*get_args(DecisionFact), units.UnitsMoved, *get_args(LookFact))
