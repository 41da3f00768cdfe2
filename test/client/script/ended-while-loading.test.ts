import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { CallState } from "../../../src/client/call/call-state.js";
import { encode } from "../../../src/client/call/codec.js";
import { Observers } from "../../../src/client/call/observer.js";
import { DirectTransport } from "../../../src/client/call/transport.js";
import { SingleServer } from "../../../src/client/connection/topology.js";
import { createScriptClient } from "../../../src/client/index.js";
import { ScriptSet } from "../../../src/client/script/script-set.js";
import { type RedisServer, startRedis } from "../../../src/testing/index.js";
import { errorOf, scripts } from "../../support/client/fixtures.js";
import { freshNamespace } from "../../support/redis.js";

// A server of its own: flushing scripts would disturb every other test.
let server: RedisServer;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis({ own: true });
  redis = new Redis({ host: server.host, port: server.port, password: server.password });
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

/** A script is loaded again between NOSCRIPT and the second attempt. The call ends at this moment. */
let cut: AbortController;
const observers = [{ onReload: () => cut.abort() }];
beforeEach(() => {
  cut = new AbortController();
});

const scopeOf = (namespace: string) => ({ namespace, tenant: "acme" });
const args = { tally: "a", change: 1 };

/** The script replies only if it has run. */
async function expectNothingWritten(namespace: string): Promise<void> {
  expect(cut.signal.aborted).toBe(true);
  expect(await redis.exists(`${namespace}:{acme:a}:tally`)).toBe(0);
}

test.each([
  ["in a batch", {}],
  ["by itself", { batching: false }],
  ["with replicas", { minReplicas: 1 }],
])("a call %s that ends while its script is loaded is not sent", async (_, options) => {
  const namespace = freshNamespace();
  const client = createScriptClient(redis, scripts, { namespace, observers });
  await client.ready();
  await client.tenant("acme").tally.read({ tally: "a" });
  await redis.script("FLUSH");
  const error = await errorOf(client.tenant("acme").tally.add(args, { ...options, signal: cut.signal }));
  expect(error).toMatchObject({ code: "ABORTED" });
  // A later call is answered after all that was sent.
  expect(await client.tenant("acme").tally.read({ tally: "a" })).toEqual({ total: 0 });
  await expectNothingWritten(namespace);
  client.close();
});

test("a call without a queue that ends while its script is loaded is not sent", async () => {
  const namespace = freshNamespace();
  const topology = new SingleServer(redis, new ScriptSet(Object.values(scripts.tally)));
  await topology.whenLoaded({ whenReleased() {} });
  await redis.script("FLUSH");
  const direct = new DirectTransport(topology, new Observers(observers));
  const state = new CallState(5_000, cut.signal);
  const { add } = scripts.tally;
  const error = await errorOf(direct.send(add, encode(add, scopeOf(namespace), args), state));
  expect(error).toBe(state.endedBy);
  await expectNothingWritten(namespace);
  state.release();
  topology.dispose();
});
