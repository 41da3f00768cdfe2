import { Redis } from "ioredis";
import { RateLimiterRedis } from "rate-limiter-flexible";
import type { StartContestant } from "./contestant.js";
import { withMoonpath } from "./moonpath.js";

/** A limit that no call reaches. */
const QUOTA = 100_000_000;
const PERIOD_S = 86_400;
const TIMEOUT_MS = 60_000;
const limits = { quota: QUOTA, periodMs: PERIOD_S * 1_000 };
const nameOf = (number: number) => `client-${number % 1_000}`;

/** Takes a unit of a rate limit. */
export const moonpath = withMoonpath(({ limit }) => ({
  call: async (number) => {
    const { outcome, degraded } = await limit.take(
      { name: nameOf(number), limits },
      { timeoutMs: TIMEOUT_MS },
    );
    // On a slow machine, it would decide in the process, without Redis.
    if (outcome !== "allowed" || degraded) throw new Error(`a take was ${outcome}`);
  },
}));

/** The same with rate-limiter-flexible. `consume` rejects if the limit is reached. */
export const rateLimiterFlexible: StartContestant = async (url) => {
  const redis = new Redis(url, { enableOfflineQueue: false, lazyConnect: true });
  await redis.connect();
  const limiter = new RateLimiterRedis({ storeClient: redis, points: QUOTA, duration: PERIOD_S });
  return { call: (number) => limiter.consume(nameOf(number)), close: () => redis.disconnect() };
};
