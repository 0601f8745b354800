"""What people say, as words that can be compared: any script, without accents, stop words or most endings.

Numbers are one however they are said: "third", "3rd" and "terceiro" are `3rd`, "two oh four" is `204`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

STEM = 6
"""Letters that are compared: "breathing" and "breathe" are one word."""
ENDINGS = ("ings", "ing", "edly", "ed", "es", "s", "mente", "ando", "endo", "indo", "ado", "ada", "os", "as")
# Accents of Latin, Greek and Cyrillic, Hebrew points, Arabic vowels: written or not, the word is the same.
_MARKS = re.compile(r"[\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0670]")
_WITHOUT_BLANKS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Scripts that set no blank between words: pairs of letters are compared instead."""
_STOP = """
a about after again all also am an and any are as at be because been but by can come could did do does down for from
get go going got had has have he hello help her here hi him his how if in into is it its just know like me my near need
needs no now of off oh ok on one or our out over please pls quick quickly right said say says send she should so
some somebody someone something street road avenue that the their them then there they think this to two up us very want
was we well were what when where which who why will with would yes you your
ao aos com da das de dela dele do dos e ela ele eles em esta estao este eu favor foi ha isto ja la mais mas meu minha
muito na nas nos o os ou para pela pelo por preciso que rua se sem ser sua tem um uma
al calle con del donde el ellos en es eso estan hay las lo los mi muy pero porque si su un una y ya
au aux ce ces chez dans des du elle est et il ils je le les leur mon ne nous par pas pour qui sa ses sont sur tres une
vous
"""
STOP = frozenset(_STOP.split())
"""Words that say nothing, in English, Portuguese, Spanish and French."""


def _numbers() -> Iterator[tuple[str, str]]:
    """Every word for a number with its digits; of a place in a row, as `3rd`."""
    for line in _ONES.strip().splitlines():
        number, *words = line.split()
        yield from ((word, number) for word in words)
    for line in _PLACES.strip().splitlines():
        number, *words = line.split()
        yield from (
            (word, f"{number}rd") for word in (*words, f"{number}st", f"{number}nd", f"{number}rd", f"{number}th")
        )


_ONES = """
0 oh zero
1 one uno
2 two dois duas dos
3 three tres
4 four quatro cuatro
5 five cinco
6 six seis
7 seven sete siete
8 eight oito ocho
9 nine nove nueve
10 ten dez diez
11 eleven onze once
12 twelve doze doce
15 fifteen quinze quince
20 twenty twenties vinte veinte
30 thirty thirties trinta treinta
40 forty forties quarenta cuarenta
50 fifty fifties cinquenta cincuenta
60 sixty sixties sessenta sesenta
70 seventy seventies setenta
80 eighty eighties oitenta ochenta
90 ninety nineties noventa
100 hundred cem cien
"""
_PLACES = """
1 first primeiro primeira primer primero primera
2 second segundo segunda
3 third terceiro terceira tercer tercero tercera
4 fourth quarto quarta cuarto cuarta
5 fifth quinto quinta
6 sixth sexto sexta
7 seventh setimo setima septimo septima
8 eighth oitavo oitava octavo octava
9 ninth nono nona noveno novena
10 tenth decimo decima
"""
NUMBERS = dict(_numbers())
"""Words of English, Portuguese and Spanish. "um", "uno", "once" and "dos" mean something else elsewhere: a number they
make is compared, and stands in no way of a word."""


def fold(text: str) -> str:
    """Lower case, without the marks that people leave out."""
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold())))


def said(text: str) -> list[str]:
    """The words of a text, in order, as they are compared."""
    return list(spoken(text))


def spoken(text: str) -> dict[str, str]:
    """The same, with the word that was said for each."""
    out: dict[str, str] = {}
    for token, word in sequence(text):
        if _WITHOUT_BLANKS.search(word):
            out |= {pair: pair for i in range(max(1, len(word) - 1)) if (pair := word[i : i + 2])}
        elif word not in STOP and (len(word) > 1 or word.isdigit()):
            out.setdefault(token, word)
    return out


def sequence(text: str) -> list[tuple[str, str]]:
    """Every word in order, also those that say nothing: as it is compared, and as it was said."""
    out: list[tuple[str, str]] = []
    for word in _split(fold(text)):
        token = NUMBERS.get(word) or stem(word)
        before = out[-1] if out else ("", "")
        if token.isdigit() and before[0].isdigit() and (joined := _joined(*before, token)):
            out[-1] = joined, f"{before[1]} {word}"
        else:
            out.append((token, word))
    return out


def _joined(before: str, word: str, token: str) -> str:
    """Digits said one after the other ("two oh four"), or tens with their ones ("seventy five")."""
    if len(token) > 1 or len(before) > 4:
        return ""
    tens = len(before) == 2 and before[1] == "0" and word.isalpha()
    return (before[0] if tens else before) + token


def stem(word: str) -> str:
    """Without its ending, and not longer than the letters that tell words apart."""
    if word[0].isdigit():
        return word
    for ending in ENDINGS:
        if len(word) - len(ending) >= (3 if ending == "s" else 4) and word.endswith(ending):
            return word[: -len(ending)][:STEM]
    if len(word) > 4 and "\u0400" <= word[0] <= "\u052f":  # Cyrillic: the last letter is mostly a case
        return word[:-1][: STEM - 1]
    return word[:STEM]


def _split(text: str) -> list[str]:
    """Letters, digits and the marks that belong to them: a vowel sign is a part of its word."""
    if text.isascii():
        return re.findall(r"[a-z0-9]+", text)
    kept = "".join(char if unicodedata.category(char)[0] in "LNM" else " " for char in text)
    return kept.split()
