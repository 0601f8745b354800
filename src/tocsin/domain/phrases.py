"""Ready-made sentences between the desk and a caller, in every language of the caller's page. A table and nothing else.

Short, in plain words, without a number to call: which one differs by country. The desk says the first, callers tap the
others.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from tocsin.facts.caller_links import TONGUES, Tongue

DeskPhrase: TypeAlias = Literal[
    "help_is_coming",
    "stay_there",
    "get_to_safety",
    "get_out",
    "anyone_hurt",
    "how_many",
    "can_you_talk",
    "share_position",
    "show_photo",
    "which_floor",
    "what_do_you_see",
    "keep_page_open",
    "do_not_move_hurt",
    "call_again",
]
CallerPhrase: TypeAlias = Literal["yes", "no", "cannot_talk", "they_are_here"]
DESK_PHRASES: tuple[DeskPhrase, ...] = get_args(DeskPhrase)
CALLER_PHRASES: tuple[CallerPhrase, ...] = get_args(CallerPhrase)

# In the order of TONGUES: en, pt, es, fr, sw, ar.
_TABLE: dict[str, tuple[str, str, str, str, str, str]] = {
    "help_is_coming": (
        "Help is on the way.", "A ajuda vai a caminho.", "La ayuda está en camino.", "Les secours arrivent.",
        "Msaada uko njiani.", "المساعدة في الطريق إليك.",
    ),
    "stay_there": (
        "Stay where you are.", "Fique onde está.", "Quédese donde está.", "Restez où vous êtes.",
        "Kaa hapo ulipo.", "ابق في مكانك.",
    ),
    "get_to_safety": (
        "Move to a safe place if you can.", "Vá para um lugar seguro, se puder.",
        "Vaya a un lugar seguro si puede.", "Mettez-vous à l’abri si vous pouvez.",
        "Nenda mahali salama kama unaweza.", "انتقل إلى مكان آمن إذا استطعت.",
    ),
    "get_out": (
        "Leave the building now.", "Saia já do edifício.", "Salga ya del edificio.",
        "Sortez du bâtiment maintenant.", "Toka nje ya jengo sasa.", "اخرج من المبنى الآن.",
    ),
    "anyone_hurt": (
        "Is anyone hurt?", "Há alguém ferido?", "¿Hay alguien herido?", "Y a-t-il des blessés ?",
        "Kuna mtu ameumia?", "هل يوجد مصابون؟",
    ),
    "how_many": (
        "How many people need help?", "Quantas pessoas precisam de ajuda?", "¿Cuántas personas necesitan ayuda?",
        "Combien de personnes ont besoin d’aide ?", "Watu wangapi wanahitaji msaada?",
        "كم شخصًا يحتاج إلى المساعدة؟",
    ),
    "can_you_talk": (
        "Can you talk? Answer yes or no.", "Pode falar? Responda sim ou não.", "¿Puede hablar? Responda sí o no.",
        "Pouvez-vous parler ? Répondez oui ou non.", "Unaweza kuongea? Jibu ndiyo au hapana.",
        "هل تستطيع التحدث؟ أجب بنعم أو لا.",
    ),
    "share_position": (
        "Please share your location.", "Partilhe a sua localização, por favor.", "Comparta su ubicación, por favor.",
        "Partagez votre position, s’il vous plaît.", "Tafadhali shiriki mahali ulipo.", "من فضلك شارك موقعك.",
    ),
    "show_photo": (
        "If it is safe, send a photo.", "Se for seguro, envie uma fotografia.", "Si es seguro, envíe una foto.",
        "Si c’est sans danger, envoyez une photo.", "Kama ni salama, tuma picha.", "إذا كان ذلك آمنًا، أرسل صورة.",
    ),
    "which_floor": (
        "Which floor are you on?", "Em que andar está?", "¿En qué piso está?", "À quel étage êtes-vous ?",
        "Uko ghorofa ya ngapi?", "في أي طابق أنت؟",
    ),
    "what_do_you_see": (
        "What do you see near you?", "O que vê perto de si?", "¿Qué ve cerca de usted?",
        "Que voyez-vous près de vous ?", "Unaona nini karibu nawe?", "ماذا ترى بالقرب منك؟",
    ),
    "keep_page_open": (
        "Keep this page open.", "Mantenha esta página aberta.", "Mantenga esta página abierta.",
        "Gardez cette page ouverte.", "Acha ukurasa huu wazi.", "أبقِ هذه الصفحة مفتوحة.",
    ),
    "do_not_move_hurt": (
        "Do not move the injured person.", "Não mova a pessoa ferida.", "No mueva a la persona herida.",
        "Ne déplacez pas la personne blessée.", "Usimsogeze mtu aliyeumia.", "لا تحرّك المصاب.",
    ),
    "call_again": (
        "Call again if anything changes.", "Volte a ligar se algo mudar.", "Vuelva a llamar si algo cambia.",
        "Rappelez si quelque chose change.", "Piga tena kama kuna mabadiliko.", "اتصل مرة أخرى إذا تغيّر شيء.",
    ),
    "yes": ("Yes", "Sim", "Sí", "Oui", "Ndiyo", "نعم"),
    "no": ("No", "Não", "No", "Non", "Hapana", "لا"),
    "cannot_talk": (
        "I cannot talk", "Não posso falar", "No puedo hablar", "Je ne peux pas parler", "Siwezi kuongea",
        "لا أستطيع التحدث",
    ),
    "they_are_here": (
        "They are here", "Já chegaram", "Ya llegaron", "Ils sont arrivés", "Wamefika", "لقد وصلوا",
    ),
}  # fmt: skip


def phrase_in(phrase: str, tongue: Tongue) -> str:
    """A phrase in a language; '' where there is none of that code."""
    return _TABLE[phrase][TONGUES.index(tongue)] if phrase in _TABLE else ""
