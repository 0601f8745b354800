"""What an SMS gateway is to us: one message to one number, handed over or not. Three are known; more are a class away.

Blocks: it is called in a thread of its own, and no call ever waits for it. Whatever a gateway answers is never quoted
in the record: it may say the number.
"""

from __future__ import annotations

from typing import Protocol

from tocsin.domain.numbers import digits
from tocsin.settings import SmsHttp, SmsSetting, SmsSmpp


class NotSent(Exception):  # noqa: N818 - named for what happened
    """The message was not handed over: a name for the record and a sentence for the log."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name


class Sms(Protocol):
    """A way to send messages."""

    name: str
    """What the record calls it."""

    def send(self, number: str, text: str) -> str:
        """Hand it over; answers the gateway's own number of it, or ''. Raises NotSent. Blocks for seconds at most."""
        ...


def gateway_of(setting: SmsSetting) -> Sms:
    """The gateway that the settings name."""
    from tocsin.gateways.callers.sms_http import HttpSms
    from tocsin.gateways.callers.sms_printer import PrinterSms
    from tocsin.gateways.callers.sms_smpp import SmppSms

    if isinstance(setting, SmsHttp):
        return HttpSms(setting)
    return SmppSms(setting) if isinstance(setting, SmsSmpp) else PrinterSms()


def plain_number(number: str) -> str:
    """`+` and digits, or digits as dialled: nothing that a header, a template or a protocol could take for more."""
    text = digits(number)[:15]
    written = number.strip()
    return f"+{text}" if written.startswith(("+", "00", "tel:+", "sip:+")) else text
