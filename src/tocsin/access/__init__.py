"""Who is at the keyboard: accounts, roles, sessions. Knows people and secrets; refuses to know incidents or HTTP."""

from tocsin.access.people import AccessError, AccessRefusal, Account, Session
from tocsin.access.roles import PERMISSIONS, ROLES, Grant, Role, may, permissions_of
from tocsin.access.store import FILE, Access

__all__ = [
    "FILE",
    "PERMISSIONS",
    "ROLES",
    "Access",
    "AccessError",
    "AccessRefusal",
    "Account",
    "Grant",
    "Role",
    "Session",
    "may",
    "permissions_of",
]
