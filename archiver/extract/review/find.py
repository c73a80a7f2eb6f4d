"""Which work a post reviews: marked-up reviews, a rating, or a title that the words bear out are evidence."""

from __future__ import annotations

import re

from archiver.extract.linked import Linked
from archiver.extract.review.markup import from_json_ld, from_microdata, from_microformats
from archiver.extract.review.rating import rating_in
from archiver.extract.review.titles import named_in
from archiver.extract.review.words import BOOKS, FILMS, REVIEWS
from archiver.extract.selectors import Index
from archiver.models import Rating, Review, ReviewItem

_WORD = re.compile(r"[^\W\d_]+")
_ISBN = re.compile(r"\bISBN(?:-1[03])?:?\s*((?:97[89][- ]?)?\d[\d -]{8,13}[\dXx])")


def find_review(
    index: Index,
    linked: Linked,
    title: str | None,
    text: str,
    terms: tuple[str, ...],
) -> Review | None:
    """Return the review that a post is, with where that was read, or None."""
    rating = rating_in(text)
    return (
        from_json_ld(linked, rating)
        or from_microdata(index, rating)
        or from_microformats(index, rating)
        or _from_words(title, text, terms, rating)
    )


def _from_words(title: str | None, text: str, terms: tuple[str, ...], rating: Rating | None) -> Review | None:
    named = named_in(title) if title else None
    if named is None:
        return None
    words = [w.lower() for w in _WORD.findall(text[:40_000])]
    said = set(words) | {w.lower() for t in terms for w in _WORD.findall(t)}
    books, films = said & BOOKS, said & FILMS
    vocabulary = len(books | films) + len(said & REVIEWS)
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
