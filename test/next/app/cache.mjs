import { Redis } from "ioredis";
import { createMoonpath } from "moonpath";
import { memoryL1 } from "moonpath/l1";
import { createNextCache } from "moonpath/next";

const makeClient = () => {
  const redis = new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: 1 });
  redis.on("error", () => undefined);
  const cache = process.env.APP_L1 ? { l1: memoryL1() } : {};
  return createMoonpath(redis, { namespace: process.env.APP_NAMESPACE, cache });
};

export const nextCache = createNextCache(makeClient, {
  tenant: "acme",
  // The machine of a test may be busy.
  cacheTimeoutMs: 2_000,
  distDir: process.env.APP_DIST ?? ".next",
});
