"""What records say of each other, once all files are read (WARC 1.1 sections 5.2, 5.7, 5.11 to 5.13, 6.7, 6.8).

Every question is answered by an index of the catalog, and every link leads to one record at most, so that a file
made of equal ids cannot make it slow.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from archiver.verify import values
from archiver.verify.catalog import Catalog
from archiver.verify.findings import Findings

Tell = Callable[[str, sqlite3.Row, str], None]  # check, the record, what was found

RECORD = "SELECT record.*, file.path AS path FROM record JOIN file ON file.key = record.file"
# kinds of the records linked with record r, in either direction
FROM = "SELECT 1 FROM link JOIN record o ON o.key = link.goal WHERE link.source = record.key AND o.kind IN ({kinds})"
TO = "SELECT 1 FROM link JOIN record o ON o.key = link.source WHERE link.goal = record.key AND o.kind IN ({kinds})"
REQUESTS = "'request'"
ANSWERS = "'response', 'revisit', 'resource'"
EXPLAINED = """
    SELECT 1 FROM link JOIN record o ON o.key = link.source WHERE link.goal = record.key AND o.kind = 'metadata'
    AND (o.no_response OR o.content_type LIKE 'application/octet-stream%' OR o.content_type LIKE 'application/http%')
"""


def check_archive(catalog: Catalog, findings: Findings) -> None:
    """Compare the records of all files with each other."""

    def tell(check: str, row: sqlite3.Row, found: str) -> None:
        findings.add(row["path"], row["offset"], check, found, row["id"] or "", ours=bool(row["ours"]))

    _ids(catalog, tell)
    _links(catalog, tell)
    _pairs(catalog, tell)
    _doubts(catalog, tell)
    for row in catalog.ask(f"{RECORD} WHERE record.kind = 'revisit'"):
        _revisit(catalog, row, tell)
    for row in catalog.ask(f"{RECORD} WHERE record.kind = 'conversion' AND record.refers_to <> ''"):
        _conversion(catalog, row, tell)


def _ids(catalog: Catalog, tell: Tell) -> None:
    first = "SELECT id, MIN(key) AS key FROM record WHERE id IS NOT NULL GROUP BY id HAVING COUNT(*) > 1"
    query = f"""
        SELECT record.*, file.path AS path, one.offset AS first_offset, other.path AS first_path
        FROM ({first}) d JOIN record ON record.id = d.id AND record.key <> d.key JOIN file ON file.key = record.file
        JOIN record one ON one.key = d.key JOIN file other ON other.key = one.file
    """  # noqa: S608
    for row in catalog.ask(query):
        tell("id-repeated", row, f"the id of the record at {row['first_path']}:{row['first_offset']}")


def _links(catalog: Catalog, tell: Tell) -> None:
    columns = (
        "goal.id AS goal_id, goal.kind AS goal_kind, goal.date AS goal_date, goal.uri AS goal_uri, goal.ip AS goal_ip"
    )
    query = f"""
        SELECT record.*, file.path AS path, link.target AS target, link.goal AS goal, {columns}
        FROM link JOIN record ON record.key = link.source JOIN file ON file.key = record.file
        LEFT JOIN record goal ON goal.key = link.goal
    """  # noqa: S608
    for row in catalog.ask(query):
        if row["goal"] is None:
            elsewhere = catalog.one("SELECT 1 FROM record WHERE id = ? LIMIT 1", row["target"])
            if row["ours"] or elsewhere is None:
                tell(
                    "concurrent-lost",
                    row,
                    f"{row['target'][:80]}, which is {'in another file' if elsewhere else 'nowhere'}",
                )
        elif row["goal_id"] != row["id"]:
            _link(catalog, row, tell)


def _link(catalog: Catalog, row: sqlite3.Row, tell: Tell) -> None:
    other = row["goal_id"]
    if row["date"] and row["goal_date"] and row["date"] != row["goal_date"]:
        tell("date-differs", row, f"{row['date'][:40]}, and {row['goal_date'][:40]} in {other}")
    # resources of one run, such as wget's logs, are concurrent and have names of their own
    if row["kind"] != "resource" and row["uri"] and row["goal_uri"] and row["uri"] != row["goal_uri"]:
        tell("uri-differs", row, f"{row['uri'][:100]}, and {row['goal_uri'][:100]} in {other}")
    both = row["ip"] and row["goal_ip"]
    if row["ip"] != row["goal_ip"] and (both or row["ours"]):
        tell("ip-differs", row, f"{row['ip'][:40] or 'none'}, and {row['goal_ip'][:40] or 'none'} in {other}")
    if not row["ours"]:
        return
    answered = _answered(catalog, row["goal"]) if row["goal_kind"] == "request" else row["goal_kind"] != "metadata"
    if row["no_response"] and answered:
        tell("answered", row, f"noResponse, and a {row['goal_kind']}")
    leads = ("response", "revisit") if row["kind"] == "request" or answered else ("request",)
    if row["kind"] in ("request", "metadata") and row["goal_kind"] not in leads:
        tell("concurrent-lead", row, f"a {row['goal_kind']}")


def _answered(catalog: Catalog, key: int) -> bool:
    kinds = FROM.format(kinds=ANSWERS), TO.format(kinds=ANSWERS)
    query = f"SELECT 1 FROM record WHERE key = ? AND (EXISTS ({kinds[0]}) OR EXISTS ({kinds[1]}))"  # noqa: S608
    return catalog.one(query, key) is not None


def _pairs(catalog: Catalog, tell: Tell) -> None:
    alone = "NOT EXISTS ({}) AND NOT EXISTS ({})"
    no_request = alone.format(FROM.format(kinds=REQUESTS), TO.format(kinds=REQUESTS))
    kinds = "record.kind IN ('response', 'revisit') AND record.uri LIKE 'http%'"
    for row in catalog.ask(f"{RECORD} WHERE {kinds} AND {no_request}"):
        tell("exchange-torn" if _is_last(catalog, row) else "no-request", row, f"a {row['kind']} by itself")
    no_answer = alone.format(FROM.format(kinds=ANSWERS), TO.format(kinds=ANSWERS))
    for row in catalog.ask(f"{RECORD} WHERE record.kind = 'request' AND {no_answer} AND NOT EXISTS ({EXPLAINED})"):
        tell("exchange-torn" if _is_last(catalog, row) else "no-response", row, "a request by itself")


def _is_last(catalog: Catalog, row: sqlite3.Row) -> bool:
    later = "SELECT 1 FROM record WHERE file = ? AND key > ? LIMIT 1"
    return catalog.one(later, row["file"], row["key"]) is None


def _doubts(catalog: Catalog, tell: Tell) -> None:
    """Decide on responses that look cut: an answer to HEAD has no body (RFC 9110 section 9.3.2)."""
    for row in catalog.ask(f"{RECORD} WHERE record.doubt <> ''"):
        request = _request(catalog, row)
        if request and request["method"] == "HEAD" and "head" not in row["doubt"]:
            continue
        tell("truncated-unsaid" if request else "truncated-unsure", row, f"no WARC-Truncated though {row['doubt']}")


def _request(catalog: Catalog, row: sqlite3.Row) -> sqlite3.Row | None:
    """The request record of a response or revisit."""
    query = """
        SELECT o.* FROM link JOIN record o ON o.key = link.source WHERE link.goal = ?1 AND o.kind = 'request'
        UNION ALL
        SELECT o.* FROM link JOIN record o ON o.key = link.goal WHERE link.source = ?1 AND o.kind = 'request'
        LIMIT 1
    """
    return catalog.one(query, row["key"])


def _revisit(catalog: Catalog, row: sqlite3.Row, tell: Tell) -> None:
    request = _request(catalog, row)
    if row["profile"] == "server-not-modified" and request and not request["conditional"]:
        tell("not-conditional", row, "a request without If-None-Match and If-Modified-Since")
    if not row["refers_to"] and not (row["refers_uri"] and row["refers_date"]):
        return
    source = _source(catalog, row)
    if source is None:
        name = row["refers_to"] or f"{row['refers_uri']} at {row['refers_date']}"
        tell("revisit-lost" if row["blog"] else "revisit-not-there", row, name[:120])
        return
    _refers(row, source, tell)


def _source(catalog: Catalog, row: sqlite3.Row) -> sqlite3.Row | None:
    if row["refers_to"]:
        by_id = "SELECT * FROM record WHERE id = ? AND blog = ? ORDER BY file, key LIMIT 1"
        return catalog.one(by_id, row["refers_to"], row["blog"])
    by_address = """
        SELECT * FROM record WHERE uri = ? AND date = ? AND kind IN ('response', 'resource', 'revisit')
        AND blog = ? AND key <> ? LIMIT 1
    """
    return catalog.one(by_address, row["refers_uri"], row["refers_date"], row["blog"], row["key"])


def _refers(row: sqlite3.Row, source: sqlite3.Row, tell: Tell) -> None:
    if source["kind"] not in ("response", "resource"):
        tell("revisit-of-other", row, f"a {source['kind']}")
    elif source["truncated"] or source["empty"]:
        tell("revisit-of-cut", row, "a truncated payload" if source["truncated"] else "an empty payload")
    for name, own, its in (
        ("address", row["refers_uri"], source["uri"]),
        ("date", row["refers_date"], source["date"]),
        ("payload digest", row["digest"], source["digest"]),
    ):
        if own and its and own != its and not (name == "payload digest" and _same_digest(own, its)):
            tell("revisit-mismatch", row, f"{name} {own[:120]}, {its[:120]} in the record referred to")
    if source["date"] > row["date"] > "":
        tell("revisit-of-later", row, f"{source['date'][:40]}, later than {row['date'][:40]}")
    if row["profile"] == "identical-payload-digest" and row["html"] and source["uri"] != row["uri"]:
        tell("revisit-address", row, source["uri"][:120])


def _same_digest(one: str, two: str) -> bool:
    parts = values.digest_parts(one), values.digest_parts(two)
    comparable = all(part and part[1] for part in parts)
    return parts[0] == parts[1] or not comparable or bool(parts[0] and parts[1] and parts[0][0] != parts[1][0])


def _conversion(catalog: Catalog, row: sqlite3.Row, tell: Tell) -> None:
    source = _source(catalog, row)
    if source is None:
        # of files given by themselves the source may lie in one that was not given
        if row["blog"] or not row["ours"]:
            tell("conversion-lost", row, row["refers_to"][:120])
    elif row["uri"] and source["uri"] != row["uri"]:
        tell("conversion-address", row, f"{row['uri'][:100]}, and {source['uri'][:100]} of the source")
