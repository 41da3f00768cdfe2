import { Redis } from "ioredis";
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  ArgumentError,
  type CallEvent,
  createScriptClient,
  type ManyResult,
} from "../../../src/client/index.js";
import {
  createMoonpath,
  type Expiry,
  type ExpiryTrackReply,
  type StockReadArgs,
  type StockReadReply,
  type Tenant,
} from "../../../src/index.js";
import { errorOf } from "../../support/client/fixtures.js";
import { LIMIT, manyScripts } from "../../support/client/many-fixtures.js";
import { startOwn } from "../../support/own-server.js";
import { freshNamespace, sharedRedis } from "../../support/redis.js";
import { revoked } from "../../support/revoked.js";

function start() {
  const redis = sharedRedis();
  const events: CallEvent[] = [];
  const observers = [{ onCall: (event: CallEvent) => void events.push(event) }];
  const client = createScriptClient(redis, manyScripts, { namespace: freshNamespace(), observers });
  return { redis, client, events, tally: client.tenant("acme").tally };
}

const shop = () => createMoonpath(sharedRedis(), { namespace: freshNamespace() }).tenant("acme");

/** The codes of the results, or `ok`. */
const codes = (results: readonly ManyResult<unknown>[]) =>
  results.map((result) => (result.ok ? "ok" : result.error.code));

describe("many calls", () => {
  test("have their replies in the order of the calls", async () => {
    const acme = shop();
    const products = Array.from({ length: 250 }, (_, index) => `lamp-${index}`);
    const set = await acme.stock.setLevel.many(
      products.map((product, quantity) => ({ product, warehouse: "berlin", quantity, sequence: 1, low: 0 })),
    );
    expect(set.every(({ ok }) => ok)).toBe(true);
    const results = await acme.stock.read.many(products.map((product) => ({ product, low: 0 })));
    expect(
      results.map((result) => result.ok && result.reply.outcome === "known" && result.reply.total),
    ).toEqual(products.map((_, quantity) => quantity));
  });

  test("see what the calls before them did", async () => {
    const acme = shop();
    await acme.stock.setLevel({ product: "lamp", warehouse: "berlin", quantity: 5, sequence: 1, low: 0 });
    const sale = { product: "lamp", change: -2, backorder: false, low: 0, rememberMs: 60_000 };
    const results = await acme.stock.adjust.many([sale, sale, sale]);
    expect(results).toMatchObject([
      { ok: true, reply: { outcome: "adjusted", total: 3 } },
      { ok: true, reply: { outcome: "adjusted", total: 1 } },
      { ok: true, reply: { outcome: "refused" } },
    ]);
  });

  test("run in their order if they are more than one command takes", async () => {
    const { tally, events } = start();
    const calls = Array.from({ length: 4 * LIMIT + 1 }, () => ({ tally: "a", change: 1 }));
    const results = await tally.bump.many(calls);
    expect(results).toEqual(calls.map((_, index) => ({ ok: true, reply: { total: index + 1 } })));
    expect(events).toHaveLength(calls.length);
  });

  test("without a call end at once", async () => {
    const redis = new Redis({ port: 1, lazyConnect: true });
    const client = createScriptClient(redis, manyScripts);
    expect(await client.tenant("acme").tally.add.many([])).toEqual([]);
    client.close();
    redis.disconnect();
  });

  test("with an invalid argument are not sent, and the others are", async () => {
    const { tally, events } = start();
    const calls = [
      { tally: "a", change: 1 },
      { tally: "{", change: 1 },
      { tally: "a", change: -1 },
      { tally: "a", change: 2 },
    ];
    const results = await tally.add.many(calls);
    expect(codes(results)).toEqual(["ok", "ARGUMENT", "ARGUMENT", "ok"]);
    expect(results[3]).toMatchObject({ reply: { total: 3 } });
    const single = await errorOf(tally.add({ tally: "{", change: 1 }));
    expect(results[1]?.ok === false && results[1].error).toEqual(single);
    expect(
      events
        .map(({ outcome, attempts }) => `${outcome} ${attempts}`)
        .slice(0, 4)
        .sort(),
    ).toEqual(["ARGUMENT 0", "ARGUMENT 0", "ok 1", "ok 1"]);
  });

  test("keep the operation of a call that is sent again", async () => {
    const { tally } = start();
    const call = { tally: "a", change: 1, operation: "one" };
    expect(await tally.add.many([call, call, { ...call, operation: "two" }])).toEqual([
      { ok: true, reply: { outcome: "added", total: 1 } },
      { ok: true, reply: { outcome: "repeated", total: 1 } },
      { ok: true, reply: { outcome: "added", total: 2 } },
    ]);
  });

  test("tell an observer of each call, as single calls do", async () => {
    const { tally, events } = start();
    await tally.add({ tally: "a", change: 1 });
    await tally.add.many([
      { tally: "a", change: 1 },
      { tally: "b", change: 1 },
    ]);
    const event = {
      script: "tally.add",
      version: "1.2.0",
      outcome: "ok",
      attempts: 1,
      durationMs: expect.any(Number),
    };
    expect(events).toEqual([event, event, event]);
  });

  test("end with REPLY if the reply has another number of elements", async () => {
    const { tally } = start();
    expect(codes(await tally.short.many([{ tally: "a" }, { tally: "b" }]))).toEqual(["REPLY", "REPLY"]);
  });

  test("are one command, and a lone call is the single form", async () => {
    const server = await startOwn();
    const redis = new Redis(server.url);
    const client = createScriptClient(redis, manyScripts);
    await client.ready();
    const { tally } = client.tenant("acme");
    const monitored: string[][] = [];
    const monitor = await redis.monitor();
    monitor.on("monitor", (_time, args: string[], source) => {
      if (source !== "lua" && args[0]?.toLowerCase() === "evalsha") monitored.push(args);
    });
    await tally.bump.many([
      { tally: "a", change: 1 },
      { tally: "b", change: 2 },
    ]);
    await tally.bump.many([{ tally: "a", change: 1 }]);
    await redis.ping();
    await expect.poll(() => monitored.length).toBe(2);
    const [a, b] = ["a", "b"].map((name) => `moonpath:{acme:${name}}:tally`);
    expect(monitored.map((args) => args.slice(1))).toEqual([
      // The arguments as a list of two texts in MessagePack.
      [manyScripts.tally.bump.many.digest, "2", a, b, "\\x92\\xa11\\xa12"],
      [manyScripts.tally.bump.digest, "1", a, "1"],
    ]);
    monitor.disconnect();
    client.close();
    redis.disconnect();
  });

  test("are divided before they are larger than a megabyte", async () => {
    const acme = shop();
    const product = (index: number) => `${index}`.padStart(250, "x");
    const calls = Array.from({ length: 5_000 }, (_, index) => ({ product: product(index), low: 0 }));
    const results = await acme.stock.read.many(calls, { deadlineMs: 20_000 });
    expect(results.every((result) => result.ok && result.reply.outcome === "unknown")).toBe(true);
  });

  test("are not sent if their encoding took all of the time", async () => {
    const { tally, client } = start();
    await client.ready();
    const until = performance.now() + 60;
    const slow = {
      get tally() {
        while (performance.now() < until);
        return "a";
      },
      change: 1,
    };
    // The last call is encoded when the deadline has passed, so there is no further one.
    const results = await tally.add.many([{ tally: "a", change: 1 }, slow], { deadlineMs: 50 });
    expect(codes(results)).toEqual(["UNAVAILABLE", "UNAVAILABLE"]);
    expect(await tally.read({ tally: "a" })).toEqual({ total: 0 });
  });

  test("are not sent if their signal aborts while they are encoded", async () => {
    const { tally, client } = start();
    await client.ready();
    const controller = new AbortController();
    const aborting = {
      get tally() {
        controller.abort();
        return "a";
      },
      change: 1,
    };
    const results = await tally.add.many([aborting, aborting], { signal: controller.signal });
    expect(codes(results)).toEqual(["ABORTED", "ABORTED"]);
    expect(await tally.read({ tally: "a" })).toEqual({ total: 0 });
  });

  test("in automatic pipelines run once", async () => {
    const redis = sharedRedis({ enableAutoPipelining: true });
    const client = createScriptClient(redis, manyScripts, { namespace: freshNamespace() });
    const { tally } = client.tenant("acme");
    const calls = Array.from({ length: 10 }, () => ({ tally: "a", change: 1 }));
    const [first, second] = await Promise.all([tally.bump.many(calls), tally.bump.many(calls)]);
    expect(codes([...first, ...second])).toEqual(Array.from({ length: 20 }, () => "ok"));
    expect(await tally.read({ tally: "a" })).toEqual({ total: 20 });
    client.close();
    // So do calls that only read.
    const shop = createMoonpath(redis, { namespace: freshNamespace() });
    const reads = await shop.tenant("acme").stock.read.many(calls.map(() => ({ product: "lamp", low: 0 })));
    expect(reads).toEqual(calls.map(() => ({ ok: true, reply: { outcome: "unknown" } })));
    shop.close();
  });
});

describe("many calls reject as a whole", () => {
  test.each([
    ["no list", { length: 1 }],
    ["undefined", undefined],
    ["a revoked proxy", revoked()],
    ["more than 10,000 calls", Array.from({ length: 10_001 }, () => ({ tally: "a", change: 1 }))],
  ])("for %s", async (_, calls) => {
    const { tally } = start();
    const error = await errorOf(tally.bump.many(calls as never));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error).toMatchObject({ argument: "calls", expected: "a list of at most 10000 calls" });
    expect(await tally.read({ tally: "a" })).toEqual({ total: 0 });
  });

  test.each([
    ["deadlineMs", { deadlineMs: 0 }],
    ["minReplicas", { minReplicas: -1 }],
    ["signal", { signal: {} as AbortSignal }],
  ])("for a wrong %s", async (name, options) => {
    const { tally } = start();
    expect(await errorOf(tally.bump.many([{ tally: "a", change: 1 }], options))).toMatchObject({
      code: "ARGUMENT",
      argument: name,
    });
    expect(await tally.read({ tally: "a" })).toEqual({ total: 0 });
  });

  test("after an abort, and after close", async () => {
    const { tally, client } = start();
    const calls = [{ tally: "a", change: 1 }];
    const aborted = await errorOf(tally.bump.many(calls, { signal: AbortSignal.abort() }));
    expect(aborted).toMatchObject({ code: "ABORTED" });
    client.close();
    expect(await errorOf(tally.bump.many(calls))).toMatchObject({ code: "CLOSED" });
  });

  test("never because of a hostile element", async () => {
    const { tally } = start();
    const sparse = [{ tally: "a", change: 1 }];
    sparse.length = 3;
    const calls = [...sparse, null, revoked(), 7, { tally: "a", change: 1 }];
    const results = await tally.bump.many(calls as never);
    expect(codes(results)).toEqual(["ok", ...Array.from({ length: 5 }, () => "ARGUMENT"), "ok"]);
  });
});

describe("expiry.track.many", () => {
  test("finds the shard of each item, and has the errors of single calls", async () => {
    const { expiry } = shop();
    const dueMs = Date.now() + 60_000;
    const items = Array.from({ length: 40 }, (_, index) => ({
      queue: "offers",
      item: `offer-${index}`,
      dueMs,
    }));
    const bad = { queue: "offers", item: "\uFFFD", dueMs };
    const results = await expiry.track.many([...items, bad, { ...bad, item: "x", queue: "" }]);
    expect(codes(results)).toEqual([...items.map(() => "ok"), "ARGUMENT", "ARGUMENT"]);
    const single = await errorOf(expiry.track(bad));
    const failed = results[40];
    expect(failed?.ok === false && failed.error).toEqual(single);
    const { items: found } = await expiry.upcoming({ queue: "offers", withinMs: 120_000, limit: 100 });
    expect(found.map(({ item }) => item).sort()).toEqual(items.map(({ item }) => item).sort());
    expect(await expiry.track.many([])).toEqual([]);
    expect(await errorOf(expiry.track.many({} as never))).toMatchObject({ code: "ARGUMENT" });
    // Single calls find the same items.
    expect(await expiry.cancel({ queue: "offers", item: "offer-7" })).toEqual({ outcome: "cancelled" });
  });
});

test("the types of many calls follow the contract", () => {
  type Many = Tenant["stock"]["read"]["many"];
  expectTypeOf<Many>().parameter(0).toEqualTypeOf<readonly StockReadArgs[]>();
  expectTypeOf<Many>().returns.resolves.toEqualTypeOf<ManyResult<StockReadReply>[]>();
  expectTypeOf<Tenant["scripts"]["stock"]["read"]["many"]>().toEqualTypeOf<Many>();
  expectTypeOf<Expiry["track"]["many"]>().returns.resolves.toEqualTypeOf<ManyResult<ExpiryTrackReply>[]>();
  expectTypeOf<Tenant["stock"]["sweep"]>().not.toHaveProperty("many");
});
