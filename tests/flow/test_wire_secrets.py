"""What lets a reader in is left out of the archive, unless it is asked for, and the archive says which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flow import wire
from flow.wire import case
from server.blog_server import BlogServer
from server.replies import plain

Serve = Callable[..., BlogServer]
PASSWORD = "open-sesame"
SECRETS = (b"T3Blbi1zZXNhbWU", b"session-of-mine", PASSWORD.encode())
CASES = {
    "/sign-in": case(
        plain("signed in", fields=[("Set-Cookie", "id=session-of-theirs"), ("Set-Cookie", "x=y; Path=/")])
    ),
    "/members": case(
        plain("for members"), headers={"Authorization": "Basic T3Blbi1zZXNhbWU=", "X-Cookie": "no secret"}
    ),
    "/cookie": case(plain("with a biscuit"), cookies={"id": "session-of-mine"}),
    "/post": case(plain("sent"), method="POST", body="Cookie: this is text\r\n", headers={"Authorization": "x"}),
    "/nothing": case(plain("for everybody"), meta={"dont_merge_cookies": True}),
}


@pytest.mark.parametrize("policy", ["redact", "keep"])
def test_cookies_and_passwords(serve: Serve, tmp_path: Path, policy: str) -> None:
    """Requests lose just those lines, and responses nothing; or neither loses anything."""
    server = serve(wire.serve(CASES))
    asked = wire.requests(server.url, CASES)
    settings = {"COOKIES_ENABLED": True, **({} if policy == "redact" else {"ARCHIVER_SECRETS": policy})}
    result = wire.crawl(tmp_path, asked, **settings)
    wire.check(server, result.folder, CASES, replace(wire.way_to(server), keeps_secrets=policy == "keep"))
    records = wire.read(result.folder)
    sent = {logged.target: logged.received for logged in server.log}
    assert b"Authorization: Basic T3Blbi1zZXNhbWU=" in sent["/members"]
    assert b"Cookie: " in sent["/cookie"]
    held = b"".join(record.block for record in records)
    assert all((secret in held) == (policy == "keep") for secret in SECRETS[:2])
    assert b"session-of-theirs" in held
    info = dict(line.split(": ", 1) for line in records[0].block.decode().splitlines() if line)
    assert info["secrets-policy"].split()[0].strip(",;:") == policy


def test_a_password_in_an_address(serve: Serve, tmp_path: Path) -> None:
    """User name and password of an address are in no record, even if nothing can be fetched in this way."""
    server = serve(wire.serve(CASES))
    url = server.url.replace("http://", f"http://reader:{PASSWORD}@") + "nothing"
    result = wire.crawl(tmp_path, [{"url": url}], ROBOTSTXT_OBEY=False, RETRY_ENABLED=False)
    records = wire.read(result.folder)
    told = [f"{record.fields} {record.block!r}" for record in records if record.kind != "warcinfo"]
    assert told
    assert not [text for text in told if PASSWORD in text]
    assert {record.get("WARC-Target-URI") for record in records if record.kind != "warcinfo"} == {
        f"{server.url}nothing"
    }
