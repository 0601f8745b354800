"""Words are kept: every fact has one name, every order somebody who may give it, every no an explanation."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from tests.house.walk import ROOT

from tocsin.domain import orders
from tocsin.domain.decide import RULES
from tocsin.domain.refusals import REFUSAL_NAMES
from tocsin.facts.union import FACT_TYPES


def test_every_fact_has_a_name_of_its_own_that_says_subject_and_past():
    kinds = [fact.__struct_config__.tag for fact in FACT_TYPES]
    assert len(kinds) == len(set(kinds)) == len(FACT_TYPES)
    assert [kind for kind in kinds if not re.fullmatch(r"[a-z]+\.[a-z_]+", kind)] == []


def test_every_order_is_decided_and_has_a_name_of_its_own():
    assert set(get_args(orders.AnyOrder)) == set(RULES)
    assert len(set(orders.ORDER_KINDS)) == len(orders.ORDER_KINDS) == len(get_args(orders.Order))


def test_every_order_stands_in_the_table_of_permissions():
    roles = pytest.importorskip("tocsin.access.roles", reason="accounts are not built yet")
    assert [kind for kind in orders.ORDER_KINDS if not roles.PERMISSIONS.get(kind)] == []


@pytest.mark.parametrize("order", get_args(orders.ClockOrder))
def test_nobody_may_give_the_orders_of_the_clock(order):
    roles = pytest.importorskip("tocsin.access.roles", reason="accounts are not built yet")
    assert not roles.PERMISSIONS.get(order.__struct_config__.tag)


def test_every_refusal_is_explained_in_the_reference():
    page = (ROOT / "docs" / "reference" / "refusals.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| `([a-z_]+)` \| \S.*\|$", page, re.MULTILINE)
    assert sorted(explained) == sorted(REFUSAL_NAMES)


def test_the_console_has_words_for_every_refusal_in_every_language():
    path = ROOT / "console" / "src" / "i18n" / "refusals.ts"
    if not path.exists():
        pytest.skip("the console's words are not here")
    blocks = re.split(r"^export const refusals", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert len(blocks) >= 2
    for block in blocks:
        missing = [name for name in REFUSAL_NAMES if not re.search(rf"^\s*{name}\s*:", block, re.MULTILINE)]
        assert missing == [], block[:12]
