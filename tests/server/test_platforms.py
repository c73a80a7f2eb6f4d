"""The platforms' servers answer as their platforms do, and what they call the truth is what they serve."""

from __future__ import annotations

import http.client
import json
import re
import ssl
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from server.platforms import CASES, PLATFORMS, Case, name_of
from server.platforms.judge import found_posts, judge, key
from server.platforms.model import Platform
from server.platforms.wordpress_com import API_HOST

COUNT = 16


@dataclass(frozen=True, slots=True)
class Got:
    """An answer; `headers` by lower-case name."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The answer as JSON."""
        return json.loads(self.text)


def get(platform: Platform, target: str, **fields: str) -> Got:
    """Ask a blog's server; redirects are answers too."""
    connection = http.client.HTTPConnection("127.0.0.1", platform.server.port, timeout=10)
    connection.request("GET", target, headers=fields)
    response = connection.getresponse()
    headers = {name.lower(): value for name, value in response.getheaders()}
    got = Got(response.status, headers, response.read().decode())
    connection.close()
    return got


@contextmanager
def blog(name: str, *faults: str, count: int = COUNT) -> Iterator[Platform]:
    """Serve a platform's blog."""
    with PLATFORMS[name].serve(frozenset(faults), count) as platform:
        yield platform


def locations(text: str) -> list[str]:
    """The addresses in a sitemap, without the host."""
    return [key(url) for url in re.findall(r"<loc>([^<]*)</loc>", text)]


@pytest.mark.parametrize("case", [pytest.param(case, id=name_of(case)) for case in CASES])
def test_the_truth_is_served(case: Case) -> None:
    """Posts are there with their words, closed ones without, and what is gone or moved answers so."""
    name, faults = case
    with PLATFORMS[name].serve(faults, COUNT) as platform:
        truth = platform.truth
        assert len(truth.posts) + len(truth.previews) + len(truth.closed) >= COUNT - 1
        asked = 0
        for post in truth.posts:
            got = get(platform, post.path)
            asked += 1
            assert got.status == 200
            assert (post.paragraphs[0] in got.text) == ("dynamic" not in faults)
        for post in truth.previews:
            text = get(platform, post.path).text
            assert post.paragraphs[0] in text
            assert post.paragraphs[-1] not in text
        titles = {key(p.path): p for p in truth.posts}
        for path in truth.closed:
            assert get(platform, path).status == 200
            assert key(path) not in titles
        for path in truth.gone:
            assert get(platform, path).status in (404, 410)
        for old, new in truth.moved.items():
            got = get(platform, old)
            assert (got.status, key(got.headers["location"])) == (301, key(new))
        for path in truth.pages:
            assert get(platform, path).status == 200
        assert get(platform, "/").status == get(platform, "/").status == 200
        assert get(platform, "/no-such-thing-anywhere").status == 404
        assert platform.requests() >= asked


def test_the_judge_sees_what_is_wrong() -> None:
    """An item too many, one too few, a torn text and a comment without its parent each show in the score."""
    with blog("wordpress") as platform:
        truth = platform.truth
        items: list[dict[str, Any]] = [
            {"id": p.path, "url": platform.url[:-1] + p.path, "text": "\n\n".join(p.paragraphs)} for p in truth.posts
        ]
        rows = [
            {
                "id": str(c.number),
                "post_id": p.path,
                "text": c.text,
                "author": c.author,
                "date": c.date.isoformat(),
                "parent_id": str(c.parent) if c.parent else None,
            }
            for p in truth.posts
            for c in p.comments
        ]
        report = {"findings": [{"url": path, "reason": reason} for path, reason in truth.closed.items()]}
        report["findings"] += [{"url": path, "reason": "gone"} for path in truth.gone]
        report["findings"] += [{"url": path, "reason": "moved"} for path in truth.moved]
        right = judge(truth, items, rows, report)
        assert (right.precision, right.recall, right.torn, right.untold, right.misread) == (1.0, 1.0, [], [], [])
        assert right.comments_found == right.comments == len(rows) > 0

        (closed,) = truth.closed
        missing, torn = items.pop(), items[0]
        items.append({**torn, "id": closed, "url": platform.url[:-1] + closed})
        torn["text"] = torn["text"][:80]
        answer = next(row for row in rows if row["parent_id"] and row["post_id"] != missing["id"])
        answer["parent_id"] = None
        wrong = judge(truth, items, rows, {"findings": []})
        assert wrong.wrong == [key(closed)]
        assert wrong.missed == [key(missing["url"])]
        assert wrong.torn == [key(torn["url"])]
        assert wrong.misread == [f"{answer['id']}: parent"]
        assert len(wrong.untold) == len(truth.closed) + len(truth.gone) + len(truth.moved)
        twice = found_posts(["/a"], [{"url": "http://x/a"}, {"url": "http://x/a/"}])
        assert (twice.precision, twice.recall) == (0.5, 1.0)


# --- WordPress --------------------------------------------------------------------------------------


def test_wordpress_rest() -> None:
    """Rows come sorted, cut and with totals; a page behind the last is an error; a password hides the text."""
    with blog("wordpress") as platform:
        got = get(platform, "/wp-json/wp/v2/posts?per_page=10&page=2&orderby=id&order=asc&_fields=id,content.protected")
        assert (got.headers["x-wp-total"], got.headers["x-wp-totalpages"]) == (str(COUNT), "2")
        assert [row["id"] for row in got.json] == sorted(row["id"] for row in got.json)
        assert {frozenset(row) for row in got.json} == {frozenset({"id", "content"})}
        behind = get(platform, "/wp-json/wp/v2/posts?page=9")
        assert (behind.status, behind.json["code"]) == (400, "rest_post_invalid_page_number")
        assert get(platform, "/wp-json/wp/v2/posts?per_page=101").status == 400
        rows = get(platform, "/wp-json/wp/v2/posts?per_page=100&_embed=author").json
        (shut,) = [row for row in rows if row["content"]["protected"]]
        assert shut["content"]["rendered"] == ""
        assert all(row["_embedded"]["author"][0]["name"] for row in rows)
        changed = [row["modified"] for row in get(platform, "/wp-json/wp/v2/posts?orderby=modified").json]
        assert changed == sorted(changed, reverse=True)
        comments = get(platform, "/wp-json/wp/v2/comments?per_page=100").json
        assert {row["parent"] for row in comments} > {0}
        assert get(platform, "/wp-json/wp/v2/comments?page=99").json == []


def test_wordpress_without_permalinks() -> None:
    """With plain permalinks everything is a query, and the API is found by the link in each page's head."""
    with blog("wordpress", "rest_route") as platform:
        (api,) = re.findall(r'<link rel="https://api.w.org/" href="([^"]*)">', get(platform, "/").text)
        rows = get(platform, urlsplit(api).path + "?rest_route=/wp/v2/posts&per_page=100").json
        assert all(urlsplit(row["link"]).query.startswith("p=") for row in rows)
        parts = locations(get(platform, "/?sitemap=index").text)
        assert len(locations(get(platform, "/?sitemap=posts&sitemap-subtype=post&paged=1").text)) == COUNT
        assert all("sitemap=" in part for part in parts)
        assert get(platform, "/?feed=rss2").text.count("<item>") == 10
        assert get(platform, "/?feed=rss2&paged=2").text.count("<item>") == COUNT - 10


def test_wordpress_feeds_and_parts() -> None:
    """Feeds have pages and an end; a post has further pages, and shows its latest comments first."""
    with blog("wordpress") as platform:
        assert get(platform, "/feed/?paged=2").text.count("<item>") == COUNT - 10
        assert get(platform, "/feed/?paged=3").status == 404
        tag = get(platform, "/feed/").headers["etag"]
        assert get(platform, "/feed/", **{"If-None-Match": tag}).status == 304
        (long_one,) = [post for post in platform.truth.posts if len(post.comments) > 50]
        last = long_one.comments[-1].text
        assert last in get(platform, long_one.path).text
        first = get(platform, f"{long_one.path}comment-page-1/").text
        assert long_one.comments[0].text in first
        assert last not in first
        post = next(post for post in platform.truth.posts if post.number % 10 == 1)
        assert post.paragraphs[2] not in get(platform, post.path).text
        assert post.paragraphs[2] in get(platform, f"{post.path}3/").text
        assert "In reply to" in get(platform, "/comments/feed/").text
    with blog("wordpress", "feed_repeats") as platform:
        assert get(platform, "/feed/?paged=7").text == get(platform, "/feed/").text
    with blog("wordpress", "rest_403", "sitemap_hole") as platform:
        assert get(platform, "/wp-json/wp/v2/posts").status == 403
        assert 0 < len(locations(get(platform, "/wp-sitemap-posts-post-1.xml").text)) < COUNT


def ask_api(platform: Platform, target: str) -> Any:
    """Ask WordPress.com's API as a crawl does: by the gateway, for its own host, with its own certificate."""
    gateway = urlsplit(platform.variables["https_proxy"])
    context = ssl.create_default_context(cafile=platform.variables["SSL_CERT_FILE"])
    connection = http.client.HTTPSConnection(gateway.hostname or "", gateway.port, context=context, timeout=10)
    connection.set_tunnel(API_HOST, 443)
    connection.request("GET", f"/rest/v1.1/sites/{quote(urlsplit(platform.url).netloc, safe='')}/{target}")
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def test_wordpress_com_api() -> None:
    """The API is behind the gateway alone, by its real name; its cursor leads through all posts, once each."""
    with blog("wordpress.com") as platform:
        seen: list[int] = []
        handle = ""
        while True:
            answer = ask_api(platform, f"posts/?number=6&order_by=ID&order=ASC&fields=ID,URL{handle}")
            seen += [row["ID"] for row in answer["posts"]]
            if "next_page" not in answer["meta"]:
                break
            handle = f"&page_handle={quote(answer['meta']['next_page'])}"
        assert seen == sorted(post.number for post in platform.truth.posts)
        assert ask_api(platform, "posts/?number=101")["error"] == "invalid_number"
        comments = ask_api(platform, "comments/?number=100")
        assert comments["found"] == len(comments["comments"]) > 0
        assert any(row["parent"] for row in comments["comments"])
        gateway = urllib.request.ProxyHandler({"https": platform.variables["https_proxy"]})
        with pytest.raises(OSError, match="502"):
            urllib.request.build_opener(gateway).open("https://example.org/", timeout=10)
    with blog("wordpress.com", "api_403") as platform:
        assert ask_api(platform, "posts/")["message"] == "API calls to this blog have been disabled."
    with blog("wordpress.com", "api_unreachable") as platform, pytest.raises(OSError, match="502"):
        ask_api(platform, "posts/")


# --- Blogger ----------------------------------------------------------------------------------------


def test_blogger_feeds() -> None:
    """Totals are true, answers are cut without a word, dates and labels bound them, comments name what they answer."""
    with blog("blogger", "cut") as platform:
        feed = get(platform, "/feeds/posts/default?alt=json&max-results=150").json["feed"]
        assert (feed["openSearch$totalResults"]["$t"], len(feed["entry"])) == (str(COUNT), 4)
        later = get(platform, "/feeds/posts/default?alt=json&max-results=150&start-index=5").json["feed"]
        assert len(later["entry"]) == 6
        ids = {entry["id"]["$t"] for entry in (*feed["entry"], *later["entry"])}
        assert len(ids) == 10
        assert "entry" not in get(platform, f"/feeds/posts/default?alt=json&start-index={COUNT + 1}").json["feed"]
        assert len(get(platform, "/feeds/posts/summary?alt=json&max-results=150").json["feed"]["entry"]) == COUNT
        middle = feed["entry"][3]["published"]["$t"]
        until = get(platform, f"/feeds/posts/default?alt=json&published-max={quote(middle)}").json["feed"]
        assert all(entry["published"]["$t"] < middle for entry in until["entry"])
        label = get(platform, "/feeds/posts/default/-/Travel?alt=json").json["feed"]
        assert {c["term"] for entry in label["entry"] for c in entry["category"]} == {"Travel"}
        comments = get(platform, "/feeds/comments/default?alt=json&max-results=150").json["feed"]["entry"]
        assert sum(link["rel"] == "related" for entry in comments for link in entry["link"]) == len(comments) // 3
        assert "<entry>" in get(platform, "/feeds/posts/default").text
    with blog("blogger", "too_large") as platform:
        place = [post.number for post in platform.truth.posts].index(12) + 1
        answer = get(platform, f"/feeds/posts/default?alt=json&start-index={place}").json["feed"]
        assert "entry" not in answer
        assert answer["openSearch$totalResults"]["$t"] == str(COUNT)


def test_blogger_sitemap() -> None:
    """The sitemap is an index of pages by number, and a page behind the last is empty."""
    with blog("blogger") as platform:
        parts = locations(get(platform, "/sitemap.xml").text)
        assert parts == ["/sitemap.xml?page=1", "/sitemap.xml?page=2"]
        listed = [path for part in parts for path in locations(get(platform, part).text)]
        assert {key(post.path) for post in platform.truth.posts} < set(listed)
        assert locations(get(platform, "/sitemap.xml?page=9").text) == []


# --- Ghost, Substack --------------------------------------------------------------------------------


def test_ghost() -> None:
    """The sitemap has a hole, the feed no second page, the API wants its key, and comments come with three answers."""
    with blog("ghost", "open_api", count=24) as platform:
        listed = set(locations(get(platform, "/sitemap-posts.xml").text))
        posts = {key(post.path) for post in platform.truth.posts}
        feed = {key(url) for url in re.findall(r"<link>([^<]*)</link>", get(platform, "/rss/").text)}
        assert posts - listed
        assert posts - listed - feed, "some are named by lists alone"
        assert get(platform, "/rss/2/").status == get(platform, "/sitemap-posts-1.xml").status == 404
        (found,) = re.findall(r'data-key="(\w+)" data-api="[^"]*"', get(platform, "/").text)
        assert get(platform, "/ghost/api/content/posts/?key=x").status == 401
        answer = get(platform, f"/ghost/api/content/posts/?key={found}&limit=all&fields=id,url,visibility").json
        assert len(answer["posts"]) == answer["meta"]["pagination"]["total"] == 24
        assert {row["visibility"] for row in answer["posts"]} == {"public", "members", "paid"}
        post = next(post for post in platform.truth.posts if post.comments)
        (numbered,) = re.findall(r'data-post-id="(\w+)"', get(platform, post.path).text)
        comments = get(platform, f"/members/api/comments/post/{numbered}/?limit=100").json["comments"]
        assert [len(row["replies"]) for row in comments] == [row["count"]["replies"] for row in comments] == [1, 0]
        assert "Disallow: /ghost/" not in get(platform, "/robots.txt").text
    with blog("ghost") as platform:
        assert "Disallow: /ghost/" in get(platform, "/robots.txt").text


def test_substack() -> None:
    """The archive is cut by offset and refuses large pages; a burst is answered with 429 and the time to wait."""
    with blog("substack") as platform:
        assert get(platform, "/api/v1/archive?limit=51").status == 400
        rows = get(platform, "/api/v1/archive?sort=new&offset=0&limit=50").json
        assert len(rows) == COUNT
        assert len(get(platform, "/api/v1/archive?sort=new&offset=12").json) == COUNT - 12
        assert get(platform, f"/api/v1/archive?offset={COUNT}").json == []
        assert {row["audience"] for row in rows} == {"everyone", "only_paid"}
        told = next(row for row in rows if row["comment_count"])
        comments = get(platform, f"/api/v1/post/{told['id']}/comments?all_comments=true").json["comments"]
        assert comments[0]["children"][0]["ancestor_path"] == str(comments[0]["id"])
    with blog("substack", "burst") as platform:
        answers = [get(platform, "/") for _ in range(40)]
        refused = [got for got in answers if got.status == 429]
        assert 0 < len(refused) < 40
        assert refused[0].headers["retry-after"] == "1"


# --- Tumblr, Medium, Micro.blog, static generators --------------------------------------------------


def test_tumblr() -> None:
    """The API says the same in JavaScript and in XML, fifty posts at the most, with the total."""
    with blog("tumblr", count=60) as platform:
        text = get(platform, "/api/read/json?num=99&start=0").text
        told = json.loads(text.removeprefix("var tumblr_api_read = ").rstrip(";\n"))
        assert (told["posts-total"], len(told["posts"])) == ("60", 50)
        xml = get(platform, "/api/read?num=50&start=50").text
        assert xml.count("<post ") == 10
        assert 'total="60"' in xml
        assert len(locations(get(platform, "/sitemap1.xml").text)) == 62


def test_medium() -> None:
    """The archive leads by years, months and days to every story; the feed has the last ten."""
    with blog("medium", count=30) as platform:
        pages, seen = ["/archive"], set()
        stories: set[str] = set()
        while pages:
            page = pages.pop()
            seen.add(page)
            hrefs = {key(url.partition("?")[0]) for url in re.findall(r'href="(http[^"]*)"', get(platform, page).text)}
            pages += [href for href in hrefs if href.startswith("/archive") and href not in {*seen, *pages}]
            stories |= {href for href in hrefs if re.search(r"-[0-9a-f]{12}$", href)}
        truth = platform.truth
        assert stories == {key(post.path) for post in (*truth.posts, *truth.previews)}
        assert get(platform, "/feed").text.count("<item>") == 10
        assert len(locations(get(platform, "/sitemap/sitemap.xml").text)) > 3


def test_microblog() -> None:
    """The JSON Feed's pages and the archive name the same posts, most of them without a title."""
    with blog("micro.blog") as platform:
        items = []
        target = "/feed.json"
        while target:
            feed = get(platform, target).json
            items += feed["items"]
            target = urlsplit(feed["next_url"]).path if "next_url" in feed else ""
        archive = get(platform, "/archive/index.json").json["items"]
        assert [item["url"] for item in items] == [item["url"] for item in archive]
        assert {key(item["url"]) for item in items} == {key(post.path) for post in platform.truth.posts}
        assert sum("title" not in item for item in items) > COUNT / 2


@pytest.mark.parametrize("name", ["hugo", "jekyll", "hexo", "nikola", "micro.blog"])
def test_static_files_know_whether_they_have_changed(name: str) -> None:
    """A page is 304 for who knows its tag or its date."""
    with blog(name) as platform:
        path = platform.truth.posts[0].path
        got = get(platform, path)
        assert get(platform, path, **{"If-None-Match": got.headers["etag"]}).status == 304
        assert get(platform, path, **{"If-Modified-Since": got.headers["last-modified"]}).status == 304
        assert get(platform, path, **{"If-None-Match": '"other"'}).status == 200


def test_static_lists() -> None:
    """Feeds have the lengths that the generators give them, and sitemaps dates where they are asked to."""
    for name, target, tag, length in (
        ("hugo", "/index.xml", "<item>", COUNT),
        ("jekyll", "/feed.xml", "<entry>", 10),
        ("nikola", "/rss.xml", "<item>", 10),
        ("hexo", "/atom.xml", "<entry>", 16),
    ):
        with blog(name) as platform:
            assert get(platform, target).text.count(tag) == length
            assert "<lastmod>" in get(platform, "/sitemap.xml").text
    with blog("jekyll", "no_lastmod") as platform:
        assert "<lastmod>" not in get(platform, "/sitemap.xml").text
    with blog("hugo") as platform:
        assert "http-equiv" in get(platform, "/alias/").text
        assert get(platform, "/posts").status == 301
