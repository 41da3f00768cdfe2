import { Redis } from "ioredis";
import { createClient, createClientPool, createSentinel, RESP_TYPES } from "redis";
import { describe, expect, test } from "vitest";
import { createMoonpath } from "../../../src/index.js";
import { afterTest } from "../../support/cleanup.js";
import { clientOver, single } from "../../support/client/connections.js";
import { errorOf } from "../../support/client/fixtures.js";
import { nodeRedis } from "../../support/client/node-redis.js";
import { startOwn } from "../../support/own-server.js";

describe.each([5, 6] as const)("a client of node-redis %i", (version) => {
  test(`never sends a call after its end (node-redis ${version})`, async () => {
    const server = await startOwn();
    const { redis, client, tally } = clientOver(nodeRedis(version, server));
    await client.ready();
    const admin = new Redis({ host: server.host, port: server.port, password: server.password ?? "" });
    afterTest(() => admin.disconnect());
    await admin.ping();
    await server.kill("SIGSTOP");
    // The socket takes a part of the first command, so node-redis keeps all later ones in its queue.
    const large = "x".repeat(32 << 20);
    for (let count = 0; count < 2; count++) redis.sendCommand(["ECHO", large]).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 50));
    const calls = Array.from({ length: 5 }, () =>
      errorOf(tally.bump({ tally: "a", change: 1 }, { deadlineMs: 200 })),
    );
    for (const error of await Promise.all(calls)) expect(error).toMatchObject({ code: "OUTCOME_UNKNOWN" });
    // The server ends the connection before it has read the first command, and keeps its scripts.
    const killed = admin.call("CLIENT", ["KILL", "TYPE", "normal", "SKIPME", "yes"]);
    await server.kill("SIGCONT");
    expect(await killed).toBe(1);
    await client.ready();
    // Its own command comes after all that node-redis still had.
    await redis.sendCommand(["PING"]);
    expect(await tally.read({ tally: "a" })).toEqual({ total: 0 });
  });

  test(`refuses calls on a connection that subscribes (node-redis ${version})`, async () => {
    const { redis, client, tally } = clientOver(nodeRedis(version, single(), { RESP: 2 }));
    await client.ready();
    await redis.subscribe(["channel"], () => {});
    expect(await errorOf(tally.read({ tally: "a" }))).toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("subscriber mode"),
    });
  });

  test(`has no listener on the connection after close() (node-redis ${version})`, async () => {
    const { redis, client, tally } = clientOver(nodeRedis(version, single()));
    const events = ["ready", "error", "reconnecting", "end"];
    const listeners = () => events.map((event) => redis.listenerCount(event));
    await client.ready();
    await tally.read({ tally: "a" });
    client.close();
    // The error listeners of the test remain.
    expect(listeners()).toEqual([0, redis.listenerCount("error"), 0, 0]);
  });
});

test("the options of the caller's commands do not apply to calls (node-redis 6)", async () => {
  const { host, port, password } = single();
  const redis = createClient({
    socket: { host, port },
    password,
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.NUMBER]: String } },
  });
  redis.on("error", () => {});
  await redis.connect();
  afterTest(() => redis.destroy());
  const { tally } = clientOver(Object.assign(redis, { disconnect: async () => {} }));
  expect(await tally.add({ tally: "a", change: 3, operation: "one" })).toEqual({
    outcome: "added",
    total: 3,
  });
});

test("a pool and a Sentinel of node-redis are refused by name", () => {
  const refusal = /this is a Sentinel or a pool of node-redis; pass a client or a cluster/;
  const pool: unknown = createClientPool();
  const sentinel: unknown = createSentinel({
    name: "primary",
    sentinelRootNodes: [{ host: "127.0.0.1", port: 1 }],
  });
  for (const given of [pool, sentinel])
    expect(() => Reflect.apply(createMoonpath, undefined, [given])).toThrow(refusal);
});
