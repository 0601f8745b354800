"""The centre's own run cards and move-ups in a scenario: sent and moved is who the desk would send and move."""

from __future__ import annotations

import pytest
from tests.sim.twin.scenarios import SCENARIO, write
from tests.sim.twin.test_scenario import refused

from tocsin.domain.orders_standby import MoveUpUnit
from tocsin.facts import assignments, incidents, standby
from tocsin.log.memory import MemoryLog
from tocsin.sim.twin.figures import run
from tocsin.sim.twin.record import keep_in
from tocsin.sim.twin.scenario import load
from tocsin.sim.twin.world import prepare

CATALOGUE = """\
[[types]]
code = "MED"
group = "medical"
priority = 1
name = { en = "Medical" }
needs = [{ capability = "ambulance" }]
[[types]]
code = "FIRE"
group = "fire"
priority = 1
name = { en = "Fire" }
needs = [{ capability = "engine" }]
[[dispositions]]
code = "done"
name = { en = "Done" }
"""
PLANS = """\
[[plans]]
code = "HOUSE-FIRE"
types = ["FIRE"]
needs = ["2 engine", "1 ladder or 1 engine + 1 ambulance"]
"""
COVERAGE = """\
[[groups]]
name = "ambulances"
capability = "ambulance"
target_s = 400
[moveups]
hold_s = 60
again_s = 0
min_gain = 0.02
s_per_gain = 0
moves_per_shift = 50
rest_from = "00:00"
rest_to = "00:00"
"""
TOWN = (
    SCENARIO.replace('bases = ["p0", "p3"]', 'bases = ["p0", "p0", "p4", "p1", "p3", "p3", "p5"]')
    .replace(
        "[calls]",
        '[[fleet.kind]]\nunits = ["A3", "A4", "A5"]\nkind = "engine"\ncrew = 4\n'
        '[[fleet.kind]]\nunits = ["A6"]\nkind = "truck"\ncapabilities = ["ladder"]\n'
        "[calls]\ntypes = { MED = 3, FIRE = 1 }",
    )
    .replace('dispatch = "closest"', 'dispatch = "brain"\ncatalogue = "types.toml"\nplans = "plans.toml"')
    .replace('relocate = "home"', 'relocate = "live"\ncoverage = "coverage.toml"')
)


def town(folder, scenario=TOWN, *, plans=PLANS, coverage=COVERAGE):
    (folder / "types.toml").write_text(CATALOGUE)
    (folder / "plans.toml").write_text(plans)
    (folder / "coverage.toml").write_text(coverage)
    return write(folder, scenario)


def lived(folder, *args, **more) -> list:
    """Every fact of one run."""
    log = MemoryLog("twin")
    run(prepare(load(town(folder, *args, **more))), 1, keep=keep_in(log))
    return [entry.fact for entry in log.read(0)]


def test_each_incident_gets_what_its_own_card_asks_for(tmp_path):
    facts = lived(tmp_path)
    kind = {f.incident: f.type for f in facts if isinstance(f, incidents.IncidentOpened)}
    assert set(kind.values()) == {"MED", "FIRE"}
    assert 0.15 < sum(code == "FIRE" for code in kind.values()) / len(kind) < 0.35, "one in four"
    sent: dict[str, list[str]] = {incident: [] for incident in kind}
    for fact in facts:
        if isinstance(fact, assignments.UnitDispatched):
            sent[fact.incident].append(fact.unit)
    ambulances, engines, ladder = {"A0", "A1", "A2"}, {"A3", "A4", "A5"}, "A6"
    for incident, units in sent.items():
        if kind[incident] == "MED":
            assert len(units) == 1
            assert set(units) <= ambulances
        else:
            assert len(units) >= 1
            assert set(units) <= engines | {ladder} | ambulances
    whole = [units for incident, units in sent.items() if kind[incident] == "FIRE" and len(units) >= 3]
    assert any(ladder in units and len(engines & set(units)) == 2 for units in whole)
    assert any(ladder not in units and engines <= set(units) and ambulances & set(units) for units in whole), (
        "the other way of the card, where the ladder is away"
    )


def test_who_is_free_next_fills_what_a_card_still_lacks(tmp_path):
    facts = lived(tmp_path)
    opened = {f.incident: f.at for f in facts if isinstance(f, incidents.IncidentOpened)}
    first: dict[str, float] = {}
    later = 0
    for fact in facts:
        if isinstance(fact, assignments.UnitDispatched):
            later += fact.at > first.setdefault(fact.incident, fact.at)
    assert later > 0
    assert all(first[incident] >= opened[incident] for incident in first)
    closed = [f.incident for f in facts if isinstance(f, incidents.IncidentClosed)]
    assert sorted(closed) == sorted(opened), "every incident ends, and once"


def test_units_move_up_as_the_desk_proposes_and_the_record_says_so(tmp_path):
    facts = lived(tmp_path)
    moves = [f for f in facts if isinstance(f, standby.UnitMovedUp)]
    arrived = [f for f in facts if isinstance(f, standby.UnitAtPost)]
    assert moves
    assert arrived
    assert {f.unit for f in moves} <= {"A0", "A1", "A2"}, "no group has the others"
    assert {f.post for f in moves} <= {"p0", "p3", "p4", "p5"}
    for fact in moves:
        assert fact.group == "ambulances"
        assert fact.after - fact.before >= 0.02 / 2
        assert fact.drive.basis == "road"
        assert not fact.drive.siren


def test_a_proposal_is_held_before_it_is_taken(tmp_path):
    """`hold_s` must pass between what made it right and the move: nothing moves at the instant of a dispatch."""
    facts = lived(tmp_path)
    turned = {f.at for f in facts if isinstance(f, assignments.UnitDispatched | assignments.UnitAvailable)}
    moved = [f.at for f in facts if isinstance(f, standby.UnitMovedUp)]
    assert sum(any(abs(at - 60.0 - then) < 1e-6 for then in turned) for at in moved) > 0
    at_once = COVERAGE.replace("hold_s = 60", "hold_s = 0")
    moved = [f.at for f in lived(tmp_path, coverage=at_once) if isinstance(f, standby.UnitMovedUp)]
    assert sum(at in turned for at in moved) > 0


def test_limits_of_the_file_hold(tmp_path):
    none = COVERAGE.replace("moves_per_shift = 50", "moves_per_shift = 0")
    assert not [f for f in lived(tmp_path, coverage=none) if isinstance(f, standby.UnitMovedUp)]
    rest = COVERAGE.replace('rest_to = "00:00"', 'rest_to = "23:59"').replace("[moveups]", "[moveups]\nrest_gain = 1.0")
    assert not [f for f in lived(tmp_path, coverage=rest) if isinstance(f, standby.UnitMovedUp)]


def test_the_same_seed_is_the_same_life(tmp_path):
    assert lived(tmp_path) == lived(tmp_path)


def test_a_post_of_the_file_is_the_node_of_its_name(tmp_path):
    post = '[[posts]]\nname = "p2"\nlat = 0.0\nlon = 0.0\n'
    table = '[[tables]]\ngroup = "ambulances"\nfree = 1\nposts = ["p2"]\n'
    moves = [f for f in lived(tmp_path, coverage=COVERAGE + post + table) if isinstance(f, standby.UnitMovedUp)]
    assert "p2" in {f.post for f in moves}


SPOILED = [
    ('dispatch = "brain"', 'dispatch = "closest"', "policy.plans: run cards mean nothing to 'closest'"),
    ('coverage = "coverage.toml"', "", "policy.relocate: 'live' needs the rules of move-ups"),
    ("FIRE = 1", "FLOOD = 1", "calls.types: there is no type FLOOD; name some of MED, FIRE"),
    ('"A6"', '"A9"', "fleet.kind[1].units: there is no unit A9; the units are A0 to A6"),
    ('plans = "plans.toml"', 'plans = "nowhere.toml"', "nowhere.toml: cannot be read"),
    ("crew = 4", "crew = 0", "fleet.kind[0].crew"),
    ("FIRE = 1", "FIRE = 0", "calls.types"),
]


@pytest.mark.parametrize(("right", "spoiled", "words"), SPOILED)
def test_a_mistake_is_told_with_its_place(tmp_path, right, spoiled, words):
    town(tmp_path)
    with pytest.raises(Exception, match=r"town\.toml|nowhere") as told:
        prepare(load(write(tmp_path, TOWN.replace(right, spoiled)))).calls(1)
    assert words in str(told.value)


def test_a_mistake_in_a_card_is_told_with_its_line(tmp_path):
    town(tmp_path, plans=PLANS.replace("2 engine", "two engine"))
    assert "plans.toml, line 4: plans[0].needs[0]" in str(refused(tmp_path, TOWN))
    town(tmp_path, coverage=COVERAGE.replace("hold_s = 60", "hold_s = -1"))
    assert "line 6" in str(refused(tmp_path, TOWN))
    far = COVERAGE + '[[posts]]\nname = "moon"\nlat = 60.0\nlon = 20.0\n'
    town(tmp_path, coverage=far)
    assert "post 'moon' is not on the ground" in str(refused(tmp_path, TOWN))


def test_the_compiled_rules_say_no(tmp_path):
    world = prepare(load(town(tmp_path)))
    with pytest.raises(Exception, match="the compiled rules know one kind of unit"):
        world.sweeper()


def test_the_order_of_a_move_is_the_desks_own(tmp_path):
    world = prepare(load(town(tmp_path)))
    twin = world.twin(world.calls(1))
    with pytest.raises(LookupError):
        twin.relocate.order()
    twin.run(world.calls(1))
    assert isinstance(twin.relocate.order(), MoveUpUnit)
