import { afterAll, describe, expect, test } from "vitest";
import { createScriptClient } from "../../src/client/index.js";
import { createExpiryWorker, createReservationSweeper } from "../../src/expiry/index.js";
import { createMoonpath } from "../../src/index.js";
import { prometheusObserver } from "../../src/metrics/prometheus.js";
import { createScheduler } from "../../src/scheduler/index.js";
import { countViews, createViewSync } from "../../src/views/index.js";
import { errorOf, scripts } from "../support/client/fixtures.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";

const redis = sharedRedis();
const moonpath = createMoonpath(redis, { namespace: freshNamespace() });
const acme = moonpath.tenant("acme");
afterAll(() => moonpath.close());

/** Calls a function with arguments that its types would refuse. */
const plain = (work: (...args: never[]) => unknown, ...args: unknown[]): Promise<unknown> =>
  (async () => Reflect.apply(work, undefined, args))();

const job = { name: "cleanup", schedule: "0 3 * * *", run: async () => {} };
const worker = { queue: "offers", handle: async () => {} };
const sync = { shards: ["0"], apply: async () => {} };

type Case = [call: string, make: () => Promise<unknown>, argument: string, expected: string];
const nearest = (name: string) => `this option does not exist; the nearest is ${name}`;

describe("an option that does not exist is refused", () => {
  const cases: Case[] = [
    [
      "createMoonpath",
      () => plain(createMoonpath, redis, { namespce: "x" }),
      "namespce",
      nearest("namespace"),
    ],
    [
      "createMoonpath",
      () => plain(createMoonpath, redis, { queues: { offers: { shard: 8 } } }),
      "queues.offers.shard",
      nearest("shards"),
    ],
    [
      "createScriptClient",
      () => plain(createScriptClient, redis, scripts, { deadline: 5 }),
      "deadline",
      nearest("deadlineMs"),
    ],
    ["ready", () => plain(moonpath.ready, { deadline: 5 }), "deadline", nearest("deadlineMs")],
    [
      "a script",
      () => plain(acme.scripts.stock.read, { product: "lamp" }, { deadlineMS: 5 }),
      "deadlineMS",
      nearest("deadlineMs"),
    ],
    [
      "a script in its many form",
      () => plain(acme.scripts.stock.read.many, [{ product: "lamp" }], { batch: false }),
      "batch",
      nearest("batching"),
    ],
    ["lock.acquire", () => plain(acme.lock.acquire, "k", { lease: 10 }), "lease", nearest("leaseMs")],
    [
      "lock.acquire",
      () => plain(acme.lock.acquire, "k", { onLost: () => {} }),
      "onLost",
      "this option does not exist; those that do are leaseMs, waitMs, minReplicas, replicaWaitMs, signal, owner",
    ],
    [
      "lock.using",
      () => plain(acme.lock.using, "k", { onlost: () => {} }, () => 1),
      "onlost",
      nearest("onLost"),
    ],
    [
      "idempotency.run",
      () => plain(acme.idempotency.run, "k", 1, () => 1, { remember: 5_000 }),
      "remember",
      nearest("rememberMs"),
    ],
    [
      "createScheduler",
      () => plain(createScheduler, { tenant: acme, jobs: [job], grace: 5 }),
      "grace",
      nearest("graceMs"),
    ],
    [
      "createScheduler",
      () => plain(createScheduler, { tenant: acme, jobs: [job, { ...job, name: "b", timezone: "UTC" }] }),
      "jobs[1].timezone",
      nearest("timeZone"),
    ],
    ["countViews", () => plain(countViews, acme, { shards: ["0"], flush: 5 }), "flush", nearest("flushMs")],
    ["createViewSync", () => plain(createViewSync, acme, { ...sync, limits: 5 }), "limits", nearest("limit")],
    [
      "createExpiryWorker",
      () => plain(createExpiryWorker, moonpath, { ...worker, leasems: 101 }),
      "leasems",
      nearest("leaseMs"),
    ],
    [
      "createExpiryWorker",
      () =>
        plain(createExpiryWorker, moonpath, { ...worker, retryDelayMs: { firstMs: 1, maxMs: 2, fact: 1 } }),
      "retryDelayMs.fact",
      nearest("factor"),
    ],
    [
      "createReservationSweeper",
      () => plain(createReservationSweeper, moonpath, { rememberMs: 60_000, limits: 5 }),
      "limits",
      nearest("limit"),
    ],
  ];
  test.each(cases)("by %s (%#)", async (_, make, argument, expected) => {
    expect(await errorOf(make())).toMatchObject({ code: "ARGUMENT", argument, expected });
  });

  test("with all known names, if none is similar", async () => {
    const error = await errorOf(plain(createExpiryWorker, moonpath, { ...worker, batch: 101 }));
    expect(error).toMatchObject({
      argument: "batch",
      expected: expect.stringContaining("queue, handle, limit"),
    });
  });

  test("in one line, however long its name is", async () => {
    const error = await errorOf(plain(createMoonpath, redis, { [`\n${"x".repeat(1_000_000)}`]: 1 }));
    expect(String(error).length).toBeLessThan(400);
    expect(String(error)).not.toContain("\n");
  });

  test("but an instance of a class may have fields for its own methods", async () => {
    class Cleanup {
      readonly name = "cleanup";
      readonly schedule = "0 3 * * *";
      runs = 0;
      async run() {
        this.runs++;
      }
    }
    expect(await plain(createScheduler, { tenant: acme, jobs: [new Cleanup()] })).toBeDefined();
  });
});

describe("createScriptClient says which scripts it expects", () => {
  const domains = "domains of scripts, such as { stock: { adjust: stockAdjust } }";
  const adjust = scripts.tally.add;
  test.each([
    ["a script without its domain", { stockAdjust: adjust }, domains],
    [
      "options in the place of scripts",
      { namespace: "shop" },
      `${domains}; the options are the third argument`,
    ],
    [
      "options with a list in the place of scripts",
      { observers: [() => {}] },
      `${domains}; the options are the third argument`,
    ],
    ["a domain of null", { stock: null }, domains],
    ["a text as a domain", { stock: "adjust" }, domains],
    ["undefined as a script", { stock: { adjust: undefined } }, domains],
    ["no scripts", undefined, domains],
  ])("if it gets %s", async (_, given, expected) => {
    const error = await errorOf(plain(createScriptClient, redis, given));
    expect(error).toMatchObject({ code: "ARGUMENT", argument: "scripts", expected });
  });

  test("but a domain may have the name of an option", () => {
    createScriptClient(redis, { order: { adjust } }).close();
  });
});

describe("an error names the very argument", () => {
  const tenant = expect.stringContaining('moonpath.tenant("acme")');
  const cases: [string, () => Promise<unknown>, string, unknown][] = [
    ["no tenant of a scheduler", () => plain(createScheduler, { jobs: [job] }), "tenant", tenant],
    [
      "a client as a tenant",
      () => plain(createScheduler, { tenant: moonpath, jobs: [job] }),
      "tenant",
      tenant,
    ],
    ["no jobs", () => plain(createScheduler, { tenant: acme }), "jobs", expect.stringContaining("a list")],
    ["a job of null", () => plain(createScheduler, { tenant: acme, jobs: [null] }), "jobs[0]", "an object"],
    ["no tenant of views", () => plain(countViews, undefined, { shards: ["0"] }), "tenant", tenant],
    ["no tenant of a sync", () => plain(createViewSync, undefined, sync), "tenant", tenant],
    [
      "a number of shards",
      () => plain(countViews, acme, { shards: 8 }),
      "shards",
      "a list of names, such as viewShards(8)",
    ],
    [
      "an unknown time zone",
      () => plain(createScheduler, { tenant: acme, jobs: [{ ...job, timeZone: "Mars/X" }] }),
      "jobs[0].timeZone",
      "an IANA time zone, such as Europe/Berlin",
    ],
    [
      "a wrong pattern",
      () => plain(createScheduler, { tenant: acme, jobs: [job, { ...job, name: "b", schedule: "daily" }] }),
      "jobs[1].schedule",
      "a cron pattern of 5 or 6 parts that matches some instant",
    ],
    [
      "a job without a function",
      () => plain(createScheduler, { tenant: acme, jobs: [{ ...job, run: "now" }] }),
      "jobs[0].run",
      "a function",
    ],
    ["no registry", () => plain(prometheusObserver, {}), "register", "a Registry of prom-client"],
    ["no options of an observer", () => plain(prometheusObserver), "register", "a Registry of prom-client"],
    [
      "a first delay above the longest",
      () => plain(createExpiryWorker, moonpath, { ...worker, retryDelayMs: { firstMs: 10, maxMs: 5 } }),
      "retryDelayMs",
      expect.stringContaining("firstMs at most maxMs"),
    ],
  ];
  test.each(cases)("of %s", async (_, make, argument, expected) => {
    expect(await errorOf(make())).toMatchObject({ code: "ARGUMENT", argument, expected });
  });
});
