import type { TestProject } from "vitest/node";
import { startRedis, startRedisCluster } from "../../src/testing/index.js";

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
  // With a cluster in REDIS_URL, the single server is one of ours. Otherwise the installation, if one is
  // needed, is over before the cluster looks for a server.
  const redis = await startRedis({ own: process.env["REDIS_URL"]?.includes(",") ?? false });
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
