"""The GSM 7-bit default alphabet, packed (3GPP TS 23.038 §6.1.2.1, §6.2.1, with its extension table). Knows no message.

An 8-bit data message carries AML as septets packed from its first octet; a user data header with port numbers
(TS 23.040 §9.2.3.24) may stand before them.
"""

from __future__ import annotations

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPE = 0x1B
_EXTENDED = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
_CODES: dict[str, tuple[int, ...]] = {char: (code,) for code, char in enumerate(_BASIC) if code != _ESCAPE}
_CODES |= {char: (_ESCAPE, code) for code, char in _EXTENDED.items()}
UNKNOWN = "\ufffd"
_PORT_ELEMENTS = {0x05: 2, 0x04: 1}
"""Information elements with destination and source port: 16-bit and 8-bit."""


def pack(text: str) -> bytes:
    """Octets of `text`; a character outside the alphabet becomes `?`. A last septet of padding is a carriage return."""
    septets = [code for char in text for code in _CODES.get(char, _CODES["?"])]
    if len(septets) % 8 == 7:
        septets.append(0x0D)
    bits = sum(septet << (7 * place) for place, septet in enumerate(septets))
    return bits.to_bytes((7 * len(septets) + 7) // 8, "little")


def unpack(octets: bytes) -> str:
    """Text of packed octets. Padding at the end is left out; an escape that means nothing is shown as U+FFFD."""
    bits = int.from_bytes(octets, "little")
    septets = [(bits >> (7 * place)) & 0x7F for place in range(len(octets) * 8 // 7)]
    if septets and len(octets) % 7 == 0 and septets[-1] in (0x00, 0x0D):
        septets.pop()
    return _text(septets)


def _text(septets: list[int]) -> str:
    out, escaped = [], False
    for septet in septets:
        if escaped:
            out.append(_EXTENDED.get(septet, UNKNOWN))
            escaped = False
        elif septet == _ESCAPE:
            escaped = True
        else:
            out.append(_BASIC[septet])
    return "".join(out) + (UNKNOWN if escaped else "")


def split_header(octets: bytes) -> tuple[int | None, bytes]:
    """Destination port, if a user data header names one, and what follows the header.

    A header is only believed when it is whole and names ports; anything else is taken to be message.
    """
    length = octets[0] if octets else 0
    header, rest = octets[1 : 1 + length], octets[1 + length :]
    if not 3 <= length == len(header):
        return None, octets
    port, place = None, 0
    while place + 2 <= length:
        kind, size = header[place], header[place + 1]
        width = _PORT_ELEMENTS.get(kind)
        if width and size == 2 * width and place + 2 + size <= length:
            port = int.from_bytes(header[place + 2 : place + 2 + width], "big")
        place += 2 + size
    return (port, rest) if port is not None and place == length else (None, octets)
