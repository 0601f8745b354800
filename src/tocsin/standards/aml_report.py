"""What an AML message says, whichever way it came (ETSI TS 103 625). Refuses to hold whose handset it is.

The subscriber's and the handset's numbers (IMSI, IMEI, ICCID) are checked and let go: a call is matched by its
telephone number. `pairing` lets two messages of one handset meet without either number (docs/decisions/0060).
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec

from tocsin.facts.confidence import UNSTATED, Confidence
from tocsin.facts.shapes import Circle, Point
from tocsin.facts.values import PERSONAL, Instant, PersonalText
from tocsin.standards.flaws import Flaw

Form: TypeAlias = Literal["sms", "data_sms", "https"]
Method: TypeAlias = Literal["gnss", "wifi", "cell", "fused", "unknown", "none"]
Signature: TypeAlias = Literal["none", "unchecked", "verified"]
PersonalSpot: TypeAlias = Annotated[Point | Circle | None, PERSONAL]


class AmlReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """One message, flaws and all. `shape` None: the handset had no fix, or none that can be read. Never plot that."""

    form: Form
    version: int
    """1 or 2; 0 when the message does not say."""
    number: PersonalText = ""
    """Caller's number: the SMS's sender, or `device_number`. May be empty."""
    method: Method = "unknown"
    shape: PersonalSpot = None
    confidence: Confidence = UNSTATED
    positioned_at: Instant | None = None
    called_at: Instant | None = None
    altitude_m: Annotated[float | None, PERSONAL] = None
    vertical_m: float | None = None
    """Stated uncertainty of the altitude."""
    floor: PersonalText = ""
    speed_mps: float | None = None
    heading_deg: float | None = None
    dialled: str = ""
    """Emergency number that was called."""
    network: str = ""
    """Country and network code the call was made on, as 268-01."""
    home_network: str = ""
    languages: tuple[str, ...] = ()
    """BCP 47 tags, most wanted first."""
    crashed_at: Instant | None = None
    """The car's or phone's own crash detection."""
    pairing: PersonalText = ""
    signature: Signature = "none"
    missing: tuple[str, ...] = ()
    """Attributes the standard wants and this message does not have. Tidy otherwise: not a flaw."""
    flaws: tuple[Flaw, ...] = ()

    @property
    def has_fix(self) -> bool:
        """Whether there is anything to put on a map."""
        return self.shape is not None
