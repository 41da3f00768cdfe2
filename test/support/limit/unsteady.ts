import { Redis } from "ioredis";
import { inject } from "vitest";
import { createMoonpath, type MoonpathOptions } from "../../../src/index.js";
import { startProxy } from "../../../src/testing/index.js";
import { afterTest } from "../cleanup.js";
import { freshNamespace } from "../redis.js";

/** Above `timeoutMs`, an answer may come so late on a machine that is busy with other tests. */
export const MARGIN_MS = 1_500;

export const five = { quota: 5, periodMs: 60_000 };

/** A client whose connection can be cut and muted. */
export async function unsteady(options: MoonpathOptions = {}) {
  const { hostname: host, port, password } = new URL(inject("redisUrl"));
  const proxy = await startProxy({ host, port: Number(port || 6379), password });
  const redis = new Redis({
    host: proxy.host,
    port: proxy.port,
    password: proxy.password,
    retryStrategy: () => 5,
  });
  redis.on("error", () => {});
  const moonpath = createMoonpath(redis, { namespace: freshNamespace(), deadlineMs: 15_000, ...options });
  afterTest(async () => {
    moonpath.close();
    redis.disconnect();
    await proxy.stop();
  });
  await moonpath.ready();
  return { proxy, redis, moonpath, tenant: moonpath.tenant("acme") };
}

/** The result of a call and how long it took. */
export async function timed<Result>(call: () => Promise<Result>): Promise<{ answer: Result; ms: number }> {
  const from = performance.now();
  const answer = await call();
  return { answer, ms: performance.now() - from };
}
