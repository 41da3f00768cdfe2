import { afterEach } from "vitest";
import { type RedisServer, type RedisServerOptions, startRedis } from "../../src/testing/index.js";

/** Steps that put things back after a test, the last one first. */
export const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A server of the test's own, ended after it. */
export async function startOwn(options: RedisServerOptions = {}): Promise<RedisServer> {
  const server = await startRedis({ own: true, ...options });
  undo.push(() => server.stop());
  return server;
}
