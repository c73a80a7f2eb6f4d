"""What stands where a post should be: a form for a password, a paywall, a check for robots, an empty place.

Elements that only an engine's own wall has are believed first; words only where the page holds little else, because
posts speak of all these things too. Only the page itself is asked: what surfaces tell of a post is no witness. Where
a post is shown in part, it is a post with a flag.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from archiver.extract.dom import ancestors, remove, squeeze, tag, text_of
from archiver.extract.kind import Kind
from archiver.extract.linked import Linked, Node
from archiver.extract.messages import NOT_FOUND, SCRIPTS_WANTED, SENTENCES, TITLES
from archiver.extract.platforms.rules import Platform
from archiver.extract.selectors import Index

# Flags of articles that have no text of their own.
WALLS = (
    "challenge",
    "private",
    "password",
    "login_wall",
    "content_warning",
    "suspended",
    "parked",
    "soft_404",
    "paywall_stub",
)
# Less than this, and a preview is no more than the name of what is kept back.
_PREVIEW = 200
# More letters than a message has, and more than a page has that is nothing but a message.
_MESSAGE = 1500
_LINES = 3000
_LONGEST = 200
_UNSEEN = frozenset(["script", "style", "noscript", "template", "svg", "head", "option"])

# Where platforms send readers who may not see a blog: their own host, the beginning of the path, and what it means.
_SENT_TO = (
    ("wordpress.com", "/log-in/", "private"),
    ("blogger.com", "/interstitial/", "content_warning"),
    ("blogger.com", "/blogin.g/", "private"),
    ("accounts.google.com", "/", "login_wall"),
    ("tumblr.com", "/blog_auth/", "password"),
    ("tumblr.com", "/login/", "login_wall"),
    ("medium.com", "/m/signin/", "login_wall"),
    ("substack.com", "/sign-in/", "login_wall"),
)
_SENT_WITHIN = (
    ("/wp-login.php", "login_wall"),
    ("/cgi-sys/suspendedpage.cgi", "suspended"),
    ("/cgi-sys/defaultwebpage.cgi", "parked"),
)
# Elements that stand on no page but the wall itself.
_WHOLE = (
    ("private", ("body.private-login", ".gh-flow-content.private form.gh-signin")),
    ("private", ("body.wpcom-coming-soon-body", "body.wpcom-coming-soon-private-default-body")),
    ("password", ("body.login-password-protected",)),
    ("login_wall", ("body.login form#loginform",)),
)
# Elements that ordinary pages may have as well: they count on a page of few words.
_ALONE = (
    (
        "challenge",
        (
            "#challenge-form",
            "#challenge-running",
            "#challenge-stage",
            "#challenge-error-title",
            "#challenge-error-text",
            "#cf-error-details",
            "#px-captcha",
            "#anubis_challenge",
            "#ddg-captcha",
            "iframe[src*=_Incapsula_Resource]",
            "iframe[src*=captcha-delivery.com]",
            "script[src*=captcha-delivery.com]",
            "script[src*=awswaf.com]",
            "meta[content*=/.well-known/sgcaptcha/]",
        ),
    ),
    ("content_warning", ("a[href*=guestAuth=]", "iframe#injected-iframe[src*=/interstitial/]")),
    (
        "parked",
        (
            "html[data-adblockkey]",
            "script[src*=sedoparking.com]",
            "img[src*=sedoparking.com]",
            "script[src*=parkingcrew.net]",
            "script[src*=/parking-lander/]",
            "script[src*=cdnpark.com]",
            "script[src*=bodis.com]",
            "a[href*=hugedomains.com/domain_profile]",
            "a[href*=sedo.com/search/details]",
        ),
    ),
)
_ALONE_SCRIPTS = (
    ("challenge", re.compile(r"_cf_chl_opt|sucuri_cloudproxy_js")),
    ("parked", re.compile(r"""location\.(?:href|replace)\s*[=(]\s*["']/lander["']""")),
)
# Of these, what no page has that shows a post, whatever it says of dates.
_PROOF = (
    "#challenge-running",
    "#challenge-stage",
    "#challenge-error-title",
    "#challenge-error-text",
    "#cf-error-details",
    "#anubis_challenge",
    "iframe[src*=_Incapsula_Resource]",
    "script[src*=captcha-delivery.com]",
    "meta[content*=/.well-known/sgcaptcha/]",
    "html[data-adblockkey]",
    "script[src*=sedoparking.com]",
    "script[src*=parkingcrew.net]",
    "script[src*=/parking-lander/]",
)
_SEPARATOR = re.compile(r"\s+[|\u2013\u2014\u00b7\u00bb\u00ab\u2022\u203a\u2039:-]+\s+|\s*[|\u00bb\u00ab]\s*|:\s+")
# What frameworks fill when their scripts run.
_EMPTY_APPS = ("div#root", "div#app", "div#__next", "div#__nuxt", "div#___gatsby", "app-root", "#ember-app")
_PLAIN_SELECTOR = re.compile(r"[.#][\w-]{1,100}")


@dataclass(frozen=True, slots=True)
class Found:
    """What a page shows before anything is taken out of its tree.

    `wall` is sure; `told` is what its title or its few words speak of, `proven` that an element or a script shows it,
    `lost` says that they speak of nothing found. `headings` are its title and first headings, folded.
    `shut` says that it asks for a password, `gated` that it asks to become a member or calls its text not free,
    `scripted` that the engine leaves all showing to scripts, `wanting` that the page asks for scripts.
    """

    wall: str | None = None
    told: str | None = None
    proven: bool = False
    lost: bool = False
    shut: bool = False
    gated: bool = False
    scripted: bool = False
    wanting: bool = False
    headings: frozenset[str] = frozenset()

    def shows(self, title: str | None) -> bool:
        """Say whether the page is headed by the title that a surface gives its post, as no wall is."""
        return title is not None and squeeze(title).casefold() in self.headings


def find(index: Index, linked: Linked, platform: Platform, url: str, root: HtmlElement | None) -> Found:
    """Return what a page shows of walls, and take the boxes that ask for money or a password out of its tree."""
    sure = _sent_to(url) or next((name for name, marks in _WHOLE if index.first(marks) is not None), None)
    if sure is None and index.first(("body.error404",)) is not None and platform.lost:
        sure = "soft_404"
    headings = _headings(index)
    size = _size(index.root)
    told, proven = None, False
    if size < _LINES:
        alone = _alone(index)
        proven = alone is not None and (index.first(_PROOF) is not None or _by_script(index) is not None)
        told = alone or _by_title(index, headings) or (_by_sentence(index) if size < _MESSAGE else None)
    lost = index.first(platform.lost) is not None or any(NOT_FOUND.fullmatch(x) for x in headings)
    scripted = root is None and index.first(platform.scripted) is not None
    wanting = size < _PREVIEW and _wants_scripts(index)
    shut = index.all(platform.locks)
    gates = index.all(platform.gates)
    keep = {root, *ancestors(root)} if root is not None else set()
    for element in (*shut, *gates):
        if element not in keep and tag(element) not in ("html", "body", "main", "article"):
            remove(element)
    gated = bool(gates) or (_is_not_free(linked.article) and not _shows_all(index, linked.article))
    folded = frozenset(x.casefold() for x in headings)
    return Found(sure, told, proven, lost, bool(shut), gated, scripted, wanting, folded)


def flags(found: Found, kind: Kind, text: str, root: HtmlElement | None, *, dated: bool) -> tuple[str, ...]:
    """Return the flags of a page whose article has this text: at most one wall, or what is missing behind one.

    `dated` says that the page itself states when it was published or is headed as its post is, as no wall is.
    """
    # Plug-ins that make pages of their own forget to say that something was found.
    if found.wall and not (found.wall == "soft_404" and root is not None and len(text_of(root)) >= _MESSAGE):
        return (found.wall,)
    if kind.is_list and kind.is_stated:
        return ()
    if found.shut or found.gated:
        # The text of a stub is often filled up from the rest of the page: what counts is the post's own place.
        shown = len(text_of(root)) if root is not None else len(text)
        if shown >= _PREVIEW:
            return ("members_only",)
        return ("password",) if found.shut else ("paywall_stub",)
    if found.scripted:
        return ("needs_script",)
    is_post = kind.name == "post" and kind.is_stated
    if not is_post and (found.proven or not dated) and len(text) < _MESSAGE and (found.told or found.lost):
        return (found.told or "soft_404",)
    return ("needs_script",) if found.wanting and len(text) < _PREVIEW else ()


def _sent_to(url: str) -> str | None:
    parts = urlsplit(url)
    # Blogs have names of their own before the platform's: x.wordpress.com.
    host = (parts.hostname or "").removeprefix("www.").removeprefix("draft.")
    for own, beginning, name in _SENT_TO:
        if host == own and f"{parts.path}/".startswith(beginning):
            return name
    return next((name for end, name in _SENT_WITHIN if parts.path.endswith(end)), None)


def _size(root: HtmlElement) -> int:
    """Return how many letters a page shows, counted up to more than a wall has."""
    size = 0
    stack: list[HtmlElement] = [root]
    while stack and size < _LINES:
        node = stack.pop()
        if not isinstance(node.tag, str) or node.tag in _UNSEEN:
            text = node.tail if node is not root else None
        else:
            text = (node.text or "") + ((node.tail or "") if node is not root else "")
            stack.extend(node)
        size += len(squeeze(text))
    return size


def _headings(index: Index) -> list[str]:
    """Return the title of a page in its parts, and its first headings."""
    titles = index.select("head title") or index.select("title")
    found = [squeeze(titles[0].text)] if titles else []
    found += [x.strip() for t in found for x in _SEPARATOR.split(t[:_LONGEST])]
    for name in ("h1", "h2"):
        found += [text_of(e) for e in index.select(name)[:2]]
    return [x for x in dict.fromkeys(found) if x and len(x) < _LONGEST]


def _alone(index: Index) -> str | None:
    for name, marks in _ALONE:
        if index.first(marks) is not None:
            return name
    return _by_script(index)


def _by_script(index: Index) -> str | None:
    for script in index.select("script"):
        for name, pattern in _ALONE_SCRIPTS:
            if pattern.search((script.text or "")[:20_000]):
                return name
    return None


def _by_title(index: Index, headings: list[str]) -> str | None:
    for name, pattern in TITLES:
        if any(pattern.fullmatch(x) for x in headings):
            if name == "login_wall" and not index.select("input[type=password]"):
                continue
            return name
    return None


def _by_sentence(index: Index) -> str | None:
    words = text_of(index.root)
    return next((name for name, pattern in SENTENCES if pattern.search(words)), None)


def _wants_scripts(index: Index) -> bool:
    if any(not len(e) and not squeeze(e.text) for e in index.all(_EMPTY_APPS)):
        return True
    asked = [squeeze("".join(str(t) for t in e.itertext()))[:_MESSAGE] for e in index.select("noscript")]
    asked.append(text_of(index.root))
    # Many pages ask for scripts for the sake of comments or numbers alone.
    return any(SCRIPTS_WANTED.search(x) and not re.search(r"comment|disqus", x, re.IGNORECASE) for x in asked)


def _is_not_free(node: object) -> bool:
    value = node.get("isAccessibleForFree") if isinstance(node, dict) else None
    return value is False or (isinstance(value, str) and value.rsplit("/", 1)[-1].lower() == "false")


def _shows_all(index: Index, node: Node | None) -> bool:
    """Say whether the part of a page that it calls not free is there nonetheless."""
    part = (node or {}).get("hasPart")
    for one in part if isinstance(part, list) else [part]:
        selector = one.get("cssSelector") if isinstance(one, dict) and _is_not_free(one) else None
        if isinstance(selector, str) and _PLAIN_SELECTOR.fullmatch(selector.strip()):
            return any(len(text_of(e)) >= _MESSAGE for e in index.select(selector.strip())[:20])
    return False
