import { type RedisServer, type RedisServerOptions, startRedis } from "../../src/testing/index.js";
import { afterTest } from "./cleanup.js";

/** A server that only the current test uses. It is stopped after the test. */
export async function startOwn(options: RedisServerOptions = {}): Promise<RedisServer> {
  const server = await startRedis({ own: true, ...options });
  afterTest(() => server.stop());
  return server;
}
