"""What stands where a post should be is told by its kind, and ordinary posts are never taken for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archiver.extract.verdict import NO_TEXT, verdict
from archiver.models import Hints

URL = "https://blog.example/2019/03/04/a-post/"
PREVIEW = "<p>Of the four houses on the quay, ours was the only one with a door to the water, and my aunt kept it" * 3


def page(body: str, title: str = "The Blog", head: str = "", classes: str = "") -> str:
    """Return a page with little on it."""
    return (
        f'<html lang="en"><head><title>{title}</title>{head}</head><body class="{classes}">'
        f"<header><a href='/'>The Blog</a></header>{body}</body></html>"
    )


def wordpress(body: str, title: str = "A post \u2013 The Blog", classes: str = "single single-post") -> str:
    """Return a page of WordPress whose post has this body."""
    return page(
        f'<main><article class="post hentry"><h1 class="entry-title">A post</h1><div class="entry-content">{body}</div>'
        "</article></main>",
        title,
        '<meta name="generator" content="WordPress 6.1">',
        classes,
    )


WORDPRESS = '<meta name="generator" content="WordPress">'
GHOST = '<meta name="generator" content="Ghost 5.80">'
SUBSTACK = '<link rel="preconnect" href="https://substackcdn.com/">'
UPGRADE = (
    '<aside class="gh-post-upgrade-cta"><div class="gh-post-upgrade-cta-content"><h2>This post is for subscribers only'
    "</h2><a class='gh-btn'>Subscribe now</a></div></aside>"
)
NOTHING = "<p>It looks like nothing was found at this location. Maybe try a search?</p>"
WHOLE = {
    "private": [
        page("<div id='login'><div class='message'>x</div></div>", classes="login private-login wp-core-ui"),
        page("<p>A new blog will be here soon.</p>", classes="wpcom-coming-soon-body"),
        page(
            '<div class="gh-flow"><section class="gh-flow-content private"><h1>Cette page</h1>'
            '<form class="gh-signin"><input type="password"></form></section></div>'
        ),
        page("<p>This site is marked private by its owner. If you would like to view it, ask for permission.</p>"),
        page("<h1>Permission denied</h1><p>This blog is open to invited readers only.</p>"),
    ],
    "password": [
        wordpress(
            '<form class="post-password-form"><p>Dieser Inhalt ist gesch\u00fctzt.</p><input type="password"></form>'
        ),
        page("<form><input type='password'></form>", classes="login login-password-protected"),
    ],
    "login_wall": [
        page('<form id="loginform"><input type="password"></form>', "Anmelden \u2039 Das Blog", classes="login"),
        page("<h1>Se connecter</h1><form><input name='u'><input type='password'></form>"),
        page("<form><input type='password'></form>", "Log in to continue | The Blog"),
    ],
    "challenge": [
        page("<div>x</div><script>window._cf_chl_opt={cvId:'3'}</script>", "Just a moment..."),
        page('<form id="challenge-form"></form>', "Nur einen Moment\u2026"),
        page("<p>Enable JavaScript and cookies to continue</p>"),
        page('<h1>Robot or human?</h1><div id="px-captcha"></div>'),
        page('<iframe src="/_Incapsula_Resource?x=1"></iframe>', ""),
        page("<p>Checking.</p>", "Attention Required! | Cloudflare"),
    ],
    "content_warning": [
        page('<h1>Content Warning</h1><a href="https://blog.example/?guestAuth=x">I understand</a>'),
    ],
    "suspended": [
        page("<h1>blog.example is no longer available.</h1><p>The authors have deleted this site.</p>"),
        page("<h1>Account Suspended</h1><p>Contact your hosting provider for more information.</p>"),
        page("<h1>Blog has been removed</h1><p>Sorry, the blog at x.example has been removed.</p>"),
    ],
    "parked": [
        page("<p>blog.example</p><script src='https://img.sedoparking.com/x.js'></script>"),
        '<html data-adblockkey="x"><head><title>blog.example</title></head><body><div id="target"></div></body></html>',
        '<html><head><script>window.onload=function(){window.location.href="/lander"}</script></head><body></body></html>',
        page("<h1>blog.example</h1><p>This domain may be for sale. Inquire about this domain.</p>"),
    ],
    "soft_404": [
        page(f"<h1>Hoppla</h1>{NOTHING}", "Hoppla", WORDPRESS, "error404"),
        page(
            f'<section class="no-results not-found">{NOTHING}</section>',
            "x",
            '<meta name="generator" content="WordPress">',
        ),
        page("<h1>Page not found</h1>"),
        page("<p>Sorry.</p>", "404 Not Found"),
        page("<p>Leider.</p>", "Seite nicht gefunden | Das Blog"),
        page("<p>D\u00e9sol\u00e9.</p>", "Page non trouv\u00e9e \u2013 Le Blog"),
        page("<p>x</p>", "P\u00e1gina no encontrada - El Blog"),
        page("<h1>Siden blev ikke fundet</h1>"),
        page("<h1>Страница не найдена</h1>"),
        page("<h1>ページが見つかりませんでした</h1>"),
        page("<h2>Oops! That page can\u2019t be found.</h2>"),
        page("<p>x</p>", "Sorry, the page you were looking for in this blog does not exist."),
    ],
    "paywall_stub": [
        page(f'<article><section class="gh-content">{UPGRADE}</section></article>', "A post", GHOST, "post-template"),
        page(
            '<div class="available-content"><div class="body markup"></div></div><div data-testid="paywall"'
            ' class="paywall"><h2 class="paywall-title">This post is for paid subscribers</h2></div>',
            "A post",
            SUBSTACK,
        ),
        wordpress('<div class="pmpro_content_message">This is for members. Join now, or log in.</div>'),
        wordpress('<div class="mepr-unauthorized-message"><p>You are unauthorized to view this page.</p></div>'),
        wordpress('<p>A line.</p><div class="wp-block-group jetpack-subscribe-paywall"><p>Subscribe.</p></div>'),
    ],
}


@pytest.mark.parametrize(("wall", "markup"), [(wall, markup) for wall, all_ in WHOLE.items() for markup in all_])
@pytest.mark.parametrize("kind", ["post", "unknown"])
def test_walls(article, wall, markup, kind):
    """Each wall is told apart, and is no post, whatever a surface calls it."""
    made = article(markup)
    assert made.flags == (wall,)
    assert verdict(kind, made, usual=True) == verdict("unknown", made, usual=False)
    assert verdict(kind, made, usual=True).reason == wall
    assert wall in NO_TEXT


@pytest.mark.parametrize(
    ("url", "wall"),
    [
        ("https://wordpress.com/log-in?redirect_to=x", "private"),
        ("https://www.blogger.com/interstitial/blog?u=x", "content_warning"),
        ("https://www.blogger.com/blogin.g?blogspotURL=x", "private"),
        ("https://www.tumblr.com/blog_auth/x", "password"),
        ("https://blog.example/wp-login.php?redirect_to=x", "login_wall"),
        ("https://blog.example/cgi-sys/suspendedpage.cgi", "suspended"),
    ],
)
def test_where_readers_are_sent(article, fill, url, wall):
    """A page to which platforms send readers who may not see a blog is that wall in any language."""
    assert article(page(f"<h1>Velkommen</h1>{fill}"), url=url).flags == (wall,)


@pytest.mark.parametrize(
    "url", ["https://x.wordpress.com/log-in/", "https://x.tumblr.com/login", "https://b.example/log-in"]
)
def test_posts_called_after_logins(article, fill, url):
    """A post on a platform may lie at an address that on the platform's own host leads to a form."""
    assert article(page(f"<h1>Log in, drop out</h1>{fill}"), url=url).flags == ()


@pytest.mark.parametrize(
    "markup",
    [
        page(
            f'<article><section class="gh-content">{PREVIEW}{UPGRADE}</section></article>',
            "A post",
            GHOST,
            "post-template",
        ),
        page(
            f'<div class="available-content"><div class="body markup">{PREVIEW}</div></div><div class="paywall">'
            '<h2 class="paywall-title">This post is for paid subscribers</h2></div>',
            "A post",
            SUBSTACK,
        ),
        wordpress(f'{PREVIEW}<div class="patreon-campaign-banner">To view this content, you must be a member.</div>'),
        wordpress(f'{PREVIEW}<form class="post-password-form"><input type="password"></form>'),
    ],
    ids=["ghost", "substack", "patreon", "password"],
)
def test_a_preview_is_a_post(article, markup):
    """What can be read before a paywall is a post that says what is missing, without the words of the paywall."""
    made = article(markup)
    assert "members_only" in made.flags
    assert verdict("unknown", made, usual=True).is_post
    assert "door to the water" in made.text
    assert not any(word in made.text for word in ("subscribers", "member", "Subscribe"))


def test_a_stub_is_not_filled_up(article, fill):
    """A stub without words of its own is one although the page around it has enough of them."""
    body = f'<article><section class="gh-content">{UPGRADE}</section></article><section>{fill}</section>'
    assert article(page(body, "A post", GHOST, "post-template")).flags == ("paywall_stub",)


@pytest.mark.parametrize("said", ["false", '"False"', '"http://schema.org/False"'])
def test_a_post_that_calls_itself_not_free(post, fill, said):
    """JSON-LD that says that a post is not free is believed, unless what is not free is there."""
    head = (
        '<script type="application/ld+json">{{"@type": "BlogPosting", "headline": "A post",'
        ' "isAccessibleForFree": {}{}}}</script>'
    )
    part = ', "hasPart": {"@type": "WebPageElement", "isAccessibleForFree": false, "cssSelector": ".entry-content"}'
    assert "members_only" in post(fill, head=head.format(said, "")).flags
    assert "members_only" not in post(fill * 6, head=head.format(said, part)).flags


DYNAMIC = (
    '<html><head><title>The Blog</title><meta content="blogger" name="generator"><meta content="dynamic"'
    ' name="blogger-template"><script src="//www.blogblog.com/dynamicviews/4224/js/common.js"></script></head><body'
    ' class="variant-magazine"><div class="content"><div class="main section" id="main">{}</div></div></body></html>'
)


def test_dynamic_views(article, fill):
    """A page of Blogger's dynamic views says that it needs scripts, and what it shows without them is no text."""
    made = article(DYNAMIC.format(""))
    assert made.flags == ("needs_script", "no_text")
    assert article(DYNAMIC.format(fill)).text == ""


def test_an_ordinary_page_of_blogger(article, fill):
    """The address of the dynamic views' scripts, which every page of Blogger names, makes none of them one."""
    made = article(
        '<html><head><meta content="blogger" name="generator"></head><body><div class="post-body entry-content">'
        f"{fill}</div><script>_W({{'dynamicViewsScriptSrc': '//www.blogblog.com/dynamicviews/4'}})</script></body>"
    )
    assert made.flags == ()


@pytest.mark.parametrize(
    "body",
    [
        "<noscript>You need to enable JavaScript to run this app.</noscript><div id='root'></div>",
        "<noscript>Bitte aktivieren Sie JavaScript.</noscript>",
        "<p>This page requires JavaScript.</p>",
        "<div id='__next'></div><script src='/main.js'></script>",
    ],
)
def test_pages_that_need_scripts(article, body):
    """A page that shows nothing but the wish for scripts says so."""
    assert "needs_script" in article(page(body)).flags


@pytest.mark.parametrize(
    "body",
    [
        '<p><img src="/snow.jpg" alt="Snow"></p><noscript>Enable JavaScript to view the comments.</noscript>',
        "<p>Gone reading. Back on Monday.</p>",
    ],
)
def test_short_posts_need_no_scripts(post, body):
    """A post that is short, or one image, is no page without words because its comments want scripts."""
    assert "needs_script" not in post(body).flags


@pytest.mark.parametrize(
    "title",
    [
        "Page not found",
        "404",
        "Just a moment...",
        "Access denied",
        "Log in",
        "Private blog",
        "Account suspended",
        "This domain is for sale",
        "Content warning",
        "Nothing found",
    ],
)
def test_posts_that_speak_of_walls(post, article, fill, title):
    """A post may be called what a wall is called, however short it is: its engine or its date tells it apart."""
    short = "<p>So said the sign on the door, and I went home. Sorry, the account has been suspended.</p>"
    for made in (
        post(short, title=title),
        post(fill, title=title),
        article(
            f"<html><head><title>{title}</title></head><body><time class='published' datetime='2019-03-04'></time>"
            f"<h1>{title}</h1>{short}</body></html>"
        ),
        article(f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{fill * 8}</body></html>"),
    ):
        assert not set(made.flags) & set(NO_TEXT)
        assert verdict("post", made, usual=True).is_post


def test_forms_beside_a_post(post, fill):
    """A form to log in, a captcha for comments or a box for subscribers beside a post is no wall."""
    after = (
        '<form><h2>Log in</h2><input type="password"></form><div id="px-captcha"></div>'
        '<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script><div class="paywall">Subscribe</div>'
    )
    assert post(fill, after=after).flags == ()


def test_protected_posts_in_a_listing(article, fill):
    """A list of posts of which one asks for a password is a list."""
    made = article(
        f"<html><head><meta name='generator' content='WordPress'></head><body class='archive'>{fill}"
        '<form class="post-password-form"><input type="password"></form></body></html>',
        url="https://blog.example/category/x/",
    )
    assert verdict("unknown", made, usual=False).reason == "listing"


def test_a_page_that_a_plugin_made(article, fill):
    """A page of many words that WordPress believes it has not found is there nonetheless."""
    made = article(wordpress(fill * 6, classes="error404"))
    assert made.flags == ()


HINTS = Hints(title="The ferry", published="2024-01-02T10:00:00Z", source="api")


@pytest.mark.parametrize("wall", ["challenge", "suspended", "parked", "login_wall", "soft_404"])
def test_surfaces_vouch_for_no_page(article, wall):
    """A wall is one although an API says when the post was published that should be there."""
    for markup in WHOLE[wall]:
        made = article(markup, hints=HINTS)
        assert made.flags == (wall,)
        assert verdict("post", made, usual=True).reason == wall


@pytest.mark.parametrize(
    "body",
    [
        "<div id='challenge-running'>Checking</div>",
        "<script>window._cf_chl_opt={cvId:'3'}</script>",
        "<script src='https://ct.captcha-delivery.com/c.js'></script>",
    ],
)
def test_proof_outranks_dates(article, body):
    """What only a challenge has is believed on a page that states a date."""
    made = article(page(f"<time class='published' datetime='2024-01-02'></time>{body}", "Just a moment..."))
    assert made.flags == ("challenge",)


def test_a_page_headed_as_its_post(article):
    """A short post without a date whose title an API gives is no wall, whatever it is called."""
    markup = page("<h1>Page not found</h1><p>So said the sign on the door, and I went home.</p>")
    assert article(markup, hints=HINTS).flags == ("soft_404",)
    made = article(markup, hints=replace(HINTS, title="Page  Not Found"))
    assert not set(made.flags) & set(NO_TEXT)
