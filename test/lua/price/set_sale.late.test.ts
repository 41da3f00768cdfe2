import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keys, type PriceSetSaleArgs } from "../../../src/index.js";
import { nowMs } from "../../support/lua/commands.js";
import { freshName } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();

type Event = Omit<PriceSetSaleArgs, "product" | "currency">;

const hour = 3_600_000;
const horizon = 660_000;
const of = (product: string) => ({ product, currency: "EUR" });
const key = (product: string) => keys.price(scope, product, "EUR");
const setSale = (product: string, event: Event) => tenant.price.setSale({ ...of(product), ...event });
const removeSale = (product: string, sale: string, sequence: number) =>
  tenant.price.removeSale({ ...of(product), sale, sequence });
const stored = (product: string) => redis.hgetall(key(product));

describe("a late event never brings a sale back", () => {
  test("that has ended", async () => {
    const now = await nowMs(redis);
    await setSale("ended", { sale: "flash", amountMinor: 5, endsAtMs: now - 1, sequence: 5 });
    expect(await setSale("ended", { sale: "flash", amountMinor: 5, sequence: 4 })).toEqual({
      outcome: "stale",
    });
    expect(await stored("ended")).toEqual({ "sale:flash": expect.stringMatching(/^ended at \d+ seq 5$/) });
  });

  test("that was removed, not even if the removal came first", async () => {
    expect(await removeSale("removed", "flash", 5)).toEqual({ outcome: "removed" });
    expect(await setSale("removed", { sale: "flash", amountMinor: 5, sequence: 4 })).toEqual({
      outcome: "stale",
    });
  });

  test("that was forgotten", async () => {
    const now = await nowMs(redis);
    await redis.hset(key("forgotten"), {
      "sale:old": `5 from 0 to ${now - horizon - 1} seq 7`,
      "sale:older": `ended at ${now - horizon - 1} seq 6`,
      "sale:kept": `ended at ${now - horizon + hour / 60} seq 8`,
    });
    expect(await setSale("forgotten", { sale: "new", amountMinor: 5, sequence: 9 })).toEqual({
      outcome: "applied",
    });
    expect(Object.keys(await stored("forgotten")).sort()).toEqual([
      "calendar",
      "forgotten_seq",
      "sale:kept",
      "sale:new",
    ]);
    for (const [sale, sequence] of [
      ["old", 7],
      ["old", 6],
      ["older", 6],
    ] as const) {
      expect(await setSale("forgotten", { sale, amountMinor: 5, sequence })).toEqual({ outcome: "stale" });
    }
    // A later event of the same name is a new sale.
    expect(await setSale("forgotten", { sale: "old", amountMinor: 5, sequence: 10 })).toEqual({
      outcome: "applied",
    });
  });

  test("that was refused, even if there is room now", async () => {
    for (let number = 1; number <= 50; number++) {
      await setSale("full", { sale: `sale-${number}`, amountMinor: number, sequence: number });
    }
    const late = { sale: "late", amountMinor: 0, sequence: 60 };
    expect(await setSale("full", late)).toEqual({ outcome: "full" });
    expect(await setSale("full", late)).toEqual({ outcome: "full" });
    // A known sale can still be moved.
    const moved = { sale: "sale-1", amountMinor: 9, sequence: 61 };
    expect(await setSale("full", moved)).toEqual({ outcome: "applied" });
    expect(await removeSale("full", "sale-2", 62)).toEqual({ outcome: "removed" });
    const before = await stored("full");
    expect(await setSale("full", late)).toEqual({ outcome: "full" });
    expect(await stored("full")).toEqual(before);
    expect(await setSale("full", { ...late, sequence: 63 })).toEqual({ outcome: "applied" });
  });
});

test("events of different sales may arrive in any order", async () => {
  const now = await nowMs(redis);
  const names = ["a", "b", "c"] as const;
  const event = fc.record({
    sale: fc.constantFrom(...names),
    amountMinor: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    starts: fc.integer({ min: -3, max: 3 }),
    hours: fc.integer({ min: 1, max: 4 }),
  });
  const send = (
    product: string,
    { sale, amountMinor, starts, hours }: typeof event extends fc.Arbitrary<infer V> ? V : never,
    sequence: number,
  ) =>
    amountMinor === undefined
      ? removeSale(product, sale, sequence)
      : setSale(product, {
          sale,
          amountMinor,
          startsAtMs: now + starts * hour,
          endsAtMs: now + (starts + hours) * hour,
          sequence,
        });
  const numbered = fc
    .array(event, { minLength: 1, maxLength: 6 })
    .map((events) => events.map((one, sequence) => ({ one, sequence })));
  const orders = numbered.chain((events) =>
    // Each event once at least, some twice.
    fc.tuple(fc.constant(events), fc.shuffledSubarray([...events, ...events], { minLength: events.length })),
  );
  await fc.assert(
    fc.asyncProperty(orders, async ([inOrder, shuffled]) => {
      const [first, second] = [freshName(), freshName()];
      for (const { one, sequence } of inOrder) await send(first, one, sequence);
      for (const { one, sequence } of [...shuffled, ...inOrder.toReversed()])
        await send(second, one, sequence);
      expect(withoutEnds(await stored(second))).toEqual(withoutEnds(await stored(first)));
    }),
    { numRuns: 60 },
  );
});

/** The instants at which sales were ended differ by the run's own time. */
function withoutEnds(fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [field, value.replace(/^ended at \d+/, "ended")]),
  );
}
