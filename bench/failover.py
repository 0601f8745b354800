"""Fail-over: the primary killed under load, its standby promoted; how soon every screen is live, and what was lost.

`python bench/failover.py [ROUNDS]`: two nodes, four screens, four people giving orders, a pair of databases.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from pathlib import Path

from common import ROOT, note, say

sys.path.insert(0, str(ROOT))
from tests.log.postgres_server import programs
from tests.nodes.chaos import Dispatcher, Spirit
from tests.nodes.cluster import Node, Person, Screen, account, paired, until
from tests.nodes.promises import calm, faults_of

from tocsin.log.master import VARIABLE, MasterKey

ROUNDS, PEOPLE, SCREENS = 5, 4, 4


def main() -> None:
    bin_dir = programs()
    if bin_dir is None:
        note("PostgreSQL's server (15 or later) is not on this machine: nothing was measured")
        return
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    os.environ[VARIABLE] = MasterKey.new().line()
    with tempfile.TemporaryDirectory(prefix="failover-") as name, paired(bin_dir) as pair:
        folder = Path(name)
        account(pair.address)
        nodes = [Node(folder / one, pair.address) for one in "ab"]
        person = Person(nodes[0])
        screens = [Screen(nodes[n % 2], person) for n in range(SCREENS)]
        people = [Dispatcher(f"d{n}", lambda: nodes, person, random.Random(n)).start() for n in range(PEOPLE)]
        spirit = Spirit(pair, nodes, screens, 1)
        try:
            for round_ in range(rounds):
                had = sum(len(one.acknowledged) for one in people)
                until(lambda had=had: sum(len(one.acknowledged) for one in people) > had + 100, "a load")
                note(f"round {round_ + 1}: the primary is killed")
                spirit.fail_over()
            for one in people:
                one.close()
            calm(nodes, person, screens)
            found, facts = faults_of(pair.address, people, screens)
        finally:
            for screen in screens:
                screen.close()
            for node in nodes:
                node.stop()
    live = sorted(spirit.fail_over_s)
    say(
        "fail-over: promotion to every screen live", rounds=rounds, median_s=round(live[len(live) // 2], 2),
        max_s=round(live[-1], 2), lost_max_s=round(max(spirit.lost_s), 2), facts=facts,
        acknowledged=sum(len(one.acknowledged) for one in people), broken=found,
    )  # fmt: skip


if __name__ == "__main__":
    main()
