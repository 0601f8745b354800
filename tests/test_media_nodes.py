"""Two servers on one database: a picture that came in through one is shown and erased by the other."""

from __future__ import annotations

import shutil

from tocsin.app import build
from tocsin.settings import Centre, Settings


def test_a_picture_that_one_node_took_is_shown_and_erased_by_another(postgres_server, tmp_path):
    postgres_server.execute("CREATE DATABASE two_nodes")
    conninfo = postgres_server.conninfo.replace("/postgres?", "/two_nodes?")
    apps = []
    try:
        for name in ("one", "other"):
            (tmp_path / name).mkdir()
            if apps:
                shutil.copy(tmp_path / "one" / "master.key", tmp_path / name)
            centre = Centre("north", "North", "exercise")
            apps.append(build(Settings(data=tmp_path / name, store=conninfo, port=0, centre=centre)))
        here, there = (app.callers._media for app in apps)
        here.put("1", "aa", b"a picture")
        assert there.get("1", "aa") == b"a picture"
        apps[1].desk.eraser.destroy({"media/call:1": 9})
        assert here.get("1", "aa") is None
        assert list(here._blobs.names()) == []
        assert not [path for name in ("one", "other") for path in (tmp_path / name).glob("media/*")]
    finally:
        for app in apps:
            app.close()
        postgres_server.execute("DROP DATABASE two_nodes WITH (FORCE)")
