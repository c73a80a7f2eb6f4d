"""Sort-friendly form of a URL (SURT), the key of an index line.

Follows the rules that replayers look captures up by: scheme and www dropped, host reversed, all lower case,
query fields sorted, session ids and a final slash dropped. Facts: IA URL canonicalisation as used by pywb.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

WWW = re.compile(r"^www\d*\.")
# Session ids by the names and forms that replayers know.
SESSION = re.compile(r"(jsessionid|phpsessid|sid)=[0-9a-z]{32}|aspsessionid[a-z]{8}=[a-z]{24}")
PORTS = {"http": 80, "https": 443}


def surt(url: str) -> str:
    """Return the key of `url`, as in `org,example)/2020/01/post?a=1`."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:  # of another tool's making: nobody looks it up, and it must not cost the others their lines
        return quote(url.strip().lower(), safe="/:?&=.")
    host = WWW.sub("", (parts.hostname or "").lower().rstrip("."))
    try:
        port = parts.port
    except ValueError:
        port = None
    key = ",".join(reversed(host.split(".")))  # addresses of four numbers too, as replayers do
    if port and port != PORTS.get(parts.scheme.lower()):
        key += f":{port}"
    path = re.sub(r"/{2,}", "/", parts.path.lower() or "/")
    if len(path) > 1:
        path = path.rstrip("/")
    query = "&".join(sorted(f for f in parts.query.lower().split("&") if not SESSION.fullmatch(f)))
    return f"{key}){path}" + (f"?{query}" if query else "")
