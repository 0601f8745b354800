"""What may become of a caller's link: one open link for a live call with a number, one device, and an end."""

from __future__ import annotations

from tocsin.domain import checks
from tocsin.domain import orders_caller_links as orders
from tocsin.domain.caller_links import LASTS_S, MOST_MEDIA, MOST_MEDIA_B, MOST_MESSAGES, CallerLink
from tocsin.domain.decide_locations import locatable
from tocsin.domain.given import Decision, Given
from tocsin.domain.numbers import digits
from tocsin.domain.phrases import phrase_in
from tocsin.domain.refusals import Refusal
from tocsin.domain.room import Room
from tocsin.facts import caller_links as facts
from tocsin.facts.values import Instant

SHORTEST = 4
"""Digits of a number that an SMS can go to."""


def send(room: Room, order: orders.SendCallerLink, given: Given) -> Decision:
    """A live call, then its number, then that no other link of it is open."""
    call = locatable(room, order.call)
    if isinstance(call, Refusal):
        return call
    if len(digits(call.number)) < SHORTEST:
        words = f"call {call.id} shows no number that a message could go to"
        return Refusal("call_without_number", words, "call", {"call": call.id})
    over: list[facts.LinkEnded] = []
    for link in open_of(room, call.id):
        if given.now < link.until:
            told = {"link": link.id, "call": call.id, "status": link.status}
            return Refusal("link_open_already", f"link {link.id} of call {call.id} is open", "call", told)
        over.append(facts.LinkEnded(given.now, link.id, call.id, "expired"))
    name = f"K{room.last_caller_link + 1}"
    sent = facts.LinkSent(given.now, name, call.id, given.by, order.tongue, given.now + LASTS_S)
    return (*over, sent)


def issue(room: Room, order: orders.IssueLink, given: Given) -> Decision:
    """Once: a second token for the same link would be a second key to the same door."""
    link = live(room, order.link, given.now)
    if isinstance(link, Refusal):
        return link
    return (facts.LinkIssued(given.now, link.id, link.call, order.token),) if link.status == "sent" else ()


def passed(room: Room, order: orders.PassLink, given: Given) -> Decision:
    """The message is under way. A caller may be quicker than the gateway's answer."""
    link = live(room, order.link, given.now)
    if isinstance(link, Refusal):
        return link
    return (facts.LinkPassed(given.now, link.id, link.call, order.gateway, order.reference),)


def delivered(room: Room, order: orders.ReportDelivery, given: Given) -> Decision:
    """A receipt for a message of ours, also when its link is over. Said twice, it is written once."""
    wanted = (order.gateway, order.reference)
    given_it = [link for link in room.caller_links.values() if (link.gateway, link.reference) == wanted]
    if not given_it:
        words = f"{order.gateway} was given no message of this number"
        return Refusal("unknown_receipt", words, "reference", {"gateway": order.gateway})
    link = given_it[-1]
    if link.delivery == order.state:
        return ()
    return (facts.LinkReceipt(given.now, link.id, link.call, order.state, order.why),)


def open_(room: Room, order: orders.OpenLink, given: Given) -> Decision:
    """The first device has it. The same one may come again, and may choose another language."""
    link = live(room, order.link, given.now)
    if isinstance(link, Refusal):
        return link
    if link.device:
        if link.device == order.device:
            again = facts.LinkOpened(given.now, link.id, link.call, order.device, order.tongue, link.until)
            return () if link.tongue == order.tongue else (again,)
        return Refusal("link_taken", f"link {link.id} was opened on another device", "link", {"link": link.id})
    until = given.now + LASTS_S
    return (facts.LinkOpened(given.now, link.id, link.call, order.device, order.tongue, until),)


def share(room: Room, order: orders.ShareLink, given: Given) -> Decision:
    """They said yes."""
    link = opened(room, order.link, given.now)
    if isinstance(link, Refusal):
        return link
    return () if link.status == "sharing" else (facts.LinkSharing(given.now, link.id, link.call),)


def hear(room: Room, order: orders.HearCaller, given: Given) -> Decision:
    """What the caller wrote."""
    link = opened(room, order.link, given.now)
    if isinstance(link, Refusal):
        return link
    return _message(link, order.text, order.phrase, "", given.now)


def tell(room: Room, order: orders.TellCaller, given: Given) -> Decision:
    """Also before it is opened: the caller finds it there."""
    link = live(room, order.link, given.now)
    if isinstance(link, Refusal):
        return link
    return _message(link, order.text, order.phrase, given.by, given.now)


def show(room: Room, order: orders.ShowMedia, given: Given) -> Decision:
    """A picture or clip, as many as a link may hold."""
    link = opened(room, order.link, given.now)
    if isinstance(link, Refusal):
        return link
    if link.media >= MOST_MEDIA or link.media_b + order.size_b > MOST_MEDIA_B:
        return _full(link)
    return (
        facts.LinkMedia(
            given.now, link.id, link.call, order.media, order.form, order.size_b, order.width_px, order.height_px,
            order.duration_s, order.sha256,
        ),
    )  # fmt: skip


def end(room: Room, order: orders.EndCallerLink, given: Given) -> Decision:
    """The desk ends it."""
    link = known(room, order.link)
    if isinstance(link, Refusal):
        return link
    if link.status == "ended":
        return _ended(link)
    return (facts.LinkEnded(given.now, link.id, link.call, "desk"),)


def stop(room: Room, order: orders.StopLink, given: Given) -> Decision:
    """It ends once, whoever was first."""
    link = known(room, order.link)
    if isinstance(link, Refusal):
        return link
    if link.status == "ended":
        return ()
    return (facts.LinkEnded(given.now, link.id, link.call, order.why, order.text),)


def known(room: Room, link: str) -> CallerLink | Refusal:
    """The link, if there is one."""
    found = room.caller_links.get(link)
    return found or Refusal("unknown_link", f"there is no link {link}", "link", {"link": link})


def live(room: Room, link: str, now: Instant) -> CallerLink | Refusal:
    """The link, while it lasts and its call may be located."""
    found = known(room, link)
    if isinstance(found, Refusal):
        return found
    why = over(room, found, now)
    return _ended(found, why) if why else found


def opened(room: Room, link: str, now: Instant) -> CallerLink | Refusal:
    """The link, if a device has it."""
    found = live(room, link, now)
    if isinstance(found, Refusal) or found.device:
        return found
    return Refusal("link_not_opened", f"nobody has opened link {link}", "link", {"link": link})


def over(room: Room, link: CallerLink, now: Instant) -> str:
    """Why it is over, whether or not that has been recorded; '' while it lasts."""
    if link.status == "ended":
        return link.why
    call = locatable(room, link.call)
    if isinstance(call, Refusal):
        return "incident_closed" if room.calls[link.call].incident else "call_ended"
    return "expired" if now >= link.until else ""


def open_of(room: Room, call: str) -> list[CallerLink]:
    """Links of a call whose end is not recorded: one at most, but nothing here depends on it."""
    links = (room.caller_links[name] for name in room.caller_links_open)
    return [link for link in links if link.call == call]


def _message(link: CallerLink, text: str, phrase: str | None, by: str, now: Instant) -> Decision:
    said = phrase_in(phrase, link.tongue) if phrase else text.strip()
    empty = checks.not_empty(said, "text")
    if empty:
        return empty
    if link.messages >= MOST_MESSAGES:
        return _full(link)
    n = link.messages + 1
    return (facts.LinkMessage(now, link.id, link.call, n, by, said, phrase or "", link.tongue),)


def _ended(link: CallerLink, why: str = "") -> Refusal:
    why = why or link.why
    return Refusal("link_ended", f"link {link.id} has ended ({why})", "link", {"link": link.id, "why": why})


def _full(link: CallerLink) -> Refusal:
    return Refusal("link_full", f"link {link.id} holds all it may", "link", {"link": link.id})
