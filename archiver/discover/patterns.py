"""What the addresses of a blog's posts look like, learnt from those that a feed or an API names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

# Of fewer posts nothing is said; of fewer than these, not what a folder is called.
FEW, SOME = 3, 5
# A form that fewer posts have is a mistake or a fixed page, and a folder that fewer have is any word.
USUAL = 0.1
# A share that means all but the odd one.
NEARLY_ALL = 0.9
MAX_FORMS, MAX_FOLDERS, MAX_LENGTH = 1000, 1000, 2000
YEAR, MONTH, DAY, NUMBER, DATED_SLUG, WORD = "year", "month", "day", "number", "date-*", "*"
ENDING = re.compile(r"\.[a-z]\w{0,4}$", re.IGNORECASE)
# Query fields that hold the number of a post; page_id and cat hold another one's.
POST_NUMBER = re.compile(r"p|id|(post|article|item|entry|story|news)(_?id)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Form:
    """The form of one address: what its folders and its last part are, its ending, its query fields.

    Whether a slash ends it is no part of the form: many links leave it out.
    """

    kinds: tuple[str, ...]
    ending: str
    fields: tuple[str, ...]

    @property
    def is_dated(self) -> bool:
        """Whether it holds the date of a post, or at least its year."""
        return YEAR in self.kinds or DATED_SLUG in self.kinds

    @property
    def is_numbered(self) -> bool:
        """Whether it holds a number that can be that of a post."""
        in_query = any(field.endswith("=9") and POST_NUMBER.fullmatch(field[:-2]) for field in self.fields)
        return in_query or (NUMBER in self.kinds and YEAR not in self.kinds)

    @property
    def may_be_post(self) -> bool:
        """Whether it looks like a post's on any blog, which may have had other addresses once."""
        return (self.is_dated and self.kinds[-1] != NUMBER) or self.is_numbered


@dataclass(frozen=True, slots=True)
class Pattern:
    """What the posts of one form have in common: by place, the folders that come often and the one that all are in."""

    often: tuple[frozenset[str], ...]
    always: tuple[str | None, ...]
    slash: bool | None


@dataclass(frozen=True, slots=True)
class Patterns:
    """The usual forms of a blog's posts; `is_settled` when hardly a post has another."""

    usual: Mapping[Form, Pattern]
    is_settled: bool

    @classmethod
    def learn(cls, posts: Iterable[str]) -> Self:
        """Learn from addresses of posts; a few that are none do no harm, nor do those that are no addresses."""
        total = 0
        counts: Counter[Form] = Counter()
        slashes: Counter[Form] = Counter()
        folders: dict[Form, list[Counter[str]]] = {}
        for url in posts:
            read = _read(url)
            total += 1
            if read is None or (read[0] not in counts and len(counts) >= MAX_FORMS):
                continue
            form, words, slash = read
            counts[form] += 1
            slashes[form] += slash
            for counter, word in zip(folders.setdefault(form, [Counter() for _ in words]), words, strict=True):
                if word in counter or len(counter) < MAX_FOLDERS:
                    counter[word] += 1
        usual = {
            form: _pattern(number, folders[form], slashes[form])
            for form, number in counts.items()
            if total >= FEW and number >= max(2, USUAL * total)
        }
        return cls(usual, sum(counts[form] for form in usual) >= NEARLY_ALL * total - 1)

    def matches(self, url: str) -> bool | None:
        """Tell whether an address looks like the blog's posts; None where that can't be told.

        It can't of few posts, of names that any page may have (/a-post/), and of addresses that look like a post's
        on any blog (a date and a name, ?p=7): a blog that has changed its addresses names its last posts only.
        """
        read = _read(url)
        if read is None or not self.usual:
            return None
        form, words, slash = read
        no = None if form.may_be_post or not self.is_settled else False
        pattern = self.usual.get(form)
        if pattern is None or any(one not in (None, word) for one, word in zip(pattern.always, words, strict=True)):
            return no
        if form.is_dated:
            return True
        known = any(word in often for often, word in zip(pattern.often, words, strict=True))
        return True if (known or form.is_numbered) and pattern.slash in (None, slash) else None


def _pattern(number: int, folders: list[Counter[str]], slashes: int) -> Pattern:
    often, always = [], []
    for words in folders:
        least = max(2, USUAL * number)
        often.append(frozenset(word for word, n in words.items() if n >= least) if number >= SOME else frozenset())
        word, n = words.most_common(1)[0]
        always.append(word if number >= SOME and n >= NEARLY_ALL * number else None)
    share = slashes / number
    return Pattern(
        tuple(often), tuple(always), True if share >= NEARLY_ALL else False if share <= 1 - NEARLY_ALL else None
    )


def _read(url: str) -> tuple[Form, tuple[str, ...], bool] | None:
    """Return the form of an address, the folders that are words, and whether a slash ends it."""
    if len(url) > MAX_LENGTH:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    path = unquote(parts.path)
    segments = [segment for segment in path.split("/") if segment]
    ending = ENDING.search(segments[-1]) if segments and not path.endswith("/") else None
    if ending:
        segments[-1] = segments[-1][: ending.start()]
    kinds: list[str] = []
    for segment in segments:
        kinds.append(_kind(segment, kinds))
    if kinds and kinds[-1] in (YEAR, MONTH, DAY):
        kinds[-1] = NUMBER  # a list of that time, or the number of a post
    words = tuple(word.lower() for word, kind in zip(segments[:-1], kinds, strict=False) if kind == WORD)
    fields = sorted(f"{name}={'9' if v.isdecimal() else ''}" for name, v in parse_qsl(parts.query, True))
    return Form(tuple(kinds), ending[0].lower() if ending else "", tuple(fields)), words, path.endswith("/")


def _kind(segment: str, before: list[str]) -> str:
    last = before[-1] if before else ""
    if re.fullmatch(r"(19|20)\d\d", segment, re.ASCII) and YEAR not in before:
        return YEAR
    if last == YEAR and re.fullmatch(r"0?[1-9]|1[0-2]", segment):
        return MONTH
    if last == MONTH and re.fullmatch(r"0?[1-9]|[12]\d|3[01]", segment):
        return DAY
    if re.match(r"(19|20)\d\d-(0[1-9]|1[0-2])-", segment):
        return DATED_SLUG
    return NUMBER if re.fullmatch(r"\d+", segment) else WORD


def shape(url: str) -> str:
    """Return the form of an address as one word: /2020/01/02/a-slug/ and /2019/12/31/other/ have the same."""
    path = unquote(urlsplit(url).path)
    head, _, tail = path.rpartition("/")
    ending = re.search(r"\.\w{1,5}$", tail)
    end = "/" if not tail else "*" + (ending[0] if ending else "")
    words = (re.sub(r"\d", "9", segment) for segment in head.split("/"))
    # numbers are told by their length, words by their place alone
    return "/".join(word if re.fullmatch(r"9*", word) else "*" for word in words) + end


def usual_shapes(posts: Iterable[str], share: float = USUAL) -> frozenset[str]:
    """Return the shapes that at least `share` of a blog's known posts have; empty for fewer than three posts."""
    counts: dict[str, int] = {}
    for url in posts:
        form = shape(url)
        counts[form] = counts.get(form, 0) + 1
    total = sum(counts.values())
    return frozenset(s for s, n in counts.items() if n >= max(2, share * total)) if total >= FEW else frozenset()
