"""Proof by accident: whole desks on one shared store, on a clock of their own, in a world where everything fails.

One seed is one history, to the last fact: which node dies, which write is lost, which answer never comes. After every
fact the invariants are checked. What breaks one is played again from its seed and the commit it broke at.
"""

from tocsin.sim.faults.checker import INVARIANTS, Broken
from tocsin.sim.faults.world import Report, World, run_seed

__all__ = ["INVARIANTS", "Broken", "Report", "World", "run_seed"]
