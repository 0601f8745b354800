"""Where each value of a TOML text stands: key path to line number. The text is valid TOML; this only finds places.

The standard reader says what a file holds and not where, and a person who mends a file needs the line.
"""

from __future__ import annotations

import re
from typing import Any, TypeAlias

Path: TypeAlias = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)[ \t]*""")
_TEXTS = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.S)
_BARE = re.compile(r"[^,\]}\n#]+")


def lines_of(text: str) -> dict[Path, int]:
    """The line, counted from 1, of every key and of every item of an array."""
    return _Walk(text).run()


class _Walk:
    """One pass over the text."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.found: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}

    def run(self) -> dict[Path, int]:
        table: Path = ()
        while self._blank() < len(self.text):
            if self.text.startswith("[", self.at):
                table = self._header()
            else:
                self._pair(table)
        return self.found

    def _blank(self) -> int:
        self.at = _BLANK.match(self.text, self.at).end()  # type: ignore[union-attr]
        return self.at

    def _here(self, path: Path) -> None:
        self.found.setdefault(path, self.text.count("\n", 0, self.at) + 1)

    def _keys(self) -> list[str]:
        keys = []
        while found := _KEY.match(self.text, self.at):
            word = found[1]
            keys.append(word[1:-1] if word[0] in "\"'" else word)
            self.at = found.end()
            if not self.text.startswith(".", self.at):
                break
            self.at += 1
        return keys

    def _header(self) -> Path:
        many = self.text.startswith("[[", self.at)
        start = self.at
        self.at += 2 if many else 1
        keys = self._keys()
        end, self.at = self.at, start
        path: Path = ()
        for n, key in enumerate(keys):
            path = (*path, key)
            last = n == len(keys) - 1
            if last and many:
                self.counts[path] = self.counts.get(path, -1) + 1
            if path in self.counts and (not last or many):
                self._here(path)
                path = (*path, self.counts[path])
        self._here(path)
        self.at = end + (2 if many else 1)
        return path

    def _pair(self, table: Path) -> None:
        start = self.at
        path = (*table, *self._keys())
        end, self.at = self.at, start
        for n in range(len(table) + 1, len(path) + 1):
            self._here(path[:n])
        self.at = end + 1 if self.text.startswith("=", end) else len(self.text)
        self._value(path)

    def _value(self, path: Path) -> None:
        self._blank()
        self._here(path)
        head = self.text[self.at : self.at + 1]
        if head == "[":
            self._array(path)
        elif head == "{":
            self._inline(path)
        else:
            found = _TEXTS.match(self.text, self.at) or _BARE.match(self.text, self.at)
            self.at = found.end() if found else len(self.text)

    def _array(self, path: Path) -> None:
        self.at += 1
        item = 0
        while self._blank() < len(self.text) and not self.text.startswith("]", self.at):
            self._value((*path, item))
            item += 1
            self._comma()
        self.at += 1

    def _inline(self, path: Path) -> None:
        self.at += 1
        while self._blank() < len(self.text) and not self.text.startswith("}", self.at):
            self._pair(path)
            self._comma()
        self.at += 1

    def _comma(self) -> None:
        self._blank()
        if self.text.startswith(",", self.at):
            self.at += 1


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of `path`, or of the nearest thing around it; 1 when nothing is."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def words_of(path: Path) -> str:
    """`plans[2].needs[0]`, as a person writes it."""
    out = ""
    for step in path:
        out += f"[{step}]" if isinstance(step, int) else f".{step}" if out else step
    return out


def value_at(data: Any, path: Path) -> Any:
    """What stands there; None when nothing does."""
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data
