"""Who is looking, as far as it changes what is told. A handful of audiences stand for all screens, so that a frame is
encoded once for each of them and never once a screen.

This is the seam for whatever widens sight for a time: `audience_of(…, wide=True)`. Knows no session and no route.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tocsin.access.roles import granted


class Audience(msgspec.Struct, frozen=True):
    """All who see the same."""

    agency: str = ""
    """Only this agency's incidents, and those shared with it; empty: the whole centre's."""
    words: bool = True
    """Also what callers said, their names, numbers and places. An auditor reads when, what kind and who decided."""
    exact: bool = False
    """Also where exactly callers of long ago were."""


WHOLE = Audience()


def audience_of(
    roles: Iterable[str], agency: str, scopes: frozenset[str] | None = None, *, wide: bool = False
) -> Audience:
    """Whom a person with these roles, or a machine with these scopes, belongs to.

    `wide`: somebody broke the glass, and sees all for a time.
    """
    if wide:
        return Audience(exact=True)
    return Audience(agency, words=granted(roles, scopes, "read_board") is not None)
