"""Every test of the desk that keeps something runs over both stores."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.desk.hall import Logs


@pytest.fixture(params=["memory", "sqlite"])
def logs(request, tmp_path) -> Iterator[Logs]:
    logs = Logs(tmp_path if request.param == "sqlite" else None)
    yield logs
    logs.close()
