"""The OpenAPI document: made from the table, committed, and complete."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from tocsin.domain.orders import ORDER_KINDS
from tocsin.domain.refusals import REFUSAL_NAMES
from tocsin.web.door import ANYONE
from tocsin.web.openapi import document, documented, encoded
from tocsin.web.problems import KINDS
from tocsin.web.routes import ROUTES

from .asgi import Client
from .conftest import Run, World

GOLDEN = Path(__file__).parents[2] / "docs" / "reference" / "openapi.json"
DOC = document(ROUTES)


def test_the_committed_copy_is_what_the_server_says() -> None:
    assert GOLDEN.read_bytes() == encoded(ROUTES), "run: tocsin openapi -o docs/reference/openapi.json"


def test_the_server_serves_it_to_anybody(run: Run) -> None:
    async def test(world: World) -> None:
        answer = await Client(world.app).ask("GET", "/api/openapi.json")
        assert answer.json() == DOC

    run(test)


def test_every_listed_route_is_there_with_its_problems() -> None:
    listed = [route for route in ROUTES if route.listed]
    assert len(listed) > 20
    assert sum(len(methods) for methods in DOC["paths"].values()) == len(listed)
    for route in listed:
        operation = DOC["paths"][documented(route.path)][route.method.lower()]
        statuses = {int(status) for status in operation["responses"]}
        assert {400, 500, route.status} <= statuses
        assert ({401} <= statuses) or route.permission == ANYONE
        assert ("security" in operation) == (route.permission != ANYONE)
        assert len(operation["description"]) > 40


def test_operation_ids_are_unique_and_all_references_lead_somewhere() -> None:
    operations = [operation for methods in DOC["paths"].values() for operation in methods.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(set(ids)) == len(ids)
    references = set(_references(DOC))
    assert len(references) > 50
    for reference in references:
        where: Any = DOC
        for part in reference.removeprefix("#/").split("/"):
            where = where[part]


def test_orders_are_told_apart_by_kind_and_refusals_are_named() -> None:
    order = DOC["components"]["schemas"]["Order"]
    assert order["discriminator"]["propertyName"] == "kind"
    assert tuple(order["discriminator"]["mapping"]) == ORDER_KINDS
    assert tuple(DOC["components"]["schemas"]["RefusalName"]["enum"]) == REFUSAL_NAMES
    assert DOC["components"]["schemas"]["OrderRequest"]["additionalProperties"] is False


def test_every_problem_stands_in_the_document() -> None:
    for kind in KINDS:
        assert kind.name in DOC["components"]["responses"][f"Problem{kind.status}"]["description"]


def test_nothing_in_it_is_an_import_path() -> None:
    assert "tocsin." not in json.dumps(DOC["components"])
    assert msgspec.json.decode(encoded(ROUTES)) == DOC


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        here = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return here + [found for inner in value.values() for found in _references(inner)]
    if isinstance(value, list):
        return [found for inner in value for found in _references(inner)]
    return []
