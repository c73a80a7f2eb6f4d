"""A line of a block: its pieces as a walk over the tree meets them, and the line as plain text and as Markdown."""

from __future__ import annotations

import re
from typing import NamedTuple

from archiver.extract.dom import squeeze
from archiver.models import Anchor

_ESCAPED = re.compile(r"([\\*_`\[\]])")
_LINE_START = re.compile(r"^(\s*)(#{1,6}\s|>|[-+]\s|\d{1,9}[.)]\s)", re.MULTILINE)
_SPACES = re.compile(r"[^\S\n]+")


class Token(NamedTuple):
    """A piece of a line: text, br, open or close with a Markdown mark, link or unlink with an address."""

    kind: str
    value: str


def paragraphs(line: list[Token]) -> list[list[Token]]:
    """Split a line at two or more line breaks in a row."""
    parts: list[list[Token]] = [[]]
    open_now: list[Token] = []
    i = 0
    while i < len(line):
        token = line[i]
        if token.kind == "br":
            j, breaks = i, 0
            while j < len(line) and (line[j].kind == "br" or (line[j].kind == "text" and not line[j].value.strip())):
                breaks += line[j].kind == "br"
                j += 1
            if breaks > 1:
                parts[-1] += [
                    Token("unlink", "") if t.kind == "link" else Token("close", t.value) for t in reversed(open_now)
                ]
                parts.append(list(open_now))
            else:
                parts[-1].append(token)
            i = j
            continue
        if token.kind in ("open", "link"):
            open_now.append(token)
        elif token.kind in ("close", "unlink") and open_now:
            open_now.pop()
        parts[-1].append(token)
        i += 1
    return parts


def plain(line: list[Token]) -> str:
    """Return a line as plain text."""
    return _lines("".join(_flat(t.value) if t.kind == "text" else "\n" if t.kind == "br" else "" for t in line))


def rich(line: list[Token]) -> str:
    """Return a line as Markdown; marks hug the words, and empty pairs vanish."""
    out: list[str] = []
    depth: list[tuple[str, int]] = []
    coded = False
    for token in line:
        if token.kind == "text":
            out.append(_flat(token.value) if coded else escape(_flat(token.value)))
        elif token.kind == "br":
            out.append("\n")
        elif token.kind in ("open", "link"):
            if token.value == "`":
                coded = True
            depth.append((token.value, len(out)))
            out.append("")
        elif depth:
            value, start = depth.pop()
            inner = "".join(out[start:])
            core = inner.strip()
            del out[start:]
            if value == "`":
                coded = False
            if core:
                head = inner[: len(inner) - len(inner.lstrip())]
                end = inner[len(inner.rstrip()) :]
                out.append(head + _wrap(core, value, token.kind) + end)
            else:
                out.append(inner)
    lines = [x for x in (_SPACES.sub(" ", y).strip() for y in "".join(out).split("\n")) if x]
    return "  \n".join(_LINE_START.sub(r"\1\\\2", x) for x in lines)


def links(line: list[Token]) -> tuple[list[Anchor], int]:
    """Return the links of a line, and how many characters of it are linked."""
    found, linked, address, inside = [], 0, None, ""
    for token in line:
        if token.kind == "link":
            address, inside = token.value, ""
        elif token.kind == "unlink" and address is not None:
            words = squeeze(inside)
            linked += len(words)
            if words and address.startswith(("http://", "https://")):
                found.append(Anchor(address, words))
            address = None
        elif token.kind == "text" and address is not None:
            inside += token.value
    return found, linked


def escape(value: str) -> str:
    """Return words with the characters escaped that Markdown gives a meaning."""
    return _ESCAPED.sub(r"\\\1", value)


def _wrap(core: str, value: str, kind: str) -> str:
    if kind == "unlink":
        address = value.replace("(", "%28").replace(")", "%29").replace(" ", "%20")
        flat = core.replace("\n", " ")
        return f"[{flat}]({address})" if value else core
    if value == "`":
        return core if "`" in core else f"`{core}`"
    return (
        f"{value}{core}{value}"
        if "\n" not in core
        else "\n".join(f"{value}{x.strip()}{value}" for x in core.split("\n"))
    )


def _flat(value: str) -> str:
    return re.sub(r"\s+", " ", value)


def _lines(value: str) -> str:
    return "\n".join(x for x in (_SPACES.sub(" ", y).strip() for y in value.split("\n")) if x)
