-- The memory of crawls, version 3: what the surfaces of the blog say, and how far they were asked. The next crawl asks
-- for all of it anew when it is missing.

-- The frontier: one row per address that any surface ever named.
CREATE TABLE link (
    id       INTEGER PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE,    -- urls.identity of the address
    url      TEXT NOT NULL,           -- as the surest surface names it
    kind     TEXT NOT NULL,           -- post, page, unknown
    key      TEXT,                    -- the platform's own number of the post
    access   TEXT,                    -- members or password, when a surface says so
    named    TEXT NOT NULL,           -- JSON: surface -> [its mark of the last change or null, the round]
    hints    TEXT NOT NULL,           -- JSON: surface -> what it says of the post (models.Hints)
    entry    TEXT,                    -- JSON: [its id in a feed that holds its whole text, where that feed lies]
    replies  TEXT,                    -- JSON: [reader, address] of an answer with all its comments
    rank     TEXT NOT NULL,           -- the latest mark: what changed last is fetched first
    round    TEXT NOT NULL,           -- the round in which a surface last named it
    waits    INTEGER NOT NULL         -- 1: to be decided on; 2: asked for in this run; 0: neither
);
CREATE INDEX link_waits ON link (waits, rank DESC);
CREATE INDEX link_key ON link (key) WHERE key IS NOT NULL;

-- The questions that were put to surfaces: what is open after a kill, and what makes the next one conditional.
CREATE TABLE ask (
    url           TEXT PRIMARY KEY,
    walk          TEXT NOT NULL,      -- the question with which its list begins
    ask           TEXT NOT NULL,      -- JSON: models.Ask
    round         TEXT NOT NULL,      -- the round in which it was put last
    state         TEXT NOT NULL,      -- open, answered, unheard (its comments were not read yet),
                                      -- unchanged, failed
    answered_at   TEXT,               -- ISO 8601, UTC: the last time that it was answered, in whatever round
    asks          TEXT,               -- JSON: the questions that the answer led to, for when it is unchanged
    etag          TEXT,
    last_modified TEXT,
    total         INTEGER,            -- posts that the answer advertises
    entries       INTEGER,            -- links or comments that the answer held
    news          INTEGER             -- how many of them nobody ever named
) WITHOUT ROWID;

-- Lists that were walked to their end: the next run asks them for changes only.
CREATE TABLE walk (
    walk     TEXT PRIMARY KEY,        -- the address of its first question
    reader   TEXT NOT NULL,
    surface  TEXT NOT NULL,
    round    TEXT NOT NULL,           -- the last round in which it was walked whole, or found to be as it was
    whole_at TEXT NOT NULL,           -- ISO 8601, UTC: when it was last walked whole
    total    INTEGER                  -- posts that it advertised
) WITHOUT ROWID;

-- Comments that APIs and feeds told.
CREATE TABLE said (
    key       TEXT PRIMARY KEY,       -- the platform's own
    post      TEXT NOT NULL,          -- the platform's number of the post, or the identity of its address
    comment   TEXT,                   -- JSON: models.PageComment; NULL once it is in comments.jsonl
    sha256    TEXT NOT NULL,          -- of its text
    record_id TEXT NOT NULL           -- the response record that it came from
) WITHOUT ROWID;
CREATE INDEX said_post ON said (post);

-- A round is a crawl with all the runs that took it up again after it ended early.
ALTER TABLE run ADD COLUMN round TEXT;

-- The order in which runs began: their ids are times, and clocks go wrong.
ALTER TABLE run ADD COLUMN number INTEGER;
UPDATE run SET number = (SELECT count(*) FROM run AS other WHERE other.run_id <= run.run_id);
CREATE INDEX address_outcome ON address (outcome);
CREATE INDEX address_post ON address (post_id, revision);

-- How many runs in a row found a saved post gone (404, 410): the second one believes it.
ALTER TABLE address ADD COLUMN absences INTEGER NOT NULL DEFAULT 0;

-- How much of posts.jsonl, comments.jsonl and pings.jsonl is in the tables `address` and `comment`.
CREATE TABLE item_file (
    name TEXT PRIMARY KEY,
    size INTEGER NOT NULL,            -- in bytes; what lies beyond is not known yet
    tail TEXT NOT NULL                -- digest of the last bytes before that; if it is another, nothing is known
) WITHOUT ROWID;
