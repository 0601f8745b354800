"""Hears the delivery receipts of an SMS centre: one connection bound as a receiver, kept and made anew (SMPP 3.4).

Runs in a thread of its own. Every message is answered, read and let go of; what it says beyond a receipt is not kept.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tocsin.gateways.callers.receipts import Receipt, read_smpp
from tocsin.gateways.reading import Unread
from tocsin.settings import SmsSmpp

AGAIN_S = 5.0
RECEIPT = 0x04
KIND = 0x3C
"""Bits of esm_class that say what a message is (SMPP 3.4, 5.2.12)."""
_say = logging.getLogger(__name__)


class SmppReceipts:
    """Hears receipts until it is closed. `heard` is called in this thread, with a receipt or with why it is none."""

    def __init__(self, setting: SmsSmpp, heard: Callable[[Receipt | Unread], None], again_s: float = AGAIN_S) -> None:
        self._setting, self._heard, self._again_s = setting, heard, again_s
        self._over = threading.Event()
        self._client: Any = None
        self._thread = threading.Thread(target=self._run, name="sms-receipts", daemon=True)

    def start(self) -> None:
        """Begin to hear."""
        self._thread.start()

    def close(self) -> None:
        """Hear no more."""
        self._over.set()
        self._let_go()
        if self._thread.is_alive():
            self._thread.join(2.0)

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self._listen()
            except ImportError:
                _say.error("receipts by SMPP need the extra `sms`")
                return
            except Exception as error:  # noqa: BLE001 - whatever a centre does, the next connection may be better
                if not self._over.is_set():
                    _say.warning("the receipts of %s are not heard: %s", self._setting.name, type(error).__name__)
            finally:
                self._let_go()
            self._over.wait(self._again_s)

    def _listen(self) -> None:
        from tocsin.gateways.callers.sms_smpp import client_of

        self._client = client = client_of(self._setting)
        client.set_message_received_handler(self._one)
        client.connect()
        client.bind_receiver(system_id=self._setting.system_id, password=self._setting.password)
        while not self._over.is_set():
            client.read_once()

    def _one(self, pdu: Any) -> None:
        with suppress(Exception):  # it is answered whatever stands in it
            text = (getattr(pdu, "short_message", b"") or b"").decode("latin-1")[:254]
            if (int(pdu.esm_class or 0) & KIND) != RECEIPT:
                text = ""
            reference = getattr(pdu, "receipted_message_id", None) or b""
            reference = reference.decode("ascii", "replace").strip("\x00 ") if isinstance(reference, bytes) else ""
            self._heard(read_smpp(text, reference[:64], getattr(pdu, "message_state", None)))

    def _let_go(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(Exception):
                client.disconnect()
