"""The house put together: the only module that names concrete stores. Everything below is handed what it needs.

One data folder holds one centre's decisions, its tracks and its accounts, and one server at a time works in it. Or they
are in a PostgreSQL database that any number of nodes share; then each node's data folder holds what is its own.
"""

from __future__ import annotations

import asyncio
import fcntl
import gc
import importlib
import os
import secrets
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from types import ModuleType
from typing import IO

from starlette.types import ASGIApp

from tocsin.access import FILE as ACCOUNTS
from tocsin.access import Access, AccessError
from tocsin.desk.cover_file import load_cover_rules
from tocsin.desk.coverage import Coverage
from tocsin.desk.desk import Desk
from tocsin.desk.ground import Ground
from tocsin.desk.hospitals import load_hospitals
from tocsin.desk.looks import Looks
from tocsin.desk.showing import Showing
from tocsin.desk.snapshot import Snapshots, undisturbed
from tocsin.desk.snapshot_keeper import keep_snapshots
from tocsin.gateways.callers.callers import Callers
from tocsin.gateways.intake import Intake, beside
from tocsin.gateways.lookups import Line, Lookups, read_lines
from tocsin.geo.errors import RegionError
from tocsin.geo.region import Region
from tocsin.log.codec import CODEC, Codec
from tocsin.log.keyring import KeyRing
from tocsin.log.keyring_sqlite import FILE as KEYS
from tocsin.log.keyring_sqlite import SqliteKeys
from tocsin.log.master import FILE as MASTER
from tocsin.log.master import I3_LOG, RECEIPTS, SNAPSHOT, VARIABLE, MasterKey
from tocsin.log.media import FOLDER as MEDIA
from tocsin.log.media import Blobs, Media, MediaFolder
from tocsin.log.port import Kind, Log, LogError
from tocsin.log.sqlite import SqliteLog, centres_in
from tocsin.plans.page import PlanPages
from tocsin.plans.read import load_plans
from tocsin.settings import LoggingService, Settings, load_attributes, load_catalogue
from tocsin.web.ask import Site
from tocsin.web.bodies import RegionView, ResourceView
from tocsin.web.evidence import Evidence, evidence_of
from tocsin.web.server import PortTaken, Server, address_of, listen
from tocsin.web.site import build_web

DECISIONS, TRACKS, LOOKS, LOCK = "decisions.db", "tracks.db", "looks.db", "server.lock"
REACH = "reach"
"""Folder of the drives between the cells of the map: worked out again when it is not there."""


class AppError(Exception):
    """The server cannot start; the message is one line for the operator. Nothing is left open."""


class App:
    """A server's parts, opened and not yet running."""

    def __init__(
        self,
        settings: Settings,
        desk: Desk,
        access: Access,
        region: Region | None,
        parts: ExitStack,
        master: MasterKey,
        evidence: Evidence | None = None,
        lines: dict[str, list[Line]] | None = None,
        looks: Looks | None = None,
        media: Media | None = None,
    ) -> None:
        self.settings = settings
        self.master = master
        self.desk = desk
        self.access = access
        self.region = region
        self.parts = parts
        self.site = Site(
            desk,
            access,
            region=_in_brief(region) if region else None,
            basemap=region.basemap if region else None,
            hosts=(*settings.allowed_hosts, settings.host),
            secure=settings.secure_cookies,
            evidence=evidence,
            looks=looks,
            address=settings.address,
            publish_looks=settings.publish_looks,
            providers=settings.providers,
            showing=Showing(desk, media) if media else None,
            plans=PlanPages(desk.adviser.plans, desk.catalogue, settings.plans, own=settings.catalogue is not None),
        )
        # Handsets' numbers meet under a key of this evening, known to nobody and kept nowhere (decision 0060).
        self.intake = Intake(desk, settings.intake, secrets.token_bytes(32), master.derive(RECEIPTS))
        parts.callback(self.intake.close)
        self.lookups = Lookups(desk, lines, settings.location_server)
        parts.callback(self.lookups.close)
        self.callers = Callers(desk, media, settings.callers) if media else None
        web = beside(build_web(self.site), self.intake)
        self.web: ASGIApp = self.callers.beside(web) if self.callers else web
        if self.callers:
            parts.callback(self.callers.close)

    @property
    def where(self) -> str:
        """Where record and accounts are kept, for people; never with a password."""
        if self.settings.store:
            return str(_postgres().Address(self.settings.store).where)
        return str(self.settings.data.absolute())

    def close(self) -> None:
        """Let go of every store and of the data folder. Closing twice is harmless."""
        self.parts.close()


def build(settings: Settings, clock: Callable[[], float] = time.time, region: Region | None = None) -> App:
    """Open everything `settings` names. Raises AppError or SettingsError; then nothing stays open.

    Whoever has opened the region already hands it in: it is large.
    """
    catalogue = load_catalogue(settings.catalogue)
    lines = read_lines(settings.lines) if settings.lines else None
    plans = load_plans(settings.plans, catalogue, packaged=settings.catalogue is None)
    rules = load_cover_rules(settings.coverage)
    hospitals = load_hospitals(settings.hospitals)
    attributes = load_attributes(settings.attributes)
    with ExitStack() as parts:
        _make(settings.data)
        parts.enter_context(locked(settings.data))
        region = region or _region(settings.region, settings.aliases)
        master = _master(settings)
        ring = _ring(parts, settings, master)
        codec = Codec(sealer=ring)
        decisions = _log(parts, settings, DECISIONS, "decisions", codec)
        _learn(ring, decisions, codec)
        tracks = _log(parts, settings, TRACKS, "tracks")
        kept_s = settings.access_log_days * 86_400
        looks = Looks(_log(parts, settings, LOOKS, "looks"), clock, kept_s, master.derive(b"words of a search"))
        access = _access(parts, settings)
        ground = Ground(region, settings.data) if region else None
        folder = settings.coverage.parent if settings.coverage else None
        coverage = Coverage(region, rules, settings.data / REACH, folder)
        shared = bool(settings.store)
        desk = Desk(
            decisions, tracks, catalogue, clock, ground, plans, shared=shared, coverage=coverage, hospitals=hospitals,
            secret=master.derive(RECEIPTS), attributes=attributes,
        )  # fmt: skip
        desk.snapshots = Snapshots(settings.data, decisions, master.derive(SNAPSHOT))
        media = Media(_blobs(parts, settings), ring, desk.position)
        desk.eraser.destroy, desk.eraser.retire = media.forget, ring.retire
        evidence = _evidence(settings, decisions)
        app = App(settings, desk, access, region, parts, master, evidence, lines, looks, media)
        if settings.logging_service:
            _open_to_neighbours(app, settings.logging_service, decisions)
        app.parts = parts.pop_all()
        return app
    raise AssertionError("unreachable")


def _open_to_neighbours(app: App, door: LoggingService, log: Log) -> None:
    """The NENA i3 logging service beside everything else. Raises SettingsError."""
    from tocsin.gateways.i3_log import I3Log, aside

    i3_log = I3Log(app.desk, log, door, app.master.derive(I3_LOG), app.site.looks)
    app.parts.callback(i3_log.close)
    app.web = aside(app.web, i3_log)


async def serve(
    app: App,
    ready: Callable[[str], None] = lambda _address: None,
    beside: Callable[[App], Awaitable[None]] | None = None,
) -> None:
    """Run until asked to stop (SIGINT, SIGTERM): orders in hand are settled, then the stores are closed.

    `ready` is told the address once it answers; `beside` runs in the same loop for as long as the server does, and a
    failure of it ends the server. Raises AppError.
    """
    try:
        sock = listen(app.settings.host, app.settings.port)
    except PortTaken as error:
        app.close()
        raise AppError(str(error)) from None
    try:
        await _run(app, Server(app.web, app.site), sock, ready, beside)
    except LogError as error:
        raise AppError(str(error)) from None
    finally:
        sock.close()
        app.close()


async def _run(
    app: App,
    server: Server,
    sock: socket.socket,
    ready: Callable[[str], None],
    beside: Callable[[App], Awaitable[None]] | None,
) -> None:
    centre = app.settings.centre
    gc.collect()  # while there is little to walk over
    with undisturbed():
        await app.desk.start(centre.id, centre.name, centre.mode)
        _calm_collector()
    try:
        if app.desk.mode != centre.mode:
            text = f"this record is {app.desk.mode}, the settings say {centre.mode}; the two are never mixed"
            raise AppError(f"{app.where}: {text}")
        serving = asyncio.create_task(server.serve([sock]))
        keeping = asyncio.create_task(_keep_snapshots(app))
        minding = asyncio.create_task(app.site.minder.mind())
        aside = asyncio.create_task(_aside(app, server, beside)) if beside else None
        watching = asyncio.create_task(app.callers.watch(address_of(sock))) if app.callers else None
        ready(address_of(sock))
        await serving
        keeping.cancel()
        minding.cancel()
        if watching:
            watching.cancel()
        if aside:
            aside.cancel()
            with suppress(asyncio.CancelledError):
                await aside
    finally:
        await app.site.looks.stop()
        await app.desk.stop()


def _calm_collector() -> None:
    """Let Python's cycle collector leave the picture alone.

    Rows and facts hold no cycles, and a walk over all of them stops the desk for a tenth of a second, again and again
    as a busy hour fills the board. Young objects are still looked at, often enough for what a request leaves behind.
    """
    gc.freeze()
    gc.set_threshold(10_000, 20, 1_000)


async def _keep_snapshots(app: App) -> None:
    settings = app.settings
    words = ["log", "snapshot", str(settings.data), "--centre", settings.centre.id]
    command = [sys.executable, "-c", "from tocsin.cli import main; main()", *words]
    # The address may hold a password: where every process can read arguments, it does not belong among them.
    more = {"TOCSIN_STORE": settings.store, VARIABLE: app.master.line()}

    def stale() -> bool:
        found, app.desk.eraser.snapshot_stale = app.desk.eraser.snapshot_stale, False
        return found

    await keep_snapshots(app.desk.position, app.desk.snapshot_at, command, more, stale=stale)


async def _aside(app: App, server: Server, beside: Callable[[App], Awaitable[None]]) -> None:
    try:
        await beside(app)
    except Exception:
        server.should_exit = True
        raise


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise AppError(f"{folder}: the data folder cannot be made: {error.strerror or error}") from None


def locked(folder: Path) -> IO[str]:
    """The folder's lock, held as long as the returned file is open; the kernel lets go of it even after kill -9."""
    try:
        file = (folder / LOCK).open("a+")
    except OSError as error:
        raise AppError(f"{folder}: the data folder cannot be written to: {error.strerror or error}") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        raise AppError(f"{folder}: another server (process {holder}) works in this data folder") from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def _region(path: Path | None, aliases: Path | None) -> Region | None:
    if path is None:
        if aliases:
            raise AppError(f"{aliases}: aliases are searched with a region's map; none is set. See: --region")
        return None
    try:
        region = Region.open(path)
        _ = region.roads, region.places, region.resources
        if aliases:
            region.places.know_aliases(aliases)
    except RegionError as error:
        raise AppError(str(error)) from None
    return region


def _master(settings: Settings) -> MasterKey:
    keys, default = settings.data / KEYS, settings.data / MASTER
    if keys.exists() and not (settings.master_key or default.exists() or settings.store or os.environ.get(VARIABLE)):
        # A new one would open nothing of what is there.
        raise AppError(f"{keys}: is wrapped under a master key that is not here; name its file with --master-key")
    try:
        return MasterKey.find(settings.master_key, default)
    except LogError as error:
        raise AppError(str(error)) from None


def _ring(parts: ExitStack, settings: Settings, master: MasterKey) -> KeyRing:
    """The keys of personal data: beside the log, or in the database that all nodes share."""
    try:
        if settings.store:
            store = _postgres("keyring_postgres").PostgresKeys(settings.store, settings.centre.id)
        else:
            store = SqliteKeys(settings.data / KEYS, settings.centre.id)
        parts.callback(store.close)
        ring = KeyRing(store, master, settings.centre.id)
        ring.prove()
    except LogError as error:
        raise AppError(str(error)) from None
    parts.callback(_settle, ring)
    return ring


def _settle(ring: KeyRing) -> None:
    with suppress(LogError):  # the log tells it again
        ring.settle()


def _learn(ring: KeyRing, log: Log, codec: Codec) -> None:
    try:
        ring.learn(log, codec)
    except LogError as error:
        raise AppError(str(error)) from None


def _log(parts: ExitStack, settings: Settings, name: str, kind: Kind, codec: Codec = CODEC) -> Log:
    centre = settings.centre.id
    try:
        log: Log = (
            _postgres().PostgresLog.open(settings.store, centre, kind=kind, codec=codec)
            if settings.store
            else _file(settings.data / name, centre, kind, codec)
        )
    except LogError as error:
        raise AppError(str(error)) from None
    parts.callback(log.close)
    return log


def _blobs(parts: ExitStack, settings: Settings) -> Blobs:
    """What callers showed: beside the log, or in the database that all nodes share."""
    if not settings.store:
        return MediaFolder(settings.data / MEDIA)
    blobs: Blobs = _postgres("media_postgres").PostgresMedia(settings.store, settings.centre.id)
    parts.callback(blobs.close)
    return blobs


def _file(path: Path, centre: str, kind: Kind, codec: Codec) -> SqliteLog:
    there = [name for name, _ in centres_in(path)] if path.exists() else []
    if there and centre not in there:
        raise AppError(f"{path}: is the log of centre '{there[0]}', the settings say '{centre}'")
    return SqliteLog.open(path, centre, kind=kind, codec=codec)


def _evidence(settings: Settings, log: Log) -> Evidence:
    try:
        return evidence_of(log, settings.data, settings.signing_key, settings.origin, settings.witnesses)
    except LogError as error:
        raise AppError(str(error)) from None


def _postgres(module: str = "postgres") -> ModuleType:
    """What needs psycopg, which is an extra. Raises AppError."""
    try:
        return importlib.import_module(f"tocsin.log.{module}")
    except ImportError:
        raise AppError("PostgreSQL needs the extra `postgres`: pip install 'tocsin[postgres]'") from None


def _access(parts: ExitStack, settings: Settings) -> Access:
    try:
        if settings.store:
            access = Access.at(settings.store, settings.centre.id)
        else:
            access = Access.open(settings.data / ACCOUNTS)
    except AccessError as error:
        raise AppError(str(error)) from None
    parts.callback(access.close)
    return access


def _in_brief(region: Region) -> RegionView:
    label = region.manifest
    resources = tuple(ResourceView(one.kind, one.name, one.lat_deg, one.lon_deg) for one in region.resources)
    return RegionView(label.name, label.bbox, label.credit, region.basemap.is_file(), resources)
