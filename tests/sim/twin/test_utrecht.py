"""The twin against another simulator: the same unit for every call, the same response times to 1e-9 minutes."""

from __future__ import annotations

import pytest
from tests.sim.twin import utrecht

from tocsin.sim.twin.core import Twin
from tocsin.sim.twin.policies import Closest, HomeBase


@pytest.mark.parametrize(("run", "units", "calls"), [(3, 23, 1_400), (4, 24, 3_500)])
def test_every_call_gets_the_unit_the_other_simulator_gave_it(run, units, calls):
    utrecht.need()
    fleet = utrecht.fleet(units)
    twin = Twin(utrecht.ground(), fleet, Closest(), HomeBase({unit.id: unit.base for unit in fleet}))
    outcomes = twin.run(utrecht.trace(run))
    told = utrecht.told(run)
    assert len(outcomes) == len(told) == calls
    assert [o.unit for o in outcomes] == [unit for unit, _ in told]
    worst_min = max(abs(o.response_s / 60 - min_) for o, (_, min_) in zip(outcomes, told, strict=True))
    assert worst_min < 1e-9
