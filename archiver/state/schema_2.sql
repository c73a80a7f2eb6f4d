-- The memory of crawls, version 2: what the WARC files hold, so that later captures can refer to it. All of it is
-- made again from the WARC files when it is missing.

-- One row per address, payload and transfer coding: the response record that holds it.
CREATE TABLE capture (
    url            TEXT NOT NULL,     -- WARC-Target-URI
    payload_digest TEXT NOT NULL,     -- sha1:BASE32
    record_id      TEXT NOT NULL,
    date           TEXT NOT NULL,     -- ISO 8601, UTC, microseconds: the record's WARC-Date
    seen           TEXT NOT NULL,     -- the same of the last capture that had this payload and status 200, or was a
                                      -- 304 that spoke of it; '' if there was none
    status         INTEGER NOT NULL,
    mime           TEXT,              -- as the server names it
    is_page        INTEGER NOT NULL,  -- it is HTML
    is_chunked     INTEGER NOT NULL,  -- its body is in the chunked transfer coding
    file           TEXT NOT NULL,     -- archive/NAME.warc.gz
    offset         INTEGER NOT NULL,
    length         INTEGER NOT NULL,
    PRIMARY KEY (url, payload_digest, is_chunked)
) WITHOUT ROWID;

CREATE INDEX capture_payload ON capture (payload_digest);

-- The WARC files whose captures are all in the table above.
CREATE TABLE warc_file (
    name TEXT PRIMARY KEY,
    size INTEGER NOT NULL             -- in bytes; a file of another size is read again
) WITHOUT ROWID;
