/** A model in test/models. */
export interface Model {
  /** The file without `.pml`. */
  readonly name: string;
  /** What a search of the model looks for. */
  readonly finds: "assertion" | "cycle";
  /** What it explores, for the table in docs/cache-protocol.md. */
  readonly explores: string;
}

export const MODELS: readonly Model[] = [
  { name: "fill", finds: "assertion", explores: "reads, leases and fills; evictions; late copies" },
  { name: "tags", finds: "assertion", explores: "tags that only the loader knows, and the clock" },
  { name: "share", finds: "assertion", explores: "callers of one process that share a load" },
  { name: "soft", finds: "assertion", explores: "`expire` and `touch`" },
  { name: "write", finds: "assertion", explores: "two writers, and an invalidation between them" },
  { name: "settle", finds: "assertion", explores: "`settleMs` and a database replica" },
  { name: "l1", finds: "assertion", explores: "L1, messages, lost connections, `FLUSHALL`" },
  { name: "freshness", finds: "assertion", explores: "the fresh time of an entry in L1" },
  { name: "pattern", finds: "assertion", explores: "`deletePattern` during a load and a write" },
  { name: "pending", finds: "assertion", explores: "an invalidation whose outcome is not known" },
  { name: "outbox", finds: "assertion", explores: "rows of the outbox, and their acknowledgement" },
  { name: "writebehind", finds: "assertion", explores: "queued writes, two workers, a database, a failover" },
  { name: "failover", finds: "assertion", explores: "a failover to a replica that lags" },
  { name: "progress", finds: "cycle", explores: "callers that wait for a lease" },
  { name: "renewal", finds: "cycle", explores: "a load that is longer than its lease" },
  { name: "token-life", finds: "cycle", explores: "how often a token's life is extended" },
];

/** One search of a model by spin. */
export interface Search {
  readonly model: string;
  /** What the search shows. */
  readonly label: string;
  /** The model is compiled with them. Each removes a guard, or adds an event. */
  readonly macros: readonly string[];
  readonly expected: "holds" | "fails";
  /** The part of docs/cache-protocol.md that the search checks. */
  readonly place: string;
}

function holds(model: string, label: string, place: string, ...macros: string[]): Search {
  return { model, label, macros, expected: "holds", place };
}

/** A mutation, or a known limit: spin must find a violation. */
function fails(model: string, macros: string, label: string, place: string): Search {
  return { model, label, macros: macros.split(" "), expected: "fails", place };
}

/** All searches. Each macro of a model is in at least one of them. */
export const SEARCHES: readonly Search[] = [
  holds("fill", "reads and fills as the page says", "What a caller does"),
  fails("fill", "NO_LEASE_CHECK", "a fill does not check its lease", "step 5, row f"),
  fails("fill", "EARLY_LOAD", "a load begins before its lease is granted", "step 4"),
  fails("fill", "OLD_SNAPSHOT", "a load reads a snapshot that is older than its lease", "step 4"),
  fails("fill", "TOKEN_AFTER_LOAD", "a known tag's token is read after the load", "step 4"),
  fails("fill", "ONE_ID", "a process uses one lease id for all calls", "step 1, rule 2"),
  fails("fill", "READ_AGAIN", "a copy of a read runs later", "step 1"),
  holds("fill", "a copy of a fill runs later, and no copy of a read", "step 5", "FILL_AGAIN"),
  fails("fill", "READ_AGAIN FILL_AGAIN", "copies of a read and of a fill run later", "steps 1 and 5"),
  fails("fill", "COUNTER_TOKENS", "tokens count from 1 again after an eviction", "row a"),
  fails("fill", "ABSENT_IS_EQUAL", "an entry whose token is absent is a hit", "step 2, row a"),
  fails("fill", "REPLICA_READ", "tokens are read from a replica that lags", "step 1"),
  fails(
    "fill",
    "KEEPS_ENTRY",
    "an invalidation of a key deletes only the lease",
    "What an invalidation does",
  ),
  fails(
    "fill",
    "KEEPS_LEASE",
    "an invalidation of a key deletes only the entry",
    "What an invalidation does",
  ),

  holds("tags", "the clock rises before the token changes", "Tags that only the loader knows"),
  fails("tags", "AT_ONCE", "the clock and the token are sent at once", "What an invalidation does"),
  fails("tags", "TOKEN_FIRST", "the token changes before the clock rises", "What an invalidation does"),
  fails("tags", "NO_RAISE", "an invalidation does not raise the clock", "What an invalidation does"),
  fails("tags", "NOTES_RAISED", "the raised reading is noted, not a later one", "What an invalidation does"),
  fails("tags", "NOTES_ANY_TOKEN", "a reading is noted for another token", "Tags that only the loader knows"),
  fails(
    "tags",
    "NO_CLOCK_CHECK",
    "any token that is read after the load is good",
    "Tags that only the loader knows",
  ),
  fails(
    "tags",
    "CLOCK_AFTER_LOAD",
    "the loader reads the clock after the load",
    "Tags that only the loader knows",
  ),
  fails(
    "tags",
    "CREATED_IS_GOOD",
    "a new token is good for the present load",
    "Tags that only the loader knows",
  ),
  fails(
    "tags",
    "CREATED_WITH_READING",
    "a token is created with an earlier reading",
    "Tags that only the loader knows",
  ),
  fails(
    "tags",
    "NOTED_FIRST",
    "the second reading comes before the token",
    "Tags that only the loader knows",
  ),
  fails("tags", "CLOCK_RESTARTS", "an evicted clock begins at 1", "Tags that only the loader knows"),
  fails("tags", "TIME_GOES_BACK", "limit: the server's time goes back, and the clock is evicted", "row b"),
  fails("tags", "COUNTER_TOKENS", "tokens count from 1 again after an eviction", "row a"),
  fails("tags", "ABSENT_IS_EQUAL", "an entry whose token is absent is a hit", "step 2, row a"),

  holds("share", "a shared load is closed, filled and compared", "What a caller does"),
  fails("share", "CLOSED_LAST", "the load is closed after the comparison", "What a caller does"),
  fails("share", "NO_FILL_CHECK", "the value of a refused fill is shared", "What a caller does"),
  fails("share", "NO_TOKEN_CHECK", "the tokens are not read again", "What a caller does"),
  fails("share", "NO_CHECK", "the value is shared without a check", "What a caller does"),
  fails("share", "JOINS_ANY", "a caller takes a load that began before its call", "What a caller does"),
  fails("share", "MESSAGE_HAS_VALUE", "the message to those who wait carries the value", "step 6"),

  holds("soft", "expire makes stale, and deletes the lease", "What an invalidation does"),
  fails("soft", "KEEPS_LEASE", "expire of a key keeps the lease", "What an invalidation does"),
  fails("soft", "ONE_TOKEN", "expire of a tag changes nothing that a reader compares", "step 2"),
  fails("soft", "ONLY_MARKS", "invalidate of a key only makes it stale", "What an invalidation does"),
  fails("soft", "TOUCH_WITHOUT_LEASE", "a touch does not check its lease", "step 5"),

  holds("write", "writers as the page says", "Writes"),
  fails("write", "NO_BEGIN", "writers set without a block", "Writes"),
  fails("write", "NO_BLOCK", "a lease is granted under a block", "row g"),
  fails("write", "BLOCK_AT_FILL", "the block is checked at the fill, not at the grant", "row g"),
  fails("write", "SETS_WITH_OTHERS", "a writer that is not alone may set", "Writes"),
  fails(
    "write",
    "KEEPS_SETTER",
    "an invalidation keeps a writer's right to set",
    "What an invalidation does",
  ),
  fails("write", "DROPS_BLOCK", "an invalidation ends the block", "What an invalidation does"),
  fails("write", "KEEPS_OTHER_SETTER", "a slow writer's end keeps the right of another", "Writes"),
  fails("write", "SLOW_SETS", "a writer sets after its block, and a copy of its begin runs", "Writes"),

  holds("settle", "no lease for settleMs", "row e"),
  fails("settle", "NO_SETTLE", "an invalidation without settleMs", "row e"),
  fails("settle", "BLOCK_AT_FILL", "the block is checked at the fill, not at the grant", "row e"),
  fails("settle", "WRITER_ENDS_SETTLE", "the end of a writer ends the settle time", "row e"),
  fails("settle", "TAG", "limit: an invalidated tag has no settle time", "row e"),
  fails("settle", "WRITER", "limit: the end of a write has no settle time", "row e"),

  holds("l1", "another process invalidates", "L1, rule 3"),
  holds("l1", "the process itself invalidates", "What an invalidation does", "OWN"),
  fails(
    "l1",
    "OWN FORGETS_ONCE",
    "the process forgets when it sends, and not at the reply",
    "What an invalidation does",
  ),
  fails("l1", "NO_TAINT", "a reply is stored although a message came since", "row j"),
  fails("l1", "MAP_AT_SEND", "a token of the map is taken when the read is sent", "row j"),
  fails("l1", "ALIVE_AT_SEND", "the connections are checked only when the read is sent", "row i"),
  fails("l1", "ALIVE_FLAG", "a timer sets a flag, and a hit looks at the flag", "row i"),
  fails("l1", "PINGS_LISTENER_ONLY", "no PING on the connection that reads", "row i"),
  fails("l1", "KEEPS_READS_IN_FLIGHT", "a read for a dead listening connection is stored", "L1"),
  fails("l1", "UNTRACKED", "a read that the server does not track is stored", "L1"),
  fails("l1", "OWN_FILL", "an own fill enters L1", "L1"),
  fails("l1", "OWN_LOAD", "an own value enters L1 although its fill is refused", "L1"),
  fails("l1", "IGNORES_FLUSH", "L1 ignores the empty message", "L1"),

  holds("freshness", "counted from when the read was sent", "rule 4"),
  fails("freshness", "FROM_REPLY", "the fresh time is counted from the reply", "rule 4"),
  fails("freshness", "BY_OWN_CLOCK", "the process compares with its own clock", "rule 4"),

  holds("pattern", "leases and blocks first, then entries", "What an invalidation does"),
  fails("pattern", "ONE_PASS", "leases and entries in one pass", "What an invalidation does"),
  fails("pattern", "NO_BLOCKS", "a writer keeps its right to set", "What an invalidation does"),

  holds("pending", "nothing is served while it is pending", "row c"),
  fails("pending", "SERVES_PENDING", "the process serves it while it is pending", "row c"),
  fails("pending", "ONLY_AT_REPLY", "a read that was sent while it was pending is served", "row c"),
  fails("pending", "NEVER_REPEATED", "the call is not repeated", "row c"),

  holds("outbox", "each row is acknowledged by itself", "row d"),
  fails("outbox", "NO_OUTBOX", "the process dies after the commit", "row d"),
  fails("outbox", "BY_CURSOR", "the relay reads rows above the last number", "row d"),
  fails("outbox", "ACKNOWLEDGES_PENDING", "the relay acknowledges a pending invalidation", "rows c and d"),

  holds("writebehind", "each write is made once, and in order", "write-behind"),
  fails("writebehind", "NO_OPERATION", "Redis does not know operations", "write-behind"),
  fails("writebehind", "REPLACES_TAKEN", "a new value replaces the one in flight", "write-behind"),
  fails("writebehind", "KEEPS_DEAD", "a new value keeps an older dead write", "write-behind"),
  fails("writebehind", "TAKES_OVER", "a batch begins while one is in flight", "write-behind"),
  fails("writebehind", "NEW_NUMBER", "a batch that is taken again has another number", "write-behind"),
  fails("writebehind", "ACKS_ANY", "an acknowledgement is of any batch", "write-behind"),
  fails("writebehind", "KEEPS_OLDER", "a refused write is kept beside a newer value", "write-behind"),
  fails("writebehind", "ACKS_FIRST", "a batch is acknowledged before it is made", "write-behind"),
  fails("writebehind", "NO_NUMBER", "the database does not store numbers", "write-behind"),
  fails("writebehind", "NO_PREVIOUS", "the database does not compare the previous number", "write-behind"),
  fails("writebehind", "NO_LOCK", "two transactions of a shard run at once", "write-behind"),
  fails("writebehind", "FORGETS_REFUSED", "the database forgets what it has refused", "write-behind"),
  fails("writebehind", "REJECTS_ONCE", "one rejected batch is a disagreement", "write-behind"),
  holds("writebehind", "the same with a failover and minReplicas", "write-behind", "FAILOVER"),
  fails("writebehind", "FAILOVER TAKES_ALONE", "limit: takes do not wait for a replica", "write-behind"),
  fails("writebehind", "FAILOVER QUEUES_ALONE", "limit: writers do not wait for a replica", "write-behind"),

  holds("failover", "invalidations are repeated, and L1 is emptied", "row b"),
  fails("failover", "NO_REPEAT", "the invalidation is not repeated", "row b"),
  fails("failover", "KEEPS_L1", "L1 keeps its entries", "row b"),
  fails("failover", "COUNTER_LEASE", "lease ids are a counter in Redis", "step 1, row b"),

  holds("progress", "a caller waits for one lease", "step 6, rule 5"),
  fails("progress", "WAITS_AGAIN", "a caller waits for each next lease", "step 6, rule 5"),
  fails("progress", "LEASE_NEVER_ENDS", "the lease of a dead process never ends", "rule 5"),
  fails("progress", "NO_LOAD_TIMEOUT", "a load without end renews its lease", "row l"),

  holds("renewal", "a load renews its lease", "rule 5"),
  fails("renewal", "NO_RENEWAL", "a load is longer than its lease", "rule 5"),

  holds("token-life", "a token is extended below half of its life", "row a"),
  fails("token-life", "ALWAYS_EXTENDED", "each load extends the token", "row a"),
];
