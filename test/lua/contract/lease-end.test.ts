import { expect, test } from "vitest";
import { createScriptClient, type Script } from "../../../src/client/index.js";
import { scripts } from "../../../src/index.js";
import { startingWith } from "../../support/lua/instant.js";
import { freshNamespace, sharedRedis } from "../../support/redis.js";

interface Case {
  readonly script: string;
  readonly outcome: string;
  /** Calls the script some times and gives the different outcomes. */
  outcomes(): Promise<ReadonlySet<string>>;
}

const redis = sharedRedis();

/** A call of the script at the instant that `given` writes as the end of a lease. */
function at<Args, Reply extends { readonly outcome: string }>(
  script: Script<Args, Reply>,
  given: string,
  args: Args,
  outcome: string,
): Case {
  const outcomes = async () => {
    const operations = { one: { call: startingWith(script, given) } };
    const client = createScriptClient(redis, operations, { namespace: freshNamespace() });
    const found = new Set<string>();
    for (let round = 0; round < 3; round++) found.add((await client.tenant("acme").one.call(args)).outcome);
    return found;
  };
  return { script: script.name, outcome, outcomes };
}

const held = `redis.call("HSET", KEYS[1], "total", 9, "held", 4, "level:a", 9, "event:a", "1 9")
  redis.call("HSET", KEYS[2], "cart", "held 4 " .. now)
  redis.call("ZADD", KEYS[3], now, "cart")`;
const reservation = { product: "lamp", reservation: "cart", rememberMs: 60_000 };
const claim = { queue: "offers", queueShard: "0", claim: "run", items: ["a"] };
const running = `redis.call("DEL", KEYS[2])
  redis.call("HSET", KEYS[1], "state", "running", "owner", "other", "fence", 7, "payload_hash", "f00d",
  "lease_ends_ms", now)`;

const lockOf = (owner: string) => `redis.call("DEL", KEYS[2])
  redis.call("SET", KEYS[1], "7 " .. now .. " held ${owner}")`;

const entryUntilNow = String.raw`redis.call("SET", KEYS[1], "1j- " .. now .. " 0123456789ab x\n", "PX", 60000)
  for at = 2, #KEYS do redis.call("DEL", KEYS[at]) end`;
const full = `for at = 1, 64 do redis.call("HSET", KEYS[3], "writer:" .. at, now) end`;

test.each([
  at(scripts.lock.acquire, lockOf("other"), { lock: "till", owner: "me", leaseMs: 60_000 }, "acquired"),
  at(scripts.lock.acquire, lockOf("me"), { lock: "till", owner: "me", leaseMs: 60_000 }, "ended"),
  at(
    scripts.lock.renew,
    lockOf("me"),
    { lock: "till", owner: "me", fence: 7, leaseEndsMs: 1, leaseMs: 60_000 },
    "lost",
  ),
  at(scripts.lock.release, lockOf("me"), { lock: "till", owner: "me", fence: 7 }, "lost"),
  at(scripts.cache.read, entryUntilNow, { entry: "lamp", fillId: "aaaaaaaaaaaa", leaseMs: 60_000 }, "stale"),
  at(scripts.cache.beginWrite, full, { entry: "lamp", writer: "aaaaaaaaaaaa", blockMs: 60_000 }, "begun"),
  at(
    scripts.idempotency.begin,
    running,
    { request: "order", owner: "me", payloadHash: "f00d", leaseMs: 60_000 },
    "run",
  ),
  at(
    scripts.idempotency.renew,
    running.replace('"other"', '"me"'),
    { request: "order", owner: "me", fence: 7, leaseEndsMs: 1, leaseMs: 60_000 },
    "lost",
  ),
  at(scripts.stock.commit, held, reservation, "expired"),
  at(scripts.stock.release, held, reservation, "expired"),
  at(scripts.stock.reserve, held, { ...reservation, units: 4, leaseMs: 60_000 }, "expired"),
  at(
    scripts.stock.extend,
    'redis.call("HSET", KEYS[1], "cart", "held 4 " .. now)',
    { product: "lamp", reservation: "cart", leaseEndsMs: 1, leaseMs: 60_000 },
    "expired",
  ),
  at(
    scripts.slot.join,
    'redis.call("ZADD", KEYS[1], now, "me")',
    { group: "sweepers", worker: "me", leaseMs: 60_000 },
    "ended",
  ),
  // A worker has its items through the last millisecond of its lease.
  at(scripts.expiry.ack, 'redis.call("DEL", KEYS[6]) redis.call("RPUSH", KEYS[6], now, "a")', claim, "acked"),
  at(
    scripts.expiry.renew,
    'redis.call("DEL", KEYS[2]) redis.call("RPUSH", KEYS[2], now, "a")',
    { ...claim, leaseEndsMs: 1, leaseMs: 9 },
    "stale",
  ),
  at(
    scripts.views.visit,
    'ARGV[#ARGV] = string.format("%d", now)',
    { product: "lamp", period: "2026-11-27", viewers: ["ann"], keepUntilMs: 8_000_000_000_000 },
    "over",
  ),
  at(
    scripts.expiry.claim,
    'redis.call("DEL", KEYS[6]) redis.call("RPUSH", KEYS[6], now, "a")',
    { queue: "offers", queueShard: "0", claim: "run", limit: 1, leaseMs: 9 },
    "claimed",
  ),
  at(
    scripts.expiry.track,
    'redis.call("ZADD", KEYS[2], now, "a")',
    { queue: "offers", queueShard: "0", item: "a", dueMs: 5 },
    "again",
  ),
])("$script returns $outcome in the millisecond in which a lease ends", async ({ outcomes, outcome }) => {
  expect(await outcomes()).toEqual(new Set([outcome]));
});
