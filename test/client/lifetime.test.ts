import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Redis, type RedisOptions } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createScriptClient, type EncodedCall } from "../../src/client/index.js";
import {
  type Proxy as FaultyProxy,
  type RedisServer,
  startProxy,
  startRedis,
} from "../../src/testing/index.js";
import { errorOf, scripts } from "../support/client/fixtures.js";
import { freshNamespace } from "../support/redis.js";
import { within } from "../support/wait.js";

let server: RedisServer;
let proxy: FaultyProxy;
beforeAll(async () => {
  server = await startRedis({ own: true });
  proxy = await startProxy(server);
});
afterAll(async () => {
  await proxy.stop();
  await server.stop();
});

const open: Redis[] = [];
afterEach(() => {
  proxy.heal();
  for (const redis of open.splice(0)) redis.disconnect();
});

function over(options: Omit<RedisOptions, "replyMapping"> = {}) {
  const redis = new Redis({
    host: "127.0.0.1",
    port: proxy.port,
    password: proxy.password,
    retryStrategy: () => 5,
    ...options,
  });
  redis.on("error", () => {});
  open.push(redis);
  const client = createScriptClient(redis, scripts, { namespace: freshNamespace() });
  return { redis, client, tally: client.tenant("acme").tally };
}

setFlagsFromString("--expose-gc");
const collect: unknown = runInNewContext("gc");

function collectGarbage(): void {
  if (typeof collect !== "function") throw new Error("this Node has no gc()");
  collect();
}

describe("a call that has ended", () => {
  test("leaves nothing behind while the server is away", async () => {
    const sent: WeakRef<EncodedCall>[] = [];
    const watched: typeof scripts.tally.add = {
      ...scripts.tally.add,
      encode(scope, args) {
        const call = scripts.tally.add.encode(scope, args);
        sent.push(new WeakRef(call));
        return call;
      },
    };
    // Nobody listens on port 1.
    const { redis } = over({ host: "127.0.0.1", port: 1, maxRetriesPerRequest: null });
    const { tally } = createScriptClient(redis, { tally: { add: watched } }).tenant("acme");
    const calls = Array.from({ length: 100 }, () =>
      errorOf(tally.add({ tally: "a", change: 1 }, { deadlineMs: 20 })),
    );
    for (const error of await Promise.all(calls)) expect(error).toMatchObject({ code: "UNAVAILABLE" });
    calls.length = 0;
    // What a promise of this very turn holds is free in the next one.
    await turn();
    collectGarbage();
    expect(sent).toHaveLength(100);
    // The engine may hold on to the very last for a while.
    expect(sent.filter((call) => call.deref() !== undefined).length).toBeLessThan(5);
  });
});

describe("close()", () => {
  test("lets no write in flight run twice", async () => {
    const { redis, client, tally } = over();
    await client.ready();
    proxy.cutReplies({ probability: 1 });
    const call = errorOf(tally.bump({ tally: "b", change: 1 }));
    client.close();
    await within("the connection closes", once(redis, "close"));
    proxy.heal();
    expect(await call).toMatchObject({ code: "OUTCOME_UNKNOWN" });
    await redis.ping();
    const [key = ""] = await redis.keys("*:tally");
    expect(await redis.hget(key, "total")).toBe("1");
  });

  test("ends waiting calls and a waiting ready()", async () => {
    const { client, tally } = over({ host: "127.0.0.1", port: 1, maxRetriesPerRequest: null });
    const waiting = [errorOf(tally.read({ tally: "a" }, { deadlineMs: 10_000 })), errorOf(client.ready())];
    await turn();
    client.close();
    for (const error of await Promise.all(waiting)) expect(error).toMatchObject({ code: "CLOSED" });
    expect(await errorOf(client.ready())).toMatchObject({ code: "CLOSED" });
  });
});

describe("ready()", () => {
  test("ends when the caller's signal aborts", async () => {
    const { client } = over({ host: "127.0.0.1", port: 1, maxRetriesPerRequest: null });
    const early = AbortSignal.abort();
    expect(await errorOf(client.ready({ signal: early }))).toMatchObject({ code: "ABORTED" });
    const abort = new AbortController();
    const waiting = errorOf(client.ready({ signal: abort.signal }));
    await turn();
    abort.abort();
    expect(await waiting).toMatchObject({ code: "ABORTED" });
  });
});

describe("one signal for many calls", () => {
  test("causes no leak warning of Node, and ends all calls", async () => {
    const warnings: string[] = [];
    const onWarning = ({ name }: Error) => void warnings.push(name);
    process.on("warning", onWarning);
    const { tally } = over({ host: "127.0.0.1", port: 1, maxRetriesPerRequest: null });
    const abort = new AbortController();
    const calls = Array.from({ length: 50 }, () =>
      errorOf(tally.read({ tally: "a" }, { deadlineMs: 10_000, signal: abort.signal })),
    );
    abort.abort();
    for (const error of await Promise.all(calls)) expect(error).toMatchObject({ code: "ABORTED" });
    // Warnings come with the next turn of the event loop.
    await turn();
    process.off("warning", onWarning);
    expect(warnings).toEqual([]);
  });
});

describe("a script that remembers its operations for a limited time", () => {
  test("is not resent when it may have forgotten the operation", async () => {
    const { redis, client } = over({ retryStrategy: () => 600 });
    await client.ready();
    const add = { ...scripts.tally.add, resendWithinMs: () => 1_000 };
    const forgetfulClient = createScriptClient(redis, { tally: { add, read: scripts.tally.read } });
    // Otherwise the call would still wait for the first load.
    await forgetfulClient.ready();
    const forgetful = forgetfulClient.tenant("acme");
    proxy.cutReplies({ probability: 1 });
    const call = errorOf(forgetful.tally.add({ tally: "f", change: 1 }, { deadlineMs: 5_000 }));
    await within("the connection closes", once(redis, "close"));
    proxy.heal();
    expect(await call).toMatchObject({ code: "OUTCOME_UNKNOWN" });
  });
});

describe("a connection with automatic pipelines", () => {
  test("resends a write only within the call's deadline", async () => {
    const { redis, client, tally } = over({ enableAutoPipelining: true });
    await client.ready();
    proxy.cutReplies({ probability: 1 });
    const call = errorOf(tally.add({ tally: "late", change: 1, operation: "one" }, { deadlineMs: 100 }));
    expect(await call).toMatchObject({ code: "OUTCOME_UNKNOWN" });
    const admin = new Redis(server.url);
    open.push(admin);
    const key = `${(await admin.keys("*late*"))[0]}`;
    // As if the server had forgotten the operation meanwhile: another run would count again.
    await admin.del(key);
    proxy.heal();
    await redis.ping();
    expect(await admin.exists(key)).toBe(0);
  });
});
