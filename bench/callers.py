"""The caller's page: its size; a position posted by a phone → standing at a screen; a photo made anew.

In one process over real HTTP connections of the server's own protocol, with the record on disk; the phone and the
screen are clients of it. Pictures: a 12-megapixel JPEG with EXIF, each in a process of its own, one after the other.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
import signal
import tempfile
import time
from pathlib import Path

from PIL import Image

from common import PASSWORD, Client, say, spread_ms
from tocsin.app import App, build, serve
from tocsin.domain.orders import ReceiveCall
from tocsin.domain.orders_caller_links import SendCallerLink
from tocsin.gateways.callers.media import Maker
from tocsin.gateways.callers.page_file import Pages
from tocsin.gateways.callers.sms_printer import PrinterSms
from tocsin.settings import Callers, Centre, Settings, SmsPrinter

POSITIONS, PICTURES = 100, 8


class Phone(Client):
    """A phone: its token and its device's secret go along in headers."""

    token = device = ""

    async def post(self, way: str, value: dict[str, object]) -> dict[str, object]:
        body = json.dumps(value).encode()
        lines = [
            f"POST /c/{way} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Content-Type: application/json",
            f"Content-Length: {len(body)}", f"X-Link: {self.token}",
            *([f"X-Device: {self.device}"] if self.device else []),
        ]  # fmt: skip
        self._writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        answer = json.loads(await self._reader.readexactly(int(length[1]) if length else 0))
        if head[9:12] != b"200":
            raise SystemExit(f"{way}: {head!r} {answer}")
        return answer


async def positions(app: App, messages: list[str], port: int) -> list[float]:
    """Seconds from each position's first byte to the event that brings it to a screen."""
    await app.desk.give(ReceiveCall("112", "+356 7900 0001"), by="bench", key="call")
    await app.desk.give(SendCallerLink("1"), by="bench", key="link")
    while not messages:
        await asyncio.sleep(0.01)
    screen = await Client(port).sign_in("ana")
    phone = Phone(port)
    await phone.open()
    phone.token = messages[0].rpartition("#")[2]
    phone.device = str((await phone.post("open", {"tongue": "en"}))["device"])
    await phone.post("share", {})
    sent, seen = [0.0], []

    async def watch() -> None:
        async for at, event, data in screen.tail(app.desk.position()):
            if event == b"facts" and b'"location.reported"' in data:
                seen.append(at - sent[0])

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0.5)
    for n in range(POSITIONS):
        sent[0] = time.perf_counter()
        await phone.post("place", {"lat": 35.9 + n / 1e5, "lon": 14.5, "accuracy_m": 9.0})
        await asyncio.sleep(1.05)
    watching.cancel()
    return seen


async def pictures() -> list[float]:
    """Seconds for each."""
    out = io.BytesIO()
    Image.effect_noise((4_000, 3_000), 40).convert("RGB").save(out, "JPEG", quality=85, exif=Image.Exif())
    maker, taken = Maker(), []
    for _ in range(PICTURES):
        began = time.perf_counter()
        await maker.make("photo", out.getvalue())
        taken.append(time.perf_counter() - began)
    return taken


def main() -> None:
    pages = Pages()
    sizes, small = [len(raw) for raw in pages.plain.values()], [len(raw) for raw in pages.small.values()]
    say("the caller's page, bytes with everything in it", most_b=max(sizes), gzipped_b=max(small), goal_b=30_000)
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix="bench-callers-") as folder:
        centre = Centre("bench", "Bench", "exercise")
        app = build(Settings(data=Path(folder) / "data", port=0, centre=centre, callers=Callers(SmsPrinter())))
        app.access.add_account("ana", PASSWORD, ("dispatcher",), time.time())
        messages: list[str] = []
        app.callers.sending.sms = PrinterSms(messages.append)  # type: ignore[union-attr]
        address: list[str] = []
        seen: list[float] = []

        async def beside(_: App) -> None:
            seen.extend(await positions(app, messages, int(address[0].rpartition(":")[2])))
            signal.raise_signal(signal.SIGTERM)
            await asyncio.Event().wait()

        asyncio.run(serve(app, ready=address.append, beside=beside))
    say("position posted by a phone to standing at a screen", positions=len(seen), **spread_ms(seen))
    say("a 12-megapixel photo made anew in its own process", photos=PICTURES, **spread_ms(asyncio.run(pictures())))


if __name__ == "__main__":
    main()
