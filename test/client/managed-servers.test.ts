import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createScriptClient } from "../../src/client/index.js";
import { type RedisServer, startRedis } from "../../src/testing/index.js";
import { clientOver } from "../support/client/connections.js";
import { errorOf, keep } from "../support/client/fixtures.js";
import { type RefusingProxy, refusingProxy } from "../support/client/refusing-proxy.js";
import { freshNamespace } from "../support/redis.js";

let server: RedisServer;
/** A connection without the proxy. */
let direct: Redis;
beforeAll(async () => {
  server = await startRedis({ own: true });
  direct = new Redis(server.port, server.host, { password: server.password ?? "" });
});
afterAll(async () => {
  direct.disconnect();
  await server.stop();
});

const over = ({ host, port, password }: RefusingProxy) =>
  clientOver(new Redis({ host, port, password, retryStrategy: () => 5 }), { deadlineMs: 3_000 });

/** What each service refuses by its documentation; docs/deployment.md names the pages. */
const services = {
  "Amazon ElastiCache": ["CONFIG", "DEBUG", "MIGRATE", "BGSAVE", "REPLICAOF", "SHUTDOWN", "SYNC"],
  "Amazon MemoryDB": ["CONFIG", "DEBUG", "MIGRATE", "BGSAVE", "REPLICAOF", "SHUTDOWN", "SYNC", "ACL SETUSER"],
  Aiven: [
    "ACL",
    "CLUSTER",
    "COMMAND",
    "CONFIG",
    "DEBUG",
    "FAILOVER",
    "MIGRATE",
    "MONITOR",
    "ROLE",
    "BGSAVE",
    "SAVE",
  ],
  "Google Memorystore": [
    "ACL",
    "CLIENT",
    "CLUSTER",
    "COMMAND",
    "CONFIG",
    "DEBUG",
    "MIGRATE",
    "MONITOR",
    "OBJECT",
  ],
};

describe.each(Object.entries(services))("on a server with the refusals of %s", (_, refusals) => {
  test("all calls, batches and messages work", async () => {
    const proxy = await refusingProxy(server, refusals);
    const { client, tally } = over(proxy);
    await client.ready();
    await tally.add({ tally: "a", change: 1, operation: "one" });
    await Promise.all(Array.from({ length: 20 }, () => tally.bump({ tally: "a", change: 1 })));
    expect(await tally.read({ tally: "a" })).toEqual({ total: 21 });
    const woken = new Promise<void>((resolve) => {
      const { ready } = client.listen("channel", () => resolve());
      void ready.then(() => direct.publish("channel", "now"));
    });
    await woken;
  });

  test("a script that the server has lost is loaded again", async () => {
    const { client, tally, redis } = over(await refusingProxy(server, refusals));
    await client.ready();
    await redis.script("FLUSH");
    expect(await tally.bump({ tally: "b", change: 1 })).toEqual({ total: 1 });
  });
});

describe("a refused command costs what docs/deployment.md says", () => {
  test("INFO: ioredis needs enableReadyCheck: false, and scripts that must not be evicted need allowEviction", async () => {
    const { host, port, password } = await refusingProxy(server, ["INFO"]);
    const redis = new Redis({ host, port, password, enableReadyCheck: false });
    const { tally } = clientOver(redis);
    expect(await tally.bump({ tally: "c", change: 1 })).toEqual({ total: 1 });
    const keeping = (allowEviction: boolean) =>
      createScriptClient(redis, { tally: { keep } }, { namespace: freshNamespace(), allowEviction });
    const [strict, lenient] = [keeping(false), keeping(true)];
    const call = { tally: "c", change: 1, operation: "one" };
    expect(await errorOf(strict.tenant("acme").tally.keep(call))).toMatchObject({
      message: expect.stringContaining("refused INFO"),
    });
    expect(await lenient.tenant("acme").tally.keep(call)).toEqual({ outcome: "added", total: 1 });
    strict.close();
    lenient.close();
  });

  test("WAIT: a call with minReplicas ends with an error, and its write is kept", async () => {
    const proxy = await refusingProxy(server, ["WAIT"]);
    const { tally } = over(proxy);
    const error = await errorOf(
      tally.bump({ tally: "d", change: 1 }, { minReplicas: 1, replicaWaitMs: 100 }),
    );
    expect(error).toMatchObject({ code: "NOT_REPLICATED" });
    expect(await tally.read({ tally: "d" })).toEqual({ total: 1 });
    expect(proxy.refused).toContain("WAIT");
  });

  test("SCRIPT: every call ends with SCRIPT and the text of the server", async () => {
    const proxy = await refusingProxy(server, ["SCRIPT"]);
    await direct.script("FLUSH");
    const { client, tally } = over(proxy);
    const refused = { code: "SCRIPT", message: expect.stringContaining("refused SCRIPT") };
    expect(await errorOf(tally.bump({ tally: "e", change: 1 }))).toMatchObject(refused);
    expect(await errorOf(client.ready({ deadlineMs: 200 }))).toMatchObject({
      message: expect.stringContaining("SCRIPT"),
    });
  });

  test("EVALSHA in MULTI: only a script that is lost twice in a row is affected", async () => {
    const proxy = await refusingProxy(server, ["MULTI EVALSHA"]);
    const { client, tally, redis } = over(proxy);
    await client.ready();
    await redis.script("FLUSH");
    expect(await tally.bump({ tally: "f", change: 1 })).toEqual({ total: 1 });
    expect(proxy.refused.size).toBe(0);
  });

  test("SUBSCRIBE: `ready` of a listener ends at the deadline, and calls work", async () => {
    const proxy = await refusingProxy(server, ["SUBSCRIBE", "PSUBSCRIBE"]);
    const { client, tally } = over(proxy);
    let wakes = 0;
    await client.listen("channel", () => wakes++).ready;
    expect(wakes).toBe(0);
    expect(await tally.bump({ tally: "g", change: 1 })).toEqual({ total: 1 });
  });
});
