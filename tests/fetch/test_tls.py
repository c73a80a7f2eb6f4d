"""Names of TLS cipher suites."""

from __future__ import annotations

import ssl

import pytest

from archiver.fetch.tls import cipher_suite


@pytest.mark.parametrize(
    ("openssl", "registered"),
    [
        ("TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"),
        ("TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256"),
        ("ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        ("ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
        ("ECDHE-RSA-AES256-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"),
        ("ECDHE-RSA-AES128-SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
        ("DHE-RSA-AES256-SHA256", "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"),
        ("ECDHE-ECDSA-AES128-CCM", "TLS_ECDHE_ECDSA_WITH_AES_128_CCM"),
        ("ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
        ("DHE-RSA-CHACHA20-POLY1305", "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
        ("ECDHE-RSA-CAMELLIA256-SHA384", "TLS_ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384"),
        # none of today's: the name that OpenSSL has for it
        ("RC4-MD5", "RC4-MD5"),
        (None, None),
        ("", ""),
    ],
)
def test_names(openssl, registered):
    """A suite has the name of the IANA registry, whatever OpenSSL calls it."""
    assert cipher_suite(openssl) == registered


def test_what_a_client_offers_today():
    """Every suite with forward secrecy that Python offers by default has a registered name."""
    offered = [c["name"] for c in ssl.create_default_context().get_ciphers() if "Kx=PSK" not in c["description"]]
    names = [
        cipher_suite(name) for name in offered if name.startswith(("TLS_", "ECDHE-", "DHE-")) and "PSK" not in name
    ]
    assert len(names) > 5
    assert all(name.startswith("TLS_") and "-" not in name for name in names)
