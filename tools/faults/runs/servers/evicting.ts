import { createMoonpath, EvictionError } from "../../../../src/index.js";
import type { Fault } from "../../fault.js";
import type { FaultRun } from "../../fault-run.js";
import { client, connect, ownServer } from "../../support/connections.js";

const MINUTE_MS = 60_000;
const POLICIES = ["volatile-ttl", "volatile-lru", "allkeys-lru", "allkeys-random"];
const LOCKS = 200;

/**
 * On a server that evicts, scripts with `@evict never` keys are refused, and the error names the
 * setting.
 */
export const evicting: Fault = {
  id: 11,
  name: "A maxmemory-policy that evicts",
  async run(run) {
    const wrong: string[] = [];
    for (const policy of POLICIES) wrong.push(...(await refusals(run, policy)));
    const lost = await evictedLocks(run);
    return {
      size: `${POLICIES.length} policies, 4 kinds of scripts each`,
      figure: `${POLICIES.length * 4 - wrong.length} of ${POLICIES.length * 4} as promised: EVICTION for locks, idempotency and reservations; replies for prices`,
      control: `with \`allowEviction\` on volatile-ttl: ${lost} of ${LOCKS} live locks evicted`,
      ok: wrong.length === 0 && lost > 0,
      ...(wrong.length > 0 ? { note: wrong.join(", ") } : {}),
    };
  },
};

async function refusals(run: FaultRun, policy: string): Promise<string[]> {
  const server = await ownServer(run, { "maxmemory-policy": policy });
  const { scripts, stock, price } = client(run, server, run.name()).tenant;
  const calls = {
    locks: () => scripts.lock.acquire({ lock: "a", owner: "me", leaseMs: MINUTE_MS }),
    idempotency: () =>
      scripts.idempotency.begin({ request: "a", owner: "me", payloadHash: "f", leaseMs: MINUTE_MS }),
    reservations: () =>
      stock.reserve({ product: "a", reservation: "r", units: 1, leaseMs: MINUTE_MS, rememberMs: MINUTE_MS }),
  };
  const wrong: string[] = [];
  for (const [family, call] of Object.entries(calls)) {
    const error: unknown = await call().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const named = error instanceof EvictionError && error.message.includes(policy);
    if (!named) wrong.push(`${family} on ${policy}`);
  }
  const served = await price.read({ product: "a", currency: "EUR" }).then(
    () => true,
    () => false,
  );
  if (!served) wrong.push(`prices on ${policy}`);
  return wrong;
}

/**
 * Acquires locks on a full server that evicts the keys with the shortest time to live. Returns the
 * number of evicted locks.
 */
async function evictedLocks(run: FaultRun): Promise<number> {
  const server = await ownServer(run, { "maxmemory-policy": "volatile-ttl", maxmemory: "20mb" });
  const redis = connect(run, server);
  const moonpath = createMoonpath(redis, {
    namespace: run.name(),
    allowEviction: true,
    deadlineMs: 20_000,
  });
  const { scripts } = moonpath.tenant("shop");
  const owners = Array.from({ length: LOCKS }, (_, index) => ({ lock: `lock-${index}`, owner: "me" }));
  const held = await Promise.all(owners.map((own) => scripts.lock.acquire({ ...own, leaseMs: MINUTE_MS })));
  for (let index = 0; index < 400; index++) {
    await redis.set(`filler:${index}`, "x".repeat(100_000), "PX", 60 * MINUTE_MS).catch(() => {});
  }
  let lost = 0;
  for (const [index, own] of owners.entries()) {
    const grant = held[index];
    const { fence, leaseEndsMs } = grant?.outcome === "acquired" ? grant : { fence: 1, leaseEndsMs: 1 };
    const reply = await scripts.lock
      .renew({ ...own, fence, leaseEndsMs, leaseMs: MINUTE_MS })
      .catch(() => ({ outcome: "lost" }));
    if (reply.outcome === "lost") lost++;
  }
  moonpath.close();
  return lost;
}
