"""Which work a post reviews: marked-up reviews, a rating, or a title that the words bear out are evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

from archiver.extract.dom import Index, squeeze, text_of
from archiver.extract.linked import Linked, Node, kinds, string
from archiver.models import Rating, Review, ReviewItem

_PREFIX = re.compile(
    r"^(?:(?:my\s+|a\s+)?(?:book|film|movie|novel|mini|short|quick)?\s*-?\s*review(?:\s+of)?"
    r"|(?:my\s+)?thoughts\s+on|buchrezension|rezension"
    r"|buchbesprechung|filmkritik|anmeldelse(?:\s+af)?|boganmeldelse|recension|bokrecension"
    r"|bokanmeldelse|boekrecensie|recensie|reseña(?:\s+de)?"
    r"|critique|recensione|resenha|recenzja|recenze|рецензия)\s*(?:[:\u2013\u2014|#]|-\s|(?<=on)\s"
    r"|(?<=of)\s)\s*",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    r"\s*(?:[\u2013\u2014|:-]\s*(?:a\s+|book\s+|film\s+|movie\s+)?review|\((?:book\s+"
    r"|film\s+)?review\)|\s(?:book|film|movie)\s+review)\s*$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\s*[(\[](1[5-9]\d\d|20\d\d)[)\]]\s*$")
_BY = re.compile(r"\s(?:by|von|af|av)\s")
_DASH = re.compile(r"\s+[\u2013\u2014-]\s+")
_DASH_OR_COMMA = re.compile(r"\s+[\u2013\u2014-]\s+|,\s+")
_QUOTES = "\"'\u201c\u201d\u2018\u2019\u201e\u00ab\u00bb "
_PARTICLES = frozenset(
    [
        "de",
        "du",
        "des",
        "da",
        "das",
        "dos",
        "di",
        "del",
        "della",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "le",
        "la",
        "el",
        "al",
        "ibn",
        "bin",
        "af",
        "av",
        "y",
        "e",
        "the",
        "of",
        "and",
        "&",
        "och",
        "og",
        "und",
        "et",
    ]
)
_NO_NAMES = frozenset(
    [
        "me",
        "you",
        "him",
        "her",
        "us",
        "them",
        "it",
        "myself",
        "yourself",
        "himself",
        "herself",
        "itself",
        "themselves",
        "ourselves",
        "step",
        "side",
        "day",
        "night",
        "year",
        "week",
        "month",
        "hand",
        "heart",
        "numbers",
        "example",
        "accident",
        "mistake",
        "design",
        "default",
        "chance",
        "choice",
        "law",
        "doing",
        "moonlight",
        "candlelight",
        "sea",
        "river",
        "lake",
        "wordpress",
        "design",
        "committee",
        "myself",
        "nature",
        "definition",
        "proxy",
        "force",
        "bit",
        "piece",
        "one",
        "two",
        "three",
        "word",
        "page",
        "chapter",
        "line",
    ]
)
_GENERIC = frozenset(
    [
        "post",
        "interview",
        "photo",
        "photos",
        "photography",
        "picture",
        "pictures",
        "essay",
        "recipe",
        "recipes",
        "story",
        "art",
        "video",
        "guest",
        "words",
        "text",
        "article",
        "music",
        "illustration",
        "illustrations",
        "illustrated",
        "lunch",
        "dinner",
        "dress",
        "speech",
        "talk",
        "lecture",
        "report",
        "notes",
        "letter",
        "comment",
        "update",
        "stand",
        "close",
        "nearby",
        "near",
        "passing",
        "standing",
        "walking",
        "written",
        "inspired",
        "powered",
        "made",
        "presented",
        "hosted",
        "sponsored",
    ]
)
_MADE = frozenset(
    [
        "inspired",
        "created",
        "directed",
        "produced",
        "designed",
        "edited",
        "cooked",
        "baked",
        "painted",
        "filmed",
        "drawn",
        "driven",
        "founded",
        "hosted",
        "crafted",
        "built",
        "blinded",
        "killed",
        "haunted",
        "surrounded",
        "followed",
        "touched",
        "moved",
        "recommended",
        "approved",
        "tested",
        "loved",
    ]
)
_BOOK_WORDS = frozenset(
    [
        "book",
        "books",
        "novel",
        "novels",
        "novella",
        "author",
        "memoir",
        "memoirs",
        "fiction",
        "read",
        "reading",
        "reread",
        "chapter",
        "chapters",
        "narrator",
        "publisher",
        "published",
        "pages",
        "autobiography",
        "biography",
        "poems",
        "poetry",
        "translated",
        "translation",
        "translator",
        "stories",
        "literature",
        "plot",
        "protagonist",
        "essays",
        "buch",
        "bücher",
        "roman",
        "autor",
        "autorin",
        "gelesen",
        "lesen",
        "bog",
        "bogen",
        "bøger",
        "forfatter",
        "forfatteren",
        "romanen",
        "læst",
        "bok",
        "boken",
        "böcker",
        "författare",
        "läst",
        "livre",
        "livres",
        "romans",
        "auteur",
        "libro",
        "libros",
        "novela",
        "autora",
        "lectura",
        "romanzo",
        "lettura",
        "livro",
        "leitura",
        "książka",
        "powieść",
        "kniha",
        "boek",
        "schrijver",
        "книга",
        "книги",
        "книгу",
        "роман",
        "автор",
    ]
)
_FILM_WORDS = frozenset(
    [
        "film",
        "films",
        "movie",
        "movies",
        "cinema",
        "director",
        "directed",
        "screenplay",
        "actor",
        "actress",
        "actors",
        "cast",
        "scene",
        "screening",
        "documentary",
        "regisseur",
        "kino",
        "schauspieler",
        "instruktør",
        "biograf",
        "filmen",
        "réalisateur",
        "película",
        "películas",
        "director",
        "regista",
        "filme",
        "фильм",
    ]
)
_REVIEW_WORDS = frozenset(
    [
        "review",
        "reviews",
        "reviewed",
        "reviewing",
        "rezension",
        "anmeldelse",
        "recension",
        "reseña",
        "critique",
        "recensione",
        "resenha",
        "recensie",
    ]
)
_WORD = re.compile(r"[^\W\d_]+")
_STARS = re.compile(
    r"[\u2605\u2b50\U0001f31f][\u2605\u2b50\U0001f31f\ufe0f\u00a0 ]{0,20}[\u00bd]?[\u2606\u2729 ]{0,10}"
)
_OUT_OF = re.compile(
    r"(?<![\d/.,])(\d{1,2}(?:[.,]\d{1,2})?|\d?\s?\u00bd)\s*(?:/|out\s+of|von|av|af|ud\s+af|sur"
    r"|su)\s*(5|6|10)(?![\d/])(?:\s*(stars?|sterne?n?|stjerner|stjärnor|estrellas|étoiles|stelle|points?))?",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\b(?:rating|rated|my\s+rating|verdict|score|grade|stars?|bewertung|wertung|karakter|betyg|note"
    r"|valoración|voto|nota|ocena|оценка)\b",
    re.IGNORECASE,
)
_N_STARS = re.compile(
    r"(?<![\d/.,-])(\d(?:[.,]\d)?|\d?\u00bd)\s*(?:stars?|sterne|stjerner|stjärnor)\b", re.IGNORECASE
)
_ISBN = re.compile(r"\bISBN(?:-1[03])?:?\s*((?:97[89][- ]?)?\d[\d -]{8,13}[\dXx])")


@dataclass(frozen=True, slots=True)
class _Named:
    """What a title may name; `reviewed` when it says so, `dated` when a year stands behind, `loose` when
    the words could well mean something else."""

    name: str
    creator: str | None
    reviewed: bool
    dated: bool = False
    loose: bool = False


def find(
    index: Index,
    linked: Linked,
    title: str | None,
    text: str,
    terms: tuple[str, ...],
    root: HtmlElement | None,
) -> Review | None:
    """Return the review that a post is, with where that was read, or None."""
    rating = rating_in(text)
    return (
        _from_json_ld(linked, rating)
        or _from_microdata(index, rating)
        or _from_microformats(index, rating)
        or _from_words(title, text, terms, rating)
    )


def _from_json_ld(linked: Linked, shown: Rating | None) -> Review | None:
    for node in linked.nodes:
        if "Review" not in kinds(node) and not (node.get("itemReviewed") and node.get("reviewRating")):
            continue
        item = linked.resolve(node.get("itemReviewed"))
        if not isinstance(item, dict) or not (name := string(item.get("name"))):
            continue
        types = [t for t in kinds(item) if t != "Thing"]
        rated = linked.resolve(node.get("reviewRating"))
        rating = _rating(rated) if isinstance(rated, dict) else None
        creator = next(
            (c for k in ("author", "director", "creator", "byArtist") if (c := string(item.get(k)))), None
        )
        identifier = string(item.get("isbn")) or string(item.get("gtin13"))
        return Review(
            ReviewItem(name, types[0] if types else None, creator, identifier), rating or shown, "json-ld"
        )
    return None


def _rating(node: Node) -> Rating | None:
    value = _number(node.get("ratingValue"))
    if value is None:
        return None
    return Rating(value, _number(node.get("bestRating")), _number(node.get("worstRating")))


def _number(value: object) -> float | None:
    try:
        return float(str(value).replace(",", ".")) if value is not None and len(str(value)) < 20 else None
    except ValueError:
        return None


def _prop(box: HtmlElement, name: str) -> HtmlElement | None:
    return next((e for e in box.iter("*") if name in (e.get("itemprop") or "").split()), None)


def _value(element: HtmlElement | None) -> str | None:
    return (element.get("content") or text_of(element)) or None if element is not None else None


def _from_microdata(index: Index, shown: Rating | None) -> Review | None:
    for box in index.select("[itemtype$=schema.org/Review]"):
        item = _prop(box, "itemReviewed")
        name = _value(_prop(item, "name")) or _value(item) if item is not None else None
        if item is None or not name:
            continue
        value = _number(_value(_prop(box, "ratingValue")))
        rating = (
            Rating(
                value, _number(_value(_prop(box, "bestRating"))), _number(_value(_prop(box, "worstRating")))
            )
            if value is not None
            else None
        )
        kind = (item.get("itemtype") or "").rsplit("/", 1)[-1] or None
        creator = _prop(item, "author") if item is not None else None
        isbn = _value(_prop(item, "isbn"))
        return Review(ReviewItem(squeeze(name), kind, _value(creator), isbn), rating or shown, "microdata")
    return None


def _from_microformats(index: Index, shown: Rating | None) -> Review | None:
    for box, item, inner, value in (
        (".hreview", ".hreview .item", ".hreview .item .fn", ".hreview .rating"),
        (".h-review", ".h-review .p-item", ".h-review .p-item .p-name", ".h-review .p-rating"),
    ):
        if not index.select(box):
            continue
        named = index.first((inner, item))
        name = _value(named)
        if name:
            rated = index.first((value,))
            number = _number(_value(rated))
            return Review(
                ReviewItem(name), Rating(number, 5.0, None) if number is not None else shown, "hreview"
            )
    return None


# --- words ------------------------------------------------------------------------------------------


def _from_words(title: str | None, text: str, terms: tuple[str, ...], rating: Rating | None) -> Review | None:
    named = named_in(title) if title else None
    if named is None:
        return None
    words = [w.lower() for w in _WORD.findall(text[:40_000])]
    said = set(words) | {w.lower() for t in terms for w in _WORD.findall(t)}
    books, films = said & _BOOK_WORDS, said & _FILM_WORDS
    vocabulary = len(books | films) + len(said & _REVIEW_WORDS)
    surname = named.creator.split()[-1].strip(".").lower() if named.creator else None
    again = bool(surname and surname in words)
    if named.creator is None:
        sure = named.reviewed and (rating is not None or vocabulary >= 2)
    elif named.reviewed or rating is not None:
        sure = True
    elif named.loose:
        sure = again and vocabulary >= 3
    elif len(named.creator.split()) > 1:
        sure = named.dated or (again and vocabulary >= 1) or vocabulary >= 3
    else:
        sure = named.dated and again and vocabulary >= 1
    if not sure:
        return None
    count = {w: words.count(w) for w in books | films}
    weight_book, weight_film = (
        sum(count.get(w, 0) + 1 for w in books),
        sum(count.get(w, 0) + 1 for w in films),
    )
    kind = "Movie" if weight_film > weight_book else "Book" if weight_book else None
    isbns = {re.sub(r"[ -]", "", m[1]) for m in _ISBN.finditer(text)}
    identifier = isbns.pop() if len(isbns) == 1 else None
    item = ReviewItem(named.name, kind, named.creator, identifier)
    return Review(item, rating, "title" if rating is None else "text")


def named_in(title: str) -> _Named | None:
    """Return the work and its creator that a title names, however unlikely, or None."""
    rest = squeeze(title)[:300]
    reviewed = False
    match = _PREFIX.match(rest)
    if match:
        rest, reviewed = rest[match.end() :], True
    match = _SUFFIX.search(rest)
    if match:
        rest, reviewed = rest[: match.start()], True
    dated = _YEAR.search(rest) is not None
    rest = _YEAR.sub("", rest)
    match = _SUFFIX.search(rest)
    if match:
        rest, reviewed = rest[: match.start()], True
    for split in reversed(list(_BY.finditer(rest))[-2:]):
        work, creator = rest[: split.start()].strip(" ,;:\u2013\u2014-"), rest[split.end() :].strip(_QUOTES)
        if _is_name(creator) and _is_work(work, creator):
            words = work.split()
            loose = not dated and len(words) <= 3 and words[-1].lower().endswith("ed")
            return _Named(work.strip(_QUOTES), creator, reviewed, dated, loose)
    cuts = list((_DASH_OR_COMMA if reviewed else _DASH).finditer(rest))
    if cuts:
        work, creator = rest[: cuts[-1].start()].strip(_QUOTES), rest[cuts[-1].end() :].strip(_QUOTES)
        if work and 2 <= len(creator.split()) <= 4 and _is_name(creator):
            return _Named(work, creator, reviewed, dated, loose=True)
    rest = rest.strip(_QUOTES)
    return _Named(rest, None, True) if reviewed and rest else None


def _is_name(value: str) -> bool:
    words = value.split()
    if not words or len(words) > 7 or len(value) > 70 or re.search(r"[\d!?:;\"/]", value):
        return False
    if (
        words[0].lower() in ("the", "a", "an", "my", "your", "our", "and", "of", "&")
        or words[-1].lower() in _PARTICLES
    ):
        return False
    if any(w.strip(".,").lower() in _NO_NAMES for w in words):
        return False
    return all(
        w[0].isupper()
        or not w[0].isascii()
        or w.lower() in _PARTICLES
        or w.startswith(("d'", "d\u2019", "al-"))
        for w in words
    )


def _is_work(work: str, creator: str) -> bool:
    words = [w.strip(_QUOTES + ".,").lower() for w in work.split()]
    if not words or work.lower() == creator.lower():
        return False
    return not (words[-1] in _GENERIC or words[-1] in _MADE)


# --- rating -----------------------------------------------------------------------------------------


def rating_in(text: str) -> Rating | None:
    """Return the one rating that a text gives, or None when it gives none or several different ones."""
    found: dict[tuple[float, float | None], Rating] = {}
    for line in text.split("\n"):
        if len(line) > 400:
            continue
        rating = _line_rating(line)
        if rating is not None:
            found.setdefault((rating.value, rating.best), rating)
            if len(found) > 1:
                return None
    return next(iter(found.values())) if found else None


def _line_rating(line: str) -> Rating | None:
    short = len(line) <= 80
    match = _STARS.search(line)
    if match and (short or _LABEL.search(line)):
        raw = match.group().strip()
        full = sum(c in "\u2605\u2b50\U0001f31f" for c in raw)
        value = full + 0.5 * ("\u00bd" in raw)
        empty = sum(c in "\u2606\u2729" for c in raw)
        if value <= 5 and full + empty <= 10:
            return Rating(float(value), float(full + empty) if empty else 5.0, None, raw)
    match = _OUT_OF.search(line)
    if match and (match[3] or (short and (_LABEL.search(line) or len(line) <= len(match.group()) + 12))):
        given, best = _half(match[1]), float(match[2])
        if given is not None and given <= best:
            return Rating(given, best, None, match.group().strip())
    match = _N_STARS.search(line)
    if match and short and (_LABEL.search(line[: match.start()]) or len(line) <= len(match.group()) + 6):
        given = _half(match[1])
        if given is not None and given <= 5:
            return Rating(given, 5.0, None, match.group().strip())
    return None


def _half(value: str) -> float | None:
    whole = value.replace("\u00bd", "").replace(" ", "").replace(",", ".")
    try:
        return (float(whole) if whole else 0.0) + 0.5 * ("\u00bd" in value)
    except ValueError:
        return None
