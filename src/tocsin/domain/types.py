"""What a centre's file says of incidents: types, priorities, needs, dispositions, names. Reads no file itself."""

from __future__ import annotations

from functools import cached_property

import msgspec

from tocsin.facts.privacy import Kind


class Need(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many units that can do this."""

    capability: str
    count: int = 1


class IncidentType(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What an incident can be. `name` by language; English must be there."""

    code: str
    group: str
    priority: int
    name: dict[str, str]
    needs: tuple[Need, ...] = ()
    words: tuple[str, ...] = ()
    """Everyday words that should find this type."""
    alike: tuple[str, ...] = ()
    """Types that another caller may take the same thing for."""
    seen_from_m: float = 0.0
    """From how far away people call about it; 0: they are there."""


class Disposition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an incident can end."""

    code: str
    name: dict[str, str]


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A word of the fleet (a kind of unit, a capability) and what people call it, by language; English must be there.

    Codes stand in orders and facts, names on screens. A code without a name is shown as it is.
    """

    code: str
    name: dict[str, str]


BACK_REASONS = (
    Named("well", {"en": "Spoke with them: no help needed", "pt": "Falou-se: não precisa de ajuda"}),
    Named("known", {"en": "About an incident we know", "pt": "Sobre uma ocorrência conhecida"}),
    Named("no_answer", {"en": "Nobody answers", "pt": "Ninguém atende"}),
    Named("checked", {"en": "Passed on to be checked on the spot", "pt": "Passada para verificação no local"}),
)


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When silence becomes an alarm, and how long a location waits for its call."""

    call_unanswered_s: float = 10.0
    not_acknowledged_s: float = 60.0
    long_on_scene_s: float = 2_700.0
    location_waits_s: float = 300.0
    """How long a caller's location waits for its call before it is nobody's."""
    same_caller_s: float = 7_200.0
    """How long ago a number may have called before, to be told as the same caller again."""


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For how many days after its end what is known about people is kept. The defaults and their reasons stand in
    docs/how-to/personal-data.md; the law of the place goes before them."""

    call_days: float = 180.0
    record_days: float = 1_095.0
    position_days: float = 90.0
    media_days: float = 365.0
    crew_days: float = 365.0

    def days(self, kind: Kind) -> float:
        """The days of one kind."""
        days: float = getattr(self, f"{kind}_days")
        return days


class AccessRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long exact things stay exact for whoever looks."""

    recent_h: float = 72.0
    """An incident that was closed longer ago than this, or a call released, shows no exact position any more. Three
    days: a long weekend, in which crews hand over, finish reports and answer the first questions."""


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """Everything a centre may edit about incidents."""

    types: tuple[IncidentType, ...]
    dispositions: tuple[Disposition, ...]
    limits: Limits = Limits()
    unit_kinds: tuple[Named, ...] = ()
    capabilities: tuple[Named, ...] = ()
    siren: tuple[int, ...] = (1, 2, 3, 4, 5)
    """Priorities that are driven to with lights and siren; times of arrival reckon with it."""
    first_incident: int = 1_001
    """The number of a centre's first incident: no house, crew or count that people type looks like it."""
    retention: Retention = Retention()
    call_back_reasons: tuple[Named, ...] = BACK_REASONS
    """Why nobody needs to call back any more."""
    access: AccessRules = AccessRules()

    def type(self, code: str) -> IncidentType | None:
        """The type with this code, if there is one."""
        return self._by_code.get(code)

    def may_end_back(self, reason: str) -> bool:
        """Whether a call-back can be given up so."""
        return any(one.code == reason for one in self.call_back_reasons)

    def has_disposition(self, code: str) -> bool:
        """Whether an incident can end so."""
        return code in self._endings

    @cached_property
    def _by_code(self) -> dict[str, IncidentType]:
        """The first of a code stands."""
        return {kind.code: kind for kind in reversed(self.types)}

    @cached_property
    def _endings(self) -> frozenset[str]:
        return frozenset(end.code for end in self.dispositions)
