"""GET /api/media/{id}: a picture or clip that a caller showed, told to the access log before it is shown."""

from __future__ import annotations

from tocsin.log.port import LogError
from tocsin.web import looking
from tocsin.web.ask import Ask
from tocsin.web.permissions import READ_MEDIA, hold_to_glass
from tocsin.web.problems import No, not_found
from tocsin.web.reply import NO_STORE, Reply

# Made anew by ourselves and still treated as a stranger's: it can run nothing, be no page, and load nothing.
_STRICT = (
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"content-disposition", b"inline"),
)


async def media(ask: Ask) -> Reply:
    """The bytes, for whoever works on the call; for what is past, with a reason."""
    showing = ask.site.showing
    shown = showing.about(ask.path["id"]) if showing else None
    incident = shown.incident if shown else ""
    hold_to_glass(ask, incident, READ_MEDIA)
    if showing is None or shown is None or not ask.view_of(incident).of_call(shown.call, incident):
        raise not_found("There is no picture or clip with this id.", "id")
    await looking.at_one(ask, "media", incident, shown.call, past=shown.past, why=ask.query.why)
    try:
        raw = await showing.opened(shown)
    except LogError as error:
        raise No(503, "media_unreadable", f"It cannot be read: {error}") from None
    if raw is None:
        raise not_found("It was erased.", "id")
    kind = b"video/webm" if raw.startswith(b"\x1a\x45\xdf\xa3") else b"image/jpeg"
    return Reply(200, raw, ((b"content-type", kind), NO_STORE, *_STRICT))
