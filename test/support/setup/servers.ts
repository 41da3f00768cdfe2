import type { TestProject } from "vitest/node";
import { startRedis, startRedisCluster } from "../../../src/testing/index.js";
import { ensureRedis } from "../../../tools/servers/install.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** One Redis, shared by all tests of the run. */
    redisUrl: string;
    /** A cluster of six, shared by all tests of the run. */
    clusterUrl: string;
  }
}

/** Starts the shared servers before the first test and hands back how to stop them after the last. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // If REDIS_URL names a cluster, only the single server is started here.
  const isClusterGiven = process.env["REDIS_URL"]?.includes(",") ?? false;
  await ensureRedis({ own: true, group: !isClusterGiven });
  const redis = await startRedis({ own: isClusterGiven });
  const cluster = await startRedisCluster({ nodeTimeoutMs: 15_000 }).catch(async (error: unknown) => {
    await redis.stop();
    throw error;
  });
  project.provide("redisUrl", redis.url);
  project.provide("clusterUrl", cluster.url);
  return async () => {
    await Promise.all([redis.stop(), cluster.stop()]);
  };
}
