"""One meaning of "the same address", for discovery, state, items and folders.

`normalise` gives the address to fetch: what a browser would ask for, without fragment and trackers.
`identity` gives the key under which a post is known for ever: two addresses of one post, told apart only by
scheme, www, default port, trailing slash of the host or order of the query, have one identity.
Sources: RFC 3986 section 6.2 (normalisation), RFC 9110 section 4.2 (http and https).
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import uuid
from urllib.parse import unquote, unquote_plus, urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url, safe_url_string

# Query fields that only tell where a visitor came from (facts of the services that add them).
TRACKERS = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|igshid|mc_[ce]id|_hs(enc|mi)|mkt_tok|"
    r"wt_mc|ref_src|ref_url|_ga|_gl|spm|oly_(anon|enc)_id|vero_id|sessionid|phpsessid|jsessionid",
    re.IGNORECASE,
)
DEFAULT_PORTS = {"http": 80, "https": 443}
# Names that Windows refuses whatever their ending.
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
MAX_URL = 8192
# User name and password in an address, or before a bare host as errors quote it.
CREDENTIALS = re.compile(r"(//)[^\s/?#\"]*@|(^|\s)(?!mailto:)[^\s/?#@:]+:[^\s/?#@]*@")
# Host, port and folders that can be told apart again once hyphens join them.
PLAIN_NAME = re.compile(r"([\w-]+\.)*(xn--)?\w+(:\d+|(?!/\d+(/|$)))(/\w+)*", re.ASCII)


def is_web(url: str) -> bool:
    """Tell whether `url` is an absolute http or https address with a usable host."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in DEFAULT_PORTS
        and bool((parts.hostname or "").strip("."))
        and not re.search(r"[\s\x00-\x20\x7f]", parts.hostname or "")
        and (port is None or 0 < port < 65536)
        and len(url) <= MAX_URL
    )


def without_credentials(text: str) -> str:
    """Return a text that may name addresses, without the user names and passwords in them."""
    return CREDENTIALS.sub(r"\1\2", text)


def absolute(base: str, href: str) -> str | None:
    """Resolve `href` against `base`; None if the result is no web address."""
    try:
        return normalise(urljoin(base, re.sub(r"[\t\r\n]", "", href).strip()))
    except ValueError:
        return None


def normalise(url: str) -> str:
    """Return the address to fetch: encoded as browsers do, sorted query, no fragment, no trackers, no default port.

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
    fields = (f for f in parts.query.split("&") if not TRACKERS.fullmatch(unquote_plus(f.partition("=")[0])))
    normal = urlunsplit((parts.scheme, netloc, _path(parts.path), "&".join(fields), ""))
    if not is_web(normal):  # encoding can make it too long, or leave a host that is none
        raise ValueError(f"not a web address once encoded: {url[:200]!r}")
    return normal


def _path(path: str) -> str:
    """Resolve . and .. segments (RFC 3986 section 5.2.4); keep doubled slashes, which servers tell apart."""
    out: list[str] = []
    for segment in (path or "/").split("/")[1:]:
        if segment == "..":
            if out:
                out.pop()
        elif segment != ".":
            out.append(segment)
    if path.endswith(("/.", "/..")):
        out.append("")
    return "/" + "/".join(out)


def identity(url: str) -> str:
    """Return the key of what lies behind `url`; `identity(identity(u)) == identity(u)`.

    Raises ValueError when `url` is no web address.
    """
    parts = urlsplit(normalise(url))
    netloc = parts.netloc.removesuffix(":80").removesuffix(":443")
    # Never so that a bare public suffix is left.
    while netloc.startswith("www.") and netloc.count(".") > 1:
        netloc = netloc[4:]
    # An empty parameter at the end (/a;) says as little as a slash there.
    path = parts.path.rstrip("/;") or "/"
    return urlunsplit(("https", netloc, path, parts.query, ""))


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
