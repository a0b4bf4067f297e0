"""The tables, as flat numbered migrations.

Three parts: the journal itself, what the night's reports say (`results`), and who is told
(`delivery`). Every table but the journal can be derived from it again.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("election-night")


@migrations(name="m0001_journal")
def _journal(db: Database) -> None:
    db.executescript(
        """
        CREATE TABLE journal (
            seq INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            kind TEXT NOT NULL,
            data TEXT NOT NULL
        );
        CREATE TABLE bodies (
            sha256 TEXT PRIMARY KEY,
            size INTEGER NOT NULL,
            body BLOB NOT NULL
        );
        """
    )


@migrations(name="m0002_results")
def _results(db: Database) -> None:
    db.executescript(
        """
        -- One fetched document. `fault` says why it could not be read.
        CREATE TABLE readings (
            id INTEGER PRIMARY KEY,                -- the journal's seq
            feed TEXT NOT NULL,
            name TEXT NOT NULL,
            format TEXT NOT NULL,
            sha256 TEXT NOT NULL REFERENCES bodies (sha256),
            received_at TEXT NOT NULL,
            fault TEXT
        );
        CREATE INDEX readings_name ON readings (feed, name);

        -- One report in a document, with today's verdict on it.
        CREATE TABLE reports (
            id INTEGER PRIMARY KEY,                -- reading id * 65536 + position
            reading_id INTEGER NOT NULL REFERENCES readings (id),
            position INTEGER NOT NULL,
            kind TEXT NOT NULL,                    -- nominations, result, state, ward
            night TEXT NOT NULL,
            council TEXT,                          -- our code, or wire:Name
            ballot TEXT,
            revision INTEGER,
            content TEXT NOT NULL,                 -- hash of what the report says
            data TEXT NOT NULL,                    -- the report as JSON
            verdict TEXT NOT NULL,                 -- accepted superseded duplicate held rejected
            reasons TEXT NOT NULL,                 -- JSON list of sentences
            warnings TEXT NOT NULL                 -- JSON list of sentences
        );
        CREATE INDEX reports_council ON reports (night, council, kind);
        CREATE INDEX reports_ballot ON reports (night, ballot) WHERE ballot IS NOT NULL;
        CREATE INDEX reports_verdict ON reports (verdict) WHERE verdict IN ('held', 'rejected');

        -- What a feed has to remember between two fetches; `seeded_at` marks a silent first fill.
        CREATE TABLE feeds (
            name TEXT PRIMARY KEY,
            state TEXT NOT NULL,                   -- JSON, the feed's own
            fetched_at TEXT NOT NULL,
            seeded_at TEXT
        );

        -- A council on a night: what it was, what it is.
        CREATE TABLE standings (
            night TEXT NOT NULL,
            council TEXT NOT NULL,
            wire_name TEXT NOT NULL,
            type TEXT,
            proportion TEXT,
            new_council INTEGER NOT NULL,
            boundary_change INTEGER NOT NULL,
            before TEXT,                           -- party code, NOC, or null (new or not known)
            before_source TEXT,
            after TEXT,                            -- party code, NOC, or null (not declared)
            outcome TEXT,
            basis TEXT,
            by_desk INTEGER NOT NULL DEFAULT 0,
            total INTEGER,
            seats_up INTEGER,
            baseline TEXT,
            declared_at TEXT,
            report_id INTEGER REFERENCES reports (id),
            version INTEGER,
            state TEXT,
            PRIMARY KEY (night, council)
        );

        -- A party's seats on a council on a night.
        CREATE TABLE standing_seats (
            night TEXT NOT NULL,
            council TEXT NOT NULL,
            party TEXT NOT NULL,
            held INTEGER,
            offered INTEGER,
            unopposed INTEGER,
            candidates INTEGER,
            won INTEGER,
            now INTEGER,
            change INTEGER,
            PRIMARY KEY (night, council, party)
        );

        -- Names that the wire gave to parties and councils that no table of ours knows.
        CREATE TABLE wire_names (
            code TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            first_seen TEXT NOT NULL
        );

        CREATE TABLE wards (
            night TEXT NOT NULL,
            ballot TEXT NOT NULL,
            council TEXT NOT NULL,
            name TEXT NOT NULL,
            gss TEXT,
            seats INTEGER NOT NULL,
            declared INTEGER NOT NULL,
            counts INTEGER NOT NULL,               -- 0: cancelled or replaced
            uncontested INTEGER NOT NULL,
            electorate INTEGER,
            turnout REAL,
            spoilt INTEGER,
            report_id INTEGER NOT NULL REFERENCES reports (id),
            PRIMARY KEY (night, ballot)
        );
        CREATE INDEX wards_council ON wards (night, council);
        CREATE TABLE ward_candidates (
            night TEXT NOT NULL,
            ballot TEXT NOT NULL,
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            party TEXT NOT NULL,
            party_name TEXT NOT NULL,
            votes INTEGER,
            elected INTEGER,
            PRIMARY KEY (night, ballot, position)
        );

        -- The outbox: every version of every claim, in the order in which they were made.
        CREATE TABLE claims (
            outbox INTEGER PRIMARY KEY,
            night TEXT NOT NULL,
            council TEXT NOT NULL,
            version INTEGER NOT NULL,
            state TEXT NOT NULL,
            before TEXT,
            after TEXT,
            outcome TEXT,
            basis TEXT NOT NULL,
            declared_at TEXT NOT NULL,
            seeded INTEGER NOT NULL,               -- 1: from a backlog; announced by one digest
            evidence TEXT NOT NULL,                -- JSON: source and seats at that moment
            UNIQUE (night, council, version)
        );

        -- The wire's own national tables, for reconciliation.
        CREATE TABLE states_of_parties (
            report_id INTEGER PRIMARY KEY REFERENCES reports (id),
            night TEXT NOT NULL,
            results INTEGER NOT NULL,
            total INTEGER NOT NULL
        );

        -- What the desk has decided.
        CREATE TABLE desk_actions (
            id INTEGER PRIMARY KEY,                -- the journal's seq
            at TEXT NOT NULL,
            action TEXT NOT NULL,                  -- confirm, reject
            report_id INTEGER REFERENCES reports (id),
            night TEXT,
            council TEXT,
            who TEXT NOT NULL,
            why TEXT NOT NULL
        );
        """
    )
