"""Two real nodes on one real database, and a pair of databases of which one is killed under load."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.log.postgres_server import programs
from tests.nodes.cluster import Load, Node, Person, Screen, account, paired, until

from tocsin.log.postgres import PostgresLog


@pytest.fixture
def pair():
    bin_dir = programs()
    if bin_dir is None:
        pytest.skip("PostgreSQL's server (15 or later) is not on this machine: its tests are not run")
    with paired(bin_dir) as pair:
        account(pair.address)
        yield pair


def facts_of(store: str) -> list:
    log = PostgresLog.open(store, "north", read_only=True)
    try:
        assert log.verify() == []
        return list(log.read())
    finally:
        log.close()


def test_primary_killed_under_load_and_its_standby_promoted(pair, tmp_path, capfd):
    nodes = [Node(tmp_path / name, pair.address) for name in ("a", "b")]
    person = Person(nodes[0])
    assert person.ask(nodes[1], "/api/session").json()["account"] == "ana"  # one session, every node
    screens = [Screen(node, person) for node in nodes]
    loads = [Load(lambda: nodes, person, f"l{n}-") for n in range(3)]
    try:
        until(lambda: sum(len(load.acknowledged) for load in loads) > 60, "a load")
        pair.primary.kill()
        until(lambda: not any(screen.recording for screen in screens), "every screen says that nothing is recorded")
        assert [node.health()["ok"] for node in nodes] == [False, False]
        answer = person.give(nodes[0], "while-lost", kind="receive_call", line="112")
        assert (answer.status_code, answer.json()["name"]) == (503, "not_recorded")
        assert person.ask(nodes[0], "/api/board").status_code == 200  # what was true can still be seen
        before = {key for load in loads for key in load.acknowledged}
        pair.promote()
        until(lambda: all(screen.recording for screen in screens), "every screen is live again")
        until(lambda: sum(len(load.acknowledged) for load in loads) > len(before) + 30, "a load on the new primary")
        for load in loads:
            load.close()
        after = [person.give(node, f"after-{node.port}", kind="receive_call", line="112") for node in nodes]
        assert [answer.status_code for answer in after] == [200, 200]
        acknowledged = {key for load in loads for key in load.acknowledged} | {f"after-{n.port}" for n in nodes}
        until(lambda: all(acknowledged <= screen.orders.keys() for screen in screens), "every screen has it all")
        assert [screen.gaps for screen in screens] == [[], []]
        assert before <= acknowledged
        kept = Counter(entry.order for entry in facts_of(pair.address))
        assert [key for key in acknowledged if kept[key] != 1] == []
        assert "while-lost" not in kept
    finally:
        for load in loads:
            load.ended = True
        for screen in screens:
            screen.close()
        stopped = [node.stop() for node in nodes]
    assert stopped == [0, 0]
    assert not any("Traceback" in node.log.read_text() for node in nodes)


def test_a_node_killed_under_load_costs_nothing_and_comes_back(postgres_server, tmp_path):
    postgres_server.wipe()
    postgres_server.execute('DROP SCHEMA IF EXISTS "tocsin access north" CASCADE')
    account(postgres_server.conninfo)
    nodes = [Node(tmp_path / name, postgres_server.conninfo) for name in ("a", "b")]
    person = Person(nodes[1])
    screen = Screen(nodes[1], person)
    load = Load(lambda: list(nodes), person, "l")
    try:
        until(lambda: len(load.acknowledged) > 20, "a load")
        nodes[0].kill()
        until(lambda: len(load.acknowledged) > 40, "the load goes on at the other")
        nodes[0] = Node(tmp_path / "a", postgres_server.conninfo)
        until(lambda: len(load.acknowledged) > 60, "and at both")
        load.close()
        until(lambda: load.acknowledged.keys() <= screen.orders.keys(), "the screen has it all")
        assert screen.gaps == []

        def boards() -> list:
            return [person.ask(node, "/api/board").json()["board"] for node in nodes]

        until(lambda: boards()[0] == boards()[1], "both show the same picture")  # unanswered calls still raise alarms
        kept = Counter(entry.order for entry in facts_of(postgres_server.conninfo))
        assert [key for key in load.acknowledged if kept[key] != 1] == []
    finally:
        load.ended = True
        screen.close()
        for node in nodes:
            node.stop()
    postgres_server.wipe()
