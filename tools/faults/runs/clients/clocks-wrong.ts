import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Fault } from "../../fault.js";
import type { FaultRun } from "../../fault-run.js";
import { startWorker } from "../../fault-run.js";
import { client, connect, ownServer, type ServerAddress } from "../../support/connections.js";
import { redisNowMs } from "../../support/in-worker.js";
import { formatNumber } from "../../support/run-concurrently.js";

const HOUR_MS = 3_600_000;
const OFFSETS = [-HOUR_MS, 0, HOUR_MS];

/** The clocks of the processes are wrong by an hour, both ways. Only Redis's clock decides. */
export const clocksWrong: Fault = {
  id: 13,
  name: "Clocks of the clients wrong by an hour, both ways",
  async run(run) {
    const server = await ownServer(run);
    const items = run.size({ full: 10_000, quick: 600 });
    const overMs = run.size({ full: 20_000, quick: 2_500 });
    const namespace = run.name();
    const results = `${run.name()}:results`;
    const redis = connect(run, server);
    const { tenant } = client(run, server, namespace);
    const start = (await redisNowMs(redis)) + 1_000;
    const due = new Map<string, number>();
    for (let index = 0; index < items; index++) {
      due.set(`offer-${index}`, start + Math.floor((index / items) * overMs));
    }
    for (const [item, dueMs] of due) await tenant.expiry.track({ queue: "offers", item, dueMs });
    const task = {
      port: server.port,
      password: server.password,
      namespace,
      results,
      limit: 50,
      leaseMs: 10_000,
      pauseMs: 0,
    };
    for (const offsetMs of OFFSETS) startWorker(run, "expiry", { ...task, offsetMs });
    const naive = await takenEarly(run, server, due);
    while ((await redis.hlen(`${results}:effects`)) < items && !run.signal.aborted) await pause(50);
    const handled = await redis.hgetall(`${results}:effects`);
    const early = Object.entries(handled).filter(([item, at]) => Number(at) < (due.get(item) ?? 0));
    const wrong = await wrongLifetimes(redis, run, server);
    return {
      size: `${formatNumber(items)} jobs by workers at -1 h, 0 and +1 h`,
      figure: `${early.length} early jobs, ${wrong.length} wrong TTLs`,
      control: `a worker that uses its own clock, an hour ahead, takes ${formatNumber(naive)} of ${formatNumber(items)} early`,
      ok: Object.keys(handled).length === items && early.length === 0 && wrong.length === 0 && naive > 0,
      ...(wrong.length > 0 ? { note: wrong.join(", ") } : {}),
    };
  },
};

/** The control, as in many queues: the process's own clock decides which items are due. */
async function takenEarly(
  run: FaultRun,
  place: ServerAddress,
  due: ReadonlyMap<string, number>,
): Promise<number> {
  const redis = connect(run, place);
  const key = `${run.name()}:plain`;
  for (const [item, dueMs] of due) await redis.zadd(key, dueMs, item);
  const ownClock = (await redisNowMs(redis)) + HOUR_MS;
  const taken = await redis.zrangebyscore(key, "-inf", ownClock);
  const now = await redisNowMs(redis);
  return taken.filter((item) => (due.get(item) ?? 0) > now).length;
}

/** Keys whose time to live differs from the one that a process with a wrong clock requested. */
async function wrongLifetimes(redis: Redis, run: FaultRun, place: ServerAddress): Promise<string[]> {
  const wrong: string[] = [];
  const now = Date.now.bind(Date);
  for (const offsetMs of OFFSETS) {
    const namespace = run.name();
    const { tenant } = client(run, place, namespace);
    Date.now = () => now() + offsetMs;
    try {
      await tenant.scripts.lock.acquire({ lock: "a", owner: "me", leaseMs: 60_000 });
      await tenant.idempotency.mark({ event: "a", rememberMs: 60_000 });
      await tenant.views.add({ shard: "a", views: [{ product: "a", count: 1 }], rememberMs: 60_000 });
      await tenant.views.visit({ product: "a", period: "p", viewers: ["a"], keepUntilMs: now() + 60_000 });
    } finally {
      Date.now = now;
    }
    const keys = await redis.keys(`${namespace}:*`);
    for (const key of keys) {
      const left = await redis.pttl(key);
      // A lock and its owner live for 660 s longer. A count and its batch number do not expire.
      const keptMs = /:lock(-owner:.*)?$/.test(key) ? left - 660_000 : left;
      if (left > 0 && (keptMs > 60_000 || keptMs < 50_000)) wrong.push(`${left} ms at ${offsetMs}`);
    }
  }
  return wrong;
}
