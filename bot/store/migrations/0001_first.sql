-- The tables of the first version. Every table but the journal and its bodies is derived from the
-- journal. Once released, this file is frozen: what changes later is a new migration beside it.

-- The journal

CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL
);
-- The documents' bytes, by their hash: beside the journal and never derived from it.
CREATE TABLE bodies (
    sha256 TEXT PRIMARY KEY,               -- of the whole document
    size INTEGER NOT NULL,                 -- of what is kept of it
    body BLOB NOT NULL                     -- zlib
);

-- What the night's reports say

-- One fetched document. `faults` say what in it could not be read.
CREATE TABLE readings (
    id INTEGER PRIMARY KEY,                -- the journal's seq
    feed TEXT NOT NULL,
    name TEXT NOT NULL,
    format TEXT NOT NULL,
    sha256 TEXT NOT NULL,                  -- of the whole document; see bodies
    received_at TEXT NOT NULL,
    faults TEXT NOT NULL,                  -- JSON list of sentences
    passed_over INTEGER NOT NULL,          -- sound, and no report
    source TEXT,                           -- who says so: pa, democracy_club, …
    settled INTEGER NOT NULL               -- 0: no revisions, and seen only once
);
CREATE INDEX readings_name ON readings (feed, name);

-- How the rules were set from an entry of the journal on.
CREATE TABLE policies (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    allow_test INTEGER NOT NULL,
    claims_need TEXT NOT NULL,
    late_nominations_wait INTEGER NOT NULL,
    settles INTEGER NOT NULL
);

-- What came in sound and is not followed: each of a kind once.
CREATE TABLE not_followed (
    feed TEXT NOT NULL,
    kind TEXT NOT NULL,                    -- in words
    night TEXT NOT NULL,                   -- empty: the document does not say
    what TEXT NOT NULL,
    reading_id INTEGER NOT NULL REFERENCES readings (id),
    PRIMARY KEY (feed, kind, night, what)
) WITHOUT ROWID;

-- One report in a document, with today's verdict on it.
CREATE TABLE reports (
    id INTEGER PRIMARY KEY,                -- reading id * 1048576 + position
    reading_id INTEGER NOT NULL REFERENCES readings (id),
    kind TEXT NOT NULL,                    -- nominations, result, state, ward, …
    night TEXT NOT NULL,
    council TEXT,                          -- our code, or wire:Name
    ballot TEXT,                           -- no ward's: our code, or kind.wire:Area
    revision INTEGER,
    content TEXT NOT NULL,                 -- hash of what the report says
    data TEXT NOT NULL,                    -- the report as JSON
    considered INTEGER NOT NULL,           -- 0: turned away, no part of any decision
    verdict TEXT NOT NULL,                 -- accepted superseded duplicate held rejected
    reasons TEXT NOT NULL,                 -- JSON list of sentences
    warnings TEXT NOT NULL,                -- JSON list of sentences
    held_by TEXT NOT NULL                  -- JSON list: the rule behind each reason
);
CREATE INDEX reports_reading ON reports (reading_id);
CREATE INDEX reports_council ON reports (night, council, kind);
CREATE INDEX reports_ballot ON reports (night, ballot) WHERE ballot IS NOT NULL;
CREATE INDEX reports_held ON reports (night, council) WHERE verdict = 'held';

-- What a fault of the program turned away, until it is taken again.
CREATE TABLE own_faults (
    reading_id INTEGER NOT NULL REFERENCES readings (id),
    report_id INTEGER NOT NULL,            -- 0: the document, or reports not written down
    program TEXT NOT NULL,                 -- the version that failed at it last
    council TEXT,                          -- what the document's feed knows: to read it by
    night TEXT,
    PRIMARY KEY (reading_id, report_id)
) WITHOUT ROWID;

-- What a feed has to remember between two fetches; `seeded_at` marks a silent first fill.
CREATE TABLE feeds (
    name TEXT PRIMARY KEY,
    state TEXT NOT NULL,                   -- JSON, the feed's own
    first_fetched_at TEXT NOT NULL,
    fetched_at TEXT NOT NULL,
    changed_at TEXT,                       -- the last fetch that brought a new document
    caught_up INTEGER NOT NULL,            -- 0: the first fetch broke off, more to come
    trouble TEXT,                          -- why the last fetch broke off
    seeded_at TEXT
);

-- A council on a night: what it was, what it is.
CREATE TABLE standings (
    night TEXT NOT NULL,
    council TEXT NOT NULL,
    seq INTEGER NOT NULL,                  -- the journal's entry that touched it last
    name TEXT NOT NULL,
    votes INTEGER NOT NULL,                -- 0: nothing but held reports says it votes
    proportion TEXT,
    new_council INTEGER NOT NULL,
    boundary_change INTEGER NOT NULL,
    seats_up INTEGER,
    before TEXT,                           -- party code, NOC, or null (new, or not known)
    before_source TEXT,
    before_year INTEGER,                   -- of the control history, where that says it
    after TEXT,                            -- party code, NOC, or null (not declared)
    outcome TEXT,
    basis TEXT,
    by_desk INTEGER NOT NULL,
    confirmed INTEGER NOT NULL,            -- 0: shown, and claimed only when confirmed
    source TEXT,                           -- JSON: where what is in force comes from
    voices TEXT NOT NULL,                  -- JSON: what each source says
    differences TEXT NOT NULL,             -- JSON list of sentences for the desk
    lacking TEXT,                          -- why all wards together make no result
    total INTEGER,
    baseline TEXT,                         -- what changes are counted from
    declared_at TEXT,
    nominations_id INTEGER REFERENCES reports (id),
    report_id INTEGER REFERENCES reports (id),
    version INTEGER,
    state TEXT,
    PRIMARY KEY (night, council)
);
CREATE INDEX standings_seq ON standings (seq);

-- A party's seats on a council on a night; null: not said.
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

-- A mayor, a constituency or a referendum on a night. Its votes are in its report.
CREATE TABLE ballots (
    night TEXT NOT NULL,
    ballot TEXT NOT NULL,
    seq INTEGER NOT NULL,                  -- the journal's entry that touched it last
    kind TEXT NOT NULL,                    -- mayor, assembly, referendum; ward: a by-election
    name TEXT NOT NULL,
    council TEXT,                          -- of a by-election
    area TEXT NOT NULL,
    elected TEXT NOT NULL,                 -- JSON list of names
    declared INTEGER NOT NULL,             -- 1: every seat has its winner
    confirmed INTEGER NOT NULL,            -- 0: shown, and claimed only when confirmed
    by_desk INTEGER NOT NULL,
    differences TEXT NOT NULL,             -- JSON list of sentences for the desk
    source TEXT,                           -- JSON: where what is in force comes from
    report_id INTEGER REFERENCES reports (id),
    declared_at TEXT,
    version INTEGER,
    state TEXT,
    PRIMARY KEY (night, ballot)
);
CREATE INDEX ballots_seq ON ballots (seq);

CREATE VIEW ballots_now AS
SELECT night, name AS ballot, kind, elected, declared, declared_at, state AS claim
FROM ballots ORDER BY night DESC, kind, name;

-- Names that the wire gave to parties and councils that no table of ours knows.
CREATE TABLE wire_names (
    what TEXT NOT NULL,                    -- party, council; type: of that council
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    first_seen TEXT NOT NULL,
    PRIMARY KEY (what, code)
);

-- A ballot as it stands; its candidates and votes are in its report.
CREATE TABLE wards (
    night TEXT NOT NULL,
    council TEXT NOT NULL,
    ballot TEXT NOT NULL,
    name TEXT NOT NULL,
    gss TEXT,
    seats INTEGER NOT NULL,
    declared INTEGER NOT NULL,
    counts INTEGER NOT NULL,               -- 0: put off, replaced or a by-election apart
    by_election INTEGER NOT NULL,
    vacant INTEGER NOT NULL,               -- seats that nobody fills tonight
    won TEXT NOT NULL,                     -- JSON: seats by party code
    report_id INTEGER NOT NULL REFERENCES reports (id),
    data TEXT,                             -- JSON: what statements about winners come to;
                                           -- null where the report is the ballot's own
    PRIMARY KEY (night, council, ballot)
);

-- The outbox: every version of every claim, in the order in which they were made.
CREATE TABLE claims (
    outbox INTEGER PRIMARY KEY,            -- the journal's seq
    night TEXT NOT NULL,
    council TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,                   -- declared, completed, corrected, retracted
    before TEXT,
    after TEXT,
    outcome TEXT,                          -- null: retracted
    basis TEXT,
    declared_at TEXT,
    made_at TEXT NOT NULL,
    seeded INTEGER NOT NULL,               -- 1: from a backlog; announced by one digest
    by_desk INTEGER NOT NULL,
    report_id INTEGER REFERENCES reports (id),
    won TEXT,                              -- JSON: seats by party code, at that moment
    now TEXT,                              -- JSON: seats by party code, at that moment
    notice TEXT,                           -- JSON: what a notice says; null: retracted
    of_notice INTEGER NOT NULL,            -- 1: `council` is the notice's key
    UNIQUE (night, council, version)
);

-- What each declared version rests on at present, as its posts are to show it.
CREATE TABLE evidence (
    outbox INTEGER PRIMARY KEY,            -- the claim version
    basis TEXT NOT NULL,
    by_desk INTEGER NOT NULL,
    before_year INTEGER,                   -- of the control history: who had control before
    source TEXT,                           -- JSON
    won TEXT,                              -- JSON: seats by party code
    now TEXT,                              -- JSON: seats by party code
    changes TEXT,                          -- JSON: signed seats by party code
    baseline TEXT,                         -- what changes are counted from
    to_follow INTEGER NOT NULL,            -- 1: posts sent before are to be edited…
    expanded_to INTEGER NOT NULL           -- …those up to this destination are marked
);
CREATE INDEX evidence_to_follow ON evidence (outbox) WHERE to_follow;

CREATE VIEW council_now AS
SELECT
    s.night,
    s.name AS council,
    s.before AS controlled_before,
    s.after AS controlled_now,
    s.outcome,
    (SELECT group_concat(party || ' ' || now, ', ') FROM (
        SELECT party, now FROM standing_seats AS p
        WHERE p.night = s.night AND p.council = s.council AND now > 0
        ORDER BY party = 'Vac', now DESC, party
    )) AS seats,
    s.total,
    s.total / 2 + 1 AS majority,
    s.declared_at,
    s.basis,
    s.state AS claim,
    (SELECT count(*) FROM reports AS r
     WHERE r.night = s.night AND r.council = s.council AND r.verdict = 'held') AS held
FROM standings AS s
WHERE s.votes
ORDER BY s.night DESC, s.name;

CREATE VIEW changes_of_hands AS
SELECT night, name AS council, before AS controlled_before, after AS controlled_now,
       outcome, declared_at, state AS claim, basis
FROM standings
WHERE outcome IN ('gain', 'gain from NOC', 'loss to NOC')
ORDER BY night DESC, declared_at, name;

CREATE VIEW state_of_parties AS
WITH seats AS (
    SELECT p.night, p.party, total(p.won) AS won, total(p.change) AS change
    FROM standing_seats AS p JOIN standings AS s USING (night, council)
    WHERE s.after IS NOT NULL AND NOT s.new_council AND p.party != 'Vac'
    GROUP BY p.night, p.party
),
first_seats AS (
    SELECT p.night, p.party, total(p.won) AS won
    FROM standing_seats AS p JOIN standings AS s USING (night, council)
    WHERE s.after IS NOT NULL AND s.new_council AND p.party != 'Vac'
    GROUP BY p.night, p.party
),
names AS (
    SELECT night, party FROM seats UNION SELECT night, party FROM first_seats
    UNION SELECT night, after FROM standings WHERE after IS NOT NULL
    UNION SELECT night, before FROM standings
    WHERE after IS NOT NULL AND before IS NOT NULL
)
SELECT
    n.night,
    n.party,
    (SELECT count(*) FROM standings AS s
     WHERE s.night = n.night AND s.after = n.party) AS councils,
    (SELECT count(*) FROM standings AS s WHERE s.night = n.night AND s.after = n.party
     AND s.before != s.after) AS gained,
    (SELECT count(*) FROM standings AS s WHERE s.night = n.night AND s.before = n.party
     AND s.after != s.before) AS lost,
    (SELECT count(*) FROM standings AS s WHERE s.night = n.night AND s.after = n.party
     AND s.outcome = 'first election') AS first_elections,
    CAST(coalesce(seats.won, 0) + coalesce(first_seats.won, 0) AS INTEGER) AS seats_won,
    CAST(coalesce(seats.change, 0) AS INTEGER) AS seat_change
FROM names AS n
LEFT JOIN seats USING (night, party)
LEFT JOIN first_seats USING (night, party)
ORDER BY n.night DESC, councils DESC, seats_won DESC, n.party;

-- Who is told, and what was sent

-- A channel or, without a guild, a user's direct messages. Paused: it refused.
CREATE TABLE destinations (
    id INTEGER PRIMARY KEY,                -- Discord's id of the channel or user
    guild_id INTEGER,
    paused_at TEXT,
    reason TEXT,
    pause INTEGER,                         -- the journal's seq: its last pause…
    resumed INTEGER,                       -- …and its last resumption
    trial INTEGER NOT NULL DEFAULT 0,      -- 1: resumed to see whether it takes anything
    by_trial INTEGER NOT NULL DEFAULT 0,   -- 1: paused, and nothing else can show that
    compared INTEGER NOT NULL DEFAULT 0,   -- with its history, after that restore
    threads TEXT,                          -- alerts go to a thread for each night, region,
                                           -- party, council; null: to the channel itself
    forum INTEGER NOT NULL DEFAULT 0       -- 1: it has nothing but such posts
);
CREATE INDEX destinations_guild ON destinations (guild_id);
CREATE INDEX destinations_paused ON destinations (guild_id) WHERE paused_at IS NOT NULL;
CREATE INDEX destinations_pause ON destinations (pause) WHERE pause IS NOT NULL;
CREATE INDEX destinations_resumed ON destinations (resumed) WHERE resumed IS NOT NULL;

CREATE TABLE subscriptions (
    id INTEGER PRIMARY KEY,                -- the journal's seq
    destination INTEGER NOT NULL REFERENCES destinations (id),
    guild_id INTEGER,
    topic TEXT NOT NULL,                   -- all, party, council, region, list …
    value TEXT NOT NULL,                   -- a code or a name; empty where there is but one
    level TEXT NOT NULL,                   -- everything, changes, headlines
    role INTEGER,                          -- to ping
    created_by INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    after_outbox INTEGER NOT NULL,         -- claims up to this are older: not told
    UNIQUE (topic, value, destination)
);
CREATE INDEX subscriptions_topic ON subscriptions (topic, value, level, destination);
CREATE INDEX subscriptions_destination ON subscriptions (destination);
CREATE INDEX subscriptions_guild ON subscriptions (guild_id);

-- How loudly a destination is told, where it has chosen.
CREATE TABLE calm (
    destination INTEGER PRIMARY KEY REFERENCES destinations (id),
    guild_id INTEGER,
    quiet_from TEXT NOT NULL,              -- "23:00" in London; empty: no quiet hours
    quiet_until TEXT NOT NULL,
    silent TEXT NOT NULL,                  -- JSON list of the sorts of post that do not push
    pings TEXT NOT NULL,                   -- the level from which a role is pinged
    together INTEGER NOT NULL,             -- minutes after a post whose alerts are one list
    spoilers INTEGER NOT NULL,             -- 1: every result is hidden until it is pressed
    told_at TEXT                           -- when it was told last, or is to be by a list
);
CREATE INDEX calm_guild ON calm (guild_id);

-- Watch lists that readers have made; the shipped ones are in no table here.
CREATE TABLE lists (
    id INTEGER PRIMARY KEY,                -- the journal's seq
    guild_id INTEGER,                      -- null: a person's own
    owner INTEGER NOT NULL,                -- who made it
    name TEXT NOT NULL,
    key TEXT NOT NULL,                     -- the name, folded
    shared TEXT UNIQUE,                    -- the word by which others find it
    created_at TEXT NOT NULL
);
CREATE UNIQUE INDEX lists_of_guild ON lists (guild_id, key) WHERE guild_id IS NOT NULL;
CREATE UNIQUE INDEX lists_of_person ON lists (owner, key) WHERE guild_id IS NULL;
CREATE TABLE list_councils (
    list INTEGER NOT NULL REFERENCES lists (id),
    council TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (list, council)
);
CREATE INDEX list_councils_council ON list_councils (council);

-- The last number that was given out, also where its row was deleted since.
CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    last INTEGER NOT NULL
);

-- How far the outbox is expanded into deliveries: one row.
CREATE TABLE expansion (
    outbox INTEGER NOT NULL,
    destination INTEGER NOT NULL,
    until INTEGER NOT NULL
);
INSERT INTO expansion VALUES (0, 0, 0);

-- Claims that flap: who saw another version is told the last when it has been still.
CREATE TABLE debounced (
    night TEXT NOT NULL,
    council TEXT NOT NULL,
    outbox INTEGER NOT NULL,               -- the last version
    expanded_to INTEGER NOT NULL,
    PRIMARY KEY (night, council)
);

-- A thread of a channel, or post of a forum, in which alerts of a night go.
CREATE TABLE threads (
    id INTEGER PRIMARY KEY,                -- the journal's seq
    destination INTEGER NOT NULL REFERENCES destinations (id),
    guild_id INTEGER NOT NULL,
    night TEXT NOT NULL,
    about TEXT NOT NULL,                   -- a region, a party's or council's code; '' the night
    name TEXT NOT NULL,
    tag TEXT,                              -- of a forum's post: the party's name
    channel_id INTEGER,                    -- Discord's id; null: not made yet
    closed INTEGER NOT NULL DEFAULT 0,     -- 1: archived when its night was over
    given_up TEXT,                         -- why alerts go to the channel in its place
    refused INTEGER NOT NULL DEFAULT 0,    -- 1: so would any other there be
    UNIQUE (destination, night, about)
);
CREATE INDEX threads_open ON threads (night) WHERE channel_id IS NOT NULL AND NOT closed;

-- One message to one destination: sealed (committed, may be under way), sent, or why not.
CREATE TABLE posts (
    id INTEGER PRIMARY KEY,                -- the journal's seq
    purpose TEXT NOT NULL DEFAULT 'deliveries',    -- or board, desk
    destination INTEGER NOT NULL,
    guild_id INTEGER,
    nonce TEXT NOT NULL UNIQUE,
    payload TEXT NOT NULL,                 -- JSON, sent and resent as it is
    said TEXT,                             -- JSON: its embeds, where the payload hides them
    reference TEXT,                        -- what finds it; null: its deliveries' do
    urgency INTEGER NOT NULL,
    digest INTEGER NOT NULL,               -- 1: what is late, in one list
    state TEXT NOT NULL,                   -- sealed, sent, failed; returned: never sent
    after_message INTEGER NOT NULL,        -- the newest that Discord named there before
    thread INTEGER REFERENCES threads (id),    -- where it goes; null: to the channel itself
    sent_at TEXT,                          -- real time, as the following
    channel_id INTEGER,
    message_id INTEGER,
    published_at TEXT,
    reason TEXT
);
CREATE INDEX posts_sealed ON posts (purpose, destination) WHERE state = 'sealed';
CREATE INDEX posts_newest ON posts (destination, message_id)
    WHERE message_id IS NOT NULL;
CREATE INDEX posts_unpublished ON posts (destination, sent_at) WHERE published_at IS NULL;
CREATE INDEX posts_published ON posts (destination, published_at)
    WHERE published_at IS NOT NULL;

-- One claim version, digest or summary to one destination.
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    reference TEXT NOT NULL,               -- what its embeds in a message end in
    destination INTEGER NOT NULL,
    guild_id INTEGER,
    kind TEXT NOT NULL,                    -- alert, correction, retraction, digest,
                                           -- summary, service
    subject TEXT NOT NULL,                 -- claim, digest, summary, service
    outbox INTEGER NOT NULL,               -- the claim version; a digest's last;
                                           -- of a service notice what that is about, or 0
    night TEXT NOT NULL,
    council TEXT NOT NULL,                 -- empty for a digest or summary; of service
                                           -- "delivery" or "claim" where it is of such
    version INTEGER NOT NULL,              -- the claim's; a digest's first in the outbox;
                                           -- a summary's edition; a service's entry
    urgency INTEGER NOT NULL,              -- 0 corrections, 1 changes of hands, 2 the rest
    roles TEXT NOT NULL,                   -- JSON list of roles to ping
    corrects INTEGER REFERENCES deliveries (id),
    corrected_by INTEGER REFERENCES deliveries (id),
    struck INTEGER NOT NULL DEFAULT 0,     -- 1: its message has shown it struck through
    late INTEGER NOT NULL DEFAULT 0,       -- 1: it waited for long: told in a digest
    gathered TEXT,                         -- morning, together: held for a list…
    held_until TEXT,                       -- …until then (UTC)
    alone INTEGER NOT NULL DEFAULT 0,      -- 1: Discord did not take it with others
    queued_at TEXT NOT NULL,
    state TEXT NOT NULL,                   -- held waiting sealed sent replaced failed
    post_id INTEGER REFERENCES posts (id),
    position INTEGER,
    reason TEXT,
    UNIQUE (night, council, subject, destination, version)
);
CREATE INDEX deliveries_reference ON deliveries (reference);
CREATE INDEX deliveries_waiting ON deliveries (destination, urgency, id)
    WHERE state = 'waiting';
CREATE INDEX deliveries_held ON deliveries (held_until) WHERE state = 'held';
CREATE INDEX deliveries_held_for ON deliveries (destination, gathered) WHERE state = 'held';
CREATE INDEX deliveries_failures ON deliveries (destination) WHERE state = 'failed';
CREATE INDEX deliveries_service ON deliveries (version) WHERE kind = 'service';
CREATE INDEX deliveries_post ON deliveries (post_id) WHERE post_id IS NOT NULL;
CREATE INDEX deliveries_corrects ON deliveries (corrects) WHERE corrects IS NOT NULL;
CREATE INDEX deliveries_corrected ON deliveries (corrected_by)
    WHERE corrected_by IS NOT NULL;

-- Embeds of ours in a channel that the file had no record of: they were posted after the copy that
-- was restored was made. Their message is a post of its own.
CREATE TABLE unrecorded_embeds (
    post_id INTEGER NOT NULL REFERENCES posts (id),
    position INTEGER NOT NULL,
    destination INTEGER NOT NULL,
    guild_id INTEGER,
    reference TEXT NOT NULL,
    title TEXT NOT NULL,                   -- what it told, also where it is struck
    night TEXT,                            -- and council: the claim, once it is known
    council TEXT,
    PRIMARY KEY (post_id, position)
);
CREATE INDEX unrecorded_embeds_destination ON unrecorded_embeds (destination);

-- When a copy was restored, by the command or by hand and seen later.
CREATE TABLE restores (
    id INTEGER PRIMARY KEY,                -- the journal's seq
    after INTEGER NOT NULL,                -- a message older than all that it lacks
    seen_at TEXT NOT NULL                  -- real time, UTC
);

-- Posts whose message is to show something else: done up to the request of that number.
CREATE TABLE edits (
    post_id INTEGER PRIMARY KEY REFERENCES posts (id),
    destination INTEGER NOT NULL,
    guild_id INTEGER,
    requested INTEGER NOT NULL,
    done INTEGER NOT NULL,
    reason TEXT
);
CREATE INDEX edits_requested ON edits (destination) WHERE requested > done;

-- An edition of a night's summary in its latest version.
CREATE TABLE summaries (
    night TEXT NOT NULL,
    edition INTEGER NOT NULL,              -- 1 breakfast, 2 final, 3 midnight, 4 lunchtime
    version INTEGER NOT NULL,
    embeds TEXT NOT NULL,                  -- JSON
    picture TEXT NOT NULL,                 -- JSON with its drawing as SVG; '' without one
    told TEXT NOT NULL,                    -- the results in it, to see when they change
    reason TEXT NOT NULL,
    written_at TEXT NOT NULL,              -- of its first version, whose time it tells of
    first_seq INTEGER NOT NULL,            -- subscriptions after it are too late for it
    expanded_to INTEGER NOT NULL DEFAULT 0,
    complete INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (night, edition)
);

-- What did not arrive and why; what waits for a paused destination is told later.
CREATE VIEW deliveries_failed AS
SELECT d.queued_at, d.guild_id, d.destination, d.kind, d.night, d.council, d.version,
       d.state, coalesce(d.reason, p.reason) AS reason
FROM deliveries AS d JOIN destinations AS p ON p.id = d.destination
WHERE d.kind <> 'service' AND (
    d.state = 'failed' OR d.state IN ('waiting', 'sealed') AND p.paused_at IS NOT NULL
)
ORDER BY d.id;

-- Which message told which destination of which version.
CREATE VIEW receipts AS
SELECT d.id AS delivery, d.guild_id, d.destination, d.kind, d.night, d.council, d.version,
       p.channel_id, p.message_id, p.sent_at
FROM deliveries AS d JOIN posts AS p ON p.id = d.post_id
WHERE p.state = 'sent' ORDER BY d.id;

-- What the desk does

-- What the desk has done, and what others tried to do in its place.
CREATE TABLE desk_actions (
    id INTEGER PRIMARY KEY,                -- the journal's seq
    at TEXT NOT NULL,
    action TEXT NOT NULL,                  -- propose confirm reject result correct …
    who TEXT NOT NULL,
    person INTEGER,                        -- Discord's id; null: the command line
    why TEXT NOT NULL,                     -- of a note: its text
    night TEXT,
    council TEXT,                          -- or a ballot's code
    report_id INTEGER REFERENCES reports (id),
    control TEXT,                          -- party code, NOC, or null
    seats TEXT,                            -- JSON: seats by party code
    explains TEXT NOT NULL,                -- JSON list of differences
    refers_to INTEGER REFERENCES desk_actions (id),
    undone_by INTEGER REFERENCES desk_actions (id),
    named TEXT,                            -- a party's name; control is whose it is
    before TEXT                            -- party code, NOC, or null
);
CREATE INDEX desk_actions_names ON desk_actions (id) WHERE action = 'name';
CREATE INDEX desk_actions_council ON desk_actions (night, council);
CREATE INDEX desk_actions_report ON desk_actions (report_id);
CREATE INDEX desk_actions_refers ON desk_actions (refers_to);
CREATE INDEX desk_actions_pauses ON desk_actions (id) WHERE action IN ('pause', 'resume');

-- Held reports that the desk's channel was told of.
CREATE TABLE desk_told (
    report_id INTEGER PRIMARY KEY REFERENCES reports (id),
    post_id INTEGER NOT NULL REFERENCES posts (id),
    held INTEGER NOT NULL                  -- whether the message still has its buttons
);
CREATE INDEX desk_told_post ON desk_told (post_id);

-- Councils whose result is kept back by what their reports say together, with sentences:
-- all wards are in and give none, or what they give may not be claimed.
CREATE VIEW waiting_councils AS
    SELECT night, council, name, differences FROM standings
    WHERE differences != '[]'
    AND (after IS NULL AND lacking IS NOT NULL OR after IS NOT NULL AND NOT confirmed);

-- What the desk's channel was told of them.
CREATE TABLE desk_told_councils (
    night TEXT NOT NULL,
    council TEXT NOT NULL,
    post_id INTEGER NOT NULL REFERENCES posts (id),
    said TEXT NOT NULL,                    -- JSON list of sentences; empty: it is over
    PRIMARY KEY (night, council)
);

-- The boards

-- One message in a channel, edited in place as a night goes.
CREATE TABLE boards (
    id INTEGER PRIMARY KEY,                -- the journal's seq
    channel_id INTEGER NOT NULL UNIQUE,
    guild_id INTEGER NOT NULL,
    night TEXT NOT NULL,
    nation TEXT,                           -- or region: the place that it shows
    region TEXT,
    created_by INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    post_id INTEGER REFERENCES posts (id), -- its message; null: not sealed yet
    pinned INTEGER,                        -- 1, 0: it may not be; null: to be tried
    told TEXT,                             -- a hash of what it shows; null: its first words
    told_at TEXT,                          -- UTC
    picture TEXT,                          -- the name of its picture's file
    attachment_id INTEGER,
    paused TEXT,                           -- why its channel refuses it
    pause INTEGER,                         -- the journal's seq: its last pause
    trial INTEGER NOT NULL DEFAULT 0,      -- 1: tried again to see whether it is taken
    by_trial INTEGER NOT NULL DEFAULT 0,   -- 1: paused, and nothing else can show that
    ending TEXT,                           -- why it ends
    ended INTEGER NOT NULL DEFAULT 0       -- 1: it is edited no more
);
CREATE INDEX boards_guild ON boards (guild_id);
CREATE INDEX boards_view ON boards (night, nation, region);

-- Who was welcomed

-- The message in a channel that says how to ask: posted once, also if it is deleted.
CREATE TABLE welcomes (
    channel_id INTEGER PRIMARY KEY,
    guild_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL
);
CREATE INDEX welcomes_guild ON welcomes (guild_id);
