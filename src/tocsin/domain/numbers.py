"""Whether two telephone numbers are the same one, however they are written. Knows no call and looks nobody up."""

from __future__ import annotations

import re

SHORTEST = 7
"""Digits of a whole subscriber number; a shorter one (an extension, 112) is the same only when it is equal."""
COUNTRY_MOST = 4
"""Digits a country code, with its trunk prefix, can put in front."""
_DIGITS = re.compile(r"[0-9]")
_SIP = re.compile(r"\s*(?:sips?|tel):([^@;?]+)", re.IGNORECASE)


def digits(number: str) -> str:
    """Its digits without the international prefix: `+356 2122` and `00356 2122` are alike. SIP and tel URIs too."""
    uri = _SIP.match(number[:200])
    text = "".join(_DIGITS.findall(uri.group(1) if uri else number[:200]))
    return text.removeprefix("00")


def tail(number: str) -> str:
    """The last digits, under which a number can be filed: numbers that are the same have the same tail."""
    return digits(number)[-SHORTEST:]


def same_number(one: str, other: str) -> bool:
    """Equal, or one is the other with its country code in place of a leading 0."""
    short, long = sorted((digits(one), digits(other)), key=len)
    if short == long:
        return bool(short)
    short = short.removeprefix("0")
    return len(short) >= SHORTEST and long.endswith(short) and len(long) - len(short) <= COUNTRY_MOST
