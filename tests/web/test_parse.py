"""Every way a body or a query can be wrong is told with its field; nothing wrong gets through, whatever the bytes."""

from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.domain.orders import ORDER_KINDS, Order
from tocsin.views.wire import OrderRequest
from tocsin.web import parse
from tocsin.web.bodies import NearestQuery, PlacesQuery
from tocsin.web.problems import No

CALL = b'{"id":"a","order":{"kind":"receive_call","line":"112"%b}}'

BAD = [
    (b"", 400, "", "empty"),
    (b"   \n", 400, "", "empty"),
    (b"{", 400, "", "ends too early"),
    (b"[]", 400, "", "must be an object, not an array"),
    (b"null", 400, "", "must be an object"),
    (b'"x"', 400, "", "not text"),
    (b"\xff\xfe{}", 400, "", "not JSON"),
    (b"{}", 400, "id", "missing"),
    (b'{"id":"a"}', 400, "order", "missing"),
    (b'{"id":7,"order":{}}', 400, "id", "must be text, not a whole number"),
    (b'{"id":"","order":{"kind":"answer_call","call":"1"}}', 422, "id", "at least 1 characters"),
    (b'{"id":"%b","order":{"kind":"answer_call","call":"1"}}' % (b"x" * 65), 422, "id", "at most 64 characters"),
    (b'{"id":"a","order":{}}', 400, "order.kind", "missing"),
    (b'{"id":"a","order":{"kind":"shout"}}', 422, "order.kind", "'shout'"),
    (b'{"id":"a","order":{"kind":"raise_alarms"}}', 422, "order.kind", "'raise_alarms'"),
    (
        b'{"id":"a","order":{"kind":"open_centre","centre":"x","name":"x","mode":"live"}}',
        422,
        "order.kind",
        "open_centre",
    ),
    (b'{"id":"a","order":{"kind":"answer_call","call":"1"}} x', 400, "", "not JSON"),
    (b'{"id":"a","seen":1.5,"order":{"kind":"answer_call","call":"1"}}', 400, "seen", "a whole number, not a number"),
    (b'{"id":"a","seen":%b,"order":{"kind":"answer_call","call":"1"}}' % (b"9" * 5_000), 422, "seen", "too large"),
    (b'{"id":"a","order":{"kind":"answer_call","call":"1","why":1}}', 400, "order.why", "no field"),
    (b'{"id":"a","order":{"kind":"answer_call","call":"1","call":"2"}}', 400, "call", "twice"),
    (b'{"id":"a","id":"b","order":{"kind":"answer_call","call":"1"}}', 400, "id", "twice"),
    (CALL % b',"place":{"lat":90.1,"lon":0}', 422, "order.place.lat", "at most 90"),
    (CALL % b',"place":{"lat":0,"lon":-181}', 422, "order.place.lon", "at least -180"),
    (CALL % b',"place":{"lat":NaN,"lon":0}', 400, "", "not JSON"),
    (CALL % b',"place":{"lat":Infinity,"lon":0}', 400, "", "not JSON"),
    (CALL % b',"place":{"lat":1e999,"lon":0}', 422, "order.place.lat", "too large"),
    (CALL % b',"place":{"lat":"1","lon":0}', 400, "order.place.lat", "must be a number, not text"),
    (CALL % b',"place":[1,2]', 400, "order.place", "must be an object or null, not an array"),
    (CALL % b',"at":1e999', 422, "order.at", "too large"),
    (CALL % b',"caller":"\\ud800"', 400, "", "surrogate"),
    (CALL % b',"caller":"\xed\xa0\x80"', 400, "", "not UTF-8"),
    (CALL % b',"caller":"\xff"', 400, "", "not UTF-8"),
    (CALL % (b',"caller":"%b"' % (b"x" * 201)), 422, "order.caller", "at most 200 characters"),
    (CALL % (b',"place":{"lat":1,"lon":1,"x":' + b"[" * 30_000 + b"]" * 30_000 + b"}"), 400, "", "nested too deeply"),
    (
        b'{"id":"a","order":{"kind":"dispatch_units","incident":"1","units":["a",""]}}',
        422,
        "order.units[1]",
        "at least",
    ),
    (b'{"id":"a","order":{"kind":"dispatch_units","incident":"1","units":[]}}', 422, "order.units", "at least 1 items"),
    (b'{"id":"a","order":{"kind":"stamp_unit","unit":"1","status":"lost"}}', 422, "order.status", "'lost'"),
    (b'{"id":"a","order":{"kind":"open_incident","type":"F","priority":0}}', 422, "order.priority", "at least 1"),
]


@pytest.mark.parametrize(("raw", "status", "field", "words"), BAD, ids=[raw[:40].decode("latin-1") for raw, *_ in BAD])
def test_a_bad_body_is_told_with_its_field(raw: bytes, status: int, field: str, words: str) -> None:
    with pytest.raises(No) as said:
        parse.body(raw, OrderRequest)
    assert (said.value.status, said.value.problem.field) == (status, field)
    assert words in said.value.problem.text
    assert said.value.problem.name == {400: "malformed", 422: "impossible_value"}[status]


def test_the_longest_text_is_read_exactly() -> None:
    text = ("நகரம் 城市 مدينة 🚒" * 1_000)[:10_000]
    raw = msgspec.json.encode({"id": "a", "order": {"kind": "note_call", "call": "1", "text": text}})
    assert parse.body(raw, OrderRequest).order.text == text  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b"lat=1", "lon"),
        (b"lat=91&lon=0", "lat"),
        (b"lat=nan&lon=0", "lat"),
        (b"lat=inf&lon=0", "lat"),
        (b"lat=x&lon=0", "lat"),
        (b"lat=&lon=0", "lat"),
        (b"lat=1&lat=2&lon=0", "lat"),
        (b"lat=1&lon=0&zoom=3", "zoom"),
        (b"lat=%ff&lon=0", "lat"),
        (b"lat=1e400&lon=0", "lat"),
    ],
)
def test_a_bad_query_is_told_with_its_parameter(raw: bytes, field: str) -> None:
    with pytest.raises(No) as said:
        parse.query(raw, NearestQuery)
    assert said.value.status in (400, 422)
    assert said.value.problem.field == field


def test_a_query_in_any_script_is_read() -> None:
    found = parse.query("q=شارع+الملك%20٧&limit=3".encode(), PlacesQuery)
    assert (found.q, found.limit, found.lat) == ("شارع الملك ٧", 3, None)


@given(st.binary(max_size=400))
def test_no_bytes_break_the_order_decoder(raw: bytes) -> None:
    _read_or_said(raw)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
FIELDS = ("call", "incident", "unit", "units", "place", "text", "status", "type", "at", "line", "kind", "radius_m")


@given(
    st.sampled_from(ORDER_KINDS),
    st.dictionaries(st.sampled_from(FIELDS), JSON_VALUES, max_size=5),
    st.one_of(st.integers(), JSON_VALUES),
)
def test_no_order_shaped_json_breaks_the_decoder(kind: str, fields: dict[str, object], seen: object) -> None:
    order = {"kind": kind, **{name: value for name, value in fields.items() if name != "kind"}}
    _read_or_said(msgspec.json.encode({"id": "a", "seen": seen, "order": order}))


def _read_or_said(raw: bytes) -> None:
    """Either an order whose numbers are all sane and which encodes back to itself, or a Problem with a sentence."""
    request, no = _read(raw)
    if request is None:
        assert no is not None
        assert no.status in (400, 422)
        assert no.problem.text.endswith((".", "…"))
        return
    again = msgspec.json.encode(request.order)
    assert msgspec.json.decode(again, type=Order) == request.order
    assert all(math.isfinite(number) for number in _numbers(msgspec.json.decode(again)))


def _read(raw: bytes) -> tuple[OrderRequest | None, No | None]:
    try:
        return parse.body(raw, OrderRequest), None
    except No as no:
        return None, no


def _numbers(value: object) -> list[float]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [number for inner in value for number in _numbers(inner)]
    return [float(value)] if isinstance(value, float) else []
