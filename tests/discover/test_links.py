"""Links in pages: posts perhaps, lists of posts, traps, and what is no page."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.discover.links import Budget, classify, is_paging, page_links

ROOT = "https://example.org/"
KINDS = {
    *("post", "listing", "outside", "again", "long", "repeated", "session", "calendar", "comment_page", "feed"),
    *("asset", "attachment", "search", "login", "service"),
}


@pytest.mark.parametrize(
    ("kind", "addresses"),
    [
        (
            "post",
            "/2020/01/02/a-post/ /a-post /?p=7 /posts/a-post.html /blog/a-post /archive/a-post /2020/01/a-post.html "
            "/all/the/kings/men /sharepoint-tips /a-page-in-my-diary /commentary /tagged-for-life /19840 /feedback "
            "/1a/2a/3a/4a/5a/6a/7a/8a/9a/10/11/12 /a/b/a/b /2011/11/11/11-11 /?q=node/12 /?page_id=3&lang=de "
            "/a?lang=de /de/a-post /index.php/2020/01/a-post /article.php?id=7&cat=3 /?page=about "
            "/@zoe/a-post-0a1b2c /p/a-post /post/123456/a-post /1815/06/18/waterloo "
            "/kalender/1-dezember /events/listening-party /calendar-girls",
        ),
        (
            # below a date stand posts, whatever word their name is
            "post",
            "/2020/01/02/search/ /2020/01/tags.html /2020/01/02/login /2020/01/02/news/ /2020/01/embed "
            "/category/2020/01/a-post /2035/01/02/a-post /a-name-of-words/2020/01/02/ /a-post/index.html "
            "/posts/node.js/ /a-name-of-words?label=x",
        ),
        (
            "listing",
            "/page/2/ /?paged=2 /category/tea/ /tag/tea /tags/ /author/zoe/ /label/x /2020/ /2020/01/ /2020/01/02/ "
            "/archive/ /archives.html /blog/ /posts /articles/ /series/ /index_2.html /page2 /topics/tea "
            "/?updated-max=2020-01-01 /search?updated-max=2020-01-01&max-results=7 /search/label/tea /tag/search "
            "/?cat=3 /?author=1 /?m=202001 /?m=2020 /?year=2020&monthnum=1&day=2 /blog?tag=tea /blog?page=2 "
            "/tagged/tea /2020/01/page/2/ /2020/01/index.html /?query-0-page=3 /tag/login/page/2",
        ),
        (
            "listing",
            "/categoria/te /categorie/the/ /kategorie/tee /kategori/te /rubrik/tee /rubrique/the/ /etiqueta/te "
            "/schlagwort/tee/ /tema/te /mot-cle/the /etiket/cay /auteur/zoe /autor/zoe /autore/zoe /forfatter/zoe "
            "/%D1%80%D1%83%D0%B1%D1%80%D0%B8%D0%BA%D0%B0/x /pagina/2 /seite/2/ /blog/p%C3%A1gina/3 "
            "/archivo/ /archiv.html",
        ),
        (
            "again",
            "/ /index.html /index.php?replytocom=7 /a-post/?share=twitter /a-post?m=1 /a?print /?preview=true&p=7 "
            "/a?_wpnonce=1 /a?amp=1 /shop?orderby=price /a?like_comment=7 /a?showComment=1577836800000 /a-post/amp/ "
            "/a-post/embed/ /a-post/print/ /print/12 /a-post.amp.html /a?format=pdf /shop?sort_by=price /?fbclid=1",
        ),
        (
            "asset",
            "/a.png /a.JPG /style.css /a.pdf /podcast/1.mp3 /robots.txt /data.json /a.tar.gz /b%2Ejpg /sitemap.xml",
        ),
        (
            "feed",
            "/feed/ /a-post/feed/ /comments/feed/ /atom/ /feed.xml /index.xml /feeds/posts/default /tag/tea/feed/ "
            "/?feed=rss2 /blog?format=rss /2020/01/feed/ /tag/tea.rss /feed/atom/ /rss.htm /a/feed/podcast",
        ),
        (
            "service",
            "/wp-admin/ /wp-json/wp/v2/posts /xmlrpc.php /cart/ /a-post/trackback/ /cdn-cgi/l/email-protection "
            "/comment/reply/12 /.well-known/webfinger",
        ),
        ("login", "/wp-login.php /login /signup /user/register /log-in/ /account/ /subscribe"),
        ("search", "/?s=tea /search/tea /search /search?q=tea /?q=tea /suche/tee /?searchword=tea&page=2"),
        ("attachment", "/?attachment_id=7 /attachment/picture/ /2020/01/02/a-post/attachment/picture"),
        (
            "comment_page",
            "/a-post/comment-page-2/ /a-post/comment-page-2#comments /?p=7&cpage=2 /a.html?commentPage=2 "
            "/p/a-post/comments /p/a-post/comment/123 /a-post/kommentar-seite-2",
        ),
        (
            "calendar",
            "/?cal_month=3 /?cal_day=3&cal_year=2031 /?ical=1 /events/?tribe-bar-date=2031-01-01 /a?date=2020-01-02 "
            "/events/month/ /events/2031-05/ /calendar/2031/05/ /kalender/2031-05-01 /calendar/action~month/ "
            "/calendar/12/ /2199/05/ /blog/1066/10/14/ /?m=219901 /?year=2199&monthnum=1 /?page_id=5&yr=2031&dy=1 "
            "/a?eventDisplay=month",
        ),
        ("session", "/a?sid=0a1b2c3d4e5f6a7b8c /?session_id=abcdef0123456789 /a?SESSION=1234567890123456z"),
        ("repeated", "/a/b/a/b/a/b /x/x/x /a/x/b/x/c/x /1/1/1/1 /a?b=1&b=1 /a?b=1&b=2&b=3"),
        ("long", f"/1/2/3/4/5/6/7/8/9/10/11/12/13 /{'a' * 2000} /a?b={'c' * 2000}"),
        ("outside", "https://example.net/a https://sub.example.org/ https://example.org:8080/ https://example.orgs/"),
    ],
)
def test_classify(kind, addresses):
    """An address alone tells what it leads to, or why it is not followed."""
    for address in addresses.split():
        url = address if "://" in address else f"https://example.org{address}"
        assert (address, classify(url, ROOT)) == (address, kind)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://example.org/diary/a-post", "post"),
        ("https://www.example.org/diary/a-post", "post"),
        ("https://example.org/diary/", "again"),
        ("https://example.org/diary", "outside"),
        ("https://example.org/diaryland/a", "outside"),
        ("https://example.org/", "outside"),
        ("https://example.org/diary/index.html", "again"),
        ("https://example.org/diary/feed/", "feed"),
    ],
)
def test_blog_in_a_folder(url, kind):
    """What lies beside the folder of a blog is not of the blog."""
    assert classify(url, "https://example.org/diary/") == kind


@pytest.mark.parametrize("folder", ["search", "tag", "2020/01", "feed", "print", "page", "a/a/a"])
def test_the_folder_of_a_blog_is_no_word(folder):
    """Where a blog lives says nothing about what its links lead to."""
    root = f"https://example.org/{folder}/"
    assert [classify(root + path, root) for path in ("a-post", "tag/tea", "feed/")] == ["post", "listing", "feed"]


@pytest.mark.parametrize("country", ["de", "co.uk", "com.au"])
def test_countries_of_blogger_are_one_blog(country):
    """A blog of Blogger is itself under every country's domain."""
    assert classify(f"https://name.blogspot.{country}/2020/01/a-post.html", "https://name.blogspot.com/") == "post"


def test_what_is_no_address():
    """What is no web address can't be judged."""
    with pytest.raises(ValueError, match="web address"):
        classify("mailto:me@example.org", ROOT)


def test_page_links():
    """The links of a page come absolute, once each, in order, sorted into posts and lists; the rest is counted."""
    html = """<base href="https://example.org/2020/">
    <nav><a href="/page/2/">Older</a><a href="/feed/">RSS</a><a href="/">Home</a></nav>
    <a href="a">A</a><a href="../b?utm_source=x#more">B</a><a href="https://example.org/2020/a#comments">A again</a>
    <a href="https://example.net/">Elsewhere</a><a href="//example.com/">There</a><a href="mailto:a@b">Mail</a>
    <a href="javascript:void(0)">Script</a><a name="x">No link</a><a href="http://[">Broken</a>"""
    links = page_links("https://example.org/2019/x", html, ROOT)
    assert links.posts == ("https://example.org/2020/a", "https://example.org/b")
    assert links.listings == ("https://example.org/page/2/",)
    assert links.dropped == {"feed": 1, "again": 1, "outside": 2}


@pytest.mark.parametrize("html", ["", "no markup", "\0", "<a name=x>"])
def test_no_links(html):
    """A page without links has none."""
    assert (links := page_links(ROOT + "a", html, ROOT)).posts == links.listings == ()


@given(st.text(), st.text(max_size=10))
def test_any_page(html, base):
    """Whatever the page is, its links are read, and none is given twice."""
    links = page_links(ROOT, f"<base href='{base}'><a href='{html}'>x</a>{html}", ROOT)
    assert len({*links.posts, *links.listings}) == len(links.posts) + len(links.listings)


@given(st.text("/?&=.-%[]+~ab1256sdpm", max_size=60))
def test_any_address(text):
    """Every address has one kind or reason, and its further forms have the same."""
    kind = classify(ROOT + text, ROOT)
    assert kind in KINDS
    assert classify(f"http://www.example.org/{text}#x", ROOT) == kind


@pytest.mark.parametrize(
    "piece",
    ["/calendar", "/2020/01", "/a/comments", "/page/1", "/feed", "%2F", "/comment-page-", "/index", "/tag", "/rubri"],
)
@pytest.mark.usefixtures("must_end")
def test_hostile_addresses_have_an_answer(piece):
    """The longest address of whatever pieces is judged, alone and in a budget."""
    for url in (f"https://example.org/{piece * (n // len(piece))}" for n in (1900, 8000)):
        assert classify(url, ROOT) in KINDS
        is_paging(url)
        budget = Budget()
        budget.may_follow(url, "listing")
        budget.outcome(url, False)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/page/2/", True),
        ("/tag/tea/page/3", True),
        ("/page2", True),
        ("/index_3.html", True),
        ("/?paged=2", True),
        ("/search?updated-max=2020", True),
        ("/?start=10", True),
        ("/seite/2/", True),
        ("/p%C3%A1gina/2", True),
        ("/index_3.html?lang=de", True),
        ("/?page=about", False),
        ("/page/2020-review", False),
        ("/page2020review", False),
        ("/tag/tea/", False),
        ("/2020/01/", False),
        ("/a-page", False),
    ],
)
def test_is_paging(address, expected):
    """A further page of a list is told from a list."""
    assert is_paging(f"https://example.org{address}") is expected


# --- the budget -----------------------------------------------------------------------------------------


class Crawl:
    """A crawl along links alone: `site` says what an address holds, as (kind of page, links to posts, to lists)."""

    def __init__(self, site: Callable[[str], tuple[bool, Iterable[str], Iterable[str]]], wave: int = 50) -> None:
        self.site, self.wave = site, wave
        self.budget = Budget()
        self.posts: set[str] = set()
        self.fetched: list[str] = []
        self.refused: Counter[str] = Counter()
        self._seen: set[str] = set()

    def run(self, *start: str, most: int = 100_000) -> Self:
        """Follow links in waves, lists before posts, until there are none or `most` pages were fetched."""
        waiting: dict[str, deque[str]] = {"listing": deque(start), "post": deque()}
        while (waiting["listing"] or waiting["post"]) and len(self.fetched) < most:
            kind = "listing" if waiting["listing"] else "post"
            wave = [waiting[kind].popleft() for _ in range(min(self.wave, len(waiting[kind])))]
            for url in [url for url in wave if self._may_follow(url, kind)]:
                is_post, posts, lists = self.site(url)
                self.fetched.append(url)
                new = [link for link in posts if link not in self._seen]
                followed = [link for link in new if self.budget.may_follow(link, "post") is None]
                self.posts |= {url} if is_post else set()
                self.budget.outcome(url, bool(followed) if kind == "listing" else is_post)
                further = [link for link in lists if link not in self._seen]
                self._seen.update(new, further)
                waiting["post"].extend(new)
                waiting["listing"].extend(further)
        return self

    def _may_follow(self, url: str, kind: str) -> bool:
        reason = self.budget.may_follow(url, kind)
        self.refused[reason or "none"] += 1
        return reason is None


def number_of(url: str) -> int:
    """Return the last number in an address, 1 if there is none."""
    return int((re.findall(r"\d+", url) or ["1"])[-1])


def test_a_long_blog_is_walked_whole():
    """Ten thousand posts that only /page/2 … /page/1000 name are all found, and nothing is refused."""

    def site(url):
        if "/page/" not in url and url != ROOT:
            return True, (), ()
        n = number_of(url)
        posts = [f"https://example.org/{2000 + i // 500}/{i % 12 + 1:02}/post-{i}/" for i in range(10 * n - 10, 10 * n)]
        return False, posts, (f"https://example.org/page/{n + 1}/",) if n < 1000 else ()

    crawl = Crawl(site).run(ROOT)
    assert len(crawl.posts) == 10_000
    assert set(crawl.refused) == {"none"}


@pytest.mark.parametrize("form", ["https://example.org/post-{}", "https://example.org/?p={}", "https://example.org/{}"])
def test_a_blog_of_links_to_the_last_post_is_walked_whole(form):
    """Posts that only their neighbours name are all found, though each names four pages beside them."""

    def site(url):
        if url == ROOT:
            return False, (form.format(2000),), ()
        if "extra" in url:
            return False, (), ()
        n = number_of(url)
        return True, [form.format(n - 1), *(f"{form.format(n)}-extra-{i}" for i in range(3))] if n else (), ()

    crawl = Crawl(site).run(ROOT)
    assert len([url for url in crawl.posts if "extra" not in url]) == 2001


def test_a_list_of_many_posts_is_one_wave():
    """An archive page that names thousands of posts at once costs none of them."""
    posts = [f"https://example.org/{i}" for i in range(5000)]
    crawl = Crawl(lambda url: (True, (), ()) if url != ROOT else (False, posts, ()), wave=5000).run(ROOT)
    assert len(crawl.posts) == 5000


@pytest.mark.parametrize(
    ("way", "most"),
    [
        ("https://example.org/page/{}/", 30),
        ("https://example.org/tag/tea/page/{}/", 30),
        ("https://example.org/?paged={}", 30),
        ("https://example.org/tag/x{}/", 200),
        ("https://example.org/tag/x{}/page/2/", 200),
        ("https://example.org/?archive={}", 200),
        ("https://example.org/archive/2020-{}-1/", 200),
    ],
)
def test_endless_lists_end(way, most):
    """Lists that go on for ever and name nothing new are left."""
    numbers = count(1)
    crawl = Crawl(lambda _: (False, (), (way.format(next(numbers)),))).run(way.format(0))
    assert len(crawl.fetched) == most
    assert crawl.refused["nothing_new"] == 1


def test_endless_dates_end_even_if_they_bring_something():
    """Lists by date are not followed for ever, whatever they name."""

    def site(url):
        year, month, day = map(int, re.findall(r"\d+", url))
        following = datetime(year, month, day, tzinfo=UTC) + timedelta(1)
        return False, (f"{url}a-post",), (f"https://example.org/{following:%Y/%m/%d}/",)

    budget, url, asked = Budget(), "https://example.org/1990/01/01/", 0
    while budget.may_follow(url, "listing") is None:
        budget.outcome(url, True)
        url = site(url)[2][0]
        asked += 1
    assert (budget.may_follow(url, "listing"), asked) == ("calendar", 5000)


@pytest.mark.parametrize("folders", [0, 1, 2])
@pytest.mark.parametrize("real", [0, 40])
def test_random_words_end(folders, real):
    """Pages that link to ten more of random words each, and are no posts, are left.

    The blog's own posts are not, but for the last ones if their addresses look the same.
    """
    random = Random(7)
    posts = [f"https://example.org/real-{i}" for i in range(real)]

    def site(url):
        words = ["/".join(f"x{random.getrandbits(40):x}" for _ in range(folders + 1)) for _ in range(10)]
        junk = [f"https://example.org/{word}" for word in words]
        return url in posts, [*junk, *(random.sample(posts, 3) if real else ())], ()

    crawl = Crawl(site).run(ROOT, most=20_000)
    assert len(crawl.posts) == real if folders else len(crawl.posts) >= 0.7 * real
    assert len(crawl.fetched) < (150 if folders == 0 else 1100) + 5 * real
    assert crawl.refused["trap"]


def test_a_trap_beside_the_blog_costs_the_blog_nothing():
    """A folder in which no page is a post is closed; the posts of the same form in another folder are not."""
    budget = Budget()
    for i in range(2000):
        url = f"https://example.org/shop/{i}"
        if budget.may_follow(url, "post") is None:
            budget.outcome(url, False)
    assert budget.may_follow("https://example.org/shop/x", "post") == "trap"
    assert budget.may_follow("https://example.org/blog/x", "post") is None
    assert budget.may_follow("https://example.org/shop/x", "listing") is None


def test_a_closed_family_opens_again():
    """What is still under way when a family is closed may open it."""
    budget = Budget()
    for i in range(100):
        budget.outcome(f"https://example.org/a-{i}", False)
    assert budget.may_follow("https://example.org/b", "post") == "trap"
    budget.outcome("https://example.org/c", True)
    assert budget.may_follow("https://example.org/b", "post") is None


def test_the_budget_takes_little_memory():
    """However many families a hostile site makes, few are told apart, and the others share one account."""
    budget = Budget()
    for i in range(30_000):
        budget.outcome(f"https://example.org/?x{i}=1", True)
    assert len(budget._tallies) < 20_100
    for i in range(30_000, 31_000):
        budget.outcome(f"https://example.org/?x{i}=1", False)
    assert budget.may_follow("https://example.org/?new=1", "post") == "trap"
