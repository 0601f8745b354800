"""A desk with the caller's page before it, phones that open links, and pictures to show."""

from __future__ import annotations

import asyncio
import io
import re
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from tests.desk.hall import Clock, desk_on, give
from tests.web.asgi import Answer, Client
from tests.world import T0

from tocsin.domain import orders as o
from tocsin.domain.orders_caller_links import SendCallerLink
from tocsin.gateways.callers.callers import Callers
from tocsin.gateways.callers.sms_printer import PrinterSms
from tocsin.log.codec import Codec
from tocsin.log.keyring import KeyRing
from tocsin.log.keyring_sqlite import SqliteKeys
from tocsin.log.master import MasterKey
from tocsin.log.media import Media, MediaFolder
from tocsin.log.sqlite import SqliteLog
from tocsin.settings import Callers as Setting
from tocsin.settings import SmsPrinter

NUMBER = "+351 912 345 678"
URL = "https://desk.example.org"


class Phone:
    """A phone with the page open, as the page's script speaks."""

    def __init__(self, app: Any, token: str, remote: str = "192.0.2.7") -> None:
        self.client = Client(app, remote)
        self.token, self.device = token, ""
        self._n = 0

    async def post(self, way: str, body: Any = None, raw: bytes | None = None, **more: str | None) -> Answer:
        heads: dict[str, str | None] = {"x_link": self.token, "x_device": self.device or None, **more}
        raw = msgspec.json.encode({} if body is None else body) if raw is None else raw
        return await self.client.ask("POST", f"/c/{way}", raw=raw, **heads)

    async def open(self, tongue: str = "en") -> Answer:
        answer = await self.post("open", {"tongue": tongue})
        if answer.status == 200:
            self.device = answer.json()["device"]
        return answer

    async def say(self, text: str, **more: Any) -> Answer:
        self._n += 1
        return await self.post("say", {"id": f"m{self._n}", "text": text, **more})

    async def place(self, lat: float = 38.7, lon: float = -9.14, accuracy_m: float = 12.0, **more: Any) -> Answer:
        return await self.post("place", {"lat": lat, "lon": lon, "accuracy_m": accuracy_m, **more})

    async def show(self, raw: bytes, piece: int = 100_000, upload: str = "u1") -> Answer:
        answer: Answer | None = None
        for at in range(0, len(raw), piece):
            answer = await self.piece(raw[at : at + piece], at, len(raw), upload)
            if answer.status != 200:
                break
        assert answer is not None
        return answer

    async def piece(self, raw: bytes, at: int, total: int, upload: str = "u1") -> Answer:
        heads = {"x_upload": upload, "x_offset": str(at), "x_total": str(total)}
        return await self.post("piece", raw=raw, content_type="application/octet-stream", **heads)


class Lobby:
    """One server's parts, in memory but for what is sealed on disk."""

    def __init__(self, desk: Any, folder: Path, ring: KeyRing, clock: Clock, sms: Any, setting: Setting) -> None:
        self.desk, self.folder, self.ring, self.clock = desk, folder, ring, clock
        self.messages: list[str] = []
        self.sms = sms or PrinterSms(self.messages.append)
        self.media = Media(MediaFolder(folder / "media"), ring, desk.position)
        self.callers = Callers(desk, self.media, setting, self.sms)
        self.app = self.callers.beside(nowhere)
        desk.eraser.destroy, desk.eraser.retire = self.media.forget, ring.retire

    async def settled(self) -> None:
        """Until everything begun is done."""
        for _ in range(200):
            tasks = list(self.callers.sending._tasks)
            if not tasks:
                return
            await asyncio.gather(*tasks)

    async def call(self, number: str = NUMBER) -> str:
        """A live call."""
        (done,) = await give(self.desk, o.ReceiveCall("112", number))
        call = done.entries[0].fact.call
        await give(self.desk, o.AnswerCall(call))
        return call

    async def send(self, call: str = "1", tongue: str = "en") -> str:
        """A link is sent; answers its token, from the message."""
        await give(self.desk, SendCallerLink(call, tongue))  # type: ignore[arg-type]
        await self.settled()
        return token_in(self.messages[-1])

    async def phone(self, opened: bool = True, sharing: bool = False) -> Phone:
        """A caller with a link."""
        phone = Phone(self.app, await self.send(await self.call()))
        if opened:
            assert (await phone.open()).status == 200
        if sharing:
            assert (await phone.post("share")).status == 200
        return phone

    @property
    def row(self) -> Any:
        """The newest link's row."""
        return list(self.desk.board.caller_links.values())[-1]

    def grep(self, text: str | bytes) -> list[str]:
        """Files of the folder that hold this."""
        sought = text if isinstance(text, bytes) else text.encode()
        return sorted(p.name for p in self.folder.rglob("*") if p.is_file() and sought in p.read_bytes())


def token_in(message: str) -> str:
    found = re.search(r"/c#([A-Za-z0-9_-]{22})$", message)
    assert found, message
    return found[1]


async def nowhere(_scope: Any, _receive: Any, send: Any) -> None:
    """The site of browsers."""
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b"console"})


def in_lobby(folder: Path, test: Callable[[Lobby], Any], sms: Any = None, setting: Setting | None = None) -> None:
    """Run an async test at a desk whose record is sealed, in `folder`."""

    async def run() -> None:
        folder.mkdir(exist_ok=True)
        keys = SqliteKeys(folder / "keys.db", "north")
        ring = KeyRing(keys, MasterKey.new(), "north")
        log = SqliteLog.open(folder / "decisions.db", "north", codec=Codec(sealer=ring))
        clock = Clock(T0)
        try:
            async with desk_on(log, clock=clock) as desk:
                lobby = Lobby(desk, folder, ring, clock, sms, setting or Setting(SmsPrinter(), URL))
                try:
                    await test(lobby)
                finally:
                    lobby.callers.close()
        finally:
            log.close()
            ring.settle()
            keys.close()

    asyncio.run(run())


# -- pictures ---------------------------------------------------------------------------------------------------------


def jpeg(width: int = 640, height: int = 480, *, gps: bool = True, orientation: int = 1, tail: bytes = b"") -> bytes:
    """A photo as a phone writes it: with the place it was taken, the phone's name, a comment."""
    from PIL import Image

    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    exif = Image.Exif()
    if gps:
        exif[0x010F], exif[0x0110] = "SECRETMAKER", "SECRETPHONE 7"
        exif[0x0112] = orientation
        place = exif.get_ifd(0x8825)
        place[1], place[2], place[3], place[4] = "N", (38.0, 42.0, 30.5), "W", (9.0, 8.0, 24.25)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"SECRETCOMMENT", quality=85)
    return out.getvalue() + tail


def png_of(width: int, height: int, rows: bytes = b"", text: bytes = b"") -> bytes:
    """A PNG that says it is so large, whatever is in it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    more = chunk(b"tEXt", b"Comment\0" + text) if text else b""
    body = zlib.compress(rows, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + more + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def film(seconds: int = 2, width: int = 320, height: int = 240, *, sound: bool = True) -> bytes:
    """An MP4 as a phone writes it: with the place it was filmed."""
    import av
    import numpy as np

    out = io.BytesIO()
    with av.open(out, "w", format="mp4", options={"movflags": "use_metadata_tags"}) as target:
        target.metadata["location"] = "+38.7083-009.1401/"
        target.metadata["comment"] = "SECRETCOMMENT"
        video = target.add_stream("libx264", rate=30)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        audio = target.add_stream("aac", rate=48_000) if sound else None
        for n in range(seconds * 30):
            frame = av.VideoFrame.from_ndarray(np.full((height, width, 3), n % 255, np.uint8), format="rgb24")
            frame.pts = n
            target.mux(video.encode(frame))
        target.mux(video.encode(None))
        for n in range(seconds * 47 if audio else 0):
            part = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            part.rate, part.pts = 48_000, n * 1024
            target.mux(audio.encode(part))
        if audio:
            target.mux(audio.encode(None))
    return out.getvalue()
