"""Everything that is checked: a line per check, with its rule, how grave it is, and what the standard or we ask for.

`ours` is how grave it is in a file of this archiver (warcinfo says `software: blog-archiver/…`), `foreign` in any
other; "" means that nothing is said. An error breaks the standard or is untrue, a warning breaks what is
recommended, a note tells. Sections are those of WARC 1.1 (ISO 28500:2017). To add a check: a line here, its name
where it is found, a file that breaks it in tests/verify, and its line in docs/verify.md.
"""

from __future__ import annotations

from dataclasses import dataclass

ERROR, WARNING, NOTE, NOTHING = "error", "warning", "note", ""
E, W, N, O = ERROR, WARNING, NOTE, NOTHING  # noqa: E741


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its rule's code, its gravity in our files and in others, and what is expected."""

    rule: str
    ours: str
    foreign: str
    expected: str


CHECKS = {
    # --- S1: can the file be read at all (section 4)
    "empty-file": Check("S1", E, E, "a file holds one record or more"),
    "no-file": Check("S1", E, E, "what is named like a WARC file in a folder is a regular file"),
    "damaged": Check("S1", E, E, "every byte of the file can be decoded"),
    "no-record": Check("S1", E, E, "a record begins with its version line"),
    "version": Check("S1", E, E, "the version line is WARC/1.0 or WARC/1.1"),
    "head-unended": Check("S1", E, E, "an empty line ends the named fields, within 1 MiB"),
    # --- S2: mandatory fields (sections 5.2 to 5.5, 5.14, 5.18, 5.20, 5.21)
    "field-missing": Check("S2", E, E, "mandatory fields are there"),
    "content-length": Check("S2", E, E, "Content-Length is a number"),
    # --- S3: fields where they must not be (section 5)
    "field-misplaced": Check("S3", E, E, "the field is not used on records of this type"),
    # --- S4: types of records and blocks (sections 5.5, 5.6, 6)
    "type-unknown": Check("S4", E, N, "WARC-Type is one of the eight of the standard"),
    "type-not-ours": Check("S4", E, O, "our files hold the types of docs/warc.md only"),
    "type-elsewhere": Check("S4", E, O, "conversions are in text/, all other records in archive/"),
    "content-type-missing": Check("S4", E, W, "a record with a block has a Content-Type"),
    "content-type": Check("S4", E, W, "Content-Type fits the record's type"),
    # --- S6: segments (section 7)
    "segment": Check("S6", E, W, "segments name their origin, which is in the archive, and their number"),
    "segmented": Check("S6", E, N, "payload digests of segmented records are not recomputed"),
    # --- R1: the block is the message
    "no-status-line": Check("R1", E, W, "a response block begins with an HTTP/1 status line"),
    "no-request-line": Check("R1", E, W, "a request block begins with a request line"),
    "interim-first": Check("R1", E, W, "a response block does not begin with an interim response (1xx)"),
    "interim-record": Check("R1", E, O, "a metadata record of msgtype=response holds interim responses (1xx)"),
    "octet-response": Check("R1", E, O, "what is stored as octets is no HTTP response"),
    "surplus": Check("R1", E, W, "nothing follows the end of the message"),
    # --- R2, R3, R4, R5, R6: framing and digests
    "not-chunked": Check("R2", E, E, "a body whose head says chunked is in chunks"),
    "payload-digest-wrong": Check("R3", E, E, "WARC-Payload-Digest is that of the body, transfer coding removed"),
    "payload-digest-framed": Check("R3", E, E, "the payload has its transfer coding removed"),
    "payload-coded": Check("R3", N, N, "payloads in other transfer codings than chunked are not recomputed"),
    "block-digest-wrong": Check("R4", E, E, "WARC-Block-Digest is that of the block"),
    "block-digest-missing": Check("R4", E, O, "each record has a WARC-Block-Digest"),
    "digest-syntax": Check("R5", E, E, "a digest is algorithm:value, the value as long as the algorithm's"),
    "digest-form": Check("R5", E, W, "sha1 is 32 characters of upper-case Base32, others are lower-case hex"),
    "digest-unknown": Check("R5", E, N, "the algorithm is known here; this digest was not recomputed"),
    "digest-not-sha1": Check("R5", E, O, "our digests are sha1"),
    "payload-digest-misplaced": Check("R6", E, E, "only records with a payload have a WARC-Payload-Digest"),
    "payload-digest-missing": Check("R6", E, O, "response, revisit, conversion and requests with a body have one"),
    "payload-digest-needless": Check("R6", E, N, "a request without a body has no WARC-Payload-Digest"),
    # --- R7, R8: date and address
    "date-form": Check("R7", E, E, "WARC-Date is a W3C date in UTC"),
    "date-precision": Check("R7", E, O, "our dates have microseconds"),
    "date-future": Check("R7", W, W, "the date is not more than a day ahead of this computer's clock"),
    "date-differs": Check("R7", E, E, "records of one capture have the same WARC-Date"),
    "ip": Check("R8", E, E, "WARC-IP-Address is an IP address"),
    "ip-form": Check("R8", E, W, "the address is in its canonical form (RFC 5952)"),
    "ip-differs": Check("R8", E, W, "records of one exchange have the same WARC-IP-Address"),
    # --- R9, R10: URIs
    "uri-bracketed": Check("R9", E, E, "this URI is written without < >"),
    "uri-bracketed-1.0": Check("R9", E, W, "readers expect this URI without < >, though the grammar of 1.0 has them"),
    "id-unbracketed": Check("R9", E, E, "an id is a URI in < >"),
    "uri-syntax": Check("R10", E, E, "the URI is absolute and RFC 3986 allows its characters"),
    "uri-square": Check("R10", W, W, "square brackets stand around the host only (RFC 3986)"),
    "uri-fragment": Check("R10", E, W, "the URI that was asked for has no fragment"),
    "uri-not-asked": Check("R10", E, E, "WARC-Target-URI is what the request asked for"),
    "uri-escapes": Check("R10", E, W, "WARC-Target-URI is escaped as in the request"),
    "uri-on-metadata": Check("R10", E, O, "metadata has the exchange's address if it is warc-fields, else none"),
    "uri-differs": Check("R10", E, W, "records of one capture have the same WARC-Target-URI"),
    # --- R11, R12, R13: revisits
    "profile-version": Check("R11", E, E, "the profile is that of the file's WARC version"),
    "profile-unknown": Check("R11", E, W, "the profile is one of the standard's two"),
    "revisit-no-digest": Check("R12", E, E, "an identical-payload-digest revisit has a WARC-Payload-Digest"),
    "revisit-not-length": Check("R12", E, E, "a revisit whose payload is left out has WARC-Truncated: length (6.7.2)"),
    "revisit-refers-to": Check("R12", E, N, "a revisit names the record that has its payload: WARC-Refers-To"),
    "revisit-refers-address": Check("R12", E, W, "a revisit has WARC-Refers-To-Target-URI and -Date"),
    "revisit-body": Check("R12", E, W, "a revisit's block ends with the response's head"),
    "revisit-lost": Check("R12", E, N, "the record that a revisit refers to is in the archive given"),
    "revisit-not-there": Check("R12", N, N, "the record that a revisit refers to is among the files given"),
    "revisit-mismatch": Check("R12", E, E, "the record referred to has that address, date and payload digest"),
    "revisit-of-other": Check("R12", E, W, "a revisit refers to a response, not to a revisit"),
    "revisit-of-later": Check("R12", E, E, "the record referred to is the older one"),
    "revisit-of-cut": Check("R12", E, W, "truncated and empty payloads are not referred to"),
    "revisit-address": Check("R12", E, O, "a page's revisit refers to a response of its own address"),
    "not-304": Check("R13", E, E, "a server-not-modified revisit holds a 304"),
    "not-conditional": Check("R13", E, W, "a 304 answers a conditional request"),
    # --- R14: truncation
    "truncated-word": Check("R14", E, W, "WARC-Truncated is length, time, disconnect or unspecified"),
    "truncated-unsaid": Check("R14", E, E, "a message that is not whole has WARC-Truncated"),
    "truncated-unsure": Check("R14", W, W, "a message that looks cut has WARC-Truncated (its request is unknown)"),
    "truncated-whole": Check("R14", W, W, "a whole message has no WARC-Truncated, unless it is unspecified"),
    "request-cut": Check("R14", E, W, "a request that is not whole has WARC-Truncated"),
    # --- R15, R16, R17: warcinfo, version, fields
    "warcinfo-first": Check("R15", E, W, "a file begins with a warcinfo record"),
    "warcinfo-type": Check("R15", E, W, "a warcinfo block is application/warc-fields"),
    "warcinfo-fields": Check("R15", E, W, "the warcinfo block is made of named fields"),
    "warcinfo-incomplete": Check("R15", E, O, "warcinfo has the fields that docs/warc.md lists"),
    "warcinfo-untrue": Check("R15", E, O, "warcinfo's fields have the form of docs/warc.md"),
    "warcinfo-second": Check("R15", E, O, "a file has one warcinfo"),
    "filename-missing": Check("R15", E, O, "warcinfo has WARC-Filename"),
    "filename-other": Check("R15", E, W, "WARC-Filename is the file's name"),
    "warcinfo-id-missing": Check("R15", E, O, "each record names its warcinfo: WARC-Warcinfo-ID"),
    "warcinfo-id-other": Check("R15", E, N, "WARC-Warcinfo-ID is the id of the file's warcinfo"),
    "version-mixed": Check("R16", E, E, "all records of a file have one version"),
    "version-not-ours": Check("R16", E, O, "our files are WARC/1.1"),
    "field-too-new": Check("R16", E, W, "a WARC/1.0 record has no fields of 1.1"),
    "date-too-new": Check("R16", E, E, "a date of WARC/1.0 is YYYY-MM-DDThh:mm:ssZ"),
    "field-syntax": Check("R17", E, E, "a named field is a token, a colon and text without control characters"),
    "line-end": Check("R17", E, E, "CR LF ends the lines of a head"),
    "folded": Check("R17", E, W, "values are not continued on further lines"),
    "encoded-word": Check("R17", E, N, "values are UTF-8, not RFC 2047's encoded words"),
    "field-utf8": Check("R17", E, E, "values are UTF-8"),
    "field-repeated": Check("R17", E, E, "only WARC-Concurrent-To and fields of extensions are repeated"),
    # --- R18, R19: members and lengths
    "several-in-member": Check("R18", E, W, "a gzip member or zstd frame holds one record"),
    "not-gzip": Check("R18", E, O, "our files are gzip"),
    "suffix": Check("R18", E, W, "the name ends in .warc, .warc.gz or .warc.zst, as the file is"),
    "block-cut": Check("R19", E, E, "the block is as long as Content-Length says"),
    "record-end": Check("R19", E, E, "two CR LF and nothing else follow a block"),
    # --- R20 to R27
    "payload-type-syntax": Check("R20", E, E, "WARC-Identified-Payload-Type is a media type"),
    "payload-type-misplaced": Check("R20", E, E, "only records with a payload have WARC-Identified-Payload-Type"),
    "http2-rewritten": Check("R21", E, W, "no HTTP/2 message is written down as HTTP/1"),
    "http-version": Check("R21", W, W, "a response's status line is of HTTP/1, written as RFC 9112 has it"),
    "protocol-list": Check("R22", E, W, "WARC-Protocol is repeated, not a list"),
    "protocol-value": Check("R22", E, N, "WARC-Protocol is http/1.0, http/1.1, or tls/1.3 and the like"),
    "protocol-missing": Check("R22", E, O, "request, response and revisit have WARC-Protocol"),
    "cipher-suite": Check("R22", E, N, "WARC-Cipher-Suite stands beside WARC-Protocol: tls/…, and only there"),
    "dns": Check("R23", E, W, "a record of a dns: URI is a resource or response of type text/dns"),
    "conversion-source": Check("R24", E, W, "a conversion names what it was made of: WARC-Refers-To"),
    "conversion-lost": Check("R24", E, N, "what a conversion was made of is in the archive given"),
    "conversion-address": Check("R24", E, W, "a conversion has the address of what it was made of"),
    "concurrent-self": Check("R25", E, E, "WARC-Concurrent-To names another record"),
    "concurrent-lost": Check("R25", E, W, "WARC-Concurrent-To names a record of the same file"),
    "concurrent-missing": Check("R25", E, O, "requests and metadata of an exchange have WARC-Concurrent-To"),
    "concurrent-lead": Check("R25", E, O, "WARC-Concurrent-To names the response or revisit, else the request"),
    "exchange-apart": Check("R25", E, O, "an exchange stands together: response or revisit, request, metadata"),
    "no-request": Check("R25", E, N, "a response has a request"),
    "exchange-torn": Check("R25", N, N, "the last exchange of a file is whole; where a run was killed it may not be"),
    "no-response": Check("R25", E, N, "a request has a response, or a metadata record says noResponse"),
    "answered": Check("R25", E, O, "noResponse stands only where no response came"),
    "metadata-fields": Check("R25", E, W, "a block of application/warc-fields is made of named fields"),
    "metadata-unknown": Check("R25", W, O, "metadata has the fields that docs/warc.md names"),
    "metadata-value": Check("R25", E, O, "a metadata field has the form of docs/warc.md"),
    "id-form": Check("R26", E, N, "a record id is a random UUID: <urn:uuid:…>, version 4, in lower case"),
    "id-tells": Check("R26", E, W, "a record id is random: a version 1 UUID tells the machine and the time"),
    "id-repeated": Check("R26", E, E, "no two records have the same id"),
    "open": Check("R27", N, N, "a finished file is not named .open: this one is being written, or its run was killed"),
    "file-name": Check("R27", E, O, "a file is named <blog>-<14 digits>-<serial>.warc.gz"),
    # --- R31: secrets
    "secret-kept": Check("R31", E, E, "no secrets are in requests and addresses, as secrets-policy says"),
    "secret-unsaid": Check("R31", W, W, "warcinfo says what is done with secrets, as this request holds one"),
    "secret-redacted": Check("R31", E, O, "what redactedRequestHeaders names is not in the request"),
    # --- blogs' folders: X the index, I the items, P the page list
    "index-missing": Check("X1", E, E, "a blog's folder has indexes/index.cdxj"),
    "index-line": Check("X1", E, E, "an index line is key, 14 digits and a JSON object of strings"),
    "index-order": Check("X1", E, E, "index lines are sorted by their bytes, none twice"),
    "index-key": Check("X1", W, W, "the key is the SURT of the address"),
    "index-place": Check("X2", E, E, "file, offset and length are those of exactly one record, alone in its member"),
    "index-other": Check("X2", E, E, "the index line says what the record says"),
    "index-lacks": Check("X3", E, E, "each response and identical-payload-digest revisit is in the index once"),
    "index-304": Check("X3", E, O, "a server-not-modified revisit is not in the index"),
    "item-line": Check("I1", E, E, "a line is a JSON object with the fields of docs/items.md"),
    "item-record": Check("I2", E, E, "an item's warc names a response record, with its id, address and digest"),
    "item-text": Check("I3", E, E, "text_sha256 is the digest of text"),
    "item-revision": Check("I3", E, E, "the revisions of an id rise from line to line"),
    "comment-lost": Check("I4", E, E, "a comment's post, parent and snapshot exist"),
    "conversion-text": Check("I5", E, E, "the conversion of an item's snapshot holds the item's text"),
    "pages-line": Check("P1", E, E, "pages.jsonl has its header line, then lines with url and ts"),
    "pages-missing": Check("P1", E, E, "a blog's folder has pages/pages.jsonl"),
}  # fmt: skip
