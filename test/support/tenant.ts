import type { Redis } from "ioredis";
import { onTestFinished } from "vitest";
import type { Scope } from "../../src/client/index.js";
import { createMoonpath, type Moonpath, type Queues, type Tenant } from "../../src/index.js";
import { freshNamespace, sharedRedis } from "./redis.js";

export interface FreshTenant {
  readonly redis: Redis;
  readonly scope: Scope;
  readonly moonpath: Moonpath;
  readonly tenant: Tenant;
}

/** A tenant in a namespace of its own, unless one is given; its client is closed after the test. */
export function freshTenant(namespace: string = freshNamespace(), queues: Queues = {}): FreshTenant {
  const redis = sharedRedis();
  const moonpath = createMoonpath(redis, { namespace, deadlineMs: 15_000, queues });
  onTestFinished(() => moonpath.close());
  const tenant = moonpath.tenant("acme");
  return { redis, scope: tenant.scope, moonpath, tenant };
}

/** Redis's clock. */
export async function redisNow(redis: Redis): Promise<number> {
  const [seconds = 0, micros = 0] = (await redis.time()).map(Number);
  return seconds * 1_000 + Math.floor(micros / 1_000);
}
