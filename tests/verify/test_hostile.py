"""Whatever a file holds, it is judged in little time and memory, and no damage to a block goes unseen."""

from __future__ import annotations

import gzip
import io
import random
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from verify import build
from verify.build import Pair, sha1

from archiver.verify.catalog import Catalog
from archiver.verify.findings import Findings
from archiver.verify.judge import judge_file
from archiver.verify.members import Raw
from archiver.verify.report import lines
from archiver.verify.rules.archive import check_archive
from archiver.verify.rules.state import FileState
from archiver.verify.run import Result


def judge(data: bytes, name: str = build.NAME) -> Findings:
    """Judge a file that lies in memory, to the last line of its report."""
    findings, catalog = Findings(), Catalog()
    judge_file(Raw(io.BytesIO(data)), FileState(name, name, 0, "", findings), catalog)
    catalog.finish()
    check_archive(catalog, findings)
    for line in lines(Result(findings)):
        assert line.isprintable()
    return findings


def good() -> tuple[bytes, bytes]:
    """A good file, compressed and plain."""
    pair = Pair()
    records = [*pair.records, *pair.revisit(), *pair.revisit(build.NOT_MODIFIED), pair.metadata({"fetchTimeMs": "1"})]
    return b"".join(build.members(records)), b"".join(made.data() for made in records)


GZ, PLAIN = good()


@given(st.binary(max_size=2000), st.sampled_from([build.NAME, "a.warc", "a.warc.zst", "x"]))
def test_random_bytes(data: bytes, name: str) -> None:
    """Random bytes are no WARC file, whatever the name says."""
    assert judge(data, name).errors


@given(st.lists(st.sampled_from([
    b"WARC/1.1\r\n", b"WARC/1.0\n", b"\r\n", b"\n", b"Content-Length: 5\r\n", b"Content-Length: 99999999999\r\n",
    b"WARC-Type: response\r\n", b"WARC-Type: request\r\n", b"WARC-Type: revisit\r\n", b"WARC-Type: warcinfo\r\n",
    b"WARC-Target-URI: http://a/\r\n", b"WARC-Target-URI: \xff\x00\r\n", b"Content-Type: application/http\r\n",
    b"HTTP/1.1 200 OK\r\n", b"Transfer-Encoding: chunked\r\n", b"5\r\nhello", b"\x00", b": :\r\n", b" x\r\n",
    b"WARC-Date: 9999-99-99\r\n", b"WARC-Record-ID: <a:b>\r\n", b"WARC-Concurrent-To: <a:b>\r\n",
    b"WARC-Payload-Digest: sha1:AAAA\r\n", b"WARC-IP-Address: 1\r\n", b"WARC-Refers-To: <a:b>\r\n",
]), max_size=40), st.booleans())  # fmt: skip
def test_pieces_of_records(pieces: list[bytes], zipped: bool) -> None:
    """Records of pieces in any order are told of, and nothing else happens."""
    data = b"".join(pieces)
    judge(gzip.compress(data) if zipped else data)


@given(st.data(), st.booleans())
def test_mutations(data: st.DataObject, zipped: bool) -> None:
    """A good file with bytes changed, put in, or taken away."""
    whole = bytearray(GZ if zipped else PLAIN)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole)))
        count = data.draw(st.integers(0, 30))
        whole[at : at + count] = data.draw(st.binary(max_size=30))
    judge(bytes(whole))


@given(st.integers(0, len(GZ)))
def test_cut_files(at: int) -> None:
    """A file that was cut is told of, unless it was cut between two records, where what is missing is told of."""
    assert judge(GZ[:at]).errors or at in {*_ends(), len(GZ)}


def _ends() -> list[int]:
    ends, rest = [], GZ
    while rest:
        engine = zlib.decompressobj(31)
        engine.decompress(rest)
        rest = engine.unused_data
        ends.append(len(GZ) - len(rest))
    return ends


@given(st.data())
def test_a_flipped_bit_of_a_block_is_found(data: st.DataObject) -> None:
    """One wrong bit in any block of a file whose compression is sound is an error."""
    pair = Pair()
    records = [*pair.records, *pair.revisit(), pair.metadata({"fetchTimeMs": "1"}), pair.conversion()]
    chosen = data.draw(st.sampled_from(records))
    at = data.draw(st.integers(0, len(chosen.block) - 1))
    block = bytearray(chosen.block)
    block[at] ^= 1 << data.draw(st.integers(0, 7))
    chosen.block = bytes(block)
    findings = judge(b"".join(build.members(records)))
    assert "block-digest-wrong" in {finding.check for finding in findings}


@given(st.data())
def test_a_flipped_bit_of_a_member_is_found(data: st.DataObject) -> None:
    """One wrong bit anywhere in the compressed file is seen, but for gzip's own notes on time and system."""
    starts = [0, *_ends()[:-1]]
    unread = {start + n for start in starts for n in (4, 5, 6, 7, 8, 9)}
    at = data.draw(st.integers(0, len(GZ) - 1).filter(lambda n: n not in unread))
    whole = bytearray(GZ)
    whole[at] ^= 1 << data.draw(st.integers(0, 7))
    assert judge(bytes(whole)).errors


def test_what_follows_a_damage_is_read() -> None:
    """A broken member in the middle costs its own record alone."""
    ends = _ends()
    whole = bytearray(GZ)
    whole[(ends[0] + ends[1]) // 2] ^= 0x55
    whole[ends[3] : ends[3]] = b"junk between"
    findings, catalog = Findings(), Catalog()
    judge_file(Raw(io.BytesIO(bytes(whole))), FileState("f", build.NAME, 0, "", findings), catalog)
    places = {row["offset"] for row in catalog.ask("SELECT offset FROM record")}
    shifted = [end + len(b"junk between") for end in ends[3:-1]]
    assert places >= {0, ends[1], ends[2], *shifted}


def bomb() -> bytes:
    """A member of some kilobytes that holds 300 MB."""
    engine = zlib.compressobj(9, zlib.DEFLATED, 31)
    size = 300 << 20
    head = f"WARC/1.1\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: {size}\r\n\r\n"
    parts = [engine.compress(head.encode() + b"HTTP/1.1 200 OK\r\n\r\n")]
    parts += [engine.compress(bytes(1 << 20)) for _ in range(300)]
    return b"".join([*parts, engine.flush()])


def long_line() -> bytes:
    """A head that is one line of 100 MB."""
    return gzip.compress(b"WARC/1.1\r\nX: " + b"x" * (100 << 20), 1)


def no_lines() -> bytes:
    """A message whose head is one line of 50 MB."""
    size = 50 << 20
    head = f"WARC/1.1\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: {size}\r\n\r\n"
    return gzip.compress(head.encode() + b"x" * size + b"\r\n\r\n", 1)


@pytest.mark.parametrize("make", [bomb, long_line, no_lines])
def test_memory_stays_flat(make: Callable[[], bytes]) -> None:
    """Neither a bomb nor an endless line takes more than a few megabytes."""
    data = make()
    tracemalloc.start()
    try:
        judge(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < len(data) + (24 << 20)


def many_fields() -> bytes:
    return b"WARC/1.1\r\n" + b"WARC-Date: x\r\n" * 70_000 + b"\r\n"


def many_magics() -> bytes:
    return b"\x1f\x8b\x08\x00" * 200_000


def nested_members() -> bytes:
    data = b"WARC/1.1\r\n"
    for _ in range(2000):
        data = (gzip.compress(data, 0) if len(data) < 60_000 else gzip.compress(data))[:-2]
    return data


def tiny_chunks() -> bytes:
    body = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 300_000 + b"0\r\n\r\n"
    return Pair().response.change(body).data()


def one_id() -> bytes:
    pair = Pair()
    link = pair.response.id
    pair.request.set("WARC-Concurrent-To", link).set("WARC-Record-ID", link).set("WARC-Refers-To", link)
    return pair.response.data() + pair.request.data() * 10_000


def one_revisit() -> bytes:
    revisit, _ = Pair().revisit()
    return revisit.set("WARC-Refers-To", revisit.id).data() * 5000


def spaces() -> bytes:
    made = Pair().request
    return made.change(b"GET " + b" " * 900_000 + b"x\r\n\r\n").set("WARC-Target-URI", "http://" + "a" * 100_000).data()


def noise() -> bytes:
    return random.Random(1).randbytes(4 << 20)


SLOW = [many_fields, many_magics, nested_members, tiny_chunks, one_id, one_revisit, spaces, noise]


@pytest.mark.usefixtures("must_end")
@pytest.mark.parametrize("make", SLOW)
@pytest.mark.parametrize("form", ["plain", "gzip"])
def test_what_is_made_to_be_slow(make: Callable[[], bytes], form: str) -> None:
    """It is judged to its end all the same."""
    data = make()
    judge(data if form == "plain" else gzip.compress(data, 1), "a.warc" if form == "plain" else build.NAME)
    judge(data, build.NAME)


def test_names_of_hostile_files_reach_no_terminal(tmp_path: Path) -> None:
    """Control characters in values and file names are replaced."""
    pair = Pair()
    pair.response.set("WARC-Target-URI", "http://example.org/\x1b[31m\x9b").set("WARC-Block-Digest", sha1(b"\x1b"))
    findings = judge(b"".join(build.members(pair.records)), "a\x1b]0;x\x07.warc.gz")
    assert findings.errors
