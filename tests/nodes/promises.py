"""What a centre promised, held against its database once a soak is over. Each word here is one promise that broke."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.nodes.city import City, Move
from tests.nodes.cluster import Node, Person, Screen, until
from tests.nodes.hands import Hand

from tocsin.facts.caller_links import LinkMedia
from tocsin.facts.calls import CallAttached
from tocsin.log.port import Row
from tocsin.log.postgres import PostgresLog
from tocsin.sim.faults.checker import Broken, Checker

TICK_S = 10.0
"""So long a position may wait until it is recorded, or overtaken by the next of its unit: a second, on a machine that
has one to spare."""

Death = tuple[float, int | None]
"""When, and the port of the node; None: the primary."""


def faults_of(address: str, people: Sequence[Hand], screens: Sequence[Screen]) -> tuple[list[str], int]:
    """Everything that is not as it must be, and how many facts there are."""
    found = [fault for one in people for fault in one.faults]
    acknowledged = {key: at for one in people for key, at in one.acknowledged.items()}
    log = PostgresLog.open(address, "north", read_only=True)
    try:
        found += [f"verify: {flaw.position}: {flaw.what}" for flaw in log.verify()[:5]]
        rows, entries = list(log.rows()), list(log.read())
    finally:
        log.close()
    kept: Counter[str] = Counter()
    shown: list[Row] = []
    checker = Checker(lambda: shown, pictures=False)
    try:
        for _, group in groupby(entries, key=lambda entry: (entry.by, entry.order)):
            told = list(group)
            shown += rows[len(shown) : told[-1].position]
            kept[told[0].order] += 1
            checker.appended(told)
    except Broken as broken:
        found.append(str(broken))
    last = {entry.order: entry.position for entry in entries}
    for key, at in acknowledged.items():
        if kept[key] != 1 or last[key] != at:
            found.append(f"{key} was acknowledged at {at}; it stands {kept[key]} times, last at {last.get(key)}")
    for i, screen in enumerate(screens):
        found += [f"screen {i} missed {gap}" for gap in screen.gaps[:3]]
        missing = acknowledged.keys() - screen.orders.keys()
        found += [f"screen {i} was never told of {len(missing)} orders"] if missing else []
    return found, len(entries)


def calm(nodes: list[Node], person: Person, screens: list[Screen]) -> None:
    """Everybody comes to the same end."""

    def positions() -> set[int]:
        shown = {person.ask(node, "/api/board").json()["board"]["position"] for node in nodes}
        return shown | {screen.position for screen in screens}

    until(lambda: len(positions()) == 1, "nodes and screens stand at the same position", 180)


def pictures(nodes: list[Node], person: Person, screens: list[Screen]) -> list[str]:
    """Picture and tail: what a screen put together from the first fact on is what a fresh one is shown, at any node."""

    def odd() -> list[str]:
        boards = [person.ask(node, "/api/board").json()["board"] for node in nodes]
        if {board["position"] for board in boards} != {screen.position for screen in screens}:
            return ["nodes and screens never stood at the same position again"]
        told = []
        for i, screen in enumerate(screens):
            for n, board in enumerate(boards):
                tables = {t: (screen.rows.get(t) or {}, rows or {}) for t, rows in board["rows"].items()}
                told += [f"screen {i} shows other {t} than node {n}" for t, (a, b) in tables.items() if a != b]
        return told

    found = odd()
    for _ in range(20):  # alarms go on being raised: a moment in which nobody moves is waited for
        found = found and odd()
    return found


def tracks_of(address: str, taken: Sequence[Move], sent: set[Any], deaths: Sequence[Death]) -> Any:
    """Vehicle positions: what a node took is recorded, or a later one of that unit it took before the next tick; and
    nothing is recorded that no vehicle said. What a node took just before it or the primary died may be lost (0081).
    Answers what broke, and figures."""
    log = PostgresLog.open(address, "north", durable=False, read_only=True)
    try:
        found = [f"tracks: verify: {flaw.position}: {flaw.what}" for flaw in log.verify()[:5]]
        entries = list(log.read())
    finally:
        log.close()
    moves = [(move.unit, move.at, move.lat, move.lon) for entry in entries for move in entry.fact.moves]
    strange = [move for move in moves if move not in sent]
    found += [f"tracks: {len(strange)} positions stand there that no vehicle said: {strange[:3]}"] if strange else []
    kept = {(unit, at) for unit, at, *_ in moves}
    fate: Counter[str] = Counter(recorded=len(kept), taken=len(taken), again=len(moves) - len(kept))
    gone = list(lost(taken, kept, deaths, fate))
    found += [f"tracks: {len(gone)} positions were taken and are not there: {gone[:3]}"] if gone else []
    return found, dict(fate)


def lost(
    taken: Sequence[Move], kept: set[tuple[str, float]], deaths: Sequence[Death], fate: Counter[str]
) -> Iterable[Move]:
    there: dict[tuple[str, int], list[float]] = defaultdict(list)
    """By unit and node: the instants whose positions are kept."""
    for move in sorted(taken, key=lambda move: move.at):
        if (move.unit, move.at) in kept:
            there[move.unit, move.port].append(move.at)
    for move in taken:
        later = there[move.unit, move.port]
        after = bisect_right(later, move.at)
        if (move.unit, move.at) in kept:
            continue
        if after < len(later) and later[after] <= move.at + TICK_S:
            fate["overtaken"] += 1
        elif any(died - TICK_S <= move.at <= died and port in (None, move.port) for died, port in deaths):
            fate["lost in a death"] += 1
        else:
            yield move


def last_positions(
    nodes: list[Node], person: Person, screens: list[Screen], said: Sequence[Any], address: str
) -> list[str]:
    """Where every vehicle came to rest, after the storm: recorded, on every screen and at every node."""
    wanted = {move[0]: move[1] for move in said}

    def recorded() -> dict[str, float]:
        log = PostgresLog.open(address, "north", durable=False, read_only=True)
        try:
            last = log.read(max(0, log.position() - 20))
            return {move.unit: move.at for entry in last for move in entry.fact.moves}
        finally:
            log.close()

    def everywhere() -> bool:
        told = [person.ask(node, "/api/board").json()["tracks"] for node in nodes]
        told += [list(screen.moves.values()) for screen in screens]
        shown = [{move[0]: move[1] for move in moves} for moves in told]
        return all(one.items() >= wanted.items() for one in (*shown, recorded()))

    try:
        until(everywhere, "")
    except AssertionError:
        return ["the last positions of all vehicles are not recorded, or not on every screen and at every node"]
    return []


def erasures(nodes: list[Node], city: City) -> list[str]:
    """Who asked to be forgotten is told of by no node any more; who did not is; and what was said later stays."""
    found = []
    gone = set(city.eraser.erased)
    stays = [incident for one in city.takers for incident in one.closed if incident not in gone]
    for i, incident in enumerate([*sorted(gone), *stays[:100]]):
        answer = city.chief.ask(nodes[i % len(nodes)], f"/api/incidents/{incident}/timeline?why=soak")
        told = [words for words in re.findall(r"§[^§]+§", answer.text) if words != "§after§"]
        if answer.status_code != 200:
            found.append(f"the timeline of {incident}: {answer.status_code} {answer.text[:200]}")
        elif incident in gone and (told or "§after§" not in answer.text):
            found.append(f"{incident} was erased; it tells {told}, and of what came after: {'§after§' in answer.text}")
        elif incident not in gone and not told:
            found.append(f"{incident} was not erased, and tells nothing")
    return found


def shown(nodes: list[Node], city: City, address: str) -> list[str]:
    """A picture that a caller was told is there, is there at every node; unless its call was erased."""
    log = PostgresLog.open(address, "north", read_only=True)
    try:
        entries = list(log.read())
    finally:
        log.close()
    homes = {entry.fact.call: entry.fact.incident for entry in entries if isinstance(entry.fact, CallAttached)}
    named = {entry.order.rpartition("-")[2]: entry.fact for entry in entries if isinstance(entry.fact, LinkMedia)}
    found = []
    for upload in city.phones.shown:
        fact = named.get(upload)
        if fact is None:
            found.append(f"upload {upload} was said to be shown; the record does not name it")
            continue
        path = f"/api/media/{fact.media}?why=soak"
        answers = [city.chief.ask(node, path) for node in nodes]
        there = [answer.status_code == 200 and answer.content.startswith(b"\xff\xd8") for answer in answers]
        if there != [homes.get(fact.call) not in city.eraser.erased] * len(nodes):
            told = [answer.text[:100] for answer in answers if answer.status_code != 200]
            found.append(f"picture {fact.media} of call {fact.call}, incident {homes.get(fact.call)}: {there} {told}")
    return found


def traces(logs: Iterable[Path]) -> list[str]:
    """Every kind of stack trace that nodes have printed, with what they said before it."""
    found: dict[str, str] = {}
    for log in logs:
        text = log.read_text()
        for at in (match.start() for match in re.finditer("Traceback", text)):
            trace = text[at : at + 6_000].partition("\nTraceback")[0]
            kind = re.sub(r"0x[0-9a-f]+|\d+", "N", trace[-300:])
            found.setdefault(kind, f"{log.name} holds a stack trace: …{text[max(0, at - 600) : at]}{trace}")
    return list(found.values())


def said(logs: Iterable[Path]) -> dict[str, int]:
    """What nodes said, by kind, and how often."""
    lines = (line for log in logs for line in log.read_text().splitlines() if not line.startswith("SMS"))
    kinds = Counter(re.sub(r"'[^']*'|\d[\d.:,-]*", "…", line)[:140] for line in lines if not line.startswith(" "))
    return dict(kinds.most_common(25))
