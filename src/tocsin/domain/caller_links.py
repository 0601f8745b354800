"""A caller's link as decisions need it. Holds state; the links' rules stand in `decide_caller_links`."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from tocsin.facts.caller_links import Tongue
from tocsin.facts.values import Instant

LASTS_S = 1_800.0
"""Half an hour: from sending until it must be opened, and from opening until it ends. The page promises it."""
MOST_MESSAGES = 300
MOST_MEDIA = 24
MOST_MEDIA_B = 48_000_000
"""Of one link, as kept."""

LinkStatus: TypeAlias = Literal["sent", "issued", "passed", "opened", "sharing", "ended"]


class CallerLink(msgspec.Struct, gc=False):
    """One link of one call."""

    id: str
    call: str
    tongue: Tongue
    until: Instant
    status: LinkStatus = "sent"
    since: Instant = 0.0
    token: str = ""
    gateway: str = ""
    reference: str = ""
    """The gateway's own number of its message."""
    delivery: str = ""
    """`delivered` or `failed`, once a receipt said so."""
    device: str = ""
    messages: int = 0
    media: int = 0
    media_b: int = 0
    why: str = ""
    """Why it ended."""
