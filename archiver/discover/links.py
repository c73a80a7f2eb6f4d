"""Links in pages: which lead to posts perhaps, which to lists of posts, and which are traps or no pages.

Rules speak of what blog platforms do, never of one blog. `classify` judges one address; `Budget` ends what can only be
told from many: pages that link to ever new pages without a post in them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit

from parsel import Selector

from archiver import urls
from archiver.discover.patterns import shape, usual_shapes

__all__ = ["Budget", "PageLinks", "classify", "is_paging", "page_links", "shape", "usual_shapes"]

# A further page of a post, after the post's own address: /2/, ?page=2.
FURTHER_PAGE = re.compile(r"(.{8,}?[^/])(?:/page)?(?:/\d{1,3}/?|/?\?page=\d{1,3})")
MAX_SEGMENTS, MAX_LENGTH = 12, 2000
# More on one page are a trap, and take the crawl's own time to sort.
MAX_LINKS = 10_000

# --- query fields: names, or names with the values that tell ---------------------------------------------

# The page again: to answer, share, like or print it, before it is published, sorted otherwise.
AGAIN = re.compile(
    r"replytocom|like_comment|showcomment|share|fb_comment_id|unapproved|moderation-hash|_wpnonce|preview(_id|_nonce)?|"
    r"redirect_to|action|doing_wp_cron|(no|non)?amp|print(able|er_friendly)?|tmpl|mobile|sort(_?(by|order|dir))?|"
    r"order(_?(by|dir))?",
    re.IGNORECASE,
)
AGAIN_BY_VALUE = re.compile(r"m=[01]|format=(amp|pdf|print|main-content)|output(type)?=(amp|pdf|print)", re.IGNORECASE)
CALENDAR_FIELD = re.compile(
    r"cal_?(m|d|y|month|day|year|date)?|calendar|(outlook-)?ical|date|day|month|yr|dy|tribe[-_].*|event-?display|simcal_.*",
    re.IGNORECASE,
)
FEED_FIELD = re.compile(r"feed=.*|format=(feed|rss|atom|json.*)|alt=(rss|atom|json.*)", re.IGNORECASE)
SEARCH_FIELD = re.compile(r"s|search(word|_query)?|query|keywords?", re.IGNORECASE)
COMMENT_FIELD = re.compile(r"cpage|commentpage", re.IGNORECASE)
SESSION_FIELD = re.compile(r"s|sid|session|sess(ion)?_?(id|key)?", re.IGNORECASE)
SESSION_TOKEN = re.compile(r"(?=\D*\d)(?=\d*[a-z])[a-z0-9]{16,}", re.IGNORECASE | re.ASCII)
PAGING_FIELD = re.compile(
    r"(paged?|pg|page_?(no|num)|start|offset|skip|query-\d+-page)=\d+|updated-m(ax|in)=.*", re.IGNORECASE
)
LISTING_FIELD = re.compile(
    r"(cat|category|tag|author|label)(_id|_name)?|taxonomy|year|monthnum|archives?|updated-m(ax|in)", re.IGNORECASE
)
MONTH_FIELD = re.compile(r"m=(\d{4})(\d\d){0,2}|year=(\d{4})", re.ASCII)
POST_FIELD = re.compile(r"p|(page|post|article)?_?id", re.IGNORECASE)

# --- paths ----------------------------------------------------------------------------------------------

ASSET = re.compile(
    r"\.(png|jpe?g|gif|webp|svg|ico|avif|heic|bmp|tiff?|css|js|mjs|json|woff2?|ttf|eot|mp[34]|m4[av]|ogg|opus|flac|wav|"
    r"webm|mov|avi|mkv|mpe?g|swf|pdf|ps|zip|gz|bz2|xz|tgz|tar|rar|7z|docx?|xlsx?|pptx?|od[tsp]|rtf|csv|epub|mobi|xml|"
    r"txt|ics|exe|dmg|apk|iso|torrent)$",
    re.IGNORECASE,
)
FEED_FILE = re.compile(r"/(feed|rss2?|atom|index)\.(xml|json)$|\.(rss|atom|rdf)$", re.IGNORECASE)
FEED = re.compile(
    r"^/(feeds?|rss)(/|$)|/(feeds?|rss2?|rdf|atom)(/(feed|rss2?|rdf|atom|json|podcast))?(\.\w{1,5})?/?$", re.IGNORECASE
)
CALENDAR = re.compile(
    r"/(calendars?|kalender|calendario|calendrier|calendari|kalendarz)/(\d[\d/-]*$|(action|month|week|day|year)\b)|"
    r"/events?/((month|week|day|list|photo|map|today)(/|$)|(19|20)\d\d-\d\d)|/ical(/|$)",
    re.IGNORECASE,
)
MONTH = re.compile(r"/(\d{4})/(0?[1-9]|1[0-2])(/\d\d?)?/?$", re.ASCII)
NAME = r"/[^/-]+(-[^/-]+){3,}"
# A name below a month or day is a post's, whatever word it is, but for these.
DATED_POST = re.compile(
    r"/(19|20)\d\d/(0?[1-9]|1[0-2])(/\d\d?)?/(?!(feed|rss2?|rdf|atom|page|\d+|(index|page)[-_]?\d*(\.\w+)?)/?$)[^/]+/?$|"
    # and so is a date below a name of many words
    rf"{NAME}/(19|20)\d\d(/(0?\d|1[0-2])(/\d\d?)?)?/?$",
    re.IGNORECASE,
)
NAMED_POST = re.compile(NAME + "/?$")
# Words for category, tag and author, as blogs translate them in their settings.
CATALOG = (
    r"categor(y|ies|ia|ias|ie|ieën)|cat[ée]gories?|categorías?|kategori(e|en|er|ler|a|ja)?|"
    r"rubri(ca|cas|che|ek|eken|k|ken|que|ques)|категори[яи]|рубрик[аи]|分类|カテゴリー?|"
    r"tags?|tagged|taggar|labels?|topics?|thema|themen|temas?|etiquetas?|etichett[ae]|étiquettes?|mots?-cl[ée]s?|"
    r"schlag(wort|worte|wörter|woerter)|stichworte?|trefwoord(en)?|marcador(es)?|palabras?-clave|etiket(ler|ten|ter)?|"
    r"tagi|emneord|avainsanat?|c[ií]mke|метк[аи]|теги?|タグ|标签|"
    r"authors?|autor(es|en|as?|i|e)?|auteurs?|författare|forfatter|kirjoittaja|szerző|yazar|автор"
)
PAGE = r"page|p[aá]gina|seite|sid[ae]|strona|sivu|oldal|sayfa|stranica|страница"
# Whatever word a tag is: /tag/search leads to no search.
CATALOG_ENTRY = re.compile(rf"/({CATALOG})/[^/]+(/({PAGE})/\d+)?/?$", re.IGNORECASE)
LISTING = re.compile(
    # below the first words lie lists; the others are lists themselves, but posts may lie below them
    rf"/(page|{CATALOG})([/.]|$)|"
    r"/(blog|weblog|posts|articles|artikel|art[ií]culos|artigos|articoli|archives?|archiv|archivos?|arquivos?|archivio|"
    r"archief|arkiv|arkisto|archiwum|архив|entries|stories|essays|news|series|sections?|all|index|sitemap)(\.html?)?/?$|"
    r"/(19|20)\d\d(/(0?\d|1[0-2])(/\d\d?)?)?/?$",
    re.IGNORECASE,
)
# One page deeper in a list.
PAGING = re.compile(rf"/({PAGE})/\d+(?=/|$)|/(page|index)[-_]?\d+(\.html?)?(?=/|$)", re.IGNORECASE)
OTHER_PAGES = (
    (
        "comment_page",
        re.compile(
            r"/(comment|kommentar|commentaire|comentario)s?-(page|seite|pagina)-\d+/?$|"
            r"/[^/]+/(comments?(/\d+)?|responses)/?$",
            re.IGNORECASE,
        ),
    ),
    (
        "login",
        re.compile(
            r"/(wp-(login|signup|activate)|(sign|log)[-_]?(in|out|up)|register|account|lost-?password|"
            r"user/(login|register|password)|subscribe|unsubscribe)([/.]|$)",
            re.IGNORECASE,
        ),
    ),
    (
        "search",
        re.compile(
            r"/search([/.]|$)|/(suche|recherche|buscar|busca|cerca|ricerca|zoeken|szukaj|hledat)/.", re.IGNORECASE
        ),
    ),
    ("attachment", re.compile(r"/attachments?(/|$)", re.IGNORECASE)),
    (
        "again",
        re.compile(r"/(amp|print|printpdf|printmail|embed)([/.]|$)|\.(amp|print)(\.html?)?$", re.IGNORECASE),
    ),
    (
        "service",
        re.compile(
            r"/(wp-(admin|json|content|includes|cron|trackback|comments-post)|xmlrpc|trackback|cart|checkout|cdn-cgi|"
            r"share|oembed|administrator|\.well-known|(ghost|members)/api|api/v\d+|comment/reply|node/add)([/.]|$)",
            re.IGNORECASE,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class PageLinks:
    """The links of one page within the blog, in order and once each; `dropped` counts the others by reason."""

    posts: tuple[str, ...]
    listings: tuple[str, ...]
    dropped: dict[str, int]


def page_links(url: str, html: str, root: str) -> PageLinks:
    """Sort the links of a page that belong to the blog at `root`."""
    page = Selector(html or "<html/>", type="html")
    base = urls.absolute(url, page.xpath("string(//base/@href)").get() or url) or url
    seen: set[str] = set()
    sorted_: dict[str, list[str]] = {"post": [], "listing": []}
    dropped: dict[str, int] = {}
    for href in page.xpath("//a/@href").getall()[:MAX_LINKS]:
        target = urls.absolute(base, href)
        if target is None or target in seen:
            continue
        seen.add(target)
        kind = classify(target, root)
        if kind in sorted_:
            sorted_[kind].append(target)
        else:
            dropped[kind] = dropped.get(kind, 0) + 1
    return PageLinks(tuple(sorted_["post"]), tuple(sorted_["listing"]), dropped)


# --- one address ----------------------------------------------------------------------------------------


def classify(url: str, root: str) -> str:
    """Say what a link leads to by its address: post (perhaps), listing, or why it is not followed.

    Reasons are outside, again (another view of a page, or the first page), long, repeated, session, calendar,
    comment_page, feed, asset, attachment, search, login and service. Lists are those of categories, tags, authors and
    dates, and their further pages. A page in another language is no other view. Raises ValueError for what is no web
    address.
    """
    normal = urls.normalise(url)
    key, folder = _home(root)
    own = urls.identity(normal)
    parts = urlsplit(normal)
    if urlsplit(own).netloc != urlsplit(key).netloc or not parts.path.startswith(folder):
        return "outside"
    if own == key:
        return "again"
    # Where a blog lives is not its own word: /tag/ or /search/ may be its folder.
    path = urlsplit(own).path
    if path != parts.path:  # without a slash or index.html at the end
        path = path.rstrip("/") + "/"
    path = unquote(path[len(folder) - 1 :])
    segments = [segment for segment in path.split("/") if segment]
    if len(normal) > MAX_LENGTH or len(segments) > MAX_SEGMENTS:
        return "long"
    fields = parse_qsl(parts.query, keep_blank_values=True)
    if _repeats(segments, fields):
        return "repeated"
    return _by_query(fields, path) or _by_path(path) or ("listing" if _is_paged(path, fields) else "post")


@lru_cache(maxsize=8)
def _home(root: str) -> tuple[str, str]:
    return urls.identity(root), urls.folder_of(root)


def _repeats(segments: list[str], fields: list[tuple[str, str]]) -> bool:
    # Relative links on a page that answers under any address grow a path without end: /a/b/a/b/a/b.
    # A date alone has a number thrice: /2011/11/11/11.
    words = Counter(segments)
    names = Counter(name for name, _ in fields if not name.endswith("[]"))
    return (
        any(n > (3 if word.isdecimal() else 2) for word, n in words.items())
        or len(set(fields)) < len(fields)
        or any(n > 2 for n in names.values())
    )


def _by_query(fields: list[tuple[str, str]], path: str) -> str | None:
    pairs = [f"{name}={value}" for name, value in fields]
    names = [name for name, _ in fields]

    def has(pattern: re.Pattern[str], texts: list[str] = names) -> bool:
        return any(pattern.fullmatch(text) for text in texts)

    if any(SESSION_FIELD.fullmatch(name) and SESSION_TOKEN.fullmatch(value) for name, value in fields):
        return "session"
    if has(AGAIN) or has(AGAIN_BY_VALUE, pairs):
        return "again"
    if has(COMMENT_FIELD):
        return "comment_page"
    if has(FEED_FIELD, pairs):
        return "feed"
    if "attachment_id" in names:
        return "attachment"
    if dates := [found for pair in pairs if (found := MONTH_FIELD.fullmatch(pair))]:
        if not all(_is_sensible(found[1] or found[3]) for found in dates):
            return "calendar"
        return None if has(POST_FIELD) else "listing"
    if has(CALENDAR_FIELD):
        return "calendar"
    if has(POST_FIELD):
        return None
    # Drupal without clean addresses calls a page so: ?q=node/12
    if has(SEARCH_FIELD) or any(name == "q" and "/" not in value for name, value in fields):
        return "search"
    is_name = DATED_POST.search(path) or NAMED_POST.search(path)
    return "listing" if has(LISTING_FIELD) and not is_name else None


def _by_path(path: str) -> str | None:
    if FEED_FILE.search(path):
        return "feed"
    if ASSET.search(path):
        return "asset"
    if CALENDAR.search(path) or ((month := MONTH.search(path)) and not _is_sensible(month[1])):
        return "calendar"
    if CATALOG_ENTRY.search(path):
        return "listing"
    if FEED.search(path):
        return "feed"
    if DATED_POST.search(path):
        return None
    return next(
        (reason for reason, pattern in OTHER_PAGES if pattern.search(path)),
        "listing" if LISTING.search(path) else None,
    )


def _is_sensible(year: str) -> bool:
    """Tell whether a blog can have posts of a year; a calendar that nobody ends leads to all others."""
    return 1900 <= int(year) <= datetime.now(UTC).year + 1


def _is_paged(path: str, fields: list[tuple[str, str]]) -> bool:
    return bool(PAGING.search(path)) or any(PAGING_FIELD.fullmatch(f"{name}={value}") for name, value in fields)


def page_of(url: str) -> str | None:
    """Return the address of the post that `url` may be a further page of: /a-post/ for /a-post/2/; None for others."""
    match = FURTHER_PAGE.fullmatch(url)
    return match[1] if match else None


def is_paging(url: str) -> bool:
    """Tell whether an address is a further page of a list."""
    parts = urlsplit(url)
    return _is_paged(unquote(parts.path), parse_qsl(parts.query, keep_blank_values=True))


# --- many addresses -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bound:
    """How many pages may bring nothing: `spare` and `each` more for every page that brought something, and how many
    in a row."""

    spare: int
    each: int
    in_a_row: int


@dataclass(slots=True)
class Tally:
    """What the pages of one family brought."""

    something: int = 0
    nothing: int = 0
    in_a_row: int = 0

    def exceeds(self, bound: Bound) -> bool:
        """Tell whether too many pages brought nothing."""
        return self.in_a_row >= bound.in_a_row or self.nothing >= bound.spare + bound.each * self.something


# Posts of one form in one folder, of one form, all; a hundred first pages without a post are more than any blog has
# beside its posts, and more than four of them to a post, too.
FOLDER, FORM, POSTS = Bound(100, 4, 500), Bound(1000, 4, 1000), Bound(5000, 4, 5000)
# Pages of one list, lists of one form, all. The first pages of a list may hold nothing but what a feed named.
LIST, LISTS, ALL_LISTS = Bound(30, 4, 30), Bound(200, 4, 500), Bound(2000, 4, 2000)
# Pages of lists by date that are asked for, whatever they bring: thirteen years of days.
MAX_DATES = 5000
# Families that are told apart, and lists whose outcome is awaited.
MAX_FAMILIES, MAX_OPEN = 20_000, 100_000


class Budget:
    """How long links are followed that bring nothing; each run has its own.

    Addresses belong to families by their form. A family is closed when too many of its pages brought nothing, and
    open again if those that are still under way do bring something. What is under way is not counted: ask for some
    hundreds of addresses at a time. A trap whose pages all look like posts does not end here, but at the number of
    linked addresses (ARCHIVER_MAX_LINKED).
    """

    def __init__(self) -> None:
        self._tallies: dict[int, Tally] = {}
        self._lists: set[int] = set()

    def may_follow(self, url: str, kind: str) -> str | None:
        """Return None if an address that links alone name may be asked for, or the reason why not.

        `kind` is post or listing. Reasons are trap (pages of this form are no posts), nothing_new (lists of this form
        name no posts any more) and calendar (too many lists by date).
        """
        is_list = kind == "listing"
        for family, bound in _families(url, is_list=is_list):
            tally = self._tallies.get(self._key(family))
            if tally and tally.exceeds(bound):
                return "nothing_new" if is_list else "trap"
            if tally and family[0] == "dates" and tally.something + tally.nothing >= MAX_DATES:
                return "calendar"
        if is_list and len(self._lists) < MAX_OPEN:
            self._lists.add(hash(url))
        return None

    def outcome(self, url: str, found_new: bool) -> None:
        """Take in what an address brought that `may_follow` was asked for: `url` is the same, whatever it led to.

        For a post: whether the page is one, be it known or new. For a list: whether it named an address that may be a
        post's, may be followed, and stood on no page before. Failures tell nothing, and are not to be entered.
        """
        is_list = hash(url) in self._lists
        self._lists.discard(hash(url))
        for family, _ in _families(url, is_list=is_list):
            key = self._key(family)
            tally = self._tallies.setdefault(key, Tally())
            tally.something += found_new
            tally.nothing += not found_new
            tally.in_a_row = 0 if found_new else tally.in_a_row + 1

    def _key(self, family: tuple[str, ...]) -> int:
        """Return where a family is counted: those beyond the bound of memory are one."""
        key = hash(family)
        return key if key in self._tallies or len(self._tallies) < MAX_FAMILIES else hash(family[0])


def _families(url: str, *, is_list: bool) -> list[tuple[tuple[str, ...], Bound]]:
    """Return the families of an address, the closest first."""
    parts = urlsplit(url)
    fields = parse_qsl(parts.query, keep_blank_values=True)
    names = "&".join(sorted({name for name, _ in fields}))
    if not is_list:
        folder, _, rest = parts.path.strip("/").partition("/")
        form = shape(url)
        return [
            (("folder", folder if rest else "", form, names), FOLDER),
            (("form", form, names), FORM),
            (("posts",), POSTS),
        ]
    path = PAGING.sub("", unquote(parts.path)).rstrip("/")
    other = "&".join(f"{name}={value}" for name, value in fields if not PAGING_FIELD.fullmatch(f"{name}={value}"))
    is_dated = bool(re.search(r"/(19|20)\d\d(/|$)", path) or MONTH_FIELD.search(other))
    return [
        (("list", path, other), LIST),
        (("dates" if is_dated else "lists", re.sub(r"[^/]*[^/\d][^/]*", "*", re.sub(r"\d", "9", path)), names), LISTS),
        (("all lists",), ALL_LISTS),
    ]
