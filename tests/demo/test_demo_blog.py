"""The demo blog: what its pages and surfaces answer, and that they all agree with `posts`."""

from __future__ import annotations

import json
import re
import socket
import struct
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPMessage
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from archiver.demo.model import Comment, Post, at, prose, squeeze
from archiver.demo.server import DemoBlog

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
VOID = {"area", "br", "hr", "img", "input", "link", "meta"}


class Answer(NamedTuple):
    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def xml(self) -> ET.Element:
        return ET.fromstring(self.body)


class Words(HTMLParser):
    """The text inside the elements of one class, without that of some other classes and tags."""

    def __init__(self, wanted: str, unwanted: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.wanted, self.unwanted = wanted, unwanted
        self.stack: list[tuple[str, list[str]]] = []
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.parts.append("\n")
        if tag not in VOID:
            self.stack.append((tag, (dict(attrs).get("class") or "").split()))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.stack.pop()[0] == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        classes = {name for _, names in self.stack for name in names}
        if self.wanted in classes and not classes.intersection(self.unwanted):
            self.parts.append(data)


def words(page: str, wanted: str, *unwanted: str) -> str:
    """The text of a class, white space squeezed; fails when tags do not nest."""
    parser = Words(wanted, unwanted)
    parser.feed(page)
    parser.close()
    assert not parser.stack, f"never closed: {parser.stack}"
    return squeeze("".join(parser.parts))


def ask(blog: DemoBlog, target: str, method: str = "GET", **headers: str) -> Answer:
    """One request on a connection of its own; a full address is asked for by its path."""
    if target.startswith("http"):
        assert target.startswith(blog.url)
        target = target[len(blog.url) - 1 :]
    connection = HTTPConnection("127.0.0.1", int(urlsplit(blog.url).port or 0), timeout=10)
    try:
        connection.request(method, target, headers={k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def locations(answer: Answer) -> list[str]:
    return [element.text or "" for element in answer.xml.iter(f"{SITEMAP}loc")]


def lastmod(blog: DemoBlog, post: Post) -> str:
    """The lastmod that the sitemap gives a post."""
    for entry in ask(blog, "/wp-sitemap-posts-post-1.xml").xml:
        if entry.findtext(f"{SITEMAP}loc") == blog.url + post.path[1:]:
            return entry.findtext(f"{SITEMAP}lastmod") or ""
    raise AssertionError(f"{post.path} is not in the sitemap")


@pytest.fixture
def blog() -> Iterator[DemoBlog]:
    with DemoBlog() as running:
        yield running


@pytest.fixture
def note() -> Post:
    return Post(
        id=900,
        slug="a-note",
        title="A <note> & “more”",
        author="A Guest",
        published=at("2024-06-01 10:00"),
        body=prose("Tea & cake, if 2 < 3.\n\nAn ]]> in the middle."),
        comments=(Comment(901, '<b>"Bold"</b>', at("2024-06-01 11:00"), "1 < 2 & 3", url='https://x.example/"'),),
    )


# --- the truth itself -------------------------------------------------------------------------------


def test_the_blog_has_the_posts_that_it_promises(blog: DemoBlog) -> None:
    """There are twelve posts by two authors, newest first, with their own paths, ids and comment ids."""
    posts = blog.posts
    assert len(posts) == 12
    assert len({post.author for post in posts}) == 2
    assert [post.published for post in posts] == sorted((p.published for p in posts), reverse=True)
    assert len({post.path for post in posts}) == len({post.id for post in posts}) == 12
    ids = [comment.id for post in posts for comment, _ in post.thread()]
    assert len(ids) == len(set(ids))
    assert {post.language for post in posts} == {"en-GB", "da-DK", "ru-RU"}
    assert max(post.comment_count for post in posts) >= 12


def test_every_comment_follows_what_it_answers(blog: DemoBlog) -> None:
    """No comment is older than its post or than the comment that it replies to."""
    for post in blog.posts:
        dates = {comment.id: comment.date for comment, _ in post.thread()}
        for comment, parent in post.thread():
            assert comment.date > (dates[parent] if parent else post.published)


# --- pages ------------------------------------------------------------------------------------------


def test_every_post_of_the_sitemap_is_served_whole(blog: DemoBlog) -> None:
    """Each post in the sitemap answers 200 and shows all its paragraphs, free of captions, once each."""
    addresses = locations(ask(blog, "/wp-sitemap-posts-post-1.xml"))
    assert addresses == [blog.url + post.path[1:] for post in blog.posts]
    for address, post in zip(addresses, blog.posts, strict=True):
        answer = ask(blog, address)
        assert answer.status == 200
        shown = words(answer.text, "entry-content", "wp-caption", "wp-element-caption", "wpcnt", "sharedaddy")
        for paragraph in post.paragraphs:
            assert squeeze(paragraph) in shown
        assert words(answer.text, "entry-title") == post.title
        assert words(answer.text, "byline") == f"by {post.author}"
        assert f'<html lang="{post.language}">' in answer.text
        assert f'datetime="{post.published.isoformat()}"' in answer.text
        assert f"single single-post postid-{post.id} " in answer.text


def test_a_post_wears_the_furniture_of_wordpress_com(blog: DemoBlog) -> None:
    """Around a post stand the buttons, prompts and notices that an extractor has to leave out."""
    post = next(post for post in blog.posts if post.comment_count > 5)
    page = ask(blog, post.path).text
    seen = words(page, "wp-embed-responsive")
    for phrase in (
        "Share this:",
        "Like this: Like Loading...",
        "Related",
        "Advertisements Report this ad",
        "Posted in",
        "Previous Post",
        "Next Post",
        "Recent Posts",
        "Archives",
        "Categories",
        "Blogroll",
        f"{post.comment_count} thoughts on “{post.title}”",
        "Add yours",
        "Leave a Reply Cancel reply",
        "Fill in your details below or click an icon to log in:",
        "You are commenting using your WordPress.com account.",
        "Connecting to %s",
        "Notify me of new comments via email.",
        "Already have a WordPress.com account? Log in now.",
        "This site uses cookies.",
        "Create a free website or blog at WordPress.com.",
        "Up ↑",
        "%d bloggers like this:",
    ):
        assert phrase in seen
    assert f"{post.path}?share=twitter" in page
    assert f"{post.path}?replytocom=" in page


def test_comments_are_threaded_as_in_the_truth(blog: DemoBlog) -> None:
    """Each comment stands below the one that it answers, with its author, date and text."""
    for post in blog.posts:
        page = ask(blog, post.path).text
        depth, parents, stack = 0, {}, [0]
        for close, opened in re.findall(r'(</ol>)|<ol class="children">|<li id="comment-(\d+)"', page):
            if opened:
                parents[int(opened)] = stack[depth] or None
                stack[depth + 1 :] = [int(opened)]
            elif close:
                depth = max(0, depth - 1)
            else:
                depth += 1
        assert parents == {comment.id: parent for comment, parent in post.thread()}
        shown = words(page, "comment-content", "comment-likes")
        names = words(page, "fn", "entry-meta", "entry-content")
        for comment, _ in post.thread():
            assert all(paragraph in shown for paragraph in comment.paragraphs)
            assert comment.author in names
            assert f'datetime="{comment.date.isoformat()}"' in page


def test_a_caption_stands_in_the_middle_of_a_sentence(blog: DemoBlog) -> None:
    """The review of the novel has a captioned figure inside a paragraph, which the truth reads past."""
    post = next(post for post in blog.posts if " by Agnes Tolliver" in post.title)
    page = ask(blog, post.path).text
    assert re.search(r'<p>Old Bartle \(one of <figure [^>]*class="wp-caption alignright">.*</figure> the', page)
    assert any("(one of the three ferrymen whose" in paragraph for paragraph in post.paragraphs)


def test_the_starred_review_says_so_twice(blog: DemoBlog) -> None:
    """One review shows stars in its text and the same rating in JSON-LD."""
    post = next(post for post in blog.posts if post.review)
    page = ask(blog, post.path).text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert found
    assert post.review
    data = json.loads(found[1])
    assert (data["@type"], data["itemReviewed"]["@type"]) == ("Review", "Book")
    assert data["itemReviewed"]["name"] == post.review.book
    assert data["itemReviewed"]["author"]["name"] == post.review.creator
    assert data["reviewRating"]["ratingValue"] == post.review.rating == 4
    assert any("★★★★☆" in paragraph for paragraph in post.paragraphs)


def test_trap_queries_serve_the_post_again(blog: DemoBlog) -> None:
    """?replytocom and ?share are the same post, with the plain address as canonical."""
    path = blog.posts[0].path
    plain = ask(blog, path)
    for query in ("?replytocom=290", "?share=twitter", "?like_comment=1"):
        again = ask(blog, path + query)
        assert (again.status, again.body) == (200, plain.body)
    assert f'<link rel="canonical" href="{blog.url}{path[1:]}" />' in plain.text


def test_the_home_page_ends(blog: DemoBlog) -> None:
    """Paging from the home page shows every post once, with teasers, and answers 404 past the end."""
    found: list[str] = []
    for number in range(1, 4):
        page = ask(blog, "/" if number == 1 else f"/page/{number}/").text
        found += re.findall(r'<h2 class="entry-title"><a href="([^"]+)"', page)
        assert "Continue reading" in page
    assert found == [blog.url + post.path[1:] for post in blog.posts]
    assert ask(blog, "/page/4/").status == ask(blog, "/page/0/").status == 404
    assert ask(blog, f"/page/{'9' * 5000}/").status == 404
    assert ask(blog, "/page/1/").headers["Location"] == blog.url


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/category/reviews/", 2),
        ("/tag/lists/", 2),
        ("/author/nadia-brodie/", 5),
        ("/2023/12/", 1),
        ("/2024/", 5),
        ("/2024/02/24/", 1),
        ("/category/%D0%BF%D0%BE-%D1%80%D1%83%D1%81%D1%81%D0%BA%D0%B8/", 1),
        ("/?s=ferryman", 2),
    ],
)
def test_archives_list_their_posts(blog: DemoBlog, path: str, count: int) -> None:
    """Categories, tags, authors, dates and searches are lists of teasers, never single posts."""
    answer = ask(blog, path)
    assert answer.status == 200
    assert answer.text.count('class="entry-title"') == count
    assert "single-post" not in answer.text


def test_every_link_within_the_blog_leads_somewhere(blog: DemoBlog) -> None:
    """Whatever a page links to on the blog, images and the stylesheet included, is served."""
    waiting, seen = [blog.url], set()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = ask(blog, address)
        assert answer.status in {200, 301}, address
        if "html" in answer.headers["Content-Type"]:
            links = re.findall(r'(?:href|src)="([^"#]+)', answer.text)
            waiting += [link.replace("&amp;", "&") for link in links if link.startswith(blog.url)]
    assert len(seen) > 60


def test_the_page_about_is_no_post(blog: DemoBlog) -> None:
    """The About page says by its classes and its sitemap that it is a page."""
    assert locations(ask(blog, "/wp-sitemap-posts-page-1.xml")) == [f"{blog.url}about/"]
    page = ask(blog, "/about/").text
    assert "page page-id-2" in page
    assert "single-post" not in page


def test_images_are_real_pictures(blog: DemoBlog) -> None:
    """Each figure of a post is a PNG of the size that the page says."""
    for figure in (figure for post in blog.posts for figure in post.figures):
        answer = ask(blog, f"/wp-content/uploads/{figure.file}")
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.body.startswith(b"\x89PNG\r\n\x1a\n")
        assert struct.unpack(">II", answer.body[16:24]) == (figure.width, figure.height)


@pytest.mark.parametrize(
    "path",
    ["/nothing/", "/2024/13/", "/category/", "/tag/none/", "/wp-sitemap-posts-post-2.xml", "/x.png", "/%ff"],
)
def test_an_unknown_address_is_not_found(blog: DemoBlog, path: str) -> None:
    """An address that leads nowhere answers 404 with a page that is no post."""
    answer = ask(blog, path)
    assert answer.status == 404
    assert "error404" in answer.text


def test_addresses_that_are_nearly_right_are_redirected(blog: DemoBlog) -> None:
    """A missing slash, a shortlink and the usual sitemap address lead to the real ones."""
    post = blog.posts[-1]
    assert ask(blog, post.path.rstrip("/")).headers["Location"] == blog.url + post.path[1:]
    assert ask(blog, f"/?p={post.id}").headers["Location"] == blog.url + post.path[1:]
    assert ask(blog, "/sitemap.xml").headers["Location"] == f"{blog.url}wp-sitemap.xml"


# --- surfaces ---------------------------------------------------------------------------------------


def test_robots_leads_to_the_sitemaps(blog: DemoBlog) -> None:
    """robots.txt names the sitemap index, whose three sitemaps name nothing that is not served."""
    found = re.search(r"^Sitemap: (.+)$", ask(blog, "/robots.txt").text, re.MULTILINE)
    assert found
    index = ask(blog, found[1])
    assert index.xml.tag == f"{SITEMAP}sitemapindex"
    parts = locations(index)
    assert [part.rsplit("/", 1)[1] for part in parts] == [
        "wp-sitemap-posts-post-1.xml",
        "wp-sitemap-posts-page-1.xml",
        "wp-sitemap-taxonomies-category-1.xml",
    ]
    for part in parts:
        assert all(ask(blog, address).status == 200 for address in locations(ask(blog, part)))


def test_the_feed_ends(blog: DemoBlog) -> None:
    """The feed gives ten posts with their whole text, then two, then 404."""
    first, second = ask(blog, "/feed/"), ask(blog, "/feed/?paged=2")
    items = [*first.xml.iter("item"), *second.xml.iter("item")]
    assert [len(list(page.xml.iter("item"))) for page in (first, second)] == [10, 2]
    assert ask(blog, "/feed/?paged=3").status == 404
    assert ask(blog, "/feed/?paged=nonsense").body == first.body
    for item, post in zip(items, blog.posts, strict=True):
        assert item.findtext("title") == post.title
        assert item.findtext("link") == blog.url + post.path[1:]
        assert parsedate_to_datetime(item.findtext("pubDate") or "") == post.published
        encoded = f'<div class="all">{item.findtext(CONTENT)}</div>'
        shown = words(encoded, "all", "wp-caption", "wp-element-caption")
        assert all(squeeze(paragraph) in shown for paragraph in post.paragraphs)
        assert "sharedaddy" not in encoded


def test_comment_feeds_hold_no_posts(blog: DemoBlog) -> None:
    """The feeds of comments are feeds too, and their items lead to comments."""
    post = next(post for post in blog.posts if post.comment_count > 5)
    for path in ("/comments/feed/", f"{post.path}feed/"):
        items = list(ask(blog, path).xml.iter("item"))
        assert len(items) == 10
        assert all("#comment-" in (item.findtext("link") or "") for item in items)


def test_the_api_is_announced(blog: DemoBlog) -> None:
    """Pages name the API in a header and in their head, and its index knows the route of the posts."""
    answer = ask(blog, "/")
    assert answer.headers["Link"] == f'<{blog.url}wp-json/>; rel="https://api.w.org/"'
    assert f'<link rel="https://api.w.org/" href="{blog.url}wp-json/" />' in answer.text
    assert "/wp/v2/posts" in ask(blog, "/wp-json/").json["routes"]


def test_the_api_ends(blog: DemoBlog) -> None:
    """The API pages through all posts with its totals, and says 400 past the end."""
    found: list[str] = []
    for page in (1, 2, 3):
        answer = ask(blog, f"/wp-json/wp/v2/posts?per_page=5&page={page}")
        assert (answer.headers["X-WP-Total"], answer.headers["X-WP-TotalPages"]) == ("12", "3")
        found += [entry["link"] for entry in answer.json]
    assert found == [blog.url + post.path[1:] for post in blog.posts]
    past = ask(blog, "/wp-json/wp/v2/posts?per_page=5&page=4")
    assert (past.status, past.json["code"]) == (400, "rest_post_invalid_page_number")


@pytest.mark.parametrize("query", ["per_page=0", "per_page=101", "per_page=x", "page=0", "page=-1", "page="])
def test_the_api_refuses_bad_numbers(blog: DemoBlog, query: str) -> None:
    """A number that is none, or out of range, is an invalid parameter."""
    answer = ask(blog, f"/wp-json/wp/v2/posts?{query}")
    assert (answer.status, answer.json["code"]) == (400, "rest_invalid_param")


def test_the_api_agrees_with_the_posts(blog: DemoBlog) -> None:
    """Each entry has the post's dates, title and text, and with _embed its author and terms."""
    entries = ask(blog, "/wp-json/wp/v2/posts?per_page=100&_embed=1").json
    for entry, post in zip(entries, blog.posts, strict=True):
        assert entry["id"] == post.id
        assert datetime.fromisoformat(entry["date_gmt"]).replace(tzinfo=UTC) == post.published
        assert datetime.fromisoformat(entry["modified_gmt"]).replace(tzinfo=UTC) == post.modified
        assert entry["date"] == post.published.isoformat()[:19]
        assert words(f'<p class="t">{entry["title"]["rendered"]}</p>', "t") == post.title
        content = f'<div class="all">{entry["content"]["rendered"]}</div>'
        shown = words(content, "all", "wp-caption", "wp-element-caption")
        assert all(squeeze(paragraph) in shown for paragraph in post.paragraphs)
        assert entry["_embedded"]["author"][0]["name"] == post.author
        terms = [[term["name"] for term in group] for group in entry["_embedded"]["wp:term"]]
        assert terms == [list(post.categories), list(post.tags)]
    assert "_embedded" not in ask(blog, "/wp-json/wp/v2/posts").json[0]


def test_the_api_gives_what_is_asked(blog: DemoBlog) -> None:
    """_fields cuts an entry down, orderby and order sort, a single post has its own address."""
    few = ask(blog, "/wp-json/wp/v2/posts?_fields=id,title.rendered&orderby=modified&order=asc").json
    assert all(set(entry) == {"id", "title"} for entry in few)
    by_change = sorted(blog.posts, key=lambda post: post.modified)[:10]
    assert [entry["id"] for entry in few] == [post.id for post in by_change]
    assert ask(blog, f"/wp-json/wp/v2/posts/{few[0]['id']}").json["id"] == few[0]["id"]
    assert ask(blog, "/wp-json/wp/v2/posts/1").status == ask(blog, "/wp-json/wp/v2/none").status == 404


# --- HTTP -------------------------------------------------------------------------------------------


def test_a_known_post_is_not_sent_again(blog: DemoBlog) -> None:
    """A post's ETag or Last-Modified sent back brings 304 without a body."""
    path = blog.posts[3].path
    first = ask(blog, path)
    assert ask(blog, path, if_none_match=f'"other", {first.headers["ETag"]}').status == 304
    again = ask(blog, path, if_modified_since=first.headers["Last-Modified"])
    assert (again.status, again.body) == (304, b"")
    assert ask(blog, path, if_none_match='"other"').status == 200
    assert ask(blog, path, if_modified_since="Mon, 01 Jan 2001 00:00:00 GMT").status == 200
    assert ask(blog, path, if_modified_since="last week").status == 200
    feed = ask(blog, "/feed/").headers["ETag"]
    assert ask(blog, "/feed/", if_none_match=feed).status == 304


@pytest.mark.parametrize("path", ["/", "/about/", "/feed/", "/wp-sitemap.xml", "/nothing/"])
def test_head_is_get_without_a_body(blog: DemoBlog, path: str) -> None:
    """HEAD has the status and the headers of GET."""
    got, head = ask(blog, path), ask(blog, path, "HEAD")
    assert (head.status, head.body) == (got.status, b"")
    assert {**head.headers, "Date": ""} == {**got.headers, "Date": ""}
    assert int(head.headers["Content-Length"]) == len(got.body)


def test_requests_are_remembered(blog: DemoBlog) -> None:
    """The blog lists what it was asked, method and target as they came."""
    ask(blog, "/feed/?paged=2")
    ask(blog, "/none/", "HEAD")
    assert blog.requests == [("GET", "/feed/?paged=2"), ("HEAD", "/none/")]


def test_nothing_is_written_to_the_terminal(blog: DemoBlog, capfd: pytest.CaptureFixture[str]) -> None:
    """Errors, odd requests and clients that hang up leave the terminal alone."""
    ask(blog, "/none/")
    ask(blog, "/", "POST")
    with socket.create_connection(("127.0.0.1", int(urlsplit(blog.url).port or 0))) as rude:
        rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        rude.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 50)
    ask(blog, "/")
    blog.stop()
    assert capfd.readouterr() == ("", "")


def test_a_stopped_blog_answers_no_more() -> None:
    """After stop() even a kept connection is closed, and start() serves the same address again."""
    blog = DemoBlog()
    with pytest.raises(RuntimeError, match="start"):
        _ = blog.url
    blog.start()
    url = blog.url
    kept = HTTPConnection("127.0.0.1", int(urlsplit(url).port or 0), timeout=10)
    kept.request("GET", "/about/")
    kept.getresponse().read()
    blog.stop()
    assert kept.sock.recv(1) == b""
    kept.close()
    with pytest.raises(ConnectionRefusedError):
        ask(blog, "/")
    with blog:
        assert blog.url == url
        assert ask(blog, "/about/").status == 200
    blog.stop()


# --- changes ----------------------------------------------------------------------------------------


def test_a_published_post_shows_up_everywhere(blog: DemoBlog, note: Post) -> None:
    """A new post is on the home page, in the sitemap, the feed and the API, with its text escaped."""
    kept = {post.path: ask(blog, post.path).headers["ETag"] for post in blog.posts}
    blog.publish(note)
    assert blog.posts[0] == note
    page = ask(blog, note.path).text
    assert words(page, "entry-title") == note.title
    assert all(text in words(page, "entry-content") for text in note.paragraphs)
    assert "1 < 2 & 3" in words(page, "comment-content")
    assert note.path in ask(blog, "/").text
    assert lastmod(blog, note) == note.published.isoformat()
    item = next(ask(blog, "/feed/").xml.iter("item"))
    assert item.findtext("title") == note.title
    assert "An ]]&gt; in the middle." in (item.findtext(CONTENT) or "")
    assert ask(blog, "/wp-json/wp/v2/posts").headers["X-WP-Total"] == "13"
    for path, etag in kept.items():
        assert ask(blog, path, if_none_match=etag).status == 304


def test_a_post_cannot_be_published_twice(note: Post) -> None:
    """A path or an id that the blog has already is refused."""
    blog = DemoBlog(extra=[note])
    assert len(blog.posts) == 13
    with pytest.raises(ValueError, match="a-note"):
        blog.publish(note)


def test_an_edit_shows_in_every_date(blog: DemoBlog) -> None:
    """An edited post has its new text and a later date in the sitemap, the API and the validators."""
    old = blog.posts[6]
    before = ask(blog, old.path)
    stamp = lastmod(blog, old)
    new = blog.edit(old.path, ["A first paragraph.", "A *second* one."])
    assert new.paragraphs == ("A first paragraph.", "A second one.")
    assert new.modified > max(post.modified for post in blog.posts if post.path != old.path)
    assert lastmod(blog, old) == new.modified.isoformat() != stamp
    entry = ask(blog, f"/wp-json/wp/v2/posts/{old.id}").json
    assert datetime.fromisoformat(entry["modified_gmt"]).replace(tzinfo=UTC) == new.modified
    assert datetime.fromisoformat(entry["date_gmt"]).replace(tzinfo=UTC) == old.published
    for conditions in (
        {"if_none_match": before.headers["ETag"]},
        {"if_modified_since": before.headers["Last-Modified"]},
    ):
        after = ask(blog, old.path, **conditions)
        assert after.status == 200
        assert "A second one." in words(after.text, "entry-content")
    assert blog.edit(old.path, ["Again."]).modified > new.modified


def test_an_edit_of_nothing_is_refused(blog: DemoBlog) -> None:
    """A path without a post cannot be edited."""
    with pytest.raises(KeyError):
        blog.edit("/nothing/", ["Text."])


def test_two_blogs_run_side_by_side(blog: DemoBlog) -> None:
    """A change to one blog leaves another, and the posts that ship, as they were."""
    with DemoBlog() as other:
        other.edit(other.posts[0].path, ["Changed."])
        assert other.url != blog.url
        assert blog.posts[0].paragraphs != ("Changed.",)
