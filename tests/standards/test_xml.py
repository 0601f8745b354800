"""The shut doors: what a hostile document may not do."""

from __future__ import annotations

import pytest

from tocsin.standards.flaws import Unusable
from tocsin.standards.xml import DEEPEST, LARGEST, MOST_ELEMENTS, local, read_xml, text_of

BOMB = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><presence>&b;</presence>'
OUTSIDE = b'<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><presence>&x;</presence>'


@pytest.mark.parametrize(
    ("data", "name", "field"),
    [
        (b"", "empty", "document"),
        (b" \n", "empty", "document"),
        (b"x" * (LARGEST + 1), "too_large", "document"),
        (BOMB, "dtd_forbidden", "DOCTYPE"),
        (OUTSIDE, "dtd_forbidden", "DOCTYPE"),
        (BOMB.decode().encode("utf-16"), "dtd_forbidden", "DOCTYPE"),
        (b"\xef\xbb\xbf" + BOMB, "dtd_forbidden", "DOCTYPE"),
        (b'<presence a="&x;"/>', "not_xml", "document"),
        (b"<presence>", "not_xml", "document"),
        (b"hello", "not_xml", "document"),
        (b"\x1f\x8b\x08\x00zip", "bad_encoding", "encoding"),
        (b'<?xml version="1.0" encoding="UTF-7"?><presence/>', "bad_encoding", "encoding"),
        (b'<?xml version="1.0" encoding="cp037"?><presence/>', "bad_encoding", "encoding"),
        (b"\xff\xfe<\x00p", "bad_encoding", "encoding"),
        (b"<a>" * (DEEPEST + 1) + b"</a>" * (DEEPEST + 1), "too_deep", "a"),
        (b"<a>" * 5000 + b"</a>" * 5000, "too_deep", "document"),
        (b"<a>" + b"<b/>" * MOST_ELEMENTS + b"</a>", "too_many_elements", "b"),
    ],
)
def test_a_hostile_document_is_refused_by_name(data, name, field):
    refused = read_xml(data)
    assert isinstance(refused, Unusable)
    assert (refused.name, refused.field) == (name, field)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_the_usual_encodings_are_read(encoding):
    root = read_xml(f'<?xml version="1.0" encoding="{encoding}"?><a>São</a>'.encode(encoding))
    assert not isinstance(root, Unusable)
    assert text_of(root) == "São"


def test_as_deep_and_as_many_as_allowed_are_read():
    assert local(read_xml(b"<a>" * DEEPEST + b"</a>" * DEEPEST)) == "a"
    assert local(read_xml(b"<a>" + b"<b/>" * (MOST_ELEMENTS - 1) + b"</a>")) == "a"


def test_text_is_one_line_and_turns_nothing_round():
    root = read_xml("<a> one\n\t two\u202e eerht</a>".encode())
    assert text_of(root) == "one two eerht"
    assert text_of(root, 5) == "one …"
