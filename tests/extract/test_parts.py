"""Posts that are cut into pages: which addresses hold the rest, and one article out of all of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.extract.parts import MOST, join
from archiver.models import Anchor, Article, Image, PageComment, Rating, Review, ReviewItem

URL = "https://blog.example/2019/03/04/a-post/"


def wordpress(*links: str, box: str = "page-links") -> str:
    """Return the engine's own page links, as a theme sets them below the text."""
    return f'<div class="{box}">Pages: ' + " ".join(links) + "</div>"


def numbered(*numbers: int, url: str = URL) -> list[str]:
    """Return links as the engine writes them: the first page under the post's own address."""
    return [f'<a href="{url}{f"{n}/" if n > 1 else ""}" class="post-page-numbers">{n}</a>' for n in numbers]


def pages(*numbers: int, url: str = URL) -> tuple[str, ...]:
    """Return the addresses of further pages of a post."""
    return tuple(f"{url}{n}/" for n in numbers)


# --- where the rest is ---


def test_page_links_of_the_engine(post, fill):
    """The numbers below a post on WordPress lead to its further pages in order; the article says it is the first."""
    made = post(fill + wordpress('<span class="post-page-numbers current">1</span>', *numbered(2, 3)))
    assert made.pages == pages(2, 3)
    assert "first_page_only" in made.flags
    assert "Pages" not in made.text


def test_page_links_with_words(post, fill):
    """Links that say Page 2 instead of 2, below a theme's own box, count as well."""
    links = [x.replace(">2<", ">Page 2<").replace(">3<", ">Seite 3<") for x in numbered(2, 3)]
    assert post(fill + wordpress(*links, box="post-nav-links")).pages == pages(2, 3)


def test_plain_permalinks(post, fill):
    """Where posts have numbers for names, their pages have them in a field of their own."""
    link = '<a href="https://blog.example/?p=12&amp;page=2" class="post-page-numbers">2</a>'
    made = post(fill + wordpress(link), url="https://blog.example/?p=12")
    assert made.pages == ("https://blog.example/?p=12&page=2",)


def test_only_the_next_page(post, fill):
    """A post that links only its next page names that one; the page after it says what comes then, and what it is."""
    first = post(fill + wordpress(f'<a href="{URL}2/" class="post-page-numbers">Continue</a>'))
    back = f'<a href="{URL}" class="post-page-numbers">Back</a>'
    second = post(fill + wordpress(back, f'<a href="{URL}3/" class="post-page-numbers">Continue</a>'), url=f"{URL}2/")
    third = post(fill + wordpress(f'<a href="{URL}2/" class="post-page-numbers">Back</a>'), url=f"{URL}3/")
    assert (first.pages, second.pages, third.pages) == (pages(2), pages(3), ())
    assert "first_page_only" in first.flags
    assert "further_page" in second.flags
    assert "further_page" in third.flags


def test_pages_of_a_later_page(post, fill):
    """A page in the middle names the pages behind it and not those before."""
    made = post(fill + wordpress(*numbered(1, 2, 4, 5)), url=f"{URL}3/")
    assert made.pages == pages(4, 5)


def test_numbers_left_out(post, fill):
    """Pages whose numbers a long row leaves out are there too."""
    made = post(fill + wordpress(*numbered(2, 3), "\u2026", *numbered(9)))
    assert made.pages == pages(*range(2, 10))


def test_at_most_a_hundred(post, fill):
    """However many pages a post claims to have, there is an end."""
    made = post(fill + wordpress(*numbered(*range(2, 300)), "..."))
    assert len(made.pages) == MOST - 1


@pytest.mark.parametrize(
    ("url", "following", "is_part"),
    [
        (URL, f"{URL}2/", True),
        (URL, "/2019/03/04/a-post/2", True),
        (URL, "?page=2", True),
        (URL, f"{URL}page/2/", True),
        ("https://blog.example/a-post.html", "a-post-2.html", True),
        ("https://blog.example/a-post.html", "/a-post.html?page=2", True),
        (URL, "/2019/03/05/the-next-post/", False),
        (URL, f"{URL}3/", False),
        (URL, "/2019/03/04/a-post-2/", False),
        (URL, f"{URL}comment-page-2/", False),
        (URL, f"{URL}?cpage=2", False),
        (URL, "https://other.example/2019/03/04/a-post/2/", False),
        ("https://blog.example/archives/57", "/archives/58", False),
        ("https://blog.example/?p=12", "/?p=13", False),
        ("https://blog.example/2019/03/", "/2019/04/", False),
        (URL, "http://[::1/2/", False),
    ],
)
def test_rel_next(article, fill, url, following, is_part):
    """rel=next is followed within the post, never to the next post, a page of comments, or another site."""
    made = article(
        f'<html><head><title>A post</title><meta property="article:published_time" content="2019-03-04">'
        f'<link rel="next" href="{following}"></head><body><article><h1>A post</h1>{fill}</article></body></html>',
        url=url,
    )
    assert bool(made.pages) == is_part


def test_names_of_posts_with_numbers(article, fill):
    """On WordPress and Blogger, a-post_2.html is another post of the same name, whatever links to it."""
    made = article(
        '<html><head><meta name="generator" content="blogger"><link rel="next" href="a-post_2.html"></head>'
        f'<body><div class="post-body entry-content">{fill}</div></body></html>',
        url="https://blog.example/2019/03/a-post.html",
    )
    assert made.pages == ()


def test_numbers_on_any_platform(article, fill):
    """Numbers that lead to the page's own address with that number added are its pages, whatever made the page."""
    row = "".join(f'<a href="/a-post/?page={n}"><span>{n}</span></a> ' for n in (2, 3))
    made = article(
        f"<html><body><article><h1>A post</h1>{fill}</article><div>{row}</div></body></html>",
        url="https://blog.example/a-post/",
    )
    assert made.pages == ("https://blog.example/a-post/?page=2", "https://blog.example/a-post/?page=3")


@pytest.mark.parametrize(
    "row",
    [
        '<div class="comment-navigation"><a href="/a-post/?page=2">2</a></div>',
        '<a href="/a-post/?page=2#comments">2</a>',
        '<a href="/a-post/?page=1">2</a>',
        '<a href="/a-post/1/">1</a> <a href="/a-post/2/">2</a> <a href="/a-post/3/">3</a>',
        '<a href="/other/2/">2</a>',
        '<a href="#2">2</a>',
        '<a href="/a-post/2/">two</a>',
    ],
    ids=["comments", "to comments", "counted from nought", "contents", "elsewhere", "notes", "a word"],
)
def test_numbers_that_are_no_pages(article, fill, row):
    """Pages of comments, tables of contents and notes are no further pages of a post."""
    made = article(
        f"<html><body><article><h1>A post</h1>{fill}</article><div>{row}</div></body></html>",
        url="https://blog.example/a-post/",
    )
    assert made.pages == ()


def test_listings_have_no_parts(article, fill):
    """The pages of a listing are not parts of a post."""
    made = article(
        '<html><head><meta name="generator" content="WordPress"><link rel="next" href="/category/x/page/2/"></head>'
        f'<body class="archive category">{fill}<a href="/category/x/2/">2</a></body></html>',
        url="https://blog.example/category/x/",
    )
    assert made.pages == ()


def test_numbered_posts_are_no_pages(article, fill):
    """Posts with numbers for names, each linked to the one before and after, are posts."""
    made = article(
        '<html><head><title>Fifty-seven</title><link rel="prev" href="/archives/56"><link rel="next"'
        f' href="/archives/58"></head><body><article><h1>Fifty-seven</h1>{fill}</article></body></html>',
        url="https://blog.example/archives/57",
    )
    assert made.pages == ()
    assert "further_page" not in made.flags


# --- one article of all ---


def page(*paragraphs: str, title: str = "A post", **fields: object) -> Article:
    """Return the article of one page."""
    text = "\n\n".join(paragraphs)
    made = Article("post", ("body.single",), "wordpress", "wordpress/1", title, text, text)
    return replace(made, **fields)  # type: ignore[arg-type]


INTRO = "This long report first stood in three numbers of a paper that is no more."
NOTE = "The author lives in Ribe and writes on mosses."
PARTS = [
    ("The first winter was mild, and the ships came until Christmas.", "Then it froze."),
    ("The second winter was longer, and nobody came at all.", "We ate what there was."),
    ("The third winter I remember best, because it was the last.", "After that we left."),
]


def test_paragraphs_in_order():
    """The text and the Markdown of all pages stand one after the other, each paragraph once."""
    made = join(page(*PARTS[0], pages=pages(2, 3)), [page(*PARTS[1], pages=pages(3)), page(*PARTS[2])])
    assert made.text.split("\n\n") == [x for part in PARTS for x in part]
    assert made.markdown == made.text
    assert made.flags == ()


def test_what_every_page_repeats():
    """An introduction stands once at the beginning, a note below every page once at the end."""
    made = join(page(INTRO, *PARTS[0], NOTE), [page(INTRO, *PARTS[1], NOTE), page(INTRO, *PARTS[2], NOTE)])
    assert made.text.split("\n\n") == [INTRO, *(x for part in PARTS for x in part), NOTE]


def test_introduction_of_two_pages():
    """An introduction that both of two pages have stands once, and what an author says twice in between stays."""
    first, second = (INTRO, PARTS[0][0], "So it goes.", PARTS[0][1]), (INTRO, PARTS[1][0], "So it goes.", PARTS[1][1])
    made = join(page(*first), [page(*second)])
    assert made.text.split("\n\n") == [*first, *second[1:]]


def test_titles_and_ways_on_are_left_out():
    """The title, the title with a page's number, and lines that lead to other pages are not repeated."""
    made = join(
        page(*PARTS[0], "Continue on the next page"),
        [page("A post \u2013 Page 2", *PARTS[1], "Page 2 of 3"), page("A post", *PARTS[2], "Pages: 1 2 3")],
    )
    lines = [x for part in PARTS for x in part]
    assert made.text.split("\n\n")[-4:] == lines[-4:]
    assert "of 3" not in made.text
    assert "A post" not in made.text


def test_a_page_that_is_the_first_again():
    """A server that answers for a missing page with the first one adds nothing."""
    first = page(*PARTS[0])
    assert join(first, [first]).text == first.text


def test_code_stays_whole():
    """A block of code with empty lines in it is one block, whatever it has in common with other pages."""
    code = "```python\nx = 1\n\n\ny = 2\n```"
    made = join(page("One.", markdown=f"One.\n\n{code}"), [page("Two.", markdown=f"Two.\n\n{code}\n\nEnd.")])
    assert made.markdown == f"One.\n\n{code}\n\nTwo.\n\n{code}\n\nEnd."


def test_links_images_comments_and_terms():
    """Images, links, terms and comments are those of all pages, each once and in order."""
    one, two = Image("https://blog.example/1.png"), Image("https://blog.example/2.png")
    link, other = Anchor("https://a.example/", "a"), Anchor("https://b.example/", "b")
    said = [PageComment(f"comment-{n}", None, "Ann", None, f"2019-03-0{n}", "Yes.", None) for n in (1, 2)]
    made = join(
        page(*PARTS[0], images=(one,), links=(link,), tags=("x",), comments=(said[0],), comments_expected=2),
        [page(*PARTS[1], images=(one, two), links=(link, other), tags=("x", "y"), comments=tuple(said))],
    )
    assert (made.images, made.links, made.tags) == ((one, two), (link, other), ("x", "y"))
    assert made.comments == tuple(said)
    assert made.comments_expected == 2


def test_the_rating_on_the_last_page():
    """The review of the first page stays, with the rating that a later page gives."""
    book = Review(ReviewItem("Salt", creator="Ada Brandt"), source="title")
    rated = Review(ReviewItem("Salt"), Rating(4, 5), "text")
    assert join(page(*PARTS[0], review=book), [page(*PARTS[1], review=rated)]).review == replace(
        book, rating=Rating(4, 5)
    )
    assert join(page(*PARTS[0]), [page(*PARTS[1], review=rated)]).review == rated


def test_flags_of_a_whole_post():
    """With all pages there the post is whole; what was said of a page's length is said of the whole."""
    first = page(*PARTS[0], pages=pages(2, 3), flags=("first_page_only", "short_text"))
    rest = [
        page(*PARTS[1], pages=pages(3), flags=("further_page", "short_text")),
        page(*PARTS[2] * 9, flags=("deep",)),
    ]
    assert join(first, rest).flags == ("deep",)
    assert join(first, rest).simhash not in (None, first.simhash)
    assert join(first, rest).pages == pages(2, 3)


@pytest.mark.parametrize(
    "rest",
    [
        [],
        [page(*PARTS[1], pages=pages(3))],
        [page(*PARTS[1], pages=pages(3)), page("Log in", flags=("login_wall",))],
        [page(*PARTS[1]), page(*PARTS[2], pages=pages(4))],
    ],
    ids=["none", "one of two", "a wall", "there is more"],
)
def test_flags_of_a_post_with_pages_missing(rest):
    """A post of which a page could not be had says so, and has the words of those that are there."""
    first = page(*PARTS[0], pages=pages(2, 3), flags=("first_page_only",))
    made = join(first, rest)
    assert "first_page_only" in made.flags
    assert "Log in" not in made.text
    assert made.text.startswith(first.text)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("abcde", min_size=3, max_size=6), unique=True, min_size=1), st.data())
def test_pages_that_have_nothing_in_common(words, data):
    """Of pages that share nothing, every paragraph stands in the whole once and in its place."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(words)), max_size=4)))
    every = [page(*words[a:b]) for a, b in zip([0, *cuts], [*cuts, len(words)], strict=True)]
    assert join(every[0], every[1:]).text == "\n\n".join(words)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.text("ab \n*`~#>1", max_size=20), max_size=6), min_size=1, max_size=5))
def test_any_pages(texts):
    """Whatever pages hold, nothing is added to it, and it is joined the same way twice."""
    every = [page(*paragraphs) for paragraphs in texts]
    made = join(every[0], every[1:])
    assert made == join(every[0], every[1:])
    known = {line for a in every for line in a.text.split("\n")}
    assert set(made.text.split("\n")) <= known | {""}
