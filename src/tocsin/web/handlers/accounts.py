"""Accounts, for administrators."""

from __future__ import annotations

from typing import Any

from tocsin.web.ask import Ask


async def every(ask: Ask) -> Any:
    """GET /api/accounts."""
    raise NotImplementedError


async def add(ask: Ask) -> Any:
    """POST /api/accounts."""
    raise NotImplementedError


async def change(ask: Ask) -> Any:
    """PATCH /api/accounts/{name}."""
    raise NotImplementedError
