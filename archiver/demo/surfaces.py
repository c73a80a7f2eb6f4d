"""What the blog tells machines: robots.txt, sitemaps, feeds and the WordPress REST API."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from archiver.demo.discussion import comment_text
from archiver.demo.furniture import term_path
from archiver.demo.markup import attribute, content, text
from archiver.demo.model import Post, Site, slugify

FEED_SIZE = 10
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def robots(site: Site) -> str:
    """The robots.txt that WordPress writes, with its Sitemap line."""
    return (
        f"User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n\nSitemap: {site.url}wp-sitemap.xml\n"
    )


# --- sitemaps ---------------------------------------------------------------------------------------


def sitemaps(site: Site) -> dict[str, str]:
    """The index and the sitemaps that it names, by path."""
    posts = [(post.path, post.modified.isoformat()) for post in site.posts]
    pages = [(page.path, page.published.isoformat()) for page in site.pages]
    names = sorted({name for post in site.posts for name in post.categories})
    categories = [(term_path("category", name), "") for name in names]
    parts = {
        "/wp-sitemap-posts-post-1.xml": _url_set(site, posts),
        "/wp-sitemap-posts-page-1.xml": _url_set(site, pages),
        "/wp-sitemap-taxonomies-category-1.xml": _url_set(site, categories),
    }
    listed = "".join(f"<sitemap><loc>{text(site.link(path))}</loc></sitemap>\n" for path in parts)
    index = f'{_XML}<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{listed}</sitemapindex>\n'
    return {"/wp-sitemap.xml": index, **parts}


def _url_set(site: Site, entries: Iterable[tuple[str, str]]) -> str:
    urls = ""
    for path, changed in entries:
        lastmod = f"<lastmod>{changed}</lastmod>" if changed else ""
        urls += f"<url><loc>{text(site.link(path))}</loc>{lastmod}</url>\n"
    return f'{_XML}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'


# --- feeds ------------------------------------------------------------------------------------------


def feed(site: Site, page: int) -> str | None:
    """One page of the RSS feed, or None past its end."""
    posts = site.posts[(page - 1) * FEED_SIZE : page * FEED_SIZE]
    if not posts:
        return None
    items = "".join(_item(site, post) for post in posts)
    return _channel(site, site.title, "/feed/", max(post.modified for post in site.posts), items)


def comment_feed(site: Site, title: str, path: str, posts: Iterable[Post]) -> str:
    """The RSS feed of the latest comments on some posts; `path` is the feed's own."""
    made = [(comment, post) for post in posts for comment, _ in post.thread()]
    made.sort(key=lambda pair: pair[0].date, reverse=True)
    items = "".join(
        f"<item>\n<title>By: {text(comment.author)}</title>\n"
        f"<link>{text(site.link(post.path))}#comment-{comment.id}</link>\n"
        f"<dc:creator>{_cdata(comment.author)}</dc:creator>\n"
        f"<pubDate>{_rfc822(comment.date)}</pubDate>\n"
        f'<guid isPermaLink="false">{text(site.link(post.path))}#comment-{comment.id}</guid>\n'
        f"<content:encoded>{_cdata(comment_text(site, comment))}</content:encoded>\n</item>\n"
        for comment, post in made[:FEED_SIZE]
    )
    newest = made[0][0].date if made else max(page.published for page in site.pages)
    return _channel(site, title, path, newest, items)


def _channel(site: Site, title: str, path: str, built: datetime, items: str) -> str:
    return f"""\
{_XML}<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
 xmlns:slash="http://purl.org/rss/1.0/modules/slash/">
<channel>
<title>{text(title)}</title>
<atom:link href="{attribute(site.link(path))}" rel="self" type="application/rss+xml" />
<link>{site.url}</link>
<description>{text(site.tagline)}</description>
<lastBuildDate>{_rfc822(built)}</lastBuildDate>
<language>en-GB</language>
<sy:updatePeriod>hourly</sy:updatePeriod>
<sy:updateFrequency>1</sy:updateFrequency>
<generator>https://wordpress.org/?v=6.5.3</generator>
{items}</channel>
</rss>
"""


def _item(site: Site, post: Post) -> str:
    link = text(site.link(post.path))
    terms = "".join(f"<category>{_cdata(name)}</category>\n" for name in (*post.categories, *post.tags))
    return f"""\
<item>
<title>{text(post.title)}</title>
<link>{link}</link>
<comments>{link}#comments</comments>
<dc:creator>{_cdata(post.author)}</dc:creator>
<pubDate>{_rfc822(post.published)}</pubDate>
{terms}<guid isPermaLink="false">{site.url}?p={post.id}</guid>
<description>{_cdata(text(post.excerpt))}</description>
<content:encoded>{_cdata(content(site, post.body))}</content:encoded>
<wfw:commentRss>{link}feed/</wfw:commentRss>
<slash:comments>{post.comment_count}</slash:comments>
</item>
"""


def _cdata(value: str) -> str:
    return "<![CDATA[" + value.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC))


# --- REST API ---------------------------------------------------------------------------------------


def api_root(site: Site) -> dict[str, Any]:
    """The index of the API."""
    return {
        "name": site.title,
        "description": site.tagline,
        "url": site.url.rstrip("/"),
        "home": site.url.rstrip("/"),
        "gmt_offset": 1,
        "timezone_string": "",
        "namespaces": ["oembed/1.0", "wp/v2"],
        "authentication": [],
        "routes": {
            "/": {"namespace": "", "methods": ["GET"]},
            "/wp/v2/posts": {
                "namespace": "wp/v2",
                "methods": ["GET"],
                "_links": {"self": [{"href": f"{site.url}wp-json/wp/v2/posts"}]},
            },
        },
    }


def api_error(code: str, message: str, status: int) -> dict[str, Any]:
    """An error as the API words it."""
    return {"code": code, "message": message, "data": {"status": status}}


def api_sorted(posts: Sequence[Post], query: Mapping[str, str]) -> list[Post]:
    """The posts in the order that `orderby` and `order` ask for; the newest come first by default."""
    by = query.get("orderby")

    def key(post: Post) -> float:
        if by == "id":
            return post.id
        return (post.modified if by == "modified" else post.published).timestamp()

    return sorted(posts, key=key, reverse=query.get("order") != "asc")


def api_post(site: Site, post: Post, query: Mapping[str, str]) -> dict[str, Any]:
    """One post, with its author and terms when `_embed` is asked, cut down to `_fields`."""
    number = post.id
    author = site.author(post.author)
    terms = [
        [_term(site, taxonomy, kind, name) for name in names]
        for taxonomy, kind, names in (
            ("category", "category", post.categories),
            ("post_tag", "tag", post.tags),
        )
    ]
    person = {
        "id": _number(author.name),
        "name": author.name,
        "url": "",
        "description": author.bio,
        "link": site.link(f"/author/{author.slug}/"),
        "slug": author.slug,
    }
    answer: dict[str, Any] = {
        "id": number,
        "date": _local(post.published),
        "date_gmt": _gmt(post.published),
        "guid": {"rendered": f"{site.url}?p={number}"},
        "modified": _local(post.modified),
        "modified_gmt": _gmt(post.modified),
        "slug": post.path.split("/")[-2],
        "status": "publish",
        "type": "post",
        "link": site.link(post.path),
        "title": {"rendered": text(post.title)},
        "content": {"rendered": content(site, post.body), "protected": False},
        "excerpt": {"rendered": f"<p>{text(post.excerpt)}</p>\n", "protected": False},
        "author": person["id"],
        "featured_media": 0,
        "comment_status": "open",
        "ping_status": "closed",
        "sticky": False,
        "format": "standard",
        "categories": [term["id"] for term in terms[0]],
        "tags": [term["id"] for term in terms[1]],
        "_links": {
            "self": [{"href": f"{site.url}wp-json/wp/v2/posts/{number}"}],
            "collection": [{"href": f"{site.url}wp-json/wp/v2/posts"}],
        },
    }
    if "_embed" in query:
        answer["_embedded"] = {"author": [person], "wp:term": terms}
    if query.get("_fields"):
        wanted = {name.strip().partition(".")[0] for name in query["_fields"].split(",")}
        answer = {name: value for name, value in answer.items() if name in wanted}
    return answer


def _term(site: Site, taxonomy: str, kind: str, name: str) -> dict[str, Any]:
    path = term_path(kind, name)
    return {
        "id": _number(f"{taxonomy}:{slugify(name)}"),
        "link": site.link(path),
        "name": text(name),
        "slug": path.split("/")[-2],
        "taxonomy": taxonomy,
    }


def _number(name: str) -> int:
    return zlib.crc32(name.encode()) % 1_000_000 + 1


def _local(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="seconds")


def _gmt(moment: datetime) -> str:
    return _local(moment.astimezone(UTC))
