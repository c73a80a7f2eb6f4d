"""What of a request never reaches the archive unless the operator says so: credentials (docs/warc.md, Secrets)."""

from __future__ import annotations

import re
from urllib.parse import quote, urldefrag, urlsplit, urlunsplit

from archiver.http1 import HEAD_END

REDACT, KEEP = "redact", "keep"
POLICIES = {
    REDACT: "Authorization, Cookie and Proxy-Authorization are left out of request records, and user name and password "
    "out of addresses; a metadata record names what was left out (redactedRequestHeaders). Responses are as received",
    KEEP: "kept: request records are as sent, Authorization, Cookie and Proxy-Authorization included",
}
SECRET = re.compile(rb"(?im)^(authorization|cookie|proxy-authorization)[ \t]*:[^\n]*\n?(?:[ \t][^\n]*\n?)*")
# Of an address that names them, as a proxy is sent it: in the request line and in Host.
USERINFO = re.compile(rb"(?i)(\A\S+ [a-z]+://|^host[ \t]*:[ \t]*)[^\s/?#]*@", re.MULTILINE)
# RFC 3986 section 2: what a URI is made of; % because escapes are there already.
LEGAL = "%!#$&'()*+,/:;=?@[]~-._"


def redact(request: bytes) -> tuple[bytes, list[str]]:
    """Return a request as it is archived, and the names of the fields that were left out of it."""
    end = HEAD_END.search(request)
    size = end.end() if end else len(request)
    head = request[:size]
    names = [name.decode().lower() for name in SECRET.findall(head)]
    kept = SECRET.sub(b"", head) if names else head
    if b"@" in kept:
        kept, found = USERINFO.subn(rb"\1", kept)
        names += ["userinfo"] if found else []
    return (kept + request[size:], names) if names else (request, names)


def target_uri(url: str, *, keep: bool = False) -> str:
    """Return an address as WARC-Target-URI: no fragment, only legal characters; no credentials unless `keep`."""
    bare = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", quote(urldefrag(url)[0], safe=LEGAL))
    if keep or "@" not in bare:
        return bare
    parts = urlsplit(bare)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def without_credentials(text: str, url: str) -> str:
    """Return a text about `url`, such as an error's, without the user name and password in that address."""
    credentials, at, _ = urlsplit(url).netloc.rpartition("@")
    return re.sub(re.escape(credentials + at), "", text, flags=re.IGNORECASE) if at else text
