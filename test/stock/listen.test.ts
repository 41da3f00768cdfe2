import { Redis } from "ioredis";
import { afterAll, describe, expect, test } from "vitest";
import { createMoonpath, listenToStock } from "../../src/index.js";
import { type RedisServer, startRedis } from "../../src/testing/index.js";
import { afterTest } from "../support/cleanup.js";
import { hour } from "../support/lua/reservations.js";
import { startOwn } from "../support/own-server.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";
import { count, takeEvents } from "../support/stock/events.js";

const redis = sharedRedis();

/** A server without other subscribers, for the tests of this file. */
let shared: Promise<RedisServer> | undefined;
function server(): Promise<RedisServer> {
  shared ??= startRedis({ own: true });
  return shared;
}
afterAll(async () => (await shared)?.stop());

function opened() {
  const moonpath = createMoonpath(redis, { namespace: freshNamespace() });
  return { moonpath, stock: moonpath.tenant("acme").stock, other: moonpath.tenant("other").stock };
}

test("changes of all products of a tenant, of one product, and of all tenants are heard", async () => {
  const { moonpath, stock, other } = opened();
  const all = listenToStock(moonpath);
  const acme = listenToStock(moonpath, { tenant: "acme" });
  const vase = listenToStock(moonpath, { tenant: "acme", product: "vase" });
  await Promise.all([all.ready, acme.ready, vase.ready]);
  for (const [one, product] of [
    [other, "lamp"],
    [stock, "lamp"],
    [stock, "vase"],
  ] as const) {
    await one.watch({ product, sequence: 1, low: 2 });
    await one.setLevel(count(product, 5, 1));
  }
  const back = { type: "status", statusBefore: "out_of_stock", status: "in_stock", available: 5 };
  const heard = [
    { ...back, tenant: "other", product: "lamp" },
    { ...back, tenant: "acme", product: "lamp" },
    { ...back, tenant: "acme", product: "vase" },
  ];
  expect(await takeEvents(all, 3)).toEqual(heard);
  expect(await takeEvents(acme, 2)).toEqual(heard.slice(1));
  expect(await takeEvents(vase, 1)).toEqual(heard.slice(2));
  moonpath.close();
  expect(await takeEvents(all, 1)).toEqual([]);
});

test("a product that is back in stock by a swept lease is heard", async () => {
  const { moonpath, stock } = opened();
  await stock.watch({ product: "lamp", sequence: 1, low: 0 });
  await stock.setLevel(count("lamp", 2, 1));
  const hold = { product: "lamp", reservation: "cart", units: 2, leaseMs: 1, rememberMs: hour };
  const events = listenToStock(moonpath, { tenant: "acme", product: "lamp" });
  await events.ready;
  await stock.reserve(hold);
  for (let swept = 0; swept === 0; ) {
    swept = (await stock.sweep({ product: "lamp", limit: 10, rememberMs: hour })).expired;
  }
  expect(await takeEvents(events, 2)).toMatchObject([{ status: "out_of_stock" }, { status: "in_stock" }]);
  moonpath.close();
});

test("if the program is too slow, a gap takes the place of the events that wait", async () => {
  const { moonpath, stock } = opened();
  const events = listenToStock(moonpath, { tenant: "acme", maxBuffered: 2 });
  const fence = listenToStock(moonpath, { tenant: "acme" });
  await Promise.all([events.ready, fence.ready]);
  await stock.watch({ product: "lamp", sequence: 1, low: 0 });
  for (let sequence = 1; sequence <= 4; sequence++) {
    await stock.setLevel(count("lamp", sequence % 2, sequence));
  }
  await takeEvents(fence, 4);
  expect(await takeEvents(events, 2)).toEqual([
    { type: "gap", reason: "full" },
    expect.objectContaining({ status: "out_of_stock" }),
  ]);
  moonpath.close();
});

test("after a lost connection there is a gap, and then the next changes", async () => {
  const own = await startOwn();
  const connection = new Redis(own.url);
  const moonpath = createMoonpath(connection, { namespace: freshNamespace() });
  const { stock } = moonpath.tenant("acme");
  const events = listenToStock(moonpath, { tenant: "acme" });
  await events.ready;
  await connection.call("CLIENT", ["KILL", "TYPE", "pubsub"]);
  expect(await takeEvents(events, 1)).toEqual([{ type: "gap", reason: "reconnected" }]);
  await stock.watch({ product: "lamp", sequence: 1, low: 0 });
  await stock.setLevel(count("lamp", 1, 1));
  expect(await takeEvents(events, 1)).toMatchObject([{ type: "status", product: "lamp" }]);
  moonpath.close();
  connection.disconnect();
});

test("an aborted signal and the end of a loop end the events", async () => {
  const { moonpath } = opened();
  const controller = new AbortController();
  const events = listenToStock(moonpath, { signal: controller.signal });
  const waiting = takeEvents(events, 1);
  controller.abort();
  expect(await waiting).toEqual([]);
  expect(await takeEvents(listenToStock(moonpath, { signal: controller.signal }), 1)).toEqual([]);
  moonpath.close();
});

describe("an ArgumentError names the argument that is wrong, and nothing is subscribed:", () => {
  const { aborted, addEventListener, removeEventListener } = new AbortController().signal;
  const cases: [name: string, options: unknown, argument: string][] = [
    ["a product without its tenant", { product: "lamp" }, "tenant"],
    ["a wrong tenant", { tenant: "a:b" }, "tenant"],
    ["a number as a tenant", { tenant: 5 }, "tenant"],
    ["a wrong product", { tenant: "acme", product: "a{b" }, "product"],
    ["no room", { maxBuffered: 0 }, "maxBuffered"],
    ["an unknown option", { tenat: "acme" }, "tenat"],
    ["a signal without functions", { signal: {} }, "signal"],
    ["a signal of null", { signal: null }, "signal"],
    [
      "a signal that refuses listeners",
      {
        signal: {
          aborted,
          removeEventListener,
          addEventListener() {
            throw new Error("no listeners");
          },
        },
      },
      "signal",
    ],
    [
      // `checkedSignal` adds one listener, to see whether it may.
      "a signal that refuses the second listener",
      {
        signal: {
          aborted,
          removeEventListener,
          addEventListener() {
            if (this.listeners++ > 0) throw new Error("no more listeners");
          },
          listeners: 0,
        },
      },
      "signal",
    ],
    ["a signal without removeEventListener", { signal: { aborted, addEventListener } }, "signal"],
    ["a number", 5, "options"],
    ["a text", "x", "options"],
    ["null", null, "options"],
  ];

  test.each(cases)("%s", async (_, options, argument) => {
    const own = await server();
    const connection = new Redis(own.url);
    const moonpath = createMoonpath(connection, { namespace: freshNamespace() });
    afterTest(
      () => connection.disconnect(),
      () => moonpath.close(),
    );
    // A caller in plain JavaScript may pass anything.
    expect(() => Reflect.apply(listenToStock, undefined, [moonpath, options])).toThrow(
      expect.objectContaining({ code: "ARGUMENT", argument }),
    );
    // Subscriptions of a client are made in their order.
    await listenToStock(moonpath, { tenant: "acme", product: "lamp" }).ready;
    expect(await connection.pubsub("NUMPAT")).toBe(0);
    expect(await connection.pubsub("CHANNELS")).toHaveLength(1);
  });

  test("a tenant, a connection and nothing in place of the client", () => {
    const { moonpath } = opened();
    for (const wrong of [moonpath.tenant("acme"), redis, undefined, null, 5]) {
      expect(() => Reflect.apply(listenToStock, undefined, [wrong])).toThrow(
        expect.objectContaining({
          code: "ARGUMENT",
          argument: "moonpath",
          expected: "what createMoonpath returns; the name of a tenant is the option tenant",
        }),
      );
    }
    moonpath.close();
  });
});
