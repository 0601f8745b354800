"""A file of accounts with cheap hashing: the rules are the same, only the waiting is left out."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from tocsin.access import Access

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def cheap():
    return CHEAP


@pytest.fixture
def path(tmp_path):
    return tmp_path / "access.db"


@pytest.fixture
def access(path):
    access = Access.open(path, argon2=CHEAP)
    yield access
    access.close()


@pytest.fixture
def ana(access):
    """Somebody who exists."""
    return access.add_account(
        "Ana", "correct horse battery", ["dispatcher"], 1_000.0, display="Ana Silva", language="pt"
    )
