"""pywb as a person starts it, and what it replays."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, IncompleteRead
from pathlib import Path
from time import monotonic, sleep

from replay.archive import decoded

START = 60


@dataclass(frozen=True, slots=True)
class Replayed:
    """What pywb shows for an address at a time: `timestamp` is the capture's that it chose."""

    status: int
    timestamp: str | None
    body: bytes
    location: str | None


class Wayback:
    """A running pywb and one of its collections."""

    def __init__(self, port: int, collection: str) -> None:
        self._port = port
        self._collection = collection

    def get(self, url: str, timestamp: str = "") -> Replayed:
        """Ask for an address as it was at a time, else for its latest version; `id_` asks for it as it was sent."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=20)
        try:
            # closed behind the body: one that was cut when it was captured is shorter than it says
            connection.request("GET", f"/{self._collection}/{timestamp}id_/{url}", headers={"Connection": "close"})
            response = connection.getresponse()
            try:
                payload = response.read()
            except IncompleteRead as cut:
                payload = cut.partial
            when = response.getheader("Memento-Datetime")
            return Replayed(
                response.status,
                parsedate_to_datetime(when).astimezone(UTC).strftime("%Y%m%d%H%M%S") if when else None,
                decoded(payload, response),
                response.getheader("Location"),
            )
        finally:
            connection.close()


@contextmanager
def running(judges: Path, folder: Path, collection: str) -> Iterator[Wayback]:
    """Start pywb in a folder, with what the folder's config.yaml and collections/ say, and stop it at the end."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with (folder / "wayback.log").open("wb") as log:
        command = [str(judges / "wayback"), "-b", "127.0.0.1", "-p", str(port)]
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait(process, port, folder / "wayback.log")
            yield Wayback(port, collection)
        finally:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = monotonic() + START
    while monotonic() < end and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        sleep(0.05)
    raise AssertionError(f"pywb did not start:\n{log.read_text(errors='replace')[-2000:]}")
