"""Accounts with cheap hashing, in a file and in a database: the rules are the same, only the waiting is left out."""

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


def pytest_generate_tests(metafunc):
    if "access" in metafunc.fixturenames:  # a test of the file itself needs no other store
        stores = ["file"] if "path" in metafunc.function.__code__.co_varnames else ["file", "postgres"]
        metafunc.parametrize("access", stores, indirect=True)


@pytest.fixture
def access(request):
    if request.param == "file":
        access = Access.open(request.getfixturevalue("path"), argon2=CHEAP)
    else:
        server = request.getfixturevalue("postgres_server")
        server.execute('DROP SCHEMA IF EXISTS "tocsin access north" CASCADE')
        access = Access.at(server.conninfo, "north", argon2=CHEAP)
    yield access
    access.close()


@pytest.fixture
def ana(access):
    """Somebody who exists."""
    return access.add_account(
        "Ana", "correct horse battery", ["dispatcher"], 1_000.0, display="Ana Silva", language="pt"
    )
