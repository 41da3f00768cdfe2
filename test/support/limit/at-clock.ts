import type { Redis } from "ioredis";
import { createScriptClient } from "../../../src/client/index.js";
import { keys, scripts } from "../../../src/index.js";
import { clockKey, withClock } from "../lua/clock.js";
import { freshTenant } from "../lua/tenants.js";

/** An instant in the future of every server, so that no key ends while a test runs. */
export const startMs = 4_000_000_000_000;

/** The scripts of limits on a clock that the test sets, one for each name. */
export function limitsAtClock() {
  const context = freshTenant();
  const { redis, scope, tenant } = context;
  const { take, peek, enter, renew, leave } = scripts.limit;
  const { limit } = createScriptClient(
    redis,
    {
      limit: {
        take: withClock(take),
        peek: withClock(peek),
        enter: withClock(enter),
        renew: withClock(renew),
        leave: withClock(leave),
      },
    },
    { namespace: scope.namespace, deadlineMs: 15_000 },
  ).tenant(scope.tenant);
  return {
    redis,
    scope,
    limit,
    reset: tenant.scripts.limit.reset,
    /** Sets the clock of a name, in milliseconds after the start. */
    async at(name: string, ms: number): Promise<void> {
      await setClocks(redis, [keys.rateLimit(scope, name), keys.permits(scope, name)], startMs + ms);
    },
  };
}

async function setClocks(redis: Redis, firstKeys: readonly string[], ms: number): Promise<void> {
  for (const key of firstKeys) await redis.set(clockKey(key), ms);
}
