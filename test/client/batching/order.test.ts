import fc from "fast-check";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { createMoonpath, type Tenant } from "../../../src/index.js";
import { afterTest } from "../../support/cleanup.js";
import { startOwn } from "../../support/own-server.js";
import { freshNamespace, sharedCluster, sharedRedis } from "../../support/redis.js";

const products = ["lamp", "vase", "cup"] as const;

const step = fc.record({
  product: fc.constantFrom(...products),
  /** What the call does; `alone` and `many` are sent by themselves. */
  kind: fc.constantFrom("set", "read", "set alone", "read alone", "read many", "adjust", "pause"),
});

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Makes the calls without awaiting any, and checks each reply against the order of the calls. */
async function runInOrder(acme: Tenant, steps: readonly Step[]): Promise<void> {
  const totals = new Map<string, number>();
  const checks: Promise<void>[] = [];
  let sequence = 0;
  for (const { product, kind } of steps) {
    if (kind === "pause") {
      await new Promise(setImmediate);
      continue;
    }
    const before = totals.get(product);
    const options = kind.endsWith("alone") ? { batching: false } : {};
    if (kind.startsWith("set")) {
      sequence++;
      totals.set(product, sequence);
      const counted = { product, warehouse: "berlin", quantity: sequence, sequence, low: 0 };
      checks.push(
        acme.stock.setLevel(counted, options).then(({ outcome }) => expect(outcome).toBe("applied")),
      );
    } else if (kind === "adjust") {
      if (before !== undefined) totals.set(product, before + 5);
      const sale = { product, change: 5, backorder: false, low: 0, rememberMs: 60_000 };
      checks.push(
        acme.stock.adjust(sale).then((reply) => {
          if (before === undefined) expect(reply.outcome).toBe("unknown");
          else expect(reply).toMatchObject({ outcome: "adjusted", total: before + 5 });
        }),
      );
    } else if (kind === "read many") {
      const known = before === undefined ? { outcome: "unknown" } : { outcome: "known", total: before };
      checks.push(
        // Nobody sets the rug. Its slot is another one.
        acme.stock.read.many(["rug", product].map((name) => ({ product: name, low: 0 }))).then((results) => {
          expect(results).toMatchObject([{ reply: { outcome: "unknown" } }, { ok: true, reply: known }]);
        }),
      );
    } else {
      checks.push(
        acme.stock.read({ product, low: 0 }, options).then((reply) => {
          if (before === undefined) expect(reply.outcome).toBe("unknown");
          else expect(reply).toMatchObject({ outcome: "known", total: before });
        }),
      );
    }
  }
  await Promise.all(checks);
}

const plan = fc.array(step, { minLength: 2, maxLength: 60 });

test("calls for one product run in the order in which they are made, over all scripts", async () => {
  const moonpath = createMoonpath(sharedRedis(), { namespace: freshNamespace() });
  await moonpath.ready();
  let tenants = 0;
  await fc.assert(
    fc.asyncProperty(plan, (steps) => runInOrder(moonpath.tenant(`tenant-${++tenants}`), steps)),
    { numRuns: 60 },
  );
});

test("the order holds on a cluster too", async () => {
  const moonpath = createMoonpath(sharedCluster(), { namespace: freshNamespace(), deadlineMs: 10_000 });
  await moonpath.ready();
  let tenants = 0;
  await fc.assert(
    fc.asyncProperty(plan, (steps) => runInOrder(moonpath.tenant(`tenant-${++tenants}`), steps)),
    { numRuns: 30 },
  );
});

test("a server that has lost all scripts does not change the order", async () => {
  const server = await startOwn();
  const redis = new Redis(server.url);
  const moonpath = createMoonpath(redis, { namespace: freshNamespace() });
  afterTest(
    () => redis.disconnect(),
    () => moonpath.close(),
  );
  await moonpath.ready();
  let tenants = 0;
  await fc.assert(
    fc.asyncProperty(plan, async (steps) => {
      redis.script("FLUSH").catch(() => {});
      await runInOrder(moonpath.tenant(`tenant-${++tenants}`), steps);
    }),
    { numRuns: 40 },
  );
});

test("a script that is called for the first time after a loss does not overtake one that was called", async () => {
  const server = await startOwn();
  const redis = new Redis(server.url);
  const moonpath = createMoonpath(redis, { namespace: freshNamespace() });
  afterTest(
    () => redis.disconnect(),
    () => moonpath.close(),
  );
  await moonpath.ready();
  const { stock } = moonpath.tenant("acme");
  const sale = { product: "lamp", change: 5, backorder: false, low: 0, rememberMs: 60_000 };
  // From now on, the client knows of one script that the server has.
  await redis.script("FLUSH");
  await stock.setLevel({ product: "vase", warehouse: "berlin", quantity: 5, sequence: 1, low: 0 });
  // The server loses it again. The first call of another script loads that one.
  await redis.script("FLUSH");
  await stock.adjust(sale);
  const level = { product: "lamp", warehouse: "berlin", quantity: 2, sequence: 1, low: 0 };
  const calls = [stock.setLevel(level, { batching: false }), stock.adjust(sale)] as const;
  expect(await Promise.all(calls)).toMatchObject([{ outcome: "applied" }, { outcome: "adjusted", total: 7 }]);
});

test("calls that wait for the connection leave in their order", async () => {
  const server = await startOwn();
  let tenants = 0;
  await fc.assert(
    fc.asyncProperty(
      plan.map((steps) => steps.filter(({ kind }) => kind !== "pause")),
      async (steps) => {
        const redis = new Redis(server.url, { lazyConnect: true });
        // The server may have the scripts of an earlier run only.
        const moonpath = createMoonpath(redis, { namespace: freshNamespace(), deadlineMs: 10_000 });
        try {
          await runInOrder(moonpath.tenant(`tenant-${++tenants}`), steps);
        } finally {
          moonpath.close();
          redis.disconnect();
        }
      },
    ),
    { numRuns: 20 },
  );
});
