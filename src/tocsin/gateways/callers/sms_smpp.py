"""An SMS centre reached by SMPP 3.4, as carriers offer it: bind, submit, wait for the answer, unbind.

A connection for each message: a link a minute is much, and a connection that is not kept cannot be dead when it is
needed. Needs the extra `sms` (smpplib).
"""

from __future__ import annotations

import logging
import ssl
import time
from contextlib import suppress
from typing import Any

from tocsin.gateways.callers.sms import NotSent
from tocsin.settings import SmsSmpp


class SmppSms:
    """One SMS centre."""

    def __init__(self, setting: SmsSmpp) -> None:
        self.name = setting.name
        self._setting = setting

    def send(self, number: str, text: str) -> str:
        """Every part of the message, each answered by the centre. Raises NotSent."""
        try:
            import smpplib.exceptions
            import smpplib.gsm
        except ImportError:
            raise NotSent("unavailable", "SMPP needs the extra `sms`: pip install 'tocsin[sms]'") from None
        client = client_of(self._setting)
        try:
            client.connect()
            client.bind_transmitter(system_id=self._setting.system_id, password=self._setting.password)
            parts, encoding, kind = smpplib.gsm.make_parts(text)
            references = [  # one receipt for all parts: the first is the one whose number is kept
                self._submit(client, number, part, encoding, kind, receipt=self._setting.receipts and n == 0)
                for n, part in enumerate(parts)
            ]
            client.unbind()
        except (smpplib.exceptions.PDUError, smpplib.exceptions.UnknownCommandError) as error:
            status = error.args[1] if len(error.args) > 1 else "?"
            raise NotSent("rejected", f"{self.name} answered with command status {status}") from None
        except (OSError, smpplib.exceptions.ConnectionError, ValueError) as error:
            name = "timeout" if isinstance(error, TimeoutError) else "unreachable"
            raise NotSent(name, f"{self.name} cannot be reached: {type(error).__name__}") from None
        finally:
            _let_go(client)
        return references[0]

    def _submit(self, client: Any, number: str, part: bytes, encoding: int, kind: int, *, receipt: bool) -> str:
        """One part, and its answer: the same sequence number comes back (SMPP 3.4, 4.4.2)."""
        international = number.startswith("+")
        sent = client.send_message(
            source_addr_ton=self._setting.source_ton,
            source_addr_npi=self._setting.source_npi,
            source_addr=self._setting.source,
            dest_addr_ton=1 if international else 0,
            dest_addr_npi=1,
            destination_addr=number.removeprefix("+"),
            short_message=part,
            data_coding=encoding,
            esm_class=kind,
            registered_delivery=receipt,
        )
        deadline = time.monotonic() + self._setting.timeout_s
        while time.monotonic() < deadline:
            answer = client.read_pdu()
            if answer.command == "enquire_link":
                client._enquire_link_received(answer)
            elif answer.command == "submit_sm_resp" and answer.sequence == sent.sequence:
                if answer.is_error():
                    raise NotSent("rejected", f"{self.name} answered with command status {answer.status}")
                said = getattr(answer, "message_id", b"") or b""
                return said.decode("ascii", "replace").strip("\x00")[:64] if isinstance(said, bytes) else str(said)[:64]
        raise TimeoutError


def client_of(setting: SmsSmpp) -> Any:
    """A connection to the centre, not yet made. Raises ImportError without the extra `sms`."""
    import smpplib.client

    logging.getLogger("smpp").setLevel(logging.CRITICAL)  # its log would say numbers and texts
    context = ssl.create_default_context() if setting.tls else None
    return smpplib.client.Client(
        setting.host, setting.port, timeout=setting.timeout_s, ssl_context=context, allow_unknown_opt_params=True
    )


def _let_go(client: Any) -> None:
    with suppress(Exception):  # the message was sent or not sent before this
        client.disconnect()
