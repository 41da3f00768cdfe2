import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { markerKey, wholeNumber } from "../../src/client/call/replication.js";
import { slotOf } from "../../src/client/connection/slot.js";
import { createScriptClient } from "../../src/client/index.js";
import { clientKeys, isClientKey } from "../../src/client/script/reserved.js";
import { type RedisServer, startRedis } from "../../src/testing/index.js";
import { afterTest } from "../support/cleanup.js";
import { bump, errorOf, scripts } from "../support/client/fixtures.js";
import { startLyingProxy } from "../support/client/lying-proxy.js";
import { freshNamespace } from "../support/redis.js";

let server: RedisServer;
let admin: Redis;
beforeAll(async () => {
  server = await startRedis({ own: true });
  admin = new Redis(server.url);
});
afterAll(async () => {
  admin.disconnect();
  await server.stop();
});

const one = { minReplicas: 1, replicaWaitMs: 20 };

describe("an answer of WAIT that is no whole number", () => {
  test.each([
    ["text", "$7\r\nrubbish\r\n"],
    ["NaN", "$3\r\nNaN\r\n"],
    ["nothing", "$-1\r\n"],
    ["an empty text", "$0\r\n\r\n"],
    ["spaces", "$2\r\n  \r\n"],
    ["a fraction", "$3\r\n1.5\r\n"],
    ["a negative number", ":-1\r\n"],
    ["infinity", "$8\r\nInfinity\r\n"],
    ["hexadecimal", "$3\r\n0x9\r\n"],
    ["an exponent", "$3\r\n1e9\r\n"],
    ["an array of a number", "*1\r\n:9\r\n"],
    ["a status", "+OK\r\n"],
  ])("hole 6: confirms nothing (%s)", async (_, lie) => {
    const proxy = await startLyingProxy(server, (answer, request) =>
      /\r\nwait\r\n/i.test(request) ? answer.replace(/:\d+\r\n$/, lie) : answer,
    );
    const redis = new Redis({ host: "127.0.0.1", port: proxy.port, password: proxy.password });
    redis.on("error", () => {});
    const client = createScriptClient(redis, scripts, { namespace: freshNamespace(), deadlineMs: 5_000 });
    afterTest(
      () => proxy.stop(),
      () => redis.disconnect(),
      () => client.close(),
    );
    const error = await errorOf(client.tenant("acme").tally.bump({ tally: "a", change: 1 }, one));
    expect(error).toMatchObject({
      code: "NOT_REPLICATED",
      message: "tally.bump 1.2.0: nothing is known of the replicas",
    });
  });

  test("hole 6: is not read as a number of replicas", () => {
    expect([0, 1, "0", "12"].map(wholeNumber)).toEqual([0, 1, 0, 12]);
    const rubbish = [
      Number.NaN,
      -1,
      1.5,
      Number.POSITIVE_INFINITY,
      "",
      " 1",
      "1e3",
      "-1",
      "x",
      null,
      [1],
      {},
    ];
    expect(rubbish.map(wholeNumber)).toEqual(rubbish.map(() => undefined));
  });
});

describe("the client", () => {
  const foreign: typeof bump = {
    ...bump,
    keyPatterns: ["<namespace>:{<tenant>:<tally>}:replicated"],
    encode: (scope, args) => ({
      ...bump.encode(scope, args),
      keys: [`${scope.namespace}:{${scope.tenant}:${args.tally}}:replicated`],
    }),
  };
  const late: typeof bump = { ...foreign, keyPatterns: ["<namespace>:{<tenant>:<tally>}:<kind>"] };

  test("hole 5: refuses a script whose key pattern has a reserved suffix", () => {
    const redis = new Redis({ lazyConnect: true });
    expect(() => createScriptClient(redis, { tally: { foreign } })).toThrow(
      expect.objectContaining({ code: "ARGUMENT", argument: "scripts" }),
    );
    redis.disconnect();
  });

  test("hole 5: refuses a call whose key has a reserved suffix, and overwrites no value", async () => {
    const namespace = freshNamespace();
    const client = createScriptClient(admin, { tally: { late } }, { namespace });
    afterTest(() => client.close());
    const key = `${namespace}:{acme:a}:replicated`;
    await admin.hset(key, "total", 7);
    const call = client.tenant("acme").tally.late({ tally: "a", change: 1 }, one);
    expect(await errorOf(call)).toMatchObject({ code: "ARGUMENT", script: "tally.bump" });
    expect(await admin.hget(key, "total")).toBe("7");
  });

  test("hole 5: has one table of the keys that it writes itself", () => {
    expect(Object.values(clientKeys).map(({ suffix }) => suffix)).toEqual(["}:replicated"]);
    expect(isClientKey("shop:{acme:lamp}:replicated")).toBe(true);
    expect(isClientKey("shop:{acme:lamp}:replicated:by")).toBe(false);
    expect(isClientKey("replicated")).toBe(false);
  });

  test.each([
    ["shop:{acme:lamp}:stock", "shop:{acme:lamp}:replicated"],
    ["{acme}", "{acme}:replicated"],
    ["plain", "{plain}:replicated"],
    ["a}b{c}d", "a}b{c}:replicated"],
    ["{a{b}c", "{a{b}:replicated"],
    ["open{only", "{open{only}:replicated"],
  ])("hole 5: gives %s the marker %s in the same slot", (key, marker) => {
    expect(markerKey(key)).toBe(marker);
    expect(slotOf(marker)).toBe(slotOf(key));
    expect(isClientKey(marker)).toBe(true);
  });

  test.each(["a}b", "a{}b", "}", "{}{c}"])(
    "hole 5: makes no marker for %s, because no marker falls into its slot",
    (key) => {
      expect(markerKey(key)).toBeUndefined();
    },
  );

  test("hole 5: refuses a call on a key without a marker before the call runs", async () => {
    const odd: typeof bump = {
      ...bump,
      keyPatterns: ["a}b"],
      encode: (_scope, { change }) => ({ keys: ["a}b"], args: [`${change}`] }),
    };
    const client = createScriptClient(admin, { tally: { odd } });
    afterTest(
      () => client.close(),
      () => admin.del("a}b"),
    );
    const tally = client.tenant("acme").tally;
    expect(await errorOf(tally.odd({ tally: "a", change: 1 }, one))).toMatchObject({ code: "ARGUMENT" });
    expect(await tally.odd({ tally: "a", change: 1 })).toEqual({ total: 1 });
  });
});
