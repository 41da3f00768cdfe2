import type { TestProject } from "vitest/node";
import { startRedis } from "../../../src/testing/index.js";
import { ensureRedis } from "../../servers/install.js";

/**
 * Starts the one server of a run with mutants, which the tests empty before each test. Stops it
 * after the last test.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await ensureRedis({ own: true });
  const redis = await startRedis({ own: true });
  project.provide("redisUrl", redis.url);
  return () => redis.stop();
}
