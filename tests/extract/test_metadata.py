"""Each fact about a post comes from whoever is nearest to its author."""

from __future__ import annotations

import pytest

from archiver.extract.dates import iso
from archiver.extract.language import detect
from archiver.extract.metadata.authors import name_of
from archiver.extract.metadata.title import without_site
from archiver.models import Hints, Person

JSON_LD = """<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebSite","@id":"/#w",
"name":"The Blog"},{"@type":"BlogPosting","headline":"Salt &amp;
Ice","datePublished":"2019-03-04T08:00:00+01:00","dateModified":
"2019-03-05T08:00:00+01:00","author":{"@id":"/#mona"},"license":"https://creativecommons.org/licenses/by/4.0/",
"keywords":"sea, ice"},
{"@type":"Person","@id":"/#mona","name":"Mona Lind","url":"/mona"}]}</script>"""


def test_json_ld(article, fill):
    """JSON-LD gives author by reference, dates, licence and keywords."""
    made = article(f"<html><head>{JSON_LD}</head><body><article>{fill}</article></body></html>")
    assert made.title == "Salt & Ice"
    assert made.authors == (Person("Mona Lind", "https://blog.example/mona"),)
    assert (made.date_published, made.date_modified) == (
        "2019-03-04T08:00:00+01:00",
        "2019-03-05T08:00:00+01:00",
    )
    assert (made.date_source, made.site_name) == ("json-ld", "The Blog")
    assert made.license == "https://creativecommons.org/licenses/by/4.0/"
    assert made.tags == ("sea", "ice")


def test_broken_json_ld(article, fill):
    """JSON-LD that cannot be read is passed over."""
    made = article(
        f'<html><head><script type="application/ld+json">{{"@type": [</script></head><body>{fill}</body></html>'
    )
    assert made.authors == ()


def test_microdata_and_microformats(article, fill):
    """Microdata and microformats give author and day."""
    made = article(
        f"""<html><body><article class="h-entry" itemscope itemtype="https://schema.org/BlogPosting"><h1
class="p-name">Ice</h1>
        <span itemprop="author" itemscope><span class="p-author" itemprop="name">By Mona
Lind</span></span><time class="dt-published"
        datetime="2019-03-04" itemprop="datePublished">4 March</time><div
class="e-content">{fill}</div></article></body></html>"""
    )
    assert made.authors == (Person("Mona Lind", None),)
    assert (made.date_published, made.date_source) == ("2019-03-04", "time")
    assert made.title == "Ice"


def test_hints_first(article, fill):
    """What an API said of the post goes before what the page says."""
    hints = Hints(
        title="Salt",
        authors=(Person("Bo"),),
        published="2018-01-01T00:00:00Z",
        tags=("a",),
        categories=("b",),
        comments=4,
    )
    made = article(f"<html><head>{JSON_LD}</head><body><article>{fill}</article></body></html>", hints=hints)
    assert (made.title, made.authors, made.tags, made.categories) == ("Salt", (Person("Bo"),), ("a",), ("b",))
    assert (made.date_published, made.date_source) == ("2018-01-01T00:00:00+00:00", "api")
    assert made.comments_expected == 4


def test_htmldate_last(article, fill):
    """A date that only stands in the text of the page is found last, and marked so."""
    made = article(
        f"<html><body><p>Posted: 4 March 2019</p><h1>Ice</h1>{fill}</body></html>",
        url="https://blog.example/ice",
    )
    assert (made.date_published, made.date_source) == ("2019-03-04", "htmldate")


def test_no_commenter_as_author(post, fill):
    """A commenter is never the author."""
    made = post(
        fill,
        after='<div id="comments"><ol><li id="comment-1" class="comment"><div class="comment-author'
        ' vcard author">'
        '<b class="fn">Ann Other</b></div><div class="comment-content"><p>Hello.</p></div></li></ol></div>',
    )
    assert made.authors == ()


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("Salt & Ice | The Blog", "Salt & Ice"),
        ("The Blog \u2013 Salt", "Salt"),
        ("The Blog: Salt", "Salt"),
        ("Salt: a history", "Salt: a history"),
        ("Salt - Ice", "Salt - Ice"),
        ("Salt \u00ab The Blog", "Salt"),
    ],
)
def test_site_name_off(title, bare):
    """The site's name goes, before or behind; a part of the title stays."""
    assert without_site(title, "The Blog", "https://blog.example/salt") == bare


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("By Mona Lind", "Mona Lind"),
        ("Posted by Mona", "Mona"),
        ("Von Mona Lind", "Mona Lind"),
        ("View all posts by Mona", None),
        ("View all of Mona's posts.", None),
        ("Mona Lind | March 4", "Mona Lind"),
        ("", None),
        ("admin", None),
    ],
)
def test_names(line, name):
    """A byline is a name without what stands around it."""
    assert name_of(line) == name


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2019-03-04", "2019-03-04"),
        ("2019-03-04T08:05:06.123+0100", "2019-03-04T08:05:06+01:00"),
        ("2019-03-04 08:05", "2019-03-04T08:05:00"),
        ("Mon, 04 Mar 2019 08:05:06 GMT", "2019-03-04T08:05:06+00:00"),
        ("March 4th, 2019 at 8 am", "2019-03-04"),
        ("4. März 2019 um 8 Uhr", "2019-03-04"),
        ("4 de marzo de 2019", "2019-03-04"),
        ("4 марта 2019", "2019-03-04"),
        ("2019年3月4日", "2019-03-04"),
        ("04.03.2019", "2019-03-04"),
        ("3/4/2019", None),
        ("25/4/2019", "2019-04-25"),
        ("2019-13-45", None),
        ("soon", None),
        ("", None),
    ],
)
def test_dates(written, read):
    """Dates as pages write them; one that two countries read differently is none."""
    assert iso(written) == read


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        (
            "Я прочитала эту книгу",
            "en",
            "ru",
        ),
        (
            "Я прочитала эту книгу",
            "uk",
            "uk",
        ),
        ("قرأت هذا الكتاب", "en", "ar"),
        ("この本を読みました", "en", "ja"),
        ("我读了这本书很好看", "en", "zh"),
        (
            "Jeg læste bogen på to aftener, og det er en af de bedste, som jeg har læst i år. Der er"
            " ikke et ord for meget i den,"
            " og man kan mærke, at hun har været der.",
            "en",
            "da",
        ),
        (
            "Some words that are English, in which the page and the text agree as they should, for once and for all.",
            "en",
            "en",
        ),
        ("Too short.", None, None),
    ],
)
def test_language(text, declared, language):
    """The text's script and commonest words go before the page's word, unless they are unsure."""
    assert detect(text, declared) == language


@pytest.mark.parametrize(
    ("body_class", "head", "url", "kind"),
    [
        ("single single-post", "", "https://blog.example/a", "post"),
        ("page-template page page-id-2", "", "https://blog.example/about", "page"),
        ("archive category", "", "https://blog.example/category/x/", "listing"),
        ("home blog", "", "https://blog.example/", "listing"),
        ("attachment single single-attachment", "", "https://blog.example/a/image/", "listing"),
        (
            "",
            '<meta property="article:published_time" content="2019-03-04">',
            "https://blog.example/a",
            "post",
        ),
        ("", "", "https://blog.example/a", "unknown"),
    ],
)
def test_kind(article, fill, body_class, head, url, kind):
    """The page's own evidence says what it is."""
    made = article(
        f'<html><head><meta name="generator" content="WordPress">{head}</head><body'
        f' class="{body_class}">{fill}</body></html>',
        url=url,
    )
    assert made.kind == kind
    assert bool(made.markers) == (kind != "unknown")


def test_usage(article, fill):
    """Wishes about use are recorded from header fields and meta elements."""
    made = article(
        f'<html><head><meta name="robots" content="index, noarchive"><meta name="tdm-reservation"'
        f' content="1"></head><body>{fill}</body></html>',
        headers=(
            ("x-robots-tag", "noai, noimageai"),
            ("tdm-policy", "https://blog.example/p"),
            ("content-usage", "train-ai=n"),
        ),
    )
    assert made.usage.robots_meta == ["index, noarchive"]
    assert made.usage.x_robots == ["noai, noimageai"]
    assert (made.usage.noarchive, made.usage.noai) == (True, True)
    assert (made.usage.tdm_reservation, made.usage.tdm_policy) == ("1", "https://blog.example/p")
    assert made.usage.content_usage == "train-ai=n"


def test_a_feed_does_not_make_tags_of_categories(post, fill):
    """What only a feed names is a tag, unless the page files the post under it; an API is believed as it is."""
    page = f'{fill}<p class="cat-links"><a href="/c" rel="category tag">Life</a></p>'
    assert post(page).categories == ("Life",)
    tags = [post(page, hints=Hints(tags=("Life", "Tea"), source=source)).tags for source in ("feed", "api")]
    assert tags == [("Tea",), ("Life", "Tea")]


def test_a_static_generator_is_named(article, fill):
    """The platform is the generator that made the page, though one set of rules serves many."""
    page = f'<meta name="generator" content="Pelican"><article class="post-content">{fill}</article>'
    assert article(page).platform == "pelican"
    assert article(page).rules.startswith("static/")
