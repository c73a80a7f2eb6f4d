"""Names of TLS cipher suites, from OpenSSL's to those that the IANA registry and WARC files use."""

from __future__ import annotations

import re

# Key exchange and authentication, cipher, hash; TLS 1.3's names are the registry's already.
OPENSSL = re.compile(r"(ECDHE|DHE)-(ECDSA|RSA)-(AES(?:128|256)|CHACHA20|CAMELLIA(?:128|256))-(.+)")


def cipher_suite(name: str | None) -> str | None:
    """Return the registered name of a suite that OpenSSL names, or OpenSSL's own if it is none of today's."""
    match = OPENSSL.fullmatch(name or "")
    if not match:
        return name
    exchange, auth, cipher, rest = match.groups()
    if cipher == "CHACHA20":
        return f"TLS_{exchange}_{auth}_WITH_CHACHA20_POLY1305_SHA256"
    cipher = re.sub(r"(\D+)(\d+)", r"\1_\2", cipher)
    mode = rest if rest.startswith(("GCM", "CCM")) else f"CBC-{rest}"
    return f"TLS_{exchange}_{auth}_WITH_{cipher}_{mode.replace('-', '_').replace('CCM8', 'CCM_8')}"
