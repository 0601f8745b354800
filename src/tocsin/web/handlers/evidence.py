"""The record for those who check it: checkpoint, tiles, cosignatures, and how it stands. Hashes, never words."""

from __future__ import annotations

from typing import Any, NoReturn

from tocsin.log.notes import NoteError
from tocsin.log.port import LogError
from tocsin.log.tiles import NoTile
from tocsin.web.ask import Ask
from tocsin.web.bodies import Cosigned, RecordView, WitnessView
from tocsin.web.evidence import Evidence, cosigned_at, read
from tocsin.web.problems import No, impossible, not_found
from tocsin.web.reply import NO_STORE, Reply

OPEN = (b"access-control-allow-origin", b"*")
FOREVER = (b"cache-control", b"public, max-age=31536000, immutable")


async def checkpoint(ask: Ask) -> Reply:
    """The signed checkpoint (C2SP tlog-checkpoint), with the cosignatures of known witnesses."""
    try:
        note = await _evidence(ask).checkpoint()
    except LogError as error:
        _not_signed(error)
    return Reply(200, note, ((b"content-type", b"text/plain; charset=utf-8"), NO_STORE, OPEN))


async def tile(ask: Ask) -> Reply:
    """A tile of hashes (C2SP tlog-tiles) of the checkpoint given out last. There are no bundles of entries here."""
    try:
        raw = await _evidence(ask).tile("tile/" + ask.path["path"])
    except NoTile as error:
        raise not_found(str(error), "path") from None
    except LogError as error:
        _not_signed(error)
    return Reply(200, raw, ((b"content-type", b"application/octet-stream"), FOREVER, OPEN))


async def cosign(ask: Ask) -> Cosigned:
    """A witness hands in the current checkpoint with its signature. Only witnesses the centre knows are heard."""
    try:
        return Cosigned(await _evidence(ask).cosign(ask.body.note.encode()))
    except (NoteError, UnicodeError) as error:
        raise impossible(str(error), "note") from None
    except LogError as error:
        _not_signed(error)


async def record(ask: Ask) -> Any:
    """Where the record stands, what was signed of it, and who outside has seen it."""
    at = await ask.site.desk.head()
    evidence = _evidence(ask)
    keys = tuple(str(key) for key in evidence.keys)
    view = RecordView(at.centre, at.position, at.chain.hex(), at.root.hex(), keys)
    try:
        note, last = read(await evidence.checkpoint())
    except LogError as error:
        witnesses = tuple(WitnessView(key.name, str(key)) for key in evidence.witnesses)
        return RecordView(at.centre, at.position, view.chain, view.root, keys, witnesses=witnesses, trouble=str(error))
    witnesses = tuple(WitnessView(key.name, str(key), cosigned_at(note, key)) for key in evidence.witnesses)
    text = note.bytes().decode()
    return RecordView(
        at.centre, at.position, view.chain, view.root, keys, last.origin, last.size, last.root.hex(), text, witnesses
    )


def _evidence(ask: Ask) -> Evidence:
    if ask.site.evidence is None:
        raise not_found("This server signs no checkpoints of its record.", "path")
    return ask.site.evidence


def _not_signed(error: LogError) -> NoReturn:
    raise No(503, "not_signed", f"No checkpoint can be signed: {error}") from None
