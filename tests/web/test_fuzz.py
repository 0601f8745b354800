"""schemathesis against a real server, from the OpenAPI document: no fault of ours, and answers as promised.

Bounded and with fixed seeds, so that it says the same today and tomorrow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from tocsin.access.roles import ROLES
from tocsin.web.openapi import document
from tocsin.web.routes import ROUTES

from .conftest import T0, quick_access
from .live import Live, served

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
LEFT_OUT = ("/api/tail",)  # it never ends; test_tail has it


def unlocked() -> dict[str, Any]:
    """The document without its locks: the session of `everybody` opens them, and test_roles tries every other key."""
    doc = document(ROUTES)
    del doc["components"]["securitySchemes"]
    for methods in doc["paths"].values():
        for operation in methods.values():
            operation.pop("security", None)
    return doc


SCHEMA = schemathesis.openapi.from_dict(unlocked()).exclude(path=list(LEFT_OUT)).exclude(operation_id="sign_out")


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Live, requests.Session]]:
    """A server, and somebody signed in who may do everything."""
    path = tmp_path_factory.mktemp("fuzz") / "accounts.db"
    access = quick_access(path)
    access.add_account("everybody", None, list(ROLES), T0, unit="E1")
    link = str(access.sign_in_link("everybody", T0))
    access.close()
    with served(path) as live, requests.Session() as session:
        said = session.post(f"{live.address}/api/session", json={"link": link}).json()
        session.headers["X-Tocsin-CSRF"] = said["csrf"]
        yield live, session
        # Whatever was asked: the same person is still signed in, and the server answers.
        assert session.get(f"{live.address}/api/session").json().get("account") == "everybody"


@SCHEMA.parametrize()
@settings(
    max_examples=6,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_nothing_breaks_and_answers_are_as_promised(
    case: schemathesis.Case, everybody: tuple[Live, requests.Session]
) -> None:
    live, session = everybody
    sent = {"X-Tocsin-CSRF": str(session.headers["X-Tocsin-CSRF"])}
    case.call_and_validate(base_url=live.address, session=session, headers=sent, checks=CHECKS)
