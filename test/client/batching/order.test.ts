import fc from "fast-check";
import { expect, test } from "vitest";
import { createMoonpath } from "../../../src/index.js";
import { freshNamespace, sharedRedis } from "../../support/redis.js";

const products = ["lamp", "vase", "cup"] as const;

const step = fc.record({
  product: fc.constantFrom(...products),
  /** What the call does; `alone` is sent by itself. */
  kind: fc.constantFrom("set", "read", "set alone", "read alone", "adjust", "pause"),
});

test("calls for one product run in the order in which they are made, over all scripts", async () => {
  const moonpath = createMoonpath(sharedRedis(), { namespace: freshNamespace() });
  await moonpath.ready();
  let tenants = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 60 }), async (steps) => {
      const acme = moonpath.tenant(`tenant-${++tenants}`);
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
    }),
    { numRuns: 60 },
  );
});
