"""What all orders are built from: bounded texts, keys, and the shape of a request. Knows no order."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec

Key: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Line: TypeAlias = Annotated[str, msgspec.Meta(max_length=200)]
Text: TypeAlias = Annotated[str, msgspec.Meta(max_length=10_000)]


class OrderBase(
    msgspec.Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True, omit_defaults=True, gc=False
):
    """A request to change something."""
