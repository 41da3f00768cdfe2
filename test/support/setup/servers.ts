import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startPostgres, startRedis, startRedisCluster } from "../../../src/testing/index.js";
import { ensureRedis } from "../../../tools/servers/install.js";
import { ALL_CACHES } from "../bundle.js";
import { isRunning } from "../testing/processes.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** One Redis, shared by all tests of the run. */
    redisUrl: string;
    /** A cluster of six, shared by all tests of the run. */
    clusterUrl: string;
    /** One PostgreSQL, shared by all tests of the run; each file has a database of its own. */
    databaseUrl: string;
  }
}

/** Starts the shared servers before the first test and returns how to stop them after the last. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // If REDIS_URL names a cluster, only the single server is started here.
  const isClusterGiven = process.env["REDIS_URL"]?.includes(",") ?? false;
  await ensureRedis({ own: true, group: !isClusterGiven });
  const started = await Promise.allSettled([
    startRedis({ own: isClusterGiven }),
    startRedisCluster({ nodeTimeoutMs: 15_000 }),
    startPostgres(),
  ]);
  const [redis, cluster, postgres] = started;
  const stop = async () => {
    await Promise.all(
      started.map((result) => (result.status === "fulfilled" ? result.value.stop() : undefined)),
    );
    removeUnusedCaches();
  };
  if (redis.status === "rejected" || cluster.status === "rejected" || postgres.status === "rejected") {
    await stop();
    throw started.find((result) => result.status === "rejected")?.reason;
  }
  removeUnusedCaches();
  project.provide("redisUrl", redis.value.url);
  project.provide("clusterUrl", cluster.value.url);
  project.provide("databaseUrl", postgres.value.url);
  return stop;
}

/** Removes the temporary programs of workers that have ended. */
function removeUnusedCaches(): void {
  let pids: string[] = [];
  try {
    pids = readdirSync(ALL_CACHES);
  } catch {
    return;
  }
  for (const pid of pids)
    if (!isRunning(Number(pid))) rmSync(join(ALL_CACHES, pid), { recursive: true, force: true });
}
