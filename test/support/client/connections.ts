import { inject } from "vitest";
import {
  type CallEvent,
  type ClientOptions,
  createScriptClient,
  type Operations,
  type RedisLike,
  type ScriptClient,
} from "../../../src/client/index.js";
import { afterTest } from "../cleanup.js";
import { freshNamespace } from "../redis.js";
import { scripts } from "./fixtures.js";

const endpoint = (url: string) => {
  const { hostname, port, password } = new URL(url);
  return { host: hostname, port: Number(port), password };
};

/** The address of the run's shared Redis, as connection options. */
export const single = () => endpoint(inject("redisUrl"));

/** The addresses of the nodes of the run's shared cluster. */
export const nodes = () => inject("clusterUrl").split(",").map(endpoint);

/**
 * A client of the fixtures' scripts over this connection, in a namespace of its own, and its calls.
 * Client and connection are closed after the test.
 */
export function clientOver<Connection extends RedisLike & { disconnect(): void }>(
  redis: Connection,
  options: ClientOptions = {},
) {
  redis.on("error", () => {}); // Tests cut and refuse connections.
  const calls: CallEvent[] = [];
  const client: ScriptClient<Operations<typeof scripts>> = createScriptClient(redis, scripts, {
    namespace: freshNamespace(),
    observers: [{ onCall: (call) => void calls.push(call) }],
    ...options,
  });
  afterTest(
    () => redis.disconnect(),
    () => client.close(),
  );
  return { redis, client, calls, tally: client.tenant("acme").tally };
}
