"""The OpenAPI 3.1 document, made from the table of routes and the types they name; nothing is written down twice.

The console's types are made from this document, and the tests compare what the server says with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from tocsin import __version__
from tocsin.domain.refusals import REFUSAL_NAMES
from tocsin.views.wire import Problem
from tocsin.web.door import ANYONE, PERSON, Route
from tocsin.web.problems import KINDS

REF = "#/components/schemas/{name}"
DESCRIPTION = (
    "The live picture of one centre and the one door for changing it. Instants are seconds UTC; positions count "
    "the facts of the centre's log. Every no is a Problem with a name. What changes something bears the csrf value of "
    "the session."
)
_SPLIT = (("OrderRequest", "order", "Order"), ("Entry", "fact", "DecisionFact"))
"""Unions that deserve a name of their own: owner, property, name."""

Json = dict[str, Any]


def document(routes: Sequence[Route]) -> Json:
    """The whole document."""
    schemas = _Schemas(routes)
    paths: Json = {}
    for route in routes:
        if route.listed:
            paths.setdefault(documented(route.path), {})[route.method.lower()] = _operation(route, schemas)
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": "Tocsin",
            "version": __version__,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.components.items())),
            "responses": _problems(),
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "tocsin_session"},
                "token": {"type": "http", "scheme": "bearer"},
                "csrf": {"type": "apiKey", "in": "header", "name": "X-Tocsin-CSRF"},
            },
        },
    }
    # There and back: defaults that are tuples become the lists they are on the wire.
    plain: Json = msgspec.json.decode(msgspec.json.encode(whole))
    return plain


def encoded(routes: Sequence[Route], indent: int = 1) -> bytes:
    """The document as JSON text with a last newline: the golden file's bytes."""
    return msgspec.json.format(msgspec.json.encode(document(routes)), indent=indent) + b"\n"


class _Schemas:
    """Every type the routes name, as JSON Schema, and the components they refer to."""

    def __init__(self, routes: Iterable[Route]) -> None:
        kinds: list[Any] = [Problem]
        for route in routes:
            named = (route.answer, route.body, route.query, *route.events.values())
            kinds += [kind for kind in named if kind is not None]
        schemas, components = msgspec.json.schema_components(kinds, ref_template=REF)
        names = {name: _short(name) for name in components}
        if len(set(names.values())) != len(names):
            raise ValueError(f"two types share a name in the OpenAPI document: {sorted(names)}")
        self._kinds = kinds
        self._schemas: list[Json] = [_renamed(schema, names) for schema in schemas]
        self.components = {
            names[name]: {**_renamed(schema, names), "title": names[name]} for name, schema in components.items()
        }
        self.components["RefusalName"] = {"type": "string", "enum": list(REFUSAL_NAMES)}
        for owner, prop, name in _SPLIT:
            self._split(owner, prop, name)
        self._queries = {name: self.components.pop(name) for name in {route.query.__name__ for route in routes}}

    def of(self, kind: Any) -> Json:
        """Schema of a type that a route names."""
        return self._schemas[next(at for at, known in enumerate(self._kinds) if known is kind or known == kind)]

    def parameters(self, kind: Any) -> list[Json]:
        """A query struct as parameters; it is no component, because no body bears it."""
        schema = self._queries[kind.__name__]
        required = schema.get("required", ())
        return [
            {"name": name, "in": "query", "required": name in required, "schema": _given(inner)}
            for name, inner in schema.get("properties", {}).items()
        ]

    def _split(self, owner: str, prop: str, name: str) -> None:
        holder = self.components.get(owner, {}).get("properties")
        if holder and prop in holder:
            self.components[name] = {"title": name, **holder[prop]}
            holder[prop] = {"$ref": REF.format(name=name)}


def _given(schema: Json) -> Json:
    """A parameter that may be left out is not sent as null: only its other shape is shown."""
    shapes = [shape for shape in schema.get("anyOf", ()) if shape.get("type") != "null"]
    return shapes[0] if len(shapes) == 1 else schema


def _short(name: str) -> str:
    """`Entry_tocsin.facts…` is `Entry`: a generic's arguments are in its schema."""
    return name.partition("_tocsin")[0]


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _renamed(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_renamed(inner, names) for inner in value]
    if isinstance(value, str) and value.startswith(REF.format(name="")):
        prefix = REF.format(name="")
        return prefix + names[value.removeprefix(prefix)]
    return value


def _operation(route: Route, schemas: _Schemas) -> Json:
    text = (route.handler.__doc__ or "").strip()
    operation: Json = {
        "operationId": route.handler.__name__,
        "summary": route.summary,
        "description": f"{text}\n\nWho: {route.who}.",
        "parameters": [*_path_parameters(route.path), *schemas.parameters(route.query), *_resuming(route)],
        "responses": _responses(route, schemas),
    }
    if route.body is not None:
        content = {"application/json": {"schema": schemas.of(route.body)}}
        operation["requestBody"] = {"required": True, "content": content}
    if route.permission != ANYONE:
        machine: list[Json] = [] if route.permission == PERSON else [{"token": []}]
        person: Json = {"session": []} if route.method == "GET" else {"session": [], "csrf": []}
        operation["security"] = [person, *machine]
    return operation


def documented(path: str) -> str:
    """A route's path as the document has it: how a parameter is matched is nobody's business outside."""
    return re.sub(r":\w+(?=\})", "", path)


def _path_parameters(path: str) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"\{(\w+)", path)
    ]


def _resuming(route: Route) -> list[Json]:
    if not route.events:
        return []
    schema = {"type": "integer", "minimum": 0, "maximum": 999_999_999_999_999}
    return [{"name": "Last-Event-ID", "in": "header", "required": False, "schema": schema}]


def _responses(route: Route, schemas: _Schemas) -> Json:
    good: Json = {"description": route.summary}
    if route.events:
        events = {name: schemas.of(kind) for name, kind in route.events.items()}
        good["content"] = {route.media: {"schema": {"type": "string"}, "x-events": events}}
    elif route.answer is not None:
        good["content"] = {route.media: {"schema": schemas.of(route.answer)}}
    elif route.status != 204:
        good["content"] = {route.media: {}}
    responses: Json = {str(route.status): good}
    if route.ranged:
        responses["206"] = good
        responses["304"] = {"description": "Not changed."}
    for status in route.refusals:
        responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    return responses


def _problems() -> Json:
    content = {"application/json": {"schema": {"$ref": REF.format(name="Problem")}}}
    said: dict[int, list[str]] = {}
    for kind in KINDS:
        said.setdefault(kind.status, []).append(f"{kind.name}: {kind.meaning}")
    return {f"Problem{status}": {"description": " ".join(lines), "content": content} for status, lines in said.items()}
