"""What facts about callers' links make of the room. Total like all folding: a recorded fact is true."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tocsin.domain.caller_links import CallerLink
from tocsin.domain.room import Room
from tocsin.facts import caller_links as facts


def sent(room: Room, fact: facts.LinkSent) -> None:
    """One more link."""
    room.caller_links[fact.link] = CallerLink(fact.link, fact.call, fact.tongue, fact.until, since=fact.at)
    room.caller_links_open[fact.link] = None
    if fact.link[1:].isdecimal():
        room.last_caller_link = max(room.last_caller_link, int(fact.link[1:]))


def issued(room: Room, fact: facts.LinkIssued) -> None:
    """Its token is known by its hash."""
    link = room.caller_links[fact.link]
    link.status, link.since, link.token = "issued", fact.at, fact.token
    room.caller_tokens[fact.token] = fact.link


def passed(room: Room, fact: facts.LinkPassed) -> None:
    """Under way; nothing, where the caller has opened it already."""
    link = room.caller_links[fact.link]
    link.gateway, link.reference = fact.gateway, fact.reference
    if link.status in ("sent", "issued"):
        link.status, link.since = "passed", fact.at


def receipt(room: Room, fact: facts.LinkReceipt) -> None:
    """Arrived, or not."""
    room.caller_links[fact.link].delivery = fact.state


def opened(room: Room, fact: facts.LinkOpened) -> None:
    """A device has it, or its owner chose another language."""
    link = room.caller_links[fact.link]
    if not link.device:
        link.status, link.since, link.device = "opened", fact.at, fact.device
    link.tongue, link.until = fact.tongue, fact.until


def sharing(room: Room, fact: facts.LinkSharing) -> None:
    """The caller shares where they are."""
    link = room.caller_links[fact.link]
    link.status, link.since = "sharing", fact.at


def message(room: Room, fact: facts.LinkMessage) -> None:
    """One more message."""
    link = room.caller_links[fact.link]
    link.messages = max(link.messages, fact.n)


def media(room: Room, fact: facts.LinkMedia) -> None:
    """One more picture or clip."""
    link = room.caller_links[fact.link]
    link.media, link.media_b = link.media + 1, link.media_b + fact.size_b
    room.caller_media[fact.media] = fact.link


def ended(room: Room, fact: facts.LinkEnded) -> None:
    """Over. Its token stays known, so that a late visitor is told kindly."""
    link = room.caller_links[fact.link]
    link.status, link.since, link.why = "ended", fact.at, fact.why
    room.caller_links_open.pop(fact.link, None)


FOLD: dict[type, Callable[[Room, Any], None]] = {
    facts.LinkSent: sent,
    facts.LinkIssued: issued,
    facts.LinkPassed: passed,
    facts.LinkReceipt: receipt,
    facts.LinkOpened: opened,
    facts.LinkSharing: sharing,
    facts.LinkMessage: message,
    facts.LinkMedia: media,
    facts.LinkEnded: ended,
}
