import { expect, test } from "vitest";
import { keys, type PriceSetArgs } from "../../../src/index.js";
import { expectAt, failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/tenants.js";

const never = 8_640_000_000_000_000;
const { redis, scope, tenant } = freshTenant();

type Event = Omit<PriceSetArgs, "product" | "currency">;

const apply = (product: string, event: Event) => tenant.price.set({ product, currency: "EUR", ...event });
const stored = (product: string) => redis.hgetall(keys.price(scope, product, "EUR"));

test.each<{ event: Event; fields: Record<string, string> }>([
  { event: { kind: "base", amountMinor: 0, sequence: 0 }, fields: { base: "0", base_seq: "0" } },
  {
    event: { kind: "base", amountMinor: 1e12, sequence: Number.MAX_SAFE_INTEGER },
    fields: { base: "1000000000000", base_seq: "9007199254740991" },
  },
  {
    event: { kind: "sale", amountMinor: 5, sequence: 9_000_000_000_000_000 },
    fields: { sale: "5", sale_seq: "9000000000000000", sale_starts: "0", sale_ends: String(never) },
  },
  {
    event: { kind: "sale", amountMinor: 5, sequence: 1, startsAtMs: never },
    fields: { sale: "5", sale_seq: "1", sale_starts: String(never), sale_ends: String(never) },
  },
  {
    event: { kind: "sale", amountMinor: 5, sequence: 1, endsAtMs: 0 },
    fields: { sale: "5", sale_seq: "1", sale_starts: "0", sale_ends: "0" },
  },
  {
    event: { kind: "sale", amountMinor: 5, sequence: 1, startsAtMs: never - 1, endsAtMs: never },
    fields: { sale: "5", sale_seq: "1", sale_starts: String(never - 1), sale_ends: String(never) },
  },
])("price.set stores $event as $fields", async ({ event, fields }) => {
  const product = `stored-${JSON.stringify(event)}`.replace(/[{}]/g, "");
  expect(await apply(product, event)).toEqual({ outcome: "applied" });
  expect(await stored(product)).toEqual(fields);
});

test.each<{ wrong: Partial<Event>; says: RegExp }>([
  { wrong: { kind: "base", startsAtMs: 0 }, says: /has no start and no end/ },
  { wrong: { kind: "base", endsAtMs: never }, says: /has no start and no end/ },
  { wrong: { startsAtMs: 5, endsAtMs: 5 }, says: /ends after it starts/ },
  { wrong: { startsAtMs: 6, endsAtMs: 5 }, says: /ends after it starts/ },
])("price.set refuses $wrong and writes nothing", async ({ wrong, says }) => {
  const error = await failure(apply("refused", { kind: "sale", amountMinor: 5, sequence: 1, ...wrong }));
  expectAt(error, "ARGUMENT", "price.set", /invalid_argument\(/);
  expect(error.message).toMatch(says);
  expect(await stored("refused")).toEqual({});
});

test.each([{ amountMinor: -1 }, { amountMinor: 0.5 }, { amountMinor: 1e12 + 1 }, { endsAtMs: never + 1 }])(
  "price.set refuses %j before it is sent",
  async (wrong) => {
    const error = await failure(apply("unsent", { kind: "sale", amountMinor: 5, sequence: 1, ...wrong }));
    expect(error).toMatchObject({ code: "ARGUMENT" });
  },
);

test("each currency has one sequence for its base price and one for its sale price", async () => {
  expect(await apply("lamp", { kind: "base", amountMinor: 10, sequence: 5 })).toEqual({ outcome: "applied" });
  expect(await apply("lamp", { kind: "sale", amountMinor: 8, sequence: 1 })).toEqual({ outcome: "applied" });
  expect(await apply("lamp", { kind: "base", amountMinor: 9, sequence: 4 })).toEqual({ outcome: "stale" });
  expect(await apply("lamp", { kind: "base", amountMinor: 9, sequence: 5 })).toEqual({ outcome: "repeated" });
  const yen = { product: "lamp", currency: "JPY", kind: "base", amountMinor: 9, sequence: 1 } as const;
  expect(await tenant.price.set(yen)).toEqual({ outcome: "applied" });
  expect(await stored("lamp")).toMatchObject({ base: "10", base_seq: "5", sale: "8", sale_seq: "1" });
});

test("price.set replaces the window with the one of the later sale", async () => {
  await apply("vase", { kind: "sale", amountMinor: 8, startsAtMs: 5, endsAtMs: 9, sequence: 1 });
  await apply("vase", { kind: "sale", amountMinor: 7, sequence: 2 });
  expect(await stored("vase")).toEqual({
    sale: "7",
    sale_seq: "2",
    sale_starts: "0",
    sale_ends: String(never),
  });
});
