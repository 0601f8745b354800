"""Every test of the desk that keeps something runs over both stores."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.desk.hall import Logs

from tocsin.desk.locating import Locating


@pytest.fixture(params=["memory", "sqlite"])
def logs(request, tmp_path) -> Iterator[Logs]:
    logs = Logs(tmp_path if request.param == "sqlite" else None)
    yield logs
    logs.close()


@pytest.fixture(autouse=True)
def nobody_combines(request, monkeypatch):
    """Random orders report where callers are, and what those come to is recorded whenever a thread is done with it: at
    a desk whose end is compared, nothing may come later. `test_locating.py` is about just that."""
    if not request.module.__name__.endswith("test_locating"):
        monkeypatch.setattr(Locating, "start", lambda _self: None)
