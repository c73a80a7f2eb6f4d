-- The memory of crawls, version 1. Everything here can be made again from posts.jsonl and the WARC files,
-- except the surfaces' own marks of change, which the next crawl asks for anew.

-- One row per address that was fetched as a post, or that a surface named as one.
CREATE TABLE address (
    identity       TEXT PRIMARY KEY,  -- urls.identity of the address
    url            TEXT NOT NULL,     -- as it was last asked for
    outcome        TEXT NOT NULL,     -- saved, not_post, gone, failed
    detail         TEXT,              -- why, when it is not saved
    marks          TEXT NOT NULL,     -- JSON: surface -> its mark of the last change
    fetched_at     TEXT NOT NULL,     -- ISO 8601, UTC: the last time that the server answered for it
    etag           TEXT,              -- validators of the last full answer (RFC 9110 section 8.8)
    last_modified  TEXT,
    payload_digest TEXT,
    record_id      TEXT,              -- the response record that the current text came from
    post_id        TEXT,
    revision       INTEGER,
    text_sha256    TEXT,
    run_id         TEXT NOT NULL      -- the run that last touched this row
) WITHOUT ROWID;

-- Comments that were saved, to tell new and changed ones from known ones.
CREATE TABLE comment (
    id       TEXT PRIMARY KEY,
    sha256   TEXT NOT NULL,           -- of the text
    revision INTEGER NOT NULL
) WITHOUT ROWID;

-- Runs, as the next run and `archiver status` need them; the full story is in runs/<run_id>.json.
CREATE TABLE run (
    run_id    TEXT PRIMARY KEY,
    started   TEXT NOT NULL,
    ended     TEXT,                   -- NULL: it is running, or was killed
    exit_code INTEGER,                -- without `ended`: it was killed, and its items were taken in
    found     INTEGER                 -- posts that its surfaces named
) WITHOUT ROWID;
