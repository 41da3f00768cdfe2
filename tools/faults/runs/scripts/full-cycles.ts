import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Tenant } from "../../../../src/index.js";
import type { Fault } from "../../fault.js";
import { client, ownServer } from "../../support/connections.js";
import { formatNumber, runConcurrently } from "../../support/run-concurrently.js";

const WORKERS = 64;
const SECOND_MS = 1_000;
/** Records are kept for a second. Redis then releases their memory when its expiry cycle runs. */
const LIMIT_MS = 60_000;
/** Longer than scripts remember the owners of locks and requests. */
const REMEMBERED_MS = 720_000;
/** The last digits of the cycles' names. */
const SHARDS = Array.from({ length: 10 }, (_, digit) => String(digit));
/** The most batches of one shard: one product is viewed, so one is in flight and one is next. */
const MAX_BATCHES = 10;

/** One complete use of each feature. It leaves no keys behind. */
const CYCLES: readonly ((tenant: Tenant, id: string) => Promise<unknown>)[] = [
  async ({ scripts }, id) => {
    const own = { lock: `lock-${id.slice(-2)}`, owner: id };
    const grant = await scripts.lock.acquire({ ...own, leaseMs: SECOND_MS });
    if (grant.outcome === "acquired") await scripts.lock.release({ ...own, fence: grant.fence });
  },
  async ({ scripts }, id) => {
    const own = { request: id, owner: id };
    const begun = await scripts.idempotency.begin({ ...own, payloadHash: "f", leaseMs: SECOND_MS });
    if (begun.outcome !== "run") throw new Error("a new request did not run");
    await scripts.idempotency.complete({ ...own, fence: begun.fence, reply: "done", rememberMs: SECOND_MS });
  },
  ({ idempotency }, id) => idempotency.mark({ event: id, rememberMs: SECOND_MS }),
  async ({ stock }, id) => {
    const own = { product: "shoe", reservation: id, rememberMs: SECOND_MS };
    await stock.reserve({ ...own, units: 1, leaseMs: SECOND_MS });
    await stock.commit(own);
    await stock.adjust({ product: "shoe", change: 1, backorder: false, low: 0, rememberMs: SECOND_MS });
  },
  async ({ scripts: { expiry } }, id) => {
    const shard = { queue: "offers", queueShard: id.slice(-1) };
    await expiry.track({ ...shard, item: id, dueMs: 1 });
    const claimed = await expiry.claim({ ...shard, claim: id, limit: 10, leaseMs: SECOND_MS });
    if (claimed.outcome !== "claimed") return;
    await expiry.ack({ ...shard, claim: id, items: claimed.items.map(({ item }) => item) });
  },
  async ({ views }, id) => {
    const shard = id.slice(-1);
    await views.add({ shard, views: [{ product: "shoe", count: 1 }], rememberMs: SECOND_MS });
    const taken = await views.take({ shard, limit: 10 });
    if (taken.outcome === "batch") await views.ack({ shard, batch: taken.batch });
  },
  ({ views }, id) =>
    views.visit({
      product: "shoe",
      period: id.slice(-1),
      viewers: [id],
      keepUntilMs: Date.now() + SECOND_MS,
    }),
];

/** Runs complete uses of all features in turn. Redis then has as many keys as before. */
export const fullCycles: Fault = {
  id: 20,
  name: "Full cycles of all features",
  async run(run) {
    const server = await ownServer(run);
    const { redis, tenant } = client(run, server, run.name());
    const count = run.size({ full: 1_000_000, quick: 20_000 });
    await tenant.stock.setLevel({
      product: "shoe",
      warehouse: "berlin",
      quantity: 1_000,
      sequence: 1,
      low: 0,
    });
    const cycle = (index: number) => CYCLES[index % CYCLES.length]?.(tenant, `id-${index}`);
    // Keys that stay, such as a number for each shard, exist from the beginning.
    await runConcurrently(
      run,
      { count: 7_000, workers: WORKERS },
      async (index) => void (await cycle(index)),
    );
    const before = await settled(redis, tenant);
    await runConcurrently(
      run,
      { count, workers: WORKERS },
      async (index) => void (await cycle(index + 7_000)),
    );
    const highest = await redis.dbsize();
    const after = await settled(redis, tenant);
    const naive = run.name();
    await runConcurrently(run, { count: 1_000, workers: WORKERS }, async (index) => {
      await redis.set(`${naive}:request-${index}`, "done", "NX");
    });
    const leaked = (await settled(redis, tenant)) - after;
    return {
      size: `${formatNumber(count)} cycles, of ${CYCLES.length} kinds in turn`,
      figure: `${formatNumber(after)} keys after, ${formatNumber(before)} before (${formatNumber(highest)} at the end of the load)`,
      control: `1,000 requests marked by SET NX alone: ${formatNumber(leaked)} keys left`,
      ok: after === before && leaked === 1_000,
    };
  },
};

/** The number of keys after all remembered keys have expired. */
async function settled(redis: Redis, tenant: Tenant): Promise<number> {
  const { stock } = tenant;
  await passHorizon(redis);
  await Promise.all(SHARDS.map((shard) => drain(tenant, shard)));
  const end = performance.now() + LIMIT_MS;
  let last = -1;
  for (;;) {
    const swept = await stock.sweep({ product: "shoe", limit: 100, rememberMs: SECOND_MS });
    const volatile = await temporary(redis);
    last = await redis.dbsize();
    if ((volatile === 0 && swept.waitMs === undefined) || performance.now() > end) return last;
    if (swept.waitMs !== 0) await pause(50);
  }
}

/**
 * A cycle whose `take` got the batch of another cycle leaves its view for the next one. The last
 * cycle has no next one.
 */
async function drain({ views }: Tenant, shard: string): Promise<void> {
  for (let batches = 0; batches < MAX_BATCHES; batches++) {
    const taken = await views.take({ shard, limit: 10 });
    if (taken.outcome === "empty") return;
    await views.ack({ shard, batch: taken.batch });
  }
  throw new Error("a shard still has views after all rounds");
}

/** Ends the time for which owners and locks are remembered, instead of a wait for 11 minutes. */
async function passHorizon(redis: Redis): Promise<void> {
  for await (const keys of temporaryKeys(redis, LIMIT_MS, REMEMBERED_MS)) {
    const pipeline = redis.pipeline();
    for (const key of keys) pipeline.pexpire(key, SECOND_MS);
    await pipeline.exec();
  }
}

/** Keys that expire within a minute. */
async function temporary(redis: Redis): Promise<number> {
  let found = 0;
  for await (const keys of temporaryKeys(redis, 0, LIMIT_MS)) found += keys.length;
  return found;
}

/** Keys that expire in more than `minMs` and less than `maxMs`, by pages. */
async function* temporaryKeys(redis: Redis, minMs: number, maxMs: number): AsyncGenerator<string[]> {
  let cursor = "0";
  do {
    const [next, keys] = await redis.scan(cursor, "COUNT", 1_000);
    const pipeline = redis.pipeline();
    for (const key of keys) pipeline.pttl(key);
    const lefts = ((await pipeline.exec()) ?? []).map(([, left]) => (typeof left === "number" ? left : 0));
    yield keys.filter((_, index) => (lefts[index] ?? 0) > minMs && (lefts[index] ?? 0) < maxMs);
    cursor = next;
  } while (cursor !== "0");
}
