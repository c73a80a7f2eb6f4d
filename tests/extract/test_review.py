"""What a post reviews, when there is evidence for it."""

from __future__ import annotations

import pytest

from archiver.extract.review.rating import rating_in

ABOUT = (
    "<p>The novel has two narrators, and the author, {name}, trusts neither of them. I read it for the book club.</p>"
)


@pytest.mark.parametrize(
    ("title", "name", "creator"),
    [
        ("Salt by Ada Brandt", "Salt", "Ada Brandt"),
        ("Salt by Ada Brandt (1951)", "Salt", "Ada Brandt"),
        ("Review: Salt by Ada Brandt", "Salt", "Ada Brandt"),
        ("Book Review: Salt by Ada Brandt", "Salt", "Ada Brandt"),
        ("Salt by Ada Brandt \u2013 Book Review", "Salt", "Ada Brandt"),
        ("By the Sea by Ada Brandt", "By the Sea", "Ada Brandt"),
        ("Unloved by Ada Brandt", "Unloved", "Ada Brandt"),
        ("Anmeldelse: Salt af Ada Brandt", "Salt", "Ada Brandt"),
        ("Rezension: Salt von Ada Brandt", "Salt", "Ada Brandt"),
        ("Salt - Ada Brandt", "Salt", "Ada Brandt"),
        ("Thoughts on Salt", "Salt", None),
    ],
)
def test_titles_that_name_a_work(post, fill, title, name, creator):
    """A title that names a work and its creator counts when the text speaks of the book."""
    made = post(ABOUT.format(name="Ada Brandt") + fill, title=title)
    assert made.review is not None
    assert (made.review.item.name, made.review.item.creator) == (name, creator)
    assert made.review.item.type == "Book"


@pytest.mark.parametrize(
    "title",
    [
        "Stand by Me",
        "Step by Step",
        "Walking by the river",
        "Day by Day",
        "Learning by Doing",
        "Inspired by True Events",
        "Death by Chocolate",
        "Guest Post by Jane Doe",
        "Photos by Jane Doe",
        "Travelling by Night Train",
        "Bought by Mistake",
        "One by One",
        "Standing by the Window",
        "What I read in May",
        "Salt - a short history",
        "Where the time goes",
    ],
)
def test_titles_that_name_none(post, fill, title):
    """A title that only has the form of one, or not even that, makes no review, in a book blog either."""
    assert post(ABOUT.format(name="Ada Brandt") + fill, title=title).review is None


def test_form_without_evidence(post, fill):
    """The form alone is no evidence."""
    assert post(fill, title="Portraits by Ada Brandt").review is None


def test_rating(post, fill):
    """A rating is kept as shown, with its scale."""
    made = post(
        f"{ABOUT.format(name='Ada Brandt')}{fill}<p>\u2605\u2605\u2605\u2605\u2606</p>",
        title="Salt by Ada Brandt",
    )
    assert made.review is not None
    assert made.review.rating is not None
    assert (made.review.rating.value, made.review.rating.best, made.review.rating.raw) == (
        4.0,
        5.0,
        "\u2605\u2605\u2605\u2605\u2606",
    )
    assert made.review.source == "text"


@pytest.mark.parametrize(
    ("text", "value", "best"),
    [
        ("Rating: 4/5", 4.0, 5.0),
        ("4/5 stars", 4.0, 5.0),
        ("Verdict: 1.5 out of 5 stars", 1.5, 5.0),
        ("\u2b50\u2b50\u2b50", 3.0, 5.0),
        ("\u2605\u2605\u2605\u00bd", 3.5, 5.0),
        ("My rating: 8/10", 8.0, 10.0),
        ("3,5 von 5 Sternen", 3.5, 5.0),
    ],
)
def test_ratings(text, value, best):
    """Stars, fractions and words give value and scale."""
    rating = rating_in(f"Some words before.\n\n{text}\n\nSome words after.")
    assert rating is not None
    assert (rating.value, rating.best) == (value, best)


@pytest.mark.parametrize(
    "text",
    [
        "He has spent 1/6 of his life in jail, and 1/5 of mine in his company.",
        "It opened on 4/5/2019 in town.",
        "Two of these got stars.",
        "Rating: 4/5\nRating: 2/5",
    ],
)
def test_no_ratings(text):
    """Fractions, days and lists of many ratings are no rating of the post."""
    assert rating_in(text) is None


def test_json_ld(post, fill):
    """A review in JSON-LD goes before all words."""
    head = """<script type="application/ld+json">{"@type":"Review","itemReviewed":
    {"@type":"Book","name":"Salt","author":{"@type":"Person","name":"Ada Brandt"},"isbn":"9780000000002"},
    "reviewRating":
    {"@type":"Rating","ratingValue":"4","bestRating":"5"}}</script>"""
    review = post(fill, head=head).review
    assert review is not None
    assert review.source == "json-ld"
    assert (review.item.name, review.item.type, review.item.creator, review.item.identifier) == (
        "Salt",
        "Book",
        "Ada Brandt",
        "9780000000002",
    )
    assert review.rating is not None
    assert (review.rating.value, review.rating.best) == (4.0, 5.0)


def test_microdata(post, fill):
    """A review in microdata gives item and rating."""
    made = post(
        f"""<div itemscope itemtype="https://schema.org/Review"><div itemprop="itemReviewed" itemscope
itemtype="https://schema.org/Movie">
        <span itemprop="name">The Salt Road</span></div>{fill}<span itemprop="reviewRating" itemscope>
        <meta itemprop="ratingValue" content="3"><meta itemprop="bestRating" content="5"></span></div>"""
    )
    assert made.review is not None
    assert (made.review.item.name, made.review.item.type, made.review.source) == (
        "The Salt Road",
        "Movie",
        "microdata",
    )
    assert made.review.rating is not None
    assert made.review.rating.value == 3.0
