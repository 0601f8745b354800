"""A program of its own: one picture or clip from a stranger in, the same made anew out, or one word why not.

    python -I -m tocsin.gateways.callers.decode photo < in > out

Whatever a decoder can be tricked into happens here, under limits of memory and time that this process sets itself
before it reads a byte, without files to write and with nothing secret in its memory. Every pixel is decoded and encoded
anew, so that no metadata, position, profile, hidden file or trailing byte comes through. Nothing is ever sharpened,
enlarged or recognised: a picture may become smaller, and that is all.

Out: one line of JSON, then the bytes. The line is {"width": …, "height": …, "duration_s": …} or {"no": name}.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
from typing import Any

from tocsin.gateways.callers.bounds import CPU_S, FORMATS, MEMORY_B, MOST_PX, SIDE_PX, No

CONTAINERS = {"mp4": "mov,mp4,m4a,3gp,3g2,mj2", "webm": "matroska,webm"}


def limit(form: str) -> None:
    """From here on: so much memory, so much time, no file to write, no further process."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_B[form]),
        (resource.RLIMIT_CPU, CPU_S[form]),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def photo(raw: bytes) -> tuple[dict[str, Any], bytes]:
    """JPEG, PNG or WebP to a JPEG without a word in it. Only the first picture of several."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PX
    with Image.open(io.BytesIO(raw), formats=FORMATS) as image:
        if image.width * image.height > MOST_PX:
            raise No("too_many_pixels")
        image.draft("RGB", (SIDE_PX, SIDE_PX))  # a large JPEG is read at a fraction of its size
        image.load()
        small = image.convert("RGBA") if image.mode in ("P", "PA") else image
        small.thumbnail((SIDE_PX, SIDE_PX))  # first of all, so that little is held in memory
        turned = ImageOps.exif_transpose(small)  # which way up it was held: the only thing ever read from EXIF
        flat = Image.new("RGB", turned.size, "white")
        alpha = turned.convert("RGBA") if turned.mode in ("RGBA", "LA") else None
        flat.paste(alpha or turned.convert("RGB"), mask=alpha.getchannel("A") if alpha else None)
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=80, optimize=True)
    return {"width": flat.width, "height": flat.height, "duration_s": 0.0}, out.getvalue()


def clip(raw: bytes) -> tuple[dict[str, Any], bytes]:
    """MP4 or WebM to a WebM (VP8, Opus) of at most `CLIP_S` seconds without a word in it."""
    try:
        import av
    except ImportError:
        raise No("unavailable") from None
    from tocsin.gateways.callers.reencode import reencode

    av.logging.set_level(None)
    name = CONTAINERS["webm" if raw[:4] == b"\x1a\x45\xdf\xa3" else "mp4"]
    try:
        return reencode(raw, name.split(",")[0] if name.startswith("mov") else "matroska")
    except (av.FFmpegError, EOFError, StopIteration, IndexError):
        raise No("broken") from None


def main(form: str) -> None:
    """Read, make anew, write. Ends with status 0 whatever the input was, unless a limit ended it."""
    makers = {"photo": photo, "clip": clip}
    os.nice(19)
    limit(form)
    raw = sys.stdin.buffer.read()
    try:
        about, made = makers[form](raw)
    except No as no:
        about, made = {"no": str(no)}, b""
    except Exception as error:  # noqa: BLE001 - a decoder's exception is a word about its input, whatever it is
        bomb = type(error).__name__ in ("DecompressionBombError", "DecompressionBombWarning")
        about, made = {"no": "too_many_pixels" if bomb else "broken"}, b""
    sys.stdout.buffer.write(json.dumps(about).encode() + b"\n" + made)


if __name__ == "__main__":
    main(sys.argv[1])
