"""The file of accounts: whose it is, who may read it, and what ails it."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from tocsin.access import Access, AccessError
from tocsin.access import tables as tables_module
from tocsin.access.tables import APPLICATION_ID, LATER, SCHEMA, TABLES

FOLDER = Path(tables_module.__file__).parent


def _text(path):
    path.write_text("a shopping list, rather long, certainly no database" * 50)


def _foreign(path):
    with sqlite3.connect(path) as con:
        con.execute("CREATE TABLE shopping (item TEXT)")
    con.close()


def _future(path):
    Access.open(path).close()
    with sqlite3.connect(path) as con:
        con.execute("PRAGMA user_version = 99")
    con.close()


WRONG = {
    "a text": (_text, "not one of accounts"),
    "somebody else's database": (_foreign, "but not one of accounts"),
    "another release's": (_future, "schema 99"),
    "a directory": (lambda path: path.mkdir(), "is a directory"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_and_left_as_it_was(path, name):
    make, words = WRONG[name]
    make(path)
    before = None if path.is_dir() else path.read_bytes()
    with pytest.raises(AccessError, match=words) as refused:
        Access.open(path)
    assert str(path) in str(refused.value)
    assert before is None or path.read_bytes() == before


def test_a_file_of_every_schema_there_was_is_brought_forward_and_keeps_what_it_holds(tmp_path):
    for schema in range(1, SCHEMA):
        path = tmp_path / f"schema-{schema}.db"
        with sqlite3.connect(path) as con:
            for statement in (*TABLES, *(one for step in LATER[: schema - 1] for one in step)):
                con.execute(statement)
            con.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            con.execute(f"PRAGMA user_version = {schema}")
            fields = {row[1]: 0 if row[2] != "TEXT" else "[]" for row in con.execute("PRAGMA table_info(accounts)")}
            fields["name"] = "ana"
            words = ", ".join(fields), ", ".join("?" for _ in fields)
            con.execute(f"INSERT INTO accounts ({words[0]}) VALUES ({words[1]})", tuple(fields.values()))
        con.close()
        access = Access.open(path)
        assert [account.name for account in access.accounts()] == ["ana"]
        access.close()
        with sqlite3.connect(path) as con:
            tables = {name for (name,) in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            assert con.execute("PRAGMA user_version").fetchone() == (SCHEMA,)
        con.close()
        assert "glass" not in tables


def test_every_table_is_asked_for_something():
    source = "".join(file.read_text() for file in FOLDER.glob("*.py") if file.name != "tables.py")
    made = set(
        re.findall(r"(?:CREATE|DROP) TABLE (\w+)", " ".join((*TABLES, *(one for step in LATER for one in step))))
    )
    made -= {gone for step in LATER for one in step for gone in re.findall(r"DROP TABLE (\w+)", one)}
    assert len(made) > 5
    unused = {name for name in made if not re.search(rf"(FROM|INTO|UPDATE)\s+{name}\b", source)}
    assert unused == set(), "a table that nobody reads or writes"


def test_a_missing_directory_is_said(tmp_path):
    with pytest.raises(AccessError, match="no such directory"):
        Access.open(tmp_path / "nowhere" / "access.db")


def test_the_file_is_for_the_eyes_of_its_owner(access, path):
    assert path.stat().st_mode & 0o077 == 0


def test_a_full_disk_is_said_and_nothing_is_half_done(path, access, ana):
    con = access._tables._con
    con.execute(f"PRAGMA max_page_count = {con.execute('PRAGMA page_count').fetchone()[0]}")

    def fill():
        for n in range(2_000):
            access.add_account(f"somebody-{n}", None, ["auditor"], 1.0, display="x" * 200)

    with pytest.raises(AccessError, match="disk is full"):
        fill()
    con.execute("PRAGMA max_page_count = 1000000")
    count = len(access.accounts())
    access.add_account("one-more", None, ["auditor"], 1.0)
    assert len(access.accounts()) == count + 1


def test_a_closed_file_says_so_and_closing_twice_is_harmless(access):
    access.close()
    access.close()
    with pytest.raises(AccessError):
        access.accounts()


def test_half_a_character_never_reaches_the_file(access, ana):
    assert access.account("\ud800") is None
    assert access.sign_in("\ud800", "\ud800" * 12, "\ud800", 1.0).name == "wrong_name_or_password"


def test_a_file_of_the_first_schema_is_brought_forward(tmp_path):
    """Accounts made before there were agencies are accounts of the whole centre."""
    path = tmp_path / "accounts.db"
    with sqlite3.connect(path) as con:
        for table in TABLES:
            con.execute(table)
        con.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        con.execute("PRAGMA user_version = 1")
        con.execute("INSERT INTO accounts VALUES ('ana', 'Ana', 'dispatcher', '', 'en', '', 0, 1.0)")
    con.close()
    access = Access.open(path)
    assert [(one.name, one.agency) for one in access.accounts()] == [("ana", "")]
    assert access.change("ana", agency="fire").agency == "fire"
    access.close()
