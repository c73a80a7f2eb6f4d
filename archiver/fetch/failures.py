"""Why a request brought no answer, in a word for the report and in a clause for a person."""

from __future__ import annotations

import re

from OpenSSL.SSL import Error as SslError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    StopDownload,
)
from scrapy.spidermiddlewares.httperror import HttpError
from service_identity import VerificationError
from twisted.internet.error import ConnectionDone, ConnectionLost

from archiver.fetch.robots import RobotsForbids, RobotsUnavailable

# Scrapy's errors as the archive names them; the rest is told apart by what Twisted met.
OUTCOMES: dict[type[Exception], str] = {
    CannotResolveHostError: "dns",
    DownloadConnectionRefusedError: "refused",
    DownloadTimeoutError: "timeout",
    DownloadCancelledError: "length",
    StopDownload: "cancelled",
    ResponseDataLossError: "disconnect",
}
# Twisted prints its failures as Python does; the last string is what OpenSSL says.
TLS = re.compile(r"\('[^']*', '[^']*', '([^']+)'\)")
FAILURE = re.compile(r"\[?<twisted\.python\.failure\.Failure [\w.]+: ([^<>]*?)\.?>.*", re.DOTALL)


def reason(error: BaseException | None) -> str:
    """Return the word for the ledger: unreachable, robots, robots_unavailable, redirect_loop, http_NNN."""
    if isinstance(error, HttpError):  # a redirect that names no address
        return f"http_{error.response.status}"
    if isinstance(error, RobotsUnavailable):
        return "robots_unavailable"
    if isinstance(error, RobotsForbids):
        return "robots"
    return "redirect_loop" if isinstance(error, IgnoreRequest) else "unreachable"


def outcome(error: BaseException) -> str:
    """Return the word for the archive: dns, refused, tls, timeout, length, cancelled, disconnect, parse or error."""
    for kind, word in OUTCOMES.items():
        if isinstance(error, kind):
            return word
    if not isinstance(error, Exception):  # the crawl is being ended by force
        return "cancelled"
    causes = getattr(error.__cause__, "reasons", None)
    if causes is None:
        return "error"
    if any(cause.check(SslError, VerificationError) for cause in causes):
        return "tls"
    return "disconnect" if any(cause.check(ConnectionLost, ConnectionDone) for cause in causes) else "parse"


def why(error: BaseException | None) -> str:
    """Return what went wrong as a clause without a full stop."""
    text = FAILURE.sub(r"\1", str(error)).strip().rstrip(".")
    tls = TLS.search(text)
    if tls:
        # what OpenSSL says when the server speaks plain http
        hint = "; it is http:// there" if tls[1] == "wrong version number" else ""
        return f"no secure connection (TLS: {tls[1]}){hint}"
    if not text or "<twisted" in text:
        return type(error).__name__
    return text
