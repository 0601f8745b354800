"""Keys in PostgreSQL keep the promises that keys in a file keep; two nodes share them."""

from __future__ import annotations

import pytest
from tests.log.entries import T0, a_call, a_note

from tocsin.facts.base import Entry
from tocsin.log.codec import Codec
from tocsin.log.keyring import KeyRing
from tocsin.log.master import MasterKey


@pytest.fixture
def two_nodes(postgres_server):
    from tocsin.log.keyring_postgres import PostgresKeys

    nodes = [PostgresKeys(postgres_server.conninfo, "north") for _ in range(2)]
    yield nodes
    for node in nodes:
        node.close()
    postgres_server.execute("DROP SCHEMA tocsin_keys CASCADE")


def test_what_one_node_seals_another_reads_until_either_erases_it(two_nodes):
    master = MasterKey.new()
    ring, late = (KeyRing(node, master, "north") for node in two_nodes)
    raw = Codec(sealer=ring).encode(a_note(1, "smoke"))
    ring.settle()
    assert Codec(sealer=late).decode(1, raw).fact.text == "smoke"
    assert late.erase_now({"record/call:C1": 9}) == 1
    assert Codec(sealer=KeyRing(two_nodes[0], master, "north")).decode(1, raw).erased
    assert late.erase_now({"record/call:C1": 9}) == 0


def test_numbers_are_never_given_twice_and_a_binding_stands(two_nodes):
    master = MasterKey.new()
    rings = [KeyRing(node, master, "north") for node in two_nodes]
    raws = [Codec(sealer=ring).encode(a_call(n)) for n, ring in enumerate(rings, 1)]
    for ring in rings:
        ring.settle()
    names = [f"{mark}/call:C{n}" for n in (1, 2) for mark in ("record", "position")]
    numbers = two_nodes[0].numbers_of(names)
    assert len(set(numbers)) == 4
    assert two_nodes[1].numbers_of(names) == numbers
    assert two_nodes[0].bound_up_to() == 2
    assert [Codec(sealer=rings[0]).decode(n, raw).fact.number for n, raw in enumerate(raws, 1)]


def test_rotating_wraps_all_or_none(two_nodes):
    old, new = MasterKey.new(), MasterKey.new()
    raw = Codec(sealer=(ring := KeyRing(two_nodes[0], old, "north"))).encode(a_note(1, "smoke"))
    ring.settle()
    before = two_nodes[0].marks()
    with pytest.raises(ZeroDivisionError):
        two_nodes[0].rewrap(lambda _wrapped: bytes([1 // 0]), new.mark)
    assert two_nodes[0].marks() == before
    two_nodes[0].rewrap(lambda wrapped: new.wrap(old.unwrap(wrapped, b"north"), b"north"), new.mark)
    assert two_nodes[0].marks() == {new.mark: before[old.mark]}
    assert Codec(sealer=KeyRing(two_nodes[1], new, "north")).decode(1, raw).fact.text == "smoke"


def test_another_centre_s_keys_are_not_seen(two_nodes, postgres_server):
    from tocsin.log.keyring_postgres import PostgresKeys

    ring = KeyRing(two_nodes[0], MasterKey.new(), "north")
    Codec(sealer=ring).encode(a_note(1, "smoke"))
    ring.settle()
    south = PostgresKeys(postgres_server.conninfo, "south")
    assert (south.numbers_of(["record/call:C1"]), south.marks(), south.erase({"record/call:C1": 9}, T0)) == ([], {}, 0)
    south.close()


def test_whose_keys_they_are_is_in_the_database_before_the_entries_are(two_nodes, postgres_server):
    """Found by the simulation of faults: a node died after its write, and nobody could erase what it had sealed."""
    from tocsin.log.postgres import PostgresLog

    postgres_server.wipe()
    codec = Codec(sealer=KeyRing(two_nodes[0], MasterKey.new(), "north"))
    log = PostgresLog.open(postgres_server.conninfo, "north", codec=codec)
    log.append([a_note(1, "smoke")], 0)
    assert len(two_nodes[1].numbers_of(["record/call:C1"])) == 1
    log.close()
    postgres_server.wipe()


def test_words_said_after_an_erasure_outlive_its_being_done_again(two_nodes):
    ring = KeyRing(two_nodes[0], MasterKey.new(), "north")
    codec = Codec(sealer=ring)
    codec.encode(a_note(1, "first"))
    ring.settle()
    assert two_nodes[1].erase({"record/call:C1": 1_000}, T0) == 1
    ring.retire({"record/call:C1": 1_000})
    raw = codec.encode(Entry(1_001, T0, "ana", "o", 0, a_note(1, "second").fact))
    ring.settle()
    assert two_nodes[1].erase({"record/call:C1": 1_000}, T0) == 0
    assert codec.decode(1_001, raw).fact.text == "second"


def test_a_role_that_may_make_no_tables_uses_those_that_are_there(two_nodes, postgres_server):
    from tocsin.log.keyring_postgres import PostgresKeys

    postgres_server.execute("CREATE ROLE desk LOGIN")
    try:
        postgres_server.execute("GRANT USAGE ON SCHEMA tocsin_keys TO desk")
        postgres_server.execute("GRANT SELECT, INSERT, UPDATE ON tocsin_keys.keys TO desk")
        node = PostgresKeys(postgres_server.conninfo.replace("tocsin@", "desk@"), "north")
        KeyRing(node, MasterKey.new(), "north").prove()
        node.close()
    finally:
        postgres_server.execute("DROP OWNED BY desk")
        postgres_server.execute("DROP ROLE desk")
