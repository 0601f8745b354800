"""The reasons for and against, as a person would say them. English; screens say them in their own language."""

from __future__ import annotations

from collections.abc import Iterable

from tocsin.domain.evidence import Term


def sentence(terms: Iterable[Term]) -> str:
    """The reasons as a person would say them: "same place, 2 min ago, both say smoke"."""
    return ", ".join(part for term in terms if (part := _part(term)))


def _part(term: Term) -> str:
    match term.name:
        case "place" if term.distance_m is not None:
            return "same place" if term.same_place or term.distance_m < 25.0 else f"{term.distance_m:.0f} m away"
        case "time" if term.age_s is not None:
            return f"{term.age_s / 60:.0f} min ago" if term.age_s >= 90 else f"{term.age_s:.0f} s ago"
        case "type":
            return {"same": "same type", "alike": "a type often taken for it", "group": "", "other": "another type"}[
                term.fit or "other"
            ]
        case "words" if term.words or term.against:
            return _words(term)
        case "number":
            return "same caller again"
    return ""


def _words(term: Term) -> str:
    plain = [word for word in term.words if not word.startswith("=")]
    out = [f"both say {', '.join(plain)}"] if plain else ["words for the same"] if term.words else []
    return ", ".join((*out, *(f"one says {mine}, the other {theirs}" for mine, theirs in term.against)))
