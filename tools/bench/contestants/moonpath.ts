import type { Cluster, Redis } from "ioredis";
import { createMoonpath, type Moonpath, type MoonpathOptions, type Tenant } from "../../../src/index.js";
import { redisFromUrl } from "../../../src/testing/redis/connection.js";
import type { Contestant, StartContestant } from "./contestant.js";

/** The namespace and the tenant of all data of the bench, also of what it writes without Moonpath. */
export const NAMESPACE = "bench";
export const TENANT = "acme";
/** Longer than any round under load. A user's own deadline would end calls of a slow machine. */
const DEADLINE_MS = 60_000;

/** What a contestant does with a client of Moonpath. */
export type Use = (
  acme: Tenant,
  moonpath: Moonpath,
  redis: Redis | Cluster,
) => Omit<Contestant, "close"> | Contestant;

/** A contestant that calls Moonpath on a connection of ioredis. */
export function withMoonpath(use: Use, options: Omit<MoonpathOptions, "namespace"> = {}): StartContestant {
  return async (url) => {
    const redis = redisFromUrl(url);
    const moonpath = createMoonpath(redis, { deadlineMs: DEADLINE_MS, ...options, namespace: NAMESPACE });
    await moonpath.ready();
    const used = use(moonpath.tenant(TENANT), moonpath, redis);
    return {
      ...used,
      close: async () => {
        if ("close" in used) await used.close();
        moonpath.close();
        redis.disconnect();
      },
    };
  };
}
