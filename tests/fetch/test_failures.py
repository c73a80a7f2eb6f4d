"""Why a request brought no answer."""

from __future__ import annotations

import pytest
from OpenSSL.SSL import Error as SslError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    StopDownload,
)
from service_identity import VerificationError
from twisted.internet.error import ConnectionDone, ConnectionLost, NoRouteError
from twisted.python.failure import Failure
from twisted.web._newclient import ParseError, ResponseNeverReceived
from twisted.web.client import ResponseFailed

from archiver.fetch import failures
from archiver.fetch.robots import RobotsForbids, RobotsUnavailable

UNTRUSTED = SslError([("SSL routines", "", "certificate verify failed")])
PLAIN_HTTP = SslError([("SSL routines", "", "wrong version number")])


def failed(*causes: Exception, kind: type[ResponseFailed] = ResponseFailed) -> Exception:
    """Return the error that Scrapy makes of what Twisted met on a connection."""
    try:
        try:
            raise kind([Failure(cause) for cause in causes])
        except ResponseFailed as error:
            raise DownloadFailedError(str(error)) from error
    except DownloadFailedError as error:
        return error


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (CannotResolveHostError("no such host"), "dns"),
        (DownloadConnectionRefusedError("refused"), "refused"),
        (DownloadTimeoutError("too slow"), "timeout"),
        (DownloadCancelledError("too large"), "length"),
        (StopDownload(), "cancelled"),
        (ResponseDataLossError(), "disconnect"),
        (failed(UNTRUSTED, kind=ResponseNeverReceived), "tls"),
        (failed(VerificationError(errors=[])), "tls"),
        (failed(ConnectionDone(), SslError([])), "tls"),
        (failed(ConnectionLost(), kind=ResponseNeverReceived), "disconnect"),
        (failed(ConnectionDone(), ParseError("unfinished", b"")), "disconnect"),
        (failed(ParseError("wrong number of parts", b"x")), "parse"),
        (NoRouteError(), "error"),
        (DownloadFailedError("who knows"), "error"),
        (ValueError("x"), "error"),
        (KeyboardInterrupt(), "cancelled"),
    ],
)
def test_outcome(error, word):
    """The archive has one word for each way in which a fetch fails."""
    assert failures.outcome(error) == word


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (DownloadTimeoutError("x"), "unreachable"),
        (failed(UNTRUSTED), "unreachable"),
        (RobotsForbids(), "robots"),
        (RobotsUnavailable(), "robots_unavailable"),
        (IgnoreRequest("max redirections reached"), "redirect_loop"),
        (None, "unreachable"),
    ],
)
def test_reason(error, word):
    """The ledger has a word of its own."""
    assert failures.reason(error) == word


@pytest.mark.parametrize(
    ("error", "clause"),
    [
        (failed(UNTRUSTED), "no secure connection (TLS: certificate verify failed)"),
        (failed(PLAIN_HTTP), "no secure connection (TLS: wrong version number); it is http:// there"),
        (DownloadTimeoutError("Getting x took longer than 60.0 seconds."), "Getting x took longer than 60.0 seconds"),
        (ResponseDataLossError(), "ResponseDataLossError"),
        (None, "None"),
    ],
)
def test_why(error, clause):
    """A person reads a clause without a full stop, and never how Python prints a failure."""
    assert failures.why(error) == clause


def test_why_a_connection_failed():
    """What Twisted met on a connection is told without the names of its classes."""
    for cause in (ConnectionLost(), ConnectionDone(), ParseError("wrong number of parts", b"x")):
        assert "Failure" not in failures.why(failed(cause))
        assert "<" not in failures.why(failed(cause))
