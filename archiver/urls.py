"""One meaning of "the same address", for discovery, state, items and folders.

`normalise` gives the address to fetch: what a browser would ask for, without fragment, trackers and session ids.
`identity` gives the key under which a post is known for ever: two addresses of one post, told apart only by
scheme, www, default port, slash at the end, order of the query, the name of a folder's own page (index.html), a
country's domain of Blogger or a query that shows the same page in another way, have one identity. It is kept in
archives: an address that holds nothing of all this must keep the identity that it has.
Sources: RFC 3986 section 6.2 (normalisation), RFC 9110 section 4.2 (http and https).
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import uuid
from functools import lru_cache
from urllib.parse import SplitResult, unquote, unquote_plus, urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url, safe_url_string

# Query fields that only tell where a visitor came from, or who it is (facts of the services that add them).
TRACKERS = re.compile(
    # web analytics: Urchin and Google, Matomo, comScore, AT Internet, Webtrends, Openstat, Alibaba, Wikipedia
    r"utm_\w+|_ga|_gl|(pk|mtm|piwik|matomo)_(campaign|kwd|keyword|source|medium|content|cid|group|placement)|"
    r"ns_(source|mchannel|campaign|linkname|fee)|at_(medium|campaign|custom\d|bbc|link|format|ptr)\w*|xtor|"
    r"wt[_.]mc(_\w+)?|_openstat|spm|wprov|"
    # clicks on advertisements and on links in social networks
    r"gclid|dclid|gclsrc|gbraid|wbraid|gad_(source|campaignid)|srsltid|msclkid|yclid|ysclid|s_kwcid|wickedid|"
    r"fbclid|fb_(action_(ids|types)|source|ref)|action_(object|type|ref)_map|mibextid|igshid|igsh|twclid|ttclid|"
    r"rdt_cid|sccid|li_fat_id|epik|ref_(src|url)|_branch_(match_id|referrer)|gu(ccounter|ce_referrer(_sig)?)|"
    # letters
    r"mc_[ce]id|_hs(enc|mi)|__hs(tc|sc|fp)|hsctatracking|mkt_tok|oly_(anon|enc)_id|vero_(id|conv)|_k[ex]|__s|"
    r"ml_subscriber(_hash)?|ck_subscriber_id|trk_(contact|msg|module|sid)|dm_i|elq\w*|vgo_ee|bsft_\w+|"
    r"isfreemail|triedredirect|showwelcomeonshare|blogsub|"
    # related posts of WordPress
    r"relatedposts_(hit|origin|position)|"
    # sessions: PHP, Java, ASP, ColdFusion, osCommerce, Zen Cart
    r"phpsessid|sessionid|jsessionid|aspsessionid\w*|cf(id|token)|oscsid|zenid",
    re.IGNORECASE,
)
# The same in the path: Java's parameter, and the folder that ASP.NET puts in where there are no cookies.
SESSION_PARAM = re.compile(r";(jsessionid|phpsessid|sessionid|cfid|cftoken)=[^/;]*", re.IGNORECASE)
SESSION_FOLDER = re.compile(r"(/\(([ASFX]\([\w-]{20,500}\))+\))+(?=/)", re.ASCII)
SESSION_TOKEN = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)
# Query fields that show a page in another way: to answer or like a comment, without the theme, for telephones.
VIEWS = re.compile(
    r"replytocom|like_comment|showcomment|fb_comment_id|unapproved|moderation-hash|_wpnonce|noamp|nonamp", re.IGNORECASE
)
# The same if their value is one of these; it may be the number of a post otherwise.
VIEW_VALUES = {
    "amp": re.compile(r"|1|true|yes", re.IGNORECASE),
    "print": re.compile(r"|1|true|yes|print|pdf", re.IGNORECASE),
    "format": re.compile(r"amp", re.IGNORECASE),
    "outputtype": re.compile(r"amp", re.IGNORECASE),
    "share": re.compile(
        r"(jetpack-|custom-)?(bluesky|email|facebook|google-plus(-1)?|googleplus1|linkedin|mastodon|nextdoor|pinterest|"
        r"pocket|press-this|print|reddit|skype|telegram|threads|tumblr|twitter|whatsapp|x)",
        re.IGNORECASE,
    ),
}
# A folder's own page.
FOLDER_PAGE = re.compile(r"/(index\.(x?html?|shtml|php\d?|aspx?|jsp|cgi|cfm)|[Dd]efault\.(html?|aspx?))$")
# Blogger shows each blog under the visitor's country as well.
BLOGSPOT = re.compile(
    r"(?P<blog>[^.:]+)\.blogspot\.(co\.(at|id|il|ke|nz|uk|za)|com\.(ar|au|br|by|co|cy|ee|eg|es|mt|ng|tr|uy)|"
    r"ae|al|am|ba|be|bg|bj|ca|cf|ch|cl|cv|cz|de|dk|fi|fr|gr|hk|hr|hu|ie|in|is|it|jp|kr|li|lt|lu|md|mk|mr|mx|my|nl|no|"
    r"pe|pt|qa|re|ro|rs|ru|se|sg|si|sk|sn|su|td|tw|ug|vn)"
)
# Query fields that name a post where programs have one path for all of them: plain permalinks and their like.
POST_FIELDS = re.compile(
    r"p|(page|attachment|post|article|entry|story|item|news)_?id|[aen]?id|post|article|entry|story|item|news",
    re.IGNORECASE,
)
DEFAULT_PORTS = {"http": 80, "https": 443}
# Names that Windows refuses whatever their ending.
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
MAX_URL = 8192
# RFC 1035: no longer name can be asked for.
MAX_HOST = 253
# User name and password in an address, or before a bare host as errors quote it.
CREDENTIALS = re.compile(r"(//)[^\s/?#\"]*@|(^|\s)(?!mailto:)[^\s/?#@:]+:[^\s/?#@]*@")
# Host, port and folders that can be told apart again once hyphens join them.
PLAIN_NAME = re.compile(r"([\w-]+\.)*(xn--)?\w+(:\d+|(?!/\d+(/|$)))(/\w+)*", re.ASCII)


def is_web(url: str) -> bool:
    """Tell whether `url` is an absolute http or https address with a usable host."""
    if len(url) > MAX_URL:
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in DEFAULT_PORTS
        and bool((parts.hostname or "").strip("."))
        and len(parts.hostname or "") <= MAX_HOST
        and not re.search(r"[\s\x00-\x20\x7f]", parts.hostname or "")
        and (port is None or 0 < port < 65536)
    )


def without_credentials(text: str) -> str:
    """Return a text that may name addresses, without the user names and passwords in them."""
    return CREDENTIALS.sub(r"\1\2", text)


def absolute(base: str, href: str) -> str | None:
    """Resolve `href` against `base`; None if the result is no web address."""
    if len(href) > 4 * MAX_URL:  # an image within the page for instance
        return None
    try:
        return normalise(urljoin(base, re.sub(r"[\t\r\n]", "", href).strip()))
    except ValueError:
        return None


def normalise(url: str) -> str:
    """Return the address to fetch: encoded as browsers do, sorted query, no default port, no trackers, no session ids.

    The fragment goes too, even where a script would make a page of it (#!/a-post): no server ever sees it.
    Raises ValueError when `url` is no web address.
    """
    if not is_web(url):
        raise ValueError(f"not a web address: {url[:200]!r}")
    parts = urlsplit(canonicalize_url(safe_url_string(url)))
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    port = parts.port
    netloc = host if port in (None, DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"
    # As written: decoding a query that is not UTF-8 and encoding it again would ask for something else.
    query = "&".join(field for field in parts.query.split("&") if not _is_tracker(field))
    path = SESSION_FOLDER.sub("", _path(SESSION_PARAM.sub("", parts.path)))
    normal = urlunsplit((parts.scheme, netloc, path, query, ""))
    # encoding can make it too long, or leave a host that is none
    if not is_web(normal) or not normal.isascii():
        raise ValueError(f"not a web address once encoded: {url[:200]!r}")
    return normal


def _is_tracker(field: str) -> bool:
    name, _, value = field.partition("=")
    name = unquote_plus(name).lower()
    if name in ("s", "sid"):  # a search and a number elsewhere
        return bool(SESSION_TOKEN.fullmatch(value))
    # Medium says by dashes in which list its link stood
    return bool(TRACKERS.fullmatch(name)) or (name == "source" and "---" in value)


def _path(path: str) -> str:
    """Resolve . and .. segments (RFC 3986 section 5.2.4); keep doubled slashes, which servers tell apart."""
    out: list[str] = []
    for segment in (path or "/").split("/")[1:]:
        # w3lib takes ..;b for .. where it stands last, and some servers everywhere
        plain = segment.partition(";")[0] if segment.startswith(".") else segment
        if plain == "..":
            if out:
                out.pop()
        elif plain != ".":
            out.append(segment)
    if path.endswith(("/.", "/..")):
        out.append("")
    return "/" + "/".join(out)


# What was asked for last is asked for again soon: when it is found, decided on, fetched and remembered.
@lru_cache(maxsize=2048)
def identity(url: str) -> str:
    """Return the key of what lies behind `url`; `identity(identity(u)) == identity(u)`.

    Raises ValueError when `url` is no web address.
    """
    parts = urlsplit(normalise(url))
    netloc = parts.netloc.removesuffix(":80").removesuffix(":443")
    # Never so that a bare public suffix is left.
    while netloc.startswith("www.") and netloc.count(".") > 1:
        netloc = netloc[4:]
    if blogger := BLOGSPOT.fullmatch(netloc):
        netloc = f"{blogger['blog']}.blogspot.com"
    # An empty parameter at the end (/a;) says as little as a slash there.
    path = parts.path.rstrip("/;")
    query = _without_views(parts.query, netloc, path)
    # With a query it is a program, whose name may stand in the addresses of all posts: /index.php?id=7.
    while not query and FOLDER_PAGE.search(path):
        path = path[: path.rindex("/")].rstrip("/;")
    return urlunsplit(("https", netloc, path or "/", query, ""))


def _without_views(query: str, netloc: str, path: str) -> str:
    fields = [(field, *field.partition("=")[::2]) for field in query.split("&")]
    is_shared = any(name == "share" and _is_view(name, value) for _, name, value in fields)
    # On Blogger m says whether a page is for telephones; elsewhere it may be a month or anything.
    is_blogger = netloc.endswith(".blogspot.com") or path.endswith(".html")
    return "&".join(
        field
        for field, name, value in fields
        if not _is_view(name, value)
        and not (is_blogger and name == "m" and value in ("0", "1"))
        and not (is_shared and name == "nb")
    )


def _is_view(name: str, value: str) -> bool:
    values = VIEW_VALUES.get(name.lower())
    return bool(values.fullmatch(value) if values else VIEWS.fullmatch(name))


def canonical_of(url: str, claimed: str | None) -> str:
    """Return the address that names the page at `url`: the canonical one that it claims, if that may be believed.

    A claim of another site says where a post came from, not what it is here; and one of another path is a mistake of
    the theme as often as not, which would make all its posts one. What it does is fold queries: it is believed when
    it is of the same path, or when `url` has a query and the claim isn't the site's first page (which themes name
    wrongly, and which is no post). The first page of a blog in a folder is named as wrongly: a path above the own one
    is not believed without a query, nor the own one or one above without the fields by which the query names a post.
    Raises ValueError when `url` is no web address.
    """
    own = urlsplit(identity(url))
    try:
        key = urlsplit(identity(claimed or ""))
    except ValueError:
        return url
    is_own = key.netloc == own.netloc and (_is_named(own, key) if own.query else key.path == own.path)
    return claimed if claimed and (is_own or key == own) else url


def _is_named(own: SplitResult, key: SplitResult) -> bool:
    """Say whether `key` may name the page at `own`, an address with a query."""
    is_above = own.path.startswith(key.path.rstrip("/") + "/") and key.path != own.path
    if key.path == "/" or (is_above and not key.query):
        return False
    return (not is_above and key.path != own.path) or _post_fields(own.query) <= _post_fields(key.query)


def _post_fields(query: str) -> set[str]:
    fields = (field.partition("=") for field in query.split("&"))
    return {name.lower() for name, _, value in fields if value and POST_FIELDS.fullmatch(name)}


def post_id(url: str) -> str:
    """Return the id of the post at `url`: UUIDv5 in the URL namespace (RFC 9562) of its identity."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, identity(url)))


def host(url: str) -> str:
    """Return the host of `url` with its port if it is not the scheme's own, as in example.org:8081."""
    return urlsplit(normalise(url)).netloc


def site_root(url: str) -> str:
    """Return the address of the first page of the host that `url` lies on."""
    return urljoin(normalise(url), "/")


def same_site(a: str, b: str) -> bool:
    """Tell whether two addresses lie on one host, http and https and www being alike."""
    return urlsplit(identity(a)).netloc == urlsplit(identity(b)).netloc


def is_loopback(url: str) -> bool:
    """Tell whether the host of `url` is this machine by its very name: localhost, 127.0.0.0/8, ::1."""
    name = (urlsplit(url).hostname or "").rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def within(url: str, root: str) -> bool:
    """Tell whether `url` belongs to the blog whose address is `root`: same host, and below its folder."""
    return same_site(url, root) and urlsplit(normalise(url)).path.startswith(folder_of(root))


def folder_of(url: str) -> str:
    """Return the path of `url` up to its last slash; a last segment without a dot counts as a folder."""
    path = urlsplit(normalise(url)).path
    head, _, tail = path.rpartition("/")
    if tail and "." not in tail:
        head = path
    return head.rstrip("/") + "/"


def blog_name(url: str) -> str:
    """Return the name of the blog's folder: its host, then its path if it lives in one.

    Safe on every file system: only lower-case letters, digits, dot, hyphen and underscore; never empty, hidden,
    reserved or longer than 120 characters. Blogs whose names would be alike but for what was replaced (/Blog and
    /blog, /a/b and /a-b) get different names, by a short digest.
    """
    normal = normalise(url)
    joined = urlsplit(normal).netloc + folder_of(normal).rstrip("/")
    plain = re.sub(r"[:/]", "-", joined)
    safe = re.sub(r"[^a-z0-9._-]+", "_", unquote(plain).lower()).strip(".") or "blog"
    if RESERVED.fullmatch(safe):
        safe = f"blog-{safe}"
    if safe != plain or not PLAIN_NAME.fullmatch(joined) or len(safe) > 120:
        digest = hashlib.sha256(joined.encode()).hexdigest()[:8]
        safe = f"{safe[:110].rstrip('.')}-{digest}"
    return safe
