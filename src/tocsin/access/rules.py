"""What an account may be like: names, passwords, roles. Pure checks; each gives a named refusal or None."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.access.people import (
    DISPLAY_MAX,
    LANGUAGE_MAX,
    MACHINE,
    NAME_MAX,
    PASSWORD_MAX,
    PASSWORD_MIN,
    RESERVED,
    AccessRefusal,
    is_line,
    is_plain,
    plain_name,
)
from tocsin.access.roles import ROLES


def refuse_name(name: str) -> AccessRefusal | None:
    """A name is 1 to 64 visible characters, and none that the record uses for itself.

    Bidirectional marks, joiners and other characters nobody sees are refused: the record tells people apart by names.
    """
    if not name or len(name) > NAME_MAX or not is_plain(name):
        return AccessRefusal("impossible_name", f"A name has 1 to {NAME_MAX} visible characters.", "name")
    if name in RESERVED or name.startswith(MACHINE):
        return AccessRefusal("impossible_name", f"The name {name!r} stands for something else in the record.", "name")
    return None


def refuse_password(password: str, name: str) -> AccessRefusal | None:
    """NIST SP 800-63B: length counts, composition does not. It is measured in characters as typed."""
    if len(password) < PASSWORD_MIN:
        text = f"A password has at least {PASSWORD_MIN} characters; a short sentence is good."
        return AccessRefusal("password_too_short", text, "password")
    if len(password) > PASSWORD_MAX:
        return AccessRefusal("password_too_long", f"A password has at most {PASSWORD_MAX} characters.", "password")
    if any("\ud800" <= character <= "\udfff" for character in password):
        return AccessRefusal("impossible_password", "The password holds half a character.", "password")
    if plain_name(password) == plain_name(name):
        return AccessRefusal("password_is_name", "The password is the name.", "password")
    return None


def refuse_profile(
    display: str, roles: Sequence[str], unit: str, language: str, agency: str = ""
) -> AccessRefusal | None:
    """Everything about an account that is neither name nor password."""
    if len(display) > DISPLAY_MAX or not is_line(display):
        text = f"A display name has at most {DISPLAY_MAX} visible characters."
        return AccessRefusal("impossible_display", text, "display")
    if len(unit) > NAME_MAX or not is_plain(unit):
        return AccessRefusal("impossible_unit", f"A unit has at most {NAME_MAX} visible characters.", "unit")
    if len(agency) > NAME_MAX or not is_plain(agency) or agency != agency.strip():
        return AccessRefusal("impossible_agency", f"An agency has at most {NAME_MAX} visible characters.", "agency")
    if not language.replace("-", "").isalnum() or not language.isascii() or len(language) > LANGUAGE_MAX:
        return AccessRefusal(
            "impossible_language", f"{language!r} is not a language tag such as en or pt-PT.", "language"
        )
    return _refuse_roles(roles, unit)


def _refuse_roles(roles: Sequence[str], unit: str) -> AccessRefusal | None:
    if not roles:
        return AccessRefusal("no_role", "An account needs at least one role.", "roles")
    unknown = [role for role in roles if role not in ROLES]
    if unknown:
        text = f"There is no role {unknown[0]!r}; there are {', '.join(ROLES)}."
        return AccessRefusal("unknown_role", text, "roles")
    if "field_unit" in roles and not unit:
        return AccessRefusal("unit_needed", "A field account needs its unit.", "unit")
    return None
