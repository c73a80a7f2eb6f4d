"""What WordPress.com puts around a post and its author did not write."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from urllib.parse import quote

from archiver.demo.markup import attribute, text
from archiver.demo.model import Post, Site, slugify

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
AVATAR = "/wp-content/uploads/2023/09/avatar.png"
_BLOGROLL = (
    ("Hedgerow & Hearth", "https://hedgerow.example/"),
    ("The Slow Library", "https://slow-library.example/"),
)

ADVERT = """\
<div class="wpcnt"><div class="wpa">
<span class="wpa-about">Advertisements</span>
<div class="u top_amp"><div class="adv-holder"></div></div>
<div class="wpa-notice"><a href="https://wordpress.com/abuse/" rel="nofollow">Report this ad</a></div>
</div></div>"""

COOKIE_NOTICE = """\
<div class="widget widget_eu_cookie_law_widget"><div id="eu-cookie-law">
<form method="post"><input type="submit" value="Close and accept" class="accept" /></form>
Privacy &amp; Cookies: This site uses cookies. By continuing to use this website, you agree to their
use.<br />To find out more, including how to control cookies, see here:
<a href="https://automattic.com/cookies/" rel="nofollow">Cookie Policy</a>
</div></div>"""

LIKES_MASTER = """\
<div id="likes-other-gravatars"><div class="likes-text"><span>%d</span> bloggers like this:</div>
<ul class="wpl-avatars sd-like-gravatars"></ul></div>"""


def day(moment: datetime) -> str:
    """A date as the theme writes it: 9 December 2023."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def term_path(taxonomy: str, name: str) -> str:
    """The path of a category or tag."""
    return f"/{taxonomy}/{quote(slugify(name)).lower()}/"


def share_buttons(site: Site, post: Post) -> str:
    """Sharing, liking and related posts, which Jetpack writes into the content itself."""
    link = attribute(site.link(post.path))
    services = "\n".join(
        f'<li class="share-{name}"><a rel="nofollow noopener noreferrer" class="share-{name} sd-button '
        f'share-icon" href="{link}?share={name}" title="Click to share on {label}"><span>Click to share on '
        f"{label} (Opens in new window)</span> <span>{label}</span></a></li>"
        for name, label in (("twitter", "Twitter"), ("facebook", "Facebook"), ("email", "Email"))
    )
    related = "\n".join(
        f'<div class="jp-relatedposts-post"><h4 class="jp-relatedposts-post-title">'
        f'<a class="jp-relatedposts-post-a" href="{attribute(site.link(other.path))}" rel="nofollow">'
        f"{text(other.title)}</a></h4>"
        f'<p class="jp-relatedposts-post-excerpt">{text(other.excerpt)}</p>'
        f'<p class="jp-relatedposts-post-context">In &#8220;{text(other.categories[0])}&#8221;</p></div>'
        for other in _related(site, post)
    )
    return f"""\
<div id="jp-post-flair" class="sharedaddy sd-like-enabled sd-sharing-enabled">
<div class="sharedaddy sd-sharing-enabled"><div class="robots-nocontent sd-block sd-social sd-sharing">
<h3 class="sd-title">Share this:</h3><div class="sd-content"><ul>
{services}
</ul></div></div></div>
<div class="sharedaddy sd-block sd-like jetpack-likes-widget-wrapper" id="like-post-wrapper-{post.id}">
<h3 class="sd-title">Like this:</h3>
<div class="likes-widget-placeholder post-likes-widget-placeholder" style="height: 55px;">
<span class="button"><span>Like</span></span> <span class="loading">Loading...</span></div>
<span class="sd-text-color"></span></div>
<div id="jp-relatedposts" class="jp-relatedposts">
<h3 class="jp-relatedposts-headline"><em>Related</em></h3>
<div class="jp-relatedposts-items">
{related}
</div></div>
</div>"""


def _related(site: Site, post: Post) -> list[Post]:
    others = [other for other in site.posts if other.path != post.path and other.categories]
    return sorted(others, key=lambda other: not set(other.categories) & set(post.categories))[:3]


def author_box(site: Site, post: Post) -> str:
    """Who wrote the post, below it."""
    author = site.author(post.author)
    return f"""\
<div class="author-info entry-author">
<div class="author-avatar"><img alt="" src="{attribute(site.link(AVATAR))}" class="avatar avatar-48 photo"
 height="48" width="48" /></div>
<div class="author-description">
<h2 class="author-title"><span class="author-heading">Published by</span> {text(author.name)}</h2>
<p class="author-bio">{text(author.bio)}
<a class="author-link" href="{attribute(site.link(f"/author/{author.slug}/"))}" rel="author">View all posts by
 {text(author.name)}</a></p>
</div></div>"""


def post_footer(site: Site, post: Post) -> str:
    """Categories and tags, below the post."""

    def terms(taxonomy: str, names: tuple[str, ...], rel: str) -> str:
        return ", ".join(
            f'<a href="{attribute(site.link(term_path(taxonomy, name)))}" rel="{rel}">{text(name)}</a>'
            for name in names
        )

    tags = f'<span class="tags-links">Tagged {terms("tag", post.tags, "tag")}</span>' if post.tags else ""
    return f"""\
<footer class="entry-footer entry-meta">
<span class="cat-links">Posted in {terms("category", post.categories, "category tag")}</span> {tags}
<span class="edit-link"></span></footer>"""


def neighbours(site: Site, post: Post) -> str:
    """Links to the post before and the post after."""
    place = next((i for i, other in enumerate(site.posts) if other.path == post.path), 0)
    older = site.posts[place + 1 : place + 2]
    newer = site.posts[place - 1 : place] if place else ()
    links = [
        f'<div class="nav-{side}"><a href="{attribute(site.link(other.path))}" rel="{rel}">'
        f'<span class="meta-nav">{label}</span> <span class="post-title">{text(other.title)}</span></a></div>'
        for others, side, rel, label in (
            (older, "previous", "prev", "Previous Post"),
            (newer, "next", "next", "Next Post"),
        )
        for other in others
    ]
    return (
        '<nav class="navigation post-navigation"><h2 class="screen-reader-text">Post navigation</h2>\n'
        f'<div class="nav-links">{"".join(links)}</div></nav>'
    )


def sidebar(site: Site) -> str:
    """The widgets: search, recent posts, recent comments, archives, categories, blogroll."""
    recent = "".join(
        f'<li><a href="{attribute(site.link(post.path))}">{text(post.title)}</a></li>' for post in site.posts[:5]
    )
    months = Counter((post.published.year, post.published.month) for post in site.posts)
    archives = "".join(
        f'<li><a href="{attribute(site.link(f"/{year}/{month:02}/"))}">{MONTHS[month - 1]} {year}</a>'
        f"&nbsp;({count})</li>"
        for (year, month), count in months.items()
    )
    counts = Counter(name for post in site.posts for name in post.categories)
    categories = "".join(
        f'<li class="cat-item"><a href="{attribute(site.link(term_path("category", name)))}">{text(name)}</a>'
        f" ({count})</li>"
        for name, count in sorted(counts.items())
    )
    blogroll = "".join(f'<li><a href="{url}">{text(name)}</a></li>' for name, url in _BLOGROLL)
    return f"""\
<aside id="secondary" class="widget-area sidebar" role="complementary">
<section class="widget widget_search">
<form role="search" method="get" class="search-form" action="{site.url}">
<label><span class="screen-reader-text">Search for:</span>
<input type="search" class="search-field" placeholder="Search &hellip;" value="" name="s" /></label>
<input type="submit" class="search-submit" value="Search" /></form></section>
<section class="widget widget_recent_entries"><h2 class="widget-title">Recent Posts</h2>
<ul>{recent}</ul></section>
<section class="widget widget_recent_comments"><h2 class="widget-title">Recent Comments</h2>
<ul>{_recent_comments(site)}</ul></section>
<section class="widget widget_archive"><h2 class="widget-title">Archives</h2><ul>{archives}</ul></section>
<section class="widget widget_categories"><h2 class="widget-title">Categories</h2>
<ul>{categories}</ul></section>
<section class="widget widget_links"><h2 class="widget-title">Blogroll</h2>
<ul class="xoxo blogroll">{blogroll}</ul></section>
<section class="widget widget_blog_subscription"><h2 class="widget-title">Follow Blog via Email</h2>
<p>Enter your email address to follow this blog and receive notifications of new posts by email.</p></section>
</aside>"""


def _recent_comments(site: Site) -> str:
    made = [(comment, post) for post in site.posts for comment, _ in post.thread()]
    made.sort(key=lambda pair: pair[0].date, reverse=True)
    return "".join(
        f'<li class="recentcomments"><span class="comment-author-link">{text(comment.author)}</span> on '
        f'<a href="{attribute(site.link(post.path))}#comment-{comment.id}">{text(post.title)}</a></li>'
        for comment, post in made[:3]
    )


def follow_bar(site: Site) -> str:
    """The bar that follows the reader down the page, and the prompt to log in."""
    return f"""\
<div id="actionbar" class="actnbar-pub"><ul>
<li class="actnbar-btn"><a class="actnbar-action actnbar-actn-comment" href="#respond">Comment</a></li>
<li class="actnbar-btn"><span class="actnbar-action">Follow</span> <span class="following">Following</span>
<div class="actnbar-popover"><img alt="" src="{attribute(site.link(AVATAR))}" height="16" width="16" />
<a href="{site.url}">{text(site.title)}</a>
<div class="actnbar-button-wrap"><span>Sign me up</span></div>
<div class="actnbar-login-nudge">Already have a WordPress.com account?
 <a href="https://wordpress.com/log-in/" rel="nofollow">Log in now.</a></div></div></li>
<li class="actnbar-hidden"><a href="https://wordpress.com/abuse/" rel="nofollow">Report this content</a></li>
<li class="actnbar-hidden"><a href="https://subscribe.wordpress.com/" rel="nofollow">Manage
subscriptions</a></li>
<li class="actnbar-hidden"><span>Collapse this bar</span></li>
</ul></div>"""


def colophon() -> str:
    """The foot of every page."""
    return """\
<footer id="colophon" class="site-footer" role="contentinfo"><div class="site-info">
<a href="https://wordpress.com/" rel="nofollow">Create a free website or blog at WordPress.com.</a>
<a href="#page" class="back-to-top">Up &uarr;</a></div></footer>"""
