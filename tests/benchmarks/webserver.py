"""Serve files on 127.0.0.1, gzipped where that is asked for or plain: with nginx, or without it by a small server."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ForkingMixIn, TCPServer

HEADERS = {
    "Vary": "Accept-Encoding",
    "X-Powered-By": "PHP/8.2.20",
    "Link": '<https://blog.example/wp-json/>; rel="https://api.w.org/"',
    "Cache-Control": "max-age=3, must-revalidate",
}
NGINX = """
daemon off; master_process off; worker_processes 1; pid {work}/nginx.pid; error_log {work}/error.log warn;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nodelay on; keepalive_requests 1000000; keepalive_timeout 60s;
  client_body_temp_path {work}/body; proxy_temp_path {work}/proxy; fastcgi_temp_path {work}/fastcgi;
  uwsgi_temp_path {work}/uwsgi; scgi_temp_path {work}/scgi;
  types {{ text/html html; text/plain txt; }}
  charset utf-8;
  root {root};
  index index.html;
  {headers}
  server {{ listen 127.0.0.1:{gzipped}; gzip_static on; }}
  server {{ listen 127.0.0.1:{plain}; }}
}}
"""


def nginx() -> str | None:
    """Return where nginx is, or None."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


@contextmanager
def serving(root: Path, work: Path) -> Iterator[dict[str, str]]:
    """Serve `root` while the context lasts; give the address of the server by how it sends: gzipped, plain."""
    ports = {"gzipped": _free_port(), "plain": _free_port()}
    program = nginx()
    words = [program, "-c", str(_configure(root, work, ports))] if program else _own(root, ports)
    server = subprocess.Popen(words, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        for port in ports.values():
            _wait_for(port, server)
        yield {how: f"http://127.0.0.1:{port}" for how, port in ports.items()}
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _configure(root: Path, work: Path, ports: dict[str, int]) -> Path:
    headers = " ".join(f"add_header {name} '{value}';" for name, value in HEADERS.items())
    config = work / "nginx.conf"
    config.write_text(NGINX.format(work=work, root=root, headers=headers, **ports))
    return config


def _own(root: Path, ports: dict[str, int]) -> list[str]:
    return [sys.executable, __file__, str(root), str(ports["gzipped"]), str(ports["plain"])]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the web server does not answer on port {port}")


class _Files(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    root: Path
    gzipped: bool

    def do_GET(self) -> None:
        """Send a file."""
        path = self.root / self.path.partition("?")[0].strip("/")
        path = path / "index.html" if path.is_dir() else path
        packed = path.with_name(path.name + ".gz")
        gzipped = self.gzipped and "gzip" in self.headers.get("Accept-Encoding", "") and packed.exists()
        body = (packed if gzipped else path).read_bytes() if path.exists() else b""
        self.send_response(200 if path.exists() else 404)
        kind = "text/plain" if path.suffix == ".txt" else "text/html; charset=utf-8"
        coding = {"Content-Encoding": "gzip"} if gzipped else {}
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **coding, **HEADERS}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


class _Server(ForkingMixIn, TCPServer):
    allow_reuse_address = True
    request_queue_size = 64
    max_children = 64


def _serve(root: Path, port: int, *, gzipped: bool) -> None:
    handler = type("Files", (_Files,), {"root": root, "gzipped": gzipped})
    _Server(("127.0.0.1", port), handler).serve_forever()


def main() -> None:
    """Serve a folder on two ports, gzipped and plain: a process for each connection."""
    root, gzipped, plain = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    if os.fork() == 0:
        _serve(root, gzipped, gzipped=True)
    _serve(root, plain, gzipped=False)


if __name__ == "__main__":
    main()
