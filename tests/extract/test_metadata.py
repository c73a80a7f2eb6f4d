"""Each fact about a post comes from whoever is nearest to its author."""

from __future__ import annotations

import pytest

from archiver.extract.dates import iso
from archiver.extract.language import detect
from archiver.extract.metadata import name_of, without_site
from archiver.models import Hints, Person

JSON_LD = """<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebSite","@id":"/#w",
"name":"The Blog"},{"@type":"BlogPosting","headline":"Salt &amp; Ice","datePublished":"2019-03-04T08:00:00+01:00","dateModified":
"2019-03-05T08:00:00+01:00","author":{"@id":"/#mona"},"license":"https://creativecommons.org/licenses/by/4.0/","keywords":"sea, ice"},
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
        f"""<html><body><article class="h-entry" itemscope itemtype="https://schema.org/BlogPosting"><h1 class="p-name">Ice</h1>
        <span itemprop="author" itemscope><span class="p-author" itemprop="name">By Mona Lind</span></span><time class="dt-published"
        datetime="2019-03-04" itemprop="datePublished">4 March</time><div class="e-content">{fill}</div></article></body></html>"""
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
        after='<div id="comments"><ol><li id="comment-1" class="comment"><div class="comment-author vcard author">'
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
        ("4. M\u00e4rz 2019 um 8 Uhr", "2019-03-04"),
        ("4 de marzo de 2019", "2019-03-04"),
        ("4 \u043c\u0430\u0440\u0442\u0430 2019", "2019-03-04"),
        ("2019\u5e743\u67084\u65e5", "2019-03-04"),
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
            "\u042f \u043f\u0440\u043e\u0447\u0438\u0442\u0430\u043b\u0430 \u044d\u0442\u0443 \u043a\u043d\u0438\u0433\u0443",
            "en",
            "ru",
        ),
        (
            "\u042f \u043f\u0440\u043e\u0447\u0438\u0442\u0430\u043b\u0430 \u044d\u0442\u0443 \u043a\u043d\u0438\u0433\u0443",
            "uk",
            "uk",
        ),
        ("\u0642\u0631\u0623\u062a \u0647\u0630\u0627 \u0627\u0644\u0643\u062a\u0627\u0628", "en", "ar"),
        ("\u3053\u306e\u672c\u3092\u8aad\u307f\u307e\u3057\u305f", "en", "ja"),
        ("\u6211\u8bfb\u4e86\u8fd9\u672c\u4e66\u5f88\u597d\u770b", "en", "zh"),
        (
            "Jeg l\u00e6ste bogen p\u00e5 to aftener, og det er en af de bedste, som jeg har l\u00e6st i \u00e5r. Der er ikke et ord for meget i den,"
            " og man kan m\u00e6rke, at hun har v\u00e6ret der.",
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
    """The text's script and commonest words go before the page's word; when unsure, the page's word stands."""
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
        f'<html><head><meta name="generator" content="WordPress">{head}</head><body class="{body_class}">{fill}</body></html>',
        url=url,
    )
    assert made.kind == kind
    assert bool(made.markers) == (kind != "unknown")


def test_usage(article, fill):
    """Wishes about use are recorded from header fields and meta elements."""
    made = article(
        f'<html><head><meta name="robots" content="index, noarchive"><meta name="tdm-reservation" content="1"></head><body>{fill}</body></html>',
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
